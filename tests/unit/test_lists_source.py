import gzip
import hashlib
import lzma
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from elchi.errors import InvalidInput, NotFound
from elchi.lists import (
    BadLine,
    Entry,
    Limits,
    ShippedList,
    country_code,
    read_dates,
    read_list,
    read_shipped,
    refreshed_source,
    shipped_list,
    shipped_lists,
)
from elchi.locale import LANGUAGES

LINE = '{"id": "1", "schema": "Person", "properties": {"name": ["Anor Tolipov"]}}\n'


def write(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "list"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_a_packed_list_reads_as_the_plain_one(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    raw = pack(LINE.encode() * 5_000)
    path = write(tmp_path, raw + raw)  # members one after another are one file
    seen: list[int] = []
    entries = list(read_list(path, "ftm", progress=seen.append))
    assert entries == [Entry("1", "Person", {"name": ("Anor Tolipov",)})] * 10_000
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size


def rule(path: Path, limits: Limits | None = None) -> object:
    with pytest.raises(InvalidInput) as caught:
        list(read_list(path, "ftm", limits=limits))
    assert caught.value.code == "list_broken"
    return caught.value.params["rule"]


def test_packed_files_that_are_cut_off_or_damaged(tmp_path: Path) -> None:
    for pack in (gzip.compress, lzma.compress):
        raw = pack(LINE.encode() * 500)
        assert rule(write(tmp_path, raw[:-9])) == "truncated"
        assert rule(write(tmp_path, raw[:-6] + b"\xff" * 6)) == "compression"
        assert rule(write(tmp_path, raw + b"garbage" * 5)) == "compression"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    lines = (b" " * (1 << 20) + b"\n") * 80
    for pack in (gzip.compress, lzma.compress):
        path = write(tmp_path, pack(lines))
        assert path.stat().st_size < 100_000
        assert rule(path) == "ratio"
    assert rule(write(tmp_path, gzip.compress(lines)), Limits(max_bytes=1 << 20)) == "file_size"


def test_a_record_without_end_is_refused(tmp_path: Path) -> None:
    assert rule(write(tmp_path, LINE.encode() + b"x" * 300_000), Limits(max_record=100_000)) == "record_size"


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("1961", ("1961",)),
        ("1961-04", ("1961-04",)),
        ("1961-04-09T00:00:00", ("1961-04-09",)),
        ("1961-00-00", ("1961",)),
        ("1961/4/9", ("1961-04-09",)),
        ("09.04.1961", ("1961-04-09",)),
        ("04/1961", ("1961-04",)),
        ("9 Apr 1961", ("1961-04-09",)),
        ("Sept. 1961", ("1961-09",)),
        ("9 мая 1961 г.", ("1961-05-09",)),
        ("circa 1961", ("1961",)),
        ("1961 to 1963", ("1961", "1962", "1963")),
        ("1961-1962", ("1961", "1962")),
        ("between 1961 and 1962", ("1961", "1962")),
        ("21 Mar 1961 to 20 Mar 1962", ("1961", "1962")),
        ("31.02.1961", ()),
        ("1961-13-01", ()),
        ("1963 to 1961", ()),
        ("1900 to 1961", ()),
        ("24/06/1402", ()),
        ("9 Foo 1961", ()),
        ("", ()),
        ("soon", ()),
    ],
)
def test_dates_of_any_shape(text: str, dates: tuple[str, ...]) -> None:
    assert read_dates(text) == dates


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tajikistan", "tj"),
        ("ТАДЖИКИСТАН", "tj"),
        ("Тоҷикистон", "tj"),
        ("TJK", "tj"),
        ("tj", "tj"),
        ("D", "de"),
        ("Korea, North", "kp"),
        ("Iran (Islamic Republic of)", "ir"),
        ("Türkiye", "tr"),
        ("Turkey", "tr"),
        ("Côte d’Ivoire", "ci"),
        ("Saint Kitts and Nevis", "kn"),
        ("The Bahamas", "bs"),
        ("Oʻzbekiston", "uz"),
        ("Республика Узбекистан", "uz"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_countries_by_any_name(text: str, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("listed", shipped_lists(), ids=lambda listed: listed.name)
def test_a_shipped_list_is_what_it_says(listed: ShippedList) -> None:
    for file in listed.files:
        raw = lzma.decompress((files("elchi.lists") / "shipped" / f"{file.name}.xz").read_bytes())
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (file.bytes, file.sha256)
    items = list(read_shipped(listed))
    entries = [item for item in items if isinstance(item, Entry)]
    assert len(entries) == listed.files[0].records
    assert [item for item in items if isinstance(item, BadLine) and not item.skipped] == []


def test_shipped_lists_are_called_in_every_language_and_in_a_few_words() -> None:
    for listed in shipped_lists():
        assert set(listed.titles) == set(LANGUAGES)
        assert max(len(title) for title in listed.titles.values()) <= 50
    titles = [(listed.titles["en"], listed.titles["ru"]) for listed in shipped_lists()]
    assert titles == [
        ("UN Security Council list", "Сводный санкционный перечень СБ ООН"),
        ("OFAC SDN list", "Список SDN (OFAC, США)"),
    ]


def test_the_shipped_lists_keep_scripts_dates_and_documents() -> None:
    un = {entry.id: entry.properties for entry in read_shipped(shipped_list("un")) if isinstance(entry, Entry)}
    assert un["un-110447"]["name"] == ("MUHAMMAD TAHER ANWARI", "محمد طاهر أنوري")
    assert un["un-110447"]["weakAlias"] == ("Haji Mudir",)
    ofac = [item for item in read_shipped(shipped_list("ofac")) if isinstance(item, (Entry, BadLine))]
    skipped = [item.reason for item in ofac if isinstance(item, BadLine)]
    assert (skipped.count("alias_orphan"), skipped.count("address_orphan")) == (2_727, 5_598)
    rifki = next(item for item in ofac if isinstance(item, Entry) and item.id == "ofac-9616")
    assert rifki.properties["birthDate"] == ("1974-08-29", "1974-08-19", "1974-08-09", "1980-08-19")
    aliases = sum(len(item.properties.get("alias", ())) for item in ofac if isinstance(item, Entry))
    assert aliases > 17_000


def test_a_shipped_list_is_refreshed_from_a_folder(tmp_path: Path) -> None:
    un = shipped_list("un")
    text = "<CONSOLIDATED_LIST dateGenerated='2030-01-02'><INDIVIDUAL><DATAID>1</DATAID>"
    (tmp_path / "un.xml").write_text(text + "<FIRST_NAME>ODIN</FIRST_NAME></INDIVIDUAL></CONSOLIDATED_LIST>")
    assert [item.id for item in read_shipped(un, tmp_path) if isinstance(item, Entry)] == ["un-1"]
    assert refreshed_source(un, tmp_path)["issued_at"] == "2030-01-02"
    assert un.source["issued_at"] == "2025-04-19"
    with pytest.raises(NotFound) as caught:
        list(read_shipped(shipped_list("ofac"), tmp_path))
    assert (caught.value.code, caught.value.params["file"]) == ("file_unknown", "sdn.csv")
    with pytest.raises(NotFound) as caught:
        shipped_list("eu")
    assert caught.value.code == "list_not_shipped"
