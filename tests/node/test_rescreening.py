"""A new version of a list and those who were checked before it came."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import acting, make_agency
from tests.lists_made import put_list

from elchi.errors import NotFound
from elchi.lists import Store
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Alert, Check, FoundEntry, Retention
from elchi.node.checks.services import judge_finding, rescreen_checks, rescreen_pending, submit_check
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.node.watchlists.models import OwnEntry, Version
from elchi.node.watchlists.own import OwnDraft
from elchi.node.watchlists.services import create_entry, withdraw_entry
from elchi.subjects import Document, Person, Vehicle

HOLDER = Person(name="Gulnora Rahimova", documents=(Document(document_number="QQ5550001", issuer="TJK"),))
OTHER = Document(document_number="ZZ7654321")
FIRST = {"a-1": {"name": ["Bektur Asanov"], "passportNumber": ["AA1110001"]}}
SECOND = {**FIRST, "b-1": {"name": ["RAHIMOVA, Gulnora"], "passportNumber": ["QQ5550001"]}}


def bring(entries: Mapping[str, Mapping[str, Sequence[str]]], name: str = "wanted", **rules: Any) -> int:
    """Put a version into force, with its row; give its number."""
    row = put_list(name, entries, **{"action": "stop", **rules})
    number = Store(here().lists).current(name).version
    Version.objects.filter(watchlist=row, state="in_force").update(state="replaced")
    Version.objects.create(watchlist=row, number=number, state="in_force", loaded_by="k")
    return number


@pytest.fixture
def by() -> Acting:
    return acting(Role.SECOND_LINE)


@pytest.fixture(autouse=True)
def _first(node_home: Path) -> None:
    rescreen_checks(watchlist="wanted", version=bring(FIRST))


def passes(by: Acting, *subjects: Any) -> Check:
    return submit_check(by=by, subjects=subjects, purpose="border_check").check


def test_a_check_that_kept_only_marks_is_met_by_its_mark(by: Acting) -> None:
    check = passes(by, HOLDER)
    passes(by, OTHER)
    assert (check.verdict, check.subjects) == ("clear", None)
    number = bring(SECOND)
    assert rescreen_checks(watchlist="wanted", version=number) == 1
    found = FoundEntry.objects.get()
    assert (found.owner, found.entry, found.version, found.came_later, found.state, found.band) == (
        check, "b-1", number, True, "open", "stop",
    )  # fmt: skip
    assert [(one["code"], one["asked"]) for one in found.reasons] == [("key_same", "QQ5550001")]
    assert [(one.kind, one.finding, one.agency) for one in Alert.objects.all()] == [("came_later", found, None)]
    check.refresh_from_db()
    assert (check.verdict, check.keep_until) == ("clear", check.at + dt.timedelta(days=365))
    line, last = list(AuditLine.objects.order_by("sequence"))[-2:]
    assert (line.verb, line.actor, line.on, line.subject) == (
        "checks.rescreen_checks", "node", f"check:{check.pk}", check.marks[0],
    )  # fmt: skip
    assert (last.on, last.detail) == (
        "list:wanted", {"version": number, "checked": 2, "found": 1, "unreadable": 0},
    )  # fmt: skip


def test_a_check_that_kept_its_subject_is_met_by_name_too(by: Acting) -> None:
    Retention.objects.create(by="s", clear_subject_hours=24)
    check = passes(by, Person(name="Gulnora Rahimova"), Vehicle(plate="777ABC01"))
    assert rescreen_checks(watchlist="wanted", version=bring(SECOND)) == 1
    found = FoundEntry.objects.get()
    assert (found.owner, found.entry, found.came_later, found.caption) == (check, "b-1", True, "RAHIMOVA, Gulnora")


def test_an_entry_that_was_changed_finds_and_one_that_stayed_does_not_again(by: Acting) -> None:
    known = passes(by, Document(document_number="AA1110001"))
    later = passes(by, OTHER)
    changed = {"a-1": {"name": ["Bektur Asanov"], "passportNumber": ["AA1110001", "ZZ7654321"]}}
    assert rescreen_checks(watchlist="wanted", version=bring(changed)) == 1
    assert [(one.owner, one.came_later) for one in FoundEntry.objects.order_by("pk")] == [(known, False), (later, True)]


def test_doing_it_twice_finds_nothing_twice(by: Acting) -> None:
    passes(by, HOLDER)
    number = bring(SECOND)
    rescreen_checks(watchlist="wanted", version=number)
    assert (rescreen_checks(watchlist="wanted", version=number), FoundEntry.objects.count()) == (0, 1)
    with pytest.raises(NotFound):
        rescreen_checks(watchlist="wanted", version=number - 1)


def test_a_run_that_was_cut_off_goes_on_where_it_was(by: Acting) -> None:
    passed, waiting = passes(by, HOLDER), passes(by, HOLDER)
    number = bring(SECOND)
    Version.objects.filter(number=number).update(rescreened_to=passed.pk)
    assert rescreen_checks(watchlist="wanted", version=number) == 1
    assert FoundEntry.objects.get().owner == waiting
    assert Version.objects.get(number=number).rescreened_to == 0


def test_a_check_made_against_the_new_version_is_not_screened_again(by: Acting) -> None:
    number = bring(SECOND)
    check = passes(by, HOLDER)
    FoundEntry.objects.all().delete()
    assert (check.lists, rescreen_checks(watchlist="wanted", version=number)) == ({"wanted": number}, 0)


def test_what_is_remembered_does_not_alarm_again(by: Acting) -> None:
    bring(SECOND)
    found = FoundEntry.objects.get(owner=passes(by, HOLDER))
    judge_finding(by=by, finding_id=found.pk, outcome="negative", reason="Another birth place.")
    other = {**SECOND, "c-1": {"name": ["X Y"], "passportNumber": ["CC1110001"]}}
    check = passes(by, HOLDER)
    FoundEntry.objects.filter(owner=check).delete()
    rescreen_checks(watchlist="wanted", version=bring({**other, "b-1": {**SECOND["b-1"], "gender": ["female"]}}))
    assert [one.state for one in FoundEntry.objects.filter(owner=check)] == ["remembered"]
    assert Alert.objects.count() == 0


def test_a_discreet_finding_is_told_to_its_owner_alone(by: Acting) -> None:
    security = make_agency("kz-security", kind="security")
    passes(by, HOLDER)
    rescreen_checks(watchlist="watch", version=bring(SECOND, "watch", action="discreet", owner=security))
    assert [(one.kind, one.agency) for one in Alert.objects.all()] == [("discreet", security)]


def test_a_list_finds_only_for_agencies_and_purposes_that_may_use_it(by: Acting) -> None:
    passes(by, HOLDER)
    assert rescreen_checks(watchlist="police", version=bring(SECOND, "police", agencies=["kz-police"])) == 0
    assert rescreen_checks(watchlist="visas", version=bring(SECOND, "visas", purposes=["visa"])) == 0
    assert rescreen_checks(watchlist="all", version=bring(SECOND, "all")) == 1


def test_what_retention_is_about_to_remove_is_left_alone(by: Acting) -> None:
    passes(by, HOLDER)
    Check.objects.update(keep_until=timezone.now() - dt.timedelta(minutes=1))
    assert rescreen_checks(watchlist="wanted", version=bring(SECOND)) == 0


def test_versions_that_were_replaced_before_their_turn_are_not_lost(by: Acting) -> None:
    passes(by, HOLDER)
    bring(SECOND)
    number = bring({**SECOND, "c-1": {"name": ["X Y"], "passportNumber": ["CC1110001"]}})
    assert rescreen_pending(by=NODE) == 0  # other processes may not have seen the version yet
    before = time.time() - 60
    os.utime(here().lists / "wanted" / "current", (before, before))
    assert (rescreen_pending(by=NODE), rescreen_pending(by=NODE)) == (1, 0)
    assert FoundEntry.objects.get().version == number
    assert Version.objects.filter(rescreened_at=None).count() == 0


def test_many_clear_checks_take_seconds(by: Acting) -> None:
    marks = passes(by, HOLDER).marks
    terms: dict[str, Any] = {
        "officer": by.officer, "purpose": "border_check", "via": "console", "kind": "document", "took_ms": 1.0,
        "verdict": "clear", "lists": {"wanted": 1}, "keep_until": timezone.now() + dt.timedelta(days=30),
    }  # fmt: skip
    Check.objects.bulk_create((Check(marks=[f"{number:032x}"], **terms) for number in range(19_999)), batch_size=5000)
    Check.objects.create(marks=marks, **terms)
    number = bring(SECOND)
    began = time.perf_counter()
    assert rescreen_checks(watchlist="wanted", version=number) == 2
    assert time.perf_counter() - began < 5


def test_an_own_entry_finds_who_passed_before_also_when_its_list_began_anew() -> None:
    writer = acting(Role.SUPERVISOR)
    basis: dict[str, Any] = {
        "legal_basis": "Order 12",
        "authority": "Prosecutor",
        "expires_date": timezone.localdate() + dt.timedelta(9),
    }

    def put(number: str) -> OwnEntry:
        draft = OwnDraft(schema="Passport", properties={"number": (number,)}, action="stop", **basis)
        return create_entry(by=writer, draft=draft)

    first = put("CC1110001")
    check = passes(writer, HOLDER)
    withdraw_entry(by=writer, key=first.key, reason="Found.")
    made = put("QQ5550001")
    assert check.lists[made.watchlist_id] == Version.objects.get(state="in_force", watchlist=made.watchlist).number
    before = time.time() - 60
    os.utime(here().lists / made.watchlist_id / "current", (before, before))
    assert rescreen_pending(by=NODE) == 1
    assert (FoundEntry.objects.get().owner, FoundEntry.objects.get().entry) == (check, made.key)
