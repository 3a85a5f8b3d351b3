"""What stands in a line of the log, and what never does."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from django.test import RequestFactory

from elchi.console.access import Formatter

NAME = "Oosterhuis"


def line(logger: str, message: str, *args: object, **given: Any) -> dict[str, Any]:
    record = logging.getLogger(logger).makeRecord(
        logger, logging.INFO, __file__, 1, message, args, given.pop("exc_info", None), extra=given
    )
    told: dict[str, Any] = json.loads(Formatter().format(record))
    assert told.pop("at").endswith("+00:00")
    return told


def test_a_line_of_ours() -> None:
    told = line("elchi.access", "answered", method="GET", route="check/", status=200, ms=1.5)
    assert told == {
        "level": "INFO", "logger": "elchi.access", "message": "answered", "method": "GET", "route": "check/",
        "status": 200, "ms": 1.5,
    }  # fmt: skip


def test_what_else_is_told_along_is_left_out() -> None:
    assert NAME not in str(line("elchi.access", "answered", who=NAME, request=RequestFactory().get(f"/{NAME}")))


def test_a_foreign_logger_tells_its_name_only() -> None:
    told = line("django.request", "Not Found: %s", f"/{NAME}/", request=RequestFactory().get(f"/{NAME}/"))
    assert told == {"level": "INFO", "logger": "django.request", "route": "-"}
    assert line("httpx", f"GET https://example.org/{NAME}") == {"level": "INFO", "logger": "httpx", "route": "-"}


def _fail(name: str) -> None:
    try:
        raise ValueError(f"Key (name)=({name})")  # noqa: TRY301  it is what is tested
    except ValueError as error:
        raise RuntimeError(f"of {name}") from error


def test_an_exception_tells_kinds_and_lines_of_code_and_no_message() -> None:
    for logger in ("elchi.worker", "django.request"):
        try:
            _fail(NAME)
        except RuntimeError:
            told = line(logger, "failed", exc_info=sys.exc_info())
        assert told["error"].startswith("builtins.ValueError at _fail (test_access_log.py:")
        assert "; then builtins.RuntimeError at " in told["error"]
        assert NAME not in str(told)
