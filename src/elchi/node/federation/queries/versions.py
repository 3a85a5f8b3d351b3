"""Reads of agreements as they are worked on: every version, in every state."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from elchi.errors import NotFound
from elchi.exchange.agreement import Agreement
from elchi.node.federation.models import AgreementVersion
from elchi.node.federation.queries.agreements import agreement_in

MAX_DIGITS: Final = 6
"""Of the number of a version."""


def versions() -> QuerySet[AgreementVersion]:
    """Give all versions of agreements, newest change first."""
    return AgreementVersion.objects.select_related("partner", "written_by", "approved_by").order_by(
        "-changed_at", "-pk"
    )


def version_of(version_id: int) -> AgreementVersion:
    """Give one version.

    Raises:
        NotFound: `agreement_unknown`.
    """
    row = versions().filter(pk=version_id).first()
    if row is None:
        raise NotFound("agreement_unknown", agreement=version_id)
    return row


def version_named(name: str, *, partner: str = "") -> AgreementVersion:
    """Give a version by its name `id:version`.

    Args:
        name: as messages have it.
        partner: code of who it is with; without it, the one that changed last.

    Raises:
        NotFound: `agreement_unknown`.
    """
    agreement, _, version = name.rpartition(":")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) <= MAX_DIGITS else 0
    rows = versions().filter(agreement=agreement, version=number)
    row = (rows.filter(partner__code=partner) if partner else rows).first()
    if row is None:
        raise NotFound("agreement_unknown", agreement=name[:90])
    return row


def before(row: AgreementVersion) -> Agreement | None:
    """Give the version that holds, or held last, before another one: what a new one is compared with."""
    older = AgreementVersion.objects.filter(
        partner=row.partner, agreement=row.agreement, version__lt=row.version, in_force_at__isnull=False
    ).first()
    return agreement_in(older.content) if older else None


def newest_number(row: AgreementVersion) -> int:
    """Give the number of the newest version of the agreement of which a row is one."""
    same = AgreementVersion.objects.filter(partner=row.partner, agreement=row.agreement)
    return same.values_list("version", flat=True)[0]
