"""Retention: what the policy lets go is removed, what an open case needs stays, and the audit tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.factories import acting
from tests.lists_made import put_list

from elchi.errors import InvalidInput, NotAllowed
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.cases.models import Case
from elchi.node.checks import retention
from elchi.node.checks.models import Check, FoundEntry, Judgement, Manifest, RememberedNegative, Retention
from elchi.node.checks.queries import retention_in_force
from elchi.node.checks.services import (
    apply_retention,
    change_retention,
    judge_finding,
    overrule_judgement,
    retain,
    submit_check,
)
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import ApiToken, KeptAnswer, SignIn
from elchi.node.officers.rules import Role
from elchi.subjects import Document

START = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
STRANGER, WANTED = Document(document_number="ZZ7654321"), Document(document_number="AB1234567")
TERMS = {name: getattr(Retention(), name) for name in retention.LIMITS}


@pytest.fixture
def clock(node_home: Path) -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        put_list("wanted", {"w-1": {"name": ["A B"], "passportNumber": ["AB1234567"], "topics": ["wanted"]}})
        yield traveller


@pytest.fixture
def by(clock: Any) -> Acting:
    return acting(Role.SECOND_LINE)


@pytest.fixture
def supervisor(clock: Any) -> Acting:
    return acting(Role.SUPERVISOR)


def passes(by: Acting, subject: Document) -> Check:
    return submit_check(by=by, subjects=[subject], purpose="border_check").check


def removed(**expected: int) -> dict[str, int]:
    return dict.fromkeys(retention.REMOVED, 0) | expected


def after(clock: Any, **span: int) -> dict[str, int]:
    """Remove what may go so long after the start."""
    clock.move_to(START + dt.timedelta(**span))
    return apply_retention(by=NODE)


def test_checks_go_when_their_time_is_over_and_not_before(by: Acting, clock: Any) -> None:
    passes(by, STRANGER)
    passes(by, WANTED)
    assert after(clock, days=30, seconds=-1) == removed()
    assert after(clock, days=30) == removed(clear_checks=1)
    assert after(clock, days=365, seconds=-1) == removed()
    assert after(clock, days=365) == removed(checks_with_findings=1)
    assert (Check.objects.count(), FoundEntry.objects.count()) == (0, 0)


def test_the_subject_of_a_clear_check_goes_first(by: Acting, supervisor: Acting, clock: Any) -> None:
    change_retention(by=supervisor, terms=TERMS | {"clear_subject_hours": 12}, reason="Night shift asks back.")
    clear, found = passes(by, STRANGER), passes(by, WANTED)
    assert after(clock, hours=11) == removed()
    assert after(clock, hours=12) == removed(subjects=1)
    assert after(clock, hours=13) == removed()
    clear.refresh_from_db()
    found.refresh_from_db()
    assert (clear.subjects, len(clear.marks)) == (None, 1)
    assert found.subjects == [{"kind": "document", "document_number": "AB1234567"}]


def test_an_open_case_keeps_its_check_and_a_closed_one_lets_go(by: Acting, clock: Any) -> None:
    check = passes(by, WANTED)
    judge_finding(by=by, finding_id=check.findings.get().pk, outcome="positive", reason="Photo.")
    assert after(clock, days=400) == removed()
    Case.objects.update(state="closed", closed_at=timezone.now())
    assert after(clock, days=401) == removed(checks_with_findings=1)
    assert after(clock, days=400 + 1825) == removed()
    assert after(clock, days=400 + 1826) == removed(cases=1)
    assert Case.objects.count() == 0


def test_a_case_opened_from_a_check_keeps_it_too(by: Acting, clock: Any) -> None:
    check = passes(by, STRANGER)
    assert by.officer is not None
    case = Case.objects.create(
        title="x", threats=["other"], purpose="border_check", origin=f"check:{check.pk}",
        agency=by.officer.agency, office=by.officer.office,
    )  # fmt: skip
    assert after(clock, days=31) == removed()
    case.state = "closed"
    case.save()
    assert after(clock, days=32) == removed(clear_checks=1)


def test_a_remembered_negative_outlives_its_check_and_then_goes(by: Acting, supervisor: Acting, clock: Any) -> None:
    change_retention(by=supervisor, terms=TERMS | {"finding_days": 60, "negative_days": 90}, reason="Law of 2026.")
    check = passes(by, WANTED)
    judge_finding(by=by, finding_id=check.findings.get().pk, outcome="negative", reason="Stolen, returned.")
    assert after(clock, days=60) == removed(checks_with_findings=1)
    assert (Judgement.objects.count(), RememberedNegative.objects.get().judgement) == (0, None)
    assert passes(by, WANTED).findings.get().state == "remembered"
    assert after(clock, days=90) == removed(clear_checks=1, negatives=1)
    assert passes(by, WANTED).findings.get().state == "open"


def test_overruled_judgements_go_with_their_check(by: Acting, supervisor: Acting, clock: Any) -> None:
    finding = passes(by, WANTED).findings.get()
    first = judge_finding(by=by, finding_id=finding.pk, outcome="positive", reason="x")
    second = overrule_judgement(by=supervisor, judgement_id=first.pk, outcome="negative", reason="y")
    overrule_judgement(by=supervisor, judgement_id=second.pk, outcome="unsure", reason="z")
    Case.objects.update(state="closed", closed_at=timezone.now())
    assert after(clock, days=366) == removed(checks_with_findings=1, negatives=1)
    assert Judgement.objects.count() == 0


def test_manifests_go_with_their_files(clock: Any) -> None:
    folder = here().files / "manifests" / "7"
    folder.mkdir(parents=True)
    (folder / "list.csv").write_text("name\n")
    beside = here().files / "cases"
    beside.mkdir()
    terms = {"name": "list.csv", "size": 5, "digest": "0" * 64, "format": "csv", "purpose": "border_check"}
    Manifest.objects.create(file="manifests/7", state="done", **terms)
    Manifest.objects.create(file="manifests/8", state="running", **terms)
    Manifest.objects.create(file="../../keys", state="failed", **terms)
    assert after(clock, days=29) == removed()
    assert after(clock, days=30) == removed(manifests=2)
    assert (folder.exists(), beside.exists(), here().keys.exists()) == (False, True, True)
    assert [one.state for one in Manifest.objects.all()] == ["running"]


def test_sign_ins_and_kept_answers_go(by: Acting, clock: Any) -> None:
    SignIn.objects.create(sign_in_name="a", succeeded=True)
    assert by.officer is not None
    token = ApiToken.objects.create(
        officer=by.officer, name="t", prefix="p", hash="h", expires_at=START + dt.timedelta(days=90)
    )
    KeptAnswer.objects.create(token=token, key="k", request="r", status=200, body="{}")
    assert after(clock, hours=23) == removed()
    assert after(clock, days=1) == removed(kept_answers=1)
    assert after(clock, days=365) == removed(sign_ins=1)


def test_a_run_goes_in_batches_and_the_audit_adds_them_up(by: Acting, clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(retain, "BATCH", 2)
    for _ in range(5):
        passes(by, STRANGER)
    assert after(clock, days=30) == removed(clear_checks=5)
    lines = AuditLine.objects.filter(verb="checks.apply_retention")
    assert [line.detail["removed"] for line in lines.order_by("sequence")] == [
        {}, {"clear_checks": 2}, {"clear_checks": 2}, {"clear_checks": 1},
    ]  # fmt: skip
    assert after(clock, days=31) == removed()
    assert [(run.at, dict(run.removed)) for run in retention.past_runs()] == [
        (START + dt.timedelta(days=31), removed()), (START + dt.timedelta(days=30), removed(clear_checks=5)),
    ]  # fmt: skip


def test_a_policy_says_beforehand_what_it_would_remove_and_then_does(
    by: Acting, supervisor: Acting, clock: Any
) -> None:
    passes(by, STRANGER)
    passes(by, WANTED)
    clock.move_to(START + dt.timedelta(days=10))
    terms = TERMS | {"clear_days": 7, "finding_days": 8}
    told = retention.removals(Retention(**terms), timezone.now())
    assert told == removed(clear_checks=1, checks_with_findings=1)
    assert retention.removals(retention_in_force(), timezone.now()) == removed()
    change_retention(by=supervisor, terms=terms, reason="Order 12.")
    assert apply_retention(by=NODE) == told


def test_a_change_is_the_supervisors_and_is_written_down(by: Acting, supervisor: Acting, clock: Any) -> None:
    with pytest.raises(NotAllowed):
        change_retention(by=by, terms=TERMS, reason="x")
    policy = change_retention(by=supervisor, terms=TERMS | {"clear_days": 14}, reason=" Order 12. ")
    assert (retention_in_force(), policy.by, policy.reason) == (policy, supervisor.name, "Order 12.")
    line = AuditLine.objects.latest("sequence")
    assert (line.on, line.detail) == (
        f"retention:{policy.pk}", {"changed": {"clear_days": [30, 14]}, "reason": "Order 12."},
    )  # fmt: skip


@pytest.mark.parametrize(("changed", "reason", "field"), [
    ({"clear_days": 0}, "x", "clear_days"), ({"finding_days": 9999}, "x", "finding_days"), ({}, " ", "reason"),
    ({"clear_days": 1, "clear_subject_hours": 25}, "x", "clear_subject_hours"),
])  # fmt: skip
def test_what_no_policy_can_say(supervisor: Acting, changed: dict[str, int], reason: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        change_retention(by=supervisor, terms=TERMS | changed, reason=reason)
    assert (refused.value.code, refused.value.params["field"], Retention.objects.count()) == (
        "retention_invalid", field, 0,
    )  # fmt: skip
