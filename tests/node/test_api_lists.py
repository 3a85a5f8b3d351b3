"""Lists, their versions and own entries through the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.api_calls import Caller, caller
from tests.lists_made import put_list

from elchi.node.audit.models import AuditLine
from elchi.node.here import here
from elchi.node.officers.rules import Role
from elchi.node.watchlists import services
from elchi.node.watchlists.models import OwnEntry, Version

FTM = b'{"id":"n-1","schema":"Person","properties":{"name":["Karim Testov"]}}\n'
IN_A_MONTH = (timezone.now() + dt.timedelta(days=30)).date().isoformat()
DRAFT = {
    "schema": "Person",
    "properties": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"]},
    "action": "stop",
    "legal_basis": "Order 12",
    "authority": "Border Service",
    "expires_date": IN_A_MONTH,
}


def _upload(who: Caller, name: str, text: bytes = FTM, **form: str) -> Any:
    file = SimpleUploadedFile("wanted.ftm.json", text)
    return who.client.post(f"/api/v1/lists/{name}/versions", {"file": file, "format": "ftm", **form})


def _loaded(who: Caller, name: str, text: bytes = FTM) -> Any:
    """Hand in a file and let the worker read it."""
    answer = _upload(who, name, text)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert services.load_queued() == 1
    return who.get(f"/versions/{answer.json()['id']}").json()


def test_lists_tell_their_age_and_rules() -> None:
    put_list("un_sc", {"w-1": {"name": ["Karim Testov"]}}, title="United Nations", action="stop")
    keeper = caller(Role.LIST_KEEPER)
    (told,) = keeper.get("/lists").json()["items"]
    assert (told["name"], told["title"], told["action"], told["in_force"]["total"]) == (
        "un_sc", "United Nations", "stop", 1,
    )  # fmt: skip
    assert keeper.get("/lists/un_sc").json() == told
    missing = keeper.get("/lists/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "list_unknown")


def test_a_version_is_loaded_by_one_and_approved_by_another() -> None:
    keeper, other = caller(Role.LIST_KEEPER), caller(Role.LIST_KEEPER)
    offered = _loaded(keeper, "kz_wanted")
    assert (offered["state"], offered["total"], offered["lines_read"], offered["error"]) == ("waiting", 1, 1, None)
    own = keeper.post(f"/versions/{offered['id']}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    approved = other.post(f"/versions/{offered['id']}/approve").json()
    assert (approved["state"], approved["decided_by"]) == ("in_force", other.officer.sign_in_name)
    assert keeper.get(f"/versions/{offered['id']}").json() == approved
    assert keeper.get("/lists/kz_wanted/versions").json() == {"items": [approved], "next": None}
    again = other.post(f"/versions/{offered['id']}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "state_refuses")


def test_a_version_is_refused_with_a_reason() -> None:
    keeper, other = caller(Role.LIST_KEEPER), caller(Role.LIST_KEEPER)
    offered = _loaded(keeper, "kz_wanted")
    refused = other.post(f"/versions/{offered['id']}/reject", {"reason": "Wrong file"}).json()
    assert (refused["state"], refused["reason"]) == ("rejected", "Wrong file")


def test_a_broken_file_changes_nothing() -> None:
    keeper = caller(Role.LIST_KEEPER)
    told = _loaded(keeper, "kz_wanted", b"not json\n")
    assert (told["state"], told["error"]["code"], told["error"]["params"]["bad"]) == ("failed", "list_empty", 1)
    assert _upload(keeper, "kz_wanted", format="unknown").json()["code"] == "list_format"
    assert list((here().files / "lists").iterdir()) == []


def test_a_file_is_taken_back_until_it_is_read() -> None:
    keeper = caller(Role.LIST_KEEPER)
    offered = _upload(keeper, "kz_wanted").json()
    again = _upload(keeper, "kz_wanted")
    assert (again.status_code, again.json()["code"]) == (409, "version_waiting")
    assert keeper.post(f"/versions/{offered['id']}/cancel").json()["state"] == "cancelled"
    assert list((here().files / "lists").iterdir()) == []
    late = keeper.post(f"/versions/{_loaded(keeper, 'kz_wanted')['id']}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "state_refuses")


def test_who_may_not_load_is_refused() -> None:
    answer = _upload(caller(Role.SECOND_LINE), "kz_wanted")
    assert (answer.status_code, answer.json()["params"]) == (403, {"right": "list.load"})
    assert Version.objects.count() == 0


def test_reading_an_entry_is_written_down() -> None:
    put_list("un_sc", {"w/1": {"name": ["Karim Testov"]}})
    told = caller(Role.SECOND_LINE).get("/lists/un_sc/entries/w/1").json()
    assert told == {
        "list": "un_sc", "id": "w/1", "caption": "Karim Testov", "schema": "Person",
        "properties": {"name": ["Karim Testov"]},
    }  # fmt: skip
    assert AuditLine.objects.get(verb="watchlists.read_entry").on == "entry:un_sc:w/1"


def _found(who: Caller) -> list[str]:
    asked = {"subjects": [{"kind": "person", "name": "Karim Testov", "birth_date": "1961-04-09"}], "purpose": "visa"}
    return [one["entry"] for one in who.post("/checks", asked).json()["findings"]]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "e-1"}])
def test_an_own_entry_is_found_by_the_next_check_until_it_is_withdrawn(headers: dict[str, str]) -> None:
    put_list("un_sc", {"w-1": {"name": ["Somebody Else"]}})
    second = caller(Role.SECOND_LINE)
    answer = second.post("/entries", DRAFT, headers=headers)
    made = answer.json()
    assert (answer.status_code, made["state"], made["owner"], made["schema"]) == (
        201,
        "in_force",
        "kz-border",
        "Person",
    )
    assert _found(second) == [made["key"]]
    assert second.get(f"/entries/{made['key']}").json() == made
    assert second.get("/entries").json() == {"items": [made], "next": None}
    second.post("/entries", DRAFT, headers=headers)
    assert OwnEntry.objects.count() == (1 if headers else 2)
    gone = second.post(f"/entries/{made['key']}/withdraw", {"reason": "Found"})
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert made["key"] not in _found(second)


def test_nobody_writes_over_what_he_has_not_read() -> None:
    second = caller(Role.SECOND_LINE)
    made = second.post("/entries", DRAFT).json()
    read = second.get(f"/entries/{made['key']}")["ETag"]
    change = DRAFT | {"action": "refer", "reason": "Less urgent"}
    first = second.put(f"/entries/{made['key']}", change, headers={"If-Match": read})
    assert (first.status_code, first.json()["action"]) == (200, "refer")
    late = second.put(f"/entries/{made['key']}", change | {"action": "locate"}, headers={"If-Match": read})
    assert (late.status_code, late.json()["code"]) == (412, "entry_changed")
    assert OwnEntry.objects.get().action == "refer"


def test_discreet_entries_are_listed_for_their_owner_only() -> None:
    put_list("un_sc", {"w-1": {"name": ["Somebody Else"]}})
    second = caller(Role.SECOND_LINE)
    made = second.post("/entries", DRAFT | {"action": "discreet"}).json()
    assert [one["key"] for one in second.get("/entries").json()["items"]] == [made["key"]]
    narrow = caller(officer=second.officer, scopes=("list.see",))
    assert narrow.get("/entries").json()["items"] == []
    assert narrow.get(f"/entries/{made['key']}").status_code == 404
    first = caller(Role.FIRST_LINE)
    assert _found(first) == []
    assert first.get("/entries").status_code == 403
