"""Partners and their keys, agreements, what goes out and comes in, receipts, and the log that proves it.

The node's database is the queue: a row of `Outgoing` is there until a receipt signed by its receiver says otherwise.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class OwnKey(models.Model):
    """A key of this node; the private half lies in a file or on a token."""

    kid = models.CharField(max_length=64, unique=True)
    use = models.CharField(max_length=8)
    """`sign` or `encrypt`."""
    algorithm = models.CharField(max_length=16)
    place = models.CharField(max_length=200)
    """Name of the file in the folder of the keys, or `pkcs11:LABEL`."""
    public = models.BinaryField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=200, blank=True)
    superseded_by = models.CharField(max_length=64, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class Partner(models.Model):
    """Another node."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    country: Any = models.ForeignKey("directory.Country", null=True, on_delete=models.PROTECT, related_name="+")
    """None for an international body."""
    state = models.CharField(max_length=12, default="invited", db_index=True)
    """`states.PARTNER`."""
    carriers = models.JSONField(default=list)
    """In order of preference: `{"kind": "https", "address": ..}`, `{"kind": "relay", "through": CODE}`,
    `{"kind": "bundle"}`, `{"kind": "nats", "address": ..}`."""
    is_relay = models.BooleanField(default=False)
    """Whether it holds a mailbox for us."""
    relayed_bytes = models.PositiveBigIntegerField(default=0)
    """How much we hold for it at most, as its relay; 0 for not at all."""
    fingerprint = models.CharField(max_length=64, blank=True)
    """Of the key document that was compared when it joined."""
    compared_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    """Who compared the fingerprint by voice or on paper."""
    joined_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_because = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    """When anything of it came last."""

    class Meta:
        """By code."""

        ordering: ClassVar = ["code"]


class KeyVersion(models.Model):
    """A version of a party's key document, ours among them. None is ever removed: history is verified with it."""

    party = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    document = models.BinaryField()
    """Signed (`elchi.seal.trust`)."""
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    fetched_at = models.DateTimeField(default=timezone.now)
    """When it was last seen to be the newest."""

    class Meta:
        """One a version."""

        ordering: ClassVar = ["party", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "version"], name="one_key_version")]


class AgreementVersion(models.Model):
    """One version of an agreement with one partner."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    agreement = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=14, db_index=True)
    """`states.AGREEMENT`."""
    content = models.JSONField()
    """`elchi.exchange.agreement.Agreement` as JSON."""
    document = models.BinaryField(default=b"")
    """With the signatures there are so far; empty for a draft."""
    sha256 = models.CharField(max_length=64, blank=True)
    """Of the bytes that both sign."""
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    written_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    approved_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    """A second officer, who has read it before this node signs."""
    changed_at = models.DateTimeField(default=timezone.now)
    in_force_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    """Why it was refused, suspended, dropped or ended."""

    class Meta:
        """Newest first; one version is in force at a time."""

        ordering: ClassVar = ["partner", "agreement", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "agreement", "version"], name="one_agreement_version"),
            models.UniqueConstraint(
                fields=["partner", "agreement"], condition=models.Q(state="in_force"), name="one_version_in_force"
            ),
        ]


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
    manifest = models.JSONField(null=True)
    """What was said; None when retention has removed it."""
    body = models.JSONField(null=True)
    proof = models.BinaryField(default=b"")
    """The signed manifest (`elchi.seal.envelope`)."""
    envelope = models.BinaryField(null=True)
    """Sealed bytes; None when they are not needed any more."""
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
    retention_until = models.DateField(null=True, blank=True)

    class Meta:
        """The queue is read by partner, rank and age."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message_id", "partner"], name="sent_once_to_each"),
            models.UniqueConstraint(fields=["partner", "lane", "sequence"], name="numbered_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["partner", "rank", "id"],
                name="outgoing_due",
                condition=models.Q(state__in=("queued", "carried")),
            ),
            models.Index(fields=["thread"]),
            models.Index(fields=["on"]),
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
    manifest = models.JSONField(null=True)
    """None when retention has removed what was said."""
    body = models.JSONField(null=True)
    proof = models.BinaryField(default=b"")
    sha256 = models.CharField(max_length=64)
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
    receipt = models.BinaryField()
    """Signed by us: sent again whenever the message comes again."""
    opened_at = models.DateTimeField(null=True, blank=True)
    retention_until = models.DateField(null=True, blank=True)

    class Meta:
        """A message counts once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message_id", "partner"], name="received_once_from_each")
        ]
        indexes: ClassVar = [
            models.Index(fields=["thread"]),
            models.Index(fields=["retention_until"]),
        ]


class Receipt(models.Model):
    """What a receiver or a relay signed about messages of ours."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="receipts")
    outcome = models.CharField(max_length=10)
    """`relayed`, `delivered`, `opened`, `rejected`, `expired`."""
    code = models.CharField(max_length=64, blank=True)
    party = models.CharField(max_length=32)
    """Who signed."""
    at = models.DateTimeField()
    document = models.BinaryField()

    class Meta:
        """Each outcome once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outgoing", "outcome", "party"], name="one_receipt_an_outcome")
        ]


class Equivocation(models.Model):
    """Two different things said under one id or number: kept as evidence against who signed both."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="equivocations")
    what = models.CharField(max_length=16)
    """`message`, `sequence`, `key_document` or `tree_head`."""
    ref = models.CharField(max_length=80)
    first = models.BinaryField()
    second = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)


