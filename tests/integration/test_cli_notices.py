"""`elchi interpol notices` over httpx's own transport: answers of a service, without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from elchi.cli import fetch
from elchi.modules.interpol import notices_commands

Elchi = Callable[..., Any]
Answer = Callable[[httpx.Request], httpx.Response]


def notice(at: int) -> dict[str, Any]:
    href = f"https://ws-public.interpol.int/notices/v1/red/2026-{at}"
    return {
        "entity_id": f"2026/{at}", "name": "ABDYKADYROV", "forename": f"Temirlan {'I' * at}",
        "date_of_birth": "1979/02/14", "nationalities": ["KG"], "_links": {"self": {"href": href}},
    }  # fmt: skip


def page(*notices: dict[str, Any], total: int) -> httpx.Response:
    return httpx.Response(200, json={"total": total, "_embedded": {"notices": list(notices)}})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], list[float]]:
    """Put a service in the place of the real one; gives how long was waited."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)

    def put(answer: Answer) -> list[float]:
        transport = httpx.MockTransport(answer)
        monkeypatch.setattr(notices_commands, "open_client", lambda: fetch.open_client(transport))
        return waits

    return put


def test_notices_are_fetched_and_are_a_list(elchi: Elchi, service: Callable[[Answer], list[float]]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return page(notice(1), notice(2), total=2)

    waits = service(answer)
    done = elchi("interpol", "notices", "red", "--json")
    (report,) = done.json["loaded"]
    assert (done.status, report["name"], report["entries"]) == (0, "interpol_red", 2)
    assert (asked, waits) == (["https://ws-public.interpol.int/notices/v1/red?resultPerPage=160&page=1"], [1.0])
    found = elchi("check", "person", "--name", "Temirlan I Abdykadyrov", "--birth-date", "1979-02-14", "--json")
    assert found.status == 11


def test_a_file_is_written_for_another_machine(
    elchi: Elchi, service: Callable[[Answer], list[float]], tmp_path: Path
) -> None:
    service(lambda _: page(notice(1), total=1))
    done = elchi("interpol", "notices", "red", "--output", tmp_path / "red.json")
    assert (done.status, done.out) == (0, "red.json: 1 of 1 notice\n")
    assert [one["entity_id"] for one in json.loads((tmp_path / "red.json").read_text(encoding="utf-8"))] == ["2026/1"]
    loaded = elchi("lists", "load", tmp_path / "red.json", "--list", "interpol_red", "--format", "interpol")
    assert loaded.status == 0


def test_notices_that_are_not_all_are_not_loaded(elchi: Elchi, service: Callable[[Answer], list[float]]) -> None:
    service(lambda _: page(notice(1), total=2))
    done = elchi("interpol", "notices", "red", "--json")
    told = {"list": "interpol_red", "found": 1, "total": 2}
    assert (done.status, done.error["code"], done.error["params"]) == (5, "notices_incomplete", told)
    assert elchi("interpol", "notices", "red", "--force").status == 0


def test_a_busy_service_is_waited_for_and_another_no_is_not(
    elchi: Elchi, service: Callable[[Answer], list[float]]
) -> None:
    answers = [httpx.Response(429), page(notice(1), total=1)]
    waits = service(lambda _: answers.pop(0))
    assert (elchi("interpol", "notices", "yellow").status, waits) == (0, [1.0, 30.0, 1.0])
    waits.clear()
    service(lambda _: httpx.Response(503))
    assert (elchi("interpol", "notices", "red").status, waits) == (4, [1.0, 30.0, 1.0, 120.0, 1.0])
    waits.clear()
    service(lambda _: httpx.Response(403))
    done = elchi("interpol", "notices", "red", "--json")
    assert (done.status, done.error["params"]["reason"], waits) == (4, "HTTP 403", [1.0])


def test_what_is_no_json_is_told(elchi: Elchi, service: Callable[[Answer], list[float]]) -> None:
    service(lambda _: httpx.Response(200, content=b"<html/>"))
    done = elchi("interpol", "notices", "un", "--json")
    assert (done.status, done.error["code"], done.error["params"]["rule"]) == (2, "list_broken", "json")
