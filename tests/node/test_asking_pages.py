"""Answers of partners as officers and programs see them: at the window, in the second line, over the API, on paper."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.api_calls import caller
from tests.factories import make_agency, make_country, make_crossing, make_office, make_officer, signed_in
from tests.lists_made import put_list
from tests.node.test_asking import CALLED, asks, due, joined, reply, taken
from tests.partner_node import PartnerNode

from elchi.node.checks.models import Asked, Check, FoundEntry
from elchi.node.federation.models import AgreementVersion
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Role

KG = "KG-AKJ-1"
FIELDS = {"document": {"document_number": {"decision": "may_go", "clause": "7(2)"}}}
HIT = {"outcome": "hit", "reference": "R-MARKREF", "contact": CALLED}


@pytest.fixture
def kg(tmp_path: Path, node_home: Path) -> PartnerNode:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"]}}, action="stop",
             owner=make_agency())  # fmt: skip
    from tests.agreements_made import questions  # noqa: PLC0415

    return joined(PartnerNode(KG, tmp_path, timezone.now().replace(microsecond=0)), grants=questions(FIELDS))


def officer(*roles: Role, **given: Any) -> Officer:
    office = make_office()
    office.crossings.add(make_crossing())
    return make_officer(*(roles or (Role.FIRST_LINE,)), office=office, language="en", **given)


def on_shift(*roles: Role, purpose: str = "border_check") -> Client:
    client = signed_in(Client(), officer(*roles))
    told = {"purpose": purpose, "office": "kordai", "crossing": "BCP001", "direction": "entry"}
    assert client.post(reverse("shift"), told).status_code == 302
    return client


def checked(client: Client, text: str = "ZZ7654321") -> str:
    answer = client.post(reverse("check"), {"q": text, "as_read": "1"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def answer(kg: PartnerNode, body: dict[str, Any]) -> None:
    _, question = kg.open(due()[-1])
    assert [one.result for one in taken(kg, reply(kg, question, body)).outcomes] == ["accepted"]


def test_answers_come_to_the_open_page_and_by_loading_it_anew(kg: PartnerNode) -> None:
    client = on_shift()
    address = checked(client)
    part = reverse("partners", args=[Check.objects.get().pk])
    told = page(client, address)
    assert "on its way" in told
    assert f'hx-get="{part}" hx-trigger="load delay:1s"' in told
    assert f'href="{address}">Look for answers</a>' in told
    _, question = kg.open(due()[-1])
    taken(kg, kg.receipt(due()[-1]))
    assert "asked, no answer yet" in page(client, part)
    taken(kg, reply(kg, question, {"outcome": "no_hit"}))
    for told in (page(client, part), page(client, address)):
        assert "<b>NO HIT</b>" in told
        assert "hx-get" not in told
        assert "only of the lists" in told


def test_looking_again_becomes_rarer_and_ends_with_the_deadline(kg: PartnerNode) -> None:
    client = on_shift()
    checked(client)
    check = Check.objects.get()
    part = reverse("partners", args=[check.pk])
    for age, wait in ((5, 1), (30, 3), (200, 10), (1000, 30)):
        Check.objects.update(at=timezone.now() - dt.timedelta(seconds=age))
        assert f'hx-trigger="load delay:{wait}s"' in page(client, part)
    Asked.objects.update(deadline=timezone.now())
    told = page(client, part)
    assert "no answer in time" in told
    assert "hx-get" not in told


def test_the_first_line_is_told_to_refer_and_nothing_of_what_the_partner_has(kg: PartnerNode) -> None:
    client = on_shift()
    address = checked(client)
    answer(kg, HIT)
    told = page(client, address)
    assert "<b>HIT</b>" in told
    assert "Refer to the second line. Say nothing of it." in told
    for mark in ("R-MARKREF", "Duty officer", "+996 555 000111"):
        assert mark not in told
    second = signed_in(Client(), officer(Role.SECOND_LINE))
    finding = FoundEntry.objects.get()
    assert reverse("finding", args=[finding.pk]) in page(second, address)
    told = page(second, reverse("finding", args=[finding.pk]))
    for text in ("R-MARKREF", "Duty officer", "+996 555 000111", KG, "KZ-KG-2026:1", "ZZ7654321"):
        assert text in told
    assert "partner&#x27;s hit" in page(second, reverse("alerts"))
    answered = second.post(reverse("judge_finding", args=[finding.pk]), {"outcome": "negative", "reason": "another"})
    assert answered.status_code == 302
    told = page(client, address)
    assert "not the same" in told
    assert "Refer to the second line" not in told


def test_a_refusal_shows_its_clause(kg: PartnerNode) -> None:
    client = on_shift()
    address = checked(client)
    taken(kg, kg.receipt(due()[-1], outcome="rejected", code="not_covered", clause="8(2)"))
    told = page(client, address)
    assert "<b>REFUSED</b>" in told
    assert "clause 8(2)" in told


def test_another_purpose_is_asked_at_the_press_of_a_button(kg: PartnerNode) -> None:
    from tests.agreements_made import agreement_json, questions  # noqa: PLC0415

    grants = questions(FIELDS, purposes=["visa"])
    AgreementVersion.objects.update(content=agreement_json(grants=grants, valid_until="2036-01-01"))
    client = on_shift(purpose="visa")
    address = checked(client)
    assert "Ask partners" in page(client, address)
    asked = client.post(reverse("ask_partners", args=[Check.objects.get().pk]))
    assert (asked.status_code, asked["Location"]) == (302, address)
    told = page(client, address)
    assert "on its way" in told
    assert "Ask partners" not in told
    again = client.post(reverse("ask_partners", args=[Check.objects.get().pk]))
    assert again.status_code == 409


def test_without_partners_the_page_has_no_such_part(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"]}})
    client = on_shift()
    told = page(client, checked(client))
    assert 'id="partners"' not in told
    assert "htmx" not in told


def test_the_slip_says_what_was_answered_by_then(kg: PartnerNode) -> None:
    second = on_shift(Role.SECOND_LINE)
    checked(second, "AB1234567")
    answer(kg, HIT)
    check = Check.objects.get()
    told = page(second, reverse("slip", args=[check.pk]))
    assert "Node KG-AKJ-1: HIT, " in told
    assert "R-MARKREF" not in told
    assert second.get(reverse("slip_pdf", args=[check.pk])).content.startswith(b"%PDF")


def test_a_hit_of_a_partner_alone_has_a_slip_that_says_to_look_closer(kg: PartnerNode) -> None:
    client = on_shift()
    address = checked(client)
    slip = reverse("slip", args=[Check.objects.get().pk])
    assert f'href="{slip}"' not in page(client, address)
    answer(kg, HIT)
    assert page(client, address).count(f'href="{slip}"') == 1
    told = page(client, slip)
    assert (told.count("REVIEW"), told.count("CLEAR"), "MARKREF" in told) == (1, 0, False)
    assert told.count("Refer to the second line. Say nothing of it.") == 1


def test_a_question_of_a_partner_shows_who_has_asked_and_why(kg: PartnerNode) -> None:
    taken(kg, asks(kg, {"kind": "document", "document_number": "AB1234567"}))
    second = signed_in(Client(), officer(Role.SECOND_LINE))
    told = page(second, reverse("finding", args=[FoundEntry.objects.get().pk]))
    for text in ("Asked by", "Node KG-AKJ-1", "border check", "KZ-KG-2026:1", "Our node answered:", "<b>HIT</b>"):
        assert text in told
    assert "SHARIPZODA, Khurshed" in page(second, reverse("verdict", args=[Check.objects.get().pk]))


def test_programs_read_the_answers_and_are_told_that_they_changed(kg: PartnerNode) -> None:
    make_country("KZ")
    first, second = caller(officer=officer()), caller(officer=officer(Role.SECOND_LINE))
    made = first.post(
        "/checks",
        {"subjects": [{"kind": "document", "document_number": "ZZ7654321"}], "purpose": "border_check"},
    )
    assert made.status_code == 201
    (asked,) = made.json()["partners"]
    assert (asked["partner"], asked["state"], asked["subject"], asked["agreement"]) == (KG, "queued", 0, "KZ-KG-2026:1")
    address = f"/checks/{made.json()['id']}"
    tag = first.get(address)["ETag"]
    assert first.get(address, headers={"If-None-Match": tag}).status_code == 304
    answer(kg, HIT)
    changed = first.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    (told,) = changed.json()["partners"]
    assert (told["state"], told["reference"], told["contact"], told["finding"]) == ("hit", "", {}, None)
    assert changed.json()["findings"] == []
    (told,) = second.get(address).json()["partners"]
    assert (told["reference"], told["contact"], told["finding"]) == (
        "R-MARKREF", CALLED, FoundEntry.objects.get().pk,
    )  # fmt: skip
    assert first.post(f"{address}/partners", {}).status_code == 409