class Leaf(models.Model):
    """One leaf of the log of this node (RFC 6962): something sent, received or acknowledged."""

    index: Any = models.PositiveBigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    what = models.CharField(max_length=10)
    """`sent`, `received`, `receipt`, `keys`, `agreement`."""
    ref = models.CharField(max_length=80)
    at = models.DateTimeField()


class Subtree(models.Model):
    """The root of a whole subtree of 2 ** level leaves, so that proofs and heads take logarithmic time."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    """Among those of its level, from 0."""
    hash = models.CharField(max_length=64)

    class Meta:
        """One a place."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "index"], name="one_subtree")]


class Head(models.Model):
    """A signed head of a log: ours, with the signatures of partners beside it, or a partner's that we countersigned."""

    party = models.CharField(max_length=32)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    document = models.BinaryField()
    """`elchi.seal.evidence`, with all signatures that there are."""
    token = models.BinaryField(default=b"")
    """Time stamp of it (RFC 3161), if there is one."""

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["party", "-size"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "size"], name="one_head_a_size")]


class Held(models.Model):
    """A sealed item that this node carries for others and cannot read: the mailbox of a relay."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="held")
    """For whom."""
    giver = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="given")
    lane = models.CharField(max_length=10)
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    """`envelope` or `receipt`."""
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        """An item is held once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "sha256"], name="held_once")]
        indexes: ClassVar = [models.Index(fields=["partner", "rank", "id"]), models.Index(fields=["expires_at"])]


class Link(models.Model):
    """How well a carrier to a partner works, and how far its mailbox was read."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="links")
    carrier = models.CharField(max_length=20)
    cursor = models.CharField(max_length=64, blank=True)
    """Of the last pull."""
    worked_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    """In a row."""
    code = models.CharField(max_length=64, blank=True)
    """Of the last failure."""
    milliseconds = models.PositiveIntegerField(default=0)
    """That the last round trip took."""

    class Meta:
        """One a carrier."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "carrier"], name="one_link")]


class Blob(models.Model):
    """A file too large for an envelope: sealed bytes by their hash, sent and fetched in pieces."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="blobs")
    sha256 = models.CharField(max_length=64)
    """Of the sealed bytes."""
    size = models.PositiveBigIntegerField()
    is_ours = models.BooleanField()
    """Whether we offer it, or fetch it."""
    file = models.CharField(max_length=100)
    """Folder below `Here.files`."""
    have = models.PositiveBigIntegerField(default=0)
    """Bytes that are here."""
    message_id = models.CharField(max_length=36)
    """That announces it and holds its key."""
    expires_at = models.DateTimeField()

    class Meta:
        """One a partner and hash."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "sha256", "is_ours"], name="one_blob"),
        ]
