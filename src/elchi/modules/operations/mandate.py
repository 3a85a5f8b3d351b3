"""Which agency may do what, where, by which article; what no line gives is refused.

A policy is a list of lines, written down and versioned by the node: laws differ from state to state, so none travels
with Elchi. A unit of several agencies may do what one of its agencies may.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import InvalidInput

ACTS: Final = ("stop", "search", "seize", "arrest", "pursue")
WHERES: Final = ("anywhere", "crossing", "border")
"""Everywhere in the state; at a crossing; within some kilometres of the state border."""
MOST_LINES: Final = 500
LIMITS: Final = {"article": 100, "law": 200}


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateLine:
    """One sentence of the policy."""

    agency: str
    """Code of the agency."""
    act: str
    """Of `ACTS`."""
    may: bool
    where: str = "anywhere"
    """Of `WHERES`."""
    km: float = 0.0
    """From the border, for `border`; for `pursue` also how far over it (0: not over it)."""
    article: str
    law: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where something is to be done, as far as it matters here."""

    is_crossing: bool
    border_km: float
    """To the nearest border of the state; infinite where none is known."""
    abroad_km: float = 0.0
    """How far inside another state; 0 on own ground, and within the error of the position."""
    error_km: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether an act is lawful there, and which line says so."""

    act: str
    may: bool
    reason: str
    """`given`, `forbidden` (a line says no), `elsewhere` (a line gives it in other places), `abroad`, `not_given` (no
    line gives it to these agencies)."""
    line: MandateLine | None = None
    """The line that decided; of `not_given` one that gives the act to another agency, or None."""


def check_lines(lines: Sequence[MandateLine], agencies: Collection[str]) -> None:
    """Do nothing if lines can be a policy.

    Args:
        lines: the policy.
        agencies: codes that the directory knows.

    Raises:
        InvalidInput: `operations_invalid`, with the `line`, from 1.
    """
    if not 1 <= len(lines) <= MOST_LINES:
        raise InvalidInput("operations_invalid", field="lines", rule="limit", limit=MOST_LINES)
    for number, line in enumerate(lines, 1):
        rule = _fault_of(line, agencies)
        if rule:
            raise InvalidInput("operations_invalid", field=rule[0], rule=rule[1], line=number)


def decide(lines: Sequence[MandateLine], agencies: Collection[str], act: str, ground: Ground) -> Decision:
    """Decide whether a unit may do something there.

    A line that says no to one of the agencies for that place does not silence another agency that may.

    Args:
        lines: the policy in force.
        agencies: of the unit.
        act: of `ACTS`.
        ground: where.
    """
    own = [line for line in lines if line.act == act and line.agency in agencies]
    forbidden = {line.agency: line for line in own if not line.may and _fits(line, ground)}
    refused: Decision | None = None
    for line in own:
        if not line.may:
            continue
        if line.agency in forbidden:
            refused = refused or Decision(act=act, may=False, reason="forbidden", line=forbidden[line.agency])
        elif ground.abroad_km > 0 and not (act == "pursue" and ground.abroad_km <= line.km + ground.error_km):
            refused = refused or Decision(act=act, may=False, reason="abroad", line=line)
        elif _fits(line, ground):
            return Decision(act=act, may=True, reason="given", line=line)
        else:
            refused = refused or Decision(act=act, may=False, reason="elsewhere", line=line)
    if refused:
        return refused
    if forbidden:
        return Decision(act=act, may=False, reason="forbidden", line=next(iter(forbidden.values())))
    other = next((line for line in lines if line.act == act and line.may), None)
    return Decision(act=act, may=False, reason="not_given", line=other)


def line_to_wire(line: MandateLine) -> dict[str, Any]:
    """Give a line as JSON."""
    return {name: getattr(line, name) for name in MandateLine.__slots__}


def line_from_wire(wire: Mapping[str, Any]) -> MandateLine:
    """Give the line that JSON says."""
    return MandateLine(**{name: wire[name] for name in MandateLine.__slots__})


def _fits(line: MandateLine, ground: Ground) -> bool:
    if ground.abroad_km > 0:
        return True  # how far over the border is decided beside this
    if line.where == "crossing":
        return ground.is_crossing
    if line.where == "border":
        return ground.border_km <= line.km + ground.error_km
    return True


def _fault_of(line: MandateLine, agencies: Collection[str]) -> tuple[str, str] | None:
    if line.agency not in agencies:
        return "agency", "in_directory"
    if line.act not in ACTS:
        return "act", "one_of"
    if line.where not in WHERES:
        return "where", "one_of"
    if line.where == "border" and not 0 < line.km <= 1000:
        return "km", "kilometres"
    for name, limit in LIMITS.items():
        text = getattr(line, name)
        if not text.strip():
            return name, "missing"
        if len(text) > limit:
            return name, "too_long"
    return None
