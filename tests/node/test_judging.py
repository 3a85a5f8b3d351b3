"""Judgement: what a person decides is kept, remembered, followed, and can be overruled."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.factories import acting, make_agency
from tests.lists_made import put_list

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.lists import Entry
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.cases.models import Case
from elchi.node.checks.comparison import closest, compare_with
from elchi.node.checks.findings import (
    alerts_for,
    count_open,
    count_unread,
    facing,
    findings_for,
    judgements_since,
    open_findings,
)
from elchi.node.checks.models import Alert, Check, FoundEntry, Judgement, RememberedNegative
from elchi.node.checks.services import (
    apply_retention,
    export_judgements,
    forget_negative,
    judge_finding,
    overrule_judgement,
    read_alert,
    read_finding,
    submit_check,
)
from elchi.node.checks.services.follow import threats_of_entry
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.screening import Band
from elchi.subjects import Consignment, Document, Organisation, PartialDate, Person, Sex, Vehicle

TRAVELLER = Person(
    family_name="SHARIPZODA", given_names="KHURSHED", birth_date=PartialDate(1980, 4, 9),
    documents=(Document(document_number="TJ4400123", issuer="TJK"),),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _lists(node_home: Path) -> None:
    entries = {
        "w-1": {"name": ["Шарипзода Хуршед"], "birthDate": ["1980-04-09"], "topics": ["wanted"]},
        "w-2": {"name": ["Sharipzoda Hurshid"], "birthDate": ["1980-04-09"]},
    }
    put_list("wanted", entries, action="stop")


@pytest.fixture
def by() -> Acting:
    return acting(Role.SECOND_LINE)


@pytest.fixture
def supervisor() -> Acting:
    return acting(Role.SUPERVISOR)


def passes(by: Acting, *subjects: Any) -> tuple[Band, list[FoundEntry]]:
    """Let a traveller pass: the verdict, and the findings."""
    answer = submit_check(by=by, subjects=subjects or [TRAVELLER], purpose="border_check")
    return answer.verdict, list(FoundEntry.objects.filter(owner=answer.check).order_by("entry"))


def judge(by: Acting, finding: FoundEntry, outcome: str = "negative", **given: Any) -> Judgement:
    return judge_finding(by=by, finding_id=finding.pk, outcome=outcome, reason="Born in another town.", **given)


def test_negative_is_remembered_for_document_and_entry_until_it_expires(by: Acting) -> None:
    verdict, (first, second) = passes(by)
    assert (verdict, first.state, second.state) == (Band.STOP, "open", "open")
    judgement = judge(by, first)
    judge(by, second)
    assert FoundEntry.objects.get(pk=first.pk).state == "judged"
    assert (judgement.outcome, judgement.by, judgement.case, Case.objects.count()) == ("negative", by.officer, "", 0)
    negative = RememberedNegative.objects.get(judgement=judgement)
    assert (negative.watchlist, negative.entry) == ("wanted", "w-1")
    assert negative.expires_at == judgement.at + dt.timedelta(days=365)
    again, findings = passes(by)
    assert (again, [one.state for one in findings]) == (Band.CLEAR, ["remembered", "remembered"])
    assert findings[0].remembered == negative
    with time_machine.travel(timezone.now() + dt.timedelta(days=366), tick=False):
        assert passes(by)[0] is Band.STOP


def test_another_document_of_the_same_name_is_not_remembered(by: Acting) -> None:
    _, (first, second) = passes(by)
    judge(by, first)
    judge(by, second)
    brother = Person(name=TRAVELLER.full_name, birth_date=TRAVELLER.birth_date,
                     documents=(Document(document_number="TJ4400999", issuer="TJK"),))  # fmt: skip
    assert passes(by, brother)[0] is Band.STOP


def test_without_a_document_nothing_is_remembered_and_the_audit_says_so(by: Acting) -> None:
    nobody = Person(name="Шарипзода Хуршед", birth_date=PartialDate(1980, 4, 9))
    _, (first, _) = passes(by, nobody)
    assert facing(first).mark == ""
    judge(by, first)
    assert RememberedNegative.objects.count() == 0
    assert AuditLine.objects.latest("sequence").detail["remembered"] is False


def test_positive_opens_a_case_that_keeps_the_check(by: Acting) -> None:
    _, (first, second) = passes(by)
    judgement = judge(by, first, "positive")
    case = Case.objects.get()
    assert (judgement.case, case.origin, case.threats, case.purpose, case.classification) == (
        case.number, f"finding:{first.pk}", ["wanted_person"], "border_check", "restricted",
    )  # fmt: skip
    assert [row.subject["family_name"] for row in case.subjects.all()] == ["SHARIPZODA"]
    assert Check.objects.get().keep_until is None
    with time_machine.travel(timezone.now() + dt.timedelta(days=4000), tick=False):
        apply_retention(by=NODE)
    assert Check.objects.count() == 1
    assert judge(by, second, "unsure").case == case.number  # one traveller, one case
    assert [event.text for event in case.events.filter(kind="note")] == ["Born in another town."]


def test_an_entry_without_a_topic_asks_for_the_threat(by: Acting) -> None:
    _, (_, second) = passes(by)
    with pytest.raises(InvalidInput) as refused:
        judge(by, second, "positive")
    assert (refused.value.code, refused.value.params["field"]) == ("case_value", "threats")
    assert FoundEntry.objects.get(pk=second.pk).state == "open"
    judge(by, second, "unsure", threats=["drugs"], classification="confidential")
    assert [(case.threats, case.classification) for case in Case.objects.all()] == [(["drugs"], "confidential")]


def test_topics_come_to_threats() -> None:
    def told(*topics: str) -> tuple[str, ...]:
        return threats_of_entry(Entry("x", "Person", {"topics": topics}))

    assert told("crime.traffick.drug", "wanted") == ("drugs", "wanted_person")
    assert (told("sanction.counter"), told("role.pep"), told(), threats_of_entry(None)) == (("sanctions",), (), (), ())


def test_of_two_officers_the_second_is_told(by: Acting) -> None:
    _, (first, _) = passes(by)
    judge(by, first)
    with pytest.raises(Conflict) as refused:
        judge(acting(Role.SECOND_LINE), first, "positive")
    assert (refused.value.code, Judgement.objects.count(), Case.objects.count()) == ("finding_judged", 1, 0)


@pytest.mark.parametrize(("outcome", "reason", "field"), [
    ("maybe", "x", "outcome"), ("negative", "  ", "reason"), ("negative", "x" * 2001, "reason"),
])  # fmt: skip
def test_a_judgement_needs_an_outcome_and_a_reason(by: Acting, outcome: str, reason: str, field: str) -> None:
    _, (first, _) = passes(by)
    with pytest.raises(InvalidInput) as refused:
        judge_finding(by=by, finding_id=first.pk, outcome=outcome, reason=reason)
    assert (refused.value.code, refused.value.params["field"]) == ("judgement_invalid", field)
    assert FoundEntry.objects.get(pk=first.pk).state == "open"


def test_who_may_not_judge(by: Acting) -> None:
    _, (first, _) = passes(by)
    for role in (Role.FIRST_LINE, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            judge(acting(role), first)
    judgement = judge(by, first)
    with pytest.raises(NotAllowed):
        overrule_judgement(by=by, judgement_id=judgement.pk, outcome="positive", reason="x")
    with pytest.raises(NotFound):
        read_finding(by=by, finding_id=first.pk + 100)


def test_overruling_a_negative_forgets_it_and_puts_up_what_it_silenced(by: Acting, supervisor: Acting) -> None:
    _, (first, second) = passes(by)
    old = judge(by, first)
    judge(by, second)
    _, (silenced, _) = passes(by)
    new = overrule_judgement(by=supervisor, judgement_id=old.pk, outcome="positive", reason="The photo is his.")
    assert (new.overrules, new.case, Judgement.objects.get(pk=old.pk).reason) == (
        old, Case.objects.get().number, "Born in another town.",
    )  # fmt: skip
    silenced.refresh_from_db()
    assert (silenced.state, silenced.remembered, silenced.due_at) == ("open", None, new.at + dt.timedelta(minutes=15))
    assert passes(by)[0] is Band.STOP
    assert AuditLine.objects.filter(verb="checks.overrule_judgement").get().detail["reopened"] == 1
    with pytest.raises(Conflict) as refused:
        overrule_judgement(by=supervisor, judgement_id=old.pk, outcome="unsure", reason="x")
    assert refused.value.code == "judgement_overruled"


def test_overruling_a_positive_tells_its_case_and_remembers(by: Acting, supervisor: Acting) -> None:
    _, (first, _) = passes(by)
    old = judge(by, first, "positive")
    with pytest.raises(InvalidInput):
        overrule_judgement(by=supervisor, judgement_id=old.pk, outcome="positive", reason="x")
    new = overrule_judgement(by=supervisor, judgement_id=old.pk, outcome="negative", reason="His brother.")
    assert [event.text for event in Case.objects.get().events.filter(kind="note")] == ["His brother."]
    assert RememberedNegative.objects.get().judgement == new
    assert [one.pk for one in judgements_since(by, timezone.now() - dt.timedelta(hours=1))] == [new.pk, old.pk]


def test_a_supervisor_forgets_a_pair(by: Acting, supervisor: Acting) -> None:
    _, (first, _) = passes(by)
    judge(by, first)
    negative = RememberedNegative.objects.get()
    with pytest.raises(NotAllowed):
        forget_negative(by=by, negative_id=negative.pk)
    assert forget_negative(by=supervisor, negative_id=negative.pk).forgotten_at is not None
    assert [one.state for one in passes(by)[1]] == ["open", "open"]
    with pytest.raises(Conflict):
        forget_negative(by=supervisor, negative_id=negative.pk)


def test_discreet_findings_are_known_to_their_owner_only(by: Acting, supervisor: Acting) -> None:
    security = make_agency("kz-security", kind="security")
    put_list("watch", {"d-1": {"name": ["Rahimova, Gulnora"], "passportNumber": ["QQ5550001"]}}, action="discreet",
             owner=security)  # fmt: skip
    first_line = acting(Role.FIRST_LINE)
    _, (found,) = passes(first_line, Document(document_number="QQ5550001"))
    owner = acting(Role.SECOND_LINE, agency=security)
    assert [list(open_findings(who)) for who in (owner, by, supervisor, acting(Role.AUDITOR))] == [[found], [], [], []]
    assert [(count_open(who), count_unread(who)) for who in (owner, by, first_line)] == [(1, 1), (0, 0), (0, 0)]
    alert = Alert.objects.get()
    with pytest.raises(NotFound):
        read_alert(by=by, alert_id=alert.pk)
    with pytest.raises(NotFound):
        judge(by, found, "negative")
    with pytest.raises(NotAllowed):
        findings_for(first_line)
    assert [one.pk for one in alerts_for(owner)] == [alert.pk]
    read_alert(by=owner, alert_id=alert.pk)
    read_alert(by=owner, alert_id=alert.pk)
    assert (count_open(owner), count_unread(owner)) == (1, 0)
    assert AuditLine.objects.filter(verb="checks.read_alert").count() == 1
    judge(owner, found, "positive", threats=["terrorism"])
    assert Case.objects.get().classification == "confidential"


def test_findings_of_a_list_for_another_agency_do_not_show(by: Acting) -> None:
    police = make_agency("kz-police", kind="police")
    put_list(
        "police", {"p-1": {"name": ["Rahimova, Gulnora"], "passportNumber": ["QQ5550001"]}}, agencies=["kz-police"]
    )
    officer = acting(Role.SECOND_LINE, agency=police)
    _, (found,) = passes(officer, Document(document_number="QQ5550001"))
    assert (list(open_findings(officer)), list(open_findings(by))) == ([found], [])


@pytest.mark.parametrize(("text", "count"), [
    ("sharipzoda", 2), ("ХУРШЕД", 1), ("tj 44 00123", 2), ("TJ44", 0), ("karimov", 0), ("khurshed", 2), ("'%", 0),
])  # fmt: skip
def test_the_queue_is_looked_through_by_name_and_whole_number(by: Acting, text: str, count: int) -> None:
    passes(by)
    assert open_findings(by, text=text).count() == count


def test_reading_and_taking_out_are_written_down(by: Acting) -> None:
    _, (first, _) = passes(by)
    read_finding(by=by, finding_id=first.pk)
    line = AuditLine.objects.latest("sequence")
    assert (line.verb, line.on, line.subject) == ("checks.read_check", f"check:{first.owner_id}", first.owner.marks[0])
    judge(by, first)
    rows = export_judgements(by=by, since=timezone.now() - dt.timedelta(hours=1))
    assert [row.finding_id for row in rows] == [first.pk]
    assert AuditLine.objects.latest("sequence").detail["rows"] == 1


def test_no_audit_line_says_who_it_was(by: Acting) -> None:
    _, (first, second) = passes(by)
    read_finding(by=by, finding_id=first.pk)
    judge(by, first, "positive")
    judge(by, second)
    told = " ".join(str(value) for line in AuditLine.objects.all() for value in vars(line).values()).casefold()
    assert [word for word in ("sharip", "шарип", "4400123", "another town") if word in told] == []


ENTRY = Entry("NR-1", "Person", {
    "name": ("Худайбердиев Шухрат",), "birthDate": ("1984-03-14",), "citizenship": ("uz",), "gender": ("male",),
    "passportNumber": ("AA5530917",), "height": ("180",),
})  # fmt: skip


def shown(rows: Any) -> list[tuple[str, str, str, str]]:
    def said(values: Any) -> str:
        texts = ("".join(f"[{one.text}]" if one.differs else one.text for one in value.spans) for value in values)
        return "; ".join(texts)

    return [(row.field, said(row.asked), row.likeness, said(row.listed)) for row in rows]


def test_what_differs_is_marked() -> None:
    subject = Person(
        family_name="KHUDOYBERDIEV", given_names="SHUKHRAT", birth_date=PartialDate(1984, 3, 14), nationality="UZB",
        sex=Sex.FEMALE, documents=(Document(document_number="FA0417735"),),
    )  # fmt: skip
    assert shown(compare_with(subject, ENTRY)) == [
        ("name", "KHUD[O]YBERDIEV, SHUKHRAT", "close", "Худ[а]йбердиев Шухрат"),
        ("birth_date", "1984-03-14", "same", "1984-03-14"),
        ("sex", "F", "differs", "male"),
        ("nationality", "UZB", "same", "uz"),
        ("document_number", "[FA0417735]", "differs", "[AA5530917]"),
        ("height", "", "none", "180"),
    ]


@pytest.mark.parametrize(("asked", "listed", "told"), [
    ("Karimov Aziz", "Karimov Aziz Anvarovich", ("Karimov Aziz", "close", "Karimov Aziz [Anvarovich]")),
    ("Xurshed Karimov", "Хуршед Каримов", ("Xurshed Karimov", "same", "Хуршед Каримов")),
    ("Ann", "Boris", ("[Ann]", "differs", "[Boris]")),
])  # fmt: skip
def test_names_are_compared_as_they_sound(asked: str, listed: str, told: tuple[str, str, str]) -> None:
    assert shown(compare_with(Person(name=asked), Entry("1", "Person", {"name": (listed,)})))[0][1:] == told


def test_marks_meet_in_whatever_way_they_are_written() -> None:
    vehicle = Vehicle(plate="01 KG 417-AVB", vin="WVWZZZ1JZXW000001")
    entry = Entry("V", "Vehicle", {"registrationNumber": ("01kg417avb",), "vin": ("WVWZZZ1JZXW000002",)})
    assert shown(compare_with(vehicle, entry)) == [
        ("plate", "01 KG 417-AVB", "same", "01kg417avb"),
        ("vin", "WVWZZZ1JZXW00000[1]", "differs", "WVWZZZ1JZXW00000[2]"),
    ]
    assert shown(compare_with(Document(document_number="X1"), ENTRY))[1][0:3:2] == ("document_number", "differs")


def test_of_several_the_nearest_is_compared() -> None:
    person = Person(name="Shukhrat Khudoyberdiev")
    goods = Consignment(document_number="CMR-7", parties=(Organisation(name="Altyn Zher"), person))
    assert closest((Vehicle(plate="777 ABC 01"), goods), ENTRY) == person
