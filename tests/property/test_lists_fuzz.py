"""Whatever stands in a file, a reader gives entries and bad lines or says what is wrong with the file."""

import datetime as dt
import gzip
import io
import json
import lzma
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from elchi.errors import Conflict, InvalidInput
from elchi.lists import (
    FORMATS,
    BadLine,
    Entry,
    Limits,
    LoadPolicy,
    Store,
    from_ftm,
    issued_at,
    make_mapping,
    read_dates,
    read_list,
    to_ftm,
)
from elchi.subjects import PartialDate

LIMITS = Limits(max_bytes=1 << 20, max_record=1 << 16, max_rows=2_000, max_columns=40)
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def workbook() -> bytes:
    book, raw = Workbook(), io.BytesIO()
    book.worksheets[0].append(["id", "name", "birth_date"])
    book.worksheets[0].append(["1", "Anor Tolipov", "1980"])
    book.save(raw)
    return raw.getvalue()


UN = """<CONSOLIDATED_LIST dateGenerated='2025-04-19'><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>
<FIRST_NAME>A</FIRST_NAME>
<NATIONALITY><VALUE>Tajikistan</VALUE></NATIONALITY><INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY>
<ALIAS_NAME>B (C; Ж)</ALIAS_NAME>
</INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE>
<FROM_YEAR>1960</FROM_YEAR><TO_YEAR>1962</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_DOCUMENT><NUMBER>passport AB 12</NUMBER></INDIVIDUAL_DOCUMENT>
</INDIVIDUAL></INDIVIDUALS>
</CONSOLIDATED_LIST>"""
EU = """<export generationDate="2026-02-03"><sanctionEntity logicalId="1"><subjectType code="person"/>
<nameAlias wholeName="A"/><birthdate year="1960" monthOfYear="5" circa="true"/>
<identification number="1" identificationTypeCode="id"/></sanctionEntity>
</export>"""
XML = """<sdnList><sdnEntry><uid>1</uid><lastName>A</lastName><sdnType>Individual</sdnType><idList><id>
<idType>Passport</idType>
<idNumber>A1</idNumber></id></idList></sdnEntry></sdnList>"""
SDN = """10,"A, B","individual","X] [Y",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1 May 1960; Passport A1 (Iran)."\r
11,"C",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a"""
NOTICES = {
    "_embedded": {
        "notices": [{"entity_id": "2026/1", "name": "A", "date_of_birth": "1960/05/01", "nationalities": ["TJ"]}]
    }
}
FTM = [
    {"id": "1", "schema": "Person", "properties": {"name": ["A"], "birthDate": ["1960"]}},
    {"id": "2", "schema": "Passport", "properties": {"holder": ["1"], "number": ["A1"]}},
]
SHAPES = [
    ("un", UN.encode()),
    ("eu", EU.encode()),
    ("eu", b"Entity_LogicalId;NameAlias_WholeName;BirthDate_Year\n1;A;1960\n1;B;\n2;C;x\n"),
    ("ofac", XML.encode()),
    ("ofac", SDN.encode()),
    ("interpol", json.dumps(NOTICES).encode()),
    ("ftm", b"".join(json.dumps(line).encode() + b"\n" for line in FTM)),
    ("csv", "id;name;birth_date;sex\n1;Анор Толипов;01.05.1960;м\n2;B;;\n".encode("windows-1251")),
    ("csv", workbook()),
]


def read_all(raw: bytes, format_: str) -> list[Entry | BadLine]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sdn"
        path.write_bytes(raw)
        try:
            issued = issued_at(path, format_)
            items = list(read_list(path, format_, limits=LIMITS))
        except InvalidInput:
            return []
    assert issued is None or str(PartialDate.parse(issued)) == issued
    for item in items:
        if isinstance(item, Entry):
            assert from_ftm(json.loads(json.dumps(to_ftm(item, "fuzz")))) == item
        else:
            json.dumps(item.params)
            assert item.line >= 1
    return items


