"""A joint operation of two offices: its plan, who may move it, and the acts that the two sides tell each other.

An operation is what its acts make of it. Each act belongs to the side that does it: the leader plans, starts and ends,
the invited side agrees or withdraws, each side writes into the log, tells its results, and says of its own hand-overs
when it let go or took. So nothing has to be merged, and both come to the same whatever order acts arrive in.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.modules.operations.seizure import one_of, short

KINDS: Final = ("joint_patrol", "joint_action", "controlled_delivery")
STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "planned": {"propose": "proposed", "start": "running", "cancel": "cancelled"},
    "proposed": {"agree": "agreed", "decline": "declined", "cancel": "cancelled"},
    "agreed": {"start": "running", "decline": "declined", "cancel": "cancelled"},
    "running": {"end": "ended", "decline": "declined", "cancel": "cancelled"},
    "ended": {},
    "declined": {},
    "cancelled": {},
}
"""`planned` is known to one side only; `start` from there is for an operation without a partner."""
BY_INVITED: Final = frozenset(("agree", "decline"))
OVER: Final = frozenset(("ended", "declined", "cancelled"))
ACTS: Final = {"plan": "plan", "state": "state", "entry": "entry", "hand_over": "hand_over", "result": "result"}
"""What a side may say, and the field of the message, as agreements name it, in which it says it."""
LIMITS: Final = {"title": 200, "aim": 3000, "legal_basis": 300, "name": 120, "place": 200, "text": 2000}
MOST_PARTS: Final = 20
"""Phases, hand-overs or units of a side."""
_LONGEST: Final = dt.timedelta(days=366)
_SKEW: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of the time."""

    name: str
    from_at: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Where goods pass from one side to the other, or from hand to hand within one."""

    place: str
    giver: str
    """Code of a node."""
    taker: str
    due_at: dt.datetime
    tolerance: int
    """Minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is meant to happen."""

    kind: str
    title: str
    aim: str
    legal_basis: str
    from_at: dt.datetime
    until: dt.datetime
    phases: tuple[Phase, ...] = ()
    points: tuple[HandOver, ...] = ()
    """In order; of a controlled delivery at least one."""
    units: tuple[str, ...] = ()
    """Names of the units of the leader."""


def check_plan(plan: Plan, sides: Sequence[str]) -> None:
    """Do nothing if a plan can be this.

    Args:
        plan: the plan.
        sides: codes of the nodes that take part.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    one_of("operation_kind", plan.kind, KINDS)
    for name in ("title", "aim"):
        _said(name, getattr(plan, name))
    short("legal_basis", plan.legal_basis, LIMITS["legal_basis"])
    if not dt.timedelta() < plan.until - plan.from_at <= _LONGEST:
        raise InvalidInput("operations_invalid", field="until", rule="after_from")
    for part in (plan.phases, plan.points, plan.units):
        if len(part) > MOST_PARTS:
            raise InvalidInput("operations_invalid", field="title", rule="limit", limit=MOST_PARTS)
    for unit in plan.units:
        short("units", unit, LIMITS["name"])
    _check_phases(plan)
    if plan.kind == "controlled_delivery":
        if not plan.legal_basis.strip():
            raise InvalidInput("operations_invalid", field="legal_basis", rule="missing")
        if not plan.points:
            raise InvalidInput("operations_invalid", field="place", rule="hand_over_needed")
    _check_points(plan, sides)


def next_state(state: str, move: str) -> str:
    """Give the state to which a move leads.

    Raises:
        Conflict: `operation_move_refused`.
    """
    try:
        return STATES[state][move]
    except KeyError:
        raise Conflict("operation_move_refused", state=state, to=move) from None


def check_side(move: str, *, side: str, leader: str) -> None:
    """Do nothing if a side may move an operation so.

    Raises:
        NotAllowed: `operation_other_side`.
    """
    if (side == leader) == (move in BY_INVITED):
        raise NotAllowed("operation_other_side", to=move, leader=leader)


def moved(state: str, since: dt.datetime, move: str, at: dt.datetime) -> str:
    """Give the state that a word of the other side leads to: of two last words the one that was said first holds.

    Args:
        state: here.
        since: when it was said.
        move: of the other side.
        at: when it said so.

    Raises:
        Conflict: `operation_move_refused`.
    """
    if state in OVER:
        ends = {"end": "ended", "decline": "declined", "cancel": "cancelled"}
        return ends[move] if move in ends and at < since else state
    return next_state(state, move)


def plan_to_wire(plan: Plan) -> dict[str, Any]:
    """Give a plan as JSON."""
    return {
        "kind": plan.kind, "title": plan.title, "aim": plan.aim, "legal_basis": plan.legal_basis,
        "from_at": plan.from_at.isoformat(), "until": plan.until.isoformat(),
        "phases": [
            {"name": one.name, "from_at": one.from_at.isoformat(), "until": one.until.isoformat()}
            for one in plan.phases
        ],
        "points": [
            {"place": one.place, "giver": one.giver, "taker": one.taker, "due_at": one.due_at.isoformat(),
             "tolerance": one.tolerance}
            for one in plan.points
        ],
        "units": list(plan.units),
    }  # fmt: skip


