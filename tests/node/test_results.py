"""The results: what is counted is what happened, each in its hour, and nobody is named."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_agency, make_crossing, make_office, make_officer, signed_in

from elchi.console import charts
from elchi.node.checks import figures
from elchi.node.checks.figures import Period
from elchi.node.checks.findings import open_findings
from elchi.node.checks.models import Alert, Check, FoundEntry, Judgement, Shift
from elchi.node.directory.models import Office
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
"""14:30 on the clock of the node."""


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def _check(at: dt.datetime, verdict: str = "clear", **given: object) -> Check:
    values = {"purpose": "border_check", "via": "console", "kind": "person", "took_ms": 1.0, **given}
    return Check.objects.create(at=at, verdict=verdict, **values)


def _finding(check: Check, watchlist: str = "un", state: str = "open", **given: object) -> FoundEntry:
    values = {
        "version": 1, "entry": f"e{FoundEntry.objects.count()}", "caption": "Invented NAME", "schema": "Person",
        "score": 0.9, "band": "stop", "action": "stop", **given,
    }  # fmt: skip
    return FoundEntry.objects.create(owner=check, watchlist=watchlist, state=state, **values)


def _judged(finding: FoundEntry, outcome: str, after: float, overrules: Judgement | None = None) -> Judgement:
    FoundEntry.objects.filter(pk=finding.pk).update(state="judged")
    at = finding.owner.at + dt.timedelta(minutes=after)
    return Judgement.objects.create(finding=finding, outcome=outcome, reason="r", at=at, overrules=overrules)


def _today() -> Period:
    begins = timezone.localtime().replace(hour=0, minute=0)
    return Period(begins, timezone.now() + dt.timedelta(seconds=1))


def test_checks_stand_in_their_hour_on_the_clock_of_the_node() -> None:
    midnight = dt.datetime(2026, 11, 20, 19, tzinfo=dt.UTC)  # 00:00 in Almaty
    for minutes, verdict in ((-1, "stop"), (0, "clear"), (59, "review"), (60, "clear"), (14 * 60 + 30, "stop")):
        _check(midnight + dt.timedelta(minutes=minutes), verdict)
    told = figures.count_checks(_today())
    assert [(f"{timezone.localtime(hour.at):%H}", dict(hour.verdicts)) for hour in told.hours if hour.total] == [
        ("00", {"clear": 1, "review": 1}),
        ("01", {"clear": 1}),
        ("14", {"stop": 1}),
    ]
    assert len(told.hours) == 15
    assert told.verdicts == Counter(clear=2, review=1, stop=1)


def test_zones_of_half_hours_are_cut_where_their_clock_is() -> None:
    _check(dt.datetime(2026, 11, 21, 5, 29, tzinfo=dt.UTC))
    _check(dt.datetime(2026, 11, 21, 5, 30, tzinfo=dt.UTC))
    with timezone.override("Asia/Kabul"):
        hours = [f"{timezone.localtime(one.at):%H:%M}" for one in figures.count_checks(_today()).hours if one.total]
    assert hours == ["09:00", "10:00"]


def test_offices_and_crossings_are_counted_apart() -> None:
    here, there = make_office(), make_office("elsewhere")
    one, other = make_crossing(), make_crossing("BCP002")
    for _ in range(3):
        _check(NOW, office=here, crossing=one)
    _check(NOW, "stop", office=there, crossing=other)
    _check(NOW)
    everywhere = figures.count_checks(_today())
    assert everywhere.crossings == ((one.pk, Counter(clear=3)), (other.pk, Counter(stop=1)))
    assert everywhere.verdicts.total() == 5
    begins, ends = _today().from_at, _today().to_at
    assert figures.count_checks(Period(begins, ends, there.pk)).verdicts == Counter(stop=1)
    assert figures.checks_at_crossings(NOW - dt.timedelta(hours=1)) == {one.pk: 3, other.pk: 1}


def test_findings_are_counted_by_what_became_of_them() -> None:
    check = _check(NOW - dt.timedelta(hours=1), "stop")
    overruled = _finding(check)
    _judged(overruled, "positive", 10, overrules=_judged(overruled, "negative", 5))
    _judged(_finding(check), "unsure", 5)
    _finding(check)
    _finding(check, state="remembered")
    _finding(check, "own", is_discreet=True)
    _finding(_check(NOW - dt.timedelta(days=3), "stop"))
    assert figures.findings_by_list(_today()) == {"un": Counter(positive=1, unsure=1, open=1, remembered=1)}
    assert figures.open_findings(acting(Role.PROGRAMME), _today()) == 2


def test_that_a_discreet_entry_was_met_shows_in_nobodys_figures_but_in_its_owners_queue() -> None:
    customs = make_agency("kz-customs", kind="customs")
    office = make_office("customs", agency=customs)
    officers = {
        "owner": make_officer(Role.SUPERVISOR, agency=customs),
        "other": make_officer(Role.SUPERVISOR),
        "programme": make_officer(Role.PROGRAMME, agency=customs),
        "analyst": make_officer(Role.ANALYST),
        "auditor": make_officer(Role.AUDITOR),
    }
    check = _check(NOW - dt.timedelta(minutes=10), office=office)

    def pages(asked: str = "") -> dict[str, str]:
        return {who: _body(signed_in(Client(), one), asked) for who, one in officers.items()}

    before, before_there = pages(), pages(f"&office={office.code}")
    finding = _finding(check, "own-kz-customs", is_discreet=True, action="discreet")
    Alert.objects.create(kind="discreet", finding=finding, agency=customs)
    after, after_there = pages(), pages(f"&office={office.code}")
    assert [who for who in officers if after[who] != before[who]] == ["owner"]
    assert [who for who in officers if after_there[who] != before_there[who]] == ["owner"]
    for who, waits in (("owner", 1), ("other", 0)):
        by = acting_of(officers[who], via="console")
        assert (figures.open_findings(by, _today()), open_findings(by).count()) == (waits, waits)
    _judged(finding, "positive", 5)
    assert pages() == before


def _body(client: Client, asked: str) -> str:
    """The page and the export, but for what changes with each opening and nobody's figures."""
    page = client.get(f"/results/?period=today{asked}").content.decode().partition("<main")[2]
    export = b"".join(client.get(f"/results/export/?period=today{asked}")).decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) + export


