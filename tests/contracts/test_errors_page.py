"""docs/errors.md and the code say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Row(NamedTuple):
    family: str
    params: frozenset[str]
    advice: str


@pytest.fixture(scope="module")
def rows(root: Path) -> dict[str, Row]:
    page = (root / "docs/errors.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("| \n").split("|")] for line in page.splitlines()]
    found = [
        (row[0].strip("`"), Row(row[1], frozenset(re.findall(r"`(\w+)`", row[2])), row[3]))
        for row in cells
        if len(row) == 4 and re.fullmatch(r"`[a-z0-9_]+`", row[0])
    ]
    assert len(found) == len(dict(found)), "a code has two rows"
    return dict(found)


def test_every_code_is_a_literal(error_calls: tuple[Any, ...]) -> None:
    assert [call.place for call in error_calls if call.code is None] == []


def test_every_code_raised_has_a_row_of_its_family(error_calls: tuple[Any, ...], rows: dict[str, Row]) -> None:
    raised = {(call.code, call.family) for call in error_calls}
    assert raised == {(code, row.family) for code, row in rows.items()}


def test_every_param_given_stands_in_its_row(error_calls: tuple[Any, ...], rows: dict[str, Row]) -> None:
    unlisted = {
        f"{call.place} {call.code}": sorted(call.params - rows[call.code].params)
        for call in error_calls
        if call.code in rows and call.params - rows[call.code].params
    }
    assert unlisted == {}


def test_every_row_says_what_to_do(rows: dict[str, Row]) -> None:
    assert [code for code, row in rows.items() if len(row.advice) < 10] == []
