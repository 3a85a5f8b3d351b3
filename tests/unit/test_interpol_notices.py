"""Gathering public notices from a service that shows 160 of any question, as the real one does. All are invented."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elchi.errors import InvalidInput
from elchi.modules.interpol.notices import SHOWN, gather


@dataclass
class Service:
    """Answers by age and nationality; who has no known age is found by nationality alone."""

    people: Sequence[tuple[int | None, str]]
    per_page: int = SHOWN
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, query: Mapping[str, str]) -> Any:
        self.asked.append(query)
        fitting = [
            {"entity_id": f"2026/{at}", "name": f"N{at}"}
            for at, (age, nation) in enumerate(self.people)
            if ("ageMin" not in query or (age is not None and int(query["ageMin"]) <= age <= int(query["ageMax"])))
            if query.get("nationality", nation) == nation
        ]
        begin = (int(query["page"]) - 1) * self.per_page
        return {"total": len(fitting), "_embedded": {"notices": fitting[:SHOWN][begin : begin + self.per_page]}}


def ids(count: int) -> list[str]:
    return sorted(f"2026/{at}" for at in range(count))


def test_few_are_one_page() -> None:
    service = Service([(30, "KG")] * 160)
    found = gather(service)
    assert (sorted(found.notices), found.total, found.is_whole, found.requests) == (ids(160), 160, True, 1)


def test_none_are_none() -> None:
    found = gather(Service([]))
    assert (found.notices, found.is_whole, found.requests) == ({}, True, 1)


def test_small_pages_are_followed() -> None:
    service = Service([(30, "KG")] * 100, per_page=20)
    assert sorted(gather(service).notices) == ids(100)
    assert [one["page"] for one in service.asked] == ["1", "2", "3", "4", "5"]


def test_many_are_divided_by_age() -> None:
    people = [(20 + at % 60, "KG") for at in range(6_000)]
    service = Service(people)
    told: list[tuple[int, int]] = []
    found = gather(service, lambda *at: told.append(at))
    assert (sorted(found.notices), found.is_whole, told) == (ids(6_000), True, [(6_000, 6_000)])
    assert all("nationality" not in one for one in service.asked)


def test_who_has_no_known_age_is_found_by_nationality() -> None:
    people: list[tuple[int | None, str]] = [(30 + at % 10, "UZ") for at in range(300)] + [(None, "KG"), (None, "TJ")]
    found = gather(Service(people))
    assert (sorted(found.notices), found.is_whole) == (ids(302), True)


def test_too_many_of_one_age_are_found_by_nationality() -> None:
    people = [(40, nation) for nation in ("KG", "KZ", "TJ") for _ in range(100)]
    found = gather(Service(people))
    assert (sorted(found.notices), found.is_whole) == (ids(300), True)


def test_who_cannot_be_shown_is_missed_and_told() -> None:
    found = gather(Service([(40, "KG")] * 200))
    assert (len(found.notices), found.total, found.is_whole) == (160, 200, False)


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"total": 1}, {"total": "1", "_embedded": {"notices": []}}, {"total": 1, "_embedded": None},
     {"total": -1, "_embedded": {"notices": []}}, {"total": 1, "_embedded": {"notices": [{}]}},
     {"total": 1, "_embedded": {"notices": [{"entity_id": 7}]}}, {"total": 1, "_embedded": {"notices": 7}}],
    ids=json.dumps,
)  # fmt: skip
def test_what_are_no_notices_is_refused(answer: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        gather(lambda _: answer)
    assert (caught.value.code, caught.value.params) == ("list_broken", {"field": "file", "rule": "object"})


def test_a_service_that_never_ends_is_given_up() -> None:
    numbers = iter(range(10**9))

    def endless(_: Mapping[str, str]) -> Any:
        return {"total": 10**9, "_embedded": {"notices": [{"entity_id": str(next(numbers))}]}}

    with pytest.raises(InvalidInput):
        gather(endless)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.none() | st.integers(0, 120), st.sampled_from(("KG", "KZ", "UZ"))), max_size=159))
def test_nobody_is_missed_where_everybody_can_be_shown(people: list[tuple[int | None, str]]) -> None:
    crowd: list[tuple[int | None, str]] = [(at % 100, "TJ") for at in range(400)]
    found = gather(Service(people + crowd))
    assert (sorted(found.notices), found.is_whole) == (ids(len(people) + 400), True)
