"""The first line at work: a shift, and a queue outside."""

from __future__ import annotations

import pytest
from tests.browser.desk import Desk, Door
from tests.browser.said import foreign, keys_without_words, texts_of
from tests.factories import make_agency, make_crossing, make_office, make_officer
from tests.lists_made import put_list

from elchi.documents import write_mrz
from elchi.documents.mrz import MrzFields
from elchi.documents.mrz_layout import MrzFormat
from elchi.locale import LANGUAGES, Words
from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Check
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Role

WANTED = {"name": ["SHARIPZODA, Khurshed"], "birthDate": ["1980-04-09"], "passportNumber": ["AB1234567"]}
NAMES = {"ru": "Кордай", "kk": "Қордай", "en": "Kordai"}


@pytest.fixture(autouse=True)
def _list(door: Door) -> None:
    put_list("wanted", {"w-1": WANTED}, action="stop", title="Wanted", titles={"ru": "Розыск", "kk": "Іздеу тізімі"})


def first_line(language: str = "en") -> Officer:
    office = make_office(agency=make_agency(names=NAMES), names=NAMES)
    office.crossings.add(make_crossing())
    return make_officer(Role.FIRST_LINE, office=office, language=language, shown="Aidana Seitkali")


def zone(**changes: str) -> list[str]:
    fields = {"document_type": "P", "issuer": "TJK", "document_number": "AB1234567", "family_name": "SHARIPZODA",
              "given_names": "KHURSHED", "nationality": "TJK", "birth_date": "1980-04-09", "sex": "M",
              "expiry_date": "2031-01-01", **changes}  # fmt: skip
    return list(write_mrz(MrzFields(format=MrzFormat.TD3, **fields)))


CLEAR_ZONE = zone(document_number="ZZ7654321", family_name="ESENOVA", given_names="AIDA", sex="F")
MISREAD_ZONE = [line.replace("AB1234567", "A81234567") for line in zone()]


def on_shift(desk: Desk) -> Desk:
    desk.go("/check/")
    assert desk.at() == "/check/shift/"
    desk.send(purpose="border_check", crossing="BCP001", direction="entry")
    assert desk.at() == "/check/"
    return desk


def scan(desk: Desk, *lines: str) -> Desk:
    """Type lines as a scanner does: fast, each ended with Enter."""
    for line in lines[:-1]:
        desk.type_fast(line).press("Enter")
    desk.type_fast(lines[-1])
    return desk.led(lambda: desk.press("Enter"))


def word(desk: Desk) -> str:
    return desk.text("h1.word")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_shift_by_keyboard(door: Door, language: str) -> None:
    words = Words(language)
    desk = on_shift(door.open(first_line(language)))
    assert desk.page.get_attribute("html", "lang") == language
    assert desk.focused() == "q"
    scan(desk, *CLEAR_ZONE)
    assert (word(desk), desk.focused()) == (words.band("CLEAR"), "q")  # the next traveller, without a key
    scan(desk, *zone())
    assert word(desk) == words.band("STOP")
    same = words.reason("key_same", {"kind": "document_number", "asked": "AB1234567"})
    assert same.casefold() in desk.text(".reasons").casefold()
    checked = desk.at()
    desk.led(lambda: desk.press("F4"))  # the first line looks whether it is decided
    assert desk.at() == checked
    desk.led(lambda: desk.press("F6"))
    assert desk.at() == f"{checked}slip/"
    assert words.text("check.slip") in desk.text("h1")
    desk.follow("main a.btn")
    assert desk.press("Escape").focused() == "q"
    desk.led(lambda: desk.type_fast("ZZ0000001").press("Enter"))
    assert word(desk) == words.band("CLEAR")
    desk.led(lambda: desk.press("Enter"))  # an empty field: back to the first page
    assert desk.at() == "/check/"
    desk.page.locator("h1").click()
    assert desk.press("/").focused() == "q"
    assert list(Check.objects.order_by("pk").values_list("verdict", flat=True)) == ["clear", "stop", "clear"]
    desk.go("/check/shift/").follow("form[action$='/end/'] button")
    assert words.text("check.shift_ended", count=3, clear=2, review=0, stop=1) in desk.text(".said")


