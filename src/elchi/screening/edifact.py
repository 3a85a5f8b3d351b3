"""UN/EDIFACT syntax (ISO 9735 versions 1 to 4): bytes in, segments out, one at a time, the envelope held to its counts.

A faulty segment carries its fault and reading goes on behind it: one passenger's broken segment must not hide the next
passenger. Own code after a trial of the PyPI packages: pydifact 0.2.3 wants the whole file as one string, ends at the
first fault without its place, raises IndexError and ValueError, and refuses joined interchanges; edison-parser and
edifactlib need a newer Python; bots is GPL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from elchi.errors import InvalidInput

MAX_SEGMENT = 4_096
"""Bytes of one segment; the longest that the PAXLST guide allows has under 1,000."""

_CHUNK = 1 << 16
_PREAMBLE = 1_024
"""Bytes before UNA or UNB that may be the address lines of a telex (IATA Type B)."""

_CODECS = {
    "UNOA": "utf-8",  # ASCII, says the standard; carriers that send more send UTF-8, and other bytes are refused
    "UNOB": "utf-8",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
}
"""Character repertoires of data element 0001 (ISO 9735-1 annex A)."""

_DEFAULT_MARKS = b":+.? '"
_START = re.compile(rb"UNA(?=.{6}\s*UNB)|UNB(?=\+)", re.DOTALL)
_BLANK = rb"[ \t\r\n\x00-\x03\x1a]*+"
"""What stands between segments: line ends, and the controls of telex lines and old file ends."""

_TAG = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)
_LINE_ENDS = re.compile(rb"[\r\n]+")
"""No data of EDIFACT: senders wrap their lines anywhere."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; `elements` are its data elements without the tag, each a list of components."""

    number: int
    """Place in the file from 1, UNA not counted."""
    tag: str
    elements: tuple[list[str], ...] = ()
    error: InvalidInput | None = None

    def text(self, element: int, component: int = 0) -> str:
        """Give one component, both counted from 0, without blanks at its ends; empty when it is absent."""
        if element < len(self.elements) and component < len(self.elements[element]):
            return self.elements[element][component].strip()
        return ""


def read_segments(stream: BinaryIO) -> Iterator[Segment]:
    """Read the segments of one or more interchanges; a faulty one has `error`: `edifact_segment` with its `rule`.

    Raises:
        InvalidInput: `edifact_header` when the file does not begin as an interchange or names an unknown character set.
    """
    source = _Source(stream)
    number = 0
    while source.open_interchange(first=number == 0):
        tag = ""
        while tag != "UNZ" and (raw := source.next_segment()) is not None:
            number += 1
            segment = source.split(number, *raw)
            tag = segment.tag
            if tag == "UNB":
                source.codec = _codec(segment)
            yield segment
    if source.has_rest():
        yield _faulty(number + 1, "", "nothing_after_unz")


def _codec(header: Segment) -> str:
    codec = _CODECS.get(header.text(0))
    if codec is None:
        allowed = sorted(_CODECS)
        raise InvalidInput("edifact_header", field="UNB", rule="one_of", allowed=allowed, segment=header.number)
    return codec


def _faulty(number: int, tag: str, rule: str) -> Segment:
    return Segment(number, tag, error=InvalidInput("edifact_segment", field=tag, rule=rule, segment=number))


