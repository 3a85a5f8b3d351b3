"""The analysis space: members put entities into it deliberately, and what its owner takes back is gone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from elchi.errors import InvalidInput, NotFound
from elchi.exchange.message import Message
from elchi.modules.regional.entity import MAX_ORIGIN, PutField, check_fields, fields_of, marks_of
from elchi.modules.regional.linking import entity_seen_by
from elchi.modules.regional.models import Entity, EntityField, EntityKey
from elchi.modules.regional.rules import RegionalRight, require_state
from elchi.modules.regional.services._checks import check_text
from elchi.modules.regional.verbs import RegionalVerb
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.marks import mark_hash
from elchi.node.audit.services import record
from elchi.node.federation.models import Partner
from elchi.node.officers.acting import Acting

ENTITY: Final = "regional.entity"
DETAIL: Final = "entity"
KEEP_DAYS: Final = 365
MAX_REASON: Final = 200
MAX_LINES: Final = 60


@transaction.atomic
def put_entity(*, by: Acting, kind: str, fields: Sequence[PutField], reason: str) -> Entity:
    """Put somebody or something into the analysis space, for one's own state.

    Args:
        by: a liaison officer.
        kind: of `entity.KINDS`.
        fields: each with its origin and handling.
        reason: why: the number of a case.

    Raises:
        NotAllowed: `right_missing`, `state_needed`.
        InvalidInput: `regional_invalid`.
    """
    by.require(RegionalRight.SPACE_USE)
    state = require_state(by)
    check_text("reason", reason, MAX_REASON)
    check_fields(kind, fields)
    until = timezone.now().date() + dt.timedelta(days=KEEP_DAYS)
    row = Entity.objects.create(country=state, kind=kind, reason=reason.strip(), put_by=by.name, keep_until=until)
    _fill(row, fields)
    record(RegionalVerb.PUT_ENTITY, by=by, on=f"entity:{row.pk}", subject=digest_of(row), fields=len(fields))
    return row


@transaction.atomic
def read_entity(*, by: Acting, entity_id: int) -> Entity:
    """Give an entity to who may see something of it; that he read it is written down.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `entity_gone`.
    """
    by.require(RegionalRight.SPACE_USE)
    row = entity_seen_by(by, entity_id)
    record(RegionalVerb.READ_ENTITY, by=by, on=f"entity:{row.pk}", owner=row.country)
    return row


@transaction.atomic
def withdraw_entity(*, by: Acting, entity_id: int) -> None:
    """Take one's own entity back: its row, fields and keys are removed; the audit keeps a keyed hash.

    Raises:
        NotAllowed: `right_missing`, `state_needed`.
        NotFound: `entity_gone`, also for one of another state.
    """
    by.require(RegionalRight.SPACE_USE)
    state = require_state(by)
    row = Entity.objects.filter(pk=entity_id, country=state).first()
    if row is None:
        raise NotFound("entity_gone", id=entity_id)
    erase(row, by=by)


def read_put(*, message: Message, country: str) -> tuple[tuple[PutField, ...], str, str]:
    """Read an entity that came: its fields, its kind, and why it is put.

    Raises:
        InvalidInput: `regional_invalid`; what `from_wire` raises.
    """
    wire, told = message.body.get("subject"), message.body.get(DETAIL)
    if not isinstance(wire, Mapping) or not isinstance(told, Mapping) or not country:
        raise InvalidInput("regional_invalid", field=DETAIL, rule="object")
    if len(json.dumps(wire)) > 16 << 10:
        raise InvalidInput("regional_invalid", field="subject", rule="max_length", limit=16 << 10)
    for name, most in (("origin", MAX_ORIGIN), ("reason", MAX_REASON)):
        check_text(name, told.get(name), most)
    given = {"origin": str(told["origin"]), "handling": message.handling.code, "tlp": message.handling.tlp}
    return fields_of(wire, **given), str(wire.get("kind")), str(told["reason"])


def hear_entity(
    *, message: Message, partner: Partner, put: tuple[tuple[PutField, ...], str, str]
) -> Entity:  # fmt: skip
    """Put what a member's node sends into the space, in the transaction in which it is accepted."""
    fields, kind, reason = put
    until = timezone.now().date() + dt.timedelta(days=KEEP_DAYS)
    row = Entity.objects.create(
        country=str(partner.country_id), kind=kind, partner=partner, message_id=message.id,
        agreement=message.agreement, reason=reason, put_by=f"partner:{partner.code}",
        keep_until=min(until, message.retention_until or until),
    )  # fmt: skip
    _fill(row, fields)
    record(
        RegionalVerb.HEAR_ENTITY, by=NODE, on=f"entity:{row.pk}", subject=digest_of(row), agreement=message.agreement,
        partner=partner.code, fields=len(fields),
    )  # fmt: skip
    return row


def forget_entity(*, message_id: str, partner: Partner) -> None:
    """Remove what came of a message that its sender took back; the exchange removes what the message said."""
    for row in Entity.objects.filter(partner=partner, message_id=message_id):
        erase(row, by=NODE)


def erase(row: Entity, *, by: Actor) -> None:
    """Remove an entity with all that was made of it, in the transaction of the caller."""
    count, digest, pk = row.fields.count(), digest_of(row), row.pk
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")  # the bytes are overwritten, and not only let go
    row.delete()
    record(RegionalVerb.WITHDRAW_ENTITY, by=by, on=f"entity:{pk}", subject=digest, fields=count)


def digest_of(row: Entity) -> str:
    """Give the keyed hash of all of an entity: the same when it is put and when it is taken back."""
    told: list[Any] = sorted(row.fields.values_list("name", "value", "origin", "handling", "tlp"))
    return mark_hash("entity", json.dumps([row.kind, row.reason, *told], ensure_ascii=False))


def _fill(row: Entity, fields: Sequence[PutField]) -> None:
    keys = []
    for one in fields:
        field = EntityField.objects.create(
            entity=row, name=one.name, value=one.value.strip(), origin=one.origin.strip(), handling=one.handling,
            tlp=one.tlp,
        )  # fmt: skip
        marks = marks_of(one.name, one.value, row.country)
        keys += [EntityKey(entity=row, field=field, space=mark.space, value=mark.value) for mark in marks]
    EntityKey.objects.bulk_create(keys)
