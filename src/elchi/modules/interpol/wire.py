"""What is asked about, and access rules, as JSON: for the store, the API and messages."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from elchi.documents.mark import fold_mark
from elchi.errors import InvalidInput
from elchi.modules.interpol.access_point import POINT_KINDS, AccessRule
from elchi.modules.interpol.question import KINDS, Asked, Firearm
from elchi.node.audit.marks import mark_hash, marks_of
from elchi.node.checks.keeping import shown_of
from elchi.subjects import from_wire, to_wire

MAX_RULES: Final = 500
MAX_LAW: Final = 200
MOST_A_DAY: Final = 1_000_000
_MAX_TEXT: Final = 100
_SHOWN: Final = 4
_FIREARM: Final = tuple(field.name for field in dataclasses.fields(Firearm))


def asked_to_wire(asked: Asked) -> dict[str, Any]:
    """Give what is asked about as JSON: a subject as everywhere, or a firearm by its marks."""
    if isinstance(asked, Firearm):
        told = {name: getattr(asked, name) for name in _FIREARM}
        return {"kind": Firearm.kind, **{name: text for name, text in told.items() if text}}
    return to_wire(asked)


def asked_from_wire(wire: Any) -> Asked:
    """Read what is asked about.

    Raises:
        InvalidInput: `subject_kind`, `field_type`, `mark_invalid`; what `subjects.from_wire` raises.
    """
    kind = wire.get("kind") if isinstance(wire, Mapping) else None
    if kind not in KINDS:
        raise InvalidInput("subject_kind", field="kind", rule="one_of", allowed=sorted(KINDS))
    if kind != Firearm.kind:
        asked: Any = from_wire(wire)
        return asked  # type: ignore[no-any-return]  # one of `KINDS`
    told = {name: wire.get(name, "") for name in _FIREARM}
    for name, text in told.items():
        if not isinstance(text, str) or len(text) > _MAX_TEXT or not (text.isprintable() or not text):
            raise InvalidInput("field_type", field=name, rule="text")
    return Firearm(**told)


def mark_of(asked: Asked) -> str:
    """Give the keyed hash of the strongest mark; empty where there is none."""
    if isinstance(asked, Firearm):
        return mark_hash(Firearm.kind, fold_mark(asked.serial_number, field="serial_number"))
    return next(iter(marks_of(asked)), "")


def shown_as(asked: Asked) -> str:
    """Give what a list may show of it: the last letters, at most half of it."""
    if isinstance(asked, Firearm):
        value = fold_mark(asked.serial_number, field="serial_number")
        letters = min(_SHOWN, len(value) // 2)
        return f"••• {value[-letters:]}" if letters else ""
    return shown_of([asked])


def rule_to_wire(rule: AccessRule) -> dict[str, Any]:
    """Give an access rule as JSON."""
    return {**dataclasses.asdict(rule), "purposes": sorted(rule.purposes)}


def rule_from_wire(wire: Mapping[str, Any]) -> AccessRule:
    """Read an access rule as `rule_to_wire` wrote it."""
    return AccessRule(**{**wire, "purposes": frozenset(wire["purposes"])})


def check_rules(rules: Sequence[AccessRule], purposes: Collection[str]) -> None:
    """Do nothing if these can be the access rules of a country.

    Raises:
        InvalidInput: `access_rule_invalid` with `line`, from 1, `field` and `rule`.
    """
    if len(rules) > MAX_RULES:
        raise InvalidInput("access_rule_invalid", line=MAX_RULES + 1, field="lines", rule="max_items")
    for line, one in enumerate(rules, 1):
        if one.point_kind not in POINT_KINDS:
            raise InvalidInput("access_rule_invalid", line=line, field="point_kind", rule="one_of")
        if one.subject_kind not in KINDS:
            raise InvalidInput("access_rule_invalid", line=line, field="subject_kind", rule="one_of")
        if not one.purposes or not one.purposes <= frozenset(purposes):
            raise InvalidInput("access_rule_invalid", line=line, field="purposes", rule="one_of")
        if not one.law.strip() or len(one.law) > MAX_LAW:
            raise InvalidInput("access_rule_invalid", line=line, field="law", rule="text")
        if not 0 < one.a_day <= MOST_A_DAY:
            raise InvalidInput("access_rule_invalid", line=line, field="a_day", rule="number_in_range")
