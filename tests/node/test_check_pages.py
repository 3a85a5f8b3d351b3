"""The first line in its pages, without any script: shift, field, verdict, the field again."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.api_calls import caller
from tests.factories import make_agency, make_crossing, make_office, make_officer, signed_in
from tests.lists_made import put_list

from elchi.console.check.asked import COOKIE
from elchi.documents import write_mrz
from elchi.documents.mrz import MrzFields
from elchi.documents.mrz_layout import MrzFormat
from elchi.locale import Words
from elchi.node.checks.models import Check, FoundEntry, Judgement, Retention, Shift
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Role

MAX_PAGE = 60_000
CHECK, SHIFT = reverse("check"), reverse("shift")


@pytest.fixture(autouse=True)
def _lists(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "birthDate": ["1980-04-09"],
                                "passportNumber": ["AB1234567"]}},
             action="stop", title="Wanted", titles={"ru": "Розыск"})  # fmt: skip
    put_list("watch", {"d-1": {"name": ["Rahimova, Gulnora"], "passportNumber": ["QQ5550001"]}}, action="discreet",
             title="Secretlist", owner=make_agency("kz-security", kind="security"))  # fmt: skip


def officer(*roles: Role, language: str = "en") -> Officer:
    office = make_office()
    office.crossings.add(make_crossing())
    return make_officer(*(roles or (Role.FIRST_LINE,)), office=office, language=language)


@pytest.fixture
def first(client: Client) -> Client:
    """An officer of the first line on his shift."""
    return on_shift(signed_in(client, officer()))


def on_shift(client: Client) -> Client:
    told = {"purpose": "border_check", "office": "kordai", "crossing": "BCP001", "direction": "entry"}
    assert client.post(SHIFT, told).status_code == 302
    return client


def text_of(answer: Any) -> str:
    told: str = answer.content.decode()
    return told


def ask(client: Client, text: str, **more: str) -> Any:
    """Put a text into the field, and follow to the verdict."""
    return client.post(CHECK, {"q": text, **more}, follow=True)


def test_a_whole_shift_without_a_script(client: Client) -> None:
    signed_in(client, officer())
    assert client.get(CHECK)["Location"] == SHIFT
    asked = text_of(client.get(SHIFT))
    assert asked.index("Kordai – Ak-Jol") < asked.index("</select>", asked.index('name="crossing"'))
    on_shift(client)
    assert "Kordai – Ak-Jol" in text_of(client.get(CHECK))
    assert '<h1 class="word">NOTHING KNOWN</h1>' in text_of(ask(client, "ZZ7654321"))
    stop = ask(client, "AB1234567")
    assert '<h1 class="word">STOP</h1>' in text_of(stop)
    assert "Very likely on the list “Wanted”" in text_of(stop)
    assert "Document number is the same: AB1234567." in text_of(stop)
    assert text_of(stop).count('<ol class="steps"><li>') == 1
    assert ask(client, "").redirect_chain == []
    page = text_of(client.get(CHECK))
    assert ("••• 4321" in page, "••• 4567" in page, "7654321" in page) == (True, True, False)
    ended = text_of(client.post(reverse("end_shift"), follow=True))
    assert "Shift ended: 2 checks. Nothing known 1, review 0, stop 1." in ended
    assert Shift.objects.get().ended_at is not None


def test_nothing_typed_stands_in_an_address(first: Client) -> None:
    for text in ("ZZ7654321", "AB1234567", "Шарипзода Хуршед"):
        for address, _ in ask(first, text).redirect_chain:
            assert re.fullmatch(r"/check/\d+/", address)


def test_a_page_of_nothing_known_shows_no_number(first: Client) -> None:
    answer = ask(first, "ZZ7654321")
    assert "••• 4321" in text_of(answer)
    assert "ZZ7654321" not in text_of(answer)
    assert "ZZ7654321" not in first.cookies[COOKIE].value
    sealed = first.cookies[COOKIE]
    assert (sealed["httponly"], sealed["path"], sealed["samesite"]) == (True, "/check/", "Strict")


@pytest.mark.parametrize(
    ("text", "kind", "subject"),
    [
        ("ZZ7654321", "document number", {"kind": "document", "document_number": "ZZ7654321"}),
        ("123 ABC 02", "plate", {"kind": "vehicle", "plate": "123 ABC 02", "plate_country": "KAZ"}),
        ("1M8GDM9AXKP042788", "VIN", {"kind": "vehicle", "vin": "1M8GDM9AXKP042788"}),
        ("CSQU3054383", "container number", {"kind": "vehicle", "container_number": "CSQU3054383"}),
        ("+7 701 123 45 67", "phone", {"kind": "person", "phones": ["+7 701 123 45 67"]}),
        ("a.b@example.org", "e-mail", {"kind": "person", "emails": ["a.b@example.org"]}),
        ("Сейткали Айбек", "name", {"kind": "person", "name": "Сейткали Айбек"}),
        ("شهرت خدایبردیف", "name", {"kind": "person", "name": "شهرت خدایبردیف"}),
    ],
)
def test_the_field_says_what_it_took_a_text_for(first: Client, text: str, kind: str, subject: dict[str, Any]) -> None:
    Retention.objects.create(by="s", clear_subject_hours=1)
    assert f"Taken for: <b>{kind}</b>" in text_of(ask(first, text))
    assert Check.objects.get().subjects == [subject]


def test_the_officer_says_it_is_something_else(first: Client) -> None:
    ask(first, "AB1234567", kind="plate")
    assert Check.objects.get().verdict == "clear"
    check = Check.objects.get()
    page = text_of(first.get(reverse("verdict", args=[check.pk])))
    assert "Taken for: <b>plate</b>" in page
    again = first.post(reverse("check_as", args=[check.pk]), {"kind": "document_number"}, follow=True)
    assert '<h1 class="word">STOP</h1>' in text_of(again)
    assert first.post(reverse("check_as", args=[check.pk]), {"kind": "vin"})["Location"] == CHECK


def zone(**changes: Any) -> str:
    fields = {"document_type": "P", "issuer": "TJK", "document_number": "AB1234567", "family_name": "SHARIPZODA",
              "given_names": "KHURSHED", "nationality": "TJK", "birth_date": "1980-04-09", "sex": "M",
              "expiry_date": "2031-01-01", **changes}  # fmt: skip
    return " ".join(write_mrz(MrzFields(format=MrzFormat.TD3, **fields)))


def test_a_zone_is_read_in_one_line_and_in_two(first: Client) -> None:
    lines = zone().split()
    for text in ("".join(lines), " ".join(lines)):
        assert '<h1 class="word">STOP</h1>' in text_of(ask(first, text))
    half = text_of(first.post(CHECK, {"q": lines[0]}))
    assert "The first line is read. Scan the next one." in half
    assert f'name="before" value="{lines[0].replace("<", "&lt;")}"' in half
    assert '<h1 class="word">STOP</h1>' in text_of(ask(first, lines[1], before=lines[0]))


def test_a_misread_zone_is_not_checked_and_offers_repairs(first: Client) -> None:
    misread = zone(document_number="AB1234568").replace("AB1234568", "A81234568")
    answer = first.post(CHECK, {"q": misread})
    page = text_of(answer)
    assert (answer.status_code, Check.objects.count()) == (422, 0)
    assert misread.replace("<", "&lt;") in page
    assert "document number: check digit wrong" in page.replace("the check digit is wrong", "check digit wrong")
    mended = re.search(r'name="q" value="([^"]*AB1234568[^"]*)"', page)
    assert mended
    ask(first, mended[1].replace("&lt;", "<"), kind="mrz", as_read="1")
    assert Check.objects.count() == 1


@pytest.mark.parametrize("text", ["P<KAZSHORT<<", "12", "x" * 401, "Dr."])
def test_what_cannot_be_checked_is_said_and_kept(first: Client, text: str) -> None:
    answer = first.post(CHECK, {"q": text})
    assert (answer.status_code, Check.objects.count()) == (422, 0)
    assert 'role="alert"' in text_of(answer)
    assert f'value="{text.replace("<", "&lt;")}"' in text_of(answer)
    assert 'name="kind" value="plate"' in text_of(answer)


def test_without_lists_it_says_so_loudly(first: Client) -> None:
    for name in ("wanted", "watch"):
        put_list(name, {"w-1": {"name": ["X Y"]}}, purposes=["visa"])
    assert "There is no list to check against." in text_of(first.get(CHECK))
    answer = first.post(CHECK, {"q": "ZZ7654321"})
    assert (answer.status_code, Check.objects.count()) == (422, 0)
    assert "NOTHING KNOWN" not in re.sub(
        r"<section aria-labelledby=\"h-sh\".*?</section>", "", text_of(answer), flags=re.DOTALL
    )


def strip(page: str) -> str:
    """Take away what differs from page to page: numbers of checks, times, tokens."""
    page = re.sub(r'value="[A-Za-z0-9]{64}"', "", page)
    return re.sub(r"KZ-KOR-1-\d{6}-\d{4}|/check/\d+/|<time.*?</time>", "", page)


def test_the_first_line_sees_the_same_with_and_without_a_discreet_entry(first: Client) -> None:
    listed = text_of(ask(first, "QQ5550001"))
    watched = Check.objects.get()
    assert FoundEntry.objects.get().is_discreet
    stranger = text_of(ask(first, "QQ5550002"))
    assert strip(listed).replace("0001", "") == strip(stranger).replace("0002", "")
    for page in (listed, text_of(first.get(CHECK)), text_of(first.get(reverse("verdict", args=[watched.pk])))):
        assert "Rahimova" not in page
        assert "Secretlist" not in page
    slips = [first.get(reverse("slip", args=[check.pk])) for check in Check.objects.all()]
    assert {slip.status_code for slip in slips} == {409}


def test_the_second_line_sees_entries_side_by_side_and_the_first_does_not(first: Client) -> None:
    told = text_of(ask(first, "AB1234567"))
    assert ('class="compare"' in told, "Look for the decision" in told) == (False, True)
    second = signed_in(Client(), officer(Role.SECOND_LINE))
    seen = text_of(second.get(reverse("verdict", args=[Check.objects.get().pk])))
    assert ('class="compare"' in seen, "SHARIPZODA" in seen) == (True, True)


def test_the_decision_of_the_second_line_is_told(first: Client) -> None:
    ask(first, "AB1234567")
    finding = FoundEntry.objects.get()
    Judgement.objects.create(finding=finding, outcome="negative", reason="another person")
    FoundEntry.objects.update(state="judged")
    page = text_of(first.get(reverse("verdict", args=[Check.objects.get().pk])))
    assert "The second line decided: <b>not the same</b>" in page
    assert "another person" not in page


def test_the_full_forms_check(first: Client) -> None:
    given = {"family_name": "Sharipzoda", "given_names": "Khurshed", "birth_date": "09.04.1980"}
    assert '<h1 class="word">STOP</h1>' in text_of(
        first.post(reverse("check_form", args=["person"]), given, follow=True)
    )
    others = {
        "document": {"document_number": "AB1234567", "issuer": "TJ", "expiry_date": "2031-01-01"},
        "vehicle": {"plate": "123 ABC 02", "plate_country": "KZ"},
        "organisation": {"name": "Invented Trading", "country": "KZ", "phone": "+7 701 1234567"},
        "consignment": {"consignor": "Invented Trading", "carrier": "Other Ltd", "plate": "123 ABC 02, 777 AA 01"},
    }
    for kind, fields in others.items():
        assert first.post(reverse("check_form", args=[kind]), fields, follow=True).status_code == 200
    assert list(Check.objects.order_by("id").values_list("kind", flat=True)) == ["person", *others]


def test_a_form_that_cannot_be_checked_keeps_what_was_typed(first: Client) -> None:
    given = {"family_name": "Sharipzoda", "birth_date": "31.02.1980"}
    answer = first.post(reverse("check_form", args=["person"]), given)
    assert (answer.status_code, Check.objects.count()) == (422, 0)
    page = text_of(answer)
    assert 'value="Sharipzoda"' in page
    assert page.count("the date cannot be read") == 2  # in the summary and at the field
    assert first.post(reverse("check_form", args=["vehicle"]), {}).status_code == 422
    assert first.get("/check/unicorn/").status_code == 404


def test_pages_are_small_and_ask_nothing_of_others(first: Client) -> None:
    for number in range(9):
        ask(first, f"ZZ765432{number}")
    pages = [first.get(address) for address in (CHECK, SHIFT, reverse("check_form", args=["person"]))]
    pages.append(ask(first, "AB1234567"))
    for page in pages:
        assert len(page.content) < MAX_PAGE
        assert re.findall(r'(?:src|href)="(?:https?:)?//', text_of(page)) == []
        assert re.findall(r"<script(?![^>]*src=)|style=", text_of(page)) == []


def test_the_check_page_asks_the_database_the_same_for_one_check_and_for_three(
    first: Client, django_assert_num_queries: Any
) -> None:
    ask(first, "ZZ7654321")
    counts = []
    for _ in range(2):
        with django_assert_num_queries(10) as captured:
            first.get(CHECK)
        counts.append(len(captured))
        ask(first, "AB1234567")
        ask(first, "ZZ7654322")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.PROGRAMME, Role.LIST_KEEPER])
def test_who_checks_nobody_has_no_field(client: Client, role: Role) -> None:
    signed_in(client, officer(role))
    assert {client.get(address).status_code for address in (CHECK, SHIFT, reverse("check_form", args=["person"]))} == {
        403
    }


def test_another_officer_of_the_first_line_does_not_open_a_check(first: Client) -> None:
    ask(first, "AB1234567")
    other = signed_in(Client(), officer())
    for name in ("verdict", "slip", "slip_pdf"):
        assert other.get(reverse(name, args=[Check.objects.get().pk])).status_code == 404


def test_a_program_of_the_first_line_is_told_the_same_with_and_without_a_discreet_entry() -> None:
    program = caller(Role.FIRST_LINE)
    answers = []
    for number in ("QQ5550001", "QQ5550002"):
        asked = {"subjects": [{"kind": "document", "document_number": number}], "purpose": "border_check"}
        made = program.post("/checks", asked).json()
        read = program.get(f"/checks/{made['id']}").json()
        answers.append([told | dict.fromkeys(("id", "number", "at", "took_ms")) for told in (made, read)])
    assert FoundEntry.objects.get().entry == "d-1"
    assert answers[0] == answers[1]


def test_a_recent_check_of_another_day_shows_its_date(first: Client) -> None:
    ask(first, "ZZ0000001")
    ask(first, "ZZ0000002")
    old, new = Check.objects.order_by("pk")
    Check.objects.filter(pk=old.pk).update(at=old.at - dt.timedelta(days=1))
    shown = re.findall(r'<td class="nw"><time datetime="[^"]+">([^<]+)</time>', text_of(first.get(CHECK)))
    before = timezone.localtime(old.at) - dt.timedelta(days=1)
    said = f"{Words('en').date(before.date().isoformat())} {before:%H:%M}"
    assert shown == [f"{timezone.localtime(new.at):%H:%M}", said]
