"""To say something to a partner: seal it, and put it into the outbox."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from elchi.errors import InvalidInput, NotAllowed, NotFound
from elchi.exchange.message import LANES, Lane, Message, new_id
from elchi.node.audit.actor import Actor
from elchi.node.audit.insert import insert_rows
from elchi.node.audit.services import Line, record_all, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.drafts import Draft, Sent
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.kinds import Handler, handler_of
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.federation.sealing import Envelope, seal_message
from elchi.node.federation.states import ALWAYS, KNOWN
from elchi.node.federation.tree import LeafContent, append_leaves
from elchi.node.federation.wake import wake_courier
from elchi.node.here import here
from elchi.seal.canonical import write_time

AT_ONCE: Final = 256
"""Messages of one call: officers at the window do not wait for more."""
RANKS: Final[Mapping[Lane, int]] = {lane: rank for rank, lane in enumerate(LANES)}
_COLUMNS: Final = (
    "message_id", "partner_id", "lane", "rank", "sequence", "kind", "thread", "re", "agreement", "on", "body", "proof",
    "envelope", "sealed_to", "sha256", "manifest_sha256", "created_at", "deadline", "expires_at", "state", "code",
    "carrier", "attempts", "next_at", "leaf", "retention_until",
)  # fmt: skip
Stream = tuple[int, Lane]
"""Key of a partner and a lane: what is counted in has numbers without a gap."""


def send_message(*, by: Actor, draft: Draft) -> Sent:
    """Say something to a partner; see `send_messages`."""
    return send_messages(by=by, drafts=[draft])[0]


def send_messages(*, by: Actor, drafts: Sequence[Draft]) -> tuple[Sent, ...]:
    """Seal messages and put them into the outbox, in one transaction with their numbers, leaves and audit lines.

    Sealing comes before the transaction, with the numbers that will most likely be given; if somebody else was faster,
    it is done again inside. What may be said is decided before: fields by `Agreement.permit`, rights by the verb that
    calls this one. Called in a transaction, it is part of it.

    Args:
        by: who says it.
        drafts: 1 to `AT_ONCE`.

    Raises:
        NotFound: `partner_unknown`.
        NotAllowed: `partner_not_joined`, `agreement_missing`.
        InvalidInput: `kind_unknown`, `message_invalid`, `envelope_unwritable`, `messages_count`.
        Conflict: `partner_keys_missing`.
    """
    if not 1 <= len(drafts) <= AT_ONCE:
        raise InvalidInput("messages_count", field="drafts", rule="number_in_range", maximum=AT_ONCE)
    now = _to_millisecond(timezone.now())
    partners = _partners(drafts)
    addressed = [(partners[draft.to], draft, _lane(draft)) for draft in drafts]
    streams = [(partner.pk, lane) for partner, _, lane in addressed]
    guessed = _numbered(streams, _last_numbers(set(streams)))
    keyring = Keyring(now)
    keys = {partner.pk: keyring.to_seal(partner.code) for partner in partners.values()}
    ids = [(new_id(), draft.thread or new_id()) for draft in drafts]

    def sealed(numbers: Sequence[int]) -> list[Envelope]:
        return [
            seal_message(_message(draft, lane, number, named, now), keys[partner.pk], keyring)
            for (partner, draft, lane), number, named in zip(addressed, numbers, ids, strict=True)
        ]

    envelopes = sealed(guessed)
    with transaction.atomic():
        wait_turn()
        numbers = _numbered(streams, _take_numbers(Counter(streams)))
        if numbers != guessed:
            envelopes = sealed(numbers)
        sent = _write(by, addressed, envelopes, numbers, now)
        for code in partners:
            transaction.on_commit(partial(wake_courier, code))
    return sent


def _partners(drafts: Sequence[Draft]) -> dict[str, Partner]:
    """Give the partners by code, all of which may be written to."""
    codes = {draft.to for draft in drafts}
    partners = {partner.code: partner for partner in Partner.objects.filter(code__in=codes)}
    for draft in drafts:
        partner = partners.get(draft.to)
        if partner is None:
            raise NotFound("partner_unknown", partner=draft.to)
        if partner.state not in KNOWN and draft.kind not in ALWAYS:
            raise NotAllowed("partner_not_joined", partner=draft.to, state=partner.state)
        if _handler(draft).needs_agreement and not draft.agreement:
            raise NotAllowed("agreement_missing", kind=draft.kind, partner=draft.to)
    return partners


def _handler(draft: Draft) -> Handler:
    handler = handler_of(draft.kind)
    if handler is None:
        raise InvalidInput("kind_unknown", field="kind", kind=draft.kind)
    return handler


def _lane(draft: Draft) -> Lane:
    return draft.lane or _handler(draft).lane


def _message(draft: Draft, lane: Lane, number: int, named: tuple[str, str], now: dt.datetime) -> Message:
    message_id, thread = named
    return Message(
        id=message_id,
        kind=draft.kind,
        sender=here().code,
        to=(draft.to,),
        thread=thread,
        re=draft.re,
        sent_at=now,
        deadline=draft.deadline,
        expires_at=_to_millisecond(now + draft.lifetime),
        lane=lane,
        sequence={draft.to: number},
        handling=draft.handling,
        evaluation=draft.evaluation,
        purpose=draft.purpose,
        legal_basis=draft.legal_basis,
        agreement=draft.agreement,
        retention_until=draft.retention_until,
        onward=draft.onward,
        body=draft.body,
        files=draft.files,
    )


def _last_numbers(streams: set[Stream]) -> dict[Stream, int]:
    """Give the last number that was given in each stream."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT partner_id, lane, sent FROM federation_sequence WHERE partner_id IN ({_places(streams)})",  # noqa: S608
            [partner for partner, _ in streams],
        )
        return {(partner, Lane(lane)): sent for partner, lane, sent in cursor.fetchall()}


