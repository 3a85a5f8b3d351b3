"""An access point asks INTERPOL's side at its bureau: rules, both sides in turn, what is told, what is kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import acting, make_office
from tests.interpol_bureau import LISTED, allow, ask_online, chief, connected, make_point, put_copy

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.modules.interpol import queries, services
from elchi.modules.interpol.models import AccessPoint, HitConfirmation, OnlineTask, Query
from elchi.modules.interpol.question import Firearm
from elchi.modules.interpol.simulator import Fault
from elchi.node.audit.models import AuditLine
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.subjects import Document, PartialDate, Person, Vehicle

STOLEN = Document(document_number=LISTED, document_type="P", issuer="KGZ")
CLEAN = Document(document_number="AC7654321", document_type="P", issuer="KGZ")
ID = "5c9f6f0e-5d55-4a0e-9c5b-6f1d8e3a0b11"


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def first() -> Acting:
    return acting(Role.FIRST_LINE, office=make_office("kordai"))


def ask(by: Acting, asked: Any = CLEAN, **given: Any) -> Query:
    """Ask, and let the online side be asked beside it."""
    row = services.ask(by=by, asked=asked, **{"purpose": "border_check", **given})
    ask_online()
    row.refresh_from_db()
    return row


def told(query: Query) -> list[tuple[str, str]]:
    return list(query.answers.values_list("source", "guidance"))


def test_online_answers_and_a_first_line_learns_no_record(first: Acting) -> None:
    make_point()
    allow()
    with connected():
        clean, hit = ask(first), ask(first, STOLEN)
    assert (told(clean), told(hit)) == ([("online", "nothing_reported")], [("online", "refer")])
    assert [(one.owner, one.record, one.reported, one.step) for one in hit.hits.all()] == [
        ("KGZ", "D-1", "stolen", "hit")
    ]
    row = Query.objects.filter(pk=hit.pk).values().get()
    assert LISTED not in str(row)
    assert "D-1" not in str(row)
    assert (row["shown"], row["reference"]) == ("••• 4567", f"KZ-KOR-1-C-{hit.hits.get().pk:04d}")


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (Person(name="ABDYKADYROV, Temirlan", birth_date=PartialDate(1979, 2, 14)), "person"),
        (Vehicle(vin="1M8GDM9AXKP042788"), "vehicle"),
        (Firearm(serial_number="AK-117 004"), "firearm"),
    ],
)
def test_persons_vehicles_and_firearms_are_asked_online_only(
    first: Acting, asked: Any, kind: str, tmp_path: Path
) -> None:
    make_point()
    allow()
    put_copy(tmp_path, timezone.now())
    with connected():
        assert (ask(first, asked).guidance, Query.objects.get().kind) == ("refer", kind)
    cut = ask(first, asked)
    assert cut.guidance == "nobody_answered"
    assert [(one["source"], one["code"]) for one in cut.answers.get().refusals] == [
        ("online", "interpol_unreachable"), ("offline", "interpol_kind_unanswered"),
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.BUSY, Fault.CUT, Fault.MALFORMED, Fault.HUGE, Fault.REPLAYED,
                                   Fault.SKEWED, Fault.OTHER_COUNTRY, Fault.OWNER_UNKNOWN])  # fmt: skip
def test_whatever_is_wrong_online_the_copy_answers_with_its_age(
    first: Acting, fault: Fault, tmp_path: Path, now: dt.datetime
) -> None:
    make_point()
    allow()
    put_copy(tmp_path, now, age=dt.timedelta(hours=30))
    with connected() as simulator:
        simulator.fault = fault
        hit = ask(first, STOLEN)
    answer = hit.answers.get()
    assert (answer.source, answer.guidance, answer.stale) == ("offline", "refer", False)
    assert answer.copy_issued_at == now.replace(microsecond=now.microsecond // 1000 * 1000) - dt.timedelta(hours=30)
    assert [one["source"] for one in answer.refusals] == ["online"]


def test_the_copy_answers_first_and_its_hit_is_the_one_that_the_online_side_names(
    first: Acting, tmp_path: Path, now: dt.datetime
) -> None:
    make_point()
    allow()
    put_copy(tmp_path, now)
    with connected():
        row = services.ask(by=first, asked=STOLEN, purpose="border_check")
        opened = row.hits.get()
        assert (row.state, row.guidance, told(row), opened.record) == ("asking", "refer", [("offline", "refer")], "")
        services.ask_owner(by=chief(), hit_id=opened.pk)
        assert (ask_online(), OnlineTask.objects.count()) == (1, 0)
    named = row.hits.get()
    assert (named.pk, named.record, named.step) == (opened.pk, "D-1", "asked")
    assert told(row) == [("offline", "refer"), ("online", "refer")]


def test_what_a_process_left_the_worker_asks_once(first: Acting, now: dt.datetime) -> None:
    make_point()
    allow()
    worker, second = chief(), dt.timedelta(seconds=1)
    with connected() as simulator:
        row = services.ask(by=first, asked=STOLEN, purpose="border_check")
        assert services.ask_left(by=worker, now=now) == 0  # whoever asked it is about to
        OnlineTask.objects.update(claimed_until=now + 30 * second)
        assert services.ask_left(by=worker, now=now + 20 * second) == 0  # somebody is at it
        OnlineTask.objects.update(claimed_until=now - second)
        assert services.ask_left(by=worker, now=now + 31 * second) == 1
        assert (services.ask_left(by=worker, now=now + 99 * second), simulator.asked) == (0, 1)
    assert row.hits.get().record == "D-1"
    lines = AuditLine.objects.filter(on=f"query:{row.pk}").order_by("sequence").values_list("verb", flat=True)
    assert list(lines) == ["interpol.ask", "interpol.record_answer"]


def test_what_was_asked_lies_no_longer_than_until_the_answer(first: Acting) -> None:
    make_point()
    allow()
    with connected() as simulator:
        simulator.fault = Fault.BROKEN
        row = services.ask(by=first, asked=CLEAN, purpose="border_check")
        assert OnlineTask.objects.get().subject["document_number"] == CLEAN.document_number
        ask_online()
    row.refresh_from_db()
    assert (OnlineTask.objects.count(), row.state, told(row)) == (0, "answered", [("", "nobody_answered")])


def test_a_stale_copy_says_ask_again_and_still_refers(first: Acting, tmp_path: Path, now: dt.datetime) -> None:
    make_point()
    allow()
    put_copy(tmp_path, now, age=dt.timedelta(hours=49))
    clean, hit = ask(first), ask(first, STOLEN)
    assert (told(clean), told(hit)) == ([("offline", "ask_again")], [("offline", "refer")])
    assert [one.stale for query in (clean, hit) for one in query.answers.all()] == [True, True]


def test_with_no_side_nobody_answers_and_that_is_no_success(first: Acting) -> None:
    point = make_point()
    allow()
    assert told(ask(first)) == [("", "nobody_answered")]
    point.refresh_from_db()
    assert point.last_query_at is not None
    assert point.first_success_at is None


@pytest.mark.parametrize(
    ("purpose", "serving", "reason"),
    [("visa", True, "purpose"), ("border_check", False, "state")],
)
def test_what_no_rule_gives_is_refused_kept_and_written_down(
    first: Acting, purpose: str, reason: str, *, serving: bool
) -> None:
    make_point(serving=serving)
    allow()
    with pytest.raises(NotAllowed, match="access_refused"):
        ask(first, purpose=purpose)
    row = Query.objects.get()
    assert (row.state, row.reason, row.guidance) == ("refused", reason, "")
    line = AuditLine.objects.get(verb="interpol.refuse_query")
    assert (line.on, line.detail["reason"]) == (f"query:{row.pk}", reason)


def test_the_count_of_a_day_ends_the_questions_and_refused_ones_do_not_count(first: Acting) -> None:
    make_point()
    allow(a_day=2)
    for _ in range(2):
        ask(first)
    for _ in range(2):
        with pytest.raises(NotAllowed, match="too_many"):
            ask(first)
    assert list(Query.objects.order_by("id").values_list("state", flat=True)) == ["answered"] * 2 + ["refused"] * 2


def test_without_rules_nobody_asks(first: Acting) -> None:
    make_point()
    with pytest.raises(NotAllowed, match="access_refused"):
        ask(first)


def test_who_is_no_access_point_and_has_no_bureau_asks_nobody(first: Acting) -> None:
    with pytest.raises(NotFound, match="access_point_unknown"):
        ask(first)
    with pytest.raises(NotAllowed, match="right_missing"):
        ask(acting(Role.AUDITOR))


@pytest.mark.parametrize(
    ("asked", "given", "error"),
    [
        (Document(document_number=LISTED, issuer="QQQ"), {}, "document_key_invalid"),
        (CLEAN, {"purpose": "curiosity"}, "purpose_unknown"),
        (CLEAN, {"question": "seven"}, "question_invalid"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    first: Acting, asked: Any, given: dict[str, str], error: str, tmp_path: Path, now: dt.datetime
) -> None:
    make_point()
    allow()
    put_copy(tmp_path, now)
    with pytest.raises(InvalidInput, match=error):
        ask(first, asked, **given)
    assert not Query.objects.exists()


def test_the_same_question_again_is_asked_once(first: Acting) -> None:
    make_point()
    allow()
    with connected() as simulator:
        once, again = ask(first, question=ID), ask(first, question=ID.upper())
        assert (once.pk, simulator.asked) == (again.pk, 1)
        with pytest.raises(Conflict, match="question_taken"):
            ask(first, STOLEN, question=ID)
        with pytest.raises(Conflict, match="question_taken"):
            ask(acting(Role.FIRST_LINE), question=ID)


def test_fifty_of_fifty_only_when_each_has_made_a_successful_query(first: Acting, tmp_path: Path) -> None:
    make_point()
    make_point("KZ-TARAZ", office="taraz")
    allow()
    with pytest.raises(Conflict, match="access_point_untested"):
        services.move_point(by=chief(), code="KZ-KOR", by_move="pass_test")
    put_copy(tmp_path, timezone.now())
    for office, code in (("kordai", "KZ-KOR"), ("taraz", "KZ-TARAZ")):
        assert not queries.board_now(timezone.now()).board.is_complete
        ask(acting(Role.FIRST_LINE, office=make_office(office)))
        services.move_point(by=chief(), code=code, by_move="pass_test")
    now = queries.board_now(timezone.now())
    assert (now.board.connected, now.board.total, now.board.is_complete) == (2, 2, True)
    assert [(one.row.code, one.asked, one.answered, one.referred) for one in now.lines] == [
        ("KZ-KOR", 1, 1, 0), ("KZ-TARAZ", 1, 1, 0),
    ]  # fmt: skip


def test_who_was_suspended_is_tested_again(first: Acting, tmp_path: Path) -> None:
    make_point()
    allow()
    put_copy(tmp_path, timezone.now())
    ask(first)
    services.move_point(by=chief(), code="KZ-KOR", by_move="pass_test")
    with pytest.raises(InvalidInput, match="access_point_invalid"):
        services.move_point(by=chief(), code="KZ-KOR", by_move="suspend")
    services.move_point(by=chief(), code="KZ-KOR", by_move="suspend", reason="Moved to another building")
    with pytest.raises(NotAllowed, match="access_refused"):
        ask(first)
    services.move_point(by=chief(), code="KZ-KOR", by_move="resume")
    with pytest.raises(Conflict, match="access_point_untested"):
        services.move_point(by=chief(), code="KZ-KOR", by_move="pass_test")


def test_points_that_are_heard_are_up(first: Acting, tmp_path: Path) -> None:
    point = make_point()
    start = timezone.now()
    minute = dt.timedelta(minutes=1)
    services.watch_points(by=None, now=start)  # type: ignore[arg-type]
    AccessPoint.objects.filter(pk=point.pk).update(heard_at=start + 5 * minute)
    for minutes in (10, 20, 30):
        services.watch_points(by=None, now=start + minutes * minute)  # type: ignore[arg-type]
    spans = [(one.was_up, (one.until - one.at) / minute) for one in point.watches.order_by("at")]
    assert spans == [(False, 0), (True, 0), (False, 10)]
    line = queries.board_now(start + 30 * minute).lines[0].told
    assert line.uptime_7 == pytest.approx(1 / 3)
    assert services.note_alive(by=first).heard_at is not None


def test_what_was_asked_is_kept_no_longer_than_said(first: Acting, tmp_path: Path, now: dt.datetime) -> None:
    make_point()
    allow()
    put_copy(tmp_path, now)
    hit = ask(first, STOLEN).hits.get()
    worker = chief()
    services.ask_owner(by=worker, hit_id=hit.pk)
    services.record_owner_answer(by=worker, hit_id=hit.pk, answer="refuted", country="KG")
    services.record_act(by=worker, hit_id=hit.pk, act="let_go")
    assert services.remove_old(by=worker, now=now + dt.timedelta(days=400)) == 0  # it is not closed
    services.close_hit(by=worker, hit_id=hit.pk, note="Another holder")
    HitConfirmation.objects.update(opened_at=now - dt.timedelta(days=1))
    services.remove_old(by=worker, now=now + dt.timedelta(days=91))
    assert HitConfirmation.objects.values_list("subject", "record", "note").get() == (None, "", "Another holder")
    services.remove_old(by=worker, now=now + dt.timedelta(days=400))
    assert not Query.objects.exists()
