"""To ask an authority for a time stamp, over HTTP (RFC 3161, 3.4)."""

from __future__ import annotations

import time
from typing import Final

import httpx

from elchi.errors import NotFound
from elchi.node.here import time_authority
from elchi.seal.stamp import MAX_TOKEN

MAX_SECONDS: Final = 60.0
_TIMEOUT: Final = httpx.Timeout(15.0)
_QUERY: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


def ask_authority(request: bytes) -> bytes:
    """Bring a request to the authority of this node, and give its answer; whether it holds is for the caller to see.

    Raises:
        NotFound: `address_unreachable`, with the status or the kind of failure as `reason`.
    """
    authority = time_authority()
    if authority is None:
        raise NotFound("address_unreachable", address="", reason="unsaid")
    address, ends_at = authority.address, time.monotonic() + MAX_SECONDS
    try:
        with (
            httpx.Client(timeout=_TIMEOUT) as client,
            client.stream("POST", address, content=request, headers=_QUERY) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise NotFound("address_unreachable", address=address, reason=f"HTTP {response.status_code}")
            answer = b""
            for block in response.iter_bytes(1 << 12):
                answer += block
                if len(answer) > MAX_TOKEN or time.monotonic() > ends_at:
                    raise NotFound("address_unreachable", address=address, reason="answer_too_large")
    except httpx.HTTPError as error:
        raise NotFound("address_unreachable", address=address, reason=type(error).__name__) from None
    return answer
