"""INTERPOL's side in a browser: a scan at the window, the hit at the bureau, the board; without scripts too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.browser.desk import Desk, Door
from tests.factories import make_office, make_officer
from tests.interpol_bureau import LISTED, agree, allow, connected, make_point, put_copy, said, sent
from tests.node.test_interpol_exchange import FRESH, taken
from tests.node.test_interpol_pages import zone
from tests.partner_node import PartnerNode

from elchi.exchange.message import Lane
from elchi.modules.interpol.models import HitConfirmation, Query
from elchi.modules.interpol.simulator import Fault
from elchi.node.officers.rules import Role


def officer(role: Role, language: str = "en") -> Any:
    return make_officer(role, office=make_office("kordai"), language=language)


def scan(desk: Desk, number: str) -> Desk:
    """Scan a passport as a scanner does that ends each line with Enter."""
    desk.go("/interpol_ask/")
    first, second = zone(number)
    desk.type_fast(first)
    desk.led(lambda: desk.press("Enter"))
    desk.type_fast(second)
    return desk.led(lambda: desk.press("Enter"))


@pytest.mark.parametrize(
    ("language", "refer", "age", "online"),
    [
        ("en", "REFER", "3 hours old", "INTERPOL's side, online: REFER"),
        ("ru", "ПЕРЕДАТЬ", "возраст 3 часа", "Сторона Интерпола, на связи: ПЕРЕДАТЬ"),
    ],
)
def test_a_scan_online_and_with_the_line_cut(
    door: Door, tmp_path: Path, language: str, refer: str, age: str, online: str
) -> None:
    make_point()
    allow()
    put_copy(tmp_path, timezone.now(), age=dt.timedelta(hours=3))
    desk = door.open(officer(Role.FIRST_LINE, language))
    with connected():
        scan(desk, LISTED)
        desk.page.get_by_text(online).wait_for()
        told = desk.text()
        assert (refer in told, age in told, LISTED in told) == (True, True, False)
    scan(desk, LISTED)
    text = desk.text()
    assert (refer in text, age in text, LISTED in text) == (True, True, False)
    sources = [list(one.answers.values_list("source", flat=True)) for one in Query.objects.order_by("id")]
    assert sources == [["offline", "online"], ["offline"]]


def test_a_slow_online_side_holds_no_officer(door: Door, tmp_path: Path) -> None:
    make_point()
    allow()
    put_copy(tmp_path, timezone.now(), age=dt.timedelta(hours=3))
    desk = door.open(officer(Role.FIRST_LINE))
    bare = door.open(officer(Role.FIRST_LINE), java_script_enabled=False)
    with connected() as simulator:
        simulator.fault, simulator.slow_seconds = Fault.SLOW, 3.0
        scan(desk, "AC0000009")
        told = desk.text()
        assert ("ASKING" in told, "3 hours old" in told, "NOTHING REPORTED" in told) == (True, True, True)
        assert Query.objects.get().state == "asking"
        bare.go(desk.at())
        for one in (desk, bare):  # one is fetched anew by itself, the other by the browser
            one.page.locator("h1", has_text="NOTHING REPORTED").wait_for()
    told = desk.text()
    assert ("INTERPOL's side, online" in told, "3 hours old" in told) == (True, True)


def test_a_hit_is_confirmed_before_anything_rests_on_it(door: Door, tmp_path: Path) -> None:
    make_point()
    allow()
    put_copy(tmp_path, timezone.now())
    scan(door.open(officer(Role.FIRST_LINE)), LISTED)
    desk = door.open(officer(Role.SECOND_LINE))
    row = HitConfirmation.objects.get()
    desk.go("/interpol_hits/").follow(f"main a:has-text('{row.number}')")
    assert "The owner has not confirmed the record" in desk.text()
    desk.follow("main button:has-text('Ask the owner')")
    desk.page.fill("#country", "KGZ")
    desk.follow("main button:has-text('confirmed')")
    desk.page.select_option("#act", "document_seized")
    desk.follow("main button:has-text('Save')")
    desk.page.fill("#note", "Handed to the police of the town")
    desk.follow("main button:has-text('Close')")
    told = desk.text()
    assert [one in told for one in ("document seized", "Handed to the police of the town")] == [True, True]
    assert f"{row.number}" not in desk.go("/interpol_hits/").text()


def test_a_town_is_registered_asks_and_is_counted(door: Door, tmp_path: Path) -> None:
    allow()
    put_copy(tmp_path, timezone.now())
    make_office("kordai", latitude=43.0, longitude=74.7, coordinate_error_km=1.0)
    chief = door.open(officer(Role.SUPERVISOR))
    chief.go("/interpol/").follow("main a:has-text('Register')")
    chief.send(code="KZ-KOR", kind="crossing", office="kordai")
    chief.follow("main button:has-text('Approve')")
    scan(door.open(officer(Role.FIRST_LINE)), "AC0000009")
    chief.go("/interpol/")
    assert "0 of 1" in chief.text()
    chief.follow("main a:has-text('KZ-KOR'), main td a").follow("main button:has-text('Test is passed')")
    assert "1 of 1" in chief.go("/interpol/").text()
    assert "Office kordai" in chief.go("/map/").text()


def test_the_bureau_answers_on_a_page_that_nobody_touches(door: Door, tmp_path: Path) -> None:
    node = agree(PartnerNode("KG-NCB-1", tmp_path, timezone.now().replace(microsecond=0)))
    put_copy(tmp_path, timezone.now(), age=dt.timedelta(hours=50))
    desk = scan(door.open(officer(Role.FIRST_LINE)), "AC0000009")
    assert ("ASK AGAIN" in desk.text(), "waiting" in desk.text()) == (True, True)
    [question] = sent(node, "interpol.query")
    taken(node, said(node, "interpol.answer", FRESH, lane=Lane.ANSWER, re=question.id))
    desk.page.locator("h1", has_text="NOTHING REPORTED").wait_for()
