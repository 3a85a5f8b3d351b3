"""Choosing among agreements, comparing versions, and trying a draft on the past."""

import datetime as dt
from types import MappingProxyType
from typing import Any

import pytest
from tests.agreements_made import AKJOL, AT, KORDAI, cut, go, grant, made_agreement, questions, side, stay

from elchi.exchange.agreement import (
    Agreement,
    Change,
    Decision,
    Direction,
    Effect,
    Outcome,
    PastMessage,
    Use,
    choose_agreement,
    compare,
    simulate,
)
from elchi.exchange.agreement.simulate import FieldUse, Refusal
from elchi.subjects import PartialDate, Person, Vehicle


def chosen(*agreements: Agreement, purpose: str = "border_check", at: dt.datetime = AT) -> str:
    one = choose_agreement(agreements, sender=KORDAI, receiver=AKJOL, purpose=purpose, kind="question", at=at)
    return one.name if one else ""


def test_the_newest_version_counts_even_if_it_allows_less() -> None:
    wide = made_agreement()
    narrow = made_agreement(version=2, grants=[grant("report")])
    later = made_agreement(version=3, valid_from="2026-06-01")
    assert chosen(wide) == "KZ-KG-2026:1"
    assert chosen(wide, narrow) == ""
    assert chosen(wide, later) == "KZ-KG-2026:1"
    assert chosen(later, wide, at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC)) == "KZ-KG-2026:3"
    assert chosen(wide, made_agreement(version=4, valid_until="2026-03-02")) == ""


def test_none_is_chosen_where_none_covers() -> None:
    assert chosen() == ""
    assert chosen(made_agreement(), purpose="visa") == ""
    assert chosen(made_agreement(sides={"a": side("TJ"), "b": side("KG")})) == ""


def test_the_one_that_names_the_two_more_closely_is_chosen_by_both() -> None:
    states = made_agreement(id="A")
    agencies = made_agreement(id="B", sides={"a": side("KZ", agencies=["kz-border"]), "b": side("KG")})
    offices = made_agreement(id="C", sides={"a": side("KZ", offices=["kordai"]), "b": side("KG")})
    nodes = made_agreement(id="D", sides={"a": side("", nodes=["KZ-KOR-1"]), "b": side("KG")})
    assert [chosen(*several) for several in ((states, agencies, offices, nodes), (offices, agencies, states))] == [
        "D:1", "C:1",
    ]  # fmt: skip
    assert chosen(states, agencies) == "B:1"
    newer = made_agreement(id="Z", valid_from="2026-04-01")
    assert chosen(states, newer) == chosen(newer, states) == "Z:1"
    assert chosen(made_agreement(id="b"), made_agreement(id="a")) == "a:1"


BOTH = (Use(Direction.A_TO_B, "border_check", "question"), Use(Direction.B_TO_A, "border_check", "question"))


def changes(new: dict[str, Any], old: dict[str, Any] | None = None) -> list[tuple[str, Any, Any, str]]:
    found = compare(made_agreement(**(old or {})), made_agreement(**new))
    return [(one.place, one.old, one.new, str(one.effect)) for one in found]


def test_a_version_that_changes_nothing_shows_nothing() -> None:
    assert compare(made_agreement(), made_agreement(version=2)) == ()


OLD_TITLE = {"en": "Checks at Kordai and Ak-Jol", "ru": "Проверки на Кордае и Ак-Жоле"}
NEW_TITLE = {"en": "New", "ru": "Новое"}
KZ, UZ = ({"en": code, "ru": code} for code in ("KZ", "UZ"))
CHANGED: list[tuple[dict[str, Any], list[tuple[str, Any, Any, str]]]] = [
    ({"retention_days": 60}, [("retention_days", 30, 60, "wider")]),
    ({"valid_until": "2027-01-01"}, [("valid_until", "2029-02-28", "2027-01-01", "narrower")]),
    ({"valid_from": "2026-02-01"}, [("valid_from", "2026-03-01", "2026-02-01", "wider")]),
    ({"disclosure": "full"}, [("disclosure", "reference", "full", "wider")]),
    ({"disclosure": "hit_no_hit"}, [("disclosure", "reference", "hit_no_hit", "narrower")]),
    (
        {"handling": {"code": "H0", "tlp": "RED"}},
        [("handling.code", "H1", "H0", "wider"), ("handling.tlp", "AMBER", "RED", "narrower")],
    ),
    ({"onward": "parties"}, [("onward", "with_permission", "parties", "wider")]),
    ({"title": NEW_TITLE}, [("title", OLD_TITLE, NEW_TITLE, "other")]),
    (
        {"sides": {"a": side("KZ", nodes=["KZ-KOR-1"]), "b": side("KG")}},
        [("sides.a.nodes", [], ["KZ-KOR-1"], "narrower")],
    ),
    (
        {"sides": {"a": side("KZ", countries=["KZ", "UZ"]), "b": side("KG")}},
        [("sides.a.countries", ["KZ"], ["KZ", "UZ"], "wider")],
    ),
    (
        {"sides": {"a": side("UZ"), "b": side("KG")}},
        [("sides.a.name", KZ, UZ, "other"), ("sides.a.countries", ["KZ"], ["UZ"], "other")],
    ),
]


