"""What goes out and comes in, and the receipts for it.

The node's database is the queue: a row of `Outgoing` is there until a receipt signed by its receiver says otherwise.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from elchi.node.federation.models.partners import Partner


class Sequence(models.Model):
    """How far the counting of messages has come, with a partner in a lane."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="sequences")
    lane = models.CharField(max_length=10)
    sent = models.PositiveBigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    """The highest number that came."""
    missing = models.JSONField(default=list)
    """Numbers below it that did not come, at most some hundreds: withheld, lost, or under way."""

    class Meta:
        """One a lane."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "lane"], name="one_sequence")]


class Outgoing(models.Model):
    """A sealed message on its way to one partner: the outbox."""

    message_id = models.CharField(max_length=36)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="outgoing")
    lane = models.CharField(max_length=10)
    rank = models.PositiveSmallIntegerField()
    """Of the lane: lower leaves first."""
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=81)
    thread = models.CharField(max_length=36)
    re = models.CharField(max_length=36, blank=True)
    agreement = models.CharField(max_length=90, blank=True)
    on = models.CharField(max_length=64, blank=True)
    """What it is about here: `check:12`, `agreement:kz-kg:3`."""
    sealed_to = models.CharField(max_length=64)
    """Id of the partner's key."""
    sha256 = models.CharField(max_length=64, unique=True)
    """Of the envelope."""
    manifest_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="queued")
    """`states.OUTGOING`."""
    code = models.CharField(max_length=64, blank=True)
    """Why it was rejected."""
    carrier = models.CharField(max_length=20, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    leaf = models.PositiveBigIntegerField()
    """Its number in the log."""
    retention_until = models.DateField(null=True, blank=True)
    # What is long comes last: SQLite reads a row from its beginning.
    proof = models.BinaryField(default=b"")
    """The signed manifest (`elchi.seal.envelope`), which stays."""
    body = models.BinaryField(null=True)
    """What was said, to the byte; None when retention has removed it."""
    envelope = models.BinaryField(null=True)
    """Sealed bytes; None when they are not needed any more."""

    class Meta:
        """The queue is read by partner, rank and age."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message_id", "partner"], name="sent_once_to_each"),
            models.UniqueConstraint(fields=["partner", "lane", "sequence"], name="numbered_once"),
        ]
        indexes: ClassVar = [
            # Only what waits has an envelope. SQLite uses such an index where its condition stands in the query as it
            # stands here, which values that are handed over do not.
            models.Index(
                fields=["partner", "rank", "id"], name="outgoing_due", condition=models.Q(envelope__isnull=False)
            ),
            models.Index(fields=["thread"]),
            models.Index(fields=["on"]),
            models.Index(fields=["retention_until"], name="outgoing_kept", condition=models.Q(body__isnull=False)),
        ]


class ReceiptDocument(models.Model):
    """A signed document of receipts (`elchi.exchange.receipt`), ours or a partner's: one for all that came together."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="receipt_documents")
    is_ours = models.BooleanField()
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, unique=True)
    waits = models.BooleanField(default=False)
    """Ours: whether it is still to be handed over."""
    # What is long comes last: SQLite reads a row from its beginning.
    content = models.BinaryField()

    class Meta:
        """What waits is read by partner."""

        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "id"], name="receipt_waits", condition=models.Q(waits=True))
        ]


class Incoming(models.Model):
    """A message that came, once whatever came twice: the inbox."""

    message_id = models.CharField(max_length=36)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="incoming")
    lane = models.CharField(max_length=10)
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=81)
    thread = models.CharField(max_length=36)
    re = models.CharField(max_length=36, blank=True)
    agreement = models.CharField(max_length=90, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    manifest_sha256 = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, default="accepted")
    """`states.INCOMING`."""
    code = models.CharField(max_length=64, blank=True)
    """Why it was rejected."""
    clause = models.CharField(max_length=80, blank=True)
    """Of the agreement, that refused it."""
    carrier = models.CharField(max_length=20, blank=True)
    leaf = models.PositiveBigIntegerField()
    """Its number in the log."""
    receipt = models.ForeignKey(ReceiptDocument, on_delete=models.PROTECT, related_name="+")
    """Signed by us: sent again whenever the message comes again."""
    opened_at = models.DateTimeField(null=True, blank=True)
    retention_until = models.DateField(null=True, blank=True)
    # What is long comes last: SQLite reads a row from its beginning.
    proof = models.BinaryField(default=b"")
    """The signed manifest, which stays."""
    body = models.BinaryField(null=True)
    """What was said, to the byte; None when it was rejected, withdrawn, or retention has removed it."""

    class Meta:
        """A message counts once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message_id", "partner"], name="received_once_from_each")
        ]
        indexes: ClassVar = [
            models.Index(fields=["thread"]),
            models.Index(fields=["re"]),
            models.Index(fields=["partner", "lane", "sequence"]),
            models.Index(fields=["retention_until"], name="incoming_kept", condition=models.Q(body__isnull=False)),
        ]


class Receipt(models.Model):
    """What a receiver or a relay signed about messages of ours."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="receipts")
    outcome = models.CharField(max_length=10)
    """`relayed`, `delivered`, `opened`, `rejected`, `expired`."""
    code = models.CharField(max_length=64, blank=True)
    clause = models.CharField(max_length=80, blank=True)
    """Of the agreement, that refused it."""
    party = models.CharField(max_length=32)
    """Who signed."""
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField(null=True)
    """Its number in the log of who signed."""
    document = models.ForeignKey(ReceiptDocument, on_delete=models.PROTECT, related_name="receipts")

    class Meta:
        """Each outcome once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outgoing", "outcome", "party"], name="one_receipt_an_outcome")
        ]