@pytest.mark.parametrize("format_", FORMATS)
@given(raw=st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_bytes(format_: str, raw: bytes) -> None:
    read_all(raw, format_)


@pytest.mark.parametrize(("format_", "raw"), SHAPES)
def test_the_shapes_themselves_give_entries(format_: str, raw: bytes) -> None:
    assert any(isinstance(item, Entry) for item in read_all(raw, format_))


@pytest.mark.parametrize(("format_", "raw"), SHAPES)
@given(cut=st.floats(0, 1), packed=st.sampled_from((bytes, gzip.compress, lzma.compress)), inside=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_file_cut_off(format_: str, raw: bytes, cut: float, packed: type, inside: bool) -> None:  # noqa: FBT001  drawn
    whole = packed(raw)
    read_all(packed(raw[: int(len(raw) * cut)]) if inside else whole[: int(len(whole) * cut)], format_)


@pytest.mark.parametrize(("format_", "raw"), SHAPES)
@given(edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(max_size=6)), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_a_file_with_odd_bytes(format_: str, raw: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    for place, gone, put in edits:
        at = int(len(raw) * place)
        raw = raw[:at] + put + raw[at + gone :]
    read_all(raw, format_)


@pytest.mark.parametrize(("format_", "raw"), SHAPES[:8])
@given(text=st.text(max_size=30), place=st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_a_value_of_any_text(format_: str, raw: bytes, text: str, place: int) -> None:
    """Put text where a value stands: between tags, quotes, commas."""
    marks = [at for at, byte in enumerate(raw) if byte in b'>",;:']
    at = marks[place % len(marks)] + 1
    read_all(raw[:at] + text.encode(errors="surrogatepass") + raw[at:], format_)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3),
    max_leaves=8,
)
NAMES = ("id", "schema", "properties", "name", "holder", "entity_id", "_embedded", "notices", "_links", "self", "href")
objects = st.dictionaries(st.sampled_from((*NAMES, "forename", "nationalities", "arrest_warrants")), json_values)


@given(lines=st.lists(objects | json_values, max_size=4), format_=st.sampled_from(("ftm", "interpol")))
@settings(max_examples=200, deadline=None)
def test_any_json(lines: list[object], format_: str) -> None:
    read_all("\n".join(json.dumps(line) for line in lines).encode(), format_)


@given(
    keys=st.dictionaries(st.sampled_from(("columns", "constants", "schema", "encoding", "delimiter", "x")), json_values)
)
@settings(max_examples=200, deadline=None)
def test_any_mapping(keys: dict[str, object]) -> None:
    try:
        mapping = make_mapping(keys)
    except InvalidInput:
        return
    assert mapping.columns


@given(
    text=st.text(max_size=40)
    | st.from_regex(r"(circa )?[0-9]{1,4}[-./ ][0-9A-Za-z]{1,4}[-./ ][0-9]{1,4}", fullmatch=True)
)
@settings(max_examples=400, deadline=None)
def test_dates_read_are_iso_dates(text: str) -> None:
    assert [str(PartialDate.parse(date)) for date in read_dates(text)] == list(read_dates(text))


entries = st.builds(
    lambda number, name: Entry(f"p-{number}", "Person", {"name": (name,)}),
    st.integers(0, 12),
    st.sampled_from(("Anor", "Zarina", "Баҳром")),
)


@given(first=st.lists(entries, min_size=1, max_size=15), second=st.lists(entries, min_size=1, max_size=15))
@settings(max_examples=60, deadline=None)
def test_a_version_is_the_first_of_each_id_and_the_difference_is_the_obvious_one(
    first: list[Entry], second: list[Entry]
) -> None:
    """Against a slow obvious reference: dictionaries by id."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        reports = [
            store.load("un", items, source={}, now=NOW, policy=LoadPolicy(force=True)) for items in (first, second)
        ]
        old, new = ({entry.id: entry for entry in reversed(items)} for items in (first, second))
        for items, kept, report in zip((first, second), (old, new), reports, strict=True):
            order = list(dict.fromkeys(entry.id for entry in items))
            assert list(store.entries(report.version)) == [kept[entry_id] for entry_id in order]
            assert [store.entry_at(report.version, at).id for at in range(report.total)] == order
            assert {entry_id: store.entry_by_id(report.version, entry_id) for entry_id in order} == kept
            repeated = Counter(entry == kept[entry.id] for entry in items)
            assert report.version.bad == repeated[False]
            assert report.version.skipped == repeated[True] - len(kept)
        diff = store.diff("un")
        assert set(diff.added) == new.keys() - old.keys()
        assert set(diff.removed) == old.keys() - new.keys()
        assert {change.id for change in diff.changed} == {
            key for key in old.keys() & new.keys() if old[key] != new[key]
        }
        counts = (len(diff.added), len(diff.changed), len(diff.removed))
        assert (reports[1].added, reports[1].changed, reports[1].removed) == counts


@given(old=st.integers(1, 60), new=st.integers(1, 60), share=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_list_is_refused_exactly_when_it_shrank_too_much(old: int, new: int, share: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        policy = LoadPolicy(max_shrink=share)
        lists = [[Entry(f"p-{number}", "Person", {"name": ("A",)}) for number in range(count)] for count in (old, new)]
        store.load("un", lists[0], source={}, now=NOW)
        try:
            store.load("un", lists[1], source={}, now=NOW, policy=policy)
            refused = False
        except Conflict:
            refused = True
        assert refused == (old - new > 2 and old - new > share * old)
        assert store.current("un").total == (old if refused else new)
