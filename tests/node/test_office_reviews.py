"""Reviews of offices with evidence, and what a crossing lacks and costs."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_crossing, make_office, make_officer, signed_in

from elchi.errors import InvalidInput, NotAllowed, NotFound
from elchi.modules.operations import reviews, services
from elchi.modules.operations.capability import Need, shipped_template
from elchi.modules.operations.maturity import PRACTICES, Answer, quarter_before, quarter_of
from elchi.modules.operations.models import CrossingStock, OfficeReview
from elchi.node.officers.rules import Role

NOW = quarter_of(timezone.localdate())
BEFORE = quarter_before(NOW)
WHOLE = {name: Answer(2, "Order 117") for name in PRACTICES}


def review(quarter: str = NOW, **given: Answer) -> OfficeReview:
    make_office()
    return services.review_office(by=acting(Role.SUPERVISOR), office="kordai", quarter=quarter, answers=WHOLE | given)


@pytest.mark.parametrize(("quarter", "before"), [("2026-Q4", "2026-Q3"), ("2026-Q1", "2025-Q4")])
def test_quarters_follow_each_other(quarter: str, before: str) -> None:
    assert quarter_before(quarter) == before


def test_the_last_review_of_a_quarter_holds_and_those_before_stay() -> None:
    review()
    review(training=Answer(4, "Certificates 1 to 9"))
    told = reviews.review_of("kordai", NOW)
    assert told is not None
    assert (told.answers["training"], OfficeReview.objects.count()) == (Answer(4, "Certificates 1 to 9"), 2)
    assert reviews.review_of("kordai", BEFORE) is None


@pytest.mark.parametrize(
    ("quarter", "given", "told"),
    [
        ("2026-5", {}, ("quarter", "quarter")),
        ("2098-Q1", {}, ("quarter", "not_in_future")),
        (NOW, {"training": Answer(3, " ")}, ("training", "evidence_needed")),
        (NOW, {"training": Answer(5, "x")}, ("training", "score")),
        (NOW, {"dancing": Answer(1, "x")}, ("dancing", "one_of")),
    ],
)
def test_what_is_no_review_is_refused(quarter: str, given: dict[str, Answer], told: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput) as error:
        review(quarter, **given)
    assert (error.value.params["field"], error.value.params["rule"]) == told
    assert not OfficeReview.objects.exists()


def test_who_may_review() -> None:
    make_office()
    with pytest.raises(NotAllowed, match="right_missing"):
        services.review_office(by=acting(Role.ANALYST), office="kordai", quarter=NOW, answers=WHOLE)
    with pytest.raises(NotFound, match="office_unknown"):
        services.review_office(by=acting(Role.SUPERVISOR), office="nowhere", quarter=NOW, answers=WHOLE)


def test_a_review_is_written_and_shown_beside_the_quarter_before(client: Client) -> None:
    review(BEFORE)
    signed_in(client, make_officer(Role.SUPERVISOR))
    form = client.get(f"/picture/reviews/kordai/write/?quarter={NOW}").content.decode()
    assert form.count('value="Order 117"') == len(PRACTICES)
    said = dict.fromkeys(PRACTICES, "2") | {f"{name}_evidence": "Order 117" for name in PRACTICES}
    address = f"/picture/reviews/kordai/write/?quarter={NOW}"
    refused = client.post(address, said | {"training": "3", "training_evidence": ""})
    assert (refused.status_code, "needs evidence" in refused.content.decode()) == (422, True)
    assert client.post(address, said | {"training": "4", "handover": "1"}).status_code == 302
    page = client.get("/picture/reviews/kordai/").content.decode()
    assert (page.count("▲"), page.count("▼"), "<b>2.1</b>" in page) == (1, 1, True)
    sheet = b"".join(client.get("/picture/reviews/kordai/?as=csv").streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    assert (len(rows), rows[11]) == (15, ["training", "4", "Order 117", "2"])


def priced() -> list[Need]:
    return [
        Need(item=one.item, group=one.group, needed=one.needed, unit=one.unit, price=Decimal(250), currency="USD")
        if one.item == "uv_lamps"
        else one
        for one in shipped_template()
    ]


def test_a_crossing_lacks_what_nobody_counted_and_its_cost_says_what_is_short() -> None:
    make_crossing()
    services.set_template(by=acting(Role.PROGRAMME), needs=priced(), reason="Offer of May")
    everything = {one.item: one.needed for one in shipped_template()}
    services.count_stock(
        by=acting(Role.SUPERVISOR), crossing="BCP001", have=everything | {"uv_lamps": 1, "computers": 4}
    )
    _, profile = reviews.profiles()["BCP001"]
    assert [(one.need.item, one.missing, one.cost) for one in profile.missing] == [
        ("uv_lamps", 3, Decimal(750)), ("computers", 2, None),
    ]  # fmt: skip
    assert (profile.costs, profile.unpriced) == ({"USD": Decimal(750)}, 1)


@pytest.mark.parametrize("have", [{"boats": 1}, {"computers": -1}, {"computers": 10**6}])
def test_what_cannot_be_counted_is_refused(have: dict[str, int]) -> None:
    make_crossing()
    with pytest.raises(InvalidInput):
        services.count_stock(by=acting(Role.SUPERVISOR), crossing="BCP001", have=have)
    assert not CrossingStock.objects.exists()


def test_the_pages_of_crossings(client: Client) -> None:
    make_crossing()
    signed_in(client, make_officer(Role.SUPERVISOR))
    template = {one.item: str(one.needed) for one in shipped_template()} | {"currency": "USD", "reason": "First"}
    refused = client.post("/picture/crossings/template/", template | {"uv_lamps_price": "250", "currency": ""})
    assert (refused.status_code, "has a currency" in refused.content.decode()) == (422, True)
    assert client.post("/picture/crossings/template/", template | {"uv_lamps_price": "250"}).status_code == 302
    assert client.post("/picture/crossings/BCP001/count/", {"uv_lamps": "1", "note": "x"}).status_code == 302
    page = client.get("/picture/crossings/BCP001/").content.decode()
    assert ("750 USD" in page, "21 lines have no price" in page) == (True, True)
    assert "750 USD" in client.get("/picture/crossings/").content.decode()
    sheet = b"".join(client.get("/picture/crossings/BCP001/?as=csv").streaming_content)  # type: ignore[attr-defined]
    assert "equipment,uv_lamps,4,1,3,piece,250,USD,750" in sheet.decode("utf-8-sig")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_the_database_as_often_for_three_rows_as_for_one(client: Client, rows: int) -> None:
    for number in range(rows):
        make_office(f"office-{number}")
        make_crossing(f"BCP10{number}")
        by = acting(Role.SUPERVISOR)
        services.review_office(by=by, office=f"office-{number}", quarter=NOW, answers=WHOLE)
        services.count_stock(by=by, crossing=f"BCP10{number}", have={"computers": 1})
    signed_in(client, make_officer(Role.PROGRAMME))
    told = []
    for address in ("/picture/reviews/", "/picture/crossings/"):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        told.append(len(asked))
    assert told == [6, 5]
