"""On what an alert rests: to whom it may go, and what of it. `Agreement.permit` is the only maker of what goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from elchi.errors import NotAllowed, NotFound
from elchi.exchange.agreement import Permit
from elchi.exchange.message import Handling, Lane
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreed_partners, own_party
from elchi.node.liaison.alert_wire import (
    ALERT,
    ALERT_REPLY,
    Acknowledged,
    AlertSaid,
    acknowledged_details,
    alert_details,
)
from elchi.node.liaison.basis import Addressee
from elchi.node.liaison.models import OfficeAlert
from elchi.node.liaison.wire import HEAD, VERSION
from elchi.subjects import Subject


def may_be_alerted(purposes: Sequence[str], at: dt.datetime) -> tuple[Addressee, ...]:
    """Give the partners with whom an agreement in force covers alerts, and for which of these purposes."""
    names = dict(Partner.objects.filter(state="active").values_list("code", "name"))
    found = []
    for agreed in agreed_partners():
        covered = tuple(one for one in purposes if agreed.covering(purpose=one, kind=ALERT, at=at))
        if covered:
            party = agreed.party
            found.append(Addressee(code=party.node, name=names[party.node], country=party.country, purposes=covered))
    return tuple(found)


def reached_by(codes: Sequence[str], route: Sequence[str]) -> list[Partner]:
    """Give the partners named, and the active ones in the states of a route, each once.

    Raises:
        NotFound: `partner_unknown`.
    """
    named = {row.code: row for row in Partner.objects.filter(code__in=codes)}
    for code in codes:
        if code not in named:
            raise NotFound("partner_unknown", partner=code[:32])
    along = Partner.objects.filter(state="active", country__in=route) if route else []
    return sorted({**named, **{row.code: row for row in along}}.values(), key=lambda row: row.code)


def alert_draft(alert: OfficeAlert, subject: Subject, partner: Partner, *, at: dt.datetime) -> Draft:
    """Give an alert as a message to a partner: what the permit gives, and nothing else.

    Raises:
        NotAllowed: `agreement_missing`, `not_covered`.
    """
    said = AlertSaid(
        called=alert.number, action=alert.action, agency=alert.agency, route=tuple(alert.route),
        expires_at=alert.expires_at, title=alert.title, text=alert.text, language=alert.language,
        officer=alert.officer, subject=subject,
    )  # fmt: skip
    permit = _permit(alert, partner, ALERT, subject, alert_details(said), at)
    if permit.subject is None:
        first = permit.decisions[0]
        raise NotAllowed(
            "not_covered", agreement=permit.agreement, rule="agreed_field", clause=first.clause, field=first.field
        )
    return _draft(alert, partner, permit, kind=ALERT, lifetime=alert.expires_at - at, thread=alert.thread)


def acknowledgement_draft(alert: OfficeAlert, *, agency: str, officer: str, at: dt.datetime) -> Draft | None:
    """Give the acknowledgement of a partner's alert as a message; None where none may go."""
    details = acknowledged_details(Acknowledged(agency=agency, officer=officer))
    partner: Partner = alert.partner
    try:
        permit = _permit(alert, partner, ALERT_REPLY, None, details, at)
    except NotAllowed:
        return None
    lifetime = dt.timedelta(days=3)
    return _draft(alert, partner, permit, kind=ALERT_REPLY, lifetime=lifetime, thread=alert.thread, re=alert.message)


def _permit(
    alert: OfficeAlert,
    partner: Partner,
    kind: str,
    subject: Subject | None,
    details: Mapping[str, Any],
    at: dt.datetime,
) -> Permit:
    agreed = next((one for one in agreed_partners() if one.partner == partner.pk), None)
    agreement = agreed.covering(purpose=alert.purpose, kind=kind, at=at) if agreed else None
    if agreed is None or agreement is None:
        raise NotAllowed("agreement_missing", kind=kind, partner=partner.code)
    permit = agreement.permit(
        subject, sender=own_party(), receiver=agreed.party, purpose=alert.purpose, kind=kind, at=at, details=details
    )
    if HEAD not in permit.details:
        head = next(one for one in permit.detail_decisions if one.field == HEAD)
        raise NotAllowed("not_covered", agreement=permit.agreement, rule="agreed_field", clause=head.clause, field=HEAD)
    return permit


def _draft(alert: OfficeAlert, partner: Partner, permit: Permit, **told: Any) -> Draft:
    return Draft(
        to=partner.code,
        body={"v": VERSION, **permit.body},
        lane=Lane.ALERT,
        agreement=permit.agreement,
        purpose=alert.purpose,
        handling=Handling(code=alert.handling, tlp=alert.tlp).stricter(permit.conditions.handling),
        retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward,
        on=f"office_alert:{alert.pk}",
        **told,
    )
