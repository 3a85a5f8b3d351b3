"""A simulator of the online side: a real HTTPS server that wants a certificate, with faults to switch on.

It is no copy of INTERPOL's interface, which is not public: it speaks as `find_like.toml` says. Tests and the demo talk
to it; what it knows are the invented records that it is given.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Self

from elchi.documents.mark import fold_mark
from elchi.errors import InvalidInput
from elchi.names.compare import compare

_MAX_BODY: Final = 1 << 16
_SAME_NAME: Final = 0.9
_MARKS: Final = {"document": ("number",), "vehicle": ("plate", "vin"), "firearm": ("serial",)}


class Fault(StrEnum):
    """What the simulator does wrong from now on."""

    NONE = "none"
    SLOW = "slow"
    """It answers after `slow_seconds`."""
    BROKEN = "broken"
    """500."""
    BUSY = "busy"
    """429."""
    CUT = "cut"
    """It breaks off in the middle of an answer."""
    MALFORMED = "malformed"
    """No JSON."""
    HUGE = "huge"
    """Two megabytes."""
    REPLAYED = "replayed"
    """The answer to another question."""
    SKEWED = "skewed"
    """Its clock is a day behind."""
    OTHER_COUNTRY = "other_country"
    """It answers to another country."""
    OWNER_UNKNOWN = "owner_unknown"
    """A record of a country that does not exist."""


class Simulator:
    """The server. Use it in a `with` block, or `serve` and `close` it."""

    def __init__(
        self, records: Sequence[dict[str, Any]], *, certificate: Path, key: Path, trusted: Path, port: int = 0
    ) -> None:
        """Bind a port.

        Args:
            records: `{"kind", "recordId", "owner", "status", ..}` and the marks of their kind, as in `find_like.toml`.
            certificate: PEM, which it presents.
            key: PEM, of the certificate.
            trusted: PEM, of who may ask.
            port: 0 for any that is free.
        """
        self.records, self.fault, self.slow_seconds, self.asked = [dict(one) for one in records], Fault.NONE, 1.0, 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(trusted)
        self._server = _Server(("127.0.0.1", port), _Answering)
        self._server.simulator = self
        self._server.context = context
        self._server.connections = set()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        """Answer, in this thread, until something breaks it off."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Give the port back, and break off who is still connected."""
        self._server.server_close()
        for connection in tuple(self._server.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self.close()

    def found(self, kind: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Give the records that what is asked about has."""
        return [one for one in self.records if one["kind"] == kind and _fits(kind, one, asked.get(kind, {}))]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    simulator: Simulator
    context: ssl.SSLContext
    connections: set[ssl.SSLSocket]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the thread of the request: a slow caller must not hold up the next one."""
        request.settimeout(10)
        try:
            secured = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        self.connections.add(secured)
        try:
            with secured:
                super().finish_request(secured, client_address)
        finally:
            self.connections.discard(secured)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: callers break off, that is what they test."""


class _Answering(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the body of an answer waits 40 ms for the acknowledgement of its head

    def do_POST(self) -> None:
        """Answer a question."""
        simulator = self.server.simulator
        simulator.asked += 1
        content = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MAX_BODY))
        fault = simulator.fault
        if fault in (Fault.BROKEN, Fault.BUSY):
            self._send(500 if fault == Fault.BROKEN else 429, b"{}")
            return
        if fault == Fault.SLOW:
            time.sleep(simulator.slow_seconds)
        kind = self.path.rpartition("/")[2]
        try:
            asked = json.loads(content)
            told = _answer(asked, simulator.found(kind, asked), fault)
        except (ValueError, TypeError, KeyError, AttributeError):
            self._send(400, b"{}")
            return
        match fault:
            case Fault.MALFORMED:
                self._send(200, b"<html>Sign in</html>")
            case Fault.HUGE:
                self._send(200, b" " * (2 << 20))
            case Fault.CUT:
                self._send(200, told, cut=True)
            case _:
                self._send(200, told)

    def log_message(self, *_: Any) -> None:
        """Keep questions out of the log."""

    def _send(self, status: int, content: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = cut


def _answer(asked: dict[str, Any], found: list[dict[str, Any]], fault: Fault) -> bytes:
    at = dt.datetime.now(dt.UTC) - dt.timedelta(days=fault == Fault.SKEWED)
    records = [{name: one[name] for name in ("recordId", "owner", "status")} for one in found]
    if fault == Fault.OWNER_UNKNOWN:
        records = [{"recordId": "1", "owner": "ZZZ", "status": "STOLEN"}]
    return json.dumps(
        {
            "requestId": "another" if fault == Fault.REPLAYED else asked["requestId"],
            "responseTime": at.isoformat(timespec="seconds"),
            "requestorCountry": "ZZ" if fault == Fault.OTHER_COUNTRY else asked["requestor"]["country"],
            "result": {"records": records},
        }
    ).encode()


def _fits(kind: str, record: dict[str, Any], asked: dict[str, Any]) -> bool:
    if kind == "person":
        same_day = record.get("birthDate") == asked.get("birthDate")
        name = asked.get("name") or f"{asked.get('familyName', '')}, {asked.get('givenNames', '')}"
        return same_day and compare(name, record["name"]).score >= _SAME_NAME
    if "issuer" in record and record["issuer"] != asked.get("issuer"):
        return False
    return any(_same_mark(record.get(name), asked.get(name)) for name in _MARKS[kind])


def _same_mark(listed: Any, asked: Any) -> bool:
    try:
        return bool(listed and asked) and fold_mark(listed, field="mark") == fold_mark(asked, field="mark")
    except InvalidInput:
        return False
