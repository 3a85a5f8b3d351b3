from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from elchi.errors import InvalidInput
from elchi.screening.paxlst import MAX_GROUP, PassengerList
from elchi.subjects import Person, to_wire

SAMPLES = Path(__file__).parents[1] / "data" / "paxlst"
TODAY = dt.date(2026, 6, 13)


def shown(found: Person | InvalidInput) -> object:
    return str(found) if isinstance(found, InvalidInput) else to_wire(found)


def message(content: str) -> bytes:
    size = content.count("'") + 2
    return f"UNB+UNOW:4+A+B+260613:0640+9'UNH+1+PAXLST:D:02B:UN'{content}UNT+{size}+1'UNZ+1+9'".encode()


def read(content: str) -> list[object]:
    return [shown(found) for _, found in PassengerList(io.BytesIO(message(content)), today=TODAY)]


def only(content: str) -> dict[str, Any]:
    (person,) = read(content)
    assert isinstance(person, dict), person
    return {name: value for name, value in person.items() if name not in ("kind", "name")}


@pytest.mark.parametrize("name", ["flight", "train", "faults"])
def test_sample(name: str) -> None:
    """The `.json` beside each invented list holds what it says, line by line, checked by hand."""
    passengers = PassengerList(io.BytesIO((SAMPLES / f"{name}.edi").read_bytes()), today=TODAY)
    lines = [[number, shown(found)] for number, found in passengers]
    assert {"lines": lines, "journey": passengers.journey} == json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("260613", "2026-06-13"),
        ("260614", "1926-06-14"),
        ("000101", "2000-01-01"),
        ("991231", "1999-12-31"),
        ("19560409:102", "1956-04-09"),
        ("19560409", "1956-04-09"),
        ("560000", "1956"),
        ("560400", "1956-04"),
        ("195604:610", "1956-04"),
        ("1956:602", "1956"),
    ],
)
def test_birth_date(written: str, date: str) -> None:
    assert only(f"NAD+FL+++A'DTM+329:{written}'") == {"birth_date": date}


@pytest.mark.parametrize(
    ("written", "date"), [("761231", "2076-12-31"), ("770101", "1977-01-01"), ("260101", "2026-01-01")]
)
def test_expiry_date(written: str, date: str) -> None:
    (document,) = only(f"NAD+FL+++A'DOC+P+1'DTM+36:{written}'")["documents"]
    assert document["expiry_date"] == date


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("901345", "month_range"),
        ("900230", "no_such_day"),
        ("9001", "yymmdd_or_ccyymmdd"),
        ("90:602", "iso_8601"),
        ("90-01-01", "yymmdd_or_ccyymmdd"),
        ("٩٠٠١٠١", "yymmdd_or_ccyymmdd"),
    ],
)
def test_a_date_that_is_none_refuses_the_traveller(written: str, rule: str) -> None:
    found = read(f"NAD+FL+++A'DTM+329:{written}'")
    assert found == [f"date_invalid(field='birth_date', rule='{rule}', segment=4)"]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("+++IVANOV:PETR:IVANOVICH", {"family_name": "IVANOV", "given_names": "PETR IVANOVICH"}),
        ("+++IVANOV PETR", {"name": "IVANOV PETR"}),
        ("+++:PETR", {"name": "PETR"}),
        ("++IVANOV PETR:IVANOVICH", {"name": "IVANOV PETR IVANOVICH"}),
    ],
)
def test_names(written: str, names: dict[str, str]) -> None:
    assert read(f"NAD+FL{written}'") == [{"kind": "person"} | names]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("KGZ:::NARYN", "NARYN, KGZ"),
        (":::NARYN KGZ", "NARYN KGZ"),
        ("KGZ+:::NARYN+:::AT-BASHY", "NARYN, AT-BASHY, KGZ"),
        ("KGZ", "KGZ"),
    ],
)
def test_birth_place(written: str, place: str) -> None:
    assert only(f"NAD+FL+++A'LOC+180+{written}'") == {"birth_place": place}


def test_crew_and_transit_are_travellers_and_contacts_are_not() -> None:
    found = read("NAD+MS+++OFFICE'NAD+FL+++A'NAD+FM+++B'NAD+DDT+++C'NAD+DDU+++D'NAD+ZZ+++E'CNT+41:2'CNT+42:2'")
    assert found == [{"kind": "person", "name": name} for name in "ABCD"]


