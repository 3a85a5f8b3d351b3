"""200 cases of agreement and message: what goes, what stays and by which clause, read by a person line by line.

`tests/data/agreements` has ten agreements, twenty messages, and a line for each pair. Who writes a second
implementation can hold his own against them.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.agreement_reference import Asked, expect, texts_of

from elchi.errors import NotAllowed
from elchi.exchange.agreement import Agreement, Party, Permit, agreement_from_json
from elchi.subjects import from_wire

FOLDER = Path(__file__).parents[1] / "data/agreements"
AGREEMENTS = json.loads((FOLDER / "agreements.json").read_text(encoding="utf-8"))
MESSAGES = json.loads((FOLDER / "messages.json").read_text(encoding="utf-8"))
with (FOLDER / "cases.tsv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
NAMES = [(case["agreement"], case["message"]) for case in CASES]


def permit(agreement: Agreement, message: Mapping[str, Any]) -> Permit:
    return agreement.permit(
        from_wire(message["subject"]) if message["subject"] else None,
        sender=Party(**message["sender"]),
        receiver=Party(**message["receiver"]),
        purpose=message["purpose"],
        kind=message["kind"],
        at=dt.datetime.fromisoformat(message["at"]),
        details=message["details"],
    )


def decisions(given: Permit) -> str:
    of_subject = [f"{one.path} {one.decision} {one.clause}" for one in given.decisions]
    of_body = [f"body.{one.path} {one.decision} {one.clause}" for one in given.detail_decisions]
    return "; ".join(sorted(of_subject + of_body))


def test_there_is_a_line_for_each_of_two_hundred_pairs() -> None:
    assert [(agreement, message) for agreement in AGREEMENTS for message in MESSAGES] == NAMES
    assert len(CASES) == 200


@pytest.mark.parametrize("case", CASES, ids=[" ".join(names) for names in NAMES])
def test_a_case(case: dict[str, str]) -> None:
    agreement = agreement_from_json(AGREEMENTS[case["agreement"]])
    message = MESSAGES[case["message"]]
    if case["refused"]:
        with pytest.raises(NotAllowed) as caught:
            permit(agreement, message)
        assert f"{caught.value.params['rule']} {caught.value.params['clause']}" == case["refused"]
        assert str(caught.value.params["clause"]) in agreement.articles
        return
    given = permit(agreement, message)
    assert given.body == json.loads(case["body"])
    assert decisions(given) == case["decisions"]
    made = (*given.decisions, *given.detail_decisions)
    assert {one.clause for one in made} | {given.clause} <= agreement.articles.keys()


@pytest.mark.parametrize("case", CASES, ids=[" ".join(names) for names in NAMES])
def test_nothing_else_leaks(case: dict[str, str]) -> None:
    message = MESSAGES[case["message"]]
    made = [line.rsplit(" ", 2) for line in case["decisions"].split("; ") if line]
    whole = {path for path, decision, _ in made if decision == "may_go"}
    hidden = {
        text
        for path, value in leaves(message["subject"] or {}, message["details"])
        if path not in whole
        for text in texts_of(value)
        if len(text) > 4  # shorter ones are also part of others, such as a year
    }
    said = case["body"] + case["decisions"]
    assert [text for text in sorted(hidden) if text in said.replace("documents.document_number", "")] == []


def leaves(subject: Mapping[str, Any], details: Mapping[str, Any], at: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in subject.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            for number, part in enumerate(value):
                found += leaves(part, {}, f"{at}{name}.{number}.")
        elif name != "kind":
            found.append((at + name, value))
    return found + [(f"body.{name}", value) for name, value in details.items()]


@pytest.mark.parametrize("case", CASES, ids=[" ".join(names) for names in NAMES])
def test_the_slow_reference_says_the_same(case: dict[str, str]) -> None:
    agreement, message = AGREEMENTS[case["agreement"]], MESSAGES[case["message"]]
    at = dt.datetime.fromisoformat(message["at"])
    asked = Asked(message["sender"], message["receiver"], message["purpose"], message["kind"], at)
    expected = expect(agreement, asked, message["subject"], message["details"])
    assert " ".join(expected.refused or ()) == case["refused"]
    assert "; ".join(" ".join(one) for one in expected.decisions) == case["decisions"]
    assert expected.refused or expected.body == json.loads(case["body"])