class _Source:
    """A byte stream, the part of it in memory, and the marks and character set in force."""

    def __init__(self, stream: BinaryIO) -> None:
        self.codec = "utf-8"
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self._set_marks(_DEFAULT_MARKS)

    def _set_marks(self, advice: bytes) -> None:
        """Take the six characters of UNA (ISO 9735-1 section 8.1); a blank for the release character means none."""
        component, element, _decimal, release, _reserved, end = (advice[i : i + 1] for i in range(6))
        marks = [component, element, end] if release == b" " else [component, element, end, release]
        if len(set(marks)) < len(marks) or not all(b"!" <= mark <= b"\x7f" and not mark.isalnum() for mark in marks):
            raise InvalidInput("edifact_header", field="UNA", rule="distinct_marks")
        self._component, self._element = component.decode(), element.decode()
        self._release = release.decode().strip()
        stop, released = re.escape(end), re.escape(release)
        body = b"[^" + stop + b"]*+" if release == b" " else b"(?:[^%b%b]++|%b.)*+" % (stop, released, released)
        self._body = re.compile(body, re.DOTALL)
        self._segment = re.compile(_BLANK + b"(" + body + b")" + stop + _BLANK, re.DOTALL)
        self._end = end

    def _fill(self) -> bool:
        chunk = self._stream.read(_CHUNK)
        if chunk:
            self._buffer = self._buffer[self._at :] + chunk
            self._at = 0
        return bool(chunk)

    def has_rest(self) -> bool:
        """Tell whether anything but blanks is left."""
        self._fill_to(_PREAMBLE)
        return bool(re.sub(_BLANK, b"", self._buffer[self._at :]))

    def _fill_to(self, size: int) -> None:
        while len(self._buffer) - self._at < size and self._fill():
            pass

    def open_interchange(self, *, first: bool) -> bool:
        """Move to the next UNB and take the UNA before it; false when there is none."""
        self._fill_to(_PREAMBLE)
        start = _START.search(self._buffer, self._at, self._at + _PREAMBLE)
        if start is None:
            if first:
                raise InvalidInput("edifact_header", field="UNB", rule="una_or_unb")
            return False
        advised = start.group() == b"UNA"
        self._at = start.end() + 6 if advised else start.start()
        self._set_marks(self._buffer[start.end() : self._at] if advised else _DEFAULT_MARKS)
        return True

    def next_segment(self) -> tuple[bytes, str] | None:
        """Give the next segment without its terminator and the rule it breaks, if any; None at the end of the file."""
        found = self._segment.match(self._buffer, self._at)
        while found is None and len(self._buffer) - self._at <= MAX_SEGMENT and self._fill():
            found = self._segment.match(self._buffer, self._at)
        if found is None:
            return self._skip_segment()
        self._at = found.end()
        return found.group(1), "length" if len(found.group(1)) > MAX_SEGMENT else ""

    def _skip_segment(self) -> tuple[bytes, str] | None:
        """Pass over a segment that does not end within MAX_SEGMENT, keeping no more of it than its tag."""
        begin = re.sub(rb"\A" + _BLANK, b"", self._buffer[self._at : self._at + MAX_SEGMENT])[:3]
        long = len(self._buffer) - self._at > MAX_SEGMENT
        while True:
            body = self._body.match(self._buffer, self._at)
            self._at = body.end() if body else self._at
            if self._buffer[self._at : self._at + 1] == self._end:
                self._at += 1
                return begin, "length"
            if not self._fill():
                break
        self._at = len(self._buffer)
        return (begin, "length" if long else "terminator") if begin else None

    def split(self, number: int, raw: bytes, rule: str) -> Segment:
        """Take a segment apart (ISO 9735-1 section 7)."""
        tag = raw[:3].decode("ascii", "replace")
        if rule:
            return _faulty(number, tag, rule)
        try:
            text = _LINE_ENDS.sub(b"", raw).decode(self.codec)
        except UnicodeDecodeError:
            return _faulty(number, tag, "character_set")
        (tag, *_), *elements = self._elements(text)
        if not _TAG.fullmatch(tag):
            return _faulty(number, tag[:3], "tag")
        return Segment(number, tag, tuple(elements))

    def _elements(self, text: str) -> list[list[str]]:
        if not self._release or self._release not in text:
            return [element.split(self._component) for element in text.split(self._element)]
        elements = [[""]]
        characters = iter(text)
        for character in characters:
            if character == self._element:
                elements.append([""])
            elif character == self._component:
                elements[-1].append("")
            else:
                elements[-1][-1] += next(characters, "") if character == self._release else character
        return elements


@dataclass(slots=True)
class _Level:
    header: str
    trailer: str
    place: int
    """Which data element of the header the trailer repeats."""
    reference: str | None = None
    """None while it is closed."""
    count: int = 0


class Envelope:
    """Interchange, group and message as they open and close, held to the counts and references of their trailers."""

    def __init__(self) -> None:
        self._levels = (_Level("UNB", "UNZ", 4), _Level("UNG", "UNE", 4), _Level("UNH", "UNT", 0))
        self._interchange, self._group, self._message = self._levels
        self._depths = {tag: i for i, level in enumerate(self._levels) for tag in (level.header, level.trailer)}

    def check(self, segment: Segment) -> InvalidInput | None:
        """Take the next segment and give what is wrong with the envelope there.

        The faults are `edifact_order`, `edifact_count` and `edifact_reference`, with `field` and `segment`.
        """
        depth = self._depths.get(segment.tag)
        if depth is None:
            return self._content(segment)
        if segment.tag == self._levels[depth].header:
            return self._open(depth, segment)
        return self._close(depth, segment)

    def end(self, number: int) -> InvalidInput | None:
        """Give the fault of a file that ends after segment `number` with something still open."""
        return self._shut(0, number)

    def _content(self, segment: Segment) -> InvalidInput | None:
        self._message.count += 1
        if self._message.reference is not None:
            return None
        self._message.reference = ""  # so that it is said once, not for each segment
        return InvalidInput("edifact_order", field="UNH", rule="header_missing", segment=segment.number)

    def _open(self, depth: int, segment: Segment) -> InvalidInput | None:
        fault = self._shut(depth, segment.number)
        level = self._levels[depth]
        level.reference = segment.text(level.place)
        level.count = 1 if level is self._message else 0
        if level is self._group or (level is self._message and self._group.reference is None):
            self._interchange.count += 1
        elif level is self._message:
            self._group.count += 1
        return fault

    def _close(self, depth: int, segment: Segment) -> InvalidInput | None:
        level = self._levels[depth]
        fault = self._shut(depth + 1, segment.number)
        found = level.count + (1 if level is self._message else 0)
        reference, level.reference = level.reference, None
        stated = segment.text(0)
        if reference is None:
            return InvalidInput("edifact_order", field=level.header, rule="header_missing", segment=segment.number)
        if not fault and (stated.lstrip("0") or "0") != str(found):
            place = {"field": segment.tag, "segment": segment.number}
            return InvalidInput("edifact_count", **place, rule="control_count", stated=stated[:16], found=found)
        if not fault and reference and segment.text(1) != reference:
            return InvalidInput("edifact_reference", field=segment.tag, rule="same_as_header", segment=segment.number)
        return fault

    def _shut(self, depth: int, number: int) -> InvalidInput | None:
        """Close this level and those within it; the innermost that was open has lost its trailer."""
        fault = None
        for level in self._levels[depth:]:
            if level.reference is not None:
                fault = InvalidInput("edifact_order", field=level.trailer, rule="trailer_missing", segment=number)
            level.reference = None
        return fault
