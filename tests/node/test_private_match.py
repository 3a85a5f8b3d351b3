"""Private matches at one node: what goes, what comes back, what both know, who asks too much, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.agreements_made import agreement_json, go, grant
from tests.factories import acting, make_agency, make_country
from tests.lists_made import put_list
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.batch import Item
from elchi.exchange.carrier import Pushed
from elchi.exchange.message import Lane, Message
from elchi.exchange.private_match import (
    ANSWER,
    ASK,
    CONTACT,
    KINDS,
    PAGE,
    AnswerBody,
    AskBody,
    Blinded,
    ContactBody,
    PageBody,
    TagSet,
    blind,
    derive_key,
    elements_of,
    evaluate,
    finalise,
    outputs,
    read_answer,
    read_ask,
    read_page,
    tag_of,
)
from elchi.modules.private_match import services
from elchi.modules.private_match.marks import Mark, inputs_of_mark
from elchi.modules.private_match.models import Asked, Contact, Heard, HeldSet, MatchBudget, ReceivedPage, ReceivedSet
from elchi.modules.private_match.queries import budget_lines, contacts_open, partners_asked_privately
from elchi.modules.private_match.sets import MONTH, current_set, tags_of
from elchi.node.audit.models import AuditLine
from elchi.node.directory.models import DutyContact
from elchi.node.federation.models import AgreementVersion, Incoming, Outgoing, Partner
from elchi.node.federation.services import accept
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role

KG = "KG-AKJ-1"
LISTED = {
    "w-1": {"name": ["SHARIPZODA, Khurshed"], "birthDate": ["1980-04-09"], "phone": ["+77015551234"],
            "passportNumber": ["AB1234567"]},
    "w-2": {"name": ["Шухрат Худойбердиев"], "phone": ["+998 90 123 45 67"]},
    "v-1": {"registrationNumber": ["05KG321DEM"]},
}  # fmt: skip
TASK = "Case 17"


@pytest.fixture
def kg(tmp_path: Path) -> PartnerNode:
    node = PartnerNode(KG, tmp_path, timezone.now().replace(microsecond=0))
    Partner.objects.filter(code=KG).update(country=make_country("KG"))
    node.row.refresh_from_db()
    grants = [grant(*KINDS, purposes=["investigation"], details={"match": go(), "contact": go()})]
    AgreementVersion.objects.create(
        partner=node.row, agreement="KZ-KG-2026", version=1, state="in_force", is_ours=True,
        content=agreement_json(grants=grants, valid_until="2036-01-01"), valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip
    return node


@pytest.fixture
def listed() -> None:
    owner = make_agency("kz-border")
    put_list("wanted", LISTED, action="stop", owner=owner)
    discreet = {"d-1": {"name": ["Olim Testov"], "phone": ["+77770000001"]}}
    put_list("watched", discreet, action="discreet", owner=owner)
    put_list("limited", {"l-1": {"phone": ["+77770000002"]}}, action="stop", owner=owner, agencies=["kz-security"])
    put_list("secret", {"s-1": {"phone": ["+77770000003"]}}, action="stop", owner=owner, handling="H3")
    DutyContact.objects.create(agency=owner, desk="Duty officer", phone="+7 727 000", time_zone="Asia/Almaty")


def officer(*roles: Role) -> Acting:
    return acting(*(roles or (Role.SECOND_LINE,)), agency=make_agency("kz-border"))


def asked(by: Acting, *texts: str, kind: str = "phone", **given: Any) -> Asked:
    marks = [{"kind": kind, "text": text} for text in texts]
    told = {"partner": KG, "purpose": "investigation", "task": TASK, **given}
    return services.ask_privately(by=by, marks=marks, **told)


def due(kind: str) -> list[Item]:
    rows = Outgoing.objects.select_related("partner").filter(kind=kind).order_by("id")
    return [
        Item(row.partner.code, Lane(row.lane), row.expires_at, "envelope", bytes(row.envelope or b"")) for row in rows
    ]


def taken(node: PartnerNode, *items: Item) -> list[tuple[str, str]]:
    pushed: Pushed = accept(items=items, peer=node.code, carrier="https", at=node.now)
    return [(one.result, one.code) for one in pushed.outcomes]


def says(node: PartnerNode, kind: str, match: dict[str, Any], **given: Any) -> Item:
    values: dict[str, Any] = {
        "agreement": "KZ-KG-2026:1", "purpose": "investigation", "onward": "with_permission",
        "retention_until": node.now.date() + dt.timedelta(days=30), **given,
    }  # fmt: skip
    body = {"v": 1, "match": match, **({"contact": values.pop("contact")} if "contact" in values else {})}
    return node.says(kind, body, **values)


class Holder:
    """The other node as one that holds a list: it has a key, and answers as the protocol says."""

    def __init__(self, node: PartnerNode, marks: Sequence[Mark]) -> None:
        self.node, self.key = node, derive_key(b"k" * 32, b"holder")
        inputs = [one for mark in marks for one in inputs_of_mark(mark)]
        self.tags = TagSet.of(tag_of(one) for one in outputs(self.key, inputs))

    def answer(self, question: Message, **given: Any) -> list[Item]:
        pages = list(self.tags.pages())
        told = AnswerBody(
            elements=evaluate(self.key, read_ask(question.body).elements), set_id="ab" * 16, pages=len(pages),
            size=len(self.tags),
        ).to_json() | given  # fmt: skip
        back = {"re": question.id, "thread": question.thread}
        desk = {"desk": "Duty officer", "phone": "+996 555"}
        items = [says(self.node, ANSWER, told, lane=Lane.ANSWER, contact=desk, **back)]
        for number, tags in enumerate(pages):
            page = PageBody(set_id="ab" * 16, page=number, tags=tags).to_json()
            items.append(says(self.node, PAGE, page, lane=Lane.FEED, **back))
        return items


def opened(node: PartnerNode, kind: str = ASK) -> list[Message]:
    return [node.open(item)[1] for item in due(kind)]


def test_exactly_what_both_know_is_found_and_nothing_else_was_shown(kg: PartnerNode) -> None:
    by = officer()
    known = [Mark("phone", "+77015551234"), Mark("phone", "+77015559999"), Mark("name", "Шарипзода Хуршед, 1980")]
    row = asked(by, "+7 701 555 12 34", "8 (701) 000-00-00", "+7 701 555 99 98")
    asked(by, "SHARIPZODA Khurshed Olimovich; 1980", "SHARIPZODA Khurshed, 1981", "Khudoyberdiev Shuhrat", kind="name")
    first, second = opened(kg)
    said = json.dumps([dict(first.body), dict(second.body)])
    for mark in ("701", "5551234", "SHARIPZODA", "1980", "xrxd"):
        assert mark not in said
    assert sorted(first.body) == ["match", "v"]
    assert sorted(first.body["match"]) == ["elements", "have", "rules"]
    holder = Holder(kg, known)
    assert taken(kg, *holder.answer(first), *holder.answer(second)) == [("accepted", "")] * 4
    assert services.finish_answered() == 2
    done = list(Asked.objects.order_by("id"))
    assert [[one["key"] for one in row.found] for row in done] == [[0], [0]]
    assert [(one.state, one.desk, bytes(one.blinds), bytes(one.evaluated)) for one in done] == [
        ("done", {"desk": "Duty officer", "phone": "+996 555"}, b"", b"")
    ] * 2
    lines = AuditLine.objects.filter(verb__startswith="private_match.").order_by("sequence")
    assert [(line.verb, line.detail.get("common")) for line in lines] == [
        ("private_match.ask", None), ("private_match.ask", None),
        ("private_match.find_common", 1), ("private_match.find_common", 1),
    ]  # fmt: skip
    assert "701" not in json.dumps([line.detail for line in lines])
    contact = services.open_contact(by=by, asked_id=row.pk, key=0)
    sent = opened(kg, CONTACT)[0]
    assert sorted(sent.body["match"]) == ["set", "tag"]
    assert (contact.desk["phone"], "701" in json.dumps(dict(sent.body))) == ("+996 555", False)
    with pytest.raises(Conflict, match="contact_open"):
        services.open_contact(by=by, asked_id=row.pk, key=0)
    with pytest.raises(NotFound, match="match_unknown"):
        services.open_contact(by=by, asked_id=row.pk, key=1)


def test_the_same_key_is_never_asked_alike(kg: PartnerNode) -> None:
    for _ in range(3):
        asked(officer(), "+7 701 555 12 34")
    elements = [one for message in opened(kg) for one in read_ask(message.body).elements]
    assert len(set(elements)) == len(elements) == 3


def test_a_set_that_is_here_is_not_sent_again(kg: PartnerNode) -> None:
    by, holder = officer(), Holder(kg, [Mark("phone", "+77015551234")])
    asked(by, "+7 701 555 12 34")
    taken(kg, *holder.answer(opened(kg)[0]))
    services.finish_answered()
    asked(by, "+7 701 555 12 34")
    again = opened(kg)[1]
    assert read_ask(again.body).have == "ab" * 16
    taken(kg, holder.answer(again)[0])
    assert (services.finish_answered(), Asked.objects.order_by("-id")[0].found[0]["key"]) == (1, 0)
    assert ReceivedPage.objects.count() == 1


class Asker:
    """The other node as one that asks."""

    def __init__(self, node: PartnerNode, *marks: Mark) -> None:
        self.node, self.marks = node, marks
        self.blinded: tuple[Blinded, ...] = blind([inputs_of_mark(mark)[-1] for mark in marks])

    def ask(self, **given: Any) -> Item:
        have = given.pop("have", "")
        elements = given.pop("elements", tuple(one.element for one in self.blinded))
        return says(self.node, ASK, AskBody(elements=elements, have=have).to_json(), lane=Lane.QUESTION, **given)

    def found(self) -> dict[str, bytes]:
        answer = read_answer(opened(self.node, ANSWER)[-1].body)
        pages = [read_page(message.body) for message in opened(self.node, PAGE)]
        tags = TagSet.of_pages([one.tags for one in pages if one.set_id == answer.set_id])
        assert len(tags) == answer.size
        told = [tag_of(one) for one in finalise(self.blinded, answer.elements)]
        return {mark.text: tag for mark, tag in zip(self.marks, told, strict=True) if tag in tags}


@pytest.mark.usefixtures("listed")
def test_a_partner_finds_what_he_may_be_told_and_learns_nothing_of_the_rest(kg: PartnerNode) -> None:
    asker = Asker(
        kg, Mark("phone", "+77015551234"), Mark("phone", "+998901234567"), Mark("phone", "+77770000001"),
        Mark("phone", "+77770000002"), Mark("phone", "+77770000003"), Mark("phone", "+77770000004"),
        Mark("plate", "05 kg 321 dem"), Mark("document_number", "ab 1234567"),
        Mark("name", "Khudoyberdiyev Shukhrat"), Mark("name", "Sharipzoda Hurshed 1980"), Mark("name", "Testov Olim"),
    )  # fmt: skip
    assert taken(kg, asker.ask()) == [("accepted", "")]
    assert (services.answer_waiting(), services.answer_waiting()) == (1, 0)
    found = asker.found()
    assert list(found) == [
        "+77015551234", "+998901234567", "05 kg 321 dem", "ab 1234567", "Khudoyberdiyev Shukhrat",
        "Sharipzoda Hurshed 1980",
    ]  # fmt: skip
    said = json.dumps([dict(one.body) for kind in (ANSWER, PAGE) for one in opened(kg, kind)])
    for mark in ("SHARIPZODA", "5551234", "wanted", "w-1", "AB1234567", "05KG"):
        assert mark not in said
    heard = Heard.objects.get()
    assert (heard.state, heard.keys, bytes(heard.elements)) == ("answered", 11, b"")
    held = HeldSet.objects.get()
    contact = says(
        kg, CONTACT, ContactBody(set_id=held.set_id, tag=found["05 kg 321 dem"]).to_json(), lane=Lane.QUESTION,
        contact={"desk": "Their desk", "phone": "+996"},
    )  # fmt: skip
    assert taken(kg, contact) == [("accepted", "")]
    row = Contact.objects.get()
    assert (row.watchlist, row.entry, row.owner_agency, row.desk) == (
        "wanted", "v-1", "kz-border", {"desk": "Their desk", "phone": "+996"},
    )  # fmt: skip
    by = officer()
    assert (contacts_open(by), contacts_open(acting(Role.SECOND_LINE, agency=make_agency("kz-other")))) == (1, 0)
    services.close_contact(by=by, contact_id=row.pk, note="Called; the same car.")
    assert contacts_open(by) == 0
    assert not Outgoing.objects.exclude(kind__in=(ANSWER, PAGE)).exists()


@pytest.mark.usefixtures("listed")
def test_a_tag_that_was_not_given_opens_nothing(kg: PartnerNode) -> None:
    asker = Asker(kg, Mark("phone", "+77015551234"))
    taken(kg, asker.ask())
    services.answer_waiting()
    held = HeldSet.objects.get()
    for set_id, tag in ((held.set_id, b"0123456789"), ("cd" * 16, asker.found()["+77015551234"])):
        item = says(kg, CONTACT, ContactBody(set_id=set_id, tag=tag).to_json(), lane=Lane.QUESTION)
        assert taken(kg, item) == [("rejected", "tag_unknown")]
    assert Contact.objects.count() == 0


@pytest.mark.usefixtures("listed")
def test_the_set_is_made_anew_by_the_month_and_when_lists_change(kg: PartnerNode) -> None:
    first = current_set(kg.row, at=kg.now)
    assert current_set(kg.row, at=kg.now).pk == first.pk
    later = current_set(kg.row, at=kg.now + dt.timedelta(days=MONTH))
    tags = {tags_of(one).content for one in (first, later)}
    assert (later.pk != first.pk, len(tags), first.size) == (True, 2, later.size)
    put_list("more", {"m-1": {"phone": ["+77015550000"]}}, action="stop", owner=make_agency("kz-border"))
    newest = current_set(kg.row, at=kg.now + dt.timedelta(days=MONTH))
    assert newest.size == later.size + 1
    assert list(HeldSet.objects.values_list("pk", flat=True)) == [newest.pk, later.pk]
    other = PartnerNode("TJ-FOT-1", kg.folder, kg.now)
    mine, his = ({tags_of(one).at(at) for at in range(one.size)} for one in (newest, current_set(other.row, at=kg.now)))
    assert mine.isdisjoint(his)


SMALL = ["00" * 32, "01" + "00" * 31, "ecffffff" + "ff" * 27 + "7f", "ff" * 32]


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("point", SMALL)
def test_points_of_a_malicious_partner_are_refused_at_both_ends(kg: PartnerNode, point: str) -> None:
    bad = bytes.fromhex(point)
    asker = Asker(kg, Mark("phone", "+77015551234"))
    assert taken(kg, asker.ask(elements=(asker.blinded[0].element, bad))) == [("rejected", "element_invalid")]
    assert (Heard.objects.count(), Incoming.objects.get().code) == (0, "element_invalid")
    asked(officer(), "+7 701 555 12 34")
    question = opened(kg)[0]
    told = AnswerBody(elements=(bad,), set_id="ab" * 16, pages=1, size=0).to_json()
    answer = says(kg, ANSWER, told, lane=Lane.ANSWER, re=question.id, thread=question.thread)
    assert taken(kg, answer) == [("rejected", "element_invalid")]
    assert Asked.objects.get().state == "queued"


@pytest.mark.usefixtures("listed")
def test_who_asks_again_pays_again_and_the_budget_ends(kg: PartnerNode) -> None:
    MatchBudget.objects.create(partner=kg.row, per_day=5, per_hour=3)
    marks = [Mark("phone", f"+7701555{number}") for number in (1111, 3737)]
    item = Asker(kg, *marks).ask()
    assert [taken(kg, item), taken(kg, item)] == [[("accepted", "")], [("duplicate", "")]]
    assert taken(kg, Asker(kg, *marks).ask()) == [("accepted", "")]
    assert taken(kg, Asker(kg, *marks).ask()) == [("rejected", "match_budget")]
    assert taken(kg, Asker(kg, marks[0]).ask()) == [("accepted", "")]
    assert taken(kg, Asker(kg, marks[0]).ask()) == [("rejected", "match_rate")]
    assert sum(Heard.objects.values_list("keys", flat=True)) == 5
    line = AuditLine.objects.filter(verb="federation.refuse_message").order_by("sequence")[0]
    assert line.detail["code"] == "match_budget"


@pytest.mark.usefixtures("listed")
def test_who_tries_out_is_held_back_until_an_officer_lifts_it(kg: PartnerNode) -> None:
    MatchBudget.objects.create(partner=kg.row, per_day=10, per_hour=100)
    day = timezone.now().astimezone(dt.UTC).replace(hour=12, minute=0)
    for ago in (1, 2, 3):
        Heard.objects.create(
            partner=kg.row, message_id=f"old-{ago}", thread="", agreement="", purpose="investigation", keys=9,
            elements=b"", state="answered", heard_at=day - dt.timedelta(days=ago), keep_until=day.date(),
        )  # fmt: skip
    asker = Asker(kg, Mark("phone", "+77015551111"))
    taken(kg, asker.ask())
    services.answer_waiting()
    assert MatchBudget.objects.get().throttled_because == "every_day_full"
    assert taken(kg, asker.ask()) == [("rejected", "match_budget")]
    keeper = acting(Role.AGREEMENT_KEEPER)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.lift_throttle(by=officer(), partner=KG, reason="x")
    services.lift_throttle(by=keeper, partner=KG, reason="A joint operation; agreed by telephone.")
    assert taken(kg, asker.ask()) == [("accepted", "")]
    services.answer_waiting()
    assert [(line.budget.is_throttled, line.use.today) for line in budget_lines()] == [(False, 2)]
    verbs = AuditLine.objects.filter(verb__contains="throttle").values_list("verb", flat=True).order_by("sequence")
    assert list(verbs) == ["private_match.throttle_partner", "private_match.lift_throttle"]


@pytest.mark.usefixtures("listed")
def test_many_keys_and_never_a_contact_is_suspicious(kg: PartnerNode) -> None:
    MatchBudget.objects.create(partner=kg.row, per_day=2, per_hour=100)
    day = timezone.now()
    for ago in range(2, 12):
        Heard.objects.create(
            partner=kg.row, message_id=f"old-{ago}", thread="", agreement="", purpose="investigation", keys=1,
            elements=b"", state="answered", heard_at=day - dt.timedelta(days=ago), keep_until=day.date(),
        )  # fmt: skip
    taken(kg, Asker(kg, Mark("phone", "+77015551111")).ask())
    services.answer_waiting()
    assert MatchBudget.objects.get().throttled_because == "nothing_follows"


def test_an_officer_who_counts_up_is_refused_and_it_is_written_down(kg: PartnerNode) -> None:
    del kg
    with pytest.raises(NotAllowed, match="match_guessing"):
        asked(officer(), *(f"+770155512{at:02}" for at in range(20)))
    assert (Asked.objects.count(), AuditLine.objects.filter(verb="private_match.refuse_guessing").count()) == (0, 1)


def test_without_an_agreement_nothing_goes_and_nothing_is_answered(kg: PartnerNode) -> None:
    assert partners_asked_privately() == ((KG, ("investigation",)),)
    with pytest.raises(NotAllowed, match="agreement_missing"):
        asked(officer(), "+7 701 555 12 34", purpose="visa")
    AgreementVersion.objects.update(content=agreement_json(valid_until="2036-01-01"))
    with pytest.raises(NotAllowed, match="agreement_missing"):
        asked(officer(), "+7 701 555 12 34")
    assert taken(kg, Asker(kg, Mark("phone", "+77015551111")).ask()) == [("rejected", "not_covered")]
    assert (Outgoing.objects.count(), Heard.objects.count(), partners_asked_privately()) == (0, 0, ())


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [("phone", "–", "nothing_to_compare"), ("shoe", "42", "one_of"), ("name", "Ali", "nothing_to_compare"),
     ("phone", "1" * 201, "text_line"), ("plate", "a\0b", "text_line")],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_its_line(kg: PartnerNode, kind: str, text: str, rule: str) -> None:
    del kg
    marks = [{"kind": "phone", "text": "+77015551234"}, {"kind": kind, "text": text}]
    with pytest.raises(InvalidInput) as caught:
        services.ask_privately(by=officer(), partner=KG, marks=marks, purpose="investigation", task=TASK)
    assert (caught.value.code, caught.value.params["rule"], caught.value.params["line"]) == ("match_invalid", rule, 2)


def test_answers_out_of_turn_and_pages_that_lie_are_refused(kg: PartnerNode) -> None:
    by, holder = officer(), Holder(kg, [Mark("phone", "+77015551234")])
    page = PageBody(set_id="ab" * 16, page=0, tags=b"a" * 10).to_json()
    assert taken(kg, says(kg, PAGE, page, lane=Lane.FEED)) == [("rejected", "answer_unasked")]
    asked(by, "+7 701 555 12 34")
    question = opened(kg)[0]
    answer, *pages = holder.answer(question)
    lonely = holder.answer(question.__class__(**{**_fields(question), "id": question.thread}))[0]
    assert taken(kg, lonely) == [("rejected", "answer_unasked")]
    assert taken(kg, answer) == [("accepted", "")]
    assert taken(kg, holder.answer(question)[0]) == [("rejected", "answered_already")]
    unsorted = PageBody(set_id="ab" * 16, page=0, tags=b"b" * 10 + b"a" * 10).to_json()
    assert taken(kg, says(kg, PAGE, unsorted, lane=Lane.FEED), *pages) == [
        ("accepted", ""), ("rejected", "answered_already")
    ]  # fmt: skip
    services.finish_answered()
    assert (Asked.objects.get().state, Asked.objects.get().code) == ("refused", "match_invalid")
    assert ReceivedSet.objects.count() == 0


def test_a_refusal_tells_the_officer_why(kg: PartnerNode) -> None:
    asked(officer(), "+7 701 555 12 34")
    taken(kg, kg.receipt(due(ASK)[0], outcome="rejected", code="match_budget", clause=""))
    row = Asked.objects.get()
    assert (row.state, row.code, bytes(row.blinds)) == ("refused", "match_budget", b"")


def test_another_agency_sees_no_keys_and_the_auditor_only_how_many(kg: PartnerNode) -> None:
    from elchi.modules.private_match.queries import asked_for, asked_rows  # noqa: PLC0415  beside its only use

    del kg
    row = asked(officer(), "+7 701 555 12 34")
    other = acting(Role.SECOND_LINE, agency=make_agency("kz-other"))
    auditor = acting(Role.AUDITOR)
    assert (asked_rows(other).count(), asked_rows(auditor).count()) == (0, 1)
    for by in (other, auditor):
        with pytest.raises(NotFound, match="match_unknown"):
            asked_for(by, row.pk)


def test_what_was_asked_goes_when_its_time_is_over(kg: PartnerNode) -> None:
    asked(officer(), "+7 701 555 12 34")
    Asked.objects.update(keep_until=kg.now.date() - dt.timedelta(days=2))
    assert services.apply_match_retention() == 1
    assert Asked.objects.count() == 0


def _fields(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__slots__}


def test_elements_are_cut_as_they_were_joined() -> None:
    pieces = tuple(one.element for one in blind([b"a", b"b", b"c"]))
    assert elements_of(b"".join(pieces)) == pieces
