"""Partners, their keys and ours, and agreements with them."""

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
    agencies = models.JSONField(default=list)
    """Codes of those for whom it speaks: it says so in its key document, and an officer here has confirmed it."""
    offices = models.JSONField(default=list)
    """The same of offices."""
    claimed = models.JSONField(default=dict)
    """`agencies` and `offices` as its newest key document says, confirmed or not."""
    carriers = models.JSONField(default=list)
    """In order of preference: `{"kind": "https"}` to the addresses of its key document, or with `"address"` to another;
    `{"kind": "relay", "through": CODE}`, `{"kind": "bundle"}`, `{"kind": "nats"}` over the hub of this node."""
    is_relay = models.BooleanField(default=False)
    """Whether it holds a mailbox for us."""
    relayed_bytes = models.PositiveBigIntegerField(default=0)
    """How much we hold for it at most, as its relay; 0 for not at all."""
    offer = models.BinaryField(default=b"")
    """A signed key document that nobody has compared yet; nothing is verified with it."""
    offered_by = models.CharField(max_length=150, blank=True)
    """Who brought it, as the audit names him; another one compares it."""
    offered_at = models.DateTimeField(null=True, blank=True)
    given_version = models.PositiveIntegerField(default=0)
    """Of our key document, that it was given in a file: its people compare the fingerprint of that one."""
    fingerprint = models.CharField(max_length=64, blank=True)
    """Of the key document that was compared last; what came after it was signed with its keys."""
    compared_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    """Who compared the fingerprint by voice or on paper."""
    compared_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    suspended_here_at = models.DateTimeField(null=True, blank=True)
    """By us: only we lift it."""
    suspended_here_because = models.CharField(max_length=200, blank=True)
    suspended_there_at = models.DateTimeField(null=True, blank=True)
    """By the partner: only he lifts it."""
    suspended_there_because = models.CharField(max_length=200, blank=True)
    said = models.PositiveIntegerField(default=0)
    """How often we told it how it stands with us."""
    heard = models.PositiveIntegerField(default=0)
    """The number of the newest that it told us; an older one that comes late changes nothing."""
    seen_at = models.DateTimeField(null=True, blank=True)
    """When anything of it came last."""
    witnessed_size = models.PositiveBigIntegerField(default=0)
    """Leaves of our log that it has said to have seen: from here on it is shown that we only append."""
    told_size = models.PositiveBigIntegerField(default=0)
    """Leaves of our log of which it was told."""

    class Meta:
        """By code."""

        ordering: ClassVar = ["code"]


class Invitation(models.Model):
    """A file that lets one node join, once."""

    nonce = models.CharField(max_length=43, unique=True)
    note = models.CharField(max_length=200, blank=True)
    """For whom it is, in the words of who made it."""
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField()
    key_version = models.PositiveIntegerField()
    """Of our key document, that stands in it."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    partner: Any = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="+")
    """Who joined with it."""

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class KeyVersion(models.Model):
    """A version of a party's key document, ours among them. None is ever removed: history is verified with it."""

    party = models.CharField(max_length=32)
    joining = models.PositiveIntegerField(default=1)
    """On which comparison of fingerprints it rests: who lost all keys begins anew, with version 1."""
    version = models.PositiveIntegerField()
    document = models.BinaryField()
    """Signed (`elchi.seal.trust`)."""
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    fetched_at = models.DateTimeField(default=timezone.now)
    """When it was last seen to be the newest."""

    class Meta:
        """One a version; newest first."""

        ordering: ClassVar = ["party", "-joining", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["party", "joining", "version"], name="one_key_version")
        ]


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
    is_ours = models.BooleanField()
    """Whether this node proposed it."""
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    written_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    approved_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    """A second officer, who has read it before this node signs."""
    suspensions = models.PositiveIntegerField(default=0)
    """How often it was suspended, by whichever side."""
    resumed_here = models.PositiveIntegerField(default=0)
    """The number of the last suspension that this node has lifted; in force again when both lifted the newest."""
    resumed_there = models.PositiveIntegerField(default=0)
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