def test_time_to_judgement_is_that_of_the_first_one() -> None:
    check = _check(NOW - dt.timedelta(hours=5), "stop")
    for minutes in range(1, 11):
        first = _judged(_finding(check), "negative", minutes)
    _judged(first.finding, "positive", 200, overrules=first)
    _judged(_finding(check, came_later=True), "negative", 250)
    waits = figures.waits(_today())
    assert waits.minutes == tuple(float(minutes) for minutes in range(1, 11))
    assert (waits.share(0.5), waits.share(0.9)) == (6.0, 10.0)
    assert figures.waits(Period(NOW, NOW + dt.timedelta(hours=1))).share(0.5) is None


def test_officers_on_shift_are_those_who_have_not_ended_it() -> None:
    office = make_office()
    for hours, ended in ((1, False), (2, True), (20, False)):
        officer = make_officer(Role.FIRST_LINE)
        begun = NOW - dt.timedelta(hours=hours)
        Shift.objects.create(officer=officer, office=office, started_at=begun, ended_at=NOW if ended else None)
    assert figures.officers_on_shift(office=office.pk) == 1


@pytest.mark.only("sqlite")  # PostgreSQL chooses by the size of the table
def test_counts_are_read_from_the_index_alone() -> None:
    office = make_office().pk
    period = _today()
    with CaptureQueriesContext(connection) as queries:
        figures.count_checks(period)
        figures.count_checks(Period(period.from_at, period.to_at, office))
    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}").fetchall()[0][3] for one in queries]
    assert plans == ["SEARCH checks_check USING COVERING INDEX check_figures (at>? AND at<?)"] * 2


