"""Content has one form; what has another one is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from elchi.errors import InvalidInput
from elchi.seal.canonical import decode_bytes, encode_bytes, read_canonical, read_time, write_canonical, write_time

# RFC 8785, 3.2.3 and 3.2.2: order by UTF-16 code units, the shortest escapes.
RFC_8785 = {
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis",
}  # fmt: skip
SORTED = ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
          "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"]  # fmt: skip


def test_names_are_sorted_as_the_standard_says() -> None:
    assert list(read_canonical(write_canonical(RFC_8785)).values()) == SORTED


def test_strings_are_written_as_the_standard_says() -> None:
    written = write_canonical({"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"})
    assert written == '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"a":1.0}', b'{"a":1.5}', b'{"a":1e2}',
        b'{"a":-0}', b'{"a":9007199254740992}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":"\\u0041"}', b'{"a":"\\/"}',
        b'{"a":"\xff"}', b'{"a":"\\ud800"}', b'\xef\xbb\xbf{"a":1}', b'{"a":1}\n', b"", b"{", b"[" * 100_000,
        b'{"a":' + b"9" * 5_000 + b"}", '{"a":1}'.encode("utf-16"),
    ],
)  # fmt: skip
def test_another_form_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_canonical(content)


@pytest.mark.parametrize("value", [{"a": 1.5}, {"a": 2**53}, {"a": float("nan")}, {1: 2}, {"a": b"x"}, {"a": "\ud800"}])
def test_what_has_no_form_is_not_written(value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        write_canonical(value)
    assert caught.value.code == "document_unwritable"


def test_bytes_have_one_text() -> None:
    assert [encode_bytes(bytes([0xFB, 0xFF])), decode_bytes("-_8")] == ["-_8", b"\xfb\xff"]
    for text in ("-_8=", "+/8", "-_9", "-_8\n", "-", " -_8", "é", 5, None):
        with pytest.raises(ValueError, match=r"."):
            decode_bytes(text)


def test_times_have_one_text() -> None:
    at = dt.datetime(2026, 11, 21, 15, 30, 1, 250_000, tzinfo=dt.timezone(dt.timedelta(hours=5)))
    assert write_time(at) == "2026-11-21T10:30:01.250Z"
    assert read_time("2026-11-21T10:30:01.250Z") == at
    for text in ("2026-11-21T10:30:01Z", "2026-11-21 10:30:01.250Z", "2026-11-21T10:30:60.000Z", "x" * 23 + "Z", 7):
        with pytest.raises(ValueError, match=r"."):
            read_time(text)
