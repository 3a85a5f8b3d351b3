"""The online side is asked beside the requests of officers: a row says that it is to be, a few threads do it.

The process that wrote the row asks at once. What it left, because it died or has more than its threads can do, the
worker asks. Whoever comes second with an answer finds the row gone.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Final

from django.db import close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone

from elchi.errors import ElchiError
from elchi.modules.interpol.gateway import Refusal, Told, ask_in_turn
from elchi.modules.interpol.models import OnlineTask, Query
from elchi.modules.interpol.question import Asked, Source
from elchi.modules.interpol.services._answers import keep_copy_answer, keep_online_answer, refusals_of
from elchi.modules.interpol.services.admitting import question_of
from elchi.modules.interpol.services.telling import tell_answer
from elchi.modules.interpol.sides import online_side
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.modules.interpol.wire import asked_from_wire, asked_to_wire
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record

THREADS: Final = 8
"""In a process. A side that is slow holds these, and no officer."""
CLAIM: Final = dt.timedelta(seconds=60)
"""So long a row is left to who asks it."""
LEFT: Final = dt.timedelta(seconds=10)
"""So old is a row that nobody has begun with before the worker does."""
AT_ONCE: Final = 5
"""That the worker asks before it does something else."""
_log = logging.getLogger("elchi.interpol")
_lock: Final = threading.Lock()
_pool: Final[list[ThreadPoolExecutor]] = []
"""One, made when it is needed: a process that is forked must not inherit it."""
_begun: Final[dict[int, Future[bool]]] = {}
"""By query, what this process is asking."""


def keep_query(by: Actor, query: Query, asked: Asked, copied: Told, *, thread: str = "") -> Query:
    """Save a query with what the copy answered, and have the online side asked after the transaction of the caller.

    Without an online side the query is answered by that.
    """
    now, wire, online = timezone.now(), asked_to_wire(asked), online_side() is not None
    keep_copy_answer(query, wire, copied, now, online=online)
    answer = copied.answer
    record(
        InterpolVerb.ASK, by=by, on=f"query:{query.pk}", subject=query.mark, purpose=query.purpose,
        point=query.point.code, kind=query.kind, guidance=query.guidance, source=str(answer.source) if answer else "",
        refusals=[one.code for one in copied.refusals],
    )  # fmt: skip
    if online:
        OnlineTask.objects.create(
            query=query, subject=wire, thread=thread, refusals=refusals_of(copied.refusals), since=now
        )
        transaction.on_commit(partial(_begin, query.pk))
    else:
        _tell(query, thread, now)
    return query


def wait_for_online(query: Query, *, seconds: float) -> Query:
    """Wait for the online side, where this process asks it, but no longer than so many seconds; give the query anew."""
    if query.state != "asking":
        return query
    begun = _begun.get(query.pk)
    with suppress(TimeoutError):
        if begun is not None:
            begun.result(timeout=seconds)
    return Query.objects.get(pk=query.pk)


def ask_online(*, by: Actor, query_id: int) -> bool:
    """Ask the online side what a row says, and write down the answer.

    Returns:
        Whether this was asked and answered here.
    """
    now = timezone.now()
    free = OnlineTask.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), query=query_id)
    if not free.update(claimed_until=now + CLAIM):
        return False
    task = OnlineTask.objects.select_related("query__point__partner").get(query=query_id)
    told = _told(task)
    with transaction.atomic():
        if OnlineTask.objects.select_for_update().filter(pk=task.pk).first() is None:
            return False
        task.query = Query.objects.select_for_update(of=("self",)).select_related("point__partner").get(pk=query_id)
        now = timezone.now()
        query = keep_online_answer(task, told, now)
        code = _tell(query, task.thread, now)
        record(
            InterpolVerb.RECORD_ANSWER, by=by, on=f"query:{query.pk}", subject=query.mark, purpose=query.purpose,
            agreement=query.agreement, guidance=query.guidance, source=str(told.answer.source) if told.answer else "",
            refusals=[one.code for one in told.refusals], code=code,
        )  # fmt: skip
    return True


def ask_left(*, by: Actor, now: dt.datetime | None = None) -> int:
    """Ask what was left by who began with it, or by who never did.

    Returns:
        How many were asked.
    """
    now = now or timezone.now()
    left = Q(claimed_until=None, since__lt=now - LEFT) | Q(claimed_until__lt=now)
    found = list(OnlineTask.objects.filter(left).order_by("since").values_list("query", flat=True)[:AT_ONCE])
    return sum(ask_online(by=by, query_id=one) for one in found)


def _told(task: OnlineTask) -> Told:
    query = task.query
    question = question_of(query, asked_from_wire(task.subject), query.point)
    try:
        return ask_in_turn(question, online=online_side(), offline=None)
    except ElchiError as error:  # the question itself is at fault: the next try would be as well
        return Told(answer=None, refusals=(Refusal(source=Source.ONLINE, code=error.code, reason=""),))


def _tell(query: Query, thread: str, now: dt.datetime) -> str:
    """Answer the node that asked, if one did; give the code of why that could not go."""
    if query.point.partner is None or not query.message_id:
        return ""
    try:
        with transaction.atomic():
            tell_answer(query, thread, now)
    except ElchiError as error:  # the agreement has ended meanwhile: the answer is kept, and the board tells
        query.code = error.code
        query.save(update_fields=["code"])
    return query.code


def _begin(query_id: int) -> None:
    with _lock:
        if not _pool:
            _pool.append(ThreadPoolExecutor(THREADS, thread_name_prefix="interpol"))
        _begun[query_id] = begun = _pool[0].submit(_ask, query_id)
    begun.add_done_callback(lambda _: _begun.pop(query_id, None))


def _ask(query_id: int) -> bool:
    close_old_connections()
    try:
        return ask_online(by=NODE, query_id=query_id)
    except Exception:  # noqa: BLE001  told; the row is there yet, and the worker asks it
        _log.exception("online question failed", extra={"query": query_id})
        return False
    finally:
        close_old_connections()
