"""What the node does by itself at the desk: reminds, names the next desk in order of call, ends, removes."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from elchi.exchange.conversation import OPEN
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.directory.duty import answers_at
from elchi.node.directory.models import DutyContact
from elchi.node.here import here
from elchi.node.liaison.models import Conversation
from elchi.node.liaison.queries import desk_agencies
from elchi.node.liaison.rules import ESCALATED, REMINDED
from elchi.node.liaison.services._talk import released, settle

AT_ONCE: Final = 100
STRAY_AFTER: Final = dt.timedelta(minutes=10)
"""So long what was said waits for the message that opened its conversation, before officers see it without."""


def remind_due(*, by: Actor) -> int:
    """Remind of requests whose time runs out, name the next desk to call, and end those whose time is over.

    All of it comes before the time, not after: a reminder when half of it is gone, the next desk when three quarters
    are. Give for how many something was done.
    """
    now, done = timezone.now(), 0
    with transaction.atomic():
        wait_turn()
        rows = Conversation.objects.select_related("partner", "agency").filter(state__in=OPEN, due_at__isnull=False)
        for row in rows.filter(Q(escalated_at=None) | Q(ends_at__lte=now)):
            done += _look(row, by, now)
        done += _show_strays(now)
    return done


def remove_kept_conversations(*, by: Actor) -> int:
    """Remove conversations whose retention is over; give how many."""
    today = timezone.now().date()
    with transaction.atomic():
        wait_turn()
        rows = list(Conversation.objects.filter(keep_until__lt=today).exclude(state__in=OPEN)[:AT_ONCE])
        for row in rows:
            record(Verb.REMOVE_CONVERSATION, by=by, on=f"conversation:{row.pk}", purpose=row.purpose)
            row.delete()
    return len(rows)


def _look(row: Conversation, by: Actor, now: dt.datetime) -> bool:
    if row.ends_at and row.ends_at <= now:
        settle(row)
        record(Verb.EXPIRE_REQUEST, by=by, on=f"conversation:{row.pk}", purpose=row.purpose)
        return True
    whole = (row.due_at or row.opened_at) - row.opened_at
    if row.escalated_at is None and now >= row.opened_at + ESCALATED * whole:
        row.escalated_at, row.fallback = now, _next_desk(row, now)
        row.reminded_at = row.reminded_at or now
        record(Verb.ESCALATE_REQUEST, by=by, on=f"conversation:{row.pk}", purpose=row.purpose)
    elif row.reminded_at is None and now >= row.opened_at + REMINDED * whole:
        row.reminded_at = now
        record(Verb.REMIND_OF_REQUEST, by=by, on=f"conversation:{row.pk}", purpose=row.purpose)
    else:
        return False
    row.save(update_fields=["reminded_at", "escalated_at", "fallback"])
    return True


def _show_strays(now: dt.datetime) -> int:
    """Release what came without its beginning to all desks: the beginning was refused, or is long under way."""
    strays = Conversation.objects.filter(state="arriving", parties=None, last_at__lt=now - STRAY_AFTER)[:AT_ONCE]
    for row in strays:
        released(row, desk_agencies(), NODE.name)
    return len(strays)


def _next_desk(row: Conversation, now: dt.datetime) -> dict[str, Any]:
    """Give the desk that is called if the first does not answer: second in order of call where the answer is owed."""
    desks = DutyContact.objects.select_related("agency").filter(subject_matter__in=("", "request"))
    if row.partner is None:
        asked = row.parties.exclude(agency=row.agency_id).values("agency")
        desks = desks.filter(agency__in=asked)
    elif row.is_ours:
        codes = row.said.filter(number=1).values_list("agencies", flat=True).first() or []
        desks = desks.filter(agency__code__in=codes) if codes else desks.filter(agency__country=row.partner.country_id)
    else:
        desks = desks.filter(agency__in=row.parties.values("agency"), agency__country=here().country or None)
    answering = sorted((desk for desk in desks if answers_at(desk, now)), key=lambda desk: (desk.rank, desk.pk))
    if not answering:
        return {}
    desk = next((one for one in answering if one.rank > answering[0].rank), answering[-1])
    return {
        "agency": desk.agency.name, "desk": desk.desk, "phone": desk.phone, "email": desk.email,
        "languages": list(desk.languages),
    }  # fmt: skip
