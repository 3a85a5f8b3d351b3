"""The second line judges by keys; what it decides is remembered, or becomes a case."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.desk import Desk, Door
from tests.factories import acting, make_agency, make_officer
from tests.lists_made import put_list

from elchi.locale import Words
from elchi.node.cases.models import Case
from elchi.node.checks.models import Alert, Check, FoundEntry, Judgement, RememberedNegative
from elchi.node.checks.services import submit_check
from elchi.node.officers.rules import Role
from elchi.subjects import Document, Person, Subject

ENTRIES = {
    "w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"], "topics": ["wanted"]},
    "w-2": {"name": ["Жумабаева Салтанат"], "passportNumber": ["N09876543"], "topics": ["wanted"]},
    "w-3": {"name": ["Karimov Dilshod"], "passportNumber": ["C7770001"], "topics": ["wanted"]},
}
WATCHED = {"d-1": {"name": ["Rahimova, Gulnora"], "passportNumber": ["QQ5550001"]}}


@pytest.fixture(autouse=True)
def _lists(door: Door) -> None:
    owner = make_agency("kz-customs", kind="customs", name="Customs")
    put_list("wanted", ENTRIES, action="stop", title="Wanted")
    put_list("watch", WATCHED, action="discreet", title="Secretlist", owner=owner)


def passport(number: str, name: str) -> Person:
    return Person(name=name, documents=(Document(document_number=number),))


def check(*subjects: Subject) -> Check:
    by = acting(Role.FIRST_LINE)
    return submit_check(by=by, subjects=subjects, purpose="border_check", crossing=None, direction="entry").check


@pytest.fixture
def desk(door: Door) -> Desk:
    return at_the_queue(door)


def at_the_queue(door: Door, language: str = "en", **window: Any) -> Desk:
    check(passport("AB1234567", "Sharipzoda Khurshed"))
    check(passport("N09876543", "Zhumabaeva Saltanat"))
    check(passport("C7770001", "Karimov Dilshod"))
    return door.open(make_officer(Role.SECOND_LINE, language=language), **window).go("/second_line/")


def judge(desk: Desk, key: str, reason: str) -> Desk:
    """Judge the finding that is shown, by keys alone."""
    desk.press(key)
    assert desk.focused() == "reason"
    return desk.type_fast(reason).led(lambda: desk.press("Control+Enter"))


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_queue_worked_off_by_keys(door: Door, language: str) -> None:
    words, desk = Words(language), at_the_queue(door, language)
    assert desk.text("nav.side [aria-current]").endswith("3")
    desk.led(lambda: desk.press("n"))
    assert "SHARIPZODA" in desk.text("#cmp")
    judge(desk, "2", "Born in another year: 1991, the document shows it.")  # leads on to the next one
    judge(desk, "1", "Number, name and photograph are the same.")
    judge(desk, "3", "The photograph is old.")
    outcomes = dict(Judgement.objects.values_list("finding__entry", "outcome"))
    assert outcomes == {"w-1": "negative", "w-2": "positive", "w-3": "unsure"}
    found = FoundEntry.objects.filter(entry__in=("w-2", "w-3")).order_by("pk")
    assert list(Case.objects.order_by("pk").values_list("origin", flat=True)) == [f"finding:{one.pk}" for one in found]
    desk.go("/second_line/")
    assert words.text("second_line.all_judged", count=3) in desk.text()
    desk.go("/cases/").follow("table.data td a")
    assert desk.page.locator("h1").inner_text().startswith("Karimov Dilshod")
    desk.send(text="Headquarters is asked.")
    assert "Headquarters is asked." in desk.text(".timeline")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_queue_worked_off_without_a_script(door: Door, language: str) -> None:
    words, desk = Words(language), at_the_queue(door, language, java_script_enabled=False)
    for outcome in ("negative", "positive", "unsure"):
        if not desk.page.locator("form[data-judge]").count():
            desk.follow("table.data tbody a")
        assert words.text("second_line.same_one") in desk.text("#cmp")
        desk.send(outcome=outcome, reason="Compared with the document in hand.")
    outcomes = Judgement.objects.order_by("pk").values_list("outcome", flat=True)
    assert (list(outcomes), Case.objects.count()) == (["negative", "positive", "unsure"], 2)


def test_who_is_not_the_same_does_not_alarm_again(desk: Desk, door: Door) -> None:
    desk.led(lambda: desk.press("n"))
    judge(desk, "2", "Another man.")
    assert RememberedNegative.objects.count() == 1
    again = check(passport("AB1234567", "Sharipzoda Khurshed"))
    assert again.verdict == "clear"
    desk.go(f"/check/{again.pk}/")
    assert desk.text("h1.word") == "NOTHING KNOWN"
    assert "until" in desk.text(".finding .said")


def test_a_judgement_without_a_reason_keeps_what_was_chosen(desk: Desk) -> None:
    desk.led(lambda: desk.press("n"))
    desk.press("1")
    desk.page.evaluate("document.querySelector('form[data-judge]').noValidate = true")
    desk.led(lambda: desk.press("Control+Enter"))
    assert Judgement.objects.count() == 0
    assert desk.page.locator("#cmp [role=alert] a").count() == 1
    assert desk.page.locator("[name=outcome][value=positive]").is_checked()


def test_the_supervisor_overrules(desk: Desk, door: Door) -> None:
    desk.led(lambda: desk.press("n"))
    judge(desk, "2", "Another man.")
    finding = Judgement.objects.get().finding_id
    chief = door.open(make_officer(Role.SUPERVISOR, language="en")).go(f"/second_line/{finding}/")
    chief.send(outcome="positive", reason="The father's name is the same too.")
    assert list(Judgement.objects.order_by("pk").values_list("outcome", flat=True)) == ["negative", "positive"]
    assert Case.objects.count() == 1


def test_a_discreet_entry_is_seen_by_its_owner_alone(door: Door) -> None:
    window = make_officer(Role.FIRST_LINE, language="en")
    desk = door.open(window).go("/check/").send(purpose="border_check", direction="entry")
    desk.led(lambda: desk.type_fast("QQ5550001").press("Enter"))
    assert desk.text("h1.word") == "NOTHING KNOWN"
    assert "Secretlist" not in desk.page.content()
    assert "Rahimova" not in desk.page.content()
    neighbour = door.open(make_officer(Role.SECOND_LINE, language="en")).go("/second_line/alerts/")
    assert "Rahimova" not in neighbour.page.content()
    owner = make_officer(Role.SECOND_LINE, language="en", agency=make_agency("kz-customs"))
    told = door.open(owner).go("/")
    told.follow(".bar .told")
    assert "Rahimova, Gulnora" in told.text("table")
    told.follow("table button")
    assert Alert.objects.get().read_by == owner
    assert told.page.locator(".bar .told").count() == 0
