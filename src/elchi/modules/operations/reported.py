"""Reads of reports: who would be told of an incident and what, what was told, and what partners told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet

from elchi.errors import NotAllowed, NotFound
from elchi.exchange.agreement import Agreement, Permit
from elchi.modules.operations.models import Incident, ReportReceived, ReportSent
from elchi.modules.operations.queries import told_of
from elchi.modules.operations.telling import NOMINAL, details_of, nominal_of
from elchi.node.federation.queries.agreements import Agreed, agreed_partners, own_party

REPORT: Final = "report"
PURPOSES: Final = ("investigation", "customs_check", "border_check")
"""For which of them an incident is told: the first that an agreement covers."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What would go to one partner."""

    partner: str
    purpose: str
    permit: Permit

    @property
    def kept(self) -> list[str]:
        """The fields that stay."""
        return [one.path for one in self.permit.detail_decisions if one.path not in self.permit.details]


def covering(agreed: Agreed, kind: str, at: dt.datetime) -> tuple[Agreement, str] | None:
    """Give the agreement under which a kind of message goes to a partner, and the purpose; None where none does."""
    for purpose in PURPOSES:
        if (found := agreed.covering(purpose=purpose, kind=kind, at=at)) is not None:
            return found, purpose
    return None


def tellings_of(row: Incident, at: dt.datetime, *, is_nominal: bool = False) -> Iterator[Telling]:
    """Give what of an incident would go to whom.

    Raises:
        NotAllowed: `nominal_refused`, where names are asked for that no agreement lets go.
    """
    told = told_of(row)
    details: dict[str, Any] = details_of(told)
    if is_nominal:
        details[NOMINAL] = nominal_of(told)
    refused: list[tuple[str, str]] = []
    found = False
    for agreed in agreed_partners():
        if (covered := covering(agreed, REPORT, at)) is None:
            continue
        agreement, purpose = covered
        permit = agreement.permit(
            None, sender=own_party(), receiver=agreed.party, purpose=purpose, kind=REPORT, at=at, details=details
        )
        if is_nominal and NOMINAL not in permit.details:
            refused += [(permit.agreement, one.clause) for one in permit.detail_decisions if one.path == NOMINAL]
        elif permit.details:
            found = True
            yield Telling(agreed.party.node, purpose, permit)
    if is_nominal and refused and not found:
        agreement_name, clause = refused[0]
        raise NotAllowed("nominal_refused", agreement=agreement_name, clause=clause)


def sent_of(row: Incident) -> QuerySet[ReportSent]:
    """Give what was told of an incident, newest first."""
    return ReportSent.objects.filter(incident=row).order_by("-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedReports:
    """Which reports of partners; what is empty does not restrict."""

    partner: str = ""
    kind: str = ""
    border: str = ""
    from_at: dt.datetime | None = None
    until: dt.datetime | None = None


def received(wanted: WantedReports) -> QuerySet[ReportReceived]:
    """Give what partners reported, newest first."""
    found = ReportReceived.objects.order_by("-id")
    told: Mapping[str, Any] = {
        "partner": wanted.partner, "event_kind": wanted.kind, "border": wanted.border, "first_at__gte": wanted.from_at,
        "first_at__lt": wanted.until,
    }  # fmt: skip
    return found.filter(**{name: value for name, value in told.items() if value})


def received_one(report_id: int) -> ReportReceived:
    """Give one report of a partner.

    Raises:
        NotFound: `report_unknown`.
    """
    found = ReportReceived.objects.filter(pk=report_id).first()
    if found is None:
        raise NotFound("report_unknown", report=report_id)
    return found


def counted(wanted: WantedReports) -> list[tuple[str, int]]:
    """Count what partners reported, by partner."""
    rows = received(wanted).order_by().values_list("partner").annotate(n=Count("pk")).order_by("-n", "partner")
    return [(partner, count) for partner, count in rows[:20]]
