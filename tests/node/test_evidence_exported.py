"""What a node gives out proves to others what it has said and heard."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from django.utils import timezone
from tests.desk_steps import agreed, asks, took
from tests.factories import acting, make_agency
from tests.partner_node import PartnerNode

from elchi.errors import NotAllowed, NotFound
from elchi.exchange.batch import Item
from elchi.exchange.message import Lane
from elchi.exchange.verdict import Verdict, verify_evidence
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.federation import kinds
from elchi.node.federation.drafts import Draft
from elchi.node.federation.kinds import Handler
from elchi.node.federation.models import Incoming, Outgoing
from elchi.node.federation.queries.keys import key_document_of
from elchi.node.federation.services import accept, export_conversation, export_evidence, send_message
from elchi.node.liaison import services
from elchi.node.liaison.models import Conversation
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.rules import Role

PEER = "KG-AKJ-1"


class Note(Handler):
    needs_agreement = False


@pytest.fixture
def partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PartnerNode:
    monkeypatch.setitem(kinds._handlers, "note", Note())  # noqa: SLF001  put back after the test
    return PartnerNode(PEER, tmp_path, timezone.now().replace(microsecond=0))


@pytest.fixture
def by() -> Acting:
    return at_machine("root")


def sent(partner: PartnerNode) -> tuple[str, Item]:
    told = send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={"text": "a lorry"}))
    row = Outgoing.objects.get(pk=told.row)
    assert row.envelope is not None
    return told.message_id, Item(PEER, Lane.REPORT, row.expires_at, "envelope", bytes(row.envelope))


def taken(partner: PartnerNode, *items: Item) -> None:
    pushed = accept(items=items, peer=PEER, carrier="https", at=partner.now + dt.timedelta(seconds=1))
    for item in pushed.back:
        partner.read(item)  # he knows the head of our log now


def verdict(content: bytes) -> Verdict:
    documents = {code: key_document_of(code) for code in ("KZ-KOR-1", PEER)}
    return verify_evidence(content, fingerprints={code: one.sha256 for code, one in documents.items() if one})


def test_what_was_sent_and_received_is_proven(partner: PartnerNode, by: Acting) -> None:
    taken(partner, partner.says())
    message, item = sent(partner)
    taken(partner, partner.says(), partner.receipt(item))
    told = verdict(export_evidence(by=by, message_id=message))
    assert (told.faults, told.missing) == ((), ())
    assert (told.manifest["id"], told.manifest["from"], told.manifest["to"]) == (message, "KZ-KOR-1", [PEER])
    assert [(one.party, one.outcome) for one in told.outcomes] == [(PEER, "delivered")]
    assert [(one.party, one.what) for one in told.logged] == [("KZ-KOR-1", "sent"), ("KZ-KOR-1", "receipt")]
    assert [part.content for part in told.parts] == [b'{"text":"a lorry"}']
    line = AuditLine.objects.get(verb="federation.export_evidence")
    assert (line.on, line.detail["partner"], line.detail["kind"]) == (f"message:{message}", PEER, "note")


def test_a_later_word_of_the_partner_for_our_log_goes_with_it(partner: PartnerNode, by: Acting) -> None:
    message, item = sent(partner)
    taken(partner, partner.says())
    taken(partner, partner.receipt(item))
    told = verdict(export_evidence(by=by, message_id=message))
    assert told.faults == ()
    assert {one.what: one.witnesses for one in told.logged if PEER in one.witnesses} == {"sent": (PEER,)}


def test_what_was_not_received_yet_is_told_as_missing(partner: PartnerNode, by: Acting) -> None:
    message, _ = sent(partner)
    told = verdict(export_evidence(by=by, message_id=message))
    assert (told.faults, told.missing, told.seen_at) == ((), ("receipt", "witness"), None)


def test_the_receiver_can_prove_it_as_well(partner: PartnerNode, by: Acting) -> None:
    taken(partner, partner.says(body={"text": "a bus"}))
    row = Incoming.objects.get()
    told = verdict(export_evidence(by=by, message_id=row.message_id, partner=PEER))
    assert (told.faults, told.missing) == ((), ())
    assert [(one.party, one.outcome) for one in told.outcomes] == [("KZ-KOR-1", "delivered")]
    assert [(one.party, one.what, one.index) for one in told.logged] == [("KZ-KOR-1", "received", row.leaf)]
    assert (told.manifest["from"], told.seen_at) == (PEER, row.received_at)


def test_a_body_that_is_not_kept_any_more_is_not_shown(partner: PartnerNode, by: Acting) -> None:
    taken(partner, partner.says())
    Incoming.objects.update(body=None)
    told = verdict(export_evidence(by=by, message_id=Incoming.objects.get().message_id))
    assert (told.faults, told.missing, told.parts) == ((), ("parts",), ())


def test_of_what_it_has_not_it_proves_nothing(partner: PartnerNode, by: Acting) -> None:
    message, _ = sent(partner)
    for asked in ({"message_id": "none"}, {"message_id": message, "partner": "UZ-TAS-1"}):
        with pytest.raises(NotFound, match="message_unknown"):
            export_evidence(by=by, **asked)


def test_not_everybody_may() -> None:
    with pytest.raises(NotAllowed, match="right_missing"):
        export_evidence(by=acting(Role.FIRST_LINE), message_id="none")


def test_bodies_of_the_desk_are_for_the_agencies_that_they_are_released_to(
    tmp_path: Path,
) -> None:
    """Both supervisors prove that it was said, when and by whom; what was said only one of them may read."""
    partner = agreed(PartnerNode(PEER, tmp_path, timezone.now().replace(microsecond=0)))
    supervisors = [
        acting(Role.SUPERVISOR, agency=make_agency(code, kind=kind))
        for code, kind in (("kz-border", "border"), ("kz-customs", "customs"))
    ]
    border = acting(Role.SECOND_LINE, agency=supervisors[0].himself.agency)
    assert took(partner, asks(partner, {"agencies": ["kz-border"]})) == [("accepted", "")]
    row = Conversation.objects.get()
    services.read_conversation(by=border, conversation_id=row.pk)
    services.say(by=border, conversation_id=row.pk, act="answer", template="on_our_lists", agencies=["kg-drugs"])
    first, seen = Incoming.objects.get(kind="request").message_id, []
    for one in supervisors:
        file = zipfile.ZipFile(io.BytesIO(export_conversation(by=one, message_id=first)))
        verdicts = [verdict(file.read(name)) for name in file.namelist()]
        assert [(told.manifest["kind"], told.faults) for told in verdicts] == [
            ("request", ()), ("reply", ()), ("reply", ()),
        ]  # fmt: skip
        seen.append([len(told.parts) for told in verdicts])
    assert seen == [[1, 1, 1], [0, 0, 0]]
    assert verdict(export_evidence(by=at_machine("root"), message_id=first)).parts
