"""Shifts: one at a time, changed where they are, ended with what was done; and which places an officer may choose."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from tests.factories import acting, make_agency, make_country, make_crossing, make_office
from tests.lists_made import put_list

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Check, Shift
from elchi.node.checks.queries import crossings_for, offices_for, open_shift
from elchi.node.checks.services import end_shift, start_shift, submit_check
from elchi.node.officers.rules import Role
from elchi.subjects import Document

STRANGER = Document(document_number="ZZ7654321")


def test_what_is_said_once_is_on_every_check(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["Somebody Invented"]}})
    by = acting(Role.FIRST_LINE)
    crossing, office = make_crossing(), make_office("post-2")
    start_shift(by=by, purpose="customs_check", direction="exit", crossing_code=crossing.code, office_code=office.code)
    submit_check(by=by, subjects=[STRANGER])
    check = Check.objects.get()
    assert (check.purpose, check.direction, check.crossing, check.office) == (
        "customs_check", "exit", crossing, office,
    )  # fmt: skip


def test_a_change_holds_for_the_shift_that_is_on() -> None:
    by = acting(Role.FIRST_LINE)
    first = start_shift(by=by, purpose="border_check", direction="entry")
    second = start_shift(by=by, purpose="border_check", direction="exit")
    assert (first.pk, Shift.objects.count(), second.direction) == (second.pk, 1, "exit")
    assert [line.detail["direction"] for line in AuditLine.objects.order_by("sequence")] == ["entry", "exit"]


def test_a_shift_ends_with_what_was_done(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["Somebody Invented"]}})
    by = acting(Role.FIRST_LINE)
    shift = start_shift(by=by, purpose="border_check", direction="entry")
    submit_check(by=by, subjects=[STRANGER])
    assert end_shift(by=by).pk == shift.pk
    assert AuditLine.objects.order_by("sequence").last().detail == {"verdicts": {"clear": 1, "review": 0, "stop": 0}}  # type: ignore[union-attr]
    assert open_shift(by) is None
    with pytest.raises(Conflict, match="no_shift"):
        end_shift(by=by)
    with pytest.raises(Conflict, match="no_shift"):
        submit_check(by=by, subjects=[STRANGER])


def test_a_forgotten_shift_is_over_and_a_new_one_may_begin() -> None:
    by = acting(Role.FIRST_LINE)
    with time_machine.travel(dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC), tick=False):
        forgotten = start_shift(by=by, purpose="border_check", direction="entry")
    with time_machine.travel(dt.datetime(2026, 11, 21, 1, tzinfo=dt.UTC), tick=False):
        assert open_shift(by) is None
        assert start_shift(by=by, purpose="border_check", direction="entry").pk != forgotten.pk
    forgotten.refresh_from_db()
    assert forgotten.ended_at == dt.datetime(2026, 11, 21, 1, tzinfo=dt.UTC)


def test_a_shift_is_of_known_things() -> None:
    by = acting(Role.FIRST_LINE)
    with pytest.raises(InvalidInput, match="purpose_unknown"):
        start_shift(by=by, purpose="curiosity", direction="entry")
    with pytest.raises(InvalidInput, match="direction_unknown"):
        start_shift(by=by, purpose="visa", direction="up")
    with pytest.raises(NotFound, match="crossing_unknown"):
        start_shift(by=by, purpose="visa", direction="entry", crossing_code="NOWHERE")
    with pytest.raises(NotFound, match="office_unknown"):
        start_shift(by=by, purpose="visa", direction="entry", office_code="nowhere")
    with pytest.raises(NotAllowed, match="right_missing"):
        start_shift(by=acting(Role.AUDITOR), purpose="visa", direction="entry")
    assert (Shift.objects.count(), AuditLine.objects.count()) == (0, 0)


def test_the_crossings_of_the_office_come_first_then_those_of_the_country() -> None:
    far = make_crossing("BCP050", name_a="Aaa", country_a=make_country("UZ"), country_b=make_country("TJ"))
    near, own = make_crossing("BCP002", name_a="Bbb"), make_crossing("BCP001", name_a="Ccc")
    make_crossing("BCP003", status="closed")
    by = acting(Role.FIRST_LINE)
    make_office().crossings.add(own)
    assert crossings_for(by) == [own, near, far]


def test_an_officer_serves_where_his_agency_is_present() -> None:
    by = acting(Role.FIRST_LINE)
    together = make_office("together", agency=make_agency("kz-customs", kind="customs"))
    together.agencies.add(make_agency())
    make_office("elsewhere", agency=make_agency("kz-police", kind="police"))
    make_office("shut", is_active=False)
    assert offices_for(by) == [make_office(), together]
