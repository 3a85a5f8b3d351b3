"""To keep what a side answered: the query, its answer, its hits, and the line of the audit."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from elchi.modules.interpol.confirmation import open_confirmation
from elchi.modules.interpol.gateway import Guidance, Told, ask_in_turn
from elchi.modules.interpol.models import AccessPoint, HitConfirmation, Query, QueryAnswer
from elchi.modules.interpol.question import Asked, Question
from elchi.modules.interpol.sides import offline_side, online_side
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.modules.interpol.wire import asked_to_wire
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record

_RANK: Final = (Guidance.REFER, Guidance.NOTHING_REPORTED, Guidance.ASK_AGAIN, Guidance.NOBODY_ANSWERED)
"""Of several answers the first of these holds: a hit anywhere is one, and a fresh answer comes before a stale one."""


def tell(question: Question, now: dt.datetime) -> Told:
    """Ask both sides in turn: it may take the time that the mapping allows."""
    return ask_in_turn(question, online=online_side(), offline=offline_side(now))


def keep_answer(by: Actor, query: Query, asked: Asked, told: Told, now: dt.datetime) -> Query:
    """Save a query of an access point with its answer, in the transaction of the caller."""
    answer = told.answer
    query.state, query.guidance = "answered", told.guidance
    query.outcome = answer.outcome if answer else ""
    query.save()
    QueryAnswer.objects.create(query=query, at=now, **answer_columns(told))
    for hit in answer.hits if answer else ():
        opened = open_confirmation(hit.owner, at=now)
        HitConfirmation.objects.create(
            query=query, record=hit.record, owner=hit.owner, reported=hit.reported, subject=asked_to_wire(asked),
            due_at=opened.due_at, times=times_of(opened.times), opened_at=now,
        )  # fmt: skip
    first = query.hits.order_by("id").first()
    if first is not None:
        query.reference = first.number
        query.save(update_fields=["reference"])
    _note_on_point(query, now, answered=answer is not None)
    record(
        InterpolVerb.ASK, by=by, on=f"query:{query.pk}", subject=query.mark, purpose=query.purpose,
        point=query.point.code, kind=query.kind, guidance=str(told.guidance),
        source=str(answer.source) if answer else "", refusals=[one.code for one in told.refusals],
    )  # fmt: skip
    return query


def answer_columns(told: Told) -> dict[str, Any]:
    """Give the columns of `QueryAnswer` for what sides answered."""
    answer = told.answer
    return {
        "source": str(answer.source) if answer else "",
        "guidance": told.guidance,
        "copy_version": answer.copy_version if answer else None,
        "copy_issued_at": answer.copy_issued_at if answer else None,
        "stale": answer.stale if answer else False,
        "refusals": [{**dataclasses.asdict(one), "source": str(one.source)} for one in told.refusals],
    }


def guidance_of(query: Query) -> str:
    """Give what all answers of a query come to."""
    told = set(query.answers.values_list("guidance", flat=True))
    return next((str(one) for one in _RANK if one in told), "")


def times_of(times: Mapping[str, dt.datetime]) -> dict[str, str]:
    """Give the times of steps as a column holds them."""
    return {step: at.isoformat() for step, at in times.items()}


def _note_on_point(query: Query, now: dt.datetime, *, answered: bool) -> None:
    point = AccessPoint.objects.select_for_update().get(pk=query.point.pk)
    point.last_query_at = point.heard_at = now
    if answered:
        point.last_success_at = now
        point.first_success_at = point.first_success_at or now
    point.save(update_fields=["last_query_at", "heard_at", "last_success_at", "first_success_at"])
