"""Verbs of this node's own keys. Each change is a new version of its key document, signed with keys partners know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.directory.queries import agency_of, office_of
from elchi.node.federation.drafts import Draft
from elchi.node.federation.keys import ANNOUNCED, LASTS, OVERLAP, P_256, newest
from elchi.node.federation.models import KeyVersion, OwnKey, Partner
from elchi.node.federation.queries.keys import own_key_document
from elchi.node.federation.rules import check_addresses, check_reason
from elchi.node.federation.services._issuing import SpokenFor, issue_document, make_key
from elchi.node.federation.services.sending import send_messages
from elchi.node.federation.services.stamping import want_stamp
from elchi.node.federation.states import KNOWN
from elchi.node.federation.token import ON_TOKEN
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.canonical import encode_bytes
from elchi.seal.public_key import ALGORITHMS, ED25519, SIGN, X_WING
from elchi.seal.trust import MAX_SPOKEN_FOR

NEEDED: Final = (ED25519, X_WING, P_256)
"""Algorithms of which a node always has a key: one that signs, one that opens, and the certificate."""
STANDBY: Final = (ED25519, P_256)
"""Algorithms of which the next key stands in the key document from the beginning: partners know it when needed."""
RENEWED: Final = dt.timedelta(days=10)
"""So old our key document is at most when the next version is signed; it is fresh for thirty days."""
USED: Final = dt.timedelta(days=365)
"""So long a key is used; then the next one takes its place by itself."""


@transaction.atomic
def make_keys(*, by: Acting) -> KeyVersion:
    """Make the keys with which this node meets others, and version 1 of its key document. Once, with the node.

    Raises:
        NotAllowed: `right_missing`.
        Conflict: `keys_exist`.
    """
    by.require(Right.KEY_WRITE)
    wait_turn()
    if OwnKey.objects.exists():
        raise Conflict("keys_exist")
    at = _now()
    keys = [make_key(algorithm, at=at, starts=at) for algorithm in NEEDED]
    keys += [make_key(algorithm, at=at, starts=at + USED) for algorithm in STANDBY]
    version = _issue(by, at, addresses=())
    record(Verb.MAKE_KEYS, by=by, on="keys:own", kids=[key.kid for key in keys], fingerprint=version.sha256)
    return version


@transaction.atomic
def rotate_key(*, by: Acting, algorithm: str, on_token: bool | None = None) -> OwnKey:
    """Put the next key of an algorithm in the place of the present one, or add the first one of it.

    What opens, and the certificate, is used at once. What signs is used in seven days, when all partners have learnt of
    it; where there are none, at once. The old key counts for thirty days more.

    Args:
        by: who changes it.
        algorithm: of `ALGORITHMS`, or P-256 for the certificate.
        on_token: whether the key is made on the token; unless given, it is where the present one is. The next one,
            which stands by, stays a file: with it a token that is lost is revoked.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `key_request_invalid`.
        Conflict: `key_announced`: the next one is about to be used already; `key_token_unusable`, `key_token_locked`.
    """
    by.require(Right.KEY_WRITE)
    if algorithm not in (*ALGORITHMS, P_256):
        raise InvalidInput("key_request_invalid", field="algorithm", rule="one_of", allowed=[*ALGORITHMS, P_256])
    if on_token and algorithm != ED25519:
        raise InvalidInput("key_request_invalid", field="algorithm", rule="one_of", allowed=[ED25519])
    wait_turn()
    at = _now()
    want_stamp(at)  # what the old key signed was there before
    return _rotate(by, algorithm, at, on_token=on_token)


@transaction.atomic
def revoke_key(*, by: Acting, kid: str, because: str) -> OwnKey:
    """Declare a key of ours void from now on, and put the next one in its place at once.

    A new version of the key document says so. If partners know no other signing key, it is signed with the one that it
    revokes, which a thief could do as well: they suspend this node until somebody has compared the fingerprint again.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `own_key_unknown`.
        InvalidInput: `partner_invalid`: no reason.
        Conflict: `key_revoked_already`.
    """
    by.require(Right.KEY_WRITE)
    check_reason(because)
    wait_turn()
    row = OwnKey.objects.filter(kid=kid).first()
    if row is None:
        raise NotFound("own_key_unknown", field="kid", kid=kid[:64])
    if row.revoked_at is not None:
        raise Conflict("key_revoked_already", kid=kid)
    at = _now()
    want_stamp(at)
    row.revoked_at, row.revoked_because = at, because.strip()
    row.save(update_fields=["revoked_at", "revoked_because"])
    _replace(row, at)
    version = _issue(by, at, addresses=_addresses(), leaving=_last_known(row, at))
    record(Verb.REVOKE_KEY, by=by, on=f"key:{kid}", because=row.revoked_because, version=version.version)
    return row


@transaction.atomic
def change_addresses(*, by: Acting, addresses: Sequence[str]) -> KeyVersion:
    """Say to partners under which addresses they reach this node; none for one that only calls others.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `partner_invalid`.
    """
    by.require(Right.KEY_WRITE)
    told = check_addresses(addresses)
    wait_turn()
    version = _issue(by, _now(), addresses=told)
    record(Verb.CHANGE_ADDRESSES, by=by, on="keys:own", addresses=list(told), version=version.version)
    return version


@transaction.atomic
def change_spoken_for(*, by: Acting, agencies: Sequence[str], offices: Sequence[str]) -> KeyVersion:
    """Say to partners for which agencies and offices this node speaks; their people confirm it before it counts.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `agency_unknown`, `office_unknown`.
        InvalidInput: `partner_invalid`: too many.
    """
    by.require(Right.KEY_WRITE)
    for field, codes in (("agencies", agencies), ("offices", offices)):
        if len(set(codes)) > MAX_SPOKEN_FOR:
            raise InvalidInput("partner_invalid", field=field, rule="max_items", limit=MAX_SPOKEN_FOR)
    told = SpokenFor(
        tuple(sorted({agency_of(code).code for code in agencies})),
        tuple(sorted({office_of(one).code for one in offices})),
    )
    wait_turn()
    version = _issue(by, _now(), addresses=_addresses(), spoken_for=told)
    said: dict[str, Any] = {"agencies": list(told.agencies), "offices": list(told.offices), "version": version.version}
    record(Verb.CHANGE_SPOKEN_FOR, by=by, on="keys:own", **said)
    return version


def renew_keys(*, by: Actor) -> int:
    """Sign the key document anew before it is too old; have the next key in it, and change keys that are worn.

    Returns:
        How many versions were signed.
    """
    at, before = _now(), own_key_document()
    if before is None:
        return 0
    rows = newest(OwnKey.objects.all(), at)
    by_hand = [row for row in rows if row.algorithm not in STANDBY or _is_on_token(row)]
    worn = [row for row in by_hand if at - row.valid_from >= USED and not row.superseded_by]
    alone = [row for row in rows if row.algorithm in STANDBY and _announced(row.algorithm, at) is None]
    for row in worn:
        with transaction.atomic():
            wait_turn()
            _rotate(by, row.algorithm, at)
    if not alone and (worn or at - before.issued_at < RENEWED):
        return len(worn)
    with transaction.atomic():
        wait_turn()
        for row in alone:
            make_key(row.algorithm, at=at, starts=_next_start(row, at))
            _end_replaced(row)
        version = _issue(by, at, addresses=_addresses())
        record(Verb.RENEW_KEYS, by=by, on="keys:own", version=version.version)
    return len(worn) + 1


def _rotate(by: Actor, algorithm: str, at: dt.datetime, *, on_token: bool | None = None) -> OwnKey:
    present = [row for row in _held(algorithm, at) if row.valid_from <= at]
    if on_token is None:
        on_token = any(_is_on_token(row) for row in present[-1:])
    key = _announced(algorithm, at)
    if key is None or (on_token and not _is_on_token(key)):
        key = make_key(algorithm, at=at, starts=at, on_token=on_token)
    starts = at + ANNOUNCED if present and key.use == SIGN and _has_partners() else at
    if at < key.valid_from <= starts:
        raise Conflict("key_announced", kid=key.kid, valid_from=key.valid_from.isoformat())
    _start(key, starts, at)
    for row in present:
        row.superseded_by = key.kid
        row.valid_until = min(row.valid_until, starts + OVERLAP)
        row.save(update_fields=["superseded_by", "valid_until"])
    leaving = present if key.use == SIGN else ()  # nobody knows a key yet that was not announced
    version = _issue(by, at, addresses=_addresses(), leaving=leaving)
    record(Verb.ROTATE_KEY, by=by, on=f"key:{key.kid}", algorithm=algorithm, version=version.version)
    return key


def _replace(row: OwnKey, at: dt.datetime) -> None:
    """Put the next key in the place of one that was revoked, unless another one counts now."""
    held = _held(row.algorithm, at)
    if any(one.valid_from <= at for one in held) or (row.algorithm not in NEEDED and not held):
        return
    key = held[0] if held else make_key(row.algorithm, at=at, starts=at)
    _start(key, at, at)
    row.superseded_by = key.kid
    row.save(update_fields=["superseded_by"])


def _start(key: OwnKey, starts: dt.datetime, at: dt.datetime) -> None:
    """Have a key used from a time on, and the next one announced where that is the rule."""
    key.valid_from, key.valid_until = starts, starts + LASTS
    key.save(update_fields=["valid_from", "valid_until"])
    waiting = [one for one in _held(key.algorithm, at) if one.valid_from > at and one.pk != key.pk]
    for one in waiting:  # it stands by a key on the token until that one ends
        one.valid_from, one.valid_until = _next_start(key, starts), _next_start(key, starts) + LASTS
        one.save(update_fields=["valid_from", "valid_until"])
    if key.algorithm in STANDBY and not waiting:
        make_key(key.algorithm, at=at, starts=_next_start(key, starts))


def _next_start(key: OwnKey, starts: dt.datetime) -> dt.datetime:
    """Give from when on the key after one is used by itself: after one on the token only when that one ends."""
    return starts + (LASTS if _is_on_token(key) else USED)


def _is_on_token(row: OwnKey) -> bool:
    return row.place.startswith(ON_TOKEN)


def _last_known(row: OwnKey, at: dt.datetime) -> list[OwnKey]:
    """Give the revoked key if it has to sign what revokes it: partners know none of those that are left."""
    before = own_key_document()
    known = {key.kid for key in before.keys} if before else set()
    left = {one.kid for one in newest(OwnKey.objects.filter(use=SIGN), at)}
    return [row] if row.use == SIGN and not known & left else []


def _end_replaced(present: OwnKey) -> None:
    """Let the keys end whose place the present one has taken by itself."""
    for row in _held(present.algorithm, present.valid_from):
        if row.valid_from < present.valid_from and not row.superseded_by:
            row.superseded_by = present.kid
            row.valid_until = min(row.valid_until, present.valid_from + OVERLAP)
            row.save(update_fields=["superseded_by", "valid_until"])


def _held(algorithm: str, at: dt.datetime) -> list[OwnKey]:
    """Give the keys of an algorithm that count now or will, in the order of their use."""
    rows = OwnKey.objects.filter(algorithm=algorithm, revoked_at=None, valid_until__gt=at)
    return list(rows.order_by("valid_from", "pk"))


def _announced(algorithm: str, at: dt.datetime) -> OwnKey | None:
    return next((row for row in _held(algorithm, at) if row.valid_from > at), None)


def _issue(by: Actor, at: dt.datetime, **given: Any) -> KeyVersion:
    """Sign the next version, and give it to all partners: those that are reached by stick fetch nothing."""
    version = issue_document(at, **given)
    known = KeyVersion.objects.filter(party=OuterRef("code"))
    told = Partner.objects.filter(Exists(known), state__in=KNOWN).values_list("code", flat=True)
    body = {"document": encode_bytes(bytes(version.document))}
    if drafts := [Draft(to=code, kind="keys", body=body, on="keys:own") for code in told]:
        send_messages(by=by, drafts=drafts)
    return version


def _has_partners() -> bool:
    return Partner.objects.filter(state__in=("active", "suspended")).exists()


def _addresses() -> tuple[str, ...]:
    before = own_key_document()
    return before.addresses if before else ()


def _now() -> dt.datetime:
    """Give the time as key documents carry it: a key must not begin after the document that has it."""
    return timezone.now().replace(microsecond=0)
