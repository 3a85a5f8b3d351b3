"""Reviews of offices through the API, and what crossings have and lack."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.tokens import AtApi
from elchi.console.sheets import csv_answer
from elchi.modules.operations import maturity, reviews, services
from elchi.modules.operations.api import CSV
from elchi.modules.operations.capability import MOST, NEEDS, Gap, Need, Profile, needs_row, profile_of
from elchi.modules.operations.maturity import LONGEST_EVIDENCE, PRACTICES
from elchi.modules.operations.models import CrossingStock
from elchi.modules.operations.rules import OperationsRight
from elchi.node.directory import queries as directory

router = Router()
profiles = Router()
_PRICE = Field(None, pattern=r"^[0-9]{1,10}(\.[0-9]{1,2})?$", description="Of one unit; null where nobody quoted one.")


class PracticeAnswer(BaseModel):
    """How far one practice is alive, and where it can be seen."""

    score: int = Field(ge=0, le=4)
    evidence: str = Field("", max_length=LONGEST_EVIDENCE, description="A score above 0 needs some.")


class NewReview(BaseModel):
    """A review: an answer for each of the fourteen practices."""

    quarter: str = Field(max_length=7, examples=["2026-Q4"])
    answers: dict[str, PracticeAnswer] = Field(max_length=len(PRACTICES))


class OfficeReview(BaseModel):
    """The review of an office in a quarter that holds; without answers where nobody wrote one."""

    office: str
    quarter: str
    mean: float | None
    mean_before: float | None = Field(description="Of the quarter before; null where there was none.")
    weakest: list[str]
    answers: dict[str, PracticeAnswer]
    by: str
    at: dt.datetime | None


class ReviewLine(BaseModel):
    """The mean of an office in a quarter."""

    office: str
    quarter: str
    mean: float


class ReviewLines(BaseModel):
    """How the offices do in a quarter, and in the one before."""

    items: list[ReviewLine]


class WantedQuarter(BaseModel):
    """Which quarter; this one without it."""

    quarter: str = Field("", pattern=r"^(20\d\d-Q[1-4])?$", examples=["2026-Q4"])

    def asked(self) -> str:
        """Give the quarter."""
        return self.quarter or maturity.quarter_of(timezone.localdate())


class NewStock(BaseModel):
    """What a crossing has; what is not named was not counted."""

    have: dict[str, int] = Field(max_length=50, examples=[{"uv_lamps": 2, "computers": 5}])
    note: str = Field("", max_length=300)


class NeedLine(BaseModel):
    """A line of the template."""

    item: str = Field(max_length=40)
    group: str = Field(max_length=12)
    needed: int = Field(ge=0, le=MOST)
    unit: str = Field(max_length=8)
    price: str | None = _PRICE
    currency: str = Field("", max_length=3)


class CrossingTemplate(BaseModel):
    """What a crossing should have."""

    items: list[NeedLine]


class NewTemplate(CrossingTemplate):
    """A template to be put into force: every item, in its group and unit."""

    items: list[NeedLine] = Field(max_length=50)
    reason: str = Field(max_length=300)


class GapLine(NeedLine):
    """A line of the template and what is missing of it."""

    have: int
    missing: int
    cost: str | None = Field(description="0 where nothing is missing; null where no price is known.")


class CrossingProfile(BaseModel):
    """A crossing against the template."""

    crossing: str
    counted_at: dt.datetime | None = Field(description="Null where nobody counted.")
    counted_by: str
    note: str
    met: float = Field(description="Share of the lines that are whole, 0 to 1.")
    lines: list[GapLine] = Field(description="All; the needs list are those with something missing.")
    costs: dict[str, str] = Field(description="Sum of what is missing, by currency.")
    unpriced: int = Field(description="Missing lines without a price: the sums are short by them.")


class ProfileLine(BaseModel):
    """A crossing that was counted."""

    crossing: str
    counted_at: dt.datetime
    met: float
    missing: int
    costs: dict[str, str]
    unpriced: int


class ProfileLines(BaseModel):
    """The crossings that were counted, by code."""

    items: list[ProfileLine]


@router.get("", response=ReviewLines, summary="How the offices do")
def list_reviews(request: AtApi, wanted: Annotated[WantedQuarter, Query()]) -> HttpResponse:
    """Give the mean of each office that was reviewed in a quarter or in the one before."""
    request.auth.require(OperationsRight.REVIEW_SEE)
    quarter = wanted.asked()
    known = reviews.reviews_by_office([quarter, maturity.quarter_before(quarter)])
    items = [
        ReviewLine(office=code, quarter=name, mean=maturity.mean_of(told.answers))
        for code, quarters in sorted(known.items())
        for name, told in sorted(quarters.items(), reverse=True)
    ]
    return answer(ReviewLines(items=items))


@router.get("/{office}", response=OfficeReview, summary="The review of an office")
def get_review(request: AtApi, office: str, wanted: Annotated[WantedQuarter, Query()]) -> HttpResponse:
    """Give each practice with its evidence, the weakest, and how it was a quarter before."""
    request.auth.require(OperationsRight.REVIEW_SEE)
    return _review(office, wanted.asked())


@router.post("/{office}", response={201: OfficeReview}, summary="Review an office")
@once
def review_office(request: AtApi, office: str, new: NewReview) -> HttpResponse:
    """Review an office; one of the same quarter that was written before holds no more."""
    answers = {name: maturity.Answer(one.score, one.evidence.strip()) for name, one in new.answers.items()}
    services.review_office(by=request.auth, office=office, quarter=new.quarter, answers=answers)
    return _review(office, new.quarter, 201)


@profiles.get("", response=ProfileLines, summary="How far crossings meet the template")
def list_profiles(request: AtApi) -> HttpResponse:
    """Give the crossings that were counted: how much each meets, and what is missing."""
    request.auth.require(OperationsRight.REVIEW_SEE)
    items = [
        ProfileLine(crossing=code, counted_at=stock.at, met=told.met, missing=len(told.missing), costs=_costs(told),
                    unpriced=told.unpriced)
        for code, (stock, told) in sorted(reviews.profiles().items())
    ]  # fmt: skip
    return answer(ProfileLines(items=items))


@profiles.get("/template", response=CrossingTemplate, summary="What a crossing should have")
def get_template(request: AtApi) -> HttpResponse:
    """Give the template in force."""
    request.auth.require(OperationsRight.REVIEW_SEE)
    return _template()


@profiles.post("/template", response={201: CrossingTemplate}, summary="Say what a crossing should have")
@once
def set_template(request: AtApi, new: NewTemplate) -> HttpResponse:
    """Put a template into force; the one before is kept."""
    needs = [
        Need(**{**one.model_dump(), "price": None if one.price is None else Decimal(one.price)}) for one in new.items
    ]
    services.set_template(by=request.auth, needs=needs, reason=new.reason)
    return _template(201)


@profiles.get("/{crossing}", response=CrossingProfile, summary="What a crossing has and lacks")
def get_profile(request: AtApi, crossing: str) -> HttpResponse:
    """Give each line of the template, what is missing, and what that costs."""
    request.auth.require(OperationsRight.REVIEW_SEE)
    directory.crossing_of(crossing)
    return _profile(crossing, reviews.stock_of(crossing))


@profiles.get("/{crossing}/needs", summary="What a crossing lacks as a table", openapi_extra=CSV)
def take_needs(request: AtApi, crossing: str) -> StreamingHttpResponse:
    """Give every line of the template as CSV: what is there, what is missing, what that costs."""
    request.auth.require(OperationsRight.REVIEW_SEE)
    directory.crossing_of(crossing)
    stock = reviews.stock_of(crossing)
    told = profile_of(reviews.template_in_force(), stock.have if stock else {})
    return csv_answer(f"{crossing}-needs", NEEDS, map(needs_row, told.gaps))


@profiles.post("/{crossing}", response={201: CrossingProfile}, summary="Say what a crossing has")
@once
def count_stock(request: AtApi, crossing: str, new: NewStock) -> HttpResponse:
    """Say what was counted at a crossing; the count before is kept."""
    return _profile(
        crossing, services.count_stock(by=request.auth, crossing=crossing, have=new.have, note=new.note), 201
    )


def _review(office: str, quarter: str, status: int = 200) -> HttpResponse:
    directory.office_of(office)
    told = reviews.review_of(office, quarter)
    before = reviews.review_of(office, maturity.quarter_before(quarter))
    answers = told.answers if told else {}
    return answer(
        OfficeReview(
            office=office, quarter=quarter, mean=_mean(told), mean_before=_mean(before),
            answers={name: PracticeAnswer(score=one.score, evidence=one.evidence) for name, one in answers.items()},
            weakest=list(maturity.weakest(answers)) if told else [], by=told.by if told else "",
            at=told.at if told else None,
        ),
        status,
    )  # fmt: skip


def _mean(told: reviews.Review | None) -> float | None:
    return None if told is None else maturity.mean_of(told.answers)


def _template(status: int = 200) -> HttpResponse:
    return answer(CrossingTemplate(items=[_need(one) for one in reviews.template_in_force()]), status)


def _need(one: Need) -> NeedLine:
    price = None if one.price is None else f"{one.price}"
    return NeedLine(
        item=one.item, group=one.group, needed=one.needed, unit=one.unit, price=price, currency=one.currency
    )  # fmt: skip


def _gap(one: Gap) -> GapLine:
    cost = None if one.cost is None else f"{one.cost}"
    return GapLine(**_need(one.need).model_dump(), have=one.have, missing=one.missing, cost=cost)


def _costs(told: Profile) -> dict[str, str]:
    return {currency: f"{cost}" for currency, cost in sorted(told.costs.items())}


def _profile(crossing: str, stock: CrossingStock | None, status: int = 200) -> HttpResponse:
    told = profile_of(reviews.template_in_force(), stock.have if stock else {})
    return answer(
        CrossingProfile(
            crossing=crossing, counted_at=stock.at if stock else None, counted_by=stock.by if stock else "",
            note=stock.note if stock else "", met=told.met, lines=[_gap(one) for one in told.gaps],
            costs=_costs(told), unpriced=told.unpriced,
        ),
        status,
    )  # fmt: skip
