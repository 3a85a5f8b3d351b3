"""What a node and its bureau, and two bureaus, say to each other; what is refused, and that nothing is lost by it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import acting, make_country
from tests.interpol_bureau import (
    LISTED,
    agree,
    allow,
    ask_online,
    chief,
    connected,
    copy_content,
    make_point,
    put_copy,
    said,
    sent,
)
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.batch import Item
from elchi.exchange.message import Lane
from elchi.modules.interpol import services
from elchi.modules.interpol.models import ConfirmationRequest, HitConfirmation, Query
from elchi.modules.interpol.question import Firearm
from elchi.modules.interpol.services import PointCard
from elchi.modules.interpol.services.copies import FILE, MEDIA_TYPE
from elchi.modules.interpol.sides import offline_copy
from elchi.node.audit.models import AuditLine
from elchi.node.federation.models import AgreementVersion, Incoming, Outgoing, Partner
from elchi.node.federation.services import accept
from elchi.node.officers.rules import Role
from elchi.seal.part import Part
from elchi.subjects import Document, PartialDate, Person

STOLEN = {"kind": "document", "document_number": LISTED, "document_type": "P", "issuer": "KGZ"}
CLEAN = {**STOLEN, "document_number": "AC7654321"}
FRESH = {"guidance": "nothing_reported", "source": "online"}


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    """The bureau of Kyrgyzstan, or a post of it."""
    return agree(PartnerNode("KG-NCB-1", tmp_path, now))


@pytest.fixture
def tj(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    return PartnerNode("TJ-NCB-1", tmp_path, now)


def taken(node: PartnerNode, *items: Item) -> list[tuple[str, str]]:
    pushed = accept(items=items, peer=node.code, carrier="https", at=node.now)
    ask_online()
    return [(one.result, one.code) for one in pushed.outcomes]


def refused(item_of: PartnerNode, item: Item) -> str:
    """Take in what must be refused for good; give the code in the receipt and the audit, which are the same."""
    before = set(Incoming.objects.values_list("pk", flat=True))
    taken(item_of, item)
    row = Incoming.objects.exclude(pk__in=before).get()
    line = AuditLine.objects.filter(verb="federation.refuse_message").latest("sequence")
    assert (row.state, line.detail["code"]) == ("rejected", row.code)
    return str(row.code)


def point_of(node: PartnerNode, code: str = "KZ-POST") -> None:
    """Make a partner an access point that may ask."""
    services.register_point(by=chief(), card=PointCard(code=code, kind="police", partner=node.code))
    services.move_point(by=chief(), code=code, by_move="approve")
    allow()


def test_a_node_asks_its_bureau_and_is_told_what_the_first_line_does(kg: PartnerNode) -> None:
    point_of(kg)
    with connected():
        taken(kg, said(kg, "interpol.query", {"subject": CLEAN}), said(kg, "interpol.query", {"subject": STOLEN}))
    clean, hit = sent(kg, "interpol.answer")
    assert clean.body == {"v": 1, "guidance": "nothing_reported", "source": "online"}
    number = HitConfirmation.objects.get().number
    assert hit.body == {"v": 1, "guidance": "refer", "source": "online", "reference": number}
    assert list(Query.objects.order_by("id").values_list("point__code", "via", "message_id")) == [
        ("KZ-POST", "partner", clean.re), ("KZ-POST", "partner", hit.re),
    ]  # fmt: skip


def test_a_firearm_is_asked_beside_the_kinds_of_subject(kg: PartnerNode) -> None:
    point_of(kg)
    with connected():
        taken(kg, said(kg, "interpol.query", {"firearm": {"kind": "firearm", "serial_number": "AK 117-004"}}))
    assert [one.body["guidance"] for one in sent(kg, "interpol.answer")] == ["refer"]


def test_the_copy_answers_a_node_with_its_age(kg: PartnerNode, tmp_path: Path, now: dt.datetime) -> None:
    point_of(kg)
    put_copy(tmp_path, now, age=dt.timedelta(hours=3))
    taken(kg, said(kg, "interpol.query", {"subject": STOLEN}))
    (answer,) = sent(kg, "interpol.answer")
    assert {name: answer.body[name] for name in ("source", "copy_version", "copy_issued_at", "stale")} == {
        "source": "offline", "copy_version": 1, "stale": False,
        "copy_issued_at": (now - dt.timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "given", "code"),
    [
        ({"subject": {**STOLEN, "issuer": "QQQ"}}, {}, "document_key_invalid"),
        ({}, {}, "question_invalid"),
        ({"subject": {"kind": "organisation", "name": "Nobody"}}, {}, "not_covered"),
        ({"firearm": {**STOLEN}}, {}, "subject_kind"),
        ({"subject": STOLEN}, {"purpose": "visa"}, "not_covered"),
        ({"subject": STOLEN}, {"purpose": "customs_check"}, "access_refused"),
        ({"subject": {**STOLEN, "secret": "x"}}, {}, "not_covered"),
    ],
)
def test_what_a_node_may_not_ask_is_refused_with_its_code(
    kg: PartnerNode, body: dict[str, Any], given: dict[str, str], code: str, tmp_path: Path, now: dt.datetime
) -> None:
    point_of(kg)
    put_copy(tmp_path, now)
    assert refused(kg, said(kg, "interpol.query", body, **given)) == code
    assert not Query.objects.exists()


def test_a_partner_that_is_no_access_point_asks_nothing(kg: PartnerNode) -> None:
    assert refused(kg, said(kg, "interpol.query", {"subject": STOLEN})) == "access_point_unknown"


def test_a_node_is_answered_once_the_online_side_was_asked_and_not_before(
    kg: PartnerNode, tmp_path: Path, now: dt.datetime
) -> None:
    point_of(kg)
    put_copy(tmp_path, now)
    with connected():
        accept(items=[said(kg, "interpol.query", {"subject": STOLEN})], peer=kg.code, carrier="https", at=kg.now)
        assert (Query.objects.get().state, sent(kg, "interpol.answer")) == ("asking", [])
        ask_online()
    (answer,) = sent(kg, "interpol.answer")
    assert (answer.body["guidance"], answer.body["source"]) == ("refer", "online")
    assert HitConfirmation.objects.get().number == answer.body["reference"]


def test_an_answer_that_may_not_go_any_more_is_kept_here(kg: PartnerNode) -> None:
    point_of(kg)
    with connected():
        accept(items=[said(kg, "interpol.query", {"subject": STOLEN})], peer=kg.code, carrier="https", at=kg.now)
        AgreementVersion.objects.all().delete()
        ask_online()
    row = Query.objects.get()
    assert (row.state, row.guidance, sent(kg, "interpol.answer")) == ("answered", "refer", [])
    assert row.code == AuditLine.objects.get(verb="interpol.record_answer").detail["code"] == "agreement_missing"


def test_a_question_that_comes_twice_is_asked_once(kg: PartnerNode) -> None:
    point_of(kg)
    item = said(kg, "interpol.query", {"subject": STOLEN})
    with connected() as simulator:
        taken(kg, item)
        taken(kg, item)
        assert (Query.objects.count(), HitConfirmation.objects.count(), simulator.asked) == (1, 1, 1)


def test_a_clock_that_is_ahead_keeps_the_question_with_its_sender(kg: PartnerNode, now: dt.datetime) -> None:
    point_of(kg)
    late = said(kg, "interpol.query", {"subject": STOLEN}, sent_at=now + dt.timedelta(hours=1))
    assert taken(kg, late) == [("rejected", "clock_ahead")]
    assert not Incoming.objects.exists()  # without a receipt: it stays with its sender, who tries again


# -- a node that asks its bureau --


def asked_of(node: PartnerNode, asked: Any = None) -> Query:
    return services.ask(
        by=acting(Role.FIRST_LINE), purpose="border_check",
        asked=asked or Document(document_number=LISTED, document_type="P", issuer="KGZ"),
    )  # fmt: skip


def answers(node: PartnerNode, query: Query, body: dict[str, Any], **given: Any) -> Item:
    return said(node, "interpol.answer", body, **{"lane": Lane.ANSWER, "re": query.message_id, **given})


def test_the_own_copy_answers_at_once_and_the_bureau_later(kg: PartnerNode, tmp_path: Path, now: dt.datetime) -> None:
    put_copy(tmp_path, now, age=dt.timedelta(hours=50))
    query = asked_of(kg, Document(document_number="AC0000001", document_type="P", issuer="KGZ"))
    assert (query.state, query.guidance) == ("waiting", "ask_again")
    (question,) = sent(kg, "interpol.query")
    assert question.body["subject"]["document_number"] == "AC0000001"
    taken(kg, answers(kg, query, FRESH))
    query.refresh_from_db()
    assert (query.state, query.guidance) == ("answered", "nothing_reported")
    assert list(query.answers.values_list("source", "guidance", "stale")) == [
        ("own_copy", "ask_again", True), ("online", "nothing_reported", False),
    ]  # fmt: skip


def test_a_hit_in_the_own_copy_stays_one_whatever_the_bureau_says(
    kg: PartnerNode, tmp_path: Path, now: dt.datetime
) -> None:
    put_copy(tmp_path, now)
    query = asked_of(kg)
    taken(kg, answers(kg, query, FRESH))
    query.refresh_from_db()
    assert query.guidance == "refer"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"guidance": "arrest", "source": "online"}, "answer_invalid"),
        ({"guidance": "refer"}, "answer_invalid"),
        ({"guidance": "nobody_answered", "source": "online"}, "answer_invalid"),
        ({"guidance": "refer", "source": "offline", "copy_version": 1}, "answer_invalid"),
        ({"guidance": "refer", "source": "offline", "copy_issued_at": "yesterday"}, "answer_invalid"),
        ({**FRESH, "refusals": [1]}, "answer_invalid"),
        ({**FRESH, "record": "D-1"}, "not_covered"),
    ],
)
def test_malformed_answers_are_refused_and_the_question_still_waits(
    kg: PartnerNode, body: dict[str, Any], code: str
) -> None:
    query = asked_of(kg)
    assert refused(kg, answers(kg, query, body)) == code
    query.refresh_from_db()
    assert query.state == "waiting"
    taken(kg, answers(kg, query, FRESH))
    query.refresh_from_db()
    assert query.state == "answered"


def test_a_copy_that_calls_itself_fresh_is_measured_by_our_clock(kg: PartnerNode, now: dt.datetime) -> None:
    for hours in (49, -1):  # too old, and of a time that has not come
        query = asked_of(kg)
        issued = (now - dt.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        body = {"guidance": "nothing_reported", "source": "offline", "copy_version": 3, "copy_issued_at": issued,
                "stale": False}  # fmt: skip
        taken(kg, answers(kg, query, body))
        query.refresh_from_db()
        assert (query.guidance, query.answers.get().stale) == ("ask_again", True)


def test_answers_that_nobody_asked_for_or_twice_are_refused(kg: PartnerNode, tj: PartnerNode, now: dt.datetime) -> None:
    query = asked_of(kg)
    assert refused(tj_agreed(tj), answers(tj, query, FRESH)) == "answer_unasked"
    taken(kg, answers(kg, query, FRESH))
    assert refused(kg, answers(kg, query, FRESH)) == "answered_already"
    assert refused(kg, answers(kg, query, FRESH, re="")) == "answer_unasked"


def tj_agreed(node: PartnerNode) -> PartnerNode:
    return agree(node)


def test_an_answer_may_come_after_its_time(kg: PartnerNode) -> None:
    query = asked_of(kg)
    Query.objects.update(asked_at=query.asked_at - dt.timedelta(minutes=5))
    assert services.expire_queries(by=chief()) == 1
    taken(kg, answers(kg, query, FRESH))
    query.refresh_from_db()
    assert query.state == "answered"


def test_a_refusal_of_the_bureau_is_shown_with_its_code(kg: PartnerNode) -> None:
    query = asked_of(kg)
    row = Outgoing.objects.get(kind="interpol.query")
    item = Item(kg.code, Lane(row.lane), row.expires_at, "envelope", bytes(row.envelope or b""))
    taken(kg, kg.receipt(item, outcome="rejected", code="access_refused"))
    query.refresh_from_db()
    assert (query.state, query.code) == ("refused", "access_refused")


def test_progress_of_the_confirmation_reaches_who_asked(kg: PartnerNode) -> None:
    query = asked_of(kg)
    taken(kg, answers(kg, query, {"guidance": "refer", "source": "online", "reference": "KG-NCB-1-C-0001"}))
    told = said(kg, "interpol.progress", {"step": "confirmed", "reference": "KG-NCB-1-C-0001"}, re=query.message_id)
    taken(kg, told)
    query.refresh_from_db()
    assert (query.progress, query.reference) == ("confirmed", "KG-NCB-1-C-0001")
    bad = said(kg, "interpol.progress", {"step": "arrested"}, re=query.message_id)
    assert refused(kg, bad) == "answer_invalid"


def test_what_the_agreement_does_not_name_does_not_leave(kg: PartnerNode) -> None:
    person = Person(name="PROBA MARAT", birth_date=PartialDate(1990, 1, 2), national_id="12345678901234")
    asked_of(kg, person)
    (question,) = sent(kg, "interpol.query")
    assert question.body["subject"] == {"kind": "person", "name": "PROBA MARAT", "birth_date": "1990-01-02"}
    with pytest.raises(InvalidInput, match="question_invalid"):
        asked_of(kg, Person(national_id="12345678901234"))
    asked_of(kg, Firearm(serial_number="AK117004"))
    assert sent(kg, "interpol.query")[1].body["firearm"] == {"kind": "firearm", "serial_number": "AK117004"}


def test_without_an_agreement_nobody_is_asked(kg: PartnerNode) -> None:
    with pytest.raises(NotFound, match="access_point_unknown"):
        services.ask(by=acting(Role.FIRST_LINE), asked=Firearm(serial_number="AK117004"), purpose="visa")
    Partner.objects.update(state="suspended")
    with pytest.raises(NotFound, match="access_point_unknown"):
        asked_of(kg)


# -- two bureaus --


def hit(tmp_path: Path, now: dt.datetime) -> HitConfirmation:
    make_point()
    allow()
    put_copy(tmp_path, now)
    office = acting(Role.FIRST_LINE)
    query = services.ask(
        by=office, asked=Document(document_number=LISTED, document_type="P", issuer="KGZ"), purpose="border_check"
    )
    return query.hits.get()


def test_the_owner_confirms_through_the_exchange(kg: PartnerNode, tmp_path: Path, now: dt.datetime) -> None:
    row = hit(tmp_path, now)
    services.ask_owner(by=chief(), hit_id=row.pk)
    (asked,) = sent(kg, "interpol.confirm")
    assert asked.body == {"v": 1, "subject": STOLEN, "reported": "stolen", "reference": row.number, "record": ""}
    taken(kg, said(kg, "interpol.confirmed", {"answer": "confirmed", "reference": row.number}, re=asked.id))
    row.refresh_from_db()
    assert (row.step, list(row.times)) == ("confirmed", ["hit", "asked", "confirmed"])
    assert AuditLine.objects.get(verb="interpol.record_owner_answer").detail == {"answer": "confirmed", "owner": "KGZ"}


def test_a_bureau_that_answers_for_another_country_is_refused(
    kg: PartnerNode, tj: PartnerNode, tmp_path: Path, now: dt.datetime
) -> None:
    row = hit(tmp_path, now)
    services.ask_owner(by=chief(), hit_id=row.pk)
    (asked,) = sent(kg, "interpol.confirm")
    agree(tj)
    wrong = said(tj, "interpol.confirmed", {"answer": "refuted"}, re=asked.id)
    assert refused(tj, wrong) == "confirmation_other_country"
    with pytest.raises(NotAllowed, match="confirmation_other_country"):
        services.record_owner_answer(by=chief(), hit_id=row.pk, answer="refuted", country="TJ")
    row.refresh_from_db()
    assert row.step == "asked"
    assert refused(kg, said(kg, "interpol.confirmed", {"answer": "maybe"}, re=asked.id)) == "answer_invalid"


def test_no_answer_in_time_is_told_and_a_late_one_counts(kg: PartnerNode, tmp_path: Path, now: dt.datetime) -> None:
    row = hit(tmp_path, now)
    services.ask_owner(by=chief(), hit_id=row.pk)
    assert services.give_up_owners(by=chief(), now=now + dt.timedelta(minutes=59)) == 0
    assert services.give_up_owners(by=chief(), now=now + dt.timedelta(minutes=61)) == 1
    with pytest.raises(Conflict, match="confirmation_needed"):
        services.record_act(by=chief(), hit_id=row.pk, act="detained")
    (asked,) = sent(kg, "interpol.confirm")
    taken(kg, said(kg, "interpol.confirmed", {"answer": "confirmed"}, re=asked.id))
    services.record_act(by=chief(), hit_id=row.pk, act="document_seized")
    services.close_hit(by=chief(), hit_id=row.pk, note="Handed to the police of the town")
    row.refresh_from_db()
    assert (row.step, row.act, set(row.times)) == (
        "closed", "document_seized", {"hit", "asked", "no_answer", "confirmed", "acted", "closed"},
    )  # fmt: skip


def test_who_asked_as_a_node_is_told_how_far_it_is(kg: PartnerNode, now: dt.datetime) -> None:
    point_of(kg)
    with connected():
        taken(kg, said(kg, "interpol.query", {"subject": STOLEN}))
    row = HitConfirmation.objects.get()
    services.ask_owner(by=chief(), hit_id=row.pk)
    services.record_owner_answer(by=chief(), hit_id=row.pk, answer="confirmed", country="KGZ")
    (told,) = sent(kg, "interpol.progress")
    assert (told.body, told.re) == ({"v": 1, "step": "confirmed", "reference": row.number}, row.query.message_id)


def test_another_bureau_is_answered_once(kg: PartnerNode, now: dt.datetime) -> None:
    body = {"subject": STOLEN, "record": "D-9", "reported": "stolen", "reference": "KG-NCB-1-C-0009"}
    item = said(kg, "interpol.confirm", body, deadline=now + dt.timedelta(hours=1))
    taken(kg, item)
    row = ConfirmationRequest.objects.get()
    services.answer_request(by=chief(), request_id=row.pk, answer="refuted")
    (answer,) = sent(kg, "interpol.confirmed")
    assert (answer.body, answer.re) == (
        {"v": 1, "answer": "refuted", "reference": "KG-NCB-1-C-0009"}, row.message_id,
    )  # fmt: skip
    with pytest.raises(Conflict, match="request_answered"):
        services.answer_request(by=chief(), request_id=row.pk, answer="confirmed")
    for wrong in ({**body, "reported": "ugly"}, {**body, "reference": ""}, {**body, "record": "x" * 200}):
        assert refused(kg, said(kg, "interpol.confirm", wrong)) == "question_invalid"


# -- files of the copy --


def with_file(node: PartnerNode, file: Path) -> Item:
    return said(node, "interpol.changes", {}, lane=Lane.FEED, files=(Part(FILE, MEDIA_TYPE, file.read_bytes()),))


def test_a_copy_that_the_bureau_sends_is_taken_in_once(kg: PartnerNode, tmp_path: Path, now: dt.datetime) -> None:
    file = copy_content(tmp_path, issued_at=now, issuer=kg.code, signers=(kg.signing,))
    item = with_file(kg, file)
    taken(kg, item)
    taken(kg, with_file(kg, file))
    copy = offline_copy()
    assert copy is not None
    assert (copy.head.version, copy.head.issuer) == (1, kg.code)  # type: ignore[union-attr]
    assert AuditLine.objects.filter(verb="interpol.take_copy").count() == 1


def test_a_copy_of_who_may_not_give_one_is_refused(
    kg: PartnerNode, tj: PartnerNode, tmp_path: Path, now: dt.datetime
) -> None:
    strange = copy_content(tmp_path, issued_at=now, issuer=tj.code, signers=(tj.signing,))
    assert refused(kg, with_file(kg, strange)) == "key_unknown"
    named = copy_content(tmp_path, issued_at=now, issuer=tj.code, signers=(kg.signing,))
    assert refused(kg, with_file(kg, named)) == "copy_giver_wrong"
    agree(tj)
    assert refused(kg, with_file(kg, strange)) == "copy_giver_unlike"
    assert refused(kg, said(kg, "interpol.changes", {}, lane=Lane.FEED)) == "copy_missing"
    assert offline_copy() is None


def test_reports_go_by_four_eyes_into_the_copy_and_withdrawals_follow(
    kg: PartnerNode, tmp_path: Path, now: dt.datetime
) -> None:
    make_country("KZ")
    point_of(kg)
    one, other = chief(), chief()
    document = Document(document_number="N12345678", document_type="P", issuer="KAZ")
    row = services.propose_report(by=one, document=document, reported="stolen")
    with pytest.raises(NotAllowed, match="report_four_eyes"):
        services.approve_report(by=one, report_id=row.pk)
    with pytest.raises(Conflict, match="nothing_to_publish"):
        services.publish_changes(by=one)
    services.approve_report(by=other, report_id=row.pk)
    with pytest.raises(Conflict, match="report_there"):
        services.propose_report(by=one, document=document, reported="lost")
    with pytest.raises(NotAllowed, match="report_other_country"):
        services.propose_report(by=one, document=Document(document_number="AC1", document_type="P", issuer="KGZ"),
                                reported="lost")  # fmt: skip
    assert services.publish_changes(by=one).version == 1
    assert reported("N12345678") == "stolen"
    services.withdraw_report(by=one, report_id=row.pk, reason="Found at home")
    assert reported("N12345678") == "stolen"  # until the next file is given out
    head = services.publish_changes(by=other)
    assert (head.kind, head.version, reported("N12345678")) == ("changes", 2, None)
    assert [len(one.files) for one in sent(kg, "interpol.changes")] == [1, 1]


def reported(number: str) -> Any:
    from elchi.modules.interpol.offline.document_key import key_of_document  # noqa: PLC0415

    copy = offline_copy()
    assert copy is not None
    return copy.look_up(key_of_document("KAZ", "P", number)).reported  # type: ignore[union-attr]
