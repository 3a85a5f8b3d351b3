"""A list comes into force by two officers; an entry of one's own is found by the next check."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.browser.desk import Desk, Door
from tests.factories import make_officer
from tests.lists_made import put_list

from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.officers.rules import Role
from elchi.node.watchlists.services import load_queued

TABLE = "№;ФИО;Дата рождения;Паспорт\n1;Тестов Байкал;09.04.1981;N1000010\n2;Проба Шамал;1982;N1000020\n"


@pytest.fixture
def keeper(door: Door) -> Desk:
    put_list("other", {"o-1": {"name": ["Nobody Atall"]}})
    return list_keeper(door, "en")


def list_keeper(door: Door, language: str, **window: Any) -> Desk:
    return door.open(make_officer(Role.LIST_KEEPER, language=language), **window)


def load(desk: Desk, table: str) -> Desk:
    desk.go("/lists/list/wanted/load/")
    file = {"name": "розыск.csv", "mimeType": "text/csv", "buffer": table.encode()}
    desk.page.set_input_files("[name=file]", file)  # type: ignore[arg-type]
    desk.page.select_option("[name=format]", "csv")
    desk.follow("main form button.btn")
    assert desk.at() == "/lists/list/wanted/columns/"
    guessed = [desk.page.locator(f"[name=column{number}]").input_value() for number in range(4)]
    assert guessed == ["id", "name", "birthDate", "passportNumber"]
    desk.follow("main form button.btn")
    assert load_queued(by=NODE) == 1
    return desk.go(desk.at())


def verdict_of(door: Door, text: str) -> str:
    desk = door.open(make_officer(Role.FIRST_LINE, language="en")).go("/check/")
    desk.send(purpose="border_check", direction="entry")
    desk.led(lambda: desk.type_fast(text).press("Enter"))
    return desk.text("h1.word")


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("ru", True), ("kk", True), ("ru", False)])
def test_a_list_is_loaded_by_one_and_approved_by_another(door: Door, language: str, *, scripts: bool) -> None:
    put_list("other", {"o-1": {"name": ["Nobody Atall"]}})
    keeper = list_keeper(door, language, java_script_enabled=scripts)
    keeper.go("/lists/").follow("main a[href='/lists/new/']")
    keeper.send(title="Wanted", name="wanted", origin="national", action="stop")
    assert keeper.at() == "/lists/list/wanted/load/"
    load(keeper, TABLE)
    version = keeper.at()
    assert keeper.page.locator("a[href$='/approve/']").count() == 0  # who loads does not approve
    assert verdict_of(door, "N1000010") == "NOTHING KNOWN"
    chief = door.open(make_officer(Role.SUPERVISOR, language=language), java_script_enabled=scripts).go("/lists/")
    assert chief.page.get_attribute("html", "lang") == language
    chief.follow(f"table a[href='{version}']")
    chief.follow("a[href$='/approve/']").follow("main form button.btn")
    assert verdict_of(door, "N1000010") == "STOP"
    load(keeper, TABLE.replace("Проба Шамал", "Пробин Шамал") + "3;Сынак Кобыз;1983;N1000030\n")
    chief.go(keeper.at())
    assert (chief.text("del"), chief.text("ins")) == ("Проба Шамал", "Пробин Шамал")
    assert "Сынак Кобыз" in chief.text("table")
    assert "Тестов Байкал" not in chief.text()
    chief.follow("nav.tabs a[href*='kind=added']")
    assert "Пробин" not in chief.text("table")
    verbs = AuditLine.objects.filter(verb__in=("watchlists.load_list", "watchlists.approve_version"))
    told = [line.verb.split(".")[1] for line in verbs.order_by("sequence")]
    assert told == ["load_list", "approve_version", "load_list"]


def test_the_next_check_finds_an_own_entry(door: Door, keeper: Desk) -> None:
    assert verdict_of(door, "05 KG 321 DEM") == "NOTHING KNOWN"
    keeper.go("/lists/own/new/?schema=Vehicle")
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    keeper.page.fill("[name=registrationNumber]", "05 KG 321 DEM")
    keeper.send(action="stop", legal_basis="Invented order 117", authority="Invented police", expires_date=until)
    assert keeper.at().startswith("/lists/own/KZ-KOR-1-E-")
    assert verdict_of(door, "05 KG 321 DEM") == "STOP"
    keeper.follow("a[href$='/withdraw/']").send(reason="The car was found.")
    assert verdict_of(door, "05 KG 321 DEM") == "NOTHING KNOWN"
