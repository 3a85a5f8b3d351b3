from __future__ import annotations

from pathlib import Path

import pytest

from elchi.errors import InvalidInput, NotFound
from elchi.screening.finding import Thresholds, ThresholdTable
from elchi.screening.thresholds import MAX_BYTES, read_thresholds

ROW = "[[threshold]]\nreview = 0.5\nstop = 0.8\n"


def read(tmp_path: Path, text: str | bytes) -> ThresholdTable:
    path = tmp_path / "thresholds.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_thresholds(path)


def test_rows_are_read_and_stand_for_any_list_and_purpose_unless_they_say(tmp_path: Path) -> None:
    told = ROW + ROW + 'list = "un"\n' + ROW + 'purpose = "Виза на год"\n' + '[[threshold]]\nlist = "*"\n'
    told += 'purpose = "visa"\nreview = 1\nstop = 1\n'
    assert read(tmp_path, told).rows == {
        ("*", "*"): Thresholds(0.5, 0.8),
        ("un", "*"): Thresholds(0.5, 0.8),
        ("*", "Виза на год"): Thresholds(0.5, 0.8),
        ("*", "visa"): Thresholds(1, 1),
    }


@pytest.mark.parametrize("text", ["", "# none yet\n", "threshold = []\n"])
def test_a_file_without_rows_gives_the_defaults(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ThresholdTable()


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + ROW.encode()) == read(tmp_path, ROW)


@pytest.mark.parametrize(
    ("text", "field", "rule"),
    [
        ("x", "thresholds", "toml"),
        (b"\xff", "thresholds", "toml"),
        ("x = " + "1" * 5_000, "thresholds", "toml"),
        ("x = " + "[" * 20_000, "thresholds", "toml"),
        ("#" * (MAX_BYTES + 1), "thresholds", "file_size"),
        ("tresholds = 1", "tresholds", "unknown_key"),
        (ROW.replace("[[threshold]]", "[threshold]"), "threshold", "array"),
        ("threshold = [1]", "threshold[1]", "table"),
        (ROW + "lists = 'un'", "threshold[1].lists", "unknown_key"),
        (ROW + "list = 1", "threshold[1].list", "text"),
        (ROW + "list = 'UN'", "threshold[1].list", "lower_case_letters_digits"),
        (ROW + "purpose = ''", "threshold[1].purpose", "text"),
        (ROW + ROW, "threshold[2]", "row_once"),
        ("[[threshold]]\nstop = 0.8", "threshold[1].review", "missing"),
        ("[[threshold]]\nreview = 0.5", "threshold[1].stop", "missing"),
        ("[[threshold]]\nreview = '0.5'\nstop = 0.8", "threshold[1].review", "number"),
        ("[[threshold]]\nreview = 0.5\nstop = true", "threshold[1].stop", "number"),
        ("[[threshold]]\nreview = 0.8\nstop = 0.5", "threshold[1]", "review_up_to_stop"),
        ("[[threshold]]\nreview = nan\nstop = 0.5", "threshold[1]", "review_up_to_stop"),
        ("[[threshold]]\nreview = 0.5\nstop = 1" + "0" * 400, "threshold[1]", "review_up_to_stop"),
    ],
)
def test_a_file_with_a_fault_is_refused_and_says_where(
    tmp_path: Path, text: str | bytes, field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, text)
    error = caught.value
    assert (error.code, error.params["field"], error.params["rule"]) == ("thresholds_invalid", field, rule)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        read_thresholds(tmp_path / "thresholds.toml")
    assert (caught.value.code, caught.value.params["file"]) == ("file_unknown", "thresholds.toml")
