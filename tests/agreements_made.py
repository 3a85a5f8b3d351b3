"""Agreements and parties for tests: everybody in them is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from elchi.exchange.agreement import Agreement, Party, agreement_from_json

KORDAI = Party(node="KZ-KOR-1", country="KZ", agencies=("kz-border",), offices=("kordai",))
AKJOL = Party(node="KG-AKJ-1", country="KG", agencies=("kg-border",), offices=("ak-jol",))
AT = dt.datetime(2026, 5, 4, 9, 30, tzinfo=dt.UTC)
"""A moment at which the agreements made here are valid."""


def side(country: str, **lists: list[str]) -> dict[str, Any]:
    """Give a side of one country; lists narrow it."""
    name = country or "?"
    made: dict[str, Any] = {"name": {"en": name, "ru": name}, "countries": [country] if country else []}
    return {**made, "agencies": [], "offices": [], "nodes": [], **lists}


def rule(decision: str, clause: str = "7(1)", mask: str = "") -> dict[str, str]:
    """Give the rule of a field: `may_go`, `blocked`, or `masked` with a mask."""
    return {"decision": decision, **({"mask": mask} if mask else {}), "clause": clause}


def go(clause: str = "7(1)") -> dict[str, str]:
    return rule("may_go", clause)


def cut(mask: str, clause: str = "7(3)") -> dict[str, str]:
    return rule("masked", clause, mask)


def stay(clause: str = "8") -> dict[str, str]:
    return rule("blocked", clause)


def grant(*message_kinds: str, **given: Any) -> dict[str, Any]:
    """Give a grant for both ways and the purpose of a border check."""
    values: dict[str, Any] = {
        "directions": ["a_to_b", "b_to_a"],
        "purposes": ["border_check"],
        "message_kinds": list(message_kinds),
        "clause": "5",
        "subjects": {},
        "details": {},
    }
    return {**values, **given}


def agreement_json(**given: Any) -> dict[str, Any]:
    """Give the JSON values of an agreement between Kazakhstan and Kyrgyzstan in which questions go as `given` says."""
    clauses = ["2", "3", "5", "6", "7(1)", "7(2)", "7(3)", "8", "9", "10", "11"]
    values: dict[str, Any] = {
        "format": "elchi-agreement-1",
        "id": "KZ-KG-2026",
        "version": 1,
        "title": {"en": "Checks at Kordai and Ak-Jol", "ru": "Проверки на Кордае и Ак-Жоле"},
        "sides": {"a": side("KZ"), "b": side("KG")},
        "valid_from": "2026-03-01",
        "valid_until": "2029-02-28",
        "grants": [
            grant("question", subjects={"person": {"family_name": go(), "birth_date": go()}}),
            grant("answer", clause="6"),
        ],
        "disclosure": "reference",
        "handling": {"code": "H1", "tlp": "AMBER"},
        "retention_days": 30,
        "onward": "with_permission",
        "clauses": {
            "unnamed": "2", "validity": "3", "disclosure": "6", "handling": "9", "retention": "10", "onward": "11",
        },
        "articles": {clause: {"en": f"Article {clause}", "ru": f"Статья {clause}"} for clause in clauses},
    }  # fmt: skip
    return {**values, **given}


def questions(subjects: Mapping[str, Any], **given: Any) -> list[dict[str, Any]]:
    """Give grants of questions about subjects, and of their answers."""
    asked = grant("question", subjects=dict(subjects), **given)
    back = {"a_to_b": "b_to_a", "b_to_a": "a_to_b"}
    answered = {"directions": [back[one] for one in asked["directions"]], "purposes": asked["purposes"]}
    return [asked, grant("answer", clause="6", **answered)]


def made_agreement(**given: Any) -> Agreement:
    return agreement_from_json(agreement_json(**given))
