"""The auditor finds all look-ups of a number, those without a task, and verifies the whole."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from tests.browser.desk import Desk, Door
from tests.factories import acting, make_officer
from tests.lists_made import put_list

from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.audit.queries import KEY_FILE
from elchi.node.audit.services import sign_days
from elchi.node.checks.services import start_shift, submit_check
from elchi.node.here import here, keys_passphrase
from elchi.node.officers.rules import Role
from elchi.seal.keys import SigningKey
from elchi.subjects import Document

NUMBER = "AB1234567"


@pytest.fixture(params=[("en", True), ("ru", True), ("kk", True), ("ru", False)], ids=["en", "ru", "kk", "plain"])
def desk(door: Door, request: pytest.FixtureRequest) -> Desk:
    """The auditor's, in three languages, and without scripts."""
    language, scripts = request.param
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": [NUMBER]}}, action="stop")
    SigningKey.create(here().keys / KEY_FILE, keys_passphrase())
    asked = (Document(document_number=NUMBER),)
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(days=2)):
        submit_check(by=acting(Role.SECOND_LINE, name="curious"), subjects=asked, purpose="border_check")
    sign_days(by=NODE)
    by = acting(Role.FIRST_LINE, name="diligent")
    start_shift(by=by, purpose="border_check", direction="entry")
    submit_check(by=by, subjects=asked)
    submit_check(by=by, subjects=(Document(document_number="ZZ7654321"),))
    auditor = door.open(make_officer(Role.AUDITOR, language=language), java_script_enabled=scripts).go("/audit/")
    assert auditor.page.get_attribute("html", "lang") == language
    return auditor


def actors(desk: Desk) -> list[str]:
    return [row.split()[0] for row in desk.page.locator("table tbody td:nth-child(3)").all_inner_texts()]


def test_all_look_ups_of_one_number(desk: Desk) -> None:
    desk.send(mark=NUMBER.lower())
    assert NUMBER.lower() not in desk.page.url.lower()
    assert actors(desk) == ["diligent", "curious"]
    desk.follow("table tbody a")
    assert NUMBER not in desk.page.content()


def test_look_ups_without_a_task(desk: Desk) -> None:
    desk.follow("nav.tabs a[href='/audit/untasked/']")
    assert desk.page.locator("table tbody tr").all_inner_texts() == ["curious\tkz-border\t1"]
    desk.follow("table a")
    assert actors(desk) == ["curious"]


def test_the_whole_is_verified_and_a_changed_line_is_told(desk: Desk) -> None:
    desk.follow("nav.tabs a[href='/audit/days/']").follow("form[action='/audit/verify/'] button")
    assert desk.page.locator("main [role=alert]").count() == 0
    AuditLine.objects.filter(actor="curious").update(actor="somebody")
    desk.go("/audit/days/").follow("form[action='/audit/verify/'] button")
    assert desk.page.locator("main [role=alert] li").count() > 0
