"""To keep what a side answered: the query, its answers, its hits. The transaction is the caller's."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from elchi.modules.interpol.confirmation import open_confirmation
from elchi.modules.interpol.gateway import Guidance, Refusal, Told
from elchi.modules.interpol.models import AccessPoint, HitConfirmation, OnlineTask, Query, QueryAnswer
from elchi.modules.interpol.question import Hit, Outcome

_RANK: Final = (Guidance.REFER, Guidance.NOTHING_REPORTED, Guidance.ASK_AGAIN, Guidance.NOBODY_ANSWERED)
"""Of several answers the first of these holds: a hit anywhere is one, and a fresh answer comes before a stale one."""
_OUTCOMES: Final = (Outcome.NO_HIT, Outcome.HIT, Outcome.MANY)


def keep_copy_answer(query: Query, wire: dict[str, Any], told: Told, now: dt.datetime, *, online: bool) -> None:
    """Save a query of an access point with what the copy of this bureau answered.

    Args:
        query: not saved yet.
        wire: what was asked about (`wire.asked_to_wire`).
        told: of the copy.
        now: when it answered.
        online: whether the online side is still to be asked. Until it is, only a hit is told the first line.
    """
    query.state = "asking" if online else "answered"
    query.guidance = told.guidance if not online or told.guidance == Guidance.REFER else ""
    query.save()
    if told.answer is not None or not online:
        QueryAnswer.objects.create(query=query, at=now, **answer_columns(told))
    keep_hits(query, wire, told.answer.hits if told.answer else (), now)
    note_on_point(query, now, answered=told.answer is not None)


def keep_online_answer(task: OnlineTask, told: Told, now: dt.datetime) -> Query:
    """Write down what the online side answered, or that it did not; the question is over by that."""
    query, copied = task.query, task.query.answers.first()
    if told.answer is not None:
        QueryAnswer.objects.create(query=query, at=now, **answer_columns(told))
        keep_hits(query, task.subject, told.answer.hits, now)
    elif copied is not None:
        copied.refusals = refusals_of(told.refusals)
        copied.save(update_fields=["refusals"])
    else:
        columns = answer_columns(told)
        columns["refusals"] += task.refusals
        QueryAnswer.objects.create(query=query, at=now, **columns)
    task.delete()
    query.state, query.guidance = "answered", guidance_of(query)
    if query.guidance != Guidance.NOBODY_ANSWERED:
        query.outcome = _OUTCOMES[min(query.hits.count(), 2)]
    query.took_ms = (now - query.asked_at) / dt.timedelta(milliseconds=1)
    query.save()
    note_on_point(query, now, answered=told.answer is not None)
    return query


def keep_hits(query: Query, wire: dict[str, Any], hits: Sequence[Hit], now: dt.datetime) -> None:
    """Open the hits of an answer. One that the copy has opened is told its record, and not opened a second time."""
    unnamed = list(query.hits.select_for_update().filter(record="").order_by("id"))
    for hit in hits:
        row = next((one for one in unnamed if one.owner == hit.owner), None)
        if row is not None:
            unnamed.remove(row)
            row.record, row.reported = hit.record, hit.reported
            row.save(update_fields=["record", "reported"])
            continue
        opened = open_confirmation(hit.owner, at=now)
        HitConfirmation.objects.create(
            query=query, record=hit.record, owner=hit.owner, reported=hit.reported, subject=wire, due_at=opened.due_at,
            times=times_of(opened.times), opened_at=now,
        )  # fmt: skip
    first = query.hits.order_by("id").first()
    if first is not None and not query.reference:
        query.reference = first.number
        query.save(update_fields=["reference"])


def answer_columns(told: Told) -> dict[str, Any]:
    """Give the columns of `QueryAnswer` for what sides answered."""
    answer = told.answer
    return {
        "source": str(answer.source) if answer else "",
        "guidance": told.guidance,
        "copy_version": answer.copy_version if answer else None,
        "copy_issued_at": answer.copy_issued_at if answer else None,
        "stale": answer.stale if answer else False,
        "refusals": refusals_of(told.refusals),
    }


def refusals_of(refusals: Sequence[Refusal]) -> list[dict[str, str]]:
    """Give sides that gave no answer as a column holds them."""
    return [{**dataclasses.asdict(one), "source": str(one.source)} for one in refusals]


def answer_that_holds(query: Query) -> QueryAnswer:
    """Give the answer of several by which the first line is guided; of equal ones the newest."""
    answers = sorted(query.answers.all(), key=lambda one: (_RANK.index(Guidance(one.guidance)), -one.pk))
    return answers[0]


def guidance_of(query: Query) -> str:
    """Give what all answers of a query come to."""
    told = set(query.answers.values_list("guidance", flat=True))
    return next((str(one) for one in _RANK if one in told), "")


def times_of(times: Mapping[str, dt.datetime]) -> dict[str, str]:
    """Give the times of steps as a column holds them."""
    return {step: at.isoformat() for step, at in times.items()}


def note_on_point(query: Query, now: dt.datetime, *, answered: bool) -> None:
    """Take note at the access point that it asked, and whether somebody answered."""
    point = AccessPoint.objects.select_for_update().get(pk=query.point.pk)
    point.last_query_at = point.heard_at = now
    if answered:
        point.last_success_at = now
        point.first_success_at = point.first_success_at or now
    point.save(update_fields=["last_query_at", "heard_at", "last_success_at", "first_success_at"])
