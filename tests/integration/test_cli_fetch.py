"""Fetching with httpx's own transport for tests: answers of a server, without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from elchi.cli.fetch import fetch, open_client
from elchi.errors import ElchiError

ADDRESS = "https://lists.example/un.xml"
Answer = Callable[[httpx.Request], httpx.Response]


def get(answer: Answer, target: Path, address: str = ADDRESS, **kwargs: int) -> list[tuple[int, int | None]]:
    seen: list[tuple[int, int | None]] = []
    with open_client(httpx.MockTransport(answer)) as client:
        fetch(client, address, target, lambda *at: seen.append(at), **kwargs)
    return seen


def redirect(place: str) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if str(request.url) == ADDRESS:
            return httpx.Response(302, headers={"Location": place})
        return httpx.Response(200, content=b"<list/>")

    return answer


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 65_536


def test_a_file_is_fetched_with_its_size_and_our_name(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["User-Agent"])
        return httpx.Response(200, content=b"x" * 100_000)

    assert get(answer, tmp_path / "un.xml") == [(65_536, 100_000), (100_000, 100_000)]
    assert (tmp_path / "un.xml").read_bytes() == b"x" * 100_000
    assert asked == ["elchi/0.1.0"]


def test_a_redirect_within_https_is_followed(tmp_path: Path) -> None:
    get(redirect("https://other.example/un.xml?key=1"), tmp_path / "un.xml")
    assert (tmp_path / "un.xml").read_bytes() == b"<list/>"


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectTimeout("late", request=request)


@pytest.mark.parametrize(
    ("answer", "code", "reason"),
    [
        (lambda _: httpx.Response(404), "address_unreachable", "HTTP 404"),
        (lambda _: httpx.Response(204), "address_unreachable", "HTTP 204"),
        (refuse, "address_unreachable", "ConnectTimeout"),
        (redirect(ADDRESS), "address_unreachable", "TooManyRedirects"),
        (redirect("http://lists.example/un.xml"), "address_insecure", None),
        (redirect("ftp://lists.example/un.xml"), "address_insecure", None),
        (lambda _: httpx.Response(200, content=endless()), "answer_too_large", None),
    ],
)
def test_what_is_not_the_file_is_an_error(tmp_path: Path, answer: Answer, code: str, reason: str | None) -> None:
    with pytest.raises(ElchiError) as caught:
        get(answer, tmp_path / "un.xml", max_bytes=1_000_000)
    assert (caught.value.code, caught.value.params.get("reason")) == (code, reason)


def test_a_plain_address_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(ElchiError) as caught:
        get(lambda _: httpx.Response(200), tmp_path / "un.xml", "http://lists.example/un.xml?token=secret")
    assert (caught.value.code, caught.value.params["address"]) == ("address_insecure", "http://lists.example/un.xml")
