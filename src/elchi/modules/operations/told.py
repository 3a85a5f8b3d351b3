"""What was told before an incident: messages with partners and the alerts of this node, as traces.

A reply belongs to what it replies to, and is about the same. What opens something comes from what it is about here;
where that is nothing, from the last that was told about the same person or thing: so a question stands behind the
warning that made an officer ask it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from django.urls import reverse

from elchi.errors import ElchiError
from elchi.exchange.conversation import Act
from elchi.modules.operations.leads import LOOK_BACK, Scene, Trace
from elchi.node.audit.marks import marks_of
from elchi.node.federation.models import Incoming, Outgoing
from elchi.node.liaison.alert_queries import alerts_for
from elchi.node.liaison.alert_wire import ALERT_REPLY
from elchi.node.liaison.models import OfficeAlert, Utterance
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.subjects import from_wire

MOST: Final = 500
"""Of each sort that are looked at, the newest."""
_KINDS: Final = frozenset(("person", "vehicle", "document", "organisation", "consignment"))


def told_before(by: Acting, scene: Scene, about: Iterable[Trace]) -> tuple[Trace, ...]:
    """Give the messages and own alerts of the days before an incident that have a mark of it, or that came from one of
    the traces `about`; each with what it came from. Only what somebody may know of.
    """
    alerts = list(_raised_here(by, scene))
    marked = {one.ref: one.marks & scene.marks for one in (*about, *alerts)}
    messages = list(_messages(scene, marked)) if by.may(Right.MESSAGE_SEE) else []
    last = ""
    told = []
    for one in sorted((*alerts, *messages), key=lambda one: (one.at, one.ref)):
        told.append(one if one.before or not last or not one.marks & scene.marks else replace(one, before=(last,)))
        last = one.ref if one.marks & scene.marks else last
    return tuple(told)


def refs_of_alerts(entries: Iterable[str]) -> Mapping[str, str]:
    """Give what raised the alerts that stand behind entries which checks met, by the entry: a message or this node."""
    rows = list(OfficeAlert.objects.filter(entry__in=set(entries)).exclude(entry=""))
    came = Incoming.objects.filter(message_id__in=[one.message for one in rows if one.partner_id])
    refs = {one.message_id: _ref(one, is_peer=True) for one in came}
    return {one.entry: refs.get(one.message, "") if one.partner_id else f"office_alert:{one.pk}" for one in rows}


def _raised_here(by: Acting, scene: Scene) -> Iterator[Trace]:
    rows = alerts_for(by).filter(partner=None, raised_at__gte=scene.at - LOOK_BACK, raised_at__lte=scene.at)
    for one in rows[:MOST]:
        marks = frozenset(marks_of(from_wire(one.subject))) if one.subject else frozenset[str]()
        yield Trace(
            ref=f"office_alert:{one.pk}", at=one.raised_at, code="office_alert", params={"number": one.number},
            address=reverse("office_alert", args=[one.pk]), marks=marks,
        )  # fmt: skip


def _messages(scene: Scene, marked: Mapping[str, frozenset[str]]) -> Iterator[Trace]:
    rows = sorted(_rows_before(scene), key=lambda row: row[1])
    refs = {one.message_id: _ref(one, is_peer=is_peer) for one, _, is_peer in rows}
    silent = _silent(one for one, _, _ in rows)
    marks: dict[str, frozenset[str]] = {}
    for one, at, is_peer in rows:
        on = getattr(one, "on", "") if getattr(one, "on", "") in marked else ""
        shared = _marks_in(bytes(one.body or b"")) | marked.get(on, frozenset()) | marks.get(one.re, frozenset())
        marks[one.message_id] = frozenset() if one.message_id in silent else shared & scene.marks
        yield Trace(
            ref=refs[one.message_id], at=at, code="message_in" if is_peer else "message_out",
            params={"kind": one.kind, "partner": one.partner.code}, marks=marks[one.message_id], is_peer=is_peer,
            before=tuple(filter(None, (refs.get(one.re, ""), on))),
            address=reverse("partner_message", args=[one.message_id]),
        )  # fmt: skip


def _rows_before(scene: Scene) -> Iterator[tuple[Any, dt.datetime, bool]]:
    """Give what came and went: the row, when, and whether it came."""
    since = scene.at - LOOK_BACK
    came = Incoming.objects.filter(received_at__gte=since, received_at__lte=scene.at).select_related("partner")
    sent = Outgoing.objects.filter(created_at__gte=since, created_at__lte=scene.at).select_related("partner")
    yield from ((one, one.received_at, True) for one in came.order_by("-id")[:MOST])
    yield from ((one, one.created_at, False) for one in sent.order_by("-id")[:MOST])


def _silent(rows: Iterable[Any]) -> frozenset[str]:
    """Give those messages that say no more than that another one was read or noted: nothing follows from them."""
    ids = {one.message_id: one.kind for one in rows}
    noted = Utterance.objects.filter(message__in=list(ids), act__in=[str(Act.READ), str(Act.ACKNOWLEDGE)])
    return frozenset([*noted.values_list("message", flat=True), *(one for one in ids if ids[one] == ALERT_REPLY)])


def _ref(row: Any, *, is_peer: bool) -> str:
    return f"message:{'in' if is_peer else 'out'}-{row.pk}"


def _marks_in(body: bytes) -> frozenset[str]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(_marks_of(told, 0))


def _marks_of(told: Any, depth: int) -> Iterator[str]:
    if depth > 8:
        return
    if isinstance(told, dict) and told.get("kind") in _KINDS:
        try:
            yield from marks_of(from_wire(told))
        except ElchiError:
            return
    for part in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _marks_of(part, depth + 1)
