"""The picture through the API: results, levels of border sections, the register of offices. No personal data.

Every number has the address of the incidents it is made of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.modules.operations import figures, register, services
from elchi.modules.operations.api import WantedIncidents
from elchi.modules.operations.models import SectionLevel as Row
from elchi.modules.operations.queries import Wanted
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.sections import REACTIONS

router = Router()
sections = Router()
offices = Router()
_LIST = "/api/v1/incidents"


class Result(BaseModel):
    """A number, and where its events are."""

    key: str
    count: int
    led: int = Field(description="How many of them information led to.")
    events: str = Field(description="Address of the incidents that were counted.")


class MonthResult(BaseModel):
    """The incidents of a month on the clock of the node."""

    month: dt.date
    count: int
    events: str


class SeizedResult(BaseModel):
    """What was seized of one substance, or of goods without one."""

    goods: str
    substance: str
    incidents: int
    kilograms: str | None = Field(description="Sum of the kilogram equivalents; null where there are none.")
    unweighed: int = Field(description="Items without an equivalent: the sum is short by them.")
    events: str


class Results(BaseModel):
    """The results of what is wanted; of each table the 20 largest rows."""

    total: Result
    kinds: list[Result]
    units: list[Result]
    borders: list[Result]
    agencies: list[Result] = Field(description="An incident of two agencies counts for each.")
    routes: list[Result]
    months: list[MonthResult]
    seized: list[SeizedResult]


class SectionLevel(BaseModel):
    """The level of a section of the border, and the reaction that it asks for."""

    border: str
    level: str
    reactions: list[str]
    from_at: dt.datetime
    until: dt.datetime | None
    reason: str


class SectionLevels(BaseModel):
    """Sections whose level somebody set; the others are low."""

    items: list[SectionLevel]


class NewLevel(BaseModel):
    """A level from now on."""

    border: str = Field(max_length=5, examples=["KG-KZ"])
    level: str = Field(max_length=8, description="low, medium, high, critical.")
    until: Instant | None = Field(None, description="Critical needs one within 30 days.")
    reason: str = Field(max_length=300)


class OfficeCount(BaseModel):
    """A border: the published number beside the offices known by name."""

    border: str
    published: int | None
    named: list[str]
    undated: int
    difference: int | None


class OtherCount(BaseModel):
    """Published: offices that do not work yet."""

    status: str
    border: str
    count: int


class OfficeRegister(BaseModel):
    """The register of offices on a day."""

    day: dt.date
    counted_on: dt.date | None
    total: int | None
    lines: list[OfficeCount]
    others: list[OtherCount]


class WantedDay(BaseModel):
    """Which day; today without one."""

    day: dt.date | None = None


class WantedInstant(BaseModel):
    """Which moment; now without one."""

    at: Instant | None = None


@router.get("", response=Results, summary="Results of a period")
def get_results(request: AtApi, asked: Annotated[WantedIncidents, Query()]) -> HttpResponse:
    """Count incidents, as the page does; with `as_of` as it was known then."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    told = figures.figures_of(Wanted(**asked.model_dump()))
    tables = {
        name: [_result(one, asked, **{wanted: one.key}) for one in getattr(told, name)] for name, wanted in _TABLES
    }
    return answer(
        Results(total=_result(told.total, asked), months=_months(told.months, asked), seized=_seized(told, asked),
                **tables)
    )  # fmt: skip


@sections.get("", response=SectionLevels, summary="Levels of border sections")
def list_section_levels(request: AtApi, wanted: Annotated[WantedInstant, Query()]) -> HttpResponse:
    """Give the levels that held at a moment, and the reaction that each asks for."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    rows = figures.levels_on(wanted.at or timezone.now()).values()
    return answer(SectionLevels(items=[_level(one) for one in rows]))


@sections.post("", response={201: SectionLevel}, summary="Say which level a section has")
@once
def set_section_level(request: AtApi, new: NewLevel) -> HttpResponse:
    """Set the level of a section from now on; the one before is kept."""
    return answer(_level(services.set_section_level(by=request.auth, **new.model_dump())), 201)


@offices.get("", response=OfficeRegister, summary="The register of liaison offices on a day")
def get_office_register(request: AtApi, wanted: Annotated[WantedDay, Query()]) -> HttpResponse:
    """Give what was published beside what is known by name, and by how many the two differ."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    day = wanted.day or timezone.localdate()
    told = register.register_on(day, register.shipped_facts(), register.shipped_counts())
    lines = [
        OfficeCount(border=one.border, published=one.published, named=list(one.named), undated=one.undated,
                    difference=one.difference)
        for one in told.lines
    ]  # fmt: skip
    others = [OtherCount(status=one.status, border=one.border, count=one.count) for one in told.others]
    return answer(OfficeRegister(day=day, counted_on=told.counted_on, total=told.total, lines=lines, others=others))


_TABLES = (("kinds", "kind"), ("units", "unit"), ("borders", "border"), ("agencies", "agency"), ("routes", "route"))


def _result(told: figures.Figure, asked: WantedIncidents, **more: str) -> Result:
    return Result(key=told.key, count=told.count, led=told.led, events=_events(asked, **more))


def _months(told: Sequence[tuple[dt.date, int]], asked: WantedIncidents) -> list[MonthResult]:
    zone = timezone.get_current_timezone()
    found = []
    for month, count in told:
        begins = dt.datetime.combine(month, dt.time(), tzinfo=zone)
        ends = dt.datetime.combine((month + dt.timedelta(days=32)).replace(day=1), dt.time(), tzinfo=zone)
        period = {
            "from_at": max(filter(None, (begins, asked.from_at))),
            "until": min(filter(None, (ends, asked.until))),
        }
        found.append(MonthResult(month=month, count=count, events=_events(asked, **period)))
    return found


def _seized(told: figures.Figures, asked: WantedIncidents) -> list[SeizedResult]:
    return [
        SeizedResult(
            goods=one.kind, substance=one.substance, incidents=one.incidents, unweighed=one.unweighed,
            kilograms=None if one.kilograms is None else f"{one.kilograms.normalize():f}",
            events=_events(asked, goods=one.substance or one.kind),
        )
        for one in told.seized
    ]  # fmt: skip


def _events(asked: WantedIncidents, **more: Any) -> str:
    kept = {name: value for name, value in {**asked.model_dump(), **more}.items() if value}
    said = {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in kept.items()}
    return f"{_LIST}?{urlencode(said)}"


def _level(row: Row) -> SectionLevel:
    return SectionLevel(
        border=row.border, level=row.level, reactions=list(REACTIONS[row.level]), from_at=row.from_at,
        until=row.until, reason=row.reason,
    )  # fmt: skip
