"""The API as it is described to programs: a change of it is seen, and meant.

`DJANGO_SETTINGS_MODULE=tests.settings python -m tests.contracts.test_openapi` writes the description anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import django
import pytest
from django.utils.module_loading import import_string

FROZEN = Path(__file__).with_name("openapi.json")


def described() -> dict[str, Any]:
    """Both descriptions as JSON."""
    doors = {"api": "elchi.api.main.api", "match": "elchi.api.main.match_api"}
    told = {name: import_string(door).get_openapi_schema() for name, door in doors.items()}
    read: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return read


@pytest.fixture(scope="module")
def operations() -> dict[str, dict[str, Any]]:
    found = {}
    for name, told in described().items():
        for path, methods in told["paths"].items():
            for method, operation in methods.items():
                found[f"{name} {method} {path}"] = operation
    return found


def test_the_description_is_the_frozen_one() -> None:
    assert described() == json.loads(FROZEN.read_text(encoding="utf-8"))


def test_each_operation_has_a_name_of_its_own_and_says_what_it_does(operations: dict[str, dict[str, Any]]) -> None:
    for door in ("api ", "match "):
        names = [one["operationId"] for place, one in operations.items() if place.startswith(door)]
        assert len(names) == len(set(names))
    assert [place for place, one in operations.items() if not one["summary"] or not one.get("description")] == []


def test_every_operation_but_health_needs_a_token(operations: dict[str, dict[str, Any]]) -> None:
    free = {place for place, one in operations.items() if not one.get("security")}
    assert free == {"match get /match-api/healthz", "match get /match-api/readyz", "match get /match-api/algorithms"}


def test_every_operation_tells_its_problems(operations: dict[str, dict[str, Any]]) -> None:
    for place, one in operations.items():
        problems = {status: told for status, told in one["responses"].items() if status >= "400" and status != "503"}
        assert set(problems) >= ({"400", "401", "403", "429"} if one.get("security") else {"400"}), place
        assert {tuple(told["content"]) for told in problems.values()} == {("application/problem+json",)}, place


if __name__ == "__main__":
    django.setup()
    FROZEN.write_text(json.dumps(described(), indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
