"""The check: what the officer is told, what is kept, and what nobody of the first line learns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from factories import acting, make_agency, make_crossing
from lists_made import put_list

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.audit.verbs import Verb
from elchi.node.checks.models import Alert, Check, FoundEntry, Judgement, RememberedNegative, Retention
from elchi.node.checks.services import read_check, start_shift, submit_check
from elchi.node.officers.rules import Role
from elchi.screening import Band
from elchi.subjects import Consignment, Document, Organisation, PartialDate, Person, Vehicle

WANTED = Person(name="Шарипзода Хуршед", birth_date=PartialDate(1980, 4, 9))
PASSPORT = Document(document_number="AB1234567")
STRANGER = Document(document_number="ZZ7654321")
WATCHED = Document(document_number="QQ5550001")


@pytest.fixture(autouse=True)
def _lists(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "birthDate": ["1980-04-09"],
                                "passportNumber": ["AB1234567"]}}, action="stop")  # fmt: skip
    put_list("watch", {"d-1": {"name": ["Rahimova, Gulnora"], "passportNumber": ["QQ5550001"]}}, action="discreet",
             owner=make_agency("kz-security", kind="security"))  # fmt: skip


def test_what_is_known_stops_the_traveller_and_is_kept() -> None:
    by = acting(Role.FIRST_LINE)
    shift = start_shift(by=by, purpose="border_check", direction="exit", crossing_code=make_crossing().code)
    answer = submit_check(by=by, subjects=[PASSPORT])
    check = Check.objects.get()
    assert (answer.verdict, [row.entry for row in answer.findings]) == (Band.STOP, ["w-1"])
    assert (check.verdict, check.direction, check.crossing, check.task) == (
        "stop", "exit", make_crossing(), f"shift:{shift.pk}",
    )  # fmt: skip
    assert check.subjects == [{"kind": "document", "document_number": "AB1234567"}]
    assert check.lists == {"wanted": 1, "watch": 1}
    row = FoundEntry.objects.get()
    assert (row.state, row.schema, row.action, row.due_at) == (
        "open", "Person", "stop", check.at + dt.timedelta(minutes=15),
    )  # fmt: skip
