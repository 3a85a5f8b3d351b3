"""Fetching the files of public lists from their official addresses: https only, in bounded time and size."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

import httpx

from elchi.errors import InvalidInput, NotFound

MAX_BYTES: Final = 512_000_000
"""Of one file; the largest public list has less than half of it."""
MAX_SECONDS: Final = 1_800.0
"""For one file."""
_TIMEOUT: Final = httpx.Timeout(30.0, connect=15.0)

Received = Callable[[int, int | None], None]
"""Gets the bytes received, and those announced if any were."""


def open_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Make a client that speaks https alone, whatever it is redirected to; proxies of the environment are used.

    Args:
        transport: what carries the requests; the network unless given.
    """
    return httpx.Client(
        transport=transport,
        timeout=_TIMEOUT,
        follow_redirects=True,
        max_redirects=5,
        headers={"User-Agent": f"elchi/{version('elchi')}"},
        event_hooks={"request": [_refuse_plain]},
    )


def fetch(
    client: httpx.Client, address: str, target: Path, received: Received | None = None, max_bytes: int = MAX_BYTES
) -> None:
    """Fetch a file.

    Raises:
        NotFound: `address_unreachable` with the status, or the kind of failure as `reason`.
        InvalidInput: `answer_too_large` beyond `max_bytes` or MAX_SECONDS, `address_insecure`.
    """
    try:
        with client.stream("GET", address) as response:
            if response.status_code != httpx.codes.OK:
                raise NotFound("address_unreachable", address=address, reason=f"HTTP {response.status_code}")
            _save(response, target, received, max_bytes)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFound("address_unreachable", address=address, reason=type(error).__name__) from None


def _save(response: httpx.Response, target: Path, received: Received | None, max_bytes: int) -> None:
    announced = response.headers.get("Content-Length", "")
    total = int(announced) if announced.isdecimal() and "Content-Encoding" not in response.headers else None
    size, ends_at = 0, time.monotonic() + MAX_SECONDS
    with target.open("wb") as file:
        for block in response.iter_bytes(1 << 16):
            size += len(block)
            if size > max_bytes or time.monotonic() > ends_at:
                raise InvalidInput("answer_too_large", field="file", rule="file_size", maximum=max_bytes)
            file.write(block)
            if received:
                received(size, total)


def _refuse_plain(request: httpx.Request) -> None:
    if request.url.scheme != "https":
        raise InvalidInput(
            "address_insecure", field="address", rule="https", address=str(request.url.copy_with(query=None))
        )
