from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elchi.errors import InvalidInput
from elchi.screening.edifact import read_segments
from elchi.screening.manifest import ManifestLine, read_manifest
from elchi.screening.paxlst import PassengerList
from elchi.screening.traveller import FIELDS
from elchi.subjects import Person, to_wire

TODAY = dt.date(2026, 6, 13)
SAMPLES = Path(__file__).parents[1] / "data" / "paxlst"
FLIGHT = (SAMPLES / "flight.edi").read_bytes()

text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=20)
fields = st.dictionaries(st.sampled_from(FIELDS), text, min_size=1, max_size=6)


def lines_of(content: bytes, suffix: str) -> list[ManifestLine]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"manifest.{suffix}"
        path.write_bytes(content)
        return list(read_manifest(path, today=TODAY))


def check_fuzzed(content: bytes, suffix: str) -> None:
    """Lines or InvalidInput, and lines that can be written down again."""
    try:
        lines = lines_of(content, suffix)
    except InvalidInput as error:
        json.dumps(error.params).encode()
        return
    for line in lines:
        assert bool(line.subjects) != bool(line.error)
        json.dumps([to_wire(subject) for subject in line.subjects], ensure_ascii=False).encode()
        json.dumps(line.error.params if line.error else {}).encode()
        assert line.id.encode()


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet", "edi"])
@given(content=st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_in_any_format(suffix: str, content: bytes) -> None:
    check_fuzzed(content, suffix)


@given(
    st.lists(st.sampled_from([b"name", b"sex", b"vin", b"birth_date", b",", b"\n", b'"', b"\r", b"\xff", b"\0", b";"])),
)
@settings(max_examples=150, deadline=None)
def test_any_csv(parts: list[bytes]) -> None:
    check_fuzzed(b"name,sex,birth_date,vin\n" + b"".join(parts), "csv")


@given(
    st.lists(st.tuples(st.integers(0, len(FLIGHT) - 1), st.binary(max_size=3)), min_size=1, max_size=6),
    st.integers(1, len(FLIGHT)),
)
@settings(max_examples=300, deadline=None)
def test_any_damage_to_a_passenger_list(damage: list[tuple[int, bytes]], length: int) -> None:
    content = bytearray(FLIGHT[:length])
    for place, replacement in damage:
        content[place : place + 1] = replacement
    check_fuzzed(bytes(content), "edi")


@given(
    st.lists(
        st.sampled_from(["UNH", "NAD+FL", "NAD", "CNT+42:1", "UNT", "UNZ", "UNB+UNOA", "UNA", "+", ":", "'", "?", "1"])
    )
)
@settings(max_examples=300, deadline=None)
def test_any_segments(parts: list[str]) -> None:
    check_fuzzed(("UNB+UNOA:4'" + "".join(parts)).encode(), "edi")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "documents", *FIELDS]), inner),
    max_leaves=8,
)


@given(st.lists(json_values, min_size=1, max_size=10))
@settings(max_examples=200, deadline=None)
def test_each_json_line_is_a_line(values: list[object]) -> None:
    content = "\n".join(json.dumps(value) for value in values).encode()
    assert [line.number for line in lines_of(content, "jsonl")] == list(range(1, len(values) + 1))
    check_fuzzed(content, "jsonl")


@given(st.lists(fields, min_size=1, max_size=10))
@settings(max_examples=150, deadline=None)
def test_each_row_is_a_line_and_is_the_same_in_json(rows: list[dict[str, str]]) -> None:
    rows = [
        {"id": str(place)} | {name: value for name, value in row.items() if name != "id"}
        for place, row in enumerate(rows)
    ]
    names = sorted(set().union(*rows))
    table = "\n".join(
        ",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in names)
        for row in [dict(zip(names, names, strict=True)), *rows]
    )
    from_csv = lines_of(table.encode(), "csv")
    from_json = lines_of("\n".join(json.dumps(row) for row in rows).encode(), "jsonl")
    assert [line.id for line in from_csv] == [str(place) for place in range(len(rows))]
    assert [line.number for line in from_csv] == list(range(2, len(rows) + 2))
    assert [line.subjects for line in from_csv] == [line.subjects for line in from_json]
    assert [line.error and line.error.code for line in from_csv] == [
        line.error and line.error.code for line in from_json
    ]


words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x1a\0\1\2\3"), min_size=1, max_size=12)
elements = st.lists(st.lists(words, min_size=1, max_size=3), max_size=4)


class Trickle(io.BytesIO):
    def __init__(self, content: bytes, step: int) -> None:
        super().__init__(content)
        self.step = step

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.step if size else size)


@given(st.lists(elements, max_size=6), st.permutations(":+?'*!|~^"), st.integers(1, 70))
@settings(max_examples=200, deadline=None)
def test_what_is_written_as_edifact_is_read(contents: list[list[list[str]]], order: list[str], step: int) -> None:
    component, element, release, end, *_ = order

    def write(tag: str, content: list[list[str]]) -> str:
        def escape(word: str) -> str:
            return "".join(release + c if c in (component, element, release, end) else c for c in word)

        return element.join([tag, *(component.join(map(escape, parts)) for parts in content)]) + end

    head: list[list[str]] = [["UNOW", "4"], ["A"], ["B"], ["260613", "0640"], ["9"]]
    written = f"UNA{component}{element}.{release} {end}" + write("UNB", head)
    written += "".join(write("FTX", content) + "\r\n" for content in contents)
    read = [(one.tag, list(one.elements)) for one in read_segments(Trickle(written.encode(), step))]
    assert read == [("UNB", head), *(("FTX", content) for content in contents)]


@given(st.lists(st.tuples(words.filter(str.strip), st.dates(dt.date(1926, 6, 14), TODAY)), max_size=12))
@settings(max_examples=100, deadline=None)
def test_each_passenger_is_a_line_in_order(passengers: list[tuple[str, dt.date]]) -> None:
    def escape(word: str) -> str:
        return "".join("?" + c if c in ":+?'" else c for c in word)

    groups = "".join(f"NAD+FL+++{escape(name)}:T'DTM+329:{born:%y%m%d}'" for name, born in passengers)
    size = 2 * len(passengers) + 3
    content = f"UNB+UNOW:4+A+B+260613:0640+9'UNH+1+PAXLST:D:02B'{groups}CNT+42:{len(passengers)}'UNT+{size}+1'UNZ+1+9'"
    found = [person for _, person in PassengerList(io.BytesIO(content.encode()), today=TODAY)]
    assert [(person.family_name, str(person.birth_date)) for person in found if isinstance(person, Person)] == [
        (name.strip(), born.isoformat()) for name, born in passengers
    ]
    assert len(found) == len(passengers)