def test_a_misread_zone_is_mended_with_the_document_in_hand(door: Door) -> None:
    desk = on_shift(door.open(first_line()))
    scan(desk, *MISREAD_ZONE)
    assert Check.objects.count() == 0
    assert "81 → " not in desk.text("[role=alert]")
    desk.follow(desk.page.locator("[role=alert] form", has_text="8 → B").locator("button"))
    assert word(desk) == "STOP"
    assert Check.objects.count() == 1


def test_what_was_taken_for_something_else_is_checked_again_by_a_button(door: Door) -> None:
    desk = on_shift(door.open(first_line()))
    scan(desk, "AB1234567")
    assert word(desk) == "STOP"
    desk.follow("main form[action$='/as/'] button[value=plate]")
    assert word(desk) == "NOTHING KNOWN"
    assert "Taken for: plate" in desk.text()
    desk.follow("main form[action$='/as/'] button[value=document_number]")
    assert (word(desk), Check.objects.count()) == ("STOP", 3)


def test_a_key_that_a_scanner_sends_twice_checks_once(door: Door) -> None:
    desk = on_shift(door.open(first_line()))
    desk.led(lambda: desk.type_fast("AB1234567").press("Enter"))
    desk.page.keyboard.type("\n")  # the focus has left the field: nothing is sent
    assert desk.text("h1.word") == "STOP"
    assert Check.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "kk"])
def test_a_shift_without_a_script(door: Door, language: str) -> None:
    words = Words(language)
    desk = on_shift(door.open(first_line(language), java_script_enabled=False))
    for line in CLEAR_ZONE:  # each line is sent by itself
        desk.type_fast(line).follow(".scan button")
    assert word(desk) == words.band("CLEAR")
    for line in zone():
        desk.page.fill("#q", line)
        desk.follow(".scan button")
    assert word(desk) == words.band("STOP")
    desk.follow("a[href$='/slip/']").follow("main a.btn")
    desk.page.fill("#q", " ".join(MISREAD_ZONE))
    desk.follow(".scan button")
    desk.follow(desk.page.locator("[role=alert] form", has_text="8 → B").locator("button"))
    assert word(desk) == words.band("STOP")
    desk.go("/check/person/").send(family_name="Sharipzoda", given_names="Khurshed", birth_date="09.04.1980")
    assert word(desk) == words.band("STOP")
    assert list(Check.objects.order_by("pk").values_list("verdict", flat=True)) == ["clear", "stop", "stop", "stop"]
    desk.go("/check/shift/").follow("form[action$='/end/'] button")
    assert AuditLine.objects.filter(verb="checks.end_shift").count() == 1


@pytest.mark.parametrize("language", sorted({*LANGUAGES} - {"en"}))
def test_the_first_line_reads_its_language_and_nothing_else(door: Door, language: str) -> None:
    others = sorted({"en", "ru"} - {language})
    said = {Words(other).text("check.start_shift") for other in others}
    assert {text for text, _ in foreign(said, own=language, others=others)} == said
    desk = door.open(locale=language).go("/accounts/login/")
    seen = {desk.at(): texts_of(desk.page)}
    door.let_in(desk.page.context, first_line(language))
    desk.go("/check/")
    seen[desk.at()] = texts_of(desk.page)
    on_shift(desk)
    for kind in ("", "person/", "document/", "vehicle/", "organisation/", "consignment/"):
        desk.go(f"/check/{kind}")
        seen[desk.at()] = texts_of(desk.page)
    for lines in (CLEAR_ZONE, zone(), ["Sharipov Khurshed"]):
        scan(desk.go("/check/"), *lines)
        seen[desk.at()] = texts_of(desk.page)
    desk.go("/check/2/slip/?second=en")
    seen[desk.at()] = texts_of(desk.page)
    for lines in (MISREAD_ZONE, ["12"]):
        scan(desk.go("/check/"), *lines)
        seen[f"{desk.at()} {lines[0]}"] = texts_of(desk.page)
    desk.go("/check/shift/").follow("form[action$='/end/'] button")
    seen[f"{desk.at()} ended"] = texts_of(desk.page)
    told = {at: foreign(texts, own=language, others=others) for at, texts in seen.items()}
    assert {at: found for at, found in told.items() if found} == {}
    assert keys_without_words(text for texts in seen.values() for text in texts) == set()