def plan_from_wire(wire: Mapping[str, Any]) -> Plan:
    """Give the plan that JSON says.

    Raises:
        InvalidInput: `act_invalid`.
    """
    return Plan(
        **{name: _text(wire, name) for name in ("kind", "title", "aim", "legal_basis")},
        from_at=_time(wire, "from_at"), until=_time(wire, "until"),
        phases=tuple(
            Phase(name=_text(one, "name"), from_at=_time(one, "from_at"), until=_time(one, "until"))
            for one in _objects(wire, "phases")
        ),
        points=tuple(
            HandOver(place=_text(one, "place"), giver=_text(one, "giver"), taker=_text(one, "taker"),
                     due_at=_time(one, "due_at"), tolerance=_number(one, "tolerance"))
            for one in _objects(wire, "points")
        ),
        units=units_from_wire(wire),
    )  # fmt: skip


def units_from_wire(wire: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of units that JSON says.

    Raises:
        InvalidInput: `act_invalid`.
    """
    told = wire.get("units", [])
    if not isinstance(told, list) or len(told) > MOST_PARTS:
        raise InvalidInput("act_invalid", field="units", rule="limit", limit=MOST_PARTS)
    return tuple(_text({"name": one}, "name") for one in told)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a side says of an operation."""

    act: str
    """Of `ACTS`."""
    id: str
    said_at: dt.datetime
    content: Mapping[str, Any]
    """Without `id` and `said_at`."""


def read_act(body: Mapping[str, Any], *, sent_at: dt.datetime) -> Act:
    """Read the body of a message about an operation.

    Raises:
        InvalidInput: `act_invalid` with `field` and `rule`.
    """
    if body.get("v") != 1:
        raise InvalidInput("act_invalid", field="v", rule="one_of", allowed=[1])
    act = body.get("act")
    content = body.get(ACTS[act]) if isinstance(act, str) and act in ACTS else None
    if not isinstance(act, str) or not isinstance(content, Mapping):
        raise InvalidInput("act_invalid", field="act", rule="one_of", allowed=sorted(ACTS))
    said_at = _time(content, "said_at")
    if said_at > sent_at + _SKEW:
        raise InvalidInput("act_invalid", field="said_at", rule="not_in_future")
    try:
        name = str(uuid.UUID(_text(content, "id")))
    except ValueError:
        raise InvalidInput("act_invalid", field="id", rule="uuid") from None
    told = {key: value for key, value in content.items() if key not in ("id", "said_at")}
    _CHECKS[act](told)
    return Act(act, name, said_at, told)


def act_to_wire(act: Act) -> dict[str, Any]:
    """Give an act as the body of a message holds it, beside its version."""
    content = {"id": act.id, "said_at": act.said_at.isoformat(), **act.content}
    return {"act": act.act, ACTS[act.act]: content}


def _check_state(told: Mapping[str, Any]) -> None:
    if told.get("move") not in ("agree", "decline", "start", "end", "cancel"):
        raise InvalidInput("act_invalid", field="move", rule="one_of")
    units_from_wire(told)


def _check_entry(told: Mapping[str, Any]) -> None:
    if not _text(told, "text").strip():
        raise InvalidInput("act_invalid", field="text", rule="missing")


def _check_hand_over(told: Mapping[str, Any]) -> None:
    _number(told, "number")
    _time(told, "at")
    if told.get("what") not in ("given", "taken"):
        raise InvalidInput("act_invalid", field="what", rule="one_of")


def _check_result(told: Mapping[str, Any]) -> None:
    for name in ("reference", "event_kind", "event_date", "goods"):
        _text(told, name)


_CHECKS: Final = {
    "plan": plan_from_wire, "state": _check_state, "entry": _check_entry, "hand_over": _check_hand_over,
    "result": _check_result,
}  # fmt: skip


def _check_phases(plan: Plan) -> None:
    for line, phase in enumerate(plan.phases, 1):
        _said("name", phase.name, line)
        if not plan.from_at <= phase.from_at < phase.until <= plan.until:
            raise InvalidInput("operations_invalid", field="until", rule="within_operation", line=line)


def _check_points(plan: Plan, sides: Sequence[str]) -> None:
    before = plan.from_at
    for line, point in enumerate(plan.points, 1):
        _said("place", point.place, line)
        if point.giver not in sides or point.taker not in sides:
            raise InvalidInput("operations_invalid", field="giver", rule="one_of", line=line, allowed=list(sides))
        if not before <= point.due_at <= plan.until:
            raise InvalidInput("operations_invalid", field="due_at", rule="in_order", line=line)
        if not 0 <= point.tolerance <= 1440:
            raise InvalidInput("operations_invalid", field="tolerance", rule="limit", limit=1440, line=line)
        before = point.due_at


def _said(name: str, text: str, line: int | None = None) -> None:
    rule = "missing" if not text.strip() else "too_long" if len(text) > LIMITS[name] else ""
    if rule:
        raise InvalidInput(
            "operations_invalid", field=name, rule=rule, limit=LIMITS[name], **({"line": line} if line else {})
        )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    limit = LIMITS.get(name, LIMITS["legal_basis"])
    if not isinstance(value, str) or len(value) > limit or "\0" in value:
        raise InvalidInput("act_invalid", field=name, rule="text", maximum=limit)
    return value


def _number(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    if type(value) is not int or not 0 <= value <= 1440:
        raise InvalidInput("act_invalid", field=name, rule="number")
    return value


def _time(told: Mapping[str, Any], name: str) -> dt.datetime:
    value = told.get(name)
    try:
        at = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise InvalidInput("act_invalid", field=name, rule="time")
    return at.astimezone(dt.UTC)


def _objects(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    values = told.get(name, [])
    if not isinstance(values, list) or len(values) > MOST_PARTS or not all(isinstance(one, Mapping) for one in values):
        raise InvalidInput("act_invalid", field=name, rule="limit", limit=MOST_PARTS)
    return values
