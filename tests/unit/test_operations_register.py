"""The register of offices meets the published numbers, or says by how many it does not."""

from __future__ import annotations

import datetime as dt

import pytest

from elchi.modules.operations.register import (
    OfficeFact,
    PublishedCount,
    held_on,
    register_on,
    shipped_counts,
    shipped_facts,
)


def on(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, day)


def test_nineteen_offices_with_their_split_and_six_under_way() -> None:
    told = register_on(on(2021, 11, 23), shipped_facts(), shipped_counts())
    assert (told.counted_on, told.total, told.split) == (on(2021, 11, 23), 19, 19)
    assert {line.border: line.published for line in told.lines if line.published} == {
        "KG-KZ": 2, "TJ-UZ": 6, "KG-TJ": 4, "KG-UZ": 2, "AF-UZ": 1, "AF-TJ": 2, "KZ-UZ": 2,
    }  # fmt: skip
    assert [(one.status, one.count) for one in told.others] == [("under_way", 6)]


def test_twelve_and_four_planned() -> None:
    told = register_on(on(2016, 3, 10), shipped_facts(), shipped_counts())
    assert (told.total, told.split) == (12, 0)
    assert [(one.status, one.count) for one in told.others] == [("planned", 4)]


def test_what_does_not_meet_is_listed() -> None:
    told = register_on(on(2021, 11, 23), shipped_facts(), shipped_counts())
    missing = {line.border: line.difference for line in told.lines if line.difference}
    assert missing == {"KG-TJ": 4, "KG-UZ": 2, "TJ-UZ": 2, "AF-TJ": 1, "KZ-UZ": 1}
    assert not told.reconciles
    named = {line.border: line.named for line in told.lines}
    assert named["KZ-UZ"] == ("kz-blo-konysbaev",)
    assert "kz-blo-sypatai-batyr" not in named["KG-KZ"]  # it opened in 2022


def test_before_anything_was_published_there_are_only_names() -> None:
    told = register_on(on(2010, 1, 1), shipped_facts(), shipped_counts())
    assert (told.counted_on, told.total, told.others) == (None, None, ())
    assert {line.undated for line in told.lines} != {0}


def test_the_last_fact_not_after_the_day_holds() -> None:
    facts = [
        OfficeFact(office="a", border="KG-KZ", status=status, from_date=day, source="x")
        for status, day in (("closed", on(2024, 5, 1)), ("planned", on(2020, 1, 1)), ("working", on(2021, 1, 1)))
    ]
    statuses = {year: dict(held_on(on(year, 6, 1), facts)) for year in (2019, 2020, 2022, 2025)}
    assert statuses == {2019: {}, 2020: {"planned": 1}, 2022: {"working": 1}, 2025: {"closed": 1}}


@pytest.mark.parametrize(("total", "whole"), [(3, True), (4, False)])
def test_a_split_that_does_not_add_up_does_not_reconcile(total: int, whole: bool) -> None:  # noqa: FBT001  drawn
    day = on(2020, 1, 1)
    given = {"as_of": day, "status": "working", "note": "", "source": "x"}
    counts = [PublishedCount(border=border, count=count, **given) for border, count in (("", total), ("KG-KZ", 3))]  # type: ignore[arg-type]
    facts = [OfficeFact(office=name, border="KG-KZ", status="working", from_date=None, source="x") for name in "abc"]
    assert register_on(day, facts, counts).reconciles is whole
