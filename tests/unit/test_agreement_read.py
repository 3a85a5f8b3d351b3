"""Reading an agreement: strictly, every error with its place, and the same bytes for both sides."""

import copy
import datetime as dt
import hashlib
import json
from contextlib import nullcontext
from typing import Any

import pytest
from tests.agreements_made import agreement_json, cut, go, grant, made_agreement, questions, side, stay

from elchi.errors import InvalidInput, NotAllowed
from elchi.exchange.agreement import (
    Disclosure,
    FieldRule,
    Mask,
    Party,
    Side,
    agreement_from_json,
    known_fields,
    read_agreement,
    templates,
)
from elchi.exchange.agreement.terms import Decision
from elchi.exchange.message import Handling
from elchi.subjects import Vehicle


def test_what_is_read_is_what_was_written() -> None:
    told = agreement_json()
    agreement = agreement_from_json(told)
    assert agreement.to_json() == told
    assert agreement.name == "KZ-KG-2026:1"
    assert agreement.side_a == Side(name={"en": "KZ", "ru": "KZ"}, countries=("KZ",), agencies=(), offices=(), nodes=())
    assert (agreement.valid_from, agreement.valid_until) == (dt.date(2026, 3, 1), dt.date(2029, 2, 28))
    assert agreement.grants[0].subjects == {
        "person": {
            "family_name": FieldRule(Decision.MAY_GO, "7(1)"),
            "birth_date": FieldRule(Decision.MAY_GO, "7(1)"),
        }
    }
    assert (agreement.disclosure, agreement.handling_floor) == (Disclosure.REFERENCE, Handling(code="H1", tlp="AMBER"))
    assert (agreement.retention_days, agreement.onward) == (30, "with_permission")
    assert agreement.purposes == ("border_check",)
    assert agreement.message_kinds == ("question", "answer")
    assert agreement.subject_kinds == ("person",)


def test_a_rule_of_a_masked_field_says_what_is_left() -> None:
    agreement = made_agreement(grants=questions({"person": {"birth_date": cut("year"), "phones": stay()}}))
    assert agreement.grants[0].subjects["person"] == {
        "birth_date": FieldRule(Decision.MASKED, "7(3)", Mask.YEAR),
        "phones": FieldRule(Decision.BLOCKED, "8"),
    }


def test_both_sides_sign_the_same_bytes_however_it_was_written() -> None:
    told = agreement_json()
    turned = dict(reversed(list(told.items())))
    one = read_agreement(json.dumps(told, indent=3).encode())
    other = read_agreement(json.dumps(turned, ensure_ascii=False, separators=(",", ":")).encode())
    assert one.canonical() == other.canonical()
    assert one == other
    assert one.canonical().startswith(b'{"articles":{"10":{"en":"Article 10","ru":"\xd0\xa1')
    assert one.sha256 == hashlib.sha256(one.canonical()).hexdigest()
    assert read_agreement(one.canonical()) == one


def changed(path: str, value: Any) -> dict[str, Any]:
    """Give an agreement with one value changed; a value of `...` is taken away."""
    told = copy.deepcopy(agreement_json())
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    inside: Any = told
    for part in way:
        inside = inside[part]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return told


