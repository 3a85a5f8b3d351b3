"""The answer of a partner appears on the officer's page, which he does not touch."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from tests.agreements_made import go, questions
from tests.browser.desk import Door
from tests.browser.test_check import first_line, on_shift, zone
from tests.factories import make_agency
from tests.lists_made import put_list
from tests.node.test_asking import CALLED, due, joined, reply, taken
from tests.partner_node import PartnerNode

FIELDS = {"person": {"family_name": go(), "documents.document_number": go()}}
STRANGER = zone(document_number="ZZ7654321", family_name="ESENOVA", given_names="AIDA", sex="F")


@pytest.fixture
def kg(door: Door, tmp_path: Path) -> PartnerNode:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"]}}, action="stop", owner=make_agency())
    return joined(PartnerNode("KG-AKJ-1", tmp_path, timezone.now()), grants=questions(FIELDS))


@pytest.mark.parametrize(("language", "waits", "says"), [("en", "on its way", "HIT"), ("ru", "в пути", "ЗНАЧИТСЯ")])
def test_a_hit_comes_to_the_page_by_itself(door: Door, kg: PartnerNode, language: str, waits: str, says: str) -> None:
    desk = on_shift(door.open(first_line(language)))
    for line in STRANGER[:-1]:
        desk.type_fast(line).press("Enter")
    desk.type_fast(STRANGER[-1])
    desk.led(lambda: desk.press("Enter"))
    address = desk.at()
    desk.page.get_by_text(waits).wait_for()
    _, question = kg.open(due()[-1])
    taken(kg, reply(kg, question, {"outcome": "hit", "reference": "R-77", "contact": CALLED}))
    desk.page.locator("#partners b", has_text=says).first.wait_for()
    assert desk.at() == address
    assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
