"""The desk: what is asked and answered inside the office and across the border, who sees it, and how it ends."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.agreements_made import go, stay
from tests.desk_steps import agreed, asks, desk_grants, due, said_to, says, took
from tests.factories import acting, make_agency
from tests.partner_node import PartnerNode

from elchi.errors import ElchiError, NotAllowed, NotFound
from elchi.exchange.conversation import Act
from elchi.exchange.message import Evaluation, Lane
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.directory.models import DutyContact
from elchi.node.federation.models import Incoming, Outgoing
from elchi.node.federation.services import accept
from elchi.node.liaison import services
from elchi.node.liaison.models import Conversation, SharedFile, Utterance
from elchi.node.liaison.queries import conversations_found, count_waiting, spoken_in, stamp_of
from elchi.node.liaison.services._talk import Given
from elchi.node.liaison.services.requests import Request
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.seal.part import Part
from elchi.subjects import Vehicle

KG = "KG-AKJ-1"
VAN = Vehicle(plate="01514KBC", plate_country="KGZ", vin="WVWZZZ1JZXW000001")


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    return agreed(PartnerNode(KG, tmp_path, now))


@pytest.fixture
def border() -> Acting:
    return acting(Role.SECOND_LINE, agency=make_agency("kz-border"), shown="A. Seitkali")


@pytest.fixture
def customs() -> Acting:
    return acting(Role.SECOND_LINE, agency=make_agency("kz-customs", kind="customs"), shown="D. Kim")


@pytest.fixture
def police() -> Acting:
    return acting(Role.SECOND_LINE, agency=make_agency("kz-police", kind="police"), shown="B. Omarov")


def a_request(**given: Any) -> Request:
    values: dict[str, Any] = {
        "kind": "vehicle", "urgency": "flash", "title": "Van, plate 01514KBC", "text": "Whose is it?",
        "language": "ru", "purpose": "investigation", **given,
    }  # fmt: skip
    return Request(**values)


def sent(by: Acting, **given: Any) -> Conversation:
    row = services.draft_request(by=by, request=a_request(**given))
    return services.send_request(by=by, conversation_id=row.pk)


def words(by: Acting, row: Conversation) -> list[tuple[str, str, str]]:
    return [(one.said.act, one.said.text, one.said.officer) for one in spoken_in(by, row)]


def reaches(by: Acting, row: Conversation, place: int = 0) -> list[tuple[str, str]]:
    return [(one.whom, one.state) for one in spoken_in(by, row)[place].reach]


def refuses(code: str, act: Any) -> None:
    with pytest.raises(ElchiError) as refused:
        act()
    assert refused.value.code == code


def test_an_agency_asks_another_inside_the_office(border: Acting, customs: Acting, police: Acting) -> None:
    row = sent(customs, agencies=["kz-border"])
    assert (row.number, row.state) == (f"KZ-KOR-1-R-{row.pk:04d}", "sent")
    assert reaches(customs, row) == [("kz-border", "delivered")]
    assert (count_waiting(border), count_waiting(customs), count_waiting(police)) == (1, 0, 0)
    services.read_conversation(by=border, conversation_id=row.pk)
    assert count_waiting(border) == 0
    assert reaches(customs, row) == [("kz-border", "read")]
    services.say(by=border, conversation_id=row.pk, act="acknowledge")
    services.say(by=border, conversation_id=row.pk, act="part", text="A firm in Bishkek")
    services.say(by=border, conversation_id=row.pk, act="answer", text="Three vans, this one is the third")
    row.refresh_from_db()
    assert row.state == "answered"
    assert words(customs, row) == [
        ("ask", "Whose is it?", "D. Kim"),
        ("acknowledge", "", "A. Seitkali"),
        ("part", "A firm in Bishkek", "A. Seitkali"),
        ("answer", "Three vans, this one is the third", "A. Seitkali"),
    ]
    assert count_waiting(customs) == 1
    with pytest.raises(NotFound, match="conversation_unknown"):
        services.read_conversation(by=police, conversation_id=row.pk)
    services.release_conversation(by=border, conversation_id=row.pk, agency="kz-police")
    assert len(words(police, row)) == 4
    assert not Outgoing.objects.exists()


def test_an_answer_for_one_agency_is_hidden_from_the_others(border: Acting, customs: Acting, police: Acting) -> None:
    row = sent(customs, agencies=["kz-border", "kz-police"])
    services.say(by=police, conversation_id=row.pk, act="answer", text="For customs only", agencies=["kz-customs"])
    assert [text for _, text, _ in words(customs, row)] == ["Whose is it?", "For customs only"]
    assert [text for _, text, _ in words(police, row)] == ["Whose is it?", "For customs only"]
    assert [text for _, text, _ in words(border, row)] == ["Whose is it?"]
    assert [text for _, text, _ in words(acting(Role.AUDITOR), row)] == ["Whose is it?", "For customs only"]


def test_a_draft_is_seen_by_its_agency_only_and_may_be_dropped(border: Acting, customs: Acting) -> None:
    row = services.draft_request(by=customs, request=a_request(agencies=["kz-border"]))
    assert list(conversations_found(border, which="all")) == []
    assert list(conversations_found(acting(Role.AUDITOR), which="all")) == []
    assert list(conversations_found(customs)) == [row]
    refuses("conversation_draft", lambda: services.say(by=customs, conversation_id=row.pk, act="say", text="x"))
    services.drop_draft(by=customs, conversation_id=row.pk)
    assert not Conversation.objects.exists()
    row = sent(customs, agencies=["kz-border"])
    refuses("conversation_sent", lambda: services.drop_draft(by=customs, conversation_id=row.pk))


def test_what_goes_across_the_border_is_what_the_agreement_lets_go(kg: PartnerNode, border: Acting) -> None:
    draft = services.draft_request(
        by=border,
        request=a_request(
            to=KG, subject=VAN, agencies=["kg-drugs"], tlp="RED", handling="H0",
            evaluation=Evaluation(scheme="4x4", source="B", information="2"),
            files=[Given("owners.csv", "text/csv", b"name;plate\n")],
        ),
    )  # fmt: skip
    permit = services.preview_request(by=border, conversation_id=draft.pk)
    assert permit
    assert [(one.field, str(one.decision), one.clause) for one in permit.decisions] == [
        ("plate", "may_go", "7(1)"), ("plate_country", "may_go", "7(1)"), ("vin", "blocked", "2"),
    ]  # fmt: skip
    row = services.send_request(by=border, conversation_id=draft.pk)
    (message,) = said_to(kg)
    assert message.kind == "request"
    assert message.lane is Lane.QUESTION
    assert (message.purpose, message.agreement, message.thread) == ("investigation", "KZ-KG-2026:1", row.thread)
    assert (message.handling.code, message.handling.tlp) == ("H1", "RED")
    assert message.evaluation == Evaluation(scheme="4x4", source="B", information="2")
    assert message.deadline == row.due_at
    assert message.body["subject"] == {"kind": "vehicle", "plate": "01514KBC", "plate_country": "KGZ"}
    assert message.body["text"] == {"title": "Van, plate 01514KBC", "words": "Whose is it?", "language": "ru"}
    assert message.body["officer"] == "A. Seitkali"
    assert {name: message.body["head"][name] for name in ("act", "place", "agency", "agencies", "called")} == {
        "act": "ask", "place": 1, "agency": "kz-border", "agencies": ["kg-drugs"], "called": row.number,
    }  # fmt: skip
    assert [(part.name, part.content) for part in message.files] == [("owners.csv", b"name;plate\n")]
    assert (row.agreement, row.clause) == ("KZ-KG-2026:1", "5")
    assert "WVWZZZ1JZXW000001" not in str(message)


def test_without_an_agreement_nothing_is_sent(kg: PartnerNode, border: Acting) -> None:
    draft = services.draft_request(by=border, request=a_request(to=KG, purpose="border_check"))
    refuses("agreement_missing", lambda: services.preview_request(by=border, conversation_id=draft.pk))
    refuses("agreement_missing", lambda: services.send_request(by=border, conversation_id=draft.pk))
    draft.refresh_from_db()
    assert (draft.state, Utterance.objects.count(), Outgoing.objects.count()) == ("draft", 1, 0)


@pytest.mark.parametrize("name", ["head", "files"])
def test_what_cannot_be_left_out_is_asked_for(name: str, tmp_path: Path, now: dt.datetime, border: Acting) -> None:
    details = {"head": go("5"), "text": go("5"), "files": go("5")} | {name: stay("8")}
    agreed(PartnerNode(KG, tmp_path, now), grants=desk_grants(details=details))
    draft = services.draft_request(by=border, request=a_request(to=KG, files=[Given("a.txt", "text/plain", b"a")]))
    with pytest.raises(NotAllowed) as refused:
        services.send_request(by=border, conversation_id=draft.pk)
    assert (refused.value.params["field"], refused.value.params["clause"]) == (name, "8")


def test_what_only_the_name_of_the_officer_may_not_do_stays_here(
    tmp_path: Path, now: dt.datetime, border: Acting
) -> None:
    kg = agreed(PartnerNode(KG, tmp_path, now), grants=desk_grants(details={"head": go("5"), "text": go("5")}))
    sent(border, to=KG)
    (message,) = said_to(kg)
    assert "officer" not in message.body


def test_how_far_it_has_come_follows_the_receipts(kg: PartnerNode, border: Acting) -> None:
    row = sent(border, to=KG, agencies=["kg-drugs"])
    assert reaches(border, row) == [("kg-drugs", "queued")]
    (item,) = due("request")
    accept(items=[kg.receipt(item)], peer=KG, carrier="https", at=kg.now)
    assert reaches(border, row) == [("kg-drugs", "delivered")]
    before = stamp_of(border, row)
    accept(items=[kg.receipt(item, outcome="opened")], peer=KG, carrier="https", at=kg.now)
    assert reaches(border, row) == [("kg-drugs", "delivered")]  # somebody read it; whether drug control did is not said
    took(kg, says(kg, row.thread, 2, Act.READ, head={"agency": "kg-drugs", "read_to": 1}))
    assert reaches(border, row) == [("kg-drugs", "read")]
    row.refresh_from_db()
    assert stamp_of(border, row) != before
    assert (row.state, row.newest, count_waiting(border)) == ("sent", 1, 0)


def test_a_partner_asks_and_is_answered(kg: PartnerNode, border: Acting, customs: Acting) -> None:
    asked = asks(
        kg,
        {"agencies": ["kz-border", "kz-unknown"]},
        body={"subject": {"kind": "vehicle", "plate": "01A"}},
        files=(Part("photo.jpg", "image/jpeg", b"\xff\xd8"),),
    )
    assert took(kg, asked) == [("accepted", "")]
    row = Conversation.objects.get()
    assert (row.number, row.state, row.kind, row.urgency, row.title) == (
        "KG-AKJ-1-R-0007", "sent", "vehicle", "urgent", "A white van",
    )  # fmt: skip
    assert count_waiting(border) == 1
    refuses("conversation_unknown", lambda: services.read_conversation(by=customs, conversation_id=row.pk))
    services.read_conversation(by=border, conversation_id=row.pk)
    assert Incoming.objects.get(kind="request").state == "opened"
    (read,) = said_to(kg)
    assert {name: read.body["head"][name] for name in ("act", "agency", "read_to")} == {
        "act": "read", "agency": "kz-border", "read_to": 1,
    }  # fmt: skip
    services.read_conversation(by=border, conversation_id=row.pk)
    assert len(said_to(kg)) == 1
    services.say(by=border, conversation_id=row.pk, act="answer", template="not_on_our_lists", agencies=["kg-drugs"])
    answer = said_to(kg)[-1]
    assert (answer.thread, answer.re, answer.kind) == (row.thread, read.re, "reply")
    assert answer.body["head"]["template"] == "not_on_our_lists"
    assert answer.body["head"]["place"] == 3
    row.refresh_from_db()
    assert row.state == "answered"
    given = SharedFile.objects.get()
    assert bytes(services.read_shared_file(by=border, file_id=given.pk).content) == b"\xff\xd8"
    refuses("conversation_file_unknown", lambda: services.read_shared_file(by=customs, file_id=given.pk))


def test_any_order_of_arrival_gives_the_same_conversation(kg: PartnerNode, border: Acting) -> None:
    first = kg.message("request")
    thread = first.thread
    items = [
        asks(kg, thread=thread),
        says(kg, thread, 2, Act.SAY, "one"),
        says(kg, thread, 3, Act.ASK, "two"),
        says(kg, thread, 4, Act.SAY, "three"),
    ]
    for order in itertools.permutations(items):
        Conversation.objects.all().delete()
        Incoming.objects.all().delete()
        assert [took(kg, one) for one in (*order, order[0])] == [[("accepted", "")]] * 4 + [[("duplicate", "")]]
        row = Conversation.objects.get()
        assert (row.state, row.title, row.newest) == ("sent", "A white van", 4)
        assert [text for _, text, _ in words(border, row)] == ["Do you know it?", "one", "two", "three"]


def test_what_comes_late_is_unread(kg: PartnerNode, border: Acting) -> None:
    took(kg, asks(kg))
    row = Conversation.objects.get()
    took(kg, says(kg, row.thread, 3, Act.SAY, "second"))
    services.read_conversation(by=border, conversation_id=row.pk)
    assert count_waiting(border) == 0
    took(kg, says(kg, row.thread, 2, Act.SAY, "first"))
    assert count_waiting(border) == 1


@pytest.mark.parametrize(
    ("head", "given", "code"),
    [
        ({"kind": None}, {}, "talk_invalid"),
        ({"ends_at": None}, {}, "talk_invalid"),
        ({"called": None}, {}, "talk_invalid"),
        ({"place": 2}, {}, "talk_invalid"),
        ({"place": 10_001}, {}, "talk_invalid"),
        ({"place": True}, {}, "talk_invalid"),
        ({"act": "answer"}, {}, "talk_invalid"),
        ({"act": "shout"}, {}, "talk_invalid"),
        ({"urgency": "at_once"}, {}, "talk_invalid"),
        ({"agencies": "kz-border"}, {}, "talk_invalid"),
        ({"ends_at": "tomorrow"}, {}, "talk_invalid"),
        ({}, {"deadline": None}, "talk_invalid"),
        ({}, {"body": {"text": {"title": "x" * 201}}}, "talk_invalid"),
        ({}, {"body": {"text": {"words": "\u202e"}}}, "talk_invalid"),
        ({}, {"body": {"text": []}}, "talk_invalid"),
        ({}, {"body": {"v": 2}}, "talk_invalid"),
        ({}, {"body": {"more": 1}}, "not_covered"),
        ({}, {"purpose": "border_check"}, "not_covered"),
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(
    kg: PartnerNode, head: dict[str, Any], given: dict[str, Any], code: str
) -> None:
    assert took(kg, asks(kg, head, **given)) == [("rejected", code)]
    assert not Conversation.objects.exists()


def test_each_side_does_what_is_its_own(kg: PartnerNode, border: Acting) -> None:
    took(kg, asks(kg))
    theirs = Conversation.objects.get()
    refuses("talk_side", lambda: services.say(by=border, conversation_id=theirs.pk, act="ask", text="x"))
    refuses("talk_invalid", lambda: services.say(by=border, conversation_id=theirs.pk, act="refuse", text="x"))
    assert took(kg, says(kg, theirs.thread, 2, Act.ANSWER, "I answer myself")) == [("rejected", "talk_side")]
    services.say(by=border, conversation_id=theirs.pk, act="refuse", text="Not ours to tell", clause="8")
    theirs.refresh_from_db()
    assert theirs.state == "refused"
    assert said_to(kg)[-1].body["head"]["clause"] == "8"
    ours = sent(border, to=KG)
    refuses("talk_side", lambda: services.say(by=border, conversation_id=ours.pk, act="answer", text="x"))
    assert took(kg, says(kg, ours.thread, 2, Act.WITHDRAW)) == [("rejected", "talk_side")]
    assert took(kg, says(kg, ours.thread, 2, Act.REFUSE, "no", head={"clause": "4(2)"})) == [("accepted", "")]
    ours.refresh_from_db()
    assert (ours.state, spoken_in(border, ours)[-1].said.clause) == ("refused", "4(2)")


def test_a_thread_and_a_number_belong_to_one_conversation(kg: PartnerNode, border: Acting) -> None:
    ours = sent(border, to=KG)
    assert took(kg, asks(kg, thread=ours.thread)) == [("rejected", "conversation_known")]
    assert took(kg, asks(kg)) == [("accepted", "")]
    assert took(kg, asks(kg)) == [("rejected", "conversation_known")]


def test_a_request_is_taken_back(kg: PartnerNode, border: Acting, customs: Acting) -> None:
    row = sent(border, to=KG)
    services.withdraw_request(by=border, conversation_id=row.pk, reason="He is at home")
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert [one.body["head"]["act"] for one in said_to(kg)] == ["ask", "withdraw"]
    refuses("conversation_over", lambda: services.say(by=border, conversation_id=row.pk, act="say", text="x"))
    answered = sent(border, agencies=["kz-customs"])
    services.say(by=customs, conversation_id=answered.pk, act="answer", text="x")
    refuses("state_refuses", lambda: services.withdraw_request(by=border, conversation_id=answered.pk))


def test_reminded_escalated_and_expired_before_and_after_its_time(border: Acting, customs: Acting) -> None:
    for rank, desk in ((1, "Window"), (2, "Head of shift")):
        DutyContact.objects.create(
            agency=make_agency("kz-customs"), desk=desk, rank=rank, phone="+7 700 000 00 01", time_zone="Asia/Almaty",
            subject_matter="request",
        )  # fmt: skip
    row = sent(border, agencies=["kz-customs"])
    began, due_at, ends_at = row.opened_at, row.due_at, row.ends_at
    assert due_at
    assert ends_at

    def at(minutes: float) -> Conversation:
        shift = dt.timedelta(minutes=minutes)
        Conversation.objects.filter(pk=row.pk).update(
            opened_at=began - shift, due_at=due_at - shift, ends_at=ends_at - shift
        )
        services.remind_due(by=NODE)
        row_now = Conversation.objects.get(pk=row.pk)
        assert services.remind_due(by=NODE) == 0
        return row_now

    assert (at(7).reminded_at, at(7).escalated_at) == (None, None)
    assert at(8).reminded_at is not None
    assert at(8).escalated_at is None
    escalated = at(11.5)
    assert escalated.escalated_at is not None
    assert (escalated.fallback["desk"], escalated.state) == ("Head of shift", "sent")
    assert at(15 + 7 * 24 * 60 + 1).state == "expired"
    verbs = AuditLine.objects.filter(verb__startswith="liaison.").values_list("verb", flat=True).order_by("sequence")
    assert list(verbs)[-3:] == ["liaison.remind_of_request", "liaison.escalate_request", "liaison.expire_request"]


def test_retention_removes_a_conversation_that_is_over(border: Acting, customs: Acting) -> None:
    row = sent(border, agencies=["kz-customs"])
    Conversation.objects.update(keep_until=timezone.now().date() - dt.timedelta(days=1))
    assert services.remove_kept_conversations(by=NODE) == 0
    services.say(by=customs, conversation_id=row.pk, act="answer", text="x")
    assert services.remove_kept_conversations(by=NODE) == 1
    assert not Utterance.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"agencies": []}, "talk_invalid"),
        ({"agencies": ["kz-border"]}, "talk_invalid"),
        ({"agencies": ["kz-nobody"]}, "agency_unknown"),
        ({"to": "XX-NO-1"}, "partner_unknown"),
        ({"kind": "horse"}, "talk_invalid"),
        ({"urgency": "now"}, "talk_invalid"),
        ({"urgency": "by_date"}, "talk_invalid"),
        ({"urgency": "by_date", "due_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "talk_invalid"),
        ({"title": " "}, "talk_invalid"),
        ({"title": "x" * 201}, "talk_invalid"),
        ({"text": ""}, "talk_invalid"),
        ({"text": "x" * 8_001}, "talk_invalid"),
        ({"text": "\u202e"}, "talk_invalid"),
        ({"template": "no_such"}, "talk_invalid"),
        ({"handling": "H9"}, "talk_invalid"),
        ({"files": [Given("a", "text/plain", b"x" * (3 << 20)), Given("b", "text/plain", b"x")]}, "talk_invalid"),
        ({"files": [Given("a", "text/plain", b"x")] * 6}, "talk_invalid"),
    ],
)
def test_what_cannot_be_asked(border: Acting, customs: Acting, given: dict[str, Any], code: str) -> None:
    refuses(code, lambda: services.draft_request(by=border, request=a_request(**{"agencies": ["kz-customs"], **given})))
    assert not Conversation.objects.exists()


def test_who_may_not_work_at_the_desk(border: Acting) -> None:
    row = sent(border, agencies=[acting(Role.SECOND_LINE, agency=make_agency("kz-customs")).agency])
    for role in set(Role) - {Role.SECOND_LINE, Role.SUPERVISOR}:
        by = acting(role)
        refuses("right_missing", lambda by=by: services.draft_request(by=by, request=a_request()))
        refuses("right_missing", lambda by=by: services.say(by=by, conversation_id=row.pk, act="say", text="x"))


def test_files_of_one_name_have_names_of_their_own(kg: PartnerNode, border: Acting) -> None:
    sent(
        border,
        to=KG,
        files=[
            Given("dir/a.txt", "text/plain", b"1"),
            Given("a.txt", "text/plain", b"2"),
            Given("body", "text/plain", b"3"),
        ],
    )
    (message,) = said_to(kg)
    assert [part.name for part in message.files] == ["a.txt", "2-a.txt", "3-body"]


def test_what_its_sender_took_back_is_empty(kg: PartnerNode, border: Acting) -> None:
    took(kg, asks(kg))
    row = Conversation.objects.get()
    took(kg, says(kg, row.thread, 2, Act.SAY, "a name too many"))
    message = Incoming.objects.get(kind="reply")
    withdrawn = kg.says("withdrawal", {"message": message.message_id}, thread=row.thread, re=message.message_id,
                        lane=Lane.ALERT)  # fmt: skip
    assert took(kg, withdrawn) == [("accepted", "")]
    assert [text for _, text, _ in words(border, row)] == ["Do you know it?", ""]
