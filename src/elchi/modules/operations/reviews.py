"""Reads of reviews and of what crossings have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elchi.modules.operations.capability import Need, Profile, need_from_wire, profile_of, shipped_template
from elchi.modules.operations.maturity import Answer, from_wire
from elchi.modules.operations.models import CrossingStock, CrossingTemplate, OfficeReview


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it is read."""

    quarter: str
    answers: Mapping[str, Answer]
    by: str
    at: dt.datetime


def review_of(office: str, quarter: str) -> Review | None:
    """Give the review of an office in a quarter that holds; None if there is none."""
    row = OfficeReview.objects.filter(office__code=office, quarter=quarter).order_by("-id").first()
    return None if row is None else _read(row)


def reviews_by_office(quarters: Sequence[str]) -> dict[str, dict[str, Review]]:
    """Give the reviews that hold, by code of the office and quarter; in one query."""
    told: dict[str, dict[str, Review]] = {}
    rows = OfficeReview.objects.filter(quarter__in=quarters).select_related("office").order_by("id")
    for row in rows:
        told.setdefault(row.office.code, {})[row.quarter] = _read(row)
    return told


def template_in_force() -> tuple[Need, ...]:
    """Give what a crossing should have."""
    row = CrossingTemplate.objects.order_by("-id").first()
    return tuple(need_from_wire(one) for one in row.needs) if row else shipped_template()


def stock_of(crossing: str) -> CrossingStock | None:
    """Give what a crossing has, as it was last counted; None if nobody counted."""
    return CrossingStock.objects.filter(crossing__code=crossing).order_by("-id").first()


def profiles() -> dict[str, tuple[CrossingStock, Profile]]:
    """Give the profile of each crossing that was counted, by its code; in two queries."""
    template = template_in_force()
    rows = CrossingStock.objects.select_related("crossing").order_by("id")
    newest = {row.crossing.code: row for row in rows}
    return {code: (row, profile_of(template, row.have)) for code, row in newest.items()}


def _read(row: OfficeReview) -> Review:
    return Review(row.quarter, from_wire(row.answers), row.by, row.at)
