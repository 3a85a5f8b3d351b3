"""Reads of the analysis space: what of it somebody sees, and what is linked with what, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from elchi.errors import NotFound
from elchi.modules.regional.entity import is_seen
from elchi.modules.regional.models import Entity, EntityField, EntityKey
from elchi.modules.regional.rules import RegionalRight, state_of
from elchi.node.officers.acting import Acting


@dataclass(frozen=True, slots=True)
class Link:
    """Two entities that share a mark."""

    one: Entity
    other: Entity
    reason: str
    """What they share: the space of the mark, a code."""
    value: str
    """As it is compared."""
    fields: tuple[EntityField, EntityField]
    """Where it stands in each."""


def seen_fields(state: str) -> Q:
    """Give the condition of fields that somebody of a state sees, as `entity.is_seen` tells it."""
    others = Q(handling__in=("H0", "H1", "H2"), tlp__in=("CLEAR", "GREEN", "AMBER"))
    if not state:
        others |= Q(handling__in=("H0", "H1", "H2"), tlp="AMBER+STRICT")
        return others
    return others | Q(entity__country=state)


def entities_seen_by(by: Acting) -> QuerySet[Entity]:
    """Give the entities of which an officer sees something, newest first."""
    if not by.may(RegionalRight.SPACE_USE):
        return Entity.objects.none()
    seen = EntityField.objects.filter(seen_fields(state_of(by))).order_by()
    return Entity.objects.filter(pk__in=seen.values("entity"))


def entity_seen_by(by: Acting, entity_id: int) -> Entity:
    """Give one of them.

    Raises:
        NotFound: `entity_gone`.
    """
    row = entities_seen_by(by).filter(pk=entity_id).first()
    if row is None:
        raise NotFound("entity_gone", id=entity_id)
    return row


def fields_seen_by(by: Acting, rows: Sequence[Entity]) -> Mapping[int, list[EntityField]]:
    """Give the fields that an officer sees, by entity."""
    state = state_of(by)
    found: dict[int, list[EntityField]] = defaultdict(list)
    fields = EntityField.objects.filter(entity__in=[row.pk for row in rows]).select_related("entity")
    for one in fields:
        if is_seen(owner=one.entity.country, viewer=state, handling=one.handling, tlp=one.tlp):
            found[one.entity_id].append(one)
    return found


def links_seen_by(by: Acting, rows: Sequence[Entity]) -> tuple[Link, ...]:
    """Give the links of entities with others, each by a mark that the officer sees on both sides.

    A mark that he does not see links nothing for him: the link would tell it.
    """
    if not by.may(RegionalRight.SPACE_USE):
        return ()
    seen = EntityField.objects.filter(seen_fields(state_of(by))).order_by()
    keys = EntityKey.objects.filter(field__in=seen).select_related("entity", "field")
    ours = list(keys.filter(entity__in=[row.pk for row in rows]).order_by("id"))
    values = {(one.space, one.value) for one in ours}
    meeting: dict[tuple[str, str], list[EntityKey]] = defaultdict(list)
    for one in keys.filter(value__in={value for _, value in values}).order_by("id"):
        meeting[one.space, one.value].append(one)
    found: dict[tuple[int, int, str, str], Link] = {}
    for one in ours:
        for other in meeting[one.space, one.value]:
            if other.entity_id != one.entity_id:
                place = (*sorted((one.entity_id, other.entity_id)), one.space, one.value)
                link = Link(one.entity, other.entity, one.space, one.value, (one.field, other.field))
                found.setdefault(place, link)  # type: ignore[arg-type]  # two sorted keys are two
    return tuple(found.values())
