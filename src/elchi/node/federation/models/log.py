"""The log that proves what was sent and received, and what contradicts it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from elchi.node.federation.models.messages import ReceiptDocument
from elchi.node.federation.models.partners import Partner


class Leaf(models.Model):
    """One leaf of the log of this node (RFC 6962): something sent, received or acknowledged."""

    index: Any = models.PositiveBigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    what = models.CharField(max_length=10)
    """`sent`, `received`, `opened`, `receipt`, `keys`, `agreement`."""
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
    """A signed head of a log: ours, or a partner's that fits all that we knew of it before."""

    party = models.CharField(max_length=32)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    document = models.BinaryField()
    """Ours: `elchi.seal.evidence`, signed by us."""
    receipt: Any = models.ForeignKey(ReceiptDocument, null=True, on_delete=models.PROTECT, related_name="+")
    """A partner's: the signed document in which it stood."""
    token = models.BinaryField(default=b"")
    """Time stamp of it (RFC 3161), if there is one."""

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["party", "-size"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "size"], name="one_head_a_size")]


class Equivocation(models.Model):
    """Two different things said under one id or number: kept as evidence against who signed both."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="equivocations")
    what = models.CharField(max_length=16)
    """`message`, `sequence`, `key_document` or `tree_head`."""
    ref = models.CharField(max_length=80)
    first = models.BinaryField()
    second = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Once each: more of the same proves nothing more."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "what", "ref"], name="equivocation_kept_once")
        ]
