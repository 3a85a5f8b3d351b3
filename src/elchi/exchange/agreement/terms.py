"""The words of an agreement: who, which way, for what, which fields, and on what conditions.

All of it is plain data that is read once, strictly (`read`), and never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final, NamedTuple

from elchi.exchange.agreement.masks import Mask


class Decision(StrEnum):
    """What happens to a field."""

    MAY_GO = "may_go"
    MASKED = "masked"
    BLOCKED = "blocked"


class Direction(StrEnum):
    """Which way between the two sides."""

    A_TO_B = "a_to_b"
    B_TO_A = "b_to_a"

    @property
    def back(self) -> Direction:
        """The other way."""
        return Direction.B_TO_A if self is Direction.A_TO_B else Direction.A_TO_B


class Disclosure(StrEnum):
    """How much an answer may say."""

    HIT_NO_HIT = "hit_no_hit"
    """That there is something, or nothing."""
    REFERENCE = "reference"
    """Also under which number, and whom to call."""
    FULL = "full"
    """Also who or what it is, as far as the fields of an answer go."""

    @property
    def carries(self) -> frozenset[str]:
        """The fields of an answer's body at this level."""
        levels = tuple(Disclosure)
        return frozenset().union(*(_ANSWERS[level] for level in levels[: levels.index(self) + 1]))


_ANSWERS: Final[Mapping[str, frozenset[str]]] = {
    Disclosure.HIT_NO_HIT: frozenset(("outcome", "code", "rule", "clause")),
    Disclosure.REFERENCE: frozenset(("reference", "contact")),
    Disclosure.FULL: frozenset(("subject",)),
}
ANSWERED: Final = Disclosure.FULL.carries
"""All fields of a body that say what was found; `disclosure` decides about them, and nothing else does."""
QUESTION: Final = "question"
ANSWER: Final = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A node, and for whom it speaks."""

    node: str
    """Its code, such as `KZ-KOR-1`."""
    country: str = ""
    """ISO 3166-1 alpha-2; empty for an international body."""
    agencies: tuple[str, ...] = ()
    """Codes of the directory: those for whom it acts, or all that it has when that is not known."""
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of an agreement. A party is on it that meets each of the lists which are not empty."""

    name: Mapping[str, str]
    """What it is called, by language."""
    countries: tuple[str, ...]
    agencies: tuple[str, ...]
    offices: tuple[str, ...]
    nodes: tuple[str, ...]

    def has(self, party: Party) -> bool:
        """Tell whether a party is on this side."""
        return (
            (not self.countries or party.country in self.countries)
            and (not self.agencies or not frozenset(self.agencies).isdisjoint(party.agencies))
            and (not self.offices or not frozenset(self.offices).isdisjoint(party.offices))
            and (not self.nodes or party.node in self.nodes)
        )

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        lists = {name: list(getattr(self, name)) for name in ("countries", "agencies", "offices", "nodes")}
        return {"name": dict(self.name), **lists}

    @property
    def narrowness(self) -> int:
        """How closely it names who is on it: nodes 3, offices 2, agencies 1, countries 0."""
        return 3 if self.nodes else 2 if self.offices else 1 if self.agencies else 0


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What may happen to one field, by which clause."""

    decision: Decision
    clause: str
    mask: Mask | None = None
    """What is left of it; of a masked field only."""

    def to_json(self) -> dict[str, str]:
        """Give it as JSON values."""
        mask = {"mask": str(self.mask)} if self.mask else {}
        return {"decision": str(self.decision), **mask, "clause": self.clause}


Rules = Mapping[str, FieldRule]
"""Name of a field (`fields`) to its rule; what is not named is blocked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """That messages of some kinds may go some way for some purposes, and what they may hold.

    No two grants of an agreement are about the same way, purpose and kind: one grant applies, or none.
    """

    directions: tuple[Direction, ...]
    purposes: tuple[str, ...]
    message_kinds: tuple[str, ...]
    clause: str
    subjects: Mapping[str, Rules]
    """Kind of subject to the rules of its fields; a kind that is not named does not go."""
    details: Rules
    """Rules of what else the body holds, by its outermost names."""

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "directions": [str(direction) for direction in self.directions],
            "purposes": list(self.purposes),
            "message_kinds": list(self.message_kinds),
            "clause": self.clause,
            "subjects": {kind: _rules_json(rules) for kind, rules in self.subjects.items()},
            "details": _rules_json(self.details),
        }


class Use(NamedTuple):
    """What a grant is for."""

    direction: Direction
    purpose: str
    kind: str
    """Of message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """The clauses by which all else is decided."""

    unnamed: str
    """What is not named does not go."""
    validity: str
    disclosure: str
    handling: str
    retention: str
    onward: str

    def to_json(self) -> dict[str, str]:
        """Give it as JSON values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _rules_json(rules: Rules) -> dict[str, dict[str, str]]:
    return {name: rule.to_json() for name, rule in rules.items()}