PERSON = "grants/0/subjects/person"
WRONG = [
    ("version", ..., "version", "missing"),
    ("version", 0, "version", "number_in_range"),
    ("version", True, "version", "number_in_range"),
    ("version", "1", "version", "number_in_range"),
    ("format", "elchi-agreement-2", "format", "one_of"),
    ("format", ..., "format", "one_of"),
    ("penalty", "none", "penalty", "unknown_key"),
    ("id", "", "id", "filled"),
    ("id", "KZ KG", "id", "agreement_id"),
    ("title", {}, "title", "filled"),
    ("title", {"eng": "A"}, "title.eng", "language_code"),
    ("title", {"en": "A\u202eB", "ru": "A"}, "title.en", "printable_text"),
    ("title", {"en": "A" * 10_001, "ru": "A"}, "title.en", "max_length"),
    ("sides/a/countries", "KZ", "sides.a.countries", "array"),
    ("sides/a/countries/0", "kz", "sides.a.countries[0]", "country_letters"),
    ("sides/a/countries", ["KZ", "KZ"], "sides.a.countries", "item_once"),
    ("sides/a/agencies", ["kz border"], "sides.a.agencies[0]", "code_letters"),
    ("sides/a/nodes", ["kor"], "sides.a.nodes[0]", "node_code"),
    ("sides/a/countries", [], "sides.a", "side_of_somebody"),
    ("sides/b", side("KZ"), "sides", "sides_differ"),
    ("sides/c", side("TJ"), "sides.c", "unknown_key"),
    ("valid_from", "1 March 2026", "valid_from", "date"),
    ("valid_from", "20260301", "valid_from", "date"),
    ("valid_until", "2026-02-28", "valid_until", "ends_later"),
    ("valid_until", None, "valid_until", "text"),
    ("grants", {}, "grants", "array"),
    ("grants/0/directions", [], "grants[0].directions", "filled"),
    ("grants/0/directions", ["a_to_b", "a_to_b"], "grants[0].directions", "item_once"),
    ("grants/0/directions/0", "a_to_c", "grants[0].directions[0]", "one_of"),
    ("grants/0/purposes", ["Border check"], "grants[0].purposes[0]", "word"),
    ("grants/0/purposes", [f"p{n}" for n in range(201)], "grants[0].purposes", "max_items"),
    ("grants/0/message_kinds", [], "grants[0].message_kinds", "filled"),
    ("grants/0/clause", "99", "grants[0].clause", "clause_of_articles"),
    ("grants/0/until", "2027-01-01", "grants[0].until", "unknown_key"),
    ("grants/1", grant("question", "answer"), "grants[1]", "granted_once"),
    ("grants/1/directions", ["a_to_b"], "grants", "answer_granted"),
    ("grants/1/purposes", ["customs_check"], "grants", "answer_granted"),
    ("grants/1/details", {"reference": go()}, "grants[1].details.reference", "said_by_disclosure"),
    ("grants/0/subjects/ship", {}, "grants[0].subjects.ship", "one_of"),
    ("grants/0/details", {"a.b": go()}, "grants[0].details.a.b", "field_path"),
    ("grants/0/details", {"subject": go()}, "grants[0].details.subject", "field_path"),
    ("grants/0/details", {"masked": go()}, "grants[0].details.masked", "field_path"),
    (f"{PERSON}/documents", go(), "grants[0].subjects.person.documents", "field_path"),
    (f"{PERSON}/kind", go(), "grants[0].subjects.person.kind", "field_path"),
    (f"{PERSON}/masked", go(), "grants[0].subjects.person.masked", "field_path"),
    (f"{PERSON}/*", go(), "grants[0].subjects.person.*", "field_path"),
    (f"{PERSON}/vehicles.plate", go(), "grants[0].subjects.person.vehicles.plate", "field_path"),
    (f"{PERSON}/phones", "may_go", "grants[0].subjects.person.phones", "object"),
    (f"{PERSON}/phones", {"decision": "maybe", "clause": "8"}, "grants[0].subjects.person.phones.decision", "one_of"),
    (f"{PERSON}/phones", {"decision": "may_go"}, "grants[0].subjects.person.phones.clause", "missing"),
    (f"{PERSON}/phones", {**go(), "mask": "ends"}, "grants[0].subjects.person.phones.mask", "unknown_key"),
    (f"{PERSON}/phones", {**go(), "unless": "x"}, "grants[0].subjects.person.phones.unless", "unknown_key"),
    (f"{PERSON}/phones", cut("hash"), "grants[0].subjects.person.phones.mask", "one_of"),
    (f"{PERSON}/phones", cut("year"), "grants[0].subjects.person.phones", "mask_fits"),
    (f"{PERSON}/birth_date", cut("last_4"), "grants[0].subjects.person.birth_date", "mask_fits"),
    (f"{PERSON}/sex", cut("initials"), "grants[0].subjects.person.sex", "mask_fits"),
    ("disclosure", "everything", "disclosure", "one_of"),
    ("handling/code", "H9", "handling.code", "one_of"),
    ("handling/tlp", "WHITE", "handling.tlp", "one_of"),
    ("retention_days", 0, "retention_days", "number_in_range"),
    ("retention_days", 30.0, "retention_days", "number_in_range"),
    ("onward", "anybody", "onward", "one_of"),
    ("clauses/unnamed", ..., "clauses.unnamed", "missing"),
    ("clauses/unnamed", "77", "clauses.unnamed", "clause_of_articles"),
    ("articles/7(1)", {"en": "Names"}, "articles.7(1)", "languages_of_title"),
    ("articles/7(1)", "Names", "articles.7(1)", "object"),
    ("articles/*", {"en": "A", "ru": "А"}, "articles.*", "clause_name"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field", "rule"), WRONG)
def test_what_is_wrong_is_said_with_its_place(path: str, value: Any, field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        agreement_from_json(changed(path, value))
    assert (caught.value.code, caught.value.params["field"], caught.value.params["rule"]) == (
        "agreement_invalid", field, rule,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "json"),
        (b"\xff{}", "json"),
        (b'{"id": 1, "id": 2}', "key_once"),
        (b"[" * 100_000, "json"),
        (b" " * 300_000, "file_size"),
        (b"[]", "object"),
        (b"1" * 5_000, "json"),
    ],
)
def test_what_is_no_document_is_said(content: bytes, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_agreement(content)
    assert (caught.value.params["field"], caught.value.params["rule"]) == ("agreement", rule)


def test_a_grant_of_endless_uses_is_refused() -> None:
    wide = grant("report", purposes=[f"p{n}" for n in range(150)], message_kinds=[f"k{n}" for n in range(150)])
    with pytest.raises(InvalidInput) as caught:
        made_agreement(grants=[wide])
    assert (caught.value.params["field"], caught.value.params["rule"]) == ("grants[0]", "max_items")


def test_a_field_of_a_version_to_come_may_be_named() -> None:
    fields = {"photo": go(), "documents.chip": stay()}
    assert set(made_agreement(grants=questions({"person": fields})).grants[0].subjects["person"]) == set(fields)


def test_all_fields_of_a_kind_are_known_by_their_names() -> None:
    assert known_fields("vehicle") == ("plate", "plate_country", "vin", "container_number")
    assert known_fields("consignment")[:4] == (
        "document_number", "container_numbers", "parties.organisation.name",
        "parties.organisation.registration_number",
    )  # fmt: skip
    assert "parties.person.documents.document_number" in known_fields("consignment")


@pytest.mark.parametrize("name", ["bilateral", "caricc", "interpol"])
def test_a_template_becomes_an_agreement_in_english_and_russian(name: str) -> None:
    template = templates()[name]
    states = Side(name={"en": "A", "ru": "А"}, countries=("KZ",), agencies=(), offices=(), nodes=())
    other = Side(name={"en": "B", "ru": "Б"}, countries=(), agencies=(), offices=(), nodes=("CARICC-1",))
    agreement = template.fill(
        agreement_id="pattern",
        side_a=states,
        side_b=other,
        valid_from=dt.date(2026, 3, 1),
        valid_until=dt.date(2027, 2, 28),
    )
    assert agreement.name == "pattern:1"
    assert read_agreement(agreement.canonical()) == agreement
    assert all(texts.keys() == {"en", "ru"} for texts in (*agreement.articles.values(), agreement.title))
    assert template.notice.keys() == {"en", "ru"}
    assert "no treaty" in template.notice["en"]
    used = {clause for grant in agreement.to_json()["grants"] for clause in _clauses(grant)}
    used |= set(agreement.to_json()["clauses"].values())
    assert used | {"1"} == set(agreement.articles)  # article 1 says what it is for, and decides nothing


def _clauses(told: Any) -> set[str]:
    if isinstance(told, dict):
        own = {told["clause"]} if "clause" in told else set()
        return own.union(*(_clauses(value) for value in told.values()))
    return set().union(*(_clauses(one) for one in told)) if isinstance(told, list) else set()


def test_templates_name_every_field_of_the_subjects_that_they_let_go() -> None:
    for template in templates().values():
        for granted in template.terms["grants"]:
            for kind, rules in granted["subjects"].items():
                assert rules.keys() <= set(known_fields(kind))


def test_by_the_template_for_the_centre_nothing_of_a_person_travels() -> None:
    rules = [grant["subjects"] for grant in templates()["caricc"].terms["grants"] if grant["subjects"]]
    person = {rule["decision"] for subjects in rules for rule in subjects["person"].values()}
    inside = {
        rule["decision"]
        for subjects in rules
        for field, rule in subjects["consignment"].items()
        if field.startswith("parties.")
    }
    assert (person, inside) == ({"blocked"}, {"blocked"})


@pytest.mark.parametrize(
    ("name", "kind", "detail", "ways"),
    [
        ("bilateral", "private_match.ask", "match", (True, True)),
        ("bilateral", "private_match.answer", "match", (True, True)),
        ("bilateral", "private_match.tags", "match", (True, True)),
        ("bilateral", "private_match.contact", "contact", (True, True)),
        ("caricc", "regional.warning", "warning", (False, True)),
        ("caricc", "regional.operation", "operation", (True, True)),
        ("caricc", "regional.entity", "entity", (True, False)),
    ],
)
def test_templates_let_go_what_modules_send(name: str, kind: str, detail: str, ways: tuple[bool, bool]) -> None:
    member, other = Party(node="KG-AKJ-1"), Party(node="CARICC-1")
    sides = [
        Side(name={"en": one.node, "ru": one.node}, countries=(), agencies=(), offices=(), nodes=(one.node,))
        for one in (member, other)
    ]
    day = dt.date(2026, 3, 1)
    made = templates()[name].fill(
        agreement_id="pattern", side_a=sides[0], side_b=sides[1], valid_from=day, valid_until=day
    )
    subject = Vehicle(plate="01 KG 777 ABC") if kind == "regional.entity" else None
    for sender, receiver, goes in ((member, other, ways[0]), (other, member, ways[1])):
        with nullcontext() if goes else pytest.raises(NotAllowed, match="not_covered"):
            given = made.permit(
                subject, sender=sender, receiver=receiver, purpose="investigation", kind=kind,
                at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), details={detail: "told"},
            )  # fmt: skip
            assert (given.details, given.subject) == ({detail: "told"}, subject)