def test_segments_of_another_party_do_not_reach_the_traveller() -> None:
    assert only("NAD+FL+++A'NAD+MS+++OFFICE'COM+1:TE'ATT+2++M'") == {}


def test_empty_segments_say_nothing() -> None:
    assert only("NAD+FL+++A'ATT+2++'DTM+329:'NAT+2+'LOC+180+'DOC++'DTM+36:'LOC+91+'COM+:TE'RFF+AVF'") == {}


def test_first_nationality_stands() -> None:
    assert only("NAD+FL+++A'NAT+2+kz'NAT+2+TJK'NAT+1+UZB'") == {"nationality": "KAZ"}


def test_a_list_in_two_messages_may_state_the_total_of_both() -> None:
    parts = ["NAD+FL+++A'NAD+FL+++B'CNT+42:2'", "NAD+FL+++C'CNT+42:3'"]
    body = "".join(
        f"UNH+{n}+PAXLST:D:05B:UN:IATA+X+0{n}'{part}UNT+{part.count(chr(39)) + 2}+{n}'"
        for n, part in enumerate(parts, 1)
    )
    content = f"UNB+UNOA:4+A+B+260613:0640+9'{body}UNZ+2+9'".encode()
    found = [shown(found) for _, found in PassengerList(io.BytesIO(content), today=TODAY)]
    assert found == [{"kind": "person", "name": name} for name in "ABC"]


@pytest.mark.parametrize("stated", ["1", "3", "", "two", "²"])
def test_a_total_that_is_not_the_travellers_is_a_fault(stated: str) -> None:
    found = read(f"NAD+FL+++A'NAD+FL+++B'CNT+42:{stated}'CNT+99:7'")
    place = "field='CNT', segment=5, rule='control_count'"
    assert found[2:] == [f"paxlst_count({place}, stated={stated!r}, found=2)"]


def test_a_group_has_an_end() -> None:
    found = read("NAD+FL+++A'" + "FTX+BAG'" * MAX_GROUP + "NAD+FL+++B'")
    place = f"field='FTX', segment={MAX_GROUP + 3}"
    assert found == [
        f"paxlst_group({place}, rule='max_segments', maximum={MAX_GROUP})",
        {"kind": "person", "name": "B"},
    ]


def test_long_names_are_refused() -> None:
    assert read(f"NAD+FL+++{'A' * 1_001}'") == [
        "field_too_long(field='name', rule='max_length', maximum=1000, segment=3)"
    ]


def test_journey_is_of_the_message_being_read() -> None:
    lists = [f"UNH+1+PAXLST:D:02B'TDT+20+{flight}'NAD+FL+++A'UNT+4+1'" for flight in ("EZ1", "EZ2")]
    content = f"UNB+UNOA:4+A+B+260613:0640+9'{''.join(lists)}UNZ+2+9'".encode()
    passengers = PassengerList(io.BytesIO(content), today=TODAY)
    assert [passengers.journey["journey"] for _ in passengers] == ["EZ1", "EZ2"]


def test_a_time_that_is_none_is_shown_as_it_stands() -> None:
    passengers = PassengerList(io.BytesIO(message("LOC+92+ALA'DTM+189:noon'DTM+232:260613'")), today=TODAY)
    assert list(passengers) == []
    assert passengers.journey == {"departs_at": "noon", "arrives_at": "2026-06-13"}


class Endless(io.RawIOBase):
    """An interchange of a hundred thousand travellers that is made as it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        self._parts = self._make()

    def _make(self) -> Iterator[bytes]:
        yield b"UNB+UNOA:4+A+B+260613:0640+9'UNH+1+PAXLST:D:02B'"
        for n in range(100_000):
            yield f"NAD+FL+++A:B'DOC+P+{n}'".encode()

    def read(self, size: int = -1, /) -> bytes:
        part = b"".join(next(self._parts, b"") for _ in range(1_000))
        self.given += len(part)
        return part


def test_reading_is_lazy() -> None:
    stream = Endless()
    lines = iter(PassengerList(stream, today=TODAY))  # type: ignore[arg-type]  # only read() is called
    assert [next(lines)[0] for _ in range(10)] == list(range(3, 23, 2))
    assert stream.given < 100_000
