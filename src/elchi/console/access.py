"""What is written to the log: who asks is never told, nor what for. A line says which page, how it ended, how long.

Paths and query strings may hold names and numbers, and so may the messages of exceptions (PostgreSQL quotes the row):
a request is told by the pattern of its address, an exception by its kind and the lines of code.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter

_log = logging.getLogger("elchi.access")
TOLD: Final = ("method", "route", "status", "ms", "duty", "count", "child", "exit", "seconds", "code")
"""What a line may say beside its message: values that this program made, and nobody typed."""
_OWN: Final = ("elchi", "_granian")
"""Loggers whose messages are known; others may quote what was typed, and only their names are told."""
_SILENT: Final = ("/healthz", "/readyz", "/metrics")
"""Asked every few seconds by machines."""


class Formatter(JsonFormatter):
    """A line of JSON: time (UTC), level, logger, message, and what `TOLD` allows."""

    def __init__(self) -> None:
        renamed = {"asctime": "at", "levelname": "level", "name": "logger", "exc_info": "error"}
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=renamed)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802  logging's
        """Write the time."""
        return dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Keep only what may be told."""
        kept = ("at", "level", "logger", "message", "error", *TOLD)
        return {name: log_data[name] for name in kept if log_data.get(name) not in (None, "")}

    def format(self, record: logging.LogRecord) -> str:
        """Write the line; of a foreign logger without its message."""
        if not record.name.startswith(_OWN):
            record = logging.makeLogRecord({**record.__dict__, "msg": "", "args": None, "route": _route_of(record)})
            record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> Any:  # noqa: N802  logging's name
        """Tell the kinds of the exceptions and the lines of code, and no message."""
        kind, error, trace = ei
        return _told(kind, error, trace)


def _told(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> str:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__) if error else None
    before = f"{_told(type(cause), cause, cause.__traceback__)}; then " if cause else ""
    frames = [f"{frame.name} ({frame.filename.rpartition('/')[2]}:{frame.lineno})" for frame in _frames(trace)]
    return f"{before}{kind.__module__}.{kind.__qualname__} at {' > '.join(frames[-12:])}"


def _frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(trace)) if trace else []


def _route_of(record: logging.LogRecord) -> str:
    return route_of(getattr(record, "request", None))


def route_of(request: HttpRequest | None) -> str:
    """Give the pattern of the address that was asked, `cases/<int:case_id>/`; `-` where there is none."""
    match = getattr(request, "resolver_match", None)
    return match.route if match else "-"


def access_log(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Write a line for each request."""

    def answered(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        answered = answer(request)
        if request.path not in _SILENT and not request.path.startswith("/static/"):
            told = {
                "method": request.method if request.method in _METHODS else "-",
                "route": route_of(request),
                "status": answered.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
            _log.info("answered", extra=told)
        return answered

    return answered


_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
