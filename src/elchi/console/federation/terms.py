"""An agreement as people read it: field by field what may go, and the words of the clause that says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from elchi.exchange.agreement import Agreement, Change, Direction, FieldRule, Grant, known_fields
from elchi.locale import Words


@dataclass(frozen=True, slots=True)
class Line:
    """One field."""

    field: str
    name: str
    """In words."""
    decision: str
    mask: str
    clause: str
    text: str
    """Of the clause."""
    is_named: bool


@dataclass(frozen=True, slots=True)
class Block:
    """The fields of a kind of subject, or the details (with no kind)."""

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """What may be said one way, or both."""

    goes: bool
    comes: bool
    purposes: tuple[str, ...]
    kinds: tuple[str, ...]
    clause: str
    text: str
    blocks: tuple[Block, ...]


def uses_of(agreement: Agreement, ours: Direction | None, words: Words) -> tuple[Use, ...]:
    """Give what an agreement lets go and come.

    Args:
        agreement: which.
        ours: the way from this node to the partner.
        words: of the officer.
    """
    return tuple(_use(agreement, grant, ours, words) for grant in agreement.grants)


def clause_text(agreement: Agreement, clause: str, words: Words) -> str:
    """Give the text of a clause in the officer's language, else in Russian or English, else in any."""
    return text_of(agreement.articles.get(clause, {}), words)


def text_of(texts: Mapping[str, str], words: Words) -> str:
    """Give the text in the officer's language, else in one that he reads."""
    for code in (words.language, "en" if words.language == "en" else "ru", "en", *texts):
        if code in texts:
            return texts[code]
    return ""


def changes_of(changes: Iterable[Change]) -> list[Change]:
    """Give changes, those first by which more may go."""
    order = ("wider", "other", "narrower")
    return sorted(changes, key=lambda one: order.index(one.effect))


def _use(agreement: Agreement, grant: Grant, ours: Direction | None, words: Words) -> Use:
    blocks = [Block(kind, _lines(agreement, kind, rules, words)) for kind, rules in grant.subjects.items()]
    if grant.details:
        blocks.append(Block("", _lines(agreement, "", grant.details, words)))
    return Use(
        goes=ours in grant.directions,
        comes=ours is not None and ours.back in grant.directions,
        purposes=grant.purposes,
        kinds=grant.message_kinds,
        clause=grant.clause,
        text=clause_text(agreement, grant.clause, words),
        blocks=tuple(blocks),
    )


def _lines(agreement: Agreement, kind: str, rules: Mapping[str, FieldRule], words: Words) -> tuple[Line, ...]:
    unnamed = [field for field in known_fields(kind) if field not in rules] if kind else []
    named = [_line(agreement, field, rule, words) for field, rule in rules.items()]
    clause = agreement.clauses.unnamed
    text = clause_text(agreement, clause, words)
    stays = [Line(field, field_name(field, words), "blocked", "", clause, text, is_named=False) for field in unnamed]
    return (*named, *stays)


def _line(agreement: Agreement, field: str, rule: FieldRule, words: Words) -> Line:
    text = clause_text(agreement, rule.clause, words)
    return Line(
        field, field_name(field, words), str(rule.decision), str(rule.mask or ""), rule.clause, text, is_named=True
    )


def field_name(field: str, words: Words) -> str:
    """Say a field; one of a part with the part before it."""
    return " › ".join(_said(part, words) for part in field.split("."))


def _said(part: str, words: Words) -> str:
    for vocabulary in ("field", "subject_part", "kind"):
        key = f"{vocabulary}.{part}"
        if (said := words.text(key)) != key:
            return said
    return part.replace("_", " ")


def as_shown(value: Any) -> str:
    """Write a JSON value of a change in one line."""
    match value:
        case None:
            return "—"
        case dict():
            return ", ".join(f"{name}: {as_shown(one)}" for name, one in value.items())
        case list() | tuple():
            return ", ".join(map(as_shown, value)) or "—"
        case _:
            return str(value)
