"""The check: what the officer is told, what is kept, and what nobody of the first line learns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.factories import acting, make_agency, make_crossing
from tests.lists_made import put_list

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


def test_nothing_known_keeps_no_subject() -> None:
    by = acting(Role.FIRST_LINE)
    start_shift(by=by, purpose="border_check", direction="entry")
    answer = submit_check(by=by, subjects=[STRANGER])
    check = Check.objects.get()
    assert (answer.verdict, answer.findings, answer.notes) == (Band.CLEAR, (), ())
    assert (check.subjects, check.shown, check.kind) == (None, "••• 4321", "document")
    assert check.keep_until == check.at + dt.timedelta(days=30)
    kept = " ".join(str(value) for row in (check, AuditLine.objects.last()) for value in vars(row).values())
    assert "7654321" not in kept
    assert len(check.marks) == 1


def test_retention_in_force_says_what_stays() -> None:
    by = acting(Role.FIRST_LINE)
    start_shift(by=by, purpose="border_check", direction="entry")
    Retention.objects.create(by="s", clear_days=7, clear_subject_hours=2, finding_days=90)
    submit_check(by=by, subjects=[STRANGER])
    submit_check(by=by, subjects=[PASSPORT])
    clear, stop = Check.objects.order_by("id")
    assert clear.subjects == [{"kind": "document", "document_number": "ZZ7654321"}]
    assert (clear.keep_until, stop.keep_until) == (clear.at + dt.timedelta(days=7), stop.at + dt.timedelta(days=90))


def test_the_first_line_learns_nothing_of_a_discreet_entry() -> None:
    by = acting(Role.FIRST_LINE)
    start_shift(by=by, purpose="border_check", direction="entry")
    told = submit_check(by=by, subjects=[WATCHED])
    stranger = submit_check(by=by, subjects=[STRANGER])
    assert (told.verdict, told.findings, told.notes) == (stranger.verdict, stranger.findings, stranger.notes)
    assert told.lists == stranger.lists
    assert [age.name for age in told.lists] == ["wanted"]
    again = read_check(by=by, check_id=told.check.pk)
    assert (again.verdict, again.findings) == (Band.CLEAR, ())
    row = FoundEntry.objects.get()
    assert (row.entry, row.is_discreet, row.state, row.owner) == ("d-1", True, "open", told.check)
    alert = Alert.objects.get()
    assert (alert.kind, alert.finding, alert.agency) == ("discreet", row, make_agency("kz-security"))
    assert Check.objects.get(pk=told.check.pk).subjects == [{"kind": "document", "document_number": "QQ5550001"}]


def test_the_owner_sees_a_discreet_finding_beside_the_verdict() -> None:
    others = submit_check(by=acting(Role.SECOND_LINE), subjects=[WATCHED], purpose="border_check", task="case:3")
    assert (others.verdict, others.findings) == (Band.CLEAR, ())
    Alert.objects.all().delete()
    owners = acting(Role.SECOND_LINE, agency=make_agency("kz-security"))
    answer = submit_check(by=owners, subjects=[WATCHED], purpose="border_check", task="case:3")
    again = read_check(by=owners, check_id=answer.check.pk)
    for told in (answer, again):
        assert (told.verdict, [row.entry for row in told.findings]) == (Band.CLEAR, ["d-1"])
    assert Alert.objects.count() == 1
    assert [age.name for age in answer.lists] == ["wanted", "watch"]


def test_discreet_entries_push_none_out_of_sight() -> None:
    number = {"passportNumber": ["AB1234567"]}
    put_list("watch", {f"d-{n}": {"name": [f"Invented Person{n}"], **number} for n in range(30)}, action="discreet")
    answer = submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT], purpose="border_check")
    assert [row.entry for row in answer.findings] == ["w-1"]


def remember(expires: dt.timedelta = dt.timedelta(days=1), **given: Any) -> RememberedNegative:
    """Judge the holder of the passport not to be the one wanted."""
    submit_check(by=acting(Role.SECOND_LINE), subjects=[PASSPORT], purpose="border_check")
    finding = FoundEntry.objects.get()
    judgement = Judgement.objects.create(finding=finding, outcome="negative", reason="another person")
    return RememberedNegative.objects.create(
        mark=finding.owner.marks[0], watchlist="wanted", entry="w-1", judgement=judgement,
        expires_at=timezone.now() + expires, **given,
    )  # fmt: skip


def test_a_negative_judgement_stands_and_is_shown_as_such() -> None:
    remembered = remember()
    answer = submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT], purpose="border_check")
    assert (answer.verdict, answer.notes) == (Band.CLEAR, ("remembered",))
    (row,) = answer.findings
    assert (row.state, row.remembered, row.due_at, row.band) == ("remembered", remembered, None, "stop")
    assert Check.objects.get(pk=answer.check.pk).subjects is None


@pytest.mark.parametrize("given", [{"expires": dt.timedelta(days=-1)}, {"forgotten_at": timezone.now()}])
def test_a_negative_judgement_that_ended_no_longer_stands(given: dict[str, Any]) -> None:
    remember(**given)
    assert submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT], purpose="border_check").verdict is Band.STOP


def test_a_negative_judgement_holds_for_its_document_alone() -> None:
    remember()
    answer = submit_check(by=acting(Role.FIRST_LINE), subjects=[WANTED], purpose="border_check")
    assert answer.verdict is Band.STOP


def test_a_stale_list_is_told() -> None:
    put_list("wanted", {"w-2": {"name": ["Somebody Invented"]}}, issued=dt.date(2020, 1, 1), action="stop")
    answer = submit_check(by=acting(Role.FIRST_LINE), subjects=[STRANGER], purpose="border_check")
    assert (answer.notes, [age.is_stale for age in answer.lists]) == (("stale_list",), [True])


def test_each_check_is_one_line_of_the_audit() -> None:
    by = acting(Role.FIRST_LINE)
    shift = start_shift(by=by, purpose="border_check", direction="entry")
    answer = submit_check(by=by, subjects=[PASSPORT, Vehicle(plate="123 ABC 02")])
    line = AuditLine.objects.get(verb=Verb.SUBMIT_CHECK)
    assert (line.actor, line.on, line.subject, line.purpose, line.task, line.detail) == (
        by.name, f"check:{answer.check.pk}", answer.check.marks[0], "border_check", f"shift:{shift.pk}",
        {"verdict": "stop", "findings": 1},
    )  # fmt: skip


def test_a_check_that_cannot_be_written_down_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("elchi.node.checks.services.submit.record", fail)
    with pytest.raises(ZeroDivisionError):
        submit_check(by=acting(Role.FIRST_LINE), subjects=[WATCHED], purpose="border_check")
    assert (Check.objects.count(), FoundEntry.objects.count(), Alert.objects.count()) == (0, 0, 0)


def test_a_check_asks_the_database_little(django_assert_num_queries: Any) -> None:
    by = acting(Role.FIRST_LINE)
    start_shift(by=by, purpose="border_check", direction="entry", crossing_code=make_crossing().code)
    submit_check(by=by, subjects=[STRANGER])  # the lists are open
    lock = connection.vendor == "postgresql"  # writers of the audit queue there by a statement of their own
    with django_assert_num_queries(
        8 + lock
    ):  # shift, policy, agreements, check, last line, line, and a savepoint and its end
        submit_check(by=by, subjects=[STRANGER])
    with django_assert_num_queries(11 + lock):  # and remembered negatives, rules of the entries, findings
        submit_check(by=by, subjects=[PASSPORT])


def test_without_a_purpose_there_is_no_check() -> None:
    with pytest.raises(Conflict, match="no_shift"):
        submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT])
    with pytest.raises(InvalidInput, match="purpose_unknown"):
        submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT], purpose="curiosity")
    with pytest.raises(InvalidInput, match="direction_unknown"):
        submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT], purpose="visa", direction="up")
    with pytest.raises(NotFound, match="crossing_unknown"):
        submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT], purpose="visa", crossing="NOWHERE")
    assert Check.objects.count() == 0


def test_an_auditor_checks_nobody() -> None:
    with pytest.raises(NotAllowed, match="right_missing"):
        submit_check(by=acting(Role.AUDITOR), subjects=[PASSPORT], purpose="border_check")


@pytest.mark.parametrize("subjects", [[], [STRANGER] * 51, [Consignment(parties=(Organisation(name="Ltd"),) * 51)]])
def test_one_check_is_about_a_few_subjects(subjects: list[Any]) -> None:
    with pytest.raises(InvalidInput, match="subjects_count"):
        submit_check(by=acting(Role.FIRST_LINE), subjects=subjects, purpose="border_check")


def test_nothing_is_clear_by_omission() -> None:
    put_list("wanted", {"w-1": {"name": ["X Y"]}}, action="stop", agencies=["other"])
    put_list("watch", {"d-1": {"name": ["X Y"]}}, action="stop", purposes=["investigation"])
    with pytest.raises(Conflict, match="no_lists"):
        submit_check(by=acting(Role.FIRST_LINE), subjects=[STRANGER], purpose="border_check")


def test_a_check_of_another_officer_is_his_own() -> None:
    made = submit_check(by=acting(Role.FIRST_LINE), subjects=[PASSPORT], purpose="border_check").check
    with pytest.raises(NotFound, match="check_unknown"):
        read_check(by=acting(Role.FIRST_LINE), check_id=made.pk)
    assert not AuditLine.objects.filter(verb=Verb.READ_CHECK).exists()
    answer = read_check(by=acting(Role.SECOND_LINE), check_id=made.pk)
    assert (answer.verdict, len(answer.findings)) == (Band.STOP, 1)
    assert AuditLine.objects.get(verb=Verb.READ_CHECK).on == f"check:{made.pk}"
