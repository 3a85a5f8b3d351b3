"""A client of the API of a node: the same words, typed; what may be sent again is sent again.

    with Client("https://korday.example", token) as node:
        told = node.check([Person(name="Карим Тестов")], purpose="border_check")
        if told.verdict != "CLEAR":
            ...

A request that reads, or that has an idempotency key as every `POST` here has where the node takes one, is sent again
when the connection breaks or the node says to wait. Nothing else is.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import httpx

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound
from elchi.subjects import Subject, to_wire

TIMEOUT: Final = 30.0
"""Seconds that an answer may take."""
TRIES: Final = 4
_FAMILIES: Final[Mapping[int, type[ElchiError]]] = {
    401: NotAllowed, 403: NotAllowed, 404: NotFound, 405: NotAllowed, 409: Conflict, 412: Conflict, 429: NotAllowed,
}  # fmt: skip
_AGAIN: Final = frozenset((429, 502, 503, 504))


class Unreachable(ElchiError):
    """The node did not answer, or not as a node does; it is not known whether it did what was asked."""

    permanent = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What a node says of a check."""

    id: int
    number: str
    verdict: str
    """`CLEAR`, `REVIEW` or `STOP`."""
    findings: tuple[Mapping[str, Any], ...]
    lists: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    told: Mapping[str, Any]
    """The whole answer."""


