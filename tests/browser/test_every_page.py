"""Every page of every role: read by machine as well as by eye, in light, dark and sun, wide and narrow."""

from __future__ import annotations

import pprint
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from tests.browser.desk import Desk, Door
from tests.browser.furnished import Furnished, furnish
from tests.browser.said import foreign, keys_without_words, texts_of
from tests.factories import PASSWORD

from elchi.console.frame import menu
from elchi.locale import Words
from elchi.modules.interpol.access_point import POINT_KINDS
from elchi.modules.interpol.pages.forms import COLUMNS
from elchi.modules.interpol.question import KINDS
from elchi.modules.operations.mandate import ACTS, WHERES
from elchi.node.checks.rules import PURPOSES
from elchi.node.officers.rules import Role, rights_table

LOOKS = (("light", 1280), ("dark", 390), ("sun", 1280), ("light", 390), ("dark", 1280), ("sun", 390))
MAX_PAGE = 60_000
_CODES = Words("ru").text("operations.mandate_hint", acts=list(ACTS), wheres=list(WHERES))
_RULES = Words("ru").text(
    "interpol.rules_hint", columns="; ".join(COLUMNS), points=", ".join(POINT_KINDS), kinds=", ".join(KINDS),
    purposes=", ".join(PURPOSES),
)  # fmt: skip
PROPER = {"English", "JSON Lines", "Kaindy railway crossing", _CODES, _RULES}
"""Names that are the same in all languages, or known in one only; a sentence that tells codes."""
_AXE = Axe()
_CUT = "[...document.querySelectorAll('.plot')].some(one => one.scrollWidth > one.clientWidth + 1)"
"""A chart is moved sideways on a telephone; on a screen it is seen whole."""
_WIDER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const out = [...document.querySelectorAll("main *")].filter(one => one.getBoundingClientRect().right > width + 1
    && !one.closest(".scroll, .plot, .map, .tabs, .mrz, .slip, svg"));
  return out.map(one => one.outerHTML.slice(0, 160)).slice(-3).join(" | ") || "somewhere";
}"""


@pytest.fixture
def furnished(door: Door, tmp_path: Path) -> Furnished:
    return furnish(tmp_path)


def faults_of(desk: Desk, path: str, theme: str, width: int) -> list[str]:
    """Open a page and give what is wrong with it."""
    answer = desk.page.goto(desk.home + path)
    assert answer is not None
    faults = [] if len(answer.body()) < MAX_PAGE else [f"{len(answer.body())} bytes"]
    faults += [f"no words for {key}" for key in keys_without_words(texts_of(desk.page))]
    for wide in (1024, 390):
        desk.page.set_viewport_size({"width": wide, "height": 800})
        if over := desk.page.evaluate(_WIDER):
            faults.append(f"too wide at {wide}: {over}")
        if wide == 1024 and desk.page.evaluate(_CUT):
            faults.append("a chart is cut")
    desk.page.set_viewport_size({"width": width, "height": 800})
    desk.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    desk.press("Tab")
    first = desk.page.evaluate("document.activeElement.className")
    if first != "skip" and not desk.page.locator("[autofocus]").count():
        faults.append(f"the first stop is {first}")
    found: dict[str, Any] = _AXE.run(desk.page).response
    faults += [
        f"{one['id']}: {'; '.join(node['html'][:160] for node in one['nodes'][:3])}" for one in found["violations"]
    ]
    return faults


@pytest.mark.parametrize("role", list(Role))
def test_no_fault_on_any_page_of_a_role(door: Door, furnished: Furnished, role: Role) -> None:
    desk = door.open(furnished.officers[role])
    lines = [one for one in menu() if role in sorted(rights_table()[one.right])[:3]]  # three look at each
    paths = list(dict.fromkeys(("/", *(reverse(one.address) for one in lines), *furnished.pages[role])))
    told = {}
    for number, path in enumerate(paths, list(Role).index(role)):
        theme, width = LOOKS[number % len(LOOKS)]
        if faults := faults_of(desk, path, theme, width):
            told[f"{path} {theme} {width}"] = faults
    assert told == {}, pprint.pformat(told, width=200)


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_no_fault_at_the_door(door: Door, theme: str, width: int) -> None:
    desk = door.open()
    assert faults_of(desk, "/accounts/login/", theme, width) == []
    desk.send(login="nobody", password=PASSWORD)
    assert _AXE.run(desk.page).violations_count == 0


def test_pages_are_russian_throughout(door: Door, furnished: Furnished) -> None:
    told = {}
    for role, officer in furnished.officers.items():
        type(officer).objects.filter(pk=officer.pk).update(language="ru")
        desk = door.open(officer)
        for path in furnished.pages[role]:
            desk.go(path)
            if found := foreign(set(texts_of(desk.page)) - PROPER, own="ru", others=["en"]):
                told[path] = found
        desk.page.context.close()
    assert told == {}, pprint.pformat(told, width=200)
