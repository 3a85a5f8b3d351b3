"""Cases: who sees and works on which, what is refused, and what the timeline and the audit keep."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.factories import acting, make_agency, make_officer

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.cases import queries, services
from elchi.node.cases.models import Case, CaseOfficer
from elchi.node.cases.rules import CLASSES
from elchi.node.cases.services import Head
from elchi.node.cases.states import CASE, REASONS, TASK, check_move
from elchi.node.officers.acting import Acting
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role
from elchi.subjects import Document, Person, Vehicle

PERSON = Person(name="Шарип Худайбердиев", documents=(Document(document_number="N04155218", issuer="KAZ"),))


def make_case(by: Acting | None = None, **given: Any) -> Case:
    values: dict[str, Any] = {
        "title": "Passport replaced", "threats": ["wanted_person"], "purpose": "border_check", "subjects": [PERSON],
        **given,
    }  # fmt: skip
    return services.open_case(by=by or acting(Role.SECOND_LINE), **values)


def head_of(case: Case, **changes: Any) -> Head:
    values = {name: getattr(case, name) for name in ("title", "threats", "classification", "handling", "due_at")}
    return Head(**{**values, **changes})


def verbs_of(case_id: int) -> list[str]:
    return list(AuditLine.objects.filter(on=f"case:{case_id}").order_by("sequence").values_list("verb", flat=True))


def test_who_opens_a_case_leads_it_and_writes_notes() -> None:
    by = acting(Role.SECOND_LINE)
    case = make_case(by, title=" Passport replaced ", threats=["other", "wanted_person"])
    services.add_note(by=by, case_id=case.pk, text="Fingerprints taken")
    assert (case.title, case.threats, case.number) == (
        "Passport replaced", ["wanted_person", "other"], f"KZ-KOR-1-C-{case.pk:04d}",
    )  # fmt: skip
    assert list(queries.open_cases_for(by)) == [case]
    assert [(person.officer, person.part) for person in case.people.all()] == [(by.officer, "lead")]
    assert [(event.kind, event.text) for event in case.events.all()] == [("note", "Fingerprints taken"), ("opened", "")]
    assert verbs_of(case.pk) == ["cases.open_case", "cases.add_note"]


TABLE = {
    # role: (classes seen, classes worked on) by an officer of the agency, and the same as a member
    Role.FIRST_LINE: ((), (), (), ()),
    Role.SECOND_LINE: ((), (), CLASSES, CLASSES),
    Role.ANALYST: (("open",), (), CLASSES, CLASSES),
    Role.SUPERVISOR: (CLASSES, CLASSES, CLASSES, CLASSES),
    Role.LIST_KEEPER: ((), (), (), ()),
    Role.AGREEMENT_KEEPER: ((), (), (), ()),
    Role.PROGRAMME: ((), (), (), ()),
    Role.AUDITOR: (CLASSES, (), CLASSES, ()),
    Role.ADMINISTRATOR: ((), (), (), ()),
}


@pytest.mark.parametrize(("role", "is_member"), list(product(Role, (False, True))))
def test_who_sees_and_works_on_which_case_of_his_agency(role: Role, *, is_member: bool) -> None:
    officer = make_officer(role)
    by = acting_of(officer, via="console")
    cases = {name: make_case(classification=name) for name in CLASSES}
    if is_member:
        for case in cases.values():
            CaseOfficer.objects.create(case=case, officer=officer)
    seen = {case.classification for case in queries.cases_for(by)}
    worked = {name for name, case in cases.items() if _worked(by, case)}
    at = 2 if is_member else 0
    assert (seen, worked) == (set(TABLE[role][at]), set(TABLE[role][at + 1]))
    for name, case in cases.items():
        assert _seen(by, case) == (name in seen)


@pytest.mark.parametrize(("role", "is_member"), list(product(Role, (False, True))))
def test_of_another_agency_only_an_auditor_sees_a_case_and_he_changes_nothing(role: Role, *, is_member: bool) -> None:
    officer = make_officer(role, agency=make_agency("kz-customs", kind="customs"))
    by = acting_of(officer, via="console")
    cases = [make_case(classification=name) for name in CLASSES]
    if is_member:
        for case in cases:
            CaseOfficer.objects.create(case=case, officer=officer)
    assert {case.pk for case in queries.cases_for(by)} == (
        {case.pk for case in cases} if role is Role.AUDITOR else set()
    )
    assert [_worked(by, case) for case in cases] == [False, False, False]


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_sees_no_case_whatever_else_he_is(role: Role) -> None:
    officer = make_officer(role, Role.ADMINISTRATOR)
    case = make_case(classification="open")
    CaseOfficer.objects.create(case=case, officer=officer)
    by = acting_of(officer, via="console")
    assert (list(queries.cases_for(by)), _seen(by, case), _worked(by, case)) == ([], False, False)


def _seen(by: Acting, case: Case) -> bool:
    try:
        return services.read_case(by=by, case_id=case.pk) == case
    except (NotAllowed, NotFound):
        return False


def _worked(by: Acting, case: Case) -> bool:
    try:
        services.add_note(by=by, case_id=case.pk, text="x")
    except (NotAllowed, NotFound):
        return False
    return True


def test_a_member_who_was_released_sees_it_no_longer() -> None:
    lead, other = acting(Role.SECOND_LINE), acting(Role.SECOND_LINE)
    case = make_case(lead)
    services.assign_officer(by=lead, case_id=case.pk, officer=other.name)
    services.add_task(by=lead, case_id=case.pk, text="Ask the owner", officer=other.name)
    assert _seen(other, case)
    services.release_officer(by=lead, case_id=case.pk, officer=other.name)
    assert not _seen(other, case)
    assert [task.officer for task in case.tasks.all()] == [None]


def test_a_case_always_has_one_lead() -> None:
    lead, other = acting(Role.SECOND_LINE), acting(Role.SECOND_LINE)
    case = make_case(lead)
    with pytest.raises(Conflict, match="case_needs_lead"):
        services.release_officer(by=lead, case_id=case.pk, officer=lead.name)
    with pytest.raises(Conflict, match="case_needs_lead"):
        services.assign_officer(by=lead, case_id=case.pk, officer=lead.name, part="member")
    services.assign_officer(by=lead, case_id=case.pk, officer=other.name, part="lead")
    assert {person.officer.sign_in_name: person.part for person in case.people.all()} == {
        lead.name: "member",
        other.name: "lead",
    }


@pytest.mark.parametrize("role", [Role.FIRST_LINE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_officers_of_the_agency_who_may_work_are_assigned(role: Role) -> None:
    lead = acting(Role.SECOND_LINE)
    case = make_case(lead)
    elsewhere = make_officer(Role.SECOND_LINE, agency=make_agency("kz-customs", kind="customs"))
    gone = make_officer(Role.SECOND_LINE, is_active=False)
    for officer in (make_officer(role), elsewhere, gone):
        with pytest.raises(InvalidInput, match="officer"):
            services.assign_officer(by=lead, case_id=case.pk, officer=officer.sign_in_name)


def test_a_case_has_a_title_and_a_threat_of_the_code_list() -> None:
    wrongs: list[dict[str, Any]] = [
        {"title": " "}, {"title": "x" * 201}, {"threats": []}, {"threats": ["theft"]}, {"classification": "secret"},
    ]  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            make_case(**wrong)
    assert (Case.objects.count(), AuditLine.objects.count()) == (0, 0)


def test_a_change_over_another_change_is_refused() -> None:
    by = acting(Role.SECOND_LINE)
    case = make_case(by)
    due_at = timezone.now() + dt.timedelta(hours=3)
    services.change_case(by=by, case_id=case.pk, version=1, head=head_of(case, title="Паспорт", due_at=due_at))
    with pytest.raises(Conflict, match="case_changed"):
        services.change_case(by=by, case_id=case.pk, version=1, head=head_of(case, title="Other"))
    case.refresh_from_db()
    assert (case.title, case.title_folded, case.due_at, case.version) == ("Паспорт", "паспорт", due_at, 2)
    services.change_case(by=by, case_id=case.pk, version=2, head=head_of(case))
    case.refresh_from_db()
    assert (case.version, verbs_of(case.pk)) == (2, ["cases.open_case", "cases.change_case"])


def test_the_states_of_a_case_are_a_table() -> None:
    assert {state: sorted(moves.values()) for state, moves in CASE.items()} == {
        "open": ["closed", "in_work", "waiting"],
        "in_work": ["closed", "waiting"],
        "waiting": ["closed", "in_work"],
        "closed": ["reopened"],
        "reopened": ["closed", "in_work", "waiting"],
    }
    for old, new in product(TASK, TASK):
        if new in TASK[old].values():
            check_move(TASK, old, new)
        else:
            with pytest.raises(Conflict, match="case_move_unknown"):
                check_move(TASK, old, new)


def test_closing_needs_a_reason_and_no_open_task_and_then_nothing_changes_until_it_is_reopened() -> None:
    by = acting(Role.SECOND_LINE)
    case = make_case(by)
    task = services.add_task(by=by, case_id=case.pk, text="Take fingerprints")
    services.move_case(by=by, case_id=case.pk, to="in_work")
    with pytest.raises(InvalidInput, match="reason"):
        services.move_case(by=by, case_id=case.pk, to="closed", reason="tired")
    with pytest.raises(Conflict, match="case_has_tasks"):
        services.move_case(by=by, case_id=case.pk, to="closed", reason="resolved")
    services.change_task(by=by, task_id=task.pk, to="done")
    closed = services.move_case(by=by, case_id=case.pk, to="closed", reason="resolved", note="Handed over at 14:00")
    assert (closed.state, closed.closing_reason, closed.closing_note) == ("closed", "resolved", "Handed over at 14:00")
    assert closed.closed_at is not None
    for change in (
        lambda: services.add_note(by=by, case_id=case.pk, text="x"),
        lambda: services.add_subject(by=by, case_id=case.pk, subject=PERSON),
        lambda: services.add_task(by=by, case_id=case.pk, text="x"),
        lambda: services.change_task(by=by, task_id=task.pk, to="open"),
        lambda: services.add_file(by=by, case_id=case.pk, name="a.txt", chunks=[b"text"]),
        lambda: services.change_case(by=by, case_id=case.pk, version=closed.version, head=head_of(case)),
        lambda: services.release_officer(by=by, case_id=case.pk, officer="x"),
        lambda: services.link_cases(by=by, case_id=case.pk, other_id=make_case(by).pk, reason="x"),
    ):
        with pytest.raises(Conflict, match="case_closed"):
            change()
    with pytest.raises(Conflict, match="case_move_unknown"):
        services.move_case(by=by, case_id=case.pk, to="in_work")
    again = services.move_case(by=by, case_id=case.pk, to="reopened")
    assert (again.closed_at, again.closing_reason, again.closing_note) == (None, "", "")


def test_reading_is_noted_once_in_ten_minutes_for_each_officer() -> None:
    by, auditor = acting(Role.SECOND_LINE), acting(Role.AUDITOR)
    case = make_case(by)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1), tick=False) as clock:
        for _ in range(3):
            services.read_case(by=by, case_id=case.pk)
        services.read_case(by=auditor, case_id=case.pk)
        clock.shift(dt.timedelta(minutes=10, seconds=1))
        services.read_case(by=by, case_id=case.pk)
    lines = AuditLine.objects.filter(verb="cases.read_case").order_by("sequence")
    assert [line.actor for line in lines] == [by.name, auditor.name, by.name]
    assert {line.subject for line in lines} == {AuditLine.objects.get(verb="cases.open_case").subject} != {""}


def test_every_verb_writes_one_line_of_the_audit_and_one_of_the_timeline() -> None:
    by, other = acting(Role.SECOND_LINE), acting(Role.SECOND_LINE)
    case, second = make_case(by), make_case(by)
    task = services.add_task(by=by, case_id=case.pk, text="Take fingerprints", officer=by.name)
    services.change_task(by=by, task_id=task.pk, to="dropped")
    services.add_subject(by=by, case_id=case.pk, subject=Vehicle(plate="010ABC02"), role="owner")
    services.assign_officer(by=by, case_id=case.pk, officer=other.name)
    services.release_officer(by=by, case_id=case.pk, officer=other.name)
    services.link_cases(by=by, case_id=case.pk, other_id=second.pk, reason="Same car")
    services.unlink_cases(by=by, case_id=second.pk, other_id=case.pk)
    services.move_case(by=by, case_id=case.pk, to="waiting")
    assert verbs_of(case.pk) == [
        "cases.open_case", "cases.add_task", "cases.change_task", "cases.add_subject", "cases.assign_officer",
        "cases.release_officer", "cases.link_cases", "cases.move_case",
    ]  # fmt: skip
    assert [event.kind for event in case.events.all()][::-1] == [
        "opened", "task_added", "task_changed", "subject_added", "officer_assigned", "officer_released", "linked",
        "unlinked", "moved",
    ]  # fmt: skip
    told = "".join(str(line.detail) for line in AuditLine.objects.all())
    assert not any(text in told for text in ("Худайбердиев", "N04155218", "010ABC02", "fingerprints"))


def test_linked_cases_show_their_title_only_to_who_sees_them() -> None:
    by, other = acting(Role.SECOND_LINE), acting(Role.SECOND_LINE)
    case, second = make_case(by), make_case(by, title="Second")
    services.link_cases(by=by, case_id=case.pk, other_id=second.pk, reason="Same car")
    services.assign_officer(by=by, case_id=case.pk, officer=other.name)
    assert [(link.other, link.is_seen) for link in queries.links_of(by, case)] == [(second, True)]
    assert [(link.other, link.is_seen) for link in queries.links_of(by, second)] == [(case, True)]
    assert [(link.other, link.is_seen) for link in queries.links_of(other, case)] == [(second, False)]
    for one, two in ((case, second), (second, case)):
        with pytest.raises(Conflict, match="case_linked"):
            services.link_cases(by=by, case_id=one.pk, other_id=two.pk, reason="Again")
    with pytest.raises(InvalidInput, match="same_case"):
        services.link_cases(by=by, case_id=case.pk, other_id=case.pk, reason="x")
    with pytest.raises(NotFound, match="case_unknown"):
        services.link_cases(by=other, case_id=case.pk, other_id=make_case(by).pk, reason="x")


def test_the_timeline_tells_ours_from_theirs() -> None:
    by = acting(Role.SECOND_LINE)
    case = make_case(by)
    for code, country in (("kg-border", "KG"), ("kz-customs", "KZ")):
        make_agency(code, country)
        services.add_note(by=by, case_id=case.pk, text=f"From {code}", told_by=code)
    assert [(told.event.kind, told.side, told.agency and told.agency.code) for told in queries.timeline_of(case)] == [
        ("note", "", "kz-customs"), ("note", "peer", "kg-border"), ("opened", "own", None),
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="told_by"):
        services.add_note(by=by, case_id=case.pk, text="x", told_by="nobody")


def test_cases_are_found_by_number_title_and_mark() -> None:
    by = acting(Role.SECOND_LINE)
    first = make_case(by, title="Паспорт заменён")
    second = make_case(by, title="Truck", subjects=[Vehicle(plate="010 ABC 02")], threats=["drugs"])
    theirs = make_case(title="Паспорт")

    def found(**given: Any) -> list[Case]:
        return list(queries.cases_found(by, **given).order_by("pk"))

    assert found(sought="ПАСПОРТ") == [first]
    assert found(sought=first.number) == found(sought=str(first.pk)) == found(sought="n04155218") == [first]
    assert found(sought="010abc02") == [second]
    assert found(sought=theirs.number) == found(sought="%") == []
    assert found(threat="drugs") == [second]
    services.move_case(by=by, case_id=first.pk, to="closed", reason=REASONS[0])
    assert found(state="closed") == [first]
    assert found(state="not_closed") == [second]
    head = head_of(second, due_at=timezone.now() - dt.timedelta(minutes=1))
    services.change_case(by=by, case_id=second.pk, version=1, head=head)
    assert found(late=True) == [second]
    assert [case.lead for case in found(mine=True)] == [by.officer.name, by.officer.name]  # type: ignore[union-attr, attr-defined]
    assert list(queries.cases_found(acting(Role.SUPERVISOR), mine=True)) == []


def test_what_is_unknown_in_a_case_is_not_found() -> None:
    by = acting(Role.SECOND_LINE)
    case = make_case(by)
    with pytest.raises(NotFound, match="case_unknown"):
        queries.case_for(by, case.pk + 1)
    for call in (
        lambda: services.change_task(by=by, task_id=9, to="done"),
        lambda: services.read_file(by=by, file_id=9),
        lambda: services.unlink_cases(by=by, case_id=case.pk, other_id=9),
        lambda: services.release_officer(by=by, case_id=case.pk, officer="nobody"),
    ):
        with pytest.raises(NotFound):
            call()


def test_open_origins_are_those_of_cases_not_closed() -> None:
    by = acting(Role.SECOND_LINE)
    first, second = make_case(by, origin="check:1"), make_case(by, origin="finding:7")
    make_case(by)
    services.move_case(by=by, case_id=first.pk, to="closed", reason="duplicate")
    assert queries.open_origins() == {second.origin}


def test_only_the_node_removes_closed_cases_and_only_when_their_time_is_over() -> None:
    by = acting(Role.SUPERVISOR)
    old, young, open_case = make_case(by), make_case(by), make_case(by)
    services.move_case(by=by, case_id=old.pk, to="closed", reason="resolved")
    limit = timezone.now() + dt.timedelta(seconds=1)
    with time_machine.travel(limit + dt.timedelta(days=1)):
        services.move_case(by=by, case_id=young.pk, to="closed", reason="resolved")
    with pytest.raises(ElchiError, match="case_node_only"):
        services.remove_expired(by=by, before=limit)
    number = old.pk
    assert services.remove_expired(by=NODE, before=limit) == 1
    assert set(Case.objects.values_list("pk", flat=True)) == {young.pk, open_case.pk}
    assert verbs_of(number) == ["cases.open_case", "cases.move_case", "cases.remove_case"]
