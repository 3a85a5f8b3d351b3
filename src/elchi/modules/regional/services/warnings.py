"""Early warnings to the members along a corridor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.exchange.message import Lane, Message
from elchi.modules.regional.models import Corridor, EarlyWarning, InboxItem, Told
from elchi.modules.regional.rules import require_centre
from elchi.modules.regional.services._checks import check_number, check_states, check_text
from elchi.modules.regional.services._telling import Saying, tell_states
from elchi.modules.regional.verbs import RegionalVerb
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.cases.rules import THREATS
from elchi.node.federation.models import Partner
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.seal.canonical import read_time, write_time

WARNING: Final = "regional.warning"
DETAIL: Final = "warning"
LONGEST: Final = dt.timedelta(days=90)
MAX_TEXT: Final = 2_000
MAX_NAME: Final = 80


@transaction.atomic
def set_corridor(*, by: Acting, name: str, states: Sequence[str]) -> Corridor:
    """Say through which states a corridor leads, in order.

    Raises:
        NotAllowed: `right_missing`, `centre_staff_only`.
        Conflict: `not_a_centre`.
        InvalidInput: `regional_invalid`.
    """
    require_centre(by)
    check_text("name", name, MAX_NAME)
    told = check_states(states, least=2)
    given = {"states": list(told), "changed_by": by.name, "changed_at": timezone.now()}
    row, _ = Corridor.objects.update_or_create(name=name.strip(), defaults=given)
    record(RegionalVerb.SET_CORRIDOR, by=by, on=f"corridor:{row.pk}", states=list(told))
    return row


@transaction.atomic
def warn_members(
    *, by: Acting, threat: str, states: Sequence[str], text: str, valid_until: dt.datetime
) -> EarlyWarning:  # fmt: skip
    """Warn the states along a corridor: their liaison officers here, and their nodes as far as agreements let it.

    Args:
        by: who warns: of the centre's own staff.
        threat: of `cases.rules.THREATS`.
        states: codes, in the order of the corridor.
        text: what to look for; without names, as it goes under agreements about what is non-nominal.
        valid_until: at most 90 days from now.

    Raises:
        NotAllowed: `right_missing`, `centre_staff_only`.
        Conflict: `not_a_centre`.
        InvalidInput: `regional_invalid`.
    """
    require_centre(by)
    now = timezone.now()
    if threat not in THREATS:
        raise InvalidInput("regional_invalid", field="threat", rule="one_of", allowed=list(THREATS))
    route = check_states(states, least=1)
    check_text("text", text, MAX_TEXT, lines=True)
    if not now < valid_until <= now + LONGEST:
        raise InvalidInput("regional_invalid", field="valid_until", rule="within_90_days")
    row = EarlyWarning.objects.create(
        number="", threat=threat, states=list(route), text=text.strip(), valid_until=valid_until, at=now, by=by.name
    )  # fmt: skip
    row.number = f"{here().code}-W-{row.pk:04}"
    row.save(update_fields=["number"])
    InboxItem.objects.bulk_create(InboxItem(country=one, kind="warning", warning=row, at=now) for one in route)
    saying = Saying(
        kind=WARNING, detail=DETAIL, body=_body(row), lane=Lane.ALERT, on=f"warning:{row.pk}",
        lifetime=valid_until - now,
    )  # fmt: skip
    told = tell_states(by, route, saying, at=now)
    for one in told:
        one.warning = row
    Told.objects.bulk_create(told)
    record(
        RegionalVerb.WARN_MEMBERS, by=by, on=f"warning:{row.pk}", states=list(route), threat=threat,
        told=sum(one.state == "queued" for one in told),
    )  # fmt: skip
    return row


def read_warning(body: Mapping[str, Any]) -> dict[str, Any]:
    """Read a warning that came.

    Raises:
        InvalidInput: `regional_invalid`.
    """
    told = body.get(DETAIL)
    if not isinstance(told, Mapping):
        raise InvalidInput("regional_invalid", field=DETAIL, rule="object")
    threat, text, number = told.get("threat"), told.get("text"), told.get("number")
    if threat not in THREATS:
        raise InvalidInput("regional_invalid", field="threat", rule="one_of", allowed=list(THREATS))
    check_text("text", text, MAX_TEXT, lines=True)
    check_number(number)
    states = check_states(told.get("states"), least=1)
    try:
        until = read_time(told.get("valid_until"))
    except ValueError:
        raise InvalidInput("regional_invalid", field="valid_until", rule="time_utc") from None
    return {"threat": threat, "text": text, "number": number, "states": list(states), "valid_until": until}


def hear_warning(*, message: Message, partner: Partner, told: Mapping[str, Any]) -> EarlyWarning:
    """Put a warning of a centre into the inbox of this state, in the transaction in which it is accepted.

    Raises:
        Conflict: `number_known`: it came before.
    """
    if EarlyWarning.objects.filter(partner=partner, number=told["number"]).exists():
        raise Conflict("number_known", number=told["number"])
    row = EarlyWarning.objects.create(
        partner=partner, message_id=message.id, at=message.sent_at, by=f"partner:{partner.code}", **told
    )  # fmt: skip
    InboxItem.objects.create(country=here().country, kind="warning", warning=row)
    record(
        RegionalVerb.HEAR_WARNING, by=NODE, on=f"warning:{row.pk}", agreement=message.agreement, partner=partner.code
    )
    return row


def forget_warning(*, message_id: str, partner: Partner) -> None:
    """Remove a warning that its sender took back."""
    EarlyWarning.objects.filter(partner=partner, message_id=message_id).delete()


def _body(row: EarlyWarning) -> dict[str, Any]:
    return {
        "number": row.number, "threat": row.threat, "states": row.states, "text": row.text,
        "valid_until": write_time(row.valid_until),
    }  # fmt: skip
