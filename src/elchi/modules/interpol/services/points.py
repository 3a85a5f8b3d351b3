"""Verbs of access points: register, move through their states, watch; and the rules by which they ask."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.modules.interpol import queries
from elchi.modules.interpol.access_point import POINT_KINDS, AccessRule, Probe, follow, move
from elchi.modules.interpol.models import AccessPoint, AccessPolicy, Watch
from elchi.modules.interpol.rules import EVERY, InterpolRight
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.modules.interpol.wire import check_rules, rule_to_wire
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record
from elchi.node.checks.rules import PURPOSES
from elchi.node.directory import queries as directory
from elchi.node.federation.queries.partners import partner_of
from elchi.node.officers.acting import Acting

REASON: Final = 300
_NAME: Final = 200
_CODE: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_WITH_REASON: Final = frozenset(("refuse", "suspend", "retire"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCard:
    """What an access point is: an office of the directory, or a partner."""

    code: str
    """Capitals, digits and hyphens, at most 32: what INTERPOL's side is told of who asks."""
    kind: str
    """Of `POINT_KINDS`."""
    name: str = ""
    """Empty for that of its office or partner."""
    office: str = ""
    """Code of the office; empty where it is a partner."""
    partner: str = ""
    """Code of the partner."""
    latitude: float | None = None
    longitude: float | None = None
    """None for where its office is."""


@transaction.atomic
def register_point(*, by: Acting, card: PointCard) -> AccessPoint:
    """Register an access point. It asks nothing before it is approved.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `access_point_invalid` with `field` and `rule`.
        NotFound: `office_unknown`, `partner_unknown`.
        Conflict: `access_point_taken`: the code, or who it is, is an access point already.
    """
    by.require(InterpolRight.POINT_WRITE)
    _check_card(card)
    office = directory.office_of(card.office) if card.office else None
    partner = partner_of(card.partner) if card.partner else None
    found = queries.points()
    if found.filter(code=card.code).exists() or found.filter(office=office, partner=partner).exists():
        raise Conflict("access_point_taken", field="code", point=card.code)
    place = (card.latitude, card.longitude)
    if place == (None, None) and office is not None:
        place = (office.latitude, office.longitude)
    row = AccessPoint.objects.create(
        code=card.code, name=card.name.strip() or _name_of(office or partner), kind=card.kind, office=office,
        partner=partner, latitude=place[0], longitude=place[1], registered_by=by.name,
    )  # fmt: skip
    record(InterpolVerb.REGISTER_POINT, by=by, on=f"access_point:{row.code}", kind=row.kind,
           of=card.office or card.partner)  # fmt: skip
    return row


@transaction.atomic
def move_point(*, by: Acting, code: str, by_move: str, reason: str = "") -> AccessPoint:
    """Approve, refuse, pass the test of, suspend, resume or retire an access point.

    A test is passed by a question of the point that was answered since it was approved, and by nothing else.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `access_point_unknown`.
        Conflict: `access_point_move`; `access_point_untested`.
        InvalidInput: `access_point_invalid`: no reason was given.
    """
    by.require(InterpolRight.POINT_WRITE)
    row = queries.point_of(code, change=True)
    before, reason = row.state, reason.strip()
    row.state = move(before, by_move)
    if by_move == "pass_test" and not (row.last_success_at and row.last_success_at >= row.changed_at):
        raise Conflict("access_point_untested", point=code)
    if len(reason) > REASON or (by_move in _WITH_REASON and not reason):
        raise InvalidInput("access_point_invalid", field="reason", rule="text")
    row.note, row.changed_at = reason, timezone.now()
    row.save()
    record(InterpolVerb.MOVE_POINT, by=by, on=f"access_point:{code}", before=before, to=row.state, reason=reason)
    return row


@transaction.atomic
def set_access_rules(*, by: Acting, rules: Sequence[AccessRule], reason: str) -> AccessPolicy:
    """Put access rules into force; those before them are kept.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `access_rule_invalid`, with the `line`, from 1.
    """
    by.require(InterpolRight.RULES_WRITE)
    check_rules(rules, PURPOSES)
    reason = reason.strip()
    if not reason or len(reason) > REASON:
        raise InvalidInput("access_rule_invalid", field="reason", rule="text")
    row = AccessPolicy.objects.create(lines=[rule_to_wire(one) for one in rules], reason=reason, by=by.name)
    record(InterpolVerb.SET_ACCESS_RULES, by=by, on=f"access_rules:{row.pk}", lines=len(rules), reason=reason)
    return row


def note_alive(*, by: Acting) -> AccessPoint:
    """Take note that a program of an access point is there: without this only its questions show that it is.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        NotFound: `access_point_unknown`: the officer's office is none.
    """
    by.require(InterpolRight.ASK)
    row = queries.point_for(by)
    if row is None:
        raise NotFound("access_point_unknown", point=by.himself.office.code)
    AccessPoint.objects.filter(pk=row.pk).update(heard_at=timezone.now())
    return queries.point_of(row.code)


@transaction.atomic
def watch_points(*, by: Actor, now: dt.datetime | None = None) -> int:  # noqa: ARG001  a look of the node, told nobody
    """Look at each point that asks: it is up if it was heard since the last look, by a question, a sign or a message.

    Returns:
        How many were up.
    """
    now = now or timezone.now()
    last = {one.point_id: one for one in Watch.objects.filter(until__gte=now - 3 * EVERY).order_by("until")}
    up = 0
    for row in queries.points().filter(state__in=("approved", "serving")):
        heard = max((at for at in (row.heard_at, row.partner and row.partner.seen_at) if at), default=None)
        was_up = heard is not None and heard >= now - EVERY
        before = last.get(row.pk)
        probe = Probe(at=before.at, was_up=before.was_up, until=before.until) if before else None
        told = follow(probe, at=now, was_up=was_up, every=EVERY)
        if before and told.at == before.at:
            Watch.objects.filter(pk=before.pk).update(until=now)
        else:
            Watch.objects.create(point=row, at=now, until=now, was_up=was_up)
        up += was_up
    return up


def _name_of(row: Any) -> str:
    return str(row.name)


def _check_card(card: PointCard) -> None:
    if not _CODE.fullmatch(card.code) or len(card.code) > 32:
        raise InvalidInput("access_point_invalid", field="code", rule="capitals")
    if card.kind not in POINT_KINDS:
        raise InvalidInput("access_point_invalid", field="kind", rule="one_of")
    if len(card.name) > _NAME or not (card.name.isprintable() or not card.name):
        raise InvalidInput("access_point_invalid", field="name", rule="text")
    if bool(card.office) == bool(card.partner):
        raise InvalidInput("access_point_invalid", field="office", rule="office_or_partner")
    place = (card.latitude, card.longitude)
    if place != (None, None) and not all(
        value is not None and abs(value) <= most for value, most in zip(place, (90, 180), strict=True)
    ):
        raise InvalidInput("access_point_invalid", field="latitude", rule="number_in_range")
