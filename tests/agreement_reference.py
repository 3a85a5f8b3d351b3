"""What an agreement lets go, worked out slowly from its JSON: no tables, no shortcuts, no code of Elchi.

A wire form is taken apart into its single values, each value is looked for among all rules of all grants, and those
that may go are put together again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SAYS_WHO = {
    "person": ("name", "family_name", "given_names", "national_id", "phones", "emails", "documents"),
    "document": ("document_number",),
    "vehicle": ("plate", "vin", "container_number"),
    "organisation": ("name", "registration_number", "phones", "emails"),
    "consignment": ("document_number", "container_numbers", "parties", "vehicles"),
}
IN_ANSWERS = {
    "hit_no_hit": ["outcome", "code", "rule", "clause"],
    "reference": ["outcome", "code", "rule", "clause", "reference", "contact"],
    "full": ["outcome", "code", "rule", "clause", "reference", "contact", "subject"],
}
PARTS = {"person": ("documents",), "consignment": ("parties", "vehicles")}


@dataclass(frozen=True)
class Asked:
    sender: Mapping[str, Any]
    receiver: Mapping[str, Any]
    purpose: str
    kind: str
    at: dt.datetime


@dataclass(frozen=True)
class Expected:
    refused: tuple[str, str] | None
    """Rule and clause."""
    body: dict[str, Any]
    decisions: list[tuple[str, str, str]]
    """Path, decision and clause, by path; those of details are `body.name`."""


def expect(
    agreement: Mapping[str, Any], asked: Asked, wire: Mapping[str, Any] | None, details: Mapping[str, Any]
) -> Expected:
    refused, grant = find_grant(agreement, asked)
    if refused is None and wire is not None:
        if asked.kind == "answer" and agreement["disclosure"] != "full":
            refused = ("agreed_disclosure", agreement["clauses"]["disclosure"])
        elif wire["kind"] not in grant["subjects"]:
            refused = ("agreed_subject", agreement["clauses"]["unnamed"])
    if refused:
        return Expected(refused, {}, [])
    unnamed = agreement["clauses"]["unnamed"]
    body: dict[str, Any] = {}
    decisions: list[tuple[str, str, str]] = []
    if wire is not None:
        went, decisions = reduce(wire, grant["subjects"][wire["kind"]], unnamed, "", "")
        if went is not None:
            body["subject"] = went
    rules = {**grant["details"], **(answer_rules(agreement) if asked.kind == "answer" else {})}
    masked: dict[str, str] = {}
    for name, value in details.items():
        decision, clause, left = decide(rules.get(name), value, unnamed)
        decisions.append((f"body.{name}", decision, clause))
        if decision != "blocked":
            body[name] = left
        if decision == "masked":
            masked[name] = rules[name]["mask"]
    return Expected(None, {**body, **({"masked": masked} if masked else {})}, sorted(decisions))


def answer_rules(agreement: Mapping[str, Any]) -> dict[str, Any]:
    allowed, clause = IN_ANSWERS[agreement["disclosure"]], agreement["clauses"]["disclosure"]
    return {
        name: {"decision": "may_go" if name in allowed else "blocked", "clause": clause} for name in IN_ANSWERS["full"]
    }


def find_grant(agreement: Mapping[str, Any], asked: Asked) -> tuple[tuple[str, str] | None, Any]:
    unnamed = agreement["clauses"]["unnamed"]
    sides = agreement["sides"]
    places = [[on_side(sides[name], party) for name in "ab"] for party in (asked.sender, asked.receiver)]
    ways: dict[Any, str] = {((True, False), (False, True)): "a_to_b", ((False, True), (True, False)): "b_to_a"}
    way = ways.get((tuple(places[0]), tuple(places[1])))
    if way is None:
        return ("agreed_sides", unnamed), None
    day = asked.at.astimezone(dt.UTC).date().isoformat()
    if day < agreement["valid_from"] or day > agreement["valid_until"]:
        return ("agreed_time", agreement["clauses"]["validity"]), None
    same_way = [one for one in agreement["grants"] if way in one["directions"] and asked.purpose in one["purposes"]]
    for grant in same_way:
        if asked.kind in grant["message_kinds"]:
            return None, grant
    return ("agreed_kind" if same_way else "agreed_purpose", unnamed), None


def on_side(side: Mapping[str, Any], party: Mapping[str, Any]) -> bool:
    asks = [
        (side["countries"], [party["country"]]), (side["agencies"], party["agencies"]),
        (side["offices"], party["offices"]), (side["nodes"], [party["node"]]),
    ]  # fmt: skip
    return all(any(one in wanted for one in has) for wanted, has in asks if wanted)


def reduce(wire: Any, rules: Any, unnamed: str, inside: str, at: str) -> tuple[Any, list[tuple[str, str, str]]]:
    kept: dict[str, Any] = {"kind": wire["kind"]}
    masked: dict[str, str] = {}
    decisions: list[tuple[str, str, str]] = []
    for name, value in wire.items():
        if name in ("kind", "masked"):
            continue
        if name in PARTS.get(wire["kind"], ()):
            left = []
            for number, part in enumerate(value):
                between = f"{part['kind']}." if name == "parties" else ""
                went, why = reduce(part, rules, unnamed, f"{inside}{name}.{between}", f"{at}{name}.{number}.")
                decisions += why
                left += [went] if went is not None else []
            if left:
                kept[name] = left
            continue
        rule = rules.get(inside + name) if "." not in name else None
        decision, clause, shown = decide(rule, value, unnamed)
        decisions.append((at + name, decision, clause))
        if decision != "blocked":
            kept[name] = shown
        if decision == "masked":
            masked[name] = rules[inside + name]["mask"]
    if not any(said(kept.get(name)) for name in SAYS_WHO[wire["kind"]]):
        first = min([one for one in decisions if one[1] == "blocked"], default=("", "", unnamed))[2]
        lost = [(path, "blocked", clause if decision == "blocked" else first) for path, decision, clause in decisions]
        return None, lost
    return {**kept, **({"masked": masked} if masked else {})}, decisions


def said(value: Any) -> bool:
    """Tell whether a value, or one of a list, is more than blanks."""
    values = value if isinstance(value, list) else [value]
    return any(one.strip() if isinstance(one, str) else one for one in values)


def decide(rule: Any, value: Any, unnamed: str) -> tuple[str, str, Any]:
    if rule is None:
        return "blocked", unnamed, None
    if rule["decision"] != "masked":
        return rule["decision"], rule["clause"], value
    left = [left_of(rule["mask"], one) for one in value] if isinstance(value, list) else left_of(rule["mask"], value)
    if left is None or left == [] or (isinstance(left, list) and None in left):
        return "blocked", rule["clause"], None
    return "masked", rule["clause"], left


def left_of(mask: str, value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    text: str = value.strip()
    if mask == "year":
        found = re.fullmatch(r"(\d{4})(-\d{2}){0,2}", text)
        return text[:4] if found else None
    if mask == "initials":
        return " ".join((word[0] if len(word) > 1 else "") + "•••" for word in text.split())
    if mask == "ends":
        shown = 2 if len(text) >= 8 else 1 if len(text) >= 4 else 0
        return text[:shown] + "•••" + (text[-shown:] if shown else "")
    shown = 4 if len(text) >= 8 else len(text) // 2
    return "•••" + (text[-shown:] if shown else "")


def texts_of(value: Any) -> Iterator[str]:
    """Give all texts in JSON values, names of keys among them."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, str):
        yield value