@pytest.mark.parametrize(("new", "expected"), CHANGED)
def test_a_changed_term_says_whether_more_may_go(new: Any, expected: Any) -> None:
    assert changes(new) == expected


def test_changed_fields_are_told_once_for_all_their_uses() -> None:
    old = {"family_name": go(), "birth_date": cut("year"), "phones": stay(), "emails": go()}
    new = {"family_name": go("7(2)"), "birth_date": go(), "emails": cut("last_4"), "sex": stay()}
    found = compare(
        made_agreement(grants=questions({"person": old})), made_agreement(grants=questions({"person": new}))
    )
    assert found == (
        Change(place="subjects.person.birth_date", old=cut("year"), new=go(), effect=Effect.WIDER, uses=BOTH),
        Change(place="subjects.person.emails", old=go(), new=cut("last_4"), effect=Effect.NARROWER, uses=BOTH),
        Change(place="subjects.person.family_name", old=go(), new=go("7(2)"), effect=Effect.OTHER, uses=BOTH),
        Change(place="subjects.person.phones", old=stay(), new=None, effect=Effect.OTHER, uses=BOTH),
        Change(place="subjects.person.sex", old=None, new=stay(), effect=Effect.OTHER, uses=BOTH),
    )


def test_new_and_lost_uses_are_told_with_what_they_let_go() -> None:
    alerts = grant("alert", directions=["b_to_a"], details={"text": go()})
    old = made_agreement(grants=questions({}))
    new = made_agreement(grants=[*questions({}), alerts])
    use = (Use(Direction.B_TO_A, "border_check", "alert"),)
    assert compare(old, new) == (
        Change(place="uses", old=None, new="5", effect=Effect.WIDER, uses=use),
        Change(place="details.text", old=None, new=go(), effect=Effect.WIDER, uses=use),
    )
    assert [(one.place, one.effect, one.uses) for one in compare(new, old)] == [
        ("uses", Effect.NARROWER, use), ("details.text", Effect.NARROWER, use),
    ]  # fmt: skip


def test_grants_that_are_only_written_otherwise_are_the_same() -> None:
    apart = [
        grant("question", directions=[way], subjects={"person": {"family_name": go()}}) for way in ("b_to_a", "a_to_b")
    ]
    answers = grant("answer", clause="6")
    together = questions({"person": {"family_name": go()}})
    assert compare(made_agreement(grants=together), made_agreement(grants=[answers, *apart])) == ()


def test_changed_articles_are_shown() -> None:
    old = made_agreement()
    articles = {clause: dict(texts) for clause, texts in old.articles.items()}
    articles["2"] = {"en": "Otherwise", "ru": "Иначе"}
    articles["12"] = {"en": "New", "ru": "Новая"}
    assert changes({"articles": articles}) == [
        ("articles.12", None, {"en": "New", "ru": "Новая"}, "other"),
        ("articles.2", {"en": "Article 2", "ru": "Статья 2"}, {"en": "Otherwise", "ru": "Иначе"}, "other"),
    ]


def past(reference: str, subject: Any, **given: Any) -> PastMessage:
    values = {"sender": KORDAI, "receiver": AKJOL, "purpose": "border_check", "kind": "question", **given}
    return PastMessage(reference=reference, subject=subject, **values)


def test_a_draft_is_tried_on_the_past_whenever_it_begins() -> None:
    rules = {"family_name": go(), "birth_date": cut("year"), "phones": stay()}
    draft = made_agreement(valid_from="2030-01-01", valid_until="2031-01-01", grants=questions({"person": rules}))
    born = PartialDate(1984, 3, 14)
    messages = [
        past("check:1", Person(family_name="A")),
        past("check:2", Person(family_name="A", birth_date=born)),
        past("check:3", Person(family_name="A", phones=("1",)), details=MappingProxyType({"reason": "x"})),
        past("check:4", Person(phones=("1",))),
        past("check:5", Vehicle(plate="A1")),
        past("check:6", Person(family_name="A"), purpose="visa"),
        past("check:7", Vehicle(plate="B1")),
    ]
    tried = simulate(draft, iter(messages))
    assert tried.outcomes == {
        "check:1": Outcome.WHOLE, "check:2": Outcome.REDUCED, "check:3": Outcome.REDUCED, "check:4": Outcome.EMPTY,
        "check:5": Outcome.REFUSED, "check:6": Outcome.REFUSED, "check:7": Outcome.REFUSED,
    }  # fmt: skip
    assert [tried.count(outcome) for outcome in Outcome] == [1, 2, 1, 3]
    assert list(tried.refusals.items()) == [(Refusal("agreed_subject", "2"), 2), (Refusal("agreed_purpose", "2"), 1)]
    assert tried.fields == {
        FieldUse("person", "family_name", Decision.MAY_GO, "7(1)"): 3,
        FieldUse("person", "phones", Decision.BLOCKED, "8"): 2,
        FieldUse("person", "birth_date", Decision.MASKED, "7(3)"): 1,
        FieldUse("", "reason", Decision.BLOCKED, "2"): 1,
    }
    assert next(iter(tried.fields)).field == "family_name"
