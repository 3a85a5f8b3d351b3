"""The sieve: of a wire form, what an agreement lets through, and why each field goes or stays.

Nothing is taken away from what is given; what goes is built up from nothing, one allowed field at a time. So what
nobody thought of, such as a field of a version to come, stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from elchi.errors import InvalidInput
from elchi.exchange.agreement.fields import RESERVED, parts_of, step
from elchi.exchange.agreement.masks import MASKED, Mask, mask_value
from elchi.exchange.agreement.terms import Decision, FieldRule, Rules
from elchi.subjects import Subject, from_wire, to_wire


class Because(StrEnum):
    """Why a field goes or stays."""

    NAMED = "named"
    """The clause names it."""
    NOT_NAMED = "not_named"
    """No clause names it, so it stays."""
    NOT_MASKABLE = "not_maskable"
    """It would go masked, but it is nothing that the mask fits."""
    NOTHING_LEFT = "nothing_left"
    """It might go, but not alone: what would say whose it is stays."""


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """What was decided about one field that is there. It names the field and never its value."""

    path: str
    """Where it stands: `documents.0.document_number`."""
    field: str
    """How agreements name it: `documents.document_number`."""
    decision: Decision
    clause: str
    because: Because
    mask: Mask | None = None


@dataclass(slots=True)
class Sieve:
    """Lets through what rules name, and keeps the decisions in the order of the fields."""

    rules: Rules
    unnamed: str
    """Clause by which stays what is not named."""
    decisions: list[FieldDecision] = field(default_factory=list)

    def subject(self, wire: Mapping[str, Any], inside: str = "", at: str = "") -> dict[str, Any] | None:
        """Give what goes of the wire form of a subject; None when it would be nobody and nothing.

        Args:
            wire: as `to_wire` gives it of a subject that can be read.
            inside: what agreements write before the names of its fields.
            at: what leads to it in the whole.
        """
        first = len(self.decisions)
        kept: dict[str, Any] = {"kind": wire["kind"]}
        for name, value in wire.items():
            if name in parts_of(wire["kind"]):
                parts = [
                    self.subject(part, inside + step(name, part["kind"]), f"{at}{name}.{number}.")
                    for number, part in enumerate(value)
                ]
                if whole := [part for part in parts if part is not None]:
                    kept[name] = whole
            elif name not in RESERVED:
                self._field(name, value, inside, at, kept)
        _keep_marks(wire, kept)
        try:
            from_wire(kept)
        except InvalidInput:
            self._stay(first)
            return None
        return kept

    def details(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Give what goes of a body beside its subject."""
        kept: dict[str, Any] = {}
        for name, value in body.items():
            if name not in RESERVED:
                self._field(name, value, "", "", kept)
        _keep_marks(body, kept)
        return kept

    def _field(self, name: str, value: Any, inside: str, at: str, kept: dict[str, Any]) -> None:
        # A dot in a name that somebody invented must not make it look like a field of a part.
        rule = self.rules.get(inside + name) if "." not in name else None
        decided, value = self._decide(rule, value)
        self.decisions.append(FieldDecision(at + name, inside + name, *decided))
        if decided[0] is not Decision.BLOCKED:
            kept[name] = value
            if rule and rule.mask:
                kept.setdefault(MASKED, {})[name] = str(rule.mask)

    def _decide(self, rule: FieldRule | None, value: Any) -> tuple[tuple[Decision, str, Because, Mask | None], Any]:
        if rule is None:
            return (Decision.BLOCKED, self.unnamed, Because.NOT_NAMED, None), value
        if rule.mask is None:
            return (rule.decision, rule.clause, Because.NAMED, None), value
        masked = mask_value(rule.mask, value)
        if masked is None:
            return (Decision.BLOCKED, rule.clause, Because.NOT_MASKABLE, rule.mask), value
        return (Decision.MASKED, rule.clause, Because.NAMED, rule.mask), masked

    def _stay(self, first: int) -> None:
        """Take back what would have gone of a subject that does not go: what kept it here keeps that too."""
        made = self.decisions[first:]
        blocked = [one for one in made if one.decision is Decision.BLOCKED]
        clause = min(blocked, key=lambda one: one.path).clause if blocked else self.unnamed
        self.decisions[first:] = [
            one
            if one.decision is Decision.BLOCKED
            else dataclasses.replace(one, decision=Decision.BLOCKED, clause=clause, because=Because.NOTHING_LEFT)
            for one in made
        ]


def marks_of(wire: Mapping[str, Any]) -> dict[str, Mask]:
    """Give which fields of a wire form came masked, and how; what is no such note is none."""
    told = wire.get(MASKED)
    if not isinstance(told, Mapping):
        return {}
    masks = {str(mask): mask for mask in Mask}
    return {name: masks[mask] for name, mask in told.items() if isinstance(mask, str) and mask in masks}


def unmasked(subject: Subject) -> Subject | None:
    """Give what of a subject can be looked up: without what was cut off, which is no name and no number any more.

    A year that is left of a date stays: it is a date. None when nothing is left that says who or what it is.
    """
    kept = _without_masked(to_wire(subject))
    return from_wire(kept) if kept else None


def _without_masked(wire: Mapping[str, Any]) -> dict[str, Any] | None:
    cut = {name for name, mask in marks_of(wire).items() if mask is not Mask.YEAR}
    kept: dict[str, Any] = {name: value for name, value in wire.items() if name not in cut and name != MASKED}
    for name in parts_of(wire["kind"]) & kept.keys():
        kept[name] = [part for part in map(_without_masked, kept[name]) if part]
    try:
        from_wire(kept)
    except InvalidInput:
        return None
    return kept


def _keep_marks(wire: Mapping[str, Any], kept: dict[str, Any]) -> None:
    """Say of what came masked and goes on that it is masked."""
    for name, mask in marks_of(wire).items():
        if name in kept and name not in kept.get(MASKED, {}):
            kept.setdefault(MASKED, {})[name] = str(mask)
