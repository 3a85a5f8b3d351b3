"""The online side over real TLS, against the simulator: what it answers, and each way in which it can fail."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.interpol_side import RECORDS, Clock, Desk, make_certificates, question
from tests.offline_copies import NOW, Bureau

from elchi.errors import Conflict, ElchiError, NotAllowed, NotFound, PartnerUnreachable
from elchi.modules.interpol.conformance import Asker, Matter, read_cases, try_side
from elchi.modules.interpol.online import OPEN_AFTER
from elchi.modules.interpol.question import Asked, Firearm, Hit, OfflineSide, Outcome, Source
from elchi.modules.interpol.simulator import Fault, Simulator
from elchi.subjects.dates import PartialDate
from elchi.subjects.subject import Document, Person, Vehicle

STOLEN = Document(document_number="AC1234567", document_type="P", issuer="KGZ")
FREE = Document(document_number="AC7654321", document_type="P", issuer="KGZ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    crt, key = folder / "side.crt", folder / "side.key"
    with Simulator(RECORDS, certificate=crt, key=key, trusted=folder / "bureau.crt") as simulator:
        yield Desk(folder, simulator)


def failure(desk: Desk, clock: Clock | None = None, **connection: object) -> tuple[type[ElchiError], str, object]:
    with desk.side(clock, **connection) as side, pytest.raises(ElchiError) as caught:
        side.ask(question(STOLEN))
    params = caught.value.params
    return type(caught.value), caught.value.code, params.get("reason") or params.get("rule") or params.get("status")


@pytest.mark.parametrize(
    ("subject", "hits"),
    [
        (STOLEN, [("D-1", "KGZ", "stolen")]),
        (Document(document_number="ac 123-4567", issuer="KGZ"), [("D-1", "KGZ", "stolen")]),
        (FREE, []),
        (Document(document_number="AC1234567", issuer="UZB"), []),
        (Document(document_number="C01X00T47", issuer="D"), [("D-2", "DEU", "lost")]),
        (Document(document_number="400000001", issuer="TJK"), [("D-3", "TJK", "other")]),
        (Person(name="Abdykadyrov Temirlan", birth_date=PartialDate.parse("1979-02-14")),
         [("P-1", "KAZ", "wanted"), ("P-2", "UZB", "wanted")]),
        (Vehicle(vin="1M8GDM9AXKP042788"), [("V-1", "TKM", "stolen")]),
        (Firearm(serial_number="ak117004", make="Izhmash"), [("F-1", "UZB", "stolen")]),
    ],
)  # fmt: skip
def test_each_kind_is_answered(desk: Desk, subject: Asked, hits: list[tuple[str, str, str]]) -> None:
    with desk.side() as side:
        answer = side.ask(question(subject))
    assert [(hit.record, hit.owner, hit.reported) for hit in answer.hits] == hits
    assert (answer.source, answer.copy_issued_at, answer.question) == (Source.ONLINE, None, question(subject).id)
    assert answer.outcome == (Outcome.NO_HIT, Outcome.HIT, Outcome.MANY)[len(hits)]


@pytest.mark.parametrize(
    ("fault", "family", "code", "reason", "asked"),
    [
        (Fault.BROKEN, PartnerUnreachable, "interpol_unreachable", "busy", 3),
        (Fault.BUSY, PartnerUnreachable, "interpol_unreachable", "busy", 3),
        (Fault.CUT, PartnerUnreachable, "interpol_unreachable", "cut", 3),
        (Fault.MALFORMED, Conflict, "interpol_answer_invalid", "json", 1),
        (Fault.HUGE, Conflict, "interpol_answer_invalid", "max_bytes", 1),
        (Fault.REPLAYED, Conflict, "interpol_answer_invalid", "other_question", 1),
        (Fault.SKEWED, Conflict, "interpol_answer_invalid", "clock", 1),
        (Fault.OTHER_COUNTRY, Conflict, "interpol_answer_invalid", "other_country", 1),
        (Fault.OWNER_UNKNOWN, Conflict, "interpol_answer_invalid", "state", 1),
    ],
)
def test_each_fault_has_its_code_and_only_what_may_help_is_tried_again(
    desk: Desk, fault: Fault, family: type[ElchiError], code: str, reason: str, asked: int
) -> None:
    desk.simulator.fault = fault
    clock = Clock()
    assert failure(desk, clock) == (family, code, reason)
    assert (desk.simulator.asked, clock.waits) == (asked, [0.2, 0.4][: asked - 1])


def test_a_side_that_is_slow_is_given_up(desk: Desk) -> None:
    desk.simulator.fault, desk.simulator.slow_seconds = Fault.SLOW, 0.5
    assert failure(desk, answer_seconds=0.1, tries=1) == (PartnerUnreachable, "interpol_unreachable", "timeout")


def test_what_comes_in_time_is_an_answer_however_slow(desk: Desk) -> None:
    desk.simulator.fault, desk.simulator.slow_seconds = Fault.SLOW, 0.2
    with desk.side() as side:
        assert side.ask(question(STOLEN)).outcome == "hit"


def test_a_side_that_comes_back_is_found_within_one_question(desk: Desk) -> None:
    desk.simulator.fault = Fault.BROKEN

    class Mended(Clock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            desk.simulator.fault = Fault.NONE

    with desk.side(Mended()) as side:
        assert side.ask(question(STOLEN)).outcome == "hit"
    assert desk.simulator.asked == 2


def test_nobody_there_and_the_wrong_one_there_are_told_apart(desk: Desk, folder: Path) -> None:
    assert failure(desk, Clock(), trusted="stranger.crt") == (PartnerUnreachable, "interpol_unreachable", "certificate")
    assert desk.simulator.asked == 0
    with Simulator([], certificate=folder / "side.crt", key=folder / "side.key", trusted=folder / "bureau.crt") as gone:
        address = gone.address
    assert failure(desk, Clock(), address=address) == (PartnerUnreachable, "interpol_unreachable", "connect")


def test_a_line_that_is_cut_is_cut_for_who_was_connected(folder: Path) -> None:
    paths = folder / "side.crt", folder / "side.key", folder / "bureau.crt"
    with Simulator(RECORDS, certificate=paths[0], key=paths[1], trusted=paths[2]) as simulator:
        side = Desk(folder, simulator).side(Clock())
        assert side.ask(question(STOLEN)).outcome == "hit"
    with side:
        assert reason_of(side, question(STOLEN)) in ("connect", "cut")


def test_a_caller_without_the_right_certificate_gets_nothing(desk: Desk) -> None:
    family, code, reason = failure(desk, Clock(), certificate="stranger.crt", key="stranger.key")
    assert (family, code, desk.simulator.asked) == (PartnerUnreachable, "interpol_unreachable", 0)
    assert reason in ("cut", "certificate")  # with TLS 1.3 the caller may have begun to write when he is refused


def test_certificates_that_cannot_be_read_are_named(desk: Desk) -> None:
    with pytest.raises(Conflict) as caught:
        desk.side(certificate="none.crt")
    assert (caught.value.code, caught.value.params) == ("key_damaged", {"file": "none.crt"})


def test_a_side_that_says_no_is_not_asked_again(desk: Desk) -> None:
    mapping = desk.mapping()
    asks = {**mapping.asks, "document": type(mapping.asks["document"])("/search/document", {"number": "id"})}
    with desk.side() as side:
        side._mapping = type(mapping)(mapping.connection, asks, mapping.answer, mapping.hit, mapping.reported)  # noqa: SLF001
        with pytest.raises(NotAllowed) as caught:
            side.ask(question(STOLEN))
    assert (caught.value.params, desk.simulator.asked) == ({"status": 400}, 1)


def test_a_kind_that_the_mapping_does_not_have_is_not_sent(desk: Desk) -> None:
    mapping = desk.mapping()
    with desk.side() as side:
        side._mapping = type(mapping)(mapping.connection, {}, mapping.answer, mapping.hit, mapping.reported)  # noqa: SLF001
        with pytest.raises(NotFound) as caught:
            side.ask(question(STOLEN))
    assert (caught.value.code, desk.simulator.asked) == ("interpol_kind_unanswered", 0)


def reason_of(side: object, asked: object) -> str:
    try:
        side.ask(asked)  # type: ignore[attr-defined]
    except PartnerUnreachable as error:
        return str(error.params["reason"])
    return ""


def test_the_circuit_opens_after_failures_and_closes_with_the_first_answer(desk: Desk) -> None:
    desk.simulator.fault = Fault.BROKEN
    clock = Clock()
    with desk.side(clock, tries=1) as side:
        said = [reason_of(side, question(STOLEN)) for _ in range(OPEN_AFTER + 3)]
        assert said == ["busy"] * OPEN_AFTER + ["circuit_open"] * 3
        assert desk.simulator.asked == OPEN_AFTER
        clock.passed += 10
        assert [reason_of(side, question(STOLEN)) for _ in range(2)] == ["busy", "circuit_open"]
        desk.simulator.fault = Fault.NONE
        clock.passed += 10
        assert [reason_of(side, question(STOLEN)) for _ in range(3)] == ["", "", ""]


def test_what_cannot_be_an_answer_does_not_open_the_circuit(desk: Desk) -> None:
    desk.simulator.fault = Fault.MALFORMED
    with desk.side(Clock()) as side:
        for _ in range(OPEN_AFTER + 1):
            with pytest.raises(Conflict):
                side.ask(question(STOLEN))
        desk.simulator.fault = Fault.NONE
        assert side.ask(question(STOLEN)).outcome == "hit"


def test_more_questions_than_agreed_are_not_sent(desk: Desk) -> None:
    clock = Clock()
    with desk.side(clock, questions_a_minute=60, tries=1) as side:
        assert [reason_of(side, question(STOLEN)) for _ in range(8)] == [""] * 6 + ["too_many"] * 2
        clock.passed += 2
        assert [reason_of(side, question(STOLEN)) for _ in range(3)] == ["", "", "too_many"]
    assert desk.simulator.asked == 8


def test_many_threads_ask_through_one_side(desk: Desk) -> None:
    outcomes: list[str] = []
    with desk.side() as side:
        threads = [
            threading.Thread(target=lambda: outcomes.append(side.ask(question(STOLEN)).outcome)) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == ["hit"] * 12


def test_the_offline_copy_is_the_same_kind_of_side(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.apply(bureau.whole("KGZ P AC1234567 stolen", "UZB P AA1 lost"))
    side = OfflineSide(bureau.open(), now=NOW + dt.timedelta(hours=49))
    answer = side.ask(question(STOLEN))
    assert answer.hits == (Hit(record="", owner="KGZ", reported="stolen"),)
    assert (answer.source, answer.copy_version, answer.copy_issued_at, answer.stale) == (Source.OFFLINE, 1, NOW, True)
    both = Person(name="A", documents=(STOLEN, Document(document_number="AA1", document_type="P", issuer="UZB")))
    assert side.ask(question(both)).outcome == "many"
    assert side.ask(question(FREE)).outcome == "no_hit"
    for subject in (Vehicle(plate="01 117 ABC"), Person(name="A"), Firearm(serial_number="1")):
        with pytest.raises(NotFound) as caught:
            side.ask(question(subject))
        assert caught.value.code == "interpol_kind_unanswered"


CASES = """
{"expect": "hit", "owner": "KGZ", "reported": "stolen", "subject":\
 {"kind": "document", "document_number": "AC1234567", "issuer": "KGZ"}}
{"expect": "no_hit", "subject": {"kind": "document", "document_number": "AC7654321", "issuer": "KGZ"}}
{"expect": "many", "subject": {"kind": "person", "name": "Abdykadyrov Temirlan", "birth_date": "1979-02-14"}}
{"expect": "hit", "owner": "UZB", "subject": {"kind": "firearm", "serial_number": "AK-117 004"}}
"""


def asker() -> Asker:
    return Asker(country="KG", access_point="KG-OSH-1", now=lambda: dt.datetime.now(dt.UTC), ticks=time.monotonic)


def test_a_side_that_conforms_passes(desk: Desk) -> None:
    cases = read_cases(CASES.splitlines())
    stranger = {"certificate": "stranger.crt", "key": "stranger.key"}
    with desk.side() as side, desk.side(Clock(), **stranger) as other:
        findings = list(try_side(side, other, cases, asker()))
    assert [(one.matter, one.line, one.passed) for one in findings] == [
        (Matter.CASE, 2, True), (Matter.CASE, 3, True), (Matter.CASE, 4, True), (Matter.CASE, 5, True),
        (Matter.SAME_ANSWER, 2, True), (Matter.CERTIFICATE, 0, True),
    ]  # fmt: skip


def test_a_side_that_does_not_conform_is_told_where(desk: Desk) -> None:
    cases = read_cases(CASES.replace('"owner": "UZB"', '"owner": "KAZ"').splitlines())
    desk.simulator.records[0]["status"] = "LOST"
    with desk.side() as side, desk.side() as same:
        findings = list(try_side(side, same, cases, asker()))
    assert [(one.line, one.passed, one.found) for one in findings if not one.passed] == [
        (2, False, "hit:KGZ lost"), (5, False, "hit:UZB stolen"), (2, False, "hit:KGZ lost"), (0, False, "hit"),
    ]  # fmt: skip
    desk.simulator.fault = Fault.REPLAYED
    with desk.side() as side:
        findings = list(try_side(side, None, cases[:1], asker()))
    assert [one.found for one in findings] == ["interpol_answer_invalid id other_question"] * 2
