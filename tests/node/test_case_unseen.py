"""A case that an officer does not see answers as one that is not there: whatever he asks for, by page or program."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import pytest
from django.test import Client
from tests.api_calls import caller
from tests.factories import acting, make_agency, make_officer, signed_in

from elchi.errors import NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.cases import services
from elchi.node.cases.models import Case, CaseEvent
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Role

READ: Final = (
    "/cases/{case}/", "/cases/{case}/subjects/", "/cases/{case}/files/", "/cases/{case}/tasks/",
    "/cases/{case}/people/", "/cases/{case}/links/", "/cases/{case}/print/", "/cases/{case}/change/",
    "/cases/{case}/move/", "/cases/files/{file}/", "/cases/files/{file}/save/",
    "/api/v1/cases/{case}",
)  # fmt: skip
CHANGED: Final[dict[str, dict[str, Any]]] = {
    "/cases/{case}/": {"text": "A note"},
    "/cases/{case}/subjects/": {"kind": "person", "name": "Testov"},
    "/cases/{case}/tasks/": {"text": "Call"},
    "/cases/{case}/people/": {"officer": "chief"},
    "/cases/{case}/links/": {"number": "1", "reason": "Same car"},
    "/cases/{case}/change/": {"title": "Ours"},
    "/cases/{case}/move/": {"to": "in_work"},
    "/cases/{case}/export/": {"form": "pdf"},
    "/cases/{case}/people/release/": {"officer": "chief"},
    "/cases/{case}/links/{other}/remove/": {},
    "/cases/files/{file}/remove/": {"reason": "x"},
    "/cases/tasks/{task}/": {"to": "done"},
    "/api/v1/cases/{case}/notes": {"text": "A note"},
    "/api/v1/cases/{case}/moves": {"to": "in_work"},
}
NOBODYS: Final = {"case": 7007, "other": 7008, "file": 7009, "task": 7010}


@pytest.fixture
def ids() -> dict[str, int]:
    """A case with one of each in it, led by an officer of whom the others know nothing."""
    by = acting(Role.SECOND_LINE, name="chief")
    values: dict[str, Any] = {"threats": ["wanted_person"], "purpose": "border_check", "subjects": []}
    case, other = (services.open_case(by=by, title=title, **values) for title in ("Passport replaced", "Second"))
    task = services.add_task(by=by, case_id=case.pk, text="Ask the owner")
    file = services.add_file(by=by, case_id=case.pk, name="note.txt", chunks=[b"text"])
    services.link_cases(by=by, case_id=case.pk, other_id=other.pk, reason="Same car")
    return {"case": case.pk, "other": other.pk, "file": file.pk, "task": task.pk}


def told(answer: Any, ids: dict[str, int], address: str) -> tuple[int, str]:
    """Give what an answer says, without the address that was asked for and what is drawn by lot."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    asked = address.format(**ids)
    for one in (asked, quote(asked, safe=""), f'"case": {ids["case"]}', f'"case":{ids["case"]}'):
        text = text.replace(one, "...")
    return answer.status_code, text


def strangers() -> list[Officer]:
    """Officers of each role that works with cases, of this agency and of another one; and one with another role."""
    customs = make_agency("kz-customs", kind="customs")
    return [
        make_officer(Role.SECOND_LINE, language="en"),
        make_officer(Role.ANALYST, language="en"),
        make_officer(Role.LIST_KEEPER, language="en"),
        make_officer(Role.SUPERVISOR, agency=customs, language="en"),
    ]


def asks(officer: Officer, address: str) -> Client:
    return caller(officer=officer).client if address.startswith("/api/") else signed_in(Client(), officer)


@pytest.mark.parametrize("address", READ)
def test_reading_tells_nothing_of_it(ids: dict[str, int], address: str) -> None:
    for officer in strangers():
        client = asks(officer, address)
        seen, missing = (told(client.get(address.format(**one)), one, address) for one in (ids, NOBODYS))
        assert seen == missing
        assert seen[0] in (403, 404)
    assert not AuditLine.objects.filter(verb="cases.read_case").exists()
    who_leads = asks(Officer.objects.get(sign_in_name="chief"), address).get(address.format(**ids))
    assert who_leads.status_code == 200
    who_leads.close()


@pytest.mark.parametrize("address", CHANGED)
def test_changing_tells_nothing_of_it(ids: dict[str, int], address: str) -> None:
    events = CaseEvent.objects.count()
    for officer in strangers():
        client, said = asks(officer, address), CHANGED[address]
        kind: Any = {"content_type": "application/json"} if address.startswith("/api/") else {}
        seen, missing = (told(client.post(address.format(**one), said, **kind), one, address) for one in (ids, NOBODYS))
        assert seen == missing
        assert seen[0] in (403, 404)
    assert CaseEvent.objects.count() == events


def test_the_services_say_the_same_of_both(ids: dict[str, int]) -> None:
    by = acting(Role.SECOND_LINE)
    mine = services.open_case(by=by, title="Mine", threats=["drugs"], purpose="border_check", subjects=[])
    calls: tuple[Callable[[dict[str, int]], object], ...] = (
        lambda one: services.add_note(by=by, case_id=one["case"], text="x"),
        lambda one: services.add_file(by=by, case_id=one["case"], name="a.txt", chunks=[b"x"]),
        lambda one: services.link_cases(by=by, case_id=mine.pk, other_id=one["case"], reason="x"),
        lambda one: services.change_task(by=by, task_id=one["task"], to="done"),
        lambda one: services.read_file(by=by, file_id=one["file"]),
        lambda one: services.show_picture(by=by, file_id=one["file"]),
        lambda one: services.remove_file(by=by, file_id=one["file"], reason="x"),
    )
    for call in calls:
        refused = []
        for one in (ids, NOBODYS):
            with pytest.raises(NotFound) as error:
                call(one)
            refused.append((error.value.code, sorted(error.value.params)))
        assert refused[0] == refused[1]
    assert Case.objects.get(pk=ids["case"]).version == 1
