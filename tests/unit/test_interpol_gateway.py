"""The rules of the gateway: who may ask, which side answers, what a hit leads to, who may report. All invented."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.interpol_side import question
from tests.offline_copies import NOW, Bureau

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, PartnerUnreachable
from elchi.modules.interpol.access_point import (
    MOVES,
    AccessRule,
    PointRecord,
    Probe,
    check_may_ask,
    follow,
    make_board,
    move,
    uptime,
)
from elchi.modules.interpol.confirmation import (
    ACTS,
    STEPS,
    UNCONFIRMED,
    Confirmation,
    Waits,
    ask_owner,
    close,
    give_up,
    open_confirmation,
    record_act,
    record_answer,
    waits_of,
)
from elchi.modules.interpol.gateway import Guidance, Refusal, ask_in_turn
from elchi.modules.interpol.offline.build import read_changes
from elchi.modules.interpol.offline.document_key import Reported
from elchi.modules.interpol.question import Hit, OfflineSide, Question, SideAnswer, Source
from elchi.modules.interpol.reporting import DocumentReport, approve, propose, table_of_changes, withdraw
from elchi.subjects.subject import Document, Vehicle

HOUR, DAY, MINUTE = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(minutes=1)
STOLEN = Document(document_number="AC1234567", document_type="P", issuer="KGZ")
FREE = Document(document_number="AC7654321", document_type="P", issuer="KGZ")


@dataclass
class Says:
    """A side that gives one answer, or one error."""

    said: tuple[Hit, ...] | ElchiError

    def ask(self, question: Question) -> SideAnswer:
        if isinstance(self.said, ElchiError):
            raise self.said
        return SideAnswer(question=question.id, source=Source.ONLINE, answered_at=NOW, hits=self.said)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    bureau = Bureau(tmp_path)
    bureau.apply(bureau.whole("KGZ P AC1234567 stolen"))
    return bureau


DEAD = Says(PartnerUnreachable("interpol_unreachable", reason="connect"))
WRONG = Says(Conflict("interpol_answer_invalid", field="id", rule="other_question"))


def test_online_answers_where_it_answers(bureau: Bureau) -> None:
    told = ask_in_turn(question(STOLEN), online=Says(()), offline=OfflineSide(bureau.open(), now=NOW))
    assert told.answer is not None
    assert (told.answer.source, told.refusals, told.guidance) == (Source.ONLINE, (), Guidance.NOTHING_REPORTED)


@pytest.mark.parametrize(
    ("side", "code", "reason"),
    [(DEAD, "interpol_unreachable", "connect"), (WRONG, "interpol_answer_invalid", "other_question")],
)
def test_the_copy_answers_when_online_does_not_and_says_why(bureau: Bureau, side: Says, code: str, reason: str) -> None:
    told = ask_in_turn(question(STOLEN), online=side, offline=OfflineSide(bureau.open(), now=NOW + HOUR))
    assert told.answer is not None
    assert (told.answer.source, told.answer.copy_issued_at, told.guidance) == (Source.OFFLINE, NOW, Guidance.REFER)
    assert told.refusals == (Refusal(source=Source.ONLINE, code=code, reason=reason),)


def test_nothing_in_a_stale_copy_is_no_all_clear_and_a_hit_is_a_hit(bureau: Bureau) -> None:
    offline = OfflineSide(bureau.open(), now=NOW + 3 * DAY)
    assert ask_in_turn(question(FREE), online=DEAD, offline=offline).guidance == Guidance.ASK_AGAIN
    assert ask_in_turn(question(STOLEN), online=DEAD, offline=offline).guidance == Guidance.REFER


def test_where_nobody_answers_that_is_said(bureau: Bureau) -> None:
    told = ask_in_turn(question(Vehicle(plate="01 117 ABC")), online=DEAD, offline=OfflineSide(bureau.open(), now=NOW))
    assert (told.answer, told.guidance) == (None, Guidance.NOBODY_ANSWERED)
    assert [one.code for one in told.refusals] == ["interpol_unreachable", "interpol_kind_unanswered"]
    assert ask_in_turn(question(STOLEN), online=None, offline=None).guidance == Guidance.NOBODY_ANSWERED


def test_a_question_that_cannot_be_asked_is_no_silence(bureau: Bureau) -> None:
    wrong = question(Document(document_number="1", issuer="ZZZ"))
    with pytest.raises(InvalidInput) as caught:
        ask_in_turn(wrong, online=DEAD, offline=OfflineSide(bureau.open(), now=NOW))
    assert caught.value.code == "document_key_invalid"


RULES = [
    AccessRule(point_kind="crossing", subject_kind="document", purposes=frozenset(("border_check",)), law="Art. 7"),
    AccessRule(point_kind="police", subject_kind="vehicle", purposes=frozenset(("traffic",)), law="Art. 9", a_day=2),
    AccessRule(point_kind="police", subject_kind="vehicle", purposes=frozenset(("theft",)), law="Art. 9", a_day=5),
]


@pytest.mark.parametrize(
    ("state", "point", "subject", "purpose", "today", "reason"),
    [
        ("serving", "crossing", "document", "border_check", 0, ""),
        ("approved", "crossing", "document", "border_check", 0, ""),
        ("suspended", "crossing", "document", "border_check", 0, "state"),
        ("registered", "crossing", "document", "border_check", 0, "state"),
        ("serving", "crossing", "person", "border_check", 0, "kind"),
        ("serving", "customs", "document", "border_check", 0, "kind"),
        ("serving", "crossing", "document", "asylum", 0, "purpose"),
        ("serving", "police", "vehicle", "traffic", 1, ""),
        ("serving", "police", "vehicle", "traffic", 2, "too_many"),
        ("serving", "police", "vehicle", "theft", 4, ""),
    ],
)
def test_what_no_line_gives_is_refused(
    state: str, point: str, subject: str, purpose: str, today: int, reason: str
) -> None:
    said = ""
    try:
        check_may_ask(
            RULES, state=state, point_kind=point, subject_kind=subject, purpose=purpose, asked_today=today
        )  # fmt: skip
    except NotAllowed as error:
        said = str(error.params["reason"])
    assert said == reason


def test_without_rules_nobody_asks() -> None:
    for kind in ("document", "person", "vehicle", "firearm"):
        with pytest.raises(NotAllowed):
            check_may_ask([], state="serving", point_kind="crossing", subject_kind=kind, purpose="x", asked_today=0)


def test_a_point_serves_only_after_approval_and_test() -> None:
    assert move(move("registered", "approve"), "pass_test") == "serving"
    assert move(move("serving", "suspend"), "resume") == "approved"
    for state, by in (("registered", "pass_test"), ("retired", "resume"), ("refused", "approve"), ("serving", "x")):
        with pytest.raises(Conflict) as caught:
            move(state, by)
        assert caught.value.params == {"state": state, "move": by}
    assert {to for moves in MOVES.values() for to in moves.values()} <= MOVES.keys()


def record(code: str, state: str = "serving", *, success: bool = True) -> PointRecord:
    return PointRecord(code=code, state=state, first_success_at=NOW - DAY if success else None)


def test_fifty_of_fifty_is_said_only_when_each_has_made_a_query() -> None:
    fifty = [record(f"KG-{at:02}") for at in range(50)]
    board = make_board(fifty, now=NOW, every=MINUTE)
    assert (board.total, board.connected, board.is_complete) == (50, 50, True)
    for other in (record("KG-49", success=False), record("KG-49", "approved"), record("KG-49", "suspended")):
        board = make_board([*fifty[:49], other], now=NOW, every=MINUTE)
        assert (board.total, board.connected, board.is_complete) == (50, 49, False)
    retired = make_board([*fifty, record("KG-50", "retired"), record("KG-51", "refused")], now=NOW, every=MINUTE)
    assert (retired.total, retired.is_complete, len(retired.lines)) == (50, True, 52)
    assert make_board([], now=NOW, every=MINUTE).is_complete is False


def probes(*states: bool, every: dt.timedelta = HOUR, end: dt.datetime = NOW) -> list[Probe]:
    return [Probe(at=end - (len(states) - at) * every, was_up=up) for at, up in enumerate(states)]


def share(known: list[Probe], days: int = 7) -> float | None:
    return uptime(known, begin=NOW - days * DAY, end=NOW, every=HOUR)


def test_uptime_is_the_share_of_the_time_that_was_observed() -> None:
    assert share([]) is None
    assert share(probes(True)) == 1.0
    assert share(probes(False)) == 0.0
    assert share(probes(True, True, True, False)) == 0.75
    assert share(probes(*[True] * (7 * 24 + 50))) == 1.0
    assert share(probes(*[False] * 50, *[True] * 7 * 24)) == 1.0  # what was before does not count
    silent = [Probe(at=NOW - 10 * HOUR, was_up=True)]
    assert share(silent) == 0.2  # of ten hours, two are vouched for by the last probe
    assert uptime(probes(True), begin=NOW - DAY, end=NOW - DAY, every=HOUR) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5)), min_size=1, max_size=60))
def test_probes_that_say_the_same_count_as_one_that_lasted(looks: list[tuple[bool, int]]) -> None:
    at, single, joined = NOW - 20 * DAY, list[Probe](), list[Probe]()
    for was_up, hours in looks:
        at += hours * HOUR
        single.append(Probe(at=at, was_up=was_up))
        told = follow(joined[-1] if joined else None, at=at, was_up=was_up, every=HOUR)
        joined[-1:] = [told] if joined and told.at == joined[-1].at else [*joined[-1:], told]
    assert share(joined, 30) == pytest.approx(share(single, 30))
    assert len(joined) <= len(single)


@given(st.lists(st.booleans(), min_size=1, max_size=400))
def test_uptime_is_a_share_and_more_up_is_not_less(states: list[bool]) -> None:
    got, best = share(probes(*states)), share(probes(*[True] * len(states)))
    assert got is not None
    assert best is not None
    assert 0 <= got <= best <= 1
    assert got == pytest.approx(sum(states[-168:]) / len(states[-168:]))


def asked() -> Confirmation:
    return ask_owner(open_confirmation("KGZ", at=NOW), at=NOW + MINUTE)


def test_a_hit_goes_its_way_and_each_step_has_its_time() -> None:
    confirmed = record_answer(asked(), "confirmed", country="KGZ", at=NOW + 20 * MINUTE)
    acted = record_act(confirmed, "document_seized", at=NOW + 30 * MINUTE)
    closed = close(acted, at=NOW + 40 * MINUTE)
    assert (closed.step, closed.act, dict(closed.times)) == ("closed", "document_seized", {
        "hit": NOW, "asked": NOW + MINUTE, "confirmed": NOW + 20 * MINUTE, "acted": NOW + 30 * MINUTE,
        "closed": NOW + 40 * MINUTE,
    })  # fmt: skip


def test_only_the_owner_confirms() -> None:
    with pytest.raises(NotAllowed) as caught:
        record_answer(asked(), "confirmed", country="KAZ", at=NOW)
    assert (caught.value.code, caught.value.params) == (
        "confirmation_other_country", {"owner": "KGZ", "country": "KAZ"},
    )  # fmt: skip


def test_no_answer_is_one_only_when_the_time_is_over_and_a_late_one_still_counts() -> None:
    one = asked()
    assert [one.is_late(NOW + at) for at in (59 * MINUTE, HOUR)] == [False, True]
    with pytest.raises(Conflict) as caught:
        give_up(one, at=NOW + 59 * MINUTE)
    assert caught.value.code == "confirmation_early"
    given = give_up(one, at=NOW + HOUR)
    assert given.is_late(NOW + 2 * HOUR) is False
    late = record_answer(given, "confirmed", country="KGZ", at=NOW + 2 * HOUR)
    assert record_act(late, "detained", at=NOW + 3 * HOUR).act == "detained"


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("step", ["refuted", "no_answer"])
def test_what_rests_on_the_record_needs_its_owner(step: str, act: str) -> None:
    one = give_up(asked(), at=NOW + HOUR) if step == "no_answer" else record_answer(
        asked(), "refuted", country="KGZ", at=NOW + HOUR)  # fmt: skip
    if act in UNCONFIRMED:
        assert record_act(one, act, at=NOW + 2 * HOUR).act == act
        return
    with pytest.raises(Conflict) as caught:
        record_act(one, act, at=NOW + 2 * HOUR)
    assert caught.value.code == "confirmation_needed"


def test_nothing_is_done_before_the_owner_was_asked() -> None:
    hit = open_confirmation("KGZ", at=NOW)
    for act in UNCONFIRMED:
        with pytest.raises(Conflict) as caught:
            record_act(hit, act, at=NOW)
        assert caught.value.code == "confirmation_step"
    for wrong in ("perhaps", "asked", "acted"):
        with pytest.raises(Conflict):
            record_answer(asked(), wrong, country="KGZ", at=NOW)
    with pytest.raises(Conflict):
        record_act(asked(), "shot", at=NOW)
    assert set().union(*STEPS.values()) <= STEPS.keys()


def test_the_report_says_who_keeps_others_waiting() -> None:
    quick = record_answer(asked(), "refuted", country="KGZ", at=NOW + 11 * MINUTE)
    slow = record_answer(give_up(asked(), at=NOW + HOUR), "confirmed", country="KGZ", at=NOW + 2 * HOUR + MINUTE)
    silent = ask_owner(open_confirmation("KAZ", at=NOW), at=NOW)
    assert waits_of([quick, slow, silent, open_confirmation("UZB", at=NOW)]) == [
        Waits(owner="KAZ", asked=1, answered=0, in_time=0, median_seconds=None),
        Waits(owner="KGZ", asked=2, answered=2, in_time=1, median_seconds=3_900.0),
    ]


def proposed(number: str = "AC 123-4567", reported: Reported = Reported.STOLEN) -> DocumentReport:
    return propose("KGZ", "PD", number, reported=reported, country="KG", officer="o-1")


def test_a_report_reaches_the_copy_and_so_does_its_withdrawal(bureau: Bureau) -> None:
    second = approve(proposed("AC2"), officer="o-2")
    gone = withdraw(approve(proposed(), officer="o-2"), country="KG")
    text = table_of_changes([second, gone])
    assert text == "issuer\ttype\tnumber\treported\nKGZ\tP\tAC2\tstolen\nKGZ\tP\tAC1234567\twithdrawn\n"
    assert read_changes(io.BytesIO(text.encode())).lines == 2
    again = table_of_changes([gone, approve(proposed(reported=Reported.LOST), officer="o-2")])
    assert again.splitlines()[1:] == ["KGZ\tP\tAC1234567\tlost"]


def test_only_the_issuing_state_reports_and_two_people_do() -> None:
    with pytest.raises(NotAllowed) as other:
        propose("KGZ", "P", "AC1", reported=Reported.LOST, country="KAZ", officer="o-1")
    assert other.value.params == {"issuer": "KGZ", "country": "KAZ"}
    with pytest.raises(NotAllowed) as alone:
        approve(proposed(), officer="o-1")
    assert alone.value.code == "report_four_eyes"
    with pytest.raises(NotAllowed):
        withdraw(approve(proposed(), officer="o-2"), country="KZ")
    with pytest.raises(Conflict) as untyped:
        propose("KGZ", "", "AC1", reported=Reported.LOST, country="KGZ", officer="o-1")
    assert untyped.value.code == "report_type_missing"
    for wrong in (lambda: approve(approve(proposed(), officer="o-2"), officer="o-3"),
                  lambda: withdraw(proposed(), country="KG"), lambda: table_of_changes([proposed()])):  # fmt: skip
        with pytest.raises(Conflict) as caught:
            wrong()
        assert caught.value.code == "report_state"
