"""Two agencies of one office at two open pages: a request from its first word to its last answer, without a reload."""

from __future__ import annotations

from tests.browser.desk import Desk, Door
from tests.factories import make_agency, make_office, make_officer

from elchi.node.liaison.models import Conversation
from elchi.node.officers.rules import Role


def at_desk(door: Door, agency: str, shown: str) -> Desk:
    office = make_office("kordai", agency=make_agency("kz-border"))
    officer = make_officer(
        Role.SECOND_LINE, agency=make_agency(agency), office=office, language="en", shown=shown
    )  # fmt: skip
    return door.open(officer).go("/desk/")


def stays(desk: Desk) -> None:
    """Mark the page: a page that was loaded anew does not have the mark."""
    desk.page.evaluate("document.body.dataset.stayed = 'yes'")


def has_stayed(desk: Desk) -> bool:
    return bool(desk.page.evaluate("document.body.dataset.stayed === 'yes'"))


def ask(desk: Desk) -> None:
    """Write a request to the colleagues, look at it, and say it."""
    desk.led(lambda: desk.press("r"))
    desk.follow("main a.btn[href='?to=here']")
    desk.send(
        agencies="kz-border", kind="vehicle", urgency="flash", title="Van 01514KBC", text="Whose is it?",
        purpose="investigation", about="vehicle", plate="01514KBC",
    )  # fmt: skip
    assert "Whose is it?" in desk.text()
    desk.follow("main form[method=post] button.btn")


def appears(desk: Desk, words: str, within: str = "#talk") -> None:
    desk.page.locator(within).get_by_text(words, exact=False).first.wait_for()
    assert has_stayed(desk)


def test_from_a_new_request_to_its_closing_on_two_open_pages(door: Door) -> None:
    border = at_desk(door, "kz-border", "A. Seitkali")
    customs = at_desk(door, "kz-customs", "D. Kim")
    stays(border)
    ask(customs)
    stays(customs)

    appears(border, "Van 01514KBC", "#talks .unread")
    border.follow("#talks a")
    stays(border)
    appears(customs, "read", "#talk .states")
    assert border.page.locator("#talks .unread").count() == 0

    border.page.locator("[name=text]").first.fill("Half a sentence")
    border.page.locator("[name=act]").select_option("part")
    typed = customs.page.locator("main form [name=text]").first
    typed.fill("I am typing")
    border.page.locator("[name=text]").first.fill("Of a firm in Bishkek")
    border.led(lambda: border.press("Control+Enter"))
    stays(border)
    appears(customs, "Of a firm in Bishkek")
    appears(customs, "partly answered")
    assert typed.input_value() == "I am typing"

    customs.send(act="ask", text="Who drives it?")
    stays(customs)
    appears(border, "Who drives it?")
    border.send(act="answer", text="Not known to us.", template="need_more")
    appears(customs, "Not known to us.")
    appears(customs, "We need more to go on.")
    row = Conversation.objects.get()
    assert row.state == "answered"
    assert list(row.said.exclude(act="read").values_list("act", flat=True)) == ["ask", "part", "ask", "answer"]
    for desk in (border, customs):
        assert "Van 01514KBC" not in desk.go("/desk/").text()
        assert "Van 01514KBC" in desk.follow("main nav.tabs a[href$='which=closed']").text("#talks")


def test_the_list_keeps_the_focus_when_it_comes_anew(door: Door) -> None:
    border = at_desk(door, "kz-border", "A. Seitkali")
    customs = at_desk(door, "kz-customs", "D. Kim")
    ask(customs)
    appears_first = border.page.locator("#talks a")
    appears_first.first.wait_for()
    appears_first.first.focus()
    before = border.page.evaluate("document.activeElement.id")
    ask(customs.go("/desk/"))
    border.page.locator("#talks a").nth(1).wait_for()
    assert border.page.evaluate("document.activeElement.id") == before != ""
