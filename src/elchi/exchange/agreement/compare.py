"""What a new version of an agreement changes, for who reviews it before signing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from elchi.exchange.agreement.document import Agreement
from elchi.exchange.agreement.terms import Decision, Disclosure, FieldRule, Grant, Side, Use
from elchi.exchange.message import HANDLING, ONWARD, TLP


class Effect(StrEnum):
    """What a change means for how much may go, how far and how long."""

    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"
    """Neither, or not to be told by a machine: a text, a clause, another mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference."""

    place: str
    """`retention_days`, `sides.a.nodes`, `articles.7(1)`, `uses` (what may be said at all), `subjects.person.phones`
    or `details.reason`."""
    old: Any
    """As JSON values; None where there was none."""
    new: Any
    effect: Effect
    uses: tuple[Use, ...] = ()
    """For which uses, where it is about some of them."""


def compare(old: Agreement, new: Agreement) -> tuple[Change, ...]:
    """Give all that differs: first the terms, then what may be said, then its fields, then the articles."""
    return (*_terms(old, new), *_uses(old, new), *_fields(old, new), *_articles(old, new))


_ORDERS: Final[dict[str, Sequence[str]]] = {
    "disclosure": tuple(Disclosure),
    "handling.code": HANDLING[::-1],
    "handling.tlp": TLP[::-1],
    "onward": ONWARD,
}
"""Words of a term from narrow to wide."""


def _terms(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, after = _flat(old), _flat(new)
    for place, was in before.items():
        if was != (now := after[place]):
            yield Change(place=place, old=was, new=now, effect=_effect(place, was, now))
    for letter, was_side, is_side in (("a", old.side_a, new.side_a), ("b", old.side_b, new.side_b)):
        yield from _side(f"sides.{letter}", was_side, is_side)


def _flat(agreement: Agreement) -> dict[str, Any]:
    told = agreement.to_json()
    names = ("title", "valid_from", "valid_until", "disclosure", "retention_days", "onward")
    return {
        **{name: told[name] for name in names},
        **{f"handling.{name}": value for name, value in told["handling"].items()},
        **{f"clauses.{name}": clause for name, clause in told["clauses"].items()},
    }


def _effect(place: str, was: Any, now: Any) -> Effect:
    if place in _ORDERS:
        order = _ORDERS[place]
        return Effect.WIDER if order.index(now) > order.index(was) else Effect.NARROWER
    if place in ("valid_until", "retention_days"):
        return Effect.WIDER if now > was else Effect.NARROWER
    if place == "valid_from":
        return Effect.WIDER if now < was else Effect.NARROWER
    return Effect.OTHER


def _side(place: str, was: Side, now: Side) -> Iterator[Change]:
    before, after = was.to_json(), now.to_json()
    if before["name"] != after["name"]:
        yield Change(place=f"{place}.name", old=before["name"], new=after["name"], effect=Effect.OTHER)
    for name in ("countries", "agencies", "offices", "nodes"):
        old, new = frozenset(before[name]), frozenset(after[name])
        if old != new:
            wider = not new or (old and old < new)  # an empty list asks nothing
            narrower = not old or new < old
            effect = Effect.WIDER if wider else Effect.NARROWER if narrower else Effect.OTHER
            yield Change(place=f"{place}.{name}", old=before[name], new=after[name], effect=effect)


def _uses(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, after = old.uses, new.uses
    changed: dict[tuple[str | None, str | None], list[Use]] = {}
    for use in sorted(before.keys() | after.keys()):
        clauses = tuple(granted[use].clause if use in granted else None for granted in (before, after))
        if clauses[0] != clauses[1]:
            changed.setdefault((clauses[0], clauses[1]), []).append(use)
    for (was, now), uses in changed.items():
        effect = Effect.WIDER if was is None else Effect.NARROWER if now is None else Effect.OTHER
        yield Change(place="uses", old=was, new=now, effect=effect, uses=tuple(uses))


def _fields(old: Agreement, new: Agreement) -> Iterator[Change]:
    changed: dict[tuple[str, FieldRule | None, FieldRule | None], list[Use]] = {}
    for was_grant, is_grant, uses in _pairs(old, new):
        before, after = _rules_of(was_grant), _rules_of(is_grant)
        for place in sorted(before.keys() | after.keys()):
            was, now = before.get(place), after.get(place)
            if was != now:
                changed.setdefault((place, was, now), []).extend(uses)
    for (place, was, now), uses in changed.items():
        more = _openness(now) - _openness(was)
        effect = Effect.WIDER if more > 0 else Effect.NARROWER if more < 0 else Effect.OTHER
        yield Change(place=place, old=_json(was), new=_json(now), effect=effect, uses=tuple(sorted(uses)))


def _pairs(old: Agreement, new: Agreement) -> list[tuple[Grant | None, Grant | None, list[Use]]]:
    """Give which grant stood and stands for which uses."""
    pairs: dict[tuple[int, int], tuple[Grant | None, Grant | None, list[Use]]] = {}
    for use in sorted(old.uses.keys() | new.uses.keys()):
        was, now = old.uses.get(use), new.uses.get(use)
        pairs.setdefault((id(was), id(now)), (was, now, []))[2].append(use)
    return list(pairs.values())


def _articles(old: Agreement, new: Agreement) -> Iterator[Change]:
    for clause in sorted(old.articles.keys() | new.articles.keys()):
        was, now = (dict(one.articles[clause]) if clause in one.articles else None for one in (old, new))
        if was != now:
            yield Change(place=f"articles.{clause}", old=was, new=now, effect=Effect.OTHER)


def _rules_of(grant: Grant | None) -> dict[str, FieldRule]:
    if grant is None:
        return {}
    subjects = {
        f"subjects.{kind}.{field}": rule for kind, rules in grant.subjects.items() for field, rule in rules.items()
    }
    return {**subjects, **{f"details.{name}": rule for name, rule in grant.details.items()}}


def _openness(rule: FieldRule | None) -> int:
    return {Decision.MASKED: 1, Decision.MAY_GO: 2}.get(rule.decision, 0) if rule else 0


def _json(rule: FieldRule | None) -> dict[str, str] | None:
    return rule.to_json() if rule else None
