"""What an agreement lets go and lets in: the gate itself, masks, conditions, answers."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from tests.agreements_made import AKJOL, AT, KORDAI, cut, go, grant, made_agreement, questions, side, stay

from elchi.errors import InvalidInput, NotAllowed
from elchi.exchange.agreement import Agreement, Because, Conditions, FieldDecision, Mask, Party, Permit, unmasked
from elchi.exchange.agreement import read_agreement as read
from elchi.exchange.agreement.masks import mask_value
from elchi.exchange.agreement.terms import Decision
from elchi.exchange.message import Handling, Lane, Message, new_id
from elchi.seal.part import Part
from elchi.subjects import Consignment, Document, Organisation, PartialDate, Person, Subject, Vehicle, from_wire

TESTOV = Person(
    family_name="Testov",
    given_names="Ivan",
    birth_date=PartialDate(1984, 3, 14),
    phones=("+77010000001",),
    documents=(Document(document_number="N1234567", issuer="KAZ"), Document(document_number="C7654321")),
)
HIT = {"outcome": "hit", "reference": "KG-17", "contact": "+996 312 000000", "subject": None}


def ask(agreement: Agreement, subject: Subject | None = TESTOV, **given: Any) -> Permit:
    said = {"sender": KORDAI, "receiver": AKJOL, "purpose": "border_check", "kind": "question", "at": AT, **given}
    return agreement.permit(subject, **said)


def sent(permit: Permit, **given: Any) -> Message:
    """Give the message that a sender makes of a permit."""
    thread = new_id()
    values: dict[str, Any] = {
        "id": thread, "kind": "question", "sender": "KZ-KOR-1", "to": ("KG-AKJ-1",), "thread": thread, "sent_at": AT,
        "expires_at": AT + dt.timedelta(days=2), "lane": Lane.QUESTION, "purpose": "border_check",
        "agreement": permit.agreement, "handling": permit.conditions.handling, "onward": permit.conditions.onward,
        "retention_until": permit.conditions.retention_until, "body": permit.body, **given,
    }  # fmt: skip
    return Message(**values)


def admit(agreement: Agreement, message: Message, **given: Any) -> None:
    agreement.admit(message, **{"sender": KORDAI, "receiver": AKJOL, "at": message.sent_at, **given})


def refusal(agreement: Agreement, message: Message, **given: Any) -> tuple[object, ...]:
    with pytest.raises(NotAllowed) as caught:
        admit(agreement, message, **given)
    assert (caught.value.code, caught.value.params["agreement"]) == ("not_covered", "KZ-KG-2026:1")
    return caught.value.params["rule"], caught.value.params["clause"], caught.value.params["field"]


def decided(permit: Permit) -> list[tuple[str, str, str]]:
    return [(one.path, str(one.decision), one.clause) for one in permit.decisions]


def test_what_is_named_goes_and_the_rest_stays_each_with_its_clause() -> None:
    permit = ask(made_agreement())
    assert permit.subject == Person(family_name="Testov", birth_date=PartialDate(1984, 3, 14))
    assert decided(permit) == [
        ("family_name", "may_go", "7(1)"),
        ("given_names", "blocked", "2"),
        ("birth_date", "may_go", "7(1)"),
        ("documents.0.document_number", "blocked", "2"),
        ("documents.0.issuer", "blocked", "2"),
        ("documents.1.document_number", "blocked", "2"),
        ("phones", "blocked", "2"),
    ]
    assert (permit.agreement, permit.clause) == ("KZ-KG-2026:1", "5")
    assert permit.conditions == Conditions(
        handling=Handling(code="H1", tlp="AMBER"), retention_until=dt.date(2026, 6, 3), onward="with_permission"
    )


def test_a_part_without_what_says_whose_it_is_stays_by_the_clause_that_kept_it() -> None:
    rules = {"family_name": go(), "documents.issuer": go("7(2)"), "documents.document_number": stay("8")}
    permit = ask(made_agreement(grants=questions({"person": rules})))
    assert permit.subject == Person(family_name="Testov")
    assert permit.decisions[4] == FieldDecision(
        "documents.0.issuer", "documents.issuer", Decision.BLOCKED, "8", Because.NOTHING_LEFT
    )


def test_nothing_goes_of_a_subject_that_would_be_nobody() -> None:
    rules = {"birth_date": go(), "family_name": stay("9"), "documents.document_number": stay("8")}
    permit = ask(made_agreement(grants=questions({"person": rules})))
    assert (permit.subject, permit.body) == (None, {})
    assert decided(permit)[:4] == [
        ("family_name", "blocked", "9"),
        ("given_names", "blocked", "2"),
        ("birth_date", "blocked", "8"),  # by the clause of documents.0.document_number, whose path comes first
        ("documents.0.document_number", "blocked", "8"),
    ]


def test_masked_fields_say_that_they_are() -> None:
    rules = {
        "family_name": cut("initials"), "birth_date": cut("year"), "phones": cut("last_4"),
        "documents.document_number": cut("ends"),
    }  # fmt: skip
    permit = ask(made_agreement(grants=questions({"person": rules})))
    assert permit.body == {
        "subject": {
            "kind": "person",
            "family_name": "T•••",
            "birth_date": "1984",
            "documents": [
                {"kind": "document", "document_number": "N1•••67", "masked": {"document_number": "ends"}},
                {"kind": "document", "document_number": "C7•••21", "masked": {"document_number": "ends"}},
            ],
            "phones": ["•••0001"],
            "masked": {"family_name": "initials", "birth_date": "year", "phones": "last_4"},
        }
    }


def test_parties_of_a_consignment_have_rules_of_their_kind() -> None:
    load = Consignment(
        document_number="CMR-77",
        parties=(Organisation(name="Silk Freight", country="KAZ"), Person(name="Aidar Testov")),
        vehicles=(Vehicle(plate="01KG123ABC", vin="XTA210930Y2696785"),),
    )
    rules = {"parties.organisation.name": go(), "parties.person.name": stay(), "vehicles.plate": go("7(2)")}
    permit = ask(made_agreement(grants=questions({"consignment": rules})), load)
    assert permit.body["subject"] == {
        "kind": "consignment",
        "parties": [{"kind": "organisation", "name": "Silk Freight"}],
        "vehicles": [{"kind": "vehicle", "plate": "01KG123ABC"}],
    }
    assert decided(permit) == [
        ("document_number", "blocked", "2"),
        ("parties.0.name", "may_go", "7(1)"),
        ("parties.0.country", "blocked", "2"),
        ("parties.1.name", "blocked", "8"),
        ("vehicles.0.plate", "may_go", "7(2)"),
        ("vehicles.0.vin", "blocked", "2"),
    ]


@pytest.mark.parametrize(
    ("extra", "rules", "goes"),
    [
        ({"photo": "SECRET"}, {}, {}),
        ({"photo": {"jpeg": "SECRET"}}, {"photo": go()}, {"photo": {"jpeg": "SECRET"}}),
        ({"photo": {"jpeg": "SECRET"}}, {"photo": cut("last_4")}, {}),
        ({"photo": "SECRET"}, {"photo": cut("last_4")}, {"photo": "•••RET", "masked": {"photo": "last_4"}}),
        ({"documents.document_number": "SECRET"}, {"documents.document_number": go()}, {}),
        ({"masked": {"family_name": "SECRET", "SECRET": "ends"}}, {}, {}),
        ({"masked": "SECRET"}, {}, {}),
    ],
)  # fmt: skip
def test_fields_of_a_newer_partner_go_only_by_their_name(extra: Any, rules: Any, goes: Any) -> None:
    person = Person(family_name="Testov", extra=MappingProxyType(extra))
    permit = ask(made_agreement(grants=questions({"person": {"family_name": go(), **rules}})), person)
    assert permit.body == {"subject": {"kind": "person", "family_name": "Testov", **goes}}


def test_an_unknown_field_cannot_stand_in_for_a_known_one() -> None:
    rules = {"family_name": go(), "documents.document_number": go()}
    posing = Person(family_name="Testov", extra={"documents": "SECRET"})
    with pytest.raises(InvalidInput):
        ask(made_agreement(grants=questions({"person": rules})), posing)


def test_what_came_masked_is_still_called_masked_when_it_goes_on() -> None:
    came = from_wire({"kind": "person", "family_name": "T•••", "name": "X", "masked": {"family_name": "initials"}})
    permit = ask(made_agreement(), came)
    assert permit.body["subject"] == {
        "kind": "person", "family_name": "T•••", "masked": {"family_name": "initials"},
    }  # fmt: skip


MASKS = [
    (Mask.YEAR, "1984-03-14", "1984"), (Mask.YEAR, "1984", "1984"), (Mask.YEAR, "14.03.1984", None),
    (Mask.LAST_4, "FA1234535", "•••4535"), (Mask.LAST_4, "12345", "•••45"), (Mask.LAST_4, "1", "•••"),
    (Mask.LAST_4, "  ", None), (Mask.LAST_4, 7, None), (Mask.LAST_4, ["+77010000001", "12"], ["•••0001", "•••2"]),
    (Mask.LAST_4, ["+77010000001", " "], None), (Mask.LAST_4, [], None), (Mask.LAST_4, {"a": "b"}, None),
    (Mask.ENDS, "FA1234535", "FA•••35"), (Mask.ENDS, "FA123", "F•••3"), (Mask.ENDS, "FA1", "•••"),
    (Mask.INITIALS, "Khudoyberdiev  Shukhrat O", "K••• S••• •••"), (Mask.INITIALS, "王伟", "王•••"),
]  # fmt: skip


@pytest.mark.parametrize(("mask", "value", "left"), MASKS)
def test_a_mask_shows_at_most_half_and_leaves_what_is_masked(mask: Mask, value: Any, left: Any) -> None:
    assert mask_value(mask, value) == left
    assert left is None or mask_value(mask, left) == left


def test_what_can_be_looked_up_is_without_what_was_cut_off() -> None:
    rules = {"family_name": go(), "birth_date": cut("year"), "phones": cut("last_4")}
    rules["documents.document_number"] = cut("ends")
    permit = ask(made_agreement(grants=questions({"person": rules})))
    assert permit.subject is not None
    assert unmasked(permit.subject) == Person(family_name="Testov", birth_date=PartialDate(1984))
    assert unmasked(Document(document_number="N1•••67", extra={"masked": {"document_number": "ends"}})) is None
    assert unmasked(TESTOV) == TESTOV


REFUSED: list[tuple[dict[str, Any], dict[str, Any], tuple[str, str, str]]] = [
    ({}, {"receiver": KORDAI}, ("agreed_sides", "2", "to")),
    ({}, {"receiver": Party(node="TJ-X-1", country="TJ")}, ("agreed_sides", "2", "to")),
    ({"sides": {"a": side("KZ"), "b": side("", nodes=["KG-AKJ-1", "KZ-KOR-1"])}}, {}, ("agreed_sides", "2", "to")),
    ({"sides": {"a": side("KZ", agencies=["kz-customs"]), "b": side("KG")}}, {}, ("agreed_sides", "2", "to")),
    ({"sides": {"a": side("KZ", offices=["sypatai"]), "b": side("KG")}}, {}, ("agreed_sides", "2", "to")),
    ({"valid_from": "2026-05-05"}, {}, ("agreed_time", "3", "sent_at")),
    ({"valid_until": "2026-05-03"}, {}, ("agreed_time", "3", "sent_at")),
    ({}, {"purpose": "sanctions"}, ("agreed_purpose", "2", "purpose")),
    ({}, {"kind": "alert"}, ("agreed_kind", "2", "kind")),
    ({}, {"subject": Vehicle(plate="A1")}, ("agreed_subject", "2", "subject")),
    ({}, {"kind": "answer"}, ("agreed_disclosure", "6", "subject")),
    (
        {"grants": questions({"person": {"family_name": go()}}, directions=["b_to_a"])},
        {},
        ("agreed_kind", "2", "kind"),
    ),
]


@pytest.mark.parametrize(("agreed", "asked", "why"), REFUSED)
def test_what_is_not_covered_does_not_go_at_all(agreed: Any, asked: Any, why: tuple[str, str, str]) -> None:
    agreement = made_agreement(**agreed)
    with pytest.raises(NotAllowed) as caught:
        ask(agreement, **{"subject": TESTOV, **asked})
    params = caught.value.params
    assert (caught.value.code, params["rule"], params["clause"], params["field"]) == ("not_covered", *why)
    assert why[1] in agreement.articles


def test_both_days_of_validity_count_whole_in_utc() -> None:
    agreement = made_agreement(valid_from="2026-05-04", valid_until="2026-05-04")
    zone = dt.timezone(dt.timedelta(hours=6))
    assert [
        agreement.in_force(dt.datetime(2026, 5, day, hour, tzinfo=zone))
        for day, hour in ((4, 5), (4, 6), (5, 5), (5, 6))
    ] == [False, True, True, False]


@pytest.mark.parametrize(
    ("disclosure", "goes"),
    [
        ("hit_no_hit", {"outcome": "hit"}),
        ("reference", {"outcome": "hit", "reference": "KG-17", "contact": "+996 312 000000"}),
    ],
)
def test_an_answer_says_as_much_as_the_disclosure_and_nothing_unnamed(disclosure: str, goes: Any) -> None:
    agreement = made_agreement(disclosure=disclosure)
    told = {"outcome": "hit", "reference": "KG-17", "contact": "+996 312 000000", "name": "SECRET"}
    permit = ask(agreement, None, sender=AKJOL, receiver=KORDAI, kind="answer", details=told)
    assert permit.body == goes
    clauses = {one.path: one.clause for one in permit.detail_decisions}
    assert clauses == {"outcome": "6", "reference": "6", "contact": "6", "name": "2"}


def test_a_full_answer_says_who_it_is_as_far_as_its_fields_go() -> None:
    answers = grant("answer", clause="6", subjects={"person": {"family_name": go()}})
    agreement = made_agreement(disclosure="full", grants=[*questions({})[:1], answers])
    permit = ask(agreement, kind="answer", sender=AKJOL, receiver=KORDAI, details={"outcome": "hit"})
    assert permit.body == {"subject": {"kind": "person", "family_name": "Testov"}, "outcome": "hit"}


def test_details_go_by_their_names() -> None:
    reports = grant("report", details={"substance": go("7(2)"), "officer": cut("initials"), "place": stay()})
    told = {"substance": "hashish", "officer": "Olga Testova", "place": "Oybek", "note": "SECRET", "subject": {"x": 1}}
    permit = ask(made_agreement(grants=[reports]), None, kind="report", details=told)
    assert permit.body == {"substance": "hashish", "officer": "O••• T•••", "masked": {"officer": "initials"}}
    assert [(one.path, str(one.decision), one.clause) for one in permit.detail_decisions] == [
        ("substance", "may_go", "7(2)"), ("officer", "masked", "7(3)"),
        ("place", "blocked", "8"), ("note", "blocked", "2"),
    ]  # fmt: skip


def test_what_was_permitted_is_admitted() -> None:
    rules = {"family_name": go(), "birth_date": cut("year"), "documents.document_number": cut("ends")}
    agreement = made_agreement(
        grants=questions({"person": rules}, details={"reason": go(), "officer": cut("initials")})
    )
    permit = ask(agreement, details={"reason": "convoy", "officer": "Olga Testova", "note": "x"})
    admit(agreement, sent(permit))
    admit(agreement, sent(permit, handling=Handling(code="H3", tlp="RED"), onward="none"))
    admit(agreement, sent(permit, retention_until=dt.date(2026, 5, 4), body={**permit.body, "v": 1}))


STRICT = Handling(code="H0", tlp="RED")
DOCUMENT = {"kind": "document", "document_number": "A"}
LOOSE = Handling(code="H2", tlp="GREEN")
BAD_MESSAGES: list[tuple[dict[str, Any], tuple[str, str, str]]] = [
    ({"agreement": "KZ-KG-2026:2"}, ("agreed_version", "2", "agreement")),
    ({"agreement": ""}, ("agreed_version", "2", "agreement")),
    ({"sender": "KZ-XXX-9"}, ("agreed_sides", "2", "from")),
    ({"to": ("TJ-X-1",)}, ("agreed_sides", "2", "from")),
    ({"purpose": "sanctions"}, ("agreed_purpose", "2", "purpose")),
    ({"kind": "alert"}, ("agreed_kind", "2", "kind")),
    ({"handling": STRICT}, ("agreed_handling", "9", "handling")),
    ({"handling": LOOSE}, ("agreed_handling", "9", "handling")),
    ({"retention_until": dt.date(2026, 6, 4)}, ("agreed_retention", "10", "retention_until")),
    ({"retention_until": None}, ("agreed_retention", "10", "retention_until")),
    ({"onward": "parties"}, ("agreed_onward", "11", "onward")),
    ({"files": (Part("photo", "image/jpeg", b"x"),)}, ("agreed_field", "2", "files")),
    ({"body": {"note": "he limps"}}, ("agreed_field", "2", "note")),
    ({"body": {"subject": {"kind": "vehicle", "plate": "A1"}}}, ("agreed_subject", "2", "subject")),
    ({"body": {"subject": {"kind": "person", "family_name": "T", "photo": "x"}}}, ("agreed_field", "2", "photo")),
    ({"body": {"subject": {"kind": "person", "family_name": "T", "phones": ["1"]}}}, ("agreed_field", "8", "phones")),
    (
        {"body": {"subject": {"kind": "person", "family_name": "T", "birth_date": "1984-03-14"}}},
        ("agreed_mask", "7(3)", "birth_date"),
    ),
    (
        {"body": {"subject": {"kind": "person", "family_name": "T", "birth_date": "1984"}}},
        ("agreed_mask", "2", "masked"),
    ),
    (
        {"body": {"subject": {"kind": "person", "family_name": "T", "masked": {"family_name": "x"}}}},
        ("agreed_mask", "2", "masked"),
    ),
    (
        {"body": {"subject": {"kind": "person", "birth_date": "1984", "documents": [DOCUMENT]}}},
        ("agreed_field", "2", "documents.0.document_number"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "why"), BAD_MESSAGES)
def test_a_message_beyond_the_agreement_is_refused_with_the_clause(given: Any, why: tuple[str, str, str]) -> None:
    rules = {"family_name": go(), "birth_date": cut("year"), "phones": stay()}
    agreement = made_agreement(grants=questions({"person": rules}))
    message = sent(ask(agreement), **given)
    assert refusal(agreement, message) == why
    assert why[1] in agreement.articles


def test_who_sent_it_is_known_by_the_key_and_not_by_the_message() -> None:
    agreement = made_agreement()
    message = sent(ask(agreement))
    stranger = dataclasses.replace(KORDAI, node="TJ-X-1", country="TJ")
    assert refusal(agreement, message, sender=stranger) == ("agreed_sides", "2", "from")
    assert refusal(agreement, message, at=AT + dt.timedelta(days=2_000)) == ("agreed_time", "3", "sent_at")


def test_a_subject_that_cannot_be_read_is_an_error_of_its_own() -> None:
    agreement = made_agreement()
    with pytest.raises(InvalidInput):
        admit(agreement, sent(ask(agreement), body={"subject": {"kind": "person", "family_name": 7}}))


def test_files_go_where_they_are_named() -> None:
    agreement = made_agreement(grants=[grant("report", details={"files": go()})])
    photo = (Part("photo", "image/jpeg", b"x"),)
    admit(agreement, sent(ask(agreement, None, kind="report"), kind="report", files=photo))


def _example(root: Path) -> tuple[str, list[str]]:
    page = (root / "docs/protocol/04-agreement.md").read_text(encoding="utf-8")
    return page, [text.split("```")[0] for text in page.partition("## 8.")[2].split("```json\n")[1:]]


def test_the_example_of_the_protocol_page_holds() -> None:
    page, (document, body) = _example(Path(__file__).parents[2])
    agreement = read(document.encode())
    assert f"`{agreement.sha256}`" in page
    person = Person(
        family_name="Testov", given_names="Ivan", patronymic="Petrovich", birth_date=PartialDate(1984, 3, 14),
        phones=("+77010000001",),
    )  # fmt: skip
    permit = ask(agreement, person)
    assert permit.body == json.loads(body)
    blocked: Mapping[str, str] = {one.path: one.clause for one in permit.decisions if one.decision is Decision.BLOCKED}
    assert blocked == {"patronymic": "2", "phones": "8"}
