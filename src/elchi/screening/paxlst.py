"""Passenger lists of airlines and trains: UN/EDIFACT PAXLST D.02B to D.12B (WCO/IATA/ICAO API guidelines, annex IIA).

A traveller is a group NAD+FL (passenger), FM (crew), DDT or DDU (crew and passengers in transit). Years of two digits:
a birth is within the hundred years up to `today`, so that a person of a hundred is read as a child; any other date is
at most 49 years before or 50 years after. Segments that do not say who travels, with what papers, are passed over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from elchi.errors import InvalidInput
from elchi.screening.edifact import Envelope, Segment, read_segments
from elchi.screening.traveller import clean_text, read_date, read_sex, read_state
from elchi.subjects import Document, PartialDate, Person

MAX_GROUP = 500
"""Segments of one traveller; the guide allows about 100."""

_COUNTED_BY = {"FL": "42", "DDU": "42", "FM": "41", "DDT": "41"}
"""Party function 3035 of a traveller to the control total 6069 that counts it: 41 crew, 42 passengers."""
_PLACES = {"125": "from", "87": "to"}
_TIMES = {"189": "departs_at", "232": "arrives_at"}
_DIGITS = re.compile(r"\d{6}(\d\d){0,3}", re.ASCII)
_GROUP_ENDS = frozenset(("NAD", "CNT", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"))
_CCYY, _CCYYMM = "602", "610"
"""The date formats 2379 that length does not tell."""

Line = tuple[int, Person | InvalidInput]


class PassengerList:
    """The travellers and the faults of a PAXLST file: segment number, and Person or fault; to be iterated once.

    Faults of a traveller: `date_invalid`, `field_type`, `field_too_long`, `subject_empty`, `paxlst_group` or that of a
    broken segment. Faults between travellers, each in its place: those of `edifact.Envelope`, `paxlst_message` for a
    message of another type, which is passed over, and `paxlst_count` for a control total that is not the travellers'.
    """

    def __init__(self, stream: BinaryIO, *, today: dt.date) -> None:
        self.journey: dict[str, str] = {}
        """Of the message read last: `carrier`, `journey`, `from`, `to`, `departs_at`, `arrives_at`, as far as given."""
        self._stream = stream
        self._today = today
        self._group: _Group | None = None
        self._other_message = False
        self._in_message: Counter[str] = Counter()
        self._in_file: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Line]:
        """Read the file.

        Raises:
            InvalidInput: `edifact_header` when it does not begin as an interchange.
        """
        envelope = Envelope()
        number = 0
        for segment in read_segments(self._stream):
            number = segment.number
            if segment.tag in _GROUP_ENDS:
                yield from self._close_group()
            fault = envelope.check(segment)
            if self._group:
                self._group.add(segment)
            else:
                fault = self._read(segment) or fault
            if fault:
                yield number, fault
        yield from self._close_group()
        if fault := envelope.end(number):
            yield number, fault

    def _close_group(self) -> Iterator[Line]:
        if self._group:
            yield self._group.line()
        self._group = None

    def _read(self, segment: Segment) -> InvalidInput | None:
        """Take a segment that belongs to no traveller yet."""
        match segment.tag:
            case "UNB":
                self._in_file.clear()
            case "UNH":
                self._in_message.clear()
                self.journey = {}
                self._other_message = segment.text(1) != "PAXLST"
                if self._other_message:
                    found = segment.text(1)[:6]
                    number = segment.number
                    return InvalidInput("paxlst_message", field="UNH", rule="paxlst", found=found, segment=number)
            case "UNT":
                self._other_message = False
            case _ if self._other_message:
                return None
            case "NAD" if segment.text(0) in _COUNTED_BY:
                self._open_group(segment)
            case "CNT":
                return self._check_count(segment)
            case "TDT" | "LOC" | "DTM":
                self._read_journey(segment)
        return segment.error

    def _open_group(self, segment: Segment) -> None:
        total = _COUNTED_BY[segment.text(0)]
        self._in_message[total] += 1
        self._in_file[total] += 1
        self._group = _Group(segment.number, self._today)
        self._group.add(segment)

    def _check_count(self, segment: Segment) -> InvalidInput | None:
        """Hold a total to the travellers of its kind, in the message or so far in the interchange, or to all."""
        kind, stated = segment.text(0), segment.text(0, 1)
        if kind not in _COUNTED_BY.values():
            return None
        found = self._in_message[kind]
        if stated.lstrip("0") in {str(n or "") for n in (found, self._in_file[kind], self._in_message.total())}:
            return None
        place = {"field": "CNT", "segment": segment.number}
        return InvalidInput("paxlst_count", **place, rule="control_count", stated=stated[:16], found=found)

    def _read_journey(self, segment: Segment) -> None:
        kind = segment.text(0)
        if segment.tag == "TDT" and kind == "20":
            given = {"journey": segment.text(1), "carrier": segment.text(4)}
        elif segment.tag == "LOC" and kind in _PLACES:
            given = {_PLACES[kind]: segment.text(1)}
        elif segment.tag == "DTM" and kind in _TIMES:
            given = {_TIMES[kind]: self._time(segment.text(0, 1))}
        else:
            return
        for name, text in given.items():
            if text:
                self.journey.setdefault(name, text)

    def _time(self, text: str) -> str:
        """Give ISO 8601 where it is a time, else what stands there: it is shown, not screened."""
        try:
            date = _read_date(text, "", "time", _far_day(self._today))
        except InvalidInput:
            return text
        return f"{date}T{text[-4:-2]}:{text[-2:]}" if len(text) in (10, 12) else str(date)


class _Group:
    """One traveller as the segments come. The first fault is kept: who cannot be read whole is not screened by half."""

    def __init__(self, number: int, today: dt.date) -> None:
        self._number = number
        self._today = today
        self._error: InvalidInput | None = None
        self._size = 0
        self._fields: dict[str, Any] = {}
        self._contacts: dict[str, list[str]] = {"TE": [], "AL": [], "EM": []}
        self._documents: list[dict[str, Any]] = []

    def add(self, segment: Segment) -> None:
        """Take the next segment of the group, NAD first."""
        self._size += 1
        read = _READERS.get(segment.tag)
        if self._error or segment.error:
            self._error = self._error or segment.error
        elif self._size > MAX_GROUP:
            place = {"field": segment.tag, "segment": segment.number}
            self._error = InvalidInput("paxlst_group", **place, rule="max_segments", maximum=MAX_GROUP)
        elif read:
            try:
                read(self, segment)
            except InvalidInput as error:
                error.params["segment"] = segment.number
                self._error = error

    def line(self) -> Line:
        """Give the traveller, or the fault."""
        if self._error:
            return self._number, self._error
        try:
            person = Person(
                **self._fields,
                phones=(*self._contacts["TE"], *self._contacts["AL"]),
                emails=tuple(self._contacts["EM"]),
                documents=tuple(Document(**given) for given in self._documents if given["document_number"]),
            )
        except InvalidInput as error:
            error.params["segment"] = self._number
            return self._number, error
        return self._number, person

    def _set(self, field: str, value: object) -> None:
        """Set what a traveller has once: a second one means that a segment between two travellers was lost."""
        if self._fields.setdefault(field, value) != value:
            raise InvalidInput("paxlst_group", field=field, rule="given_twice")

    def _read_name(self, segment: Segment) -> None:
        """Take C080: surname, then given names; one name alone, or the lines of C058, cannot be told apart."""
        family, *given = (segment.text(3, place) for place in range(5))
        if family and any(given):
            self._fields["family_name"] = clean_text("family_name", family)
            self._fields["given_names"] = clean_text("given_names", " ".join(filter(None, given)))
        else:
            lines = family or " ".join(filter(None, (segment.text(2, place) for place in range(5))))
            self._fields["name"] = clean_text("name", lines or " ".join(filter(None, given)))

    def _read_attribute(self, segment: Segment) -> None:
        if segment.text(0) == "2" and (sex := segment.text(2)):
            self._set("sex", read_sex(sex))

    def _read_nationality(self, segment: Segment) -> None:
        if segment.text(0) == "2" and (code := segment.text(1)):
            self._fields.setdefault("nationality", read_state(clean_text("nationality", code)))

    def _read_date(self, segment: Segment) -> None:
        kind, text, form = (segment.text(0, place) for place in range(3))
        if kind == "329" and text:
            latest = self._today.strftime("%Y%m%d")
            self._set("birth_date", _read_date(text, form, "birth_date", latest))
        elif kind == "36" and text and self._documents:
            self._documents[-1]["expiry_date"] = _read_date(text, form, "expiry_date", _far_day(self._today))

    def _read_place(self, segment: Segment) -> None:
        kind, code = segment.text(0), segment.text(1)
        if kind == "180":
            names = [segment.text(1, 3), segment.text(2, 3), segment.text(3, 3), code]
            self._fields.setdefault("birth_place", clean_text("birth_place", ", ".join(filter(None, names))))
        elif kind == "91" and self._documents:
            self._documents[-1]["issuer"] = read_state(clean_text("issuer", code))

    def _read_contact(self, segment: Segment) -> None:
        for place in range(len(segment.elements)):
            address, kind = segment.text(place), segment.text(place, 1)
            if address and kind in self._contacts:
                self._contacts[kind].append(clean_text("email" if kind == "EM" else "phone", address))

    def _read_document(self, segment: Segment) -> None:
        number = clean_text("document_number", segment.text(1))
        self._documents.append({"document_number": number, "document_type": segment.text(0)[:3].upper()})


_READERS: Mapping[str, Callable[[_Group, Segment], None]] = {
    "NAD": _Group._read_name,  # noqa: SLF001  the table stands beside its class
    "ATT": _Group._read_attribute,  # noqa: SLF001  the same
    "COM": _Group._read_contact,  # noqa: SLF001  the same
    "DOC": _Group._read_document,  # noqa: SLF001  the same
    "DTM": _Group._read_date,  # noqa: SLF001  the same
    "LOC": _Group._read_place,  # noqa: SLF001  the same
    "NAT": _Group._read_nationality,  # noqa: SLF001  the same
}


def _read_date(text: str, form: str, field: str, latest: str) -> PartialDate:
    """Read [CC]YYMMDD, CCYYMM, CCYY or a time; two digits of a year mean the last such day up to `latest`, CCYYMMDD."""
    if form != _CCYY and not _DIGITS.fullmatch(text):
        raise InvalidInput("date_invalid", field=field, rule="yymmdd_or_ccyymmdd")
    if len(text) in (6, 10) and form != _CCYYMM:
        century = int(latest[:2])
        text = f"{century - 1 if text > latest[2:] else century}{text}"
    return read_date("-".join(filter(None, (text[:4], text[4:6], text[6:8]))), field)


def _far_day(today: dt.date) -> str:
    return f"{today.year + 50}1231"
