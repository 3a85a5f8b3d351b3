from pathlib import Path

import numpy as np
import pytest

from elchi.errors import Conflict
from elchi.screening.section_file import open_sections, write_sections

RECORD = np.dtype([("n", "u1"), ("codes", "u1", (3,))])
SECTIONS = {
    "words": np.array([(1, (2, 3, 4)), (5, (6, 7, 8))], RECORD),
    "numbers": np.arange(1000, dtype="<u8"),
    "none": np.array([], "<u4"),
}


def test_what_was_written_is_opened(tmp_path: Path) -> None:
    write_sections(tmp_path / "a.bin", "1", SECTIONS)
    opened = open_sections(tmp_path / "a.bin", "1")
    assert {name: (array.dtype, array.tobytes()) for name, array in opened.items()} == {
        name: (array.dtype, array.tobytes()) for name, array in SECTIONS.items()
    }
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_the_same_sections_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.bin", "b.bin"):
        write_sections(tmp_path / name, "1", SECTIONS)
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()


def rule_of(path: Path, tag: str = "1") -> object:
    with pytest.raises(Conflict) as caught:
        open_sections(path, tag)
    assert caught.value.code == "index_unusable"
    return caught.value.params["rule"]


def test_a_missing_an_empty_and_an_other_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    assert rule_of(path) == "missing"
    path.touch()
    assert rule_of(path) == "missing"
    write_sections(path, "1", SECTIONS)
    assert rule_of(path, "2") == "other_rules"


def test_a_changed_byte_anywhere_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_sections(path, "1", SECTIONS)
    whole = path.read_bytes()
    sections = whole.index(bytes((1, 2, 3, 4, 5, 6, 7, 8)))
    for at in (*range(16), sections, sections + 5, len(whole) - 1000):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
        assert rule_of(path) == "damaged", at


def test_a_truncated_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_sections(path, "1", SECTIONS)
    whole = path.read_bytes()
    for length in (1, 8, 15, 40, 200, len(whole) - 600):
        path.write_bytes(whole[:length])
        assert rule_of(path) == "damaged", length


def test_damage_in_the_header_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_sections(path, "1", SECTIONS)
    whole = path.read_bytes()
    for true, false in ((b'"words"', b'"wordz"'), (b'"<u8"', b'"<i8"'), (b"1000]", b"1001]")):
        path.write_bytes(whole.replace(true, false, 1))
        assert path.read_bytes() != whole
        assert rule_of(path) == "damaged"