class Client:
    """A node, as its API shows it to a token.

    Args:
        base_url: of the node: `https://korday.example`.
        token: which an administrator of the node issued.
        language: of the sentences of errors.
        timeout: seconds that an answer may take.
        transport: of httpx; for tests, and for certificates of one's own.
        wait: how to wait for some seconds.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        language: str = "en",
        timeout: float = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        base = f"{base_url.rstrip('/')}/api/v1"
        self._http = httpx.Client(base_url=base, headers=headers, timeout=timeout, transport=transport)
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def me(self) -> Mapping[str, Any]:
        """Give whose token it is and what it may do."""
        return self._get("/me")

    def check(
        self,
        subjects: Sequence[Subject],
        *,
        purpose: str | None = None,
        crossing: str | None = None,
        direction: str | None = None,
        task: str = "",
        key: str = "",
    ) -> Checked:
        """Check a subject, or several that belong together.

        Args:
            subjects: of `elchi.subjects`.
            purpose: the legal reason; without it that of the officer's shift.
            crossing: code; without it that of the shift.
            direction: entry, exit, transit or none.
            task: what ordered it, such as `case:3`.
            key: the same for the same check, so that it is made once though it be sent again after a restart.
        """
        body = {
            "subjects": [to_wire(subject) for subject in subjects],
            "purpose": purpose,
            "crossing": crossing,
            "direction": direction,
            "task": task,
        }
        return _checked(self._post("/checks", body, key))

    def check_made(self, check_id: int) -> Checked:
        """Give a check that was made."""
        return _checked(self._get(f"/checks/{check_id}"))

    def checks(self) -> Iterator[Mapping[str, Any]]:
        """Give recent checks, newest first."""
        return self.pages("/checks")

    def findings(self, **wanted: str) -> Iterator[Mapping[str, Any]]:
        """Give findings that wait for a judgement; `list` and `kind` restrict."""
        return self.pages("/findings", **wanted)

    def judge(self, finding_id: int, outcome: str, reason: str, *, key: str = "", **case: Any) -> Mapping[str, Any]:
        """Decide on a finding; `classification` and `threats` are of the case that is opened."""
        return self._post(f"/findings/{finding_id}/judgements", {"outcome": outcome, "reason": reason, **case}, key)

    def lists(self) -> Sequence[Mapping[str, Any]]:
        """Give the lists and their age."""
        items: Sequence[Mapping[str, Any]] = self._get("/lists")["items"]
        return items

    def cases(self, **wanted: Any) -> Iterator[Mapping[str, Any]]:
        """Give cases, newest first; `sought`, `state`, `threat` and `mine` restrict."""
        return self.pages("/cases", **wanted)

    def case(self, case_id: int) -> Mapping[str, Any]:
        """Give a case."""
        return self._get(f"/cases/{case_id}")

    def open_case(
        self, title: str, *, threats: Sequence[str], subjects: Sequence[Subject], key: str = "", **more: str
    ) -> Mapping[str, Any]:
        """Open a case; `purpose` is needed, `origin` and `classification` say more."""
        wires = [to_wire(subject) for subject in subjects]
        return self._post("/cases", {"title": title, "threats": list(threats), "subjects": wires, **more}, key)

    def add_note(self, case_id: int, text: str, *, key: str = "") -> Mapping[str, Any]:
        """Write a note into a case."""
        return self._post(f"/cases/{case_id}/notes", {"text": text}, key)

    def on_duty(self, agency: str, **moment: str) -> Sequence[Mapping[str, Any]]:
        """Give who answers for an agency now, the first to call first."""
        contacts: Sequence[Mapping[str, Any]] = self._get(f"/directory/agencies/{agency}/on_duty", **moment)["contacts"]
        return contacts

    def pages(self, path: str, **wanted: Any) -> Iterator[Mapping[str, Any]]:
        """Give the rows of a list of the API, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            page = self._get(path, **wanted, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next"]

    def read(self, path: str, **wanted: Any) -> Mapping[str, Any]:
        """Give what an address of the API says, such as `/units/uz-blo-oybek`; `wanted` is its question."""
        return self._get(path, **wanted)

    def do(self, path: str, body: Mapping[str, Any], *, key: str = "") -> Mapping[str, Any]:
        """Have something done at an address of the API, once."""
        return self._post(path, body, key)

    def table(self, path: str, **wanted: Any) -> Iterator[bytes]:
        """Give a table (CSV) as it comes; what began to come is not asked for again.

        Raises:
            Unreachable: also where the line breaks before its end.
        """
        try:
            with self._http.stream("GET", path, params=wanted) as answer:
                if not answer.is_success:
                    answer.read()
                    _read(answer)
                yield from answer.iter_bytes()
        except httpx.TransportError as error:
            raise Unreachable("node_unreachable", reason=type(error).__name__) from error

    def _get(self, path: str, **params: Any) -> Mapping[str, Any]:
        return self._ask(self._http.build_request("GET", path, params=params))

    def _post(self, path: str, body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        return self._ask(self._http.build_request("POST", path, json=body, headers=headers))

    def _ask(self, request: httpx.Request) -> Mapping[str, Any]:
        for left in reversed(range(TRIES)):
            seconds = 0.5 * 2 ** (TRIES - 1 - left)
            try:
                answer = self._http.send(request)
            except httpx.TransportError as error:
                if not left:
                    raise Unreachable("node_unreachable", reason=type(error).__name__) from error
            else:
                if answer.status_code not in _AGAIN or not left:
                    return _read(answer)
                seconds = _seconds(answer, seconds)
            self._wait(seconds)
        raise AssertionError  # the last try returns or raises


def _read(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Unreachable("node_unreachable", reason=f"HTTP {answer.status_code}")
    if answer.is_success:
        return told
    family = _FAMILIES.get(answer.status_code, InvalidInput if answer.status_code < 500 else Unreachable)
    params = told.get("params")
    raise family(str(told.get("code", "node_unreachable")), **(params if isinstance(params, dict) else {}))


def _seconds(answer: httpx.Response, otherwise: float) -> float:
    told = answer.headers.get("Retry-After", "")
    return min(float(told), 60.0) if told.isdecimal() else otherwise


def _checked(told: Mapping[str, Any]) -> Checked:
    return Checked(
        id=told["id"],
        number=told["number"],
        verdict=told["verdict"],
        findings=tuple(told["findings"]),
        lists=tuple(told["lists"]),
        notes=tuple(told["notes"]),
        told=told,
    )
