"""What leaves and when, how messages end, and what is carried for others."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from tests.factories import acting
from tests.partner_node import Note, PartnerNode

from elchi.errors import Conflict, NotFound
from elchi.exchange.batch import WIRE, Item, Limits, Outcome
from elchi.exchange.carrier import Pushed, Way
from elchi.exchange.message import Lane
from elchi.node.audit.actor import NODE
from elchi.node.audit.queries import verify
from elchi.node.federation import kinds
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Held, Incoming, Link, Outgoing, Partner, ReceiptDocument
from elchi.node.federation.post import Post
from elchi.node.federation.services import (
    accept,
    end_partner,
    expire_messages,
    open_message,
    remove_kept_messages,
    send_message,
    withdraw_message,
)
from elchi.node.officers.rules import Role

PEER, OTHER = "KG-AKJ-1", "UZ-TAS-1"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> Note:
    handler = Note()
    monkeypatch.setitem(kinds._handlers, "note", handler)  # noqa: SLF001  put back after the test
    return handler


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def partner(tmp_path: Path, now: dt.datetime, note: Note) -> PartnerNode:
    return PartnerNode(PEER, tmp_path, now)


def say(text: str = "hello", **told: object) -> str:
    return send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={"text": text}, **told)).message_id  # type: ignore[arg-type]  # whatever the test says


def due(skip: tuple[str, ...] = (), limit: int = 64, later: dt.timedelta = MINUTE) -> list[Item]:
    return list(Post().due(PEER, limit=limit, skip=skip, at=timezone.now() + later))


def pushed(*outcomes: Outcome, back: tuple[Item, ...] = ()) -> None:
    Post().pushed(PEER, Pushed(outcomes, back), way=Way("https", PEER), at=timezone.now())


def states() -> list[str]:
    return list(Outgoing.objects.order_by("id").values_list("state", flat=True))


def test_urgent_lanes_leave_first_then_the_oldest(partner: PartnerNode) -> None:
    ids = [say(lane=lane) for lane in (Lane.FEED, Lane.REPORT, Lane.ALERT, Lane.REPORT)]
    items = due()
    assert [partner.open(item)[1].id for item in items] == [ids[2], ids[1], ids[3], ids[0]]
    assert [item.sha256 for item in due(skip=(items[0].sha256,), limit=2)] == [one.sha256 for one in items[1:3]]


def test_what_was_given_away_leaves_again_until_a_receipt_settles_it(partner: PartnerNode) -> None:
    say()
    item = due()[0]
    pushed(Outcome(item.sha256, "accepted"))
    assert (states(), due(later=dt.timedelta())) == (["carried"], [])
    assert due() == [item]
    pushed(Outcome(item.sha256, "rejected", "clock_ahead"))
    assert list(Outgoing.objects.values_list("state", "code", "attempts")) == [("carried", "clock_ahead", 2)]
    pushed(Outcome(item.sha256, "duplicate"), back=(partner.receipt(item),))
    assert (states(), due()) == (["delivered"], [])


@pytest.mark.parametrize("state", ["invited", "suspended", "ended"])
def test_nothing_leaves_for_one_that_is_not_active(partner: PartnerNode, state: str) -> None:
    say()
    Partner.objects.update(state=state)
    assert (due(), Post().waiting(peer=PEER, limits=WIRE, at=timezone.now()).items) == ([], ())
    Partner.objects.update(state="active")
    assert len(due()) == 1


def test_while_a_key_document_is_expired_messages_wait(partner: PartnerNode) -> None:
    say()
    assert due(later=dt.timedelta(days=29, minutes=1)) == []
    assert (len(due()), states()) == (1, ["queued"])


def test_what_was_sealed_to_a_key_that_is_gone_is_sealed_anew(partner: PartnerNode) -> None:
    say("sealed twice")
    before = due()[0]
    old = partner.opening
    partner.opening = type(old).create(partner.folder / "new.pem", "a phrase for tests only")
    kept = [
        dataclasses.replace(key, revoked_at=partner.now) if key.kid == old.kid else key for key in partner.document.keys
    ]
    new = dataclasses.replace(kept[0], algorithm=partner.opening.algorithm, public=partner.opening.public)
    partner.change_document(keys=(*kept, new))
    item = due()[0]
    _, message = partner.open(item)
    assert (message.body, item.sha256 != before.sha256) == ({"text": "sealed twice"}, True)
    pushed(Outcome(item.sha256, "accepted"), back=(partner.receipt(item),))
    assert states() == ["delivered"]


def test_a_mailbox_gives_what_is_due_and_it_is_not_pushed_meanwhile(partner: PartnerNode) -> None:
    say()
    pulled = Post().waiting(peer=PEER, limits=WIRE, at=timezone.now() + MINUTE)
    assert (len(pulled.items), pulled.more, due()) == (1, False, [])
    receipt = partner.receipt(pulled.items[0])
    Post().acknowledge(Pushed((Outcome(receipt.sha256, "accepted"),), (receipt,)), peer=PEER, at=timezone.now())
    assert states() == ["delivered"]


def test_a_message_expires_and_a_late_receipt_still_counts(partner: PartnerNode, note: Note) -> None:
    sent = say(lifetime=dt.timedelta(hours=1))
    item = due()[0]
    assert expire_messages(by=NODE) == 0
    Outgoing.objects.update(expires_at=timezone.now())
    assert (due(), expire_messages(by=NODE), states()) == ([], 1, ["expired"])
    assert (note.ended, Outgoing.objects.get().envelope) == ([(sent, "expired", "")], None)
    pushed(back=(partner.receipt(item),))
    assert states() == ["delivered"]


def test_what_is_taken_back_does_not_leave_and_is_removed_there(partner: PartnerNode) -> None:
    sent = say(on="check:7")
    withdraw_message(by=NODE, message_id=sent, to=PEER)
    message = partner.open(due()[0])[1]
    assert (len(due()), message.kind, message.re, message.body) == (1, "withdrawal", sent, {"message": sent})
    assert states() == ["withdrawn", "queued"]
    with pytest.raises(Conflict, match="message_over"):
        withdraw_message(by=NODE, message_id=sent, to=PEER)
    with pytest.raises(NotFound, match="message_unknown"):
        withdraw_message(by=NODE, message_id=message.id, to=OTHER)


def test_a_partner_takes_back_what_came_and_what_is_still_to_come(partner: PartnerNode) -> None:
    first, second = partner.message(), partner.message()
    back = [
        partner.message("withdrawal", {"message": one.id}, re=one.id, lane=Lane.ALERT, thread=one.thread)
        for one in (first, second)
    ]
    Post().receive([partner.seal(one) for one in (*back, first)], peer=PEER, at=partner.now)
    taken = Post().receive([partner.seal(second)], peer=PEER, at=partner.now)
    assert [(one.result, one.code) for one in taken.outcomes] == [("rejected", "withdrawn")]
    rows = Incoming.objects.exclude(kind="withdrawal").order_by("id")
    assert list(rows.values_list("state", "body")) == [("withdrawn", None), ("rejected", None)]


def test_the_sender_hears_once_that_an_officer_has_seen_it(partner: PartnerNode) -> None:
    Post().receive([partner.says()], peer=PEER, at=partner.now)
    row = Incoming.objects.get()
    open_message(by=NODE, incoming=row.pk)
    open_message(by=NODE, incoming=row.pk)
    items = due()
    entry = partner.read(items[0]).entries[0]
    assert (len(items), entry.id, entry.outcome, entry.leaf) == (1, row.message_id, "opened", 1)
    pushed(Outcome(items[0].sha256, "accepted"))
    assert (due(), ReceiptDocument.objects.filter(waits=True).count()) == ([], 0)


def test_what_was_said_goes_when_its_retention_is_over(partner: PartnerNode) -> None:
    yesterday = timezone.now().date() - dt.timedelta(days=1)
    say(retention_until=yesterday)
    Post().receive([partner.says(retention_until=yesterday), partner.says()], peer=PEER, at=partner.now)
    assert (remove_kept_messages(by=NODE), states()) == (1, ["queued"])  # what waits is kept
    pushed(back=(partner.receipt(due()[0]),))
    assert (remove_kept_messages(by=NODE), remove_kept_messages(by=NODE)) == (1, 0)
    assert Incoming.objects.filter(body=None).count() == Outgoing.objects.filter(body=None).count() == 1
    assert verify("KZ-KOR-1", b"", today=partner.now.date()).faults == []


def test_a_relay_holds_what_it_cannot_read(partner: PartnerNode, tmp_path: Path) -> None:
    other = PartnerNode(OTHER, tmp_path, partner.now)
    sealed = dataclasses.replace(partner.says(), to=OTHER)
    assert Post().receive([sealed], peer=PEER, at=partner.now).outcomes == (
        Outcome(sealed.sha256, "rejected", "not_carried"),
    )
    Partner.objects.filter(code=OTHER).update(relayed_bytes=1 << 20)
    taken = Post().receive([sealed], peer=PEER, at=partner.now)
    assert [one.result for one in taken.outcomes] == ["carried"]
    assert [(one.outcome, one.sha256) for one in partner.read(taken.back[0]).entries] == [("relayed", sealed.sha256)]
    assert [one.result for one in Post().receive([sealed], peer=PEER, at=partner.now).outcomes] == ["duplicate"]
    pulled = Post().waiting(peer=OTHER, limits=WIRE, at=partner.now)
    assert (pulled.items, Incoming.objects.count()) == ((sealed,), 0)
    assert Post().waiting(peer=OTHER, limits=WIRE, at=sealed.expires_at).items == ()
    Post().acknowledge(Pushed((Outcome(sealed.sha256, "accepted"),)), peer=OTHER, at=partner.now)
    assert (Held.objects.count(), other.state) == (0, "active")


def test_a_mailbox_that_is_full_takes_no_more(partner: PartnerNode, tmp_path: Path) -> None:
    """Half of it is the most that one giver gets: another one still has room."""
    PartnerNode(OTHER, tmp_path, partner.now)
    third = PartnerNode("TJ-FOT-1", tmp_path, partner.now)
    items = [dataclasses.replace(partner.says(), to=OTHER) for _ in range(3)]
    Partner.objects.filter(code=OTHER).update(relayed_bytes=2 * sum(len(item.content) for item in items[:2]))
    for giver, own in ((PEER, items), (third.code, [dataclasses.replace(third.says(), to=OTHER) for _ in range(3)])):
        outcomes = Post().receive(own, peer=giver, at=partner.now).outcomes
        assert [(one.result, one.code) for one in outcomes] == [
            ("carried", ""), ("carried", ""), ("rejected", "quota_exceeded")
        ]  # fmt: skip


def test_a_pull_takes_as_much_as_it_asks_for(partner: PartnerNode) -> None:
    for _ in range(3):
        say("x" * 2_000)
    pulled = Post().waiting(peer=PEER, limits=Limits(content=10_000), at=timezone.now() + MINUTE)
    assert (len(pulled.items), pulled.more) == (1, True)


def test_how_a_way_works_is_written_down(partner: PartnerNode) -> None:
    way = Way("https", PEER)
    Post().health(way, error=None, seconds=0.02, at=partner.now)
    Post().health(way, error=Conflict("busy"), seconds=0.0, at=partner.now)
    assert list(Link.objects.values_list("carrier", "failures", "code", "milliseconds")) == [("https", 1, "busy", 20)]


def test_keys_of_others_are_given_only_by_their_relay(partner: PartnerNode, tmp_path: Path) -> None:
    PartnerNode(OTHER, tmp_path, partner.now)
    assert Post().key_document(peer=PEER, party="KZ-KOR-1", after_version=0)
    assert Post().key_document(peer=PEER, party="KZ-KOR-1", after_version=1) is None
    with pytest.raises(NotFound, match="party_unknown"):
        Post().key_document(peer=PEER, party=OTHER, after_version=0)
    Partner.objects.filter(code=OTHER).update(relayed_bytes=1)
    assert Post().key_document(peer=PEER, party=OTHER, after_version=0)


def test_that_it_is_over_still_leaves_and_its_receipt_counts(partner: PartnerNode) -> None:
    say("nobody hears this any more")
    end_partner(by=acting(Role.SUPERVISOR), code=PEER, because="It is over.")
    assert PEER in [route.party for route in Post().routes()]
    (item,) = due()
    message = partner.open(item)[1]
    assert (message.kind, message.body["state"], message.body["because"]) == ("partner_state", "ended", "It is over.")
    assert [one.sha256 for one in Post().waiting(peer=PEER, limits=WIRE, at=timezone.now() + MINUTE).items] == [
        item.sha256
    ]
    letter = partner.says(number=1)
    told = accept(items=[letter], peer=PEER, carrier="https", at=partner.now)
    assert [one.code for one in told.outcomes] == ["partner_unknown"]
    pushed(Outcome(item.sha256, "accepted"), back=(partner.receipt(item),))
    assert states() == ["queued", "delivered"]
    assert (due(), list(Post().routes())) == ([], [])
    assert accept(items=[letter], peer=PEER, carrier="https", at=partner.now).back == ()
