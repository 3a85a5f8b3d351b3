"""INTERPOL's side online: HTTPS with a certificate on both ends, in the time that a traveller can wait.

A question is tried again when nobody answered or the other side was busy, after waits that double and are cut by
chance (`elchi.exchange.retry`), as long as its time lasts. After several failures in a row the circuit opens: questions
fail at once, so that officers go on with the offline copy, and one question at a time finds out whether somebody is
there again. More questions than agreed are not sent.
"""

from __future__ import annotations

import datetime as dt
import random
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import httpx

from elchi.errors import Conflict, NotAllowed, NotFound, PartnerUnreachable
from elchi.exchange.retry import FRESH, Retry
from elchi.modules.interpol.mapping import MAX_ANSWER, SideMapping, read_answer, write_question
from elchi.modules.interpol.question import Question, SideAnswer

OPEN_AFTER: Final = 5
"""Failures in a row."""
_BUSY: Final = frozenset((408, 425, 429))


@dataclass(frozen=True, slots=True)
class Means:
    """What the world gives: a clock, patience and chance. Tests give their own."""

    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    share: Callable[[], float] = random.random


class OnlineSide:
    """The other side, called over HTTPS. One object serves all threads; `close` it, or use it in a `with` block."""

    def __init__(self, mapping: SideMapping, *, folder: Path, passphrase: str = "", means: Means | None = None) -> None:
        """Get ready; nothing is sent yet.

        Args:
            mapping: how to write and to read.
            folder: from which the mapping names its certificates.
            passphrase: of the key; empty if it is not locked.
            means: the system's unless given.

        Raises:
            Conflict: `key_damaged`: a certificate or key cannot be read, or they do not belong together.
        """
        self._mapping = mapping
        self._means = means or Means()
        told = mapping.connection
        self._client = httpx.Client(
            base_url=told.address,
            verify=_context(mapping, folder, passphrase),
            timeout=httpx.Timeout(told.answer_seconds, connect=told.connect_seconds),
            trust_env=False,
            follow_redirects=False,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        self._lock = threading.Lock()
        self._retry: Retry = FRESH
        self._tokens, self._filled = float(_burst(told.questions_a_minute)), self._means.ticks()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, question: Question) -> SideAnswer:
        """Ask; as `Side.ask`."""
        if question.subject.kind not in self._mapping.asks:
            allowed = sorted(self._mapping.asks)
            raise NotFound("interpol_kind_unanswered", kind=question.subject.kind, allowed=allowed)
        ends_at = self._means.ticks() + self._mapping.connection.whole_seconds
        tries = self._mapping.connection.tries
        while True:
            self._admit()
            try:
                answer = self._once(question, ends_at)
            except PartnerUnreachable:
                wait = self._count_failure()
                tries -= 1
                if not tries or self._means.ticks() + wait >= ends_at:
                    raise
                self._means.sleep(wait)
            except (Conflict, NotAllowed):
                self._count_answer()  # somebody is there, whatever he says
                raise
            else:
                self._count_answer()
                return answer

    def _once(self, question: Question, ends_at: float) -> SideAnswer:
        path = self._mapping.asks[question.subject.kind].path
        content = write_question(self._mapping, question)
        try:
            with self._client.stream("POST", path, content=content) as response:
                if response.status_code >= 500 or response.status_code in _BUSY:
                    raise _unreachable("busy")
                if response.status_code != httpx.codes.OK:
                    raise NotAllowed("interpol_refused", status=response.status_code)
                return read_answer(self._mapping, self._received(response, ends_at), question, now=self._means.now())
        except httpx.TimeoutException:
            raise _unreachable("timeout") from None
        except httpx.ConnectError as error:
            raise _unreachable("certificate" if _is_of_certificate(error) else "connect") from None
        except httpx.HTTPError:
            raise _unreachable("cut") from None

    def _received(self, response: httpx.Response, ends_at: float) -> bytes:
        content = bytearray()
        for block in response.iter_bytes():
            content += block
            if len(content) > MAX_ANSWER:
                raise Conflict("interpol_answer_invalid", field="answer", rule="max_bytes")
            if self._means.ticks() > ends_at:  # drop by drop
                raise _unreachable("timeout")
        return bytes(content)

    def _admit(self) -> None:
        """Let a question through, unless the circuit is open or there were too many in this minute."""
        with self._lock:
            now = self._means.now()
            if self._retry.failures >= OPEN_AFTER:
                if not self._retry.ready(now):
                    raise _unreachable("circuit_open")
                self._retry = self._retry.failed(now, share=1)  # others wait until this one has come back
            limit = self._mapping.connection.questions_a_minute
            ticks = self._means.ticks()
            self._tokens = min(self._tokens + (ticks - self._filled) * limit / 60, _burst(limit))
            self._filled = ticks
            if self._tokens < 1:
                raise _unreachable("too_many")
            self._tokens -= 1

    def _count_failure(self) -> float:
        with self._lock:
            now = self._means.now()
            self._retry = self._retry.failed(now, share=self._means.share())
            return (self._retry.next_at - now).total_seconds() if self._retry.next_at else 0.0

    def _count_answer(self) -> None:
        with self._lock:
            self._retry = FRESH


def _burst(a_minute: int) -> int:
    """Give how many questions may come at once: those of six seconds."""
    return max(a_minute // 10, 1)


def _context(mapping: SideMapping, folder: Path, passphrase: str) -> ssl.SSLContext:
    told = mapping.connection
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(folder / told.trusted)
        context.load_cert_chain(folder / told.certificate, folder / told.key, passphrase or (lambda: ""))
    except (OSError, ssl.SSLError, ValueError):
        raise Conflict("key_damaged", file=told.certificate) from None
    return context


def _is_of_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _unreachable(reason: str) -> PartnerUnreachable:
    return PartnerUnreachable("interpol_unreachable", reason=reason)
