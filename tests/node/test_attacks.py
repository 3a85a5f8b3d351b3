"""Ways around a rule that somebody tried at a running node; each worked once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.api_calls import caller
from tests.factories import acting, make_agency, make_officer, signed_in
from tests.lists_made import put_list

from elchi.errors import NotFound
from elchi.node.audit.actor import NODE
from elchi.node.checks.models import Check
from elchi.node.checks.queries import checks_seen_by, recent_checks
from elchi.node.checks.services import apply_retention, submit_check
from elchi.node.officers.rules import Role
from elchi.node.watchlists.offers import ListFile
from elchi.node.watchlists.own import OwnDraft
from elchi.node.watchlists.services import change_list, create_entry, load_list, remove_list, roll_back_list
from elchi.node.watchlists.services.rules_of_use import RulesOfUse
from elchi.subjects import Document

ME = "/officers/me/"
UNLOCK = "/accounts/reauthenticate/"


@pytest.mark.parametrize("header", ["Bearer x", "x", ""])
def test_no_header_opens_a_locked_screen(client: Client, header: str) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE)).post("/lock/")
    answer = client.get(ME, headers={"Authorization": header})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, UNLOCK)


@pytest.mark.parametrize(
    ("given", "first"),
    [({"must_change_password": True}, "/accounts/password/change/"), ({}, "/accounts/2fa/")],
)
def test_no_header_passes_over_what_comes_first(client: Client, given: dict[str, Any], first: str) -> None:
    client.force_login(make_officer(Role.SECOND_LINE, **given))
    answer = client.get(ME, headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer["Location"]) == (302, first)


def test_half_a_character_is_told_to_be_wrong() -> None:
    entry = {
        "schema": "Person", "properties": {"\ud800": ["x"]}, "action": "stop", "legal_basis": "x", "authority": "x",
        "expires_date": "2027-01-01",
    }  # fmt: skip
    answer = caller(Role.SUPERVISOR).post("/entries", entry)
    assert (answer.status_code, answer.json()["params"]["field"]) == (422, "\ud800")


@pytest.mark.parametrize(
    "path",
    ["/directory/agencies/%00", "/audit?actor=%00", "/entries?list=a%00b", "/cases?state=%00", "/findings?list=%00"],
)
def test_no_address_of_the_api_takes_nul(path: str) -> None:
    answer = caller(Role.AUDITOR).get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_unreadable")


def test_no_body_takes_nul() -> None:
    asked = {"subjects": [{"kind": "person", "name": "A"}], "purpose": "border_check", "crossing": "\0"}
    answer = caller(Role.FIRST_LINE).post("/checks", asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_unreadable")


@pytest.mark.parametrize("path", ["/lists/own/?list=%00", "/lists/list/un/entry/%00", "/cases/?text=%00"])
def test_no_address_of_the_console_takes_nul(client: Client, path: str) -> None:
    assert signed_in(client, make_officer(Role.SECOND_LINE)).get(path).status_code == 400


def test_no_form_takes_nul(client: Client) -> None:
    assert signed_in(client, make_officer(Role.FIRST_LINE)).post("/check/", {"q": "a\0b"}).status_code == 400


def test_a_list_keeper_cannot_change_a_discreet_list_of_another_agency(tmp_path: Path) -> None:
    put_list("watched", {"w1": {"name": ["Olim Testov"]}}, action="discreet", owner=make_agency("kz-security"))
    by, file = acting(Role.LIST_KEEPER), tmp_path / "list.csv"
    file.write_text("name\nAnother Testov\n", encoding="utf-8")
    for change in (
        lambda: change_list(by=by, name="watched", rules=RulesOfUse(title="Seen")),
        lambda: load_list(by=by, name="watched", file=ListFile(path=file, format="csv", called="list.csv")),
        lambda: roll_back_list(by=by, name="watched", to_version=1, reason="x"),
        lambda: remove_list(by=by, name="watched", reason="x"),
    ):
        with pytest.raises(NotFound, match="list_unknown"):
            change()


def test_a_check_that_met_a_discreet_entry_does_not_outlive_others_on_the_first_line() -> None:
    owner = make_agency("kz-security")
    put_list("watched", {"w1": {"passportNumber": ["QQ5550001"]}}, action="discreet", owner=owner)
    put_list("wanted", {"w2": {"passportNumber": ["AB1234567"]}}, action="stop")
    by = acting(Role.FIRST_LINE)
    met, found, clear = (
        submit_check(by=by, subjects=[Document(document_number=number)], purpose="border_check").check.pk
        for number in ("QQ5550001", "AB1234567", "ZZ7654321")
    )
    assert [row.pk for row in checks_seen_by(by)] == [clear, found, met]
    with time_machine.travel(timezone.now() + dt.timedelta(days=30, minutes=1), tick=False):
        apply_retention(by=NODE)
        assert set(Check.objects.values_list("pk", flat=True)) == {met, found}
        assert [row.pk for row in checks_seen_by(by)] == [found]
        assert [row.pk for row in recent_checks(by, 8)] == [found]


def test_a_discreet_entry_changes_nothing_that_others_are_told_of_the_list() -> None:
    agency, today = make_agency("kz-security"), timezone.localdate()
    by = acting(Role.SUPERVISOR, agency=agency)
    draft = OwnDraft(
        schema="Person", properties={"name": ("Olim Testov",)}, action="stop", legal_basis="x", authority="x",
        expires_date=today + dt.timedelta(days=9),
    )  # fmt: skip
    create_entry(by=by, draft=draft)
    first, other = caller(Role.FIRST_LINE), caller(Role.SUPERVISOR)
    asked = {"subjects": [{"kind": "document", "document_number": "ZZ7654321"}], "purpose": "border_check"}

    def told() -> list[Any]:
        lists = first.post("/checks", asked).json()["lists"]
        catalogs = [one.client.get("/match-api/catalog").json()["datasets"] for one in (first, other)]
        return [lists, *catalogs, other.get("/lists").json(), other.get("/lists/own-kz-security/versions").json()]

    before = told()
    create_entry(by=by, draft=dataclasses.replace(draft, action="discreet"))
    assert told() == before
