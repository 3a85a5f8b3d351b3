"""An incident in the words of its reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from elchi.console.templatetags.elchi import crossing_name
from elchi.locale import Words
from elchi.modules.operations.chain import Box, Picture, picture_of
from elchi.modules.operations.leads import Lead, Trace
from elchi.modules.operations.models import Incident, SeizedItem
from elchi.modules.operations.substances import substances
from elchi.node.cases.shown import caption_of


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods of an incident."""

    name: str
    quantity: str
    weight: str
    """Kilogram equivalent; empty where none is published."""
    source: str
    packages: str
    details: Sequence[tuple[str, str]]
    """For who may see all of it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person who was in it."""

    told: str
    name: str
    end: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that may have led to it."""

    trace: Trace
    said: str
    reasons: Sequence[str]
    state: str
    """`confirmed`, `rejected`, or empty while nobody decided."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box of the picture, with its words."""

    box: Box
    said: str
    at: str
    address: str


def place_of(words: Words, row: Incident) -> str:
    """Say where it was: the crossing, or the position with its error."""
    if row.crossing:
        return crossing_name(words, row.crossing)
    position = f"{words.number(row.latitude or 0, 2)}, {words.number(row.longitude or 0, 2)}"
    return words.text("operations.position_within", position=position, km=round(row.error_km or 0))


def item_name(words: Words, kind: str, substance: str) -> str:
    """Say what goods are."""
    known = substances().get(substance)
    return known.names["en" if words.language == "en" else "ru"] if known else words.text(f"goods.{kind}")


def quantity_of(words: Words, item: SeizedItem) -> str:
    """Say how much there is."""
    unit = item.details.get("currency", "") if item.kind == "cash" else words.text(f"measure.{item.measure}")
    return f"{amount_of(words, item.quantity)} {unit}"


def amount_of(words: Words, amount: Decimal) -> str:
    """Say a number with as many decimals as it has."""
    plain = amount.normalize()
    return words.number(float(plain), max(0, -int(plain.as_tuple().exponent)))


def summary_of(words: Words, items: Sequence[SeizedItem]) -> str:
    """Say in a line what was seized."""
    told = [f"{item_name(words, one.kind, one.substance)} {quantity_of(words, one)}" for one in items[:3]]
    return "; ".join(told) + ("; …" if len(items) > 3 else "")


def goods_of(words: Words, row: Incident, *, whole: bool) -> list[Goods]:
    """Give the goods; without what was typed for who may not see all."""
    return [_goods(words, one, whole=whole) for one in row.items.all()]


def _goods(words: Words, one: SeizedItem, *, whole: bool) -> Goods:
    packaging = words.text(f"packaging.{one.packaging}") if one.packaging else ""
    weight = words.number(float(one.kilograms), 3) if one.kilograms is not None else ""
    details = [(words.text(f"operations.{name}"), _detail(words, name, value)) for name, value in one.details.items()]
    told = [(words.text("operations.name"), one.name)] if one.name else []
    return Goods(
        name=item_name(words, one.kind, one.substance), quantity=quantity_of(words, one), weight=weight,
        source=one.factor_source, packages=f"{one.packages or ''} {packaging}".strip(),
        details=[*told, *details] if whole else [],
    )  # fmt: skip


def _detail(words: Words, name: str, value: str) -> str:
    vocabulary = {"type": "goods_type", "instrument": "instrument", "form": "goods_form", "fault": "document_fault"}
    key = f"{vocabulary.get(name, '')}.{value}"
    said = words.text(key)
    return value if said == key else said


def persons_of(words: Words, row: Incident, *, whole: bool) -> list[Person]:
    """Give who was in it; without names for who may not see them."""
    return [
        Person(
            told=", ".join(
                part for part in (
                    words.text(f"person_role.{one.role}"), words.text(f"sex.{one.sex}") if one.sex else "",
                    one.nationality, one.age_band,
                ) if part
            ),
            name=caption_of(one.subject) if whole and one.subject else "",
            end=words.text(f"person_end.{one.end}"),
        )
        for one in row.involved.all()
    ]  # fmt: skip


def proposals(words: Words, leads: Sequence[Lead], traces: dict[str, Trace], row: Incident) -> list[Proposal]:
    """Give what may have led to it: what was decided first."""
    decided = {one.ref: one for one in row.leads.all()}
    by_ref = {lead.trace.ref: lead for lead in leads}
    shown = [Lead(traces[ref], (), 0) for ref in decided if ref in traces and ref not in by_ref]
    told = []
    for lead in [*shown, *leads]:
        one = decided.get(lead.trace.ref)
        state = "" if one is None else "confirmed" if one.is_confirmed else "rejected"
        reasons = [words.text(f"lead_reason.{code}", **params) for code, params in lead.reasons]
        told.append(Proposal(lead.trace, said_of(words, lead.trace), reasons, state))
    return sorted(told, key=lambda one: ("confirmed", "", "rejected").index(one.state))


def said_of(words: Words, trace: Trace) -> str:
    """Say what a trace is."""
    return words.text(f"trace.{trace.code}", **trace.params)


def drawn(words: Words, row: Incident, traces: dict[str, Trace]) -> tuple[Picture, list[Drawn]]:
    """Draw what led to an incident, from the first message on."""
    confirmed = [one.ref for one in row.leads.all() if one.is_confirmed and one.ref in traces]
    picture = picture_of(confirmed, traces)
    boxes = [
        Drawn(box, said_of(words, box.trace), _clock(words, box.trace.at), box.trace.address)
        if box.trace
        else Drawn(box, row.number, _clock(words, row.at), "")
        for box in picture.boxes
    ]
    return picture, boxes


def history_of(row: Incident) -> list[tuple[int, str, str, Any]]:
    """Give what was amended: version, who, why, when."""
    return [(one.version, one.by, one.reason, one.at) for one in row.versions.all()]


def _clock(words: Words, at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return f"{words.date(local.date().isoformat())} {local:%H:%M}"
