"""The access points of a bureau: how one comes to serve, what it may ask, and how it does.

A town counts as connected when it has made a successful query, not when a cable was laid: "50 of 50" is said only when
each has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from elchi.errors import Conflict, NotAllowed
from elchi.modules.interpol.question import KINDS

POINT_KINDS: Final = ("liaison_office", "crossing", "police", "customs", "migration")
MOVES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "registered": {"approve": "approved", "refuse": "refused"},
        "approved": {"pass_test": "serving", "suspend": "suspended"},
        "serving": {"suspend": "suspended", "retire": "retired"},
        "suspended": {"resume": "approved", "retire": "retired"},
        "refused": {},
        "retired": {},
    }
)
"""From a state, by a move, to which. Who was suspended is tested again before it serves."""
ASKING: Final = frozenset(("approved", "serving"))
"""States in which questions are answered: an approved point makes its test."""
WEEK, MONTH = dt.timedelta(days=7), dt.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """One line of the national access rules: what no line gives is refused."""

    point_kind: str
    """Of `POINT_KINDS`."""
    subject_kind: str
    """`document`, `person`, `vehicle`, `firearm`."""
    purposes: frozenset[str]
    law: str
    """By which law: shown with a refusal of something near, and in the report."""
    a_day: int = 100_000
    """Questions of one access point a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Whether an access point was reached at a time, or again and again from one time to another."""

    at: dt.datetime
    was_up: bool
    until: dt.datetime | None = None
    """When it was looked at last with the same result; None for once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRecord:
    """What is known of an access point, for the board."""

    code: str
    state: str
    first_success_at: dt.datetime | None = None
    last_query_at: dt.datetime | None = None
    probes: Sequence[Probe] = ()
    """In order of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """An access point on the board."""

    code: str
    state: str
    first_success_at: dt.datetime | None
    last_query_at: dt.datetime | None
    uptime_7: float | None
    """Share of the last seven days, 0 to 1; None where nothing was observed."""
    uptime_30: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All access points of a bureau."""

    lines: tuple[BoardLine, ...]
    total: int
    """Those that count: neither refused nor retired."""
    connected: int
    """Of them, those that have made a successful query and serve."""

    @property
    def is_complete(self) -> bool:
        """Whether "50 of 50" may be said."""
        return 0 < self.total == self.connected


def move(state: str, by: str) -> str:
    """Give the state to which a move leads.

    Raises:
        Conflict: `access_point_move`.
    """
    try:
        return MOVES[state][by]
    except KeyError:
        raise Conflict("access_point_move", state=state, move=by) from None


def check_may_ask(
    rules: Sequence[AccessRule], *, state: str, point_kind: str, subject_kind: str, purpose: str, asked_today: int
) -> AccessRule:
    """Give the rule by which an access point may ask.

    Raises:
        NotAllowed: `access_refused` with `reason`: `state`, `kind`, `purpose`, `too_many`.
    """
    if state not in ASKING:
        raise NotAllowed("access_refused", reason="state")
    near = [rule for rule in rules if (rule.point_kind, rule.subject_kind) == (point_kind, subject_kind)]
    if not near or subject_kind not in KINDS:
        raise NotAllowed("access_refused", reason="kind")
    fitting = [rule for rule in near if purpose in rule.purposes]
    if not fitting:
        raise NotAllowed("access_refused", reason="purpose")
    best = max(fitting, key=lambda rule: rule.a_day)
    if asked_today >= best.a_day:
        raise NotAllowed("access_refused", reason="too_many")
    return best


def make_board(records: Sequence[PointRecord], *, now: dt.datetime, every: dt.timedelta) -> Board:
    """Make the board.

    Args:
        records: of all access points.
        now: until when is counted.
        every: how often a point is probed. A silence of more than twice as long is not up.
    """
    lines = tuple(
        BoardLine(
            code=one.code,
            state=one.state,
            first_success_at=one.first_success_at,
            last_query_at=one.last_query_at,
            uptime_7=uptime(one.probes, begin=now - WEEK, end=now, every=every),
            uptime_30=uptime(one.probes, begin=now - MONTH, end=now, every=every),
        )
        for one in sorted(records, key=lambda one: one.code)
    )
    counted = [one for one in lines if one.state not in ("refused", "retired")]
    connected = sum(one.state == "serving" and one.first_success_at is not None for one in counted)
    return Board(lines=lines, total=len(counted), connected=connected)


def uptime(probes: Sequence[Probe], *, begin: dt.datetime, end: dt.datetime, every: dt.timedelta) -> float | None:
    """Give the share of a time in which a point was up.

    A probe tells of the time from it to the next one, though of no more than twice `every`: what nobody looked at after
    that is down. Time before the first probe ever is not counted: a point that joined yesterday is not 3% up.
    """
    if not probes or probes[0].at >= end:
        return None
    begin = max(begin, probes[0].at)
    up = dt.timedelta()
    for probe, following in zip(probes, [*(one.at for one in probes[1:]), end], strict=True):
        until = min(following, (probe.until or probe.at) + 2 * every, end)
        if probe.was_up and until > begin:
            up += until - max(probe.at, begin)
    return up / (end - begin)


def follow(last: Probe | None, *, at: dt.datetime, was_up: bool, every: dt.timedelta) -> Probe:
    """Give the last probe prolonged, where one more says the same and there was no silence between; else a new one."""
    if last is not None and last.was_up == was_up and last.at <= at <= (last.until or last.at) + 2 * every:
        return replace(last, until=at)
    return Probe(at=at, was_up=was_up, until=at)
