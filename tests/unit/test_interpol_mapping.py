"""The mapping of the online side: what it accepts, what it writes, and what counts as an answer."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.interpol_side import TEXT, question

from elchi.errors import Conflict, ElchiError, InvalidInput
from elchi.modules.interpol.conformance import read_cases
from elchi.modules.interpol.mapping import read_answer, read_mapping, write_question
from elchi.modules.interpol.question import Firearm, Hit
from elchi.subjects.dates import PartialDate
from elchi.subjects.subject import Document, Person

MAPPING = read_mapping(TEXT)
NOW = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)
ASKED = question(Document(document_number="AC1234567", document_type="P", issuer="KGZ"), asked_at=NOW)


def told(**changed: Any) -> dict[str, Any]:
    record = {"recordId": "D-1", "owner": "KGZ", "status": "STOLEN"}
    right = {
        "requestId": ASKED.id, "responseTime": "2026-11-21T10:00:01Z", "requestorCountry": "KG",
        "result": {"records": [record]},
    }  # fmt: skip
    return {**right, **changed}


def rule_of(answer: Any) -> tuple[object, object]:
    content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    with pytest.raises(Conflict) as caught:
        read_answer(MAPPING, content, ASKED, now=NOW)
    assert caught.value.code == "interpol_answer_invalid"
    return caught.value.params["field"], caught.value.params["rule"]


def test_a_question_is_written_as_the_mapping_says() -> None:
    assert json.loads(write_question(MAPPING, ASKED)) == {
        "requestId": ASKED.id,
        "requestTime": "2026-11-21T10:00:00Z",
        "requestor": {"country": "KG", "site": "KG-OSH-1", "purpose": "border_check"},
        "schema": "1.0",
        "document": {"number": "AC1234567", "type": "P", "issuer": "KGZ"},
    }


def test_empty_fields_are_left_out_and_dates_keep_their_precision() -> None:
    person = Person(name="Zebo Nazarzoda", birth_date=PartialDate.parse("1984-11"))
    assert json.loads(write_question(MAPPING, question(person)))["person"] == {
        "name": "Zebo Nazarzoda", "birthDate": "1984-11",
    }  # fmt: skip
    firearm = json.loads(write_question(MAPPING, question(Firearm(serial_number="АК-1", calibre="5.45"))))
    assert firearm["firearm"] == {"serial": "АК-1", "calibre": "5.45"}


def test_an_answer_is_read() -> None:
    answer = read_answer(MAPPING, json.dumps(told()).encode(), ASKED, now=NOW)
    assert answer.hits == (Hit(record="D-1", owner="KGZ", reported="stolen"),)
    assert (answer.answered_at, answer.question) == (NOW + dt.timedelta(seconds=1), ASKED.id)


def test_a_word_that_the_mapping_does_not_know_is_still_a_hit() -> None:
    records = [{"recordId": "D-1", "owner": "D", "status": "ODD"}]
    answer = read_answer(MAPPING, json.dumps(told(result={"records": records})).encode(), ASKED, now=NOW)
    assert answer.hits == (Hit(record="D-1", owner="DEU", reported="other"),)


def records(*rows: Any) -> dict[str, Any]:
    return told(result={"records": list(rows)})


@pytest.mark.parametrize(
    ("answer", "field", "rule"),
    [
        (b"", "answer", "json"),
        (b"<html/>", "answer", "json"),
        (b"[" * 100_000, "answer", "json"),
        (b"\xff", "answer", "json"),
        ([], "id", "other_question"),
        (told(requestId="another"), "id", "other_question"),
        (told(requestorCountry="KZ"), "country", "other_country"),
        (told(responseTime="2026-11-21T09:54:59Z"), "answered_at", "clock"),
        (told(responseTime="2026-11-21T10:05:01Z"), "answered_at", "clock"),
        (told(responseTime="2026-11-21T10:00:00"), "answered_at", "time_utc"),
        (told(responseTime=7), "answered_at", "time_utc"),
        (told(result={}), "hits", "array"),
        (told(result=None), "hits", "array"),
        (records(*[{}] * 101), "hits", "max_items"),
        (records({}), "record", "text"),
        (records({"recordId": "D\n1", "owner": "KGZ", "status": "LOST"}), "record", "text"),
        (records({"recordId": "D-1", "owner": "ZZZ", "status": "LOST"}), "owner", "state"),
        (records({"recordId": "D-1", "owner": 7, "status": "LOST"}), "owner", "state"),
    ],
)
def test_what_cannot_be_the_answer_is_refused(answer: Any, field: str, rule: str) -> None:
    assert rule_of(answer) == (field, rule)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ("requestId", "responseTime", "requestorCountry", "result", "records", "recordId", "owner", "status")), inner),
    max_leaves=15,
)  # fmt: skip


@given(
    json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(told(), json_values)).map(lambda one: told(**one))
)
def test_any_json_is_an_answer_or_refused(answer: Any) -> None:
    try:
        read = read_answer(MAPPING, json.dumps(answer).encode(), ASKED, now=NOW)
    except ElchiError as error:
        assert error.code == "interpol_answer_invalid"  # noqa: PT017  the other branch is right as well
    else:
        assert (read.question, abs(read.answered_at - NOW) <= dt.timedelta(minutes=5)) == (ASKED.id, True)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ElchiError):
        read_answer(MAPPING, content, ASKED, now=NOW)


def without(line: str) -> str:
    return "\n".join(one for one in TEXT.splitlines() if one != line)


@pytest.mark.parametrize(
    ("text", "field", "rule"),
    [
        ("x" * 70_000, "file", "max_bytes"),
        ("[connection", "file", "toml"),
        ("", "answer", "missing"),
        (f"more = 1\n{TEXT}", "more", "known_field"),
        (TEXT.replace("https://", "http://"), "connection.address", "text"),
        (without('key = "bureau.key"'), "connection.key", "missing"),
        (TEXT.replace("tries = 3", "tries = 0"), "connection.tries", "number_in_range"),
        (TEXT.replace("tries = 3", "tries = 1.5"), "connection.tries", "number_in_range"),
        (TEXT.replace("tries = 3", "tries = true"), "connection.tries", "number_in_range"),
        (TEXT.replace("connect_seconds = 2", "connect_seconds = nan"), "connection.connect_seconds", "number_in_range"),
        (TEXT.replace("tries = 3", "attempts = 3"), "connection.attempts", "known_field"),
        (TEXT.replace("[ask.document", "[ask.aircraft"), "ask.aircraft", "one_of"),
        (TEXT.replace('"/search/document"', '"search"'), "ask.document.path", "text"),
        (TEXT.replace('"document_number"', '"number"'), "ask.document.body.document.number", "known_field"),
        (TEXT.replace('"serial_number"', '"plate"'), "ask.firearm.body.firearm.serial", "known_field"),
        (TEXT.replace('requestId = "id"', 'requestId = "=1"'), "ask.document.body", "missing"),
        (TEXT.replace('owner = "owner"\n', ""), "answer.hit", "missing"),
        (TEXT.replace('hits = "result.records"', 'hits = "result..records"'), "answer.hits", "text"),
        (TEXT.replace('hits = "result.records"', ""), "answer", "missing"),
        (TEXT.replace('LOST = "lost"', 'LOST = "mislaid"'), "answer.reported.LOST", "one_of"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_when_it_is_read(text: str, field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_mapping(text)
    assert (caught.value.code, caught.value.params) == ("interpol_mapping_invalid", {"field": field, "rule": rule})


@pytest.mark.parametrize(
    ("lines", "line", "field", "rule"),
    [
        ([], 1, "file", "empty"),
        (["", "{"], 2, "file", "json"),
        (["[]"], 1, "file", "json"),
        (['{"expect": "perhaps", "subject": {"kind": "person", "name": "A"}}'], 1, "file", "json"),
        (['{"expect": "hit", "subject": {"kind": "person"}}'], 1, "person", "needs_name_or_number"),
        (['{"expect": "hit", "subject": {"kind": "aircraft"}}'], 1, "kind", "one_of"),
        (['{"expect": "hit", "subject": {"kind": "organisation", "name": "A"}}'], 1, "file", "json"),
        (['{"expect": "hit", "more": 1, "subject": {"kind": "person", "name": "A"}}'], 1, "more", "known_field"),
        (['{"expect": "hit", "subject": {"kind": "firearm", "serial_number": "-"}}'], 1, "serial_number", "empty"),
    ],
)
def test_a_case_that_cannot_be_read_is_named(lines: list[str], line: int, field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_cases(lines)
    assert (caught.value.code, caught.value.params) == (
        "conformance_case_invalid", {"line": line, "field": field, "rule": rule},
    )  # fmt: skip
