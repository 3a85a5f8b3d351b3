"""The regional picture through the API: counted, without names."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer
from elchi.api.tokens import AtApi
from elchi.modules.regional import queries, services
from elchi.modules.regional.bulletin import Row
from elchi.modules.regional.rules import RegionalRight

router = Router()


class Counted(BaseModel):
    """A row of a table."""

    key: str
    count: int
    led: int = Field(description="How many of them information led to.")


class Found(BaseModel):
    """What was found of one substance, or of goods without one."""

    goods: str
    substance: str
    finds: int
    kilograms: str
    unweighed: int


class RegionalBulletin(BaseModel):
    """The figures of a period."""

    begins: dt.date
    ends: dt.date
    total: Counted
    members: list[Counted]
    kinds: list[Counted]
    borders: list[Counted]
    states: list[Counted] = Field(description="By state on the route: an event counts for each.")
    found: list[Found]


class RegionalWarning(BaseModel):
    """An early warning."""

    number: str
    threat: str
    states: list[str]
    text: str
    valid_until: dt.datetime
    is_ours: bool


class RegionalWarnings(BaseModel):
    """The newest warnings."""

    items: list[RegionalWarning]


class Period(BaseModel):
    """From when to when, both days included."""

    begins: dt.date
    ends: dt.date


@router.get("/bulletin", response=RegionalBulletin, summary="The regional bulletin of a period")
def get_bulletin(request: AtApi, period: Annotated[Period, Query()]) -> HttpResponse:
    """Give what members reported, counted; that it was taken is written down."""
    told = services.take_bulletin(by=request.auth, begins=period.begins, ends=period.ends)
    found = [
        Found(goods=one.goods, substance=one.substance, finds=one.finds, kilograms=str(one.kilograms),
              unweighed=one.unweighed)
        for one in told.weighed
    ]  # fmt: skip
    tables = {name: [_row(one) for one in getattr(told, name)] for name in ("members", "kinds", "borders", "states")}
    return answer(
        RegionalBulletin(begins=told.begins, ends=told.ends, total=_row(told.total), found=found, **tables)
    )  # fmt: skip


@router.get("/warnings", response=RegionalWarnings, summary="Early warnings, newest first")
def list_warnings(request: AtApi) -> HttpResponse:
    """Give the newest hundred."""
    request.auth.require(RegionalRight.REGIONAL_SEE)
    rows = queries.warnings_now()[:100]
    items = [
        RegionalWarning(number=one.number, threat=one.threat, states=one.states, text=one.text,
                        valid_until=one.valid_until, is_ours=one.partner_id is None)
        for one in rows
    ]  # fmt: skip
    return answer(RegionalWarnings(items=items))


def _row(row: Row) -> Counted:
    return Counted(key=row.key, count=row.count, led=row.led)
