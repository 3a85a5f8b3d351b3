"""Joint operations: one log for all that take part, kept by the centre and told to their nodes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.exchange.message import Lane, Message
from elchi.modules.regional.models import PHASES, Entry, InboxItem, Operation, Told
from elchi.modules.regional.queries import operation_for
from elchi.modules.regional.rules import RegionalRight, require_centre, state_of
from elchi.modules.regional.services._checks import check_number, check_states, check_text
from elchi.modules.regional.services._telling import Saying, tell_states
from elchi.modules.regional.verbs import RegionalVerb
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.federation.models import Partner
from elchi.node.here import here
from elchi.node.officers.acting import Acting

OPERATION: Final = "regional.operation"
DETAIL: Final = "operation"
MAX_TITLE: Final = 200
MAX_TEXT: Final = 2_000
LONGEST: Final = dt.timedelta(days=366)
LIFETIME: Final = dt.timedelta(days=14)
_NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "planned": ("planned", "running", "closed"),
    "running": ("running", "closed"),
    "closed": (),
}


@transaction.atomic
def open_operation(
    *, by: Acting, title: str, states: Sequence[str], begins: dt.date, ends: dt.date, text: str
) -> Operation:
    """Open a joint operation; the states that take part are told.

    Args:
        by: of the centre's own staff.
        title: what it is called.
        states: codes, two or more.
        begins: first day.
        ends: last day, within a year.
        text: the plan, first line of the log.

    Raises:
        NotAllowed: `right_missing`, `centre_staff_only`.
        Conflict: `not_a_centre`.
        InvalidInput: `regional_invalid`.
    """
    require_centre(by)
    check_text("title", title, MAX_TITLE)
    told = check_states(states, least=2)
    if not begins <= ends <= begins + LONGEST:
        raise InvalidInput("regional_invalid", field="ends", rule="after_begin")
    row = Operation.objects.create(number="", title=title.strip(), states=list(told), begins=begins, ends=ends)
    row.number = f"{here().code}-O-{row.pk:04}"
    row.save(update_fields=["number"])
    record(RegionalVerb.OPEN_OPERATION, by=by, on=f"operation:{row.pk}", states=list(told))
    _log(by, row, "planned", text)
    return row


@transaction.atomic
def log_operation(*, by: Acting, operation_id: int, state: str, text: str) -> Entry:
    """Write a line into the log of an operation: a liaison officer of a state that takes part, or the centre.

    Args:
        by: who writes.
        operation_id: which.
        state: of the operation from here on; only the centre changes it.
        text: what happened.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `joint_operation_unknown`.
        Conflict: `not_a_centre`: it is another node's, and its log is kept there; `joint_operation_over`.
        InvalidInput: `regional_invalid`.
    """
    by.require(RegionalRight.INBOX_READ)
    row = operation_for(by, operation_id)
    if row.partner_id is not None:
        raise Conflict("not_a_centre")
    if not _NEXT[row.state]:
        raise Conflict("joint_operation_over", number=row.number)
    if state not in _NEXT[row.state] or (state != row.state and state_of(by)):
        raise InvalidInput("regional_invalid", field="state", rule="one_of", allowed=[row.state])
    return _log(by, row, state, text)


def read_operation(body: Mapping[str, Any]) -> dict[str, Any]:
    """Read what is told of an operation.

    Raises:
        InvalidInput: `regional_invalid`.
    """
    told = body.get(DETAIL)
    if not isinstance(told, Mapping):
        raise InvalidInput("regional_invalid", field=DETAIL, rule="object")
    check_number(told.get("number"))
    for field, most in (("title", MAX_TITLE), ("text", MAX_TEXT)):
        check_text(field, told.get(field), most, lines=True)
    if told.get("state") not in PHASES:
        raise InvalidInput("regional_invalid", field="state", rule="one_of", allowed=list(PHASES))
    place = told.get("place")
    if type(place) is not int or not 1 <= place <= 100_000:
        raise InvalidInput("regional_invalid", field="place", rule="number_in_range", limit=100_000)
    try:
        begins, ends = (dt.date.fromisoformat(str(told.get(name))) for name in ("begins", "ends"))
    except ValueError:
        raise InvalidInput("regional_invalid", field="begins", rule="date") from None
    if not begins <= ends <= begins + LONGEST:
        raise InvalidInput("regional_invalid", field="ends", rule="after_begin")
    country = told.get("country", "")
    states = check_states(told.get("states"), least=2)
    if country and country not in states:
        raise InvalidInput("regional_invalid", field="country", rule="country_code")
    return {**{name: told[name] for name in ("number", "title", "text", "state", "place")},
            "begins": begins, "ends": ends, "states": list(states), "country": country}  # fmt: skip


def hear_operation(*, message: Message, partner: Partner, told: Mapping[str, Any]) -> Operation:
    """Keep a word of an operation, in the transaction in which it is accepted.

    Lines may come in any order; the operation is as the line with the highest place says.

    Raises:
        Conflict: `number_known`: this line came before.
    """
    given = {name: told[name] for name in ("title", "states", "begins", "ends", "state")}
    row, _ = Operation.objects.get_or_create(partner=partner, number=told["number"], defaults=given)
    if row.entries.filter(place=told["place"]).exists():
        raise Conflict("number_known", number=told["number"])
    if not row.entries.filter(place__gt=told["place"]).exists():
        Operation.objects.filter(pk=row.pk).update(**given)
    Entry.objects.create(
        operation=row, place=told["place"], state=told["state"], country=told["country"], text=told["text"],
        by=f"partner:{partner.code}", at=message.sent_at,
    )  # fmt: skip
    _put_into_inbox(row, [here().country])
    record(
        RegionalVerb.HEAR_OPERATION, by=NODE, on=f"operation:{row.pk}", agreement=message.agreement,
        partner=partner.code,
    )  # fmt: skip
    return row


def _log(by: Acting, row: Operation, state: str, text: str) -> Entry:
    check_text("text", text, MAX_TEXT, lines=True)
    now, country = timezone.now(), state_of(by)
    Operation.objects.select_for_update().get(pk=row.pk)
    entry = Entry.objects.create(
        operation=row, place=row.entries.count() + 1, state=state, country=country, text=text.strip(), by=by.name,
        at=now,
    )  # fmt: skip
    row.state = state
    row.save(update_fields=["state"])
    _put_into_inbox(row, [one for one in row.states if one != country])
    body = {
        "number": row.number, "title": row.title, "states": row.states, "begins": row.begins.isoformat(),
        "ends": row.ends.isoformat(), "state": state, "place": entry.place, "country": country, "text": entry.text,
    }  # fmt: skip
    on = f"operation:{row.pk}"
    saying = Saying(kind=OPERATION, detail=DETAIL, body=body, lane=Lane.REPORT, on=on, lifetime=LIFETIME)
    told = tell_states(by, row.states, saying, at=now)
    for one in told:
        one.entry = entry
    Told.objects.bulk_create(told)
    record(RegionalVerb.LOG_OPERATION, by=by, on=on, place=entry.place, told=sum(one.state == "queued" for one in told))
    return entry


def _put_into_inbox(row: Operation, states: Sequence[str]) -> None:
    """Show it anew to the states."""
    InboxItem.objects.filter(operation=row, country__in=states).delete()
    InboxItem.objects.bulk_create(InboxItem(country=one, kind="operation", operation=row) for one in states)