def _take_numbers(counts: Counter[Stream]) -> dict[Stream, int]:
    """Move the counting of each stream on; give the last number before."""
    before: dict[Stream, int] = {}
    with connection.cursor() as cursor:
        for (partner, lane), count in sorted(counts.items()):
            cursor.execute(
                "INSERT INTO federation_sequence (partner_id, lane, sent, seen, missing) VALUES (%s, %s, %s, 0, '[]')"
                " ON CONFLICT (partner_id, lane) DO UPDATE SET sent = federation_sequence.sent + excluded.sent"
                " RETURNING sent",
                [partner, str(lane), count],
            )
            before[partner, lane] = cursor.fetchone()[0] - count
    return before


def _numbered(streams: Sequence[Stream], last: Mapping[Stream, int]) -> list[int]:
    given: Counter[Stream] = Counter()
    numbers: list[int] = []
    for stream in streams:
        given[stream] += 1
        numbers.append(last.get(stream, 0) + given[stream])
    return numbers


def _write(
    by: Actor,
    addressed: Sequence[tuple[Partner, Draft, Lane]],
    envelopes: Sequence[Envelope],
    numbers: Sequence[int],
    now: dt.datetime,
) -> tuple[Sent, ...]:
    leaves = [sent_leaf(one.message, one.sealed.sha256, one.sealed.manifest_sha256, now) for one in envelopes]
    first, _ = append_leaves(leaves, at=now)
    insert_rows(
        Outgoing,
        _COLUMNS,
        [
            _row(partner, draft, one, first + position, now)
            for position, ((partner, draft, _), one) in enumerate(zip(addressed, envelopes, strict=True))
        ],
    )
    record_all([_line(draft, one) for (_, draft, _), one in zip(addressed, envelopes, strict=True)], by=by)
    ids = [one.message.id for one in envelopes]
    rows = dict(Outgoing.objects.filter(message_id__in=ids).order_by().values_list("message_id", "pk"))
    return tuple(
        Sent(one.message.id, one.message.thread, rows[one.message.id], number, first + position)
        for position, (one, number) in enumerate(zip(envelopes, numbers, strict=True))
    )


def sent_leaf(message: Message, sha256: str, manifest_sha256: str, at: dt.datetime) -> LeafContent:
    """Give the leaf of the log for a message that lies in the outbox."""
    told = {
        "what": "sent", "id": message.id, "from": message.sender, "to": message.to[0], "sha256": sha256,
        "manifest_sha256": manifest_sha256, "at": write_time(at),
    }  # fmt: skip
    return LeafContent("sent", message.id, told)


def _row(partner: Partner, draft: Draft, one: Envelope, leaf: int, now: dt.datetime) -> tuple[Any, ...]:
    message, sealed = one.message, one.sealed
    return (
        message.id, partner.pk, str(message.lane), RANKS[message.lane], message.sequence[partner.code], message.kind,
        message.thread, message.re, message.agreement, draft.on, one.body, sealed.proof, sealed.content, one.kid,
        sealed.sha256, sealed.manifest_sha256, now, message.deadline, message.expires_at, "queued", "", "", 0, now,
        leaf, message.retention_until,
    )  # fmt: skip


def _line(draft: Draft, one: Envelope) -> Line:
    message = one.message
    detail = {"partner": draft.to, "kind": message.kind, "lane": str(message.lane), "about": draft.on}
    return Line(
        verb=Verb.SEND_MESSAGE,
        on=f"message:{message.id}",
        purpose=message.purpose,
        agreement=message.agreement,
        detail=detail,
    )


def _to_millisecond(at: dt.datetime) -> dt.datetime:
    """Give a time as messages carry it, so that the row and the leaf say the same."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _places(values: Any) -> str:
    return ", ".join(["%s"] * len(values))