@pytest.mark.parametrize("period", ["today", "week", "month", "forever"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_names_nobody_and_says_all_in_words(client: Client, period: str, language: str) -> None:
    crossing = make_crossing()
    officer = make_officer(Role.FIRST_LINE, shown="Invented OFFICER")
    check = _check(NOW - dt.timedelta(hours=1), "stop", officer=officer, office=make_office(), crossing=crossing,
                   shown="••• 2218")  # fmt: skip
    _judged(_finding(check), "positive", 7)
    signed_in(client, make_officer(Role.SUPERVISOR, language=language))
    answer = client.get(f"/results/?period={period}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert [word for word in ("Invented NAME", "Invented OFFICER", "2218") if word in page] == []
    assert re.findall(r"\b(?:results|directory|frame|outcome)\.[a-z_]+\b", page) == []
    assert page.count('<svg class="chart"') == 5
    assert len(re.findall(r"<title id", page)) == 5
    assert re.findall(r'(?:x|y|width|height)="[^"]*,', page.partition("<main")[2]) == []


def test_a_node_without_checks_says_so(client: Client) -> None:
    signed_in(client, make_officer(Role.PROGRAMME))
    page = client.get("/results/?period=week").content.decode()
    assert "No checks in this period." in page


def test_tiles_lead_on_only_who_may_follow(client: Client) -> None:
    _finding(_check(NOW, "stop"))
    led = {}
    for role in (Role.SUPERVISOR, Role.PROGRAMME):
        signed_in(client, make_officer(role))
        page = client.get("/results/").content.decode()
        led[role] = re.findall(r'<a class="tile" href="([^"]+)"', page)
    incidents = "/incidents/?from=2026-11-21"  # without names: the programme may follow it too
    assert led == {
        Role.SUPERVISOR: ["/second_line/", "/second_line/", "/lists/", incidents],
        Role.PROGRAMME: [incidents],
    }


def test_the_export_gives_what_the_page_shows(client: Client) -> None:
    office = make_office()
    _check(NOW - dt.timedelta(hours=1), office=office, crossing=make_crossing())
    _judged(_finding(_check(NOW - dt.timedelta(hours=1), "stop", office=office)), "negative", 3)
    _check(NOW, office=make_office("elsewhere"))
    signed_in(client, make_officer(Role.PROGRAMME))
    body = b"".join(client.get(f"/results/export/?office={office.code}")).decode("utf-8-sig")
    rows = [tuple(row.values()) for row in csv.DictReader(io.StringIO(body))]
    told = [row for row in rows if row[3] not in ("0", "")]
    assert told == [
        ("checks", "2026-11-21 13:00", "stop", "1"),
        ("checks", "2026-11-21 13:00", "clear", "1"),
        ("findings", "other lists", "negative", "1"),
        ("crossings", "BCP001", "clear", "1"),
        ("minutes_to_judgement", "", "median", "3.0"),
        ("minutes_to_judgement", "", "p90", "3.0"),
    ]
    assert client.get("/results/?office=nowhere").status_code == 404
    assert client.get("/results/?office=%00&period=%00").status_code == 400


def test_the_page_costs_the_same_however_much_was_found(client: Client) -> None:
    signed_in(client, make_officer(Role.SUPERVISOR))
    client.get("/results/")  # opens what is kept per process
    counted = []
    for round_ in range(2):
        for _ in range(1 + 2 * round_):
            crossing = make_crossing(f"X{Check.objects.count()}")
            _judged(_finding(_check(NOW, "stop", crossing=crossing), f"list{crossing.pk}"), "negative", 1)
        with CaptureQueriesContext(connection) as queries:
            client.get("/results/")
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_columns_stand_in_proportion_and_bars_add_up() -> None:
    plot = charts.columns([charts.Value("a", 10), charts.Value("b", 5, is_marked=True), charts.Value("c", 0)])
    assert [box.height for box in plot.boxes] == [150.0, 75.0, 0.0]
    assert [tick.label for tick in plot.ticks] == ["0", "5", "10"]
    assert len(plot.marks) == 1
    drawn = charts.stack([("one", [("stop", 1), ("clear", 3)]), ("none", [("stop", 0), ("clear", 0)])], str)
    first, last = drawn.rows
    assert [round(box.width) for box in first.parts] == [78, 236]
    assert (first.total, last.total, last.parts) == ("4", "0", ())
    assert charts.columns([]).boxes == ()
    assert charts.trend([]).line == ""


def test_offices_to_choose_are_those_of_the_directory(client: Client) -> None:
    make_office("one", agency=make_agency())
    officer = make_officer(Role.SUPERVISOR)
    signed_in(client, officer)
    page = client.get("/results/").content.decode()
    assert set(re.findall(r'<option value="([a-z-]+)">Office', page)) == set(
        Office.objects.values_list("code", flat=True)
    )
    assert Officer.objects.count() == 1
