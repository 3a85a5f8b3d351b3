"""What is said to a partner and what comes from him: once, in order of its numbers, signed, logged, acknowledged."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.partner_node import Note, PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.batch import Item
from elchi.exchange.carrier import Pushed
from elchi.exchange.message import Lane, encode_message
from elchi.exchange.receipt import Receipt as ReceiptTold
from elchi.exchange.receipt import ReceiptEntry
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.audit.queries import verify
from elchi.node.federation import kinds
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import (
    Equivocation,
    Incoming,
    KeyVersion,
    Leaf,
    Outgoing,
    Partner,
    Receipt,
    ReceiptDocument,
)
from elchi.node.federation.models import Sequence as Counting
from elchi.node.federation.queries.keys import key_document_of
from elchi.node.federation.queries.ways import certificates
from elchi.node.federation.services import accept, accepting, send_message, send_messages, sending
from elchi.node.federation.services._inbox import take
from elchi.node.federation.tree import root_at, tree_now
from elchi.node.here import here
from elchi.seal.canonical import encode_bytes
from elchi.seal.certificate import certificate_bytes, make_exchange_certificate
from elchi.seal.envelope import seal
from elchi.seal.public_key import PublicKey
from elchi.seal.tree import TreeHead, is_consistent
from elchi.seal.trust import issue_key_document

PEER = "KG-AKJ-1"


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> Note:
    handler = Note()
    monkeypatch.setitem(kinds._handlers, "note", handler)  # noqa: SLF001  put back after the test
    monkeypatch.setattr(accepting, "_told", {})
    return handler


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def partner(tmp_path: Path, now: dt.datetime, note: Note) -> PartnerNode:
    return PartnerNode(PEER, tmp_path, now)


def taken(partner: PartnerNode, *items: Item, **given: Any) -> Pushed:
    return accept(items=items, peer=given.get("peer", partner.code), carrier="https", at=given.get("at", partner.now))


def results(pushed: Pushed) -> list[tuple[str, str]]:
    return [(one.result, one.code) for one in pushed.outcomes]


def revoked(partner: PartnerNode, kid: str) -> tuple[PublicKey, ...]:
    at = partner.now - dt.timedelta(hours=1)
    return tuple(dataclasses.replace(key, revoked_at=at) if key.kid == kid else key for key in partner.document.keys)


def due() -> list[Item]:
    rows = Outgoing.objects.select_related("partner").order_by("id")
    return [
        Item(row.partner.code, Lane(row.lane), row.expires_at, "envelope", bytes(row.envelope or b"")) for row in rows
    ]


def test_what_is_said_lies_sealed_in_the_outbox(partner: PartnerNode) -> None:
    sent = send_message(
        by=NODE, draft=Draft(to=PEER, kind="note", body={"text": "a lorry"}, on="check:7", purpose="border_check")
    )
    row = Outgoing.objects.get()
    opened, message = partner.open(due()[0])
    assert (row.pk, row.message_id, row.state, row.on) == (sent.row, sent.message_id, "queued", "check:7")
    assert (message.id, message.body, message.sender, message.to) == (
        sent.message_id,
        {"text": "a lorry"},
        "KZ-KOR-1",
        (PEER,),
    )
    assert (message.sequence, message.sent_at, message.purpose) == ({PEER: 1}, row.created_at, "border_check")
    assert (row.sha256, row.manifest_sha256, bytes(row.proof)) == (opened.sha256, opened.manifest_sha256, opened.proof)
    line = AuditLine.objects.get(verb="federation.send_message")
    assert (line.on, line.purpose, line.detail) == (
        f"message:{sent.message_id}",
        "border_check",
        {"partner": PEER, "kind": "note", "lane": "report", "about": "check:7"},
    )  # fmt: skip
    leaf = Leaf.objects.get()
    assert (leaf.index, leaf.what, leaf.ref, tree_now().root) == (0, "sent", sent.message_id, root_at(1))


def test_numbers_have_no_gap_in_each_lane(partner: PartnerNode) -> None:
    drafts = [Draft(to=PEER, kind="note", body={}, lane=lane) for lane in (Lane.ALERT, Lane.REPORT, Lane.ALERT)]
    first = send_messages(by=NODE, drafts=drafts)
    second = send_message(by=NODE, draft=drafts[0])
    assert [one.sequence for one in first] == [1, 1, 2]
    assert second.sequence == 3
    numbers = [message.sequence[PEER] for _, message in map(partner.open, due())]
    assert numbers == [1, 1, 2, 3]


def test_a_number_that_somebody_else_took_meanwhile_is_not_given_twice(
    partner: PartnerNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={}))
    monkeypatch.setattr(sending, "_last_numbers", lambda streams: {})
    assert send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={})).sequence == 2
    assert [message.sequence[PEER] for _, message in map(partner.open, due())] == [1, 2]


def test_nothing_is_said_to_who_has_not_joined_or_in_an_unknown_kind(partner: PartnerNode, tmp_path: Path) -> None:
    PartnerNode("KG-INV-1", tmp_path, partner.now, state="invited")
    refused = {
        "partner_unknown": (NotFound, Draft(to="KG-OTH-1", kind="note", body={})),
        "partner_not_joined": (NotAllowed, Draft(to="KG-INV-1", kind="note", body={})),
        "kind_unknown": (InvalidInput, Draft(to=PEER, kind="rumour", body={})),
    }
    for code, (family, draft) in refused.items():
        with pytest.raises(family, match=code):
            send_message(by=NODE, draft=draft)
    assert (Outgoing.objects.count(), Leaf.objects.count(), Counting.objects.count()) == (0, 0, 0)


def test_what_needs_an_agreement_does_not_go_without(
    partner: PartnerNode, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Note, "needs_agreement", True)
    with pytest.raises(NotAllowed, match="agreement_missing"):
        send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={}))
    pushed = taken(partner, partner.says(), partner.says(agreement="kz-kg:1"))
    receipt = partner.read(pushed.back[0])
    assert [(one.outcome, one.code) for one in receipt.entries] == [
        ("rejected", "agreement_missing"),
        ("rejected", "not_covered"),
    ]
    assert note.done == []


def test_what_comes_has_its_effect_once_and_a_receipt_each_time(partner: PartnerNode, note: Note) -> None:
    item = partner.says(body={"text": "a lorry"})
    first, again = taken(partner, item), taken(partner, item)
    assert (results(first), results(again)) == ([("accepted", "")], [("duplicate", "")])
    assert first.back == again.back
    assert note.done == [f"{PEER}: a lorry"]
    receipt = partner.read(first.back[0])
    (entry,) = receipt.entries
    row = Incoming.objects.get()
    assert (entry.id, entry.sha256, entry.outcome, entry.leaf) == (row.message_id, item.sha256, "delivered", row.leaf)
    assert (receipt.head.size, receipt.head.root) == (1, tree_now().root)
    assert Leaf.objects.get().what == "received"
    assert AuditLine.objects.filter(verb="federation.receive_message").count() == 1


def test_a_message_sealed_anew_is_the_same_message(partner: PartnerNode, note: Note) -> None:
    message = partner.message()
    one, other = partner.seal(message), partner.seal(message)
    assert one.sha256 != other.sha256
    pushed = taken(partner, one, other)
    assert results(pushed) == [("accepted", ""), ("duplicate", "")]
    assert results(taken(partner, other)) == [("duplicate", "")]
    assert len(note.done) == 1


def test_two_messages_under_one_id_are_kept_as_evidence(partner: PartnerNode, note: Note) -> None:
    message = partner.message(body={"text": "yes"})
    other = dataclasses.replace(message, body={"text": "no"})
    taken(partner, partner.seal(message))
    pushed = taken(partner, partner.seal(other))
    assert results(pushed) == [("rejected", "equivocation")]
    assert [(one.outcome, one.code) for one in partner.read(pushed.back[0]).entries] == [("rejected", "equivocation")]
    kept = Equivocation.objects.get()
    assert (kept.what, kept.ref, kept.partner.code) == ("message", message.id, PEER)
    assert note.done == [f"{PEER}: yes"]
    assert AuditLine.objects.filter(verb="federation.keep_equivocation").count() == 1


def test_two_messages_under_one_number_are_kept_as_evidence(partner: PartnerNode, note: Note) -> None:
    taken(partner, partner.says(body={"text": "one"}, number=1))
    pushed = taken(
        partner, partner.says(body={"text": "two"}, number=1), partner.says(body={"text": "three"}, number=2)
    )
    assert results(pushed) == [("rejected", "equivocation"), ("accepted", "")]
    assert Equivocation.objects.get().ref == "report:1"
    assert note.done == [f"{PEER}: one", f"{PEER}: three"]


def test_gaps_show_until_they_are_filled_in_any_order(partner: PartnerNode) -> None:
    items = [partner.says() for _ in range(5)]
    taken(partner, items[4], items[1])
    row = Counting.objects.get()
    assert (row.seen, row.missing) == (5, [[1, 1], [3, 4]])
    taken(partner, items[3], items[0], items[2])
    row.refresh_from_db()
    assert (row.seen, row.missing) == (5, [])


def test_a_bad_one_does_not_stop_the_others(partner: PartnerNode, note: Note) -> None:
    note.fails = {"breaks": ZeroDivisionError(), "refused": NotAllowed("not_covered", clause="7.2")}
    good, broken, refused = (partner.says(body={"text": text}) for text in ("good", "breaks", "refused"))
    damaged = Item("KZ-KOR-1", Lane.REPORT, good.expires_at, "envelope", good.content[:-1] + b"x")
    unknown = partner.says(kind="rumour")
    pushed = taken(partner, broken, damaged, good, refused, unknown)
    assert results(pushed) == [
        ("rejected", "handler_failed"), ("rejected", "envelope_damaged"), ("accepted", ""),
        ("rejected", "not_covered"), ("rejected", "kind_unknown"),
    ]  # fmt: skip
    told = {entry.sha256: (entry.outcome, entry.code, entry.clause) for entry in partner.read(pushed.back[0]).entries}
    assert told == {
        good.sha256: ("delivered", "", ""),
        refused.sha256: ("rejected", "not_covered", "7.2"),
        unknown.sha256: ("rejected", "kind_unknown", ""),
    }
    assert note.done == [f"{PEER}: good"]
    note.fails = {}
    assert results(taken(partner, broken)) == [("accepted", "")]


@pytest.mark.parametrize("state", ["suspended", "invited", "ended"])
def test_nothing_is_taken_from_who_is_not_active(partner: PartnerNode, note: Note, state: str) -> None:
    Partner.objects.update(state=state)
    pushed = taken(partner, partner.says())
    code = "partner_suspended" if state == "suspended" else "partner_unknown"
    assert (results(pushed), pushed.back, note.done) == ([("rejected", code)], (), [])
    assert Incoming.objects.count() == 0
    Partner.objects.update(state="active")


def test_who_is_sent_back_is_written_down_once_in_a_while(partner: PartnerNode) -> None:
    Partner.objects.update(state="suspended")
    for _ in range(3):
        taken(partner, partner.says())
    assert AuditLine.objects.filter(verb="federation.send_back", on=f"partner:{PEER}").count() == 1


def test_a_clock_may_be_ten_minutes_ahead_and_no_more(partner: PartnerNode, note: Note) -> None:
    minutes = dt.timedelta(minutes=1)
    near = partner.says(sent_at=partner.now + 9 * minutes)
    far = partner.says(sent_at=partner.now + 11 * minutes)
    assert results(taken(partner, near, far)) == [("accepted", ""), ("rejected", "clock_ahead")]
    assert results(taken(partner, far, at=partner.now + 2 * minutes)) == [("accepted", "")]


def test_what_comes_too_late_is_not_done_and_says_so(partner: PartnerNode, note: Note) -> None:
    item = partner.says(expires_at=partner.now + dt.timedelta(hours=1))
    pushed = taken(partner, item, at=partner.now + dt.timedelta(hours=1))
    assert [(one.outcome, one.code) for one in partner.read(pushed.back[0]).entries] == [("expired", "message_expired")]
    assert note.done == []
    assert results(taken(partner, item)) == [("duplicate", "")]


def test_a_key_counts_from_its_day_until_it_is_revoked(partner: PartnerNode, note: Note) -> None:
    item = partner.says()
    whole = partner.document
    partner.change_document(keys=revoked(partner, partner.signing.kid))
    assert results(taken(partner, item)) == [("rejected", "key_revoked")]
    partner.change_document(keys=whole.keys)
    assert results(taken(partner, item)) == [("accepted", "")]


def test_a_key_that_stands_by_may_bring_the_document_that_puts_it_to_use(partner: PartnerNode, note: Note) -> None:
    """The key before it was revoked while the line was dead; a partner reached by stick fetches no document."""
    present, spare, opening = partner.document.keys
    later = dataclasses.replace(spare, valid_from=partner.now + dt.timedelta(days=300))
    partner.change_document(keys=(present, later, opening))
    known = KeyVersion.objects.get(party=PEER)
    before = key_document_of(PEER)
    assert before
    started = dataclasses.replace(
        partner.document, version=2, previous=before.sha256, keys=(*revoked(partner, present.kid)[:1], spare, opening)
    )
    document = issue_key_document(started, signers=[partner.spare])
    partner.numbers.clear()
    first = partner.seal(partner.message(), partner.spare)
    brings = partner.seal(partner.message("keys", {"document": encode_bytes(document)}), partner.spare)
    stolen = partner.seal(partner.message(number=9), partner.signing)
    assert results(taken(partner, first, brings)) == [("rejected", "key_expired"), ("accepted", "")]
    assert results(taken(partner, first, stolen)) == [("accepted", ""), ("rejected", "key_revoked")]
    old = partner.message("keys", {"document": encode_bytes(bytes(known.document))})
    assert results(taken(partner, partner.seal(old, partner.spare))) == [("accepted", "")]
    assert KeyVersion.objects.filter(party=PEER).latest("version").version == 2


def test_an_expired_key_document_accepts_nothing_and_loses_nothing(partner: PartnerNode, note: Note) -> None:
    item = partner.says()
    later = partner.now + dt.timedelta(days=30)
    message = partner.says(expires_at=later + dt.timedelta(days=9))
    assert results(taken(partner, message, at=later)) == [("rejected", "key_document_expired")]
    partner.change_document(issued_at=later, valid_until=later + dt.timedelta(days=29))
    assert results(taken(partner, message, at=later)) == [("accepted", "")]
    assert results(taken(partner, item, at=later)) == [("rejected", "message_expired")]


def test_a_receipt_of_the_receiver_clears_the_outbox(partner: PartnerNode, note: Note) -> None:
    first, second = send_messages(by=NODE, drafts=[Draft(to=PEER, kind="note", body={})] * 2)
    items = due()
    taken(
        partner,
        partner.receipt(items[0]),
        partner.receipt(items[1], outcome="rejected", code="not_covered", clause="3"),
    )
    one, two = Outgoing.objects.order_by("id")
    assert (one.state, one.envelope, two.state, two.code, two.envelope) == (
        "delivered",
        None,
        "rejected",
        "not_covered",
        None,
    )
    assert list(Receipt.objects.values_list("outgoing_id", "outcome", "clause").order_by("id")) == [
        (one.pk, "delivered", ""), (two.pk, "rejected", "3")
    ]  # fmt: skip
    assert note.ended == [(first.message_id, "delivered", ""), (second.message_id, "rejected", "not_covered")]
    assert AuditLine.objects.get(verb="federation.note_refused").detail["clause"] == "3"


def test_what_a_relay_says_beside_the_receiver_takes_nothing_back(partner: PartnerNode, note: Note) -> None:
    Partner.objects.filter(code=PEER).update(carriers=[{"kind": "relay", "through": PEER}])
    send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={}))
    opened, message = partner.open(due()[0])
    given = {"sha256": opened.sha256, "manifest_sha256": opened.manifest_sha256}
    entries = (ReceiptEntry(id=message.id, outcome="delivered", leaf=0, **given),
               ReceiptEntry(id="", outcome="relayed", sha256=opened.sha256))  # fmt: skip
    told = ReceiptTold(
        sender=PEER, to=here().code, at=partner.now, head=partner.head(), seen=partner.seen, entries=entries
    )
    taken(partner, partner.sign(told))
    assert [row.state for row in Outgoing.objects.all()] == ["delivered"]


def test_a_receipt_counts_once_and_only_from_the_receiver(partner: PartnerNode, note: Note, tmp_path: Path) -> None:
    send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={}))
    item = due()[0]
    stranger = PartnerNode("KG-OSH-1", tmp_path, partner.now)
    stranger.opening, stranger.code = partner.opening, PEER
    stolen = stranger.receipt(item)
    assert results(taken(partner, stolen)) == [("rejected", "key_unknown")]
    assert Outgoing.objects.get().state == "queued"
    receipt = partner.receipt(item)
    taken(partner, receipt)
    taken(partner, receipt)
    assert (Receipt.objects.count(), len(note.ended), ReceiptDocument.objects.count()) == (1, 1, 1)


def test_logs_watch_each_other(partner: PartnerNode, note: Note) -> None:
    for _ in range(5):
        receipt = partner.read(taken(partner, partner.says()).back[0])
    assert (receipt.since, receipt.head.size) == (0, 5)
    send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={}))
    taken(partner, partner.receipt(due()[0]))
    assert Partner.objects.get().witnessed_size == 5
    before = TreeHead("KZ-KOR-1", 5, root_at(5), partner.now)
    receipt = partner.read(taken(partner, partner.says()).back[0])
    assert receipt.since == 5
    assert is_consistent(before, receipt.head, receipt.proof)
    assert receipt.seen is not None
    assert (receipt.seen.size, receipt.seen.root) == (partner.tree.size, partner.tree.root)


def test_a_partner_that_changes_its_log_is_found_out(partner: PartnerNode, note: Note) -> None:
    send_messages(by=NODE, drafts=[Draft(to=PEER, kind="note", body={})] * 2)
    items = due()
    taken(partner, partner.receipt(items[0]))
    partner.tree, partner.nodes = type(partner.tree)(), {}
    taken(partner, partner.receipt(items[1]))
    assert [(one.what, one.ref) for one in Equivocation.objects.all()] == [("tree_head", "1")]


def test_the_audit_stays_whole(partner: PartnerNode, note: Note) -> None:
    send_messages(by=NODE, drafts=[Draft(to=PEER, kind="note", body={})] * 3)
    taken(partner, *[partner.says() for _ in range(3)])
    assert verify("KZ-KOR-1", b"", today=partner.now.date()).faults == []


def test_without_keys_of_the_partner_nothing_is_sealed(partner: PartnerNode) -> None:
    partner.change_document(keys=revoked(partner, partner.opening.kid))
    with pytest.raises(Conflict, match="partner_keys_missing"):
        send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={}))


def test_what_this_node_cannot_deal_with_is_sent_back_alone(partner: PartnerNode, note: Note) -> None:
    manifest, parts = encode_message(partner.message())
    document = key_document_of("KZ-KOR-1")
    assert document is not None
    key = document.encryption_keys(partner.now)[0]
    sealed = seal({**manifest, "kind": []}, parts, signers=[partner.signing], recipients=[key])
    odd = Item("KZ-KOR-1", Lane.REPORT, partner.now + dt.timedelta(days=3), "envelope", sealed.content)
    # Two that have no number for this node, and one that has.
    without = [partner.seal(dataclasses.replace(partner.message(), sequence={})) for _ in range(2)]
    pushed = taken(partner, odd, *without, partner.says(body={"text": "good"}))
    assert results(pushed)[-1] == ("accepted", "")
    assert note.done == [f"{PEER}: good"]


def test_a_fault_of_ours_in_one_message_holds_up_no_other(
    partner: PartnerNode, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = partner.says(body={"text": "bad"}), partner.says(body={"text": "good"})

    def broken(row: Partner, arrived: Any, **given: Any) -> Any:
        if bad in [one.item for one in arrived]:
            raise KeyError("bad")
        return take(row, arrived, **given)

    monkeypatch.setattr("elchi.node.federation.services.accepting.take", broken)
    assert results(taken(partner, bad, good)) == [("rejected", "handler_failed"), ("accepted", "")]
    assert note.done == [f"{PEER}: good"]


def test_a_partner_who_knows_more_of_our_log_than_we_do_settles_our_messages_all_the_same(
    partner: PartnerNode, note: Note
) -> None:
    send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={"text": "x"}))
    [item] = due()
    partner.open(item)
    partner.seen = TreeHead("KZ-KOR-1", 999, "0" * 64, partner.now)  # this node came back from a backup
    assert results(taken(partner, partner.receipt(item))) == [("accepted", "")]
    assert (Outgoing.objects.get().state, Equivocation.objects.count()) == ("delivered", 0)


def test_a_head_of_the_last_year_of_all_is_no_fault_later(partner: PartnerNode, note: Note) -> None:
    send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={"text": "x"}))
    small = partner.head()
    partner.receipt(*due())
    end = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    for head in (dataclasses.replace(partner.head(), at=end), small):  # the smaller one comes after the larger
        told = ReceiptTold(sender=PEER, to="KZ-KOR-1", at=partner.now, head=head, seen=None, entries=())
        assert results(taken(partner, partner.sign(told))) == [("accepted", "")]


def test_who_calls_is_known_by_a_certificate_that_names_him(partner: PartnerNode) -> None:
    other, _ = make_exchange_certificate("TJ-FOT-1", passphrase="invented for tests", now=partner.now)
    own, _ = make_exchange_certificate(PEER, passphrase="invented for tests", now=partner.now)
    partner.change_document(certificates=(b"\0", certificate_bytes(other), certificate_bytes(own)))
    assert certificates() == {certificate_bytes(own): PEER}
