"""The federated check: what leaves with a question, what is answered, and what an officer is told of it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.agreements_made import agreement_json, cut, go, grant, questions, stay
from tests.factories import acting, make_agency, make_country
from tests.lists_made import put_list
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput
from elchi.exchange.batch import Item
from elchi.exchange.carrier import Pushed
from elchi.exchange.message import Lane, Message
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.cases.models import Case, CaseEvent
from elchi.node.cases.queries import cases_for
from elchi.node.checks.models import Alert, Answered, Asked, Check, FoundEntry, RememberedNegative
from elchi.node.checks.rules import QUESTION_LIFETIME
from elchi.node.checks.services import (
    apply_retention,
    ask_partners,
    judge_finding,
    read_check,
    submit_check,
)
from elchi.node.checks.services.answer import MAX_SUBJECT, forget_question
from elchi.node.directory.models import DutyContact
from elchi.node.federation.models import AgreementVersion, Incoming, Outgoing, Partner
from elchi.node.federation.services import accept
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.screening import Band
from elchi.subjects import Document, PartialDate, Person

KG, TJ = "KG-AKJ-1", "TJ-FOT-1"
CALLED = {"desk": "Duty officer", "phone": "+996 555 000111", "agency": "Border Service"}
TRAVELLER = Person(
    family_name="MARKNAME",
    given_names="Marker",
    birth_date=PartialDate(1980, 4, 9),
    national_id="MARKID7788990011",
    birth_place="MARKTOWN",
    phones=("+77015551234",),
    documents=(Document(document_number="MK1234567", issuer="KAZ"),),
)
FIELDS = {
    "person": {
        "family_name": go(), "given_names": go(), "birth_date": cut("year"), "national_id": stay(),
        "documents.document_number": go("7(2)"),
    }
}  # fmt: skip


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"]}}, action="stop",
             owner=make_agency())  # fmt: skip
    return joined(PartnerNode(KG, tmp_path, now))


def joined(node: PartnerNode, **given: Any) -> PartnerNode:
    """Give a partner a country, and an agreement in force with it."""
    country = node.code[:2]
    Partner.objects.filter(code=node.code).update(country=make_country(country))
    node.row.refresh_from_db()
    told = {"id": f"KZ-{country}-2026", "grants": questions(FIELDS), "valid_until": "2036-01-01", **given}
    sides = agreement_json()["sides"]
    sides["b"] = {**sides["b"], "countries": [country]}
    AgreementVersion.objects.create(
        partner=node.row, agreement=told["id"], version=1, state="in_force", is_ours=True,
        content=agreement_json(sides=sides, **told), valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip
    return node


def officer(*roles: Role, **given: Any) -> Acting:
    return acting(*(roles or (Role.FIRST_LINE,)), **given)


def checked(by: Acting | None = None, **given: Any) -> Any:
    return submit_check(by=by or officer(), subjects=[TRAVELLER], **{"purpose": "border_check", **given})


def due(kind: str = "question") -> list[Item]:
    rows = Outgoing.objects.select_related("partner").filter(kind=kind).order_by("id")
    return [
        Item(row.partner.code, Lane(row.lane), row.expires_at, "envelope", bytes(row.envelope or b"")) for row in rows
    ]


def reply(node: PartnerNode, question: Message, body: dict[str, Any], **given: Any) -> Item:
    """Answer a question as another node does."""
    values: dict[str, Any] = {
        "lane": Lane.ANSWER, "re": question.id, "thread": question.thread, "agreement": question.agreement,
        "purpose": question.purpose, "handling": question.handling, "onward": question.onward,
        "retention_until": question.retention_until, **given,
    }  # fmt: skip
    return node.says("answer", {"v": 1, **body}, **values)


def asks(node: PartnerNode, wire: dict[str, Any], **given: Any) -> Item:
    """Ask this node."""
    values: dict[str, Any] = {
        "lane": Lane.QUESTION, "agreement": f"KZ-{node.code[:2]}-2026:1", "purpose": "border_check",
        "retention_until": node.now.date() + dt.timedelta(days=30), "onward": "none", **given,
    }  # fmt: skip
    return node.says("question", {"v": 1, "subject": wire}, **values)


def taken(node: PartnerNode, *items: Item) -> Pushed:
    return accept(items=items, peer=node.code, carrier="https", at=node.now)


def outcomes(pushed: Pushed) -> list[tuple[str, str]]:
    return [(one.result, one.code) for one in pushed.outcomes]


def test_what_the_agreement_lets_go_goes_and_nothing_else(kg: PartnerNode, tmp_path: Path, now: dt.datetime) -> None:
    narrow = joined(PartnerNode(TJ, tmp_path, now), grants=questions({"person": {"documents.document_number": go()}}))
    told = checked()
    assert [(one.partner.code, one.state) for one in read_check(by=acting_as(told), check_id=told.check.pk).asked] == [
        (KG, "queued"), (TJ, "queued"),
    ]  # fmt: skip
    first, second = due()
    _, question = kg.open(first)
    _, other = narrow.open(second)
    assert question.body == {
        "v": 1,
        "subject": {
            "kind": "person", "family_name": "MARKNAME", "given_names": "Marker", "birth_date": "1980",
            "masked": {"birth_date": "year"}, "documents": [{"kind": "document", "document_number": "MK1234567"}],
        },
    }  # fmt: skip
    assert other.body == {
        "v": 1,
        "subject": {"kind": "person", "documents": [{"kind": "document", "document_number": "MK1234567"}]},
    }
    for message in (question, other):
        said = json.dumps(dict(message.body)) + repr(message)
        for mark in ("MARKID7788990011", "MARKTOWN", "5551234", "1980-04-09", "KAZ"):
            assert mark not in said
    assert (question.kind, question.purpose, question.agreement, question.lane) == (
        "question", "border_check", "KZ-KG-2026:1", Lane.QUESTION,
    )  # fmt: skip
    assert question.retention_until == question.sent_at.date() + dt.timedelta(days=30)
    assert question.expires_at - question.sent_at == QUESTION_LIFETIME
    lines = AuditLine.objects.filter(verb="federation.send_message").order_by("sequence")
    assert [(line.agreement, line.detail["about"]) for line in lines] == [
        ("KZ-KG-2026:1", f"check:{told.check.pk}"), ("KZ-TJ-2026:1", f"check:{told.check.pk}"),
    ]  # fmt: skip


def acting_as(told: Any) -> Acting:
    """Give the officer of a check again."""
    from elchi.node.officers.queries import acting_of  # noqa: PLC0415

    return acting_of(told.check.officer, via="console")


def test_nobody_is_asked_where_no_agreement_covers_it(kg: PartnerNode) -> None:
    assert checked(purpose="investigation", task="case:1").asked == ()
    AgreementVersion.objects.update(state="suspended")
    assert checked().asked == ()
    AgreementVersion.objects.update(state="in_force")
    Partner.objects.update(state="suspended")
    assert checked().asked == ()
    assert Outgoing.objects.count() == 0


def test_a_subject_of_which_nothing_may_go_is_not_asked_about(kg: PartnerNode) -> None:
    told = submit_check(by=officer(), subjects=[Document(document_number="ZZ1")], purpose="border_check")
    assert (told.asked, Outgoing.objects.count()) == ((), 0)


def test_a_partner_who_cannot_be_asked_keeps_nobody_from_his_verdict(kg: PartnerNode) -> None:
    now = kg.now
    keys = tuple(
        key if key.use == "sign" else type(key)(**{**{name: getattr(key, name) for name in key.__slots__ if name in (
            "algorithm", "public", "valid_from", "valid_until")}, "revoked_at": now})
        for key in kg.document.keys
    )  # fmt: skip
    kg.change_document(keys=keys)
    told = checked()
    assert (told.verdict, [(one.state, one.code) for one in told.asked]) == (
        Band.CLEAR, [("not_sent", "partner_keys_missing")],
    )  # fmt: skip


def test_other_purposes_are_asked_when_an_officer_says_so(kg: PartnerNode) -> None:
    grants = [
        grant("question", purposes=["investigation"], subjects=FIELDS),
        grant("answer", clause="6", purposes=["investigation"]),
    ]
    AgreementVersion.objects.update(content=agreement_json(grants=grants, valid_until="2036-01-01"))
    by = officer(Role.SECOND_LINE)
    told = checked(by, purpose="investigation", task="case:1")
    assert told.asked == ()
    with pytest.raises(Conflict, match="subjects_not_kept"):
        ask_partners(by=by, check_id=told.check.pk)
    with pytest.raises(Conflict, match="subjects_not_kept"):
        ask_partners(by=by, check_id=told.check.pk, subjects=[Document(document_number="OTHER123")])
    (asked,) = ask_partners(by=by, check_id=told.check.pk, subjects=[TRAVELLER])
    assert (asked.state, asked.deadline - asked.asked_at) == ("queued", dt.timedelta(days=1))
    assert AuditLine.objects.get(verb="checks.ask_partners").detail == {"partners": [KG]}
    with pytest.raises(Conflict, match="asked_already"):
        ask_partners(by=by, check_id=told.check.pk, subjects=[TRAVELLER])


def test_a_hit_waits_for_the_second_line_and_never_brings_a_record(kg: PartnerNode) -> None:
    told = checked()
    _, question = kg.open(due()[0])
    taken(kg, kg.receipt(due()[0]))
    assert Asked.objects.get().state == "delivered"
    assert outcomes(taken(kg, reply(kg, question, {"outcome": "hit", "reference": "R-77", "contact": CALLED}))) == [
        ("accepted", "")
    ]
    asked, finding, alert = Asked.objects.get(), FoundEntry.objects.get(), Alert.objects.get()
    assert (asked.state, asked.reference, asked.contact, asked.finding) == ("hit", "R-77", CALLED, finding)
    assert (finding.partner, finding.watchlist, finding.entry, finding.state, finding.band) == (
        KG, KG, "R-77", "open", "review",
    )  # fmt: skip
    assert (alert.kind, alert.agency) == ("hit", told.check.officer.agency)
    check = Check.objects.get()
    assert (check.keep_until, check.subjects) == (None, None)  # kept as long as the case that opened
    assert finding.presented == [
        {"kind": "person", "family_name": "MARKNAME", "given_names": "Marker", "birth_date": "1980",
         "documents": [{"kind": "document", "document_number": "MK1234567"}]}
    ]  # fmt: skip
    again = read_check(by=acting_as(told), check_id=check.pk)
    assert (again.findings, again.hits) == ((), (asked,))


def hit(node: PartnerNode, reference: str, at: int = -1) -> FoundEntry:
    """Have a partner say yes to a question."""
    _, question = node.open(due()[at])
    answer = reply(node, question, {"outcome": "hit", "reference": reference, "contact": CALLED})
    assert outcomes(taken(node, answer)) == [("accepted", "")]
    return FoundEntry.objects.get(entry=reference, owner=Check.objects.order_by("-id")[0])


def notes() -> list[str]:
    return list(CaseEvent.objects.filter(kind="note").order_by("id").values_list("text", flat=True))


def test_a_hit_opens_a_case_with_the_contact_and_who_judges_leads_it(kg: PartnerNode) -> None:
    told = checked()
    finding = hit(kg, "R-77")
    case = Case.objects.get()
    assert (case.origin, case.opened_by, case.agency, case.threats) == (
        f"finding:{finding.pk}", None, told.check.officer.agency, ["other"],
    )  # fmt: skip
    assert case.title == f"MARKNAME, Marker ({told.check.number})"
    assert [row.subject for row in case.subjects.all()] == finding.presented
    assert notes() == [f"{KG} · R-77 · Border Service · Duty officer · +996 555 000111"]
    supervisor, second = officer(Role.SUPERVISOR, Role.SECOND_LINE), officer(Role.SECOND_LINE)
    assert (list(cases_for(supervisor)), list(cases_for(second))) == ([case], [])
    made = judge_finding(
        by=second, finding_id=finding.pk, outcome="positive", reason="called", threats=["drugs"]
    )  # fmt: skip
    assert (Case.objects.get(), made.case, notes()[1:]) == (case, case.number, ["called"])
    case.refresh_from_db()
    assert ([row.officer for row in case.people.all()], case.threats) == ([second.officer], ["drugs"])
    assert list(cases_for(second)) == [case]


def test_the_case_of_a_hit_goes_with_the_agency_that_judges(kg: PartnerNode) -> None:
    checked()
    finding = hit(kg, "R-77")
    customs = officer(Role.SECOND_LINE, agency=make_agency("kz-customs"))
    with pytest.raises(InvalidInput, match="case_value"):
        judge_finding(by=customs, finding_id=finding.pk, outcome="unsure", reason="no threat said")
    judge_finding(by=customs, finding_id=finding.pk, outcome="unsure", reason="to be asked", threats=["contraband"])
    assert customs.officer is not None
    assert Case.objects.get().agency == customs.officer.agency


def test_the_hits_of_a_check_share_a_case_that_closes_when_none_was_founded(kg: PartnerNode) -> None:
    tj = joined(PartnerNode(TJ, kg.folder, kg.now))
    by, called = officer(Role.SECOND_LINE), " · Border Service · Duty officer · +996 555 000111"
    for outcomes_said, people in ((("negative", "negative"), []), (("negative", "positive"), [by.officer])):
        told, already = checked(), len(notes())
        places = {item.to: place for place, item in enumerate(due())}
        found = [hit(kg, "R-77", places[KG]), hit(tj, "R-9", places[TJ])]
        case = Case.objects.order_by("-id")[0]
        assert notes()[already:] == [f"{KG} · R-77{called}", f"{TJ} · R-9{called}"]
        for finding, outcome in zip(found, outcomes_said, strict=True):
            case.refresh_from_db()
            assert (case.state, case.people.count()) == ("open", 0)
            judge_finding(by=by, finding_id=finding.pk, outcome=outcome, reason="compared", threats=["drugs"])
        RememberedNegative.objects.all().delete()
        case.refresh_from_db()
        closed = ("open", "", "") if people else ("closed", "not_the_same", "compared")
        assert (case.state, case.closing_reason, case.closing_note) == closed
        assert [row.officer for row in case.people.all()] == people
        apply_retention(by=NODE)
        ends = None if people else told.check.at + dt.timedelta(days=365)
        assert Check.objects.get(pk=told.check.pk).keep_until == ends


def test_who_was_judged_not_to_be_the_one_does_not_alarm_again(kg: PartnerNode) -> None:
    by = officer(Role.SECOND_LINE)
    for reference, state, alerts in (("R-77", "judged", 1), ("R-77", "remembered", 1), ("R-78", "open", 2)):
        checked()
        _, question = kg.open(due()[-1])
        taken(kg, reply(kg, question, {"outcome": "hit", "reference": reference, "contact": CALLED}))
        finding = FoundEntry.objects.order_by("-id")[0]
        if state == "judged":
            judge_finding(by=by, finding_id=finding.pk, outcome="negative", reason="another person")
            finding.refresh_from_db()
            assert RememberedNegative.objects.get().watchlist == KG
        assert (finding.state, Alert.objects.count()) == (state, alerts)


def test_of_two_travellers_in_a_check_each_is_judged_alone(kg: PartnerNode) -> None:
    """What was judged of the driver does not silence what a partner says of the passenger."""
    other = Person(
        family_name="OTHERNAME", given_names="Other", documents=(Document(document_number="MK7654321", issuer="KAZ"),)
    )
    checked()
    _, question = kg.open(due()[0])
    taken(kg, reply(kg, question, {"outcome": "hit", "reference": "R-77", "contact": CALLED}))
    judge_finding(
        by=officer(Role.SECOND_LINE),
        finding_id=FoundEntry.objects.get().pk,
        outcome="negative",
        reason="another person",
    )
    told = submit_check(by=officer(), subjects=[TRAVELLER, other], purpose="border_check")
    for item in due()[1:]:
        _, question = kg.open(item)
        number = question.body["subject"]["documents"][0]["document_number"]
        reference = "R-77" if number == "MK1234567" else "R-78"
        taken(kg, reply(kg, question, {"outcome": "hit", "reference": reference}))
    found = FoundEntry.objects.filter(owner=told.check).order_by("entry")
    assert [(row.entry, row.state, row.presented[0]["family_name"]) for row in found] == [
        ("R-77", "remembered", "MARKNAME"), ("R-78", "open", "OTHERNAME"),
    ]  # fmt: skip
    told = submit_check(by=officer(), subjects=[TRAVELLER, other], purpose="border_check")
    for item in due()[3:]:
        taken(kg, reply(kg, kg.open(item)[1], {"outcome": "hit", "reference": "R-77"}))
    found = FoundEntry.objects.filter(owner=told.check).order_by("entry")
    assert [(row.entry, row.state) for row in found] == [("R-77", "remembered"), ("R-77 #2", "open")]


def test_no_hit_refused_and_expired(kg: PartnerNode) -> None:
    for _ in range(3):
        checked()
    asked = list(Asked.objects.order_by("id"))
    items = due()
    _, first = kg.open(items[0])
    taken(kg, reply(kg, first, {"outcome": "no_hit"}))
    taken(kg, kg.receipt(items[1], outcome="rejected", code="not_covered", clause="5"))
    Asked.objects.filter(pk=asked[2].pk).update(deadline=kg.now - dt.timedelta(seconds=1))
    told = [(one.state, one.standing, one.code, one.clause) for one in Asked.objects.order_by("id")]
    assert told == [
        ("no_hit", "no_hit", "", ""), ("refused", "refused", "not_covered", "5"), ("queued", "expired", "", ""),
    ]  # fmt: skip
    assert (FoundEntry.objects.count(), Alert.objects.count()) == (0, 0)
    _, late = kg.open(items[2])
    taken(kg, reply(kg, late, {"outcome": "hit", "reference": "R-1"}))
    asked[2].refresh_from_db()
    assert (asked[2].standing, FoundEntry.objects.count(), Alert.objects.count()) == ("hit", 1, 1)


def test_an_answer_that_nobody_asked_for_or_that_says_nothing_is_refused(kg: PartnerNode, tmp_path: Path) -> None:
    checked()
    _, question = kg.open(due()[0])
    other = joined(PartnerNode(TJ, tmp_path, kg.now))
    assert outcomes(taken(other, reply(other, question, {"outcome": "hit"}, agreement="KZ-TJ-2026:1"))) == [
        ("rejected", "answer_unasked")
    ]
    bad: list[dict[str, Any]] = [
        {"outcome": "maybe"},
        {"outcome": "hit", "contact": ["x"]},
        {"outcome": "hit", "reference": "x" * 65},
    ]
    assert [code for body in bad for _, code in outcomes(taken(kg, reply(kg, question, body)))] == [
        "answer_invalid"
    ] * 3
    assert outcomes(taken(kg, reply(kg, question, {"outcome": "no_hit"}))) == [("accepted", "")]
    assert outcomes(taken(kg, reply(kg, question, {"outcome": "hit"}))) == [("rejected", "answered_already")]
    assert Asked.objects.get().state == "no_hit"


WANTED = {"kind": "person", "family_name": "SHARIPZODA", "given_names": "KHURSHED",
          "documents": [{"kind": "document", "document_number": "AB1234567"}]}  # fmt: skip
STRANGER = {"kind": "person", "family_name": "NOBODY", "given_names": "KNOWN",
            "documents": [{"kind": "document", "document_number": "ZZ7654321"}]}  # fmt: skip


def test_a_question_is_answered_with_a_reference_and_a_desk(kg: PartnerNode) -> None:
    DutyContact.objects.create(
        agency=make_agency(), desk="Duty officer, operations room", phone="+7 727 000", time_zone="Asia/Almaty",
        languages=["ru", "kk"],
    )  # fmt: skip
    assert outcomes(taken(kg, asks(kg, WANTED), asks(kg, WANTED), asks(kg, STRANGER))) == [("accepted", "")] * 3
    answers = [kg.open(item)[1] for item in due("answer")]
    assert {answer.body["outcome"] for answer in answers[:2]} == {"hit"}
    assert answers[0].body == answers[1].body
    assert sorted(answers[0].body) == ["contact", "outcome", "reference", "v"]
    assert answers[0].body["contact"] == {
        "agency": "Agency kz-border", "desk": "Duty officer, operations room", "phone": "+7 727 000",
        "languages": "ru kk",
    }  # fmt: skip
    assert answers[2].body == {"v": 1, "outcome": "no_hit"}
    said = "".join(json.dumps(dict(answer.body)) for answer in answers)
    for mark in ("SHARIPZODA", "w-1", "wanted", "AB1234567"):
        assert mark not in said
    rows = list(Answered.objects.order_by("id").select_related("owner"))
    assert [(row.outcome, row.owner.verdict) for row in rows] == [("hit", "stop"), ("hit", "stop"), ("no_hit", "clear")]
    assert {(row.owner.via, row.owner.task) for row in rows} == {("partner", f"partner:{KG}")}
    assert FoundEntry.objects.filter(state="open", partner="").count() == 2
    assert rows[2].owner.subjects is None
    line = AuditLine.objects.filter(verb="checks.answer_question").order_by("sequence")[0]
    assert (line.agreement, line.purpose, line.detail) == (
        "KZ-KG-2026:1", "border_check", {"partner": KG, "outcome": "hit"},
    )  # fmt: skip


def test_a_node_that_may_say_hit_or_no_hit_alone_says_no_more(kg: PartnerNode) -> None:
    AgreementVersion.objects.update(
        content=agreement_json(grants=questions(FIELDS), disclosure="hit_no_hit", valid_until="2036-01-01")
    )
    taken(kg, asks(kg, WANTED))
    assert kg.open(due("answer")[0])[1].body == {"v": 1, "outcome": "hit"}


@pytest.mark.parametrize(
    "rules", [{"action": "discreet"}, {"agencies": ["kz-security"]}, {"handling": "H2"}, {"tlp": "RED"}]
)
def test_what_must_not_be_told_is_answered_like_nothing(kg: PartnerNode, rules: dict[str, Any]) -> None:
    from elchi.node.watchlists.live import tell_change  # noqa: PLC0415
    from elchi.node.watchlists.models import Watchlist  # noqa: PLC0415

    make_agency("kz-security")
    Watchlist.objects.update(**rules)
    put_list("other", {"o-1": {"name": ["Somebody Else"]}})
    tell_change()
    taken(kg, asks(kg, WANTED), asks(kg, STRANGER))
    answers = [kg.open(item)[1].body for item in due("answer")]
    assert answers == [{"v": 1, "outcome": "no_hit"}] * 2
    if rules == {"action": "discreet"}:
        assert [(row.kind, row.agency.code) for row in Alert.objects.all()] == [("discreet", "kz-border")]


def test_what_cannot_be_looked_up_is_refused_and_a_node_without_lists_says_so(kg: PartnerNode) -> None:
    masked = {"kind": "person", "national_id": "•••0011", "masked": {"national_id": "last_4"}}
    refused = [asks(kg, masked), kg.says("question", {"v": 1}, lane=Lane.QUESTION, agreement="KZ-KG-2026:1",
                                         purpose="border_check", retention_until=kg.now.date())]  # fmt: skip
    assert {result for result, _ in outcomes(taken(kg, *refused))} == {"rejected"}
    assert (Answered.objects.count(), Check.objects.count()) == (0, 0)
    assert Incoming.objects.filter(state="rejected").count() == 2


def test_what_a_partner_asked_is_removed_when_the_agreement_says(kg: PartnerNode) -> None:
    taken(kg, asks(kg, STRANGER, retention_until=kg.now.date()), asks(kg, WANTED))
    Answered.objects.filter(outcome="no_hit").update(keep_until=kg.now.date() - dt.timedelta(days=1))
    apply_retention(by=NODE)
    assert [row.outcome for row in Answered.objects.all()] == ["hit"]
    assert Check.objects.count() == 1


def test_what_no_clause_lets_go_is_refused_with_the_clause_at_both_ends(kg: PartnerNode) -> None:
    too_much = {**STRANGER, "birth_place": "MARKTOWN"}
    assert outcomes(taken(kg, asks(kg, too_much))) == [("rejected", "not_covered")]
    assert (Incoming.objects.get().clause, Answered.objects.count(), Check.objects.count()) == ("2", 0, 0)
    line = AuditLine.objects.get(verb="federation.refuse_message")
    assert (line.agreement, line.detail["code"], line.detail["clause"]) == ("KZ-KG-2026:1", "not_covered", "2")
    checked()
    _, question = kg.open(due()[0])
    record = {"outcome": "hit", "reference": "R-1", "subject": {"kind": "person", "family_name": "RECORD"}}
    assert outcomes(taken(kg, reply(kg, question, record))) == [("rejected", "not_covered")]
    assert (Asked.objects.get().state, FoundEntry.objects.count()) == ("queued", 0)


def test_an_agreement_that_is_over_covers_for_three_days_what_was_sent_before(kg: PartnerNode) -> None:
    row = AgreementVersion.objects.get()
    sent = kg.now - dt.timedelta(days=5)
    told: dict[str, Any] = {"sent_at": sent, "retention_until": sent.date() + dt.timedelta(days=30)}
    for ago, expected in ((2, ("accepted", "")), (4, ("rejected", "not_covered"))):
        AgreementVersion.objects.update(state="superseded", changed_at=kg.now - dt.timedelta(days=ago))
        assert outcomes(taken(kg, asks(kg, STRANGER, **told))) == [expected]
    row.refresh_from_db()
    AgreementVersion.objects.update(changed_at=kg.now)
    row.pk, row.version, row.state = None, 2, "suspended"
    row.save()
    assert outcomes(taken(kg, asks(kg, STRANGER, **told))) == [("rejected", "not_covered")]


def test_who_takes_a_question_back_wipes_nothing_away_that_was_found(kg: PartnerNode) -> None:
    taken(kg, asks(kg, WANTED), asks(kg, STRANGER))
    for row in Answered.objects.all():
        forget_question(message_id=row.message_id, partner=kg.row)
    assert [row.outcome for row in Answered.objects.all()] == ["hit"]
    assert FoundEntry.objects.filter(state="open").count() == 1


def test_who_asks_for_everybody_is_not_answered(kg: PartnerNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("elchi.node.checks.services.answer.QUESTIONS_AN_HOUR", 2)
    assert [outcomes(taken(kg, asks(kg, STRANGER)))[0] for _ in range(3)] == [
        ("accepted", ""), ("accepted", ""), ("rejected", "too_many_questions"),
    ]  # fmt: skip
    Incoming.objects.filter(code="").update(received_at=kg.now - dt.timedelta(hours=2))
    assert outcomes(taken(kg, asks(kg, STRANGER))) == [("accepted", "")]


def test_a_subject_beyond_all_measure_is_refused_before_it_is_looked_for(kg: PartnerNode) -> None:
    huge = {**STRANGER, "given_names": "A" * MAX_SUBJECT}
    assert outcomes(taken(kg, asks(kg, huge))) == [("rejected", "question_invalid")]
