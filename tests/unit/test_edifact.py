from __future__ import annotations

import io

import pytest

from elchi.errors import InvalidInput
from elchi.screening.edifact import MAX_SEGMENT, Envelope, Segment, read_segments

UNB = b"UNB+UNOC:3+A+B+260613:0640+9'"


class Trickle(io.BytesIO):
    """A stream that gives three bytes at a time, so that every mark falls on a border once."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(3 if size else size)


def segments(content: bytes) -> list[tuple[str, tuple[list[str], ...]]]:
    whole = [(found.tag, found.elements) for found in read_segments(io.BytesIO(content))]
    assert whole == [(found.tag, found.elements) for found in read_segments(Trickle(content))]
    return whole


def faults(content: bytes) -> list[tuple[int, str, object]]:
    found = [
        (segment.number, segment.tag, segment.error.params["rule"])
        for segment in read_segments(io.BytesIO(content))
        if segment.error
    ]
    trickled = list(read_segments(Trickle(content)))
    assert found == [(one.number, one.tag, one.error.params["rule"]) for one in trickled if one.error]
    return found


def test_elements_and_components_are_split() -> None:
    assert segments(UNB + b"LOC+180+USA+:::ANYCITY'") == [
        ("UNB", (["UNOC", "3"], ["A"], ["B"], ["260613", "0640"], ["9"])),
        ("LOC", (["180"], ["USA"], ["", "", "", "ANYCITY"])),
    ]


def test_release_character_frees_every_mark_and_itself() -> None:
    assert segments(UNB + b"NAD+A?'B?+C?:D??+E'")[1] == ("NAD", (["A'B+C:D?"], ["E"]))


def test_marks_of_una_are_used_and_forgotten_with_its_interchange() -> None:
    other = b"UNA|^,! ~UNB^UNOC|3^A^B^260613|0640^9~NAD^X|Y+Z!~^?~UNZ^0^9~"
    assert segments(other + UNB + b"NAD+X|Y:Z'")[1::3] == [
        ("NAD", (["X", "Y+Z~"], ["?"])),
        ("NAD", (["X|Y", "Z"],)),
    ]


def test_una_without_a_release_character() -> None:
    assert segments(b"UNA:+.  '" + UNB + b"NAD+A?'NAT+B'")[1:] == [("NAD", (["A?"],)), ("NAT", (["B"],))]


@pytest.mark.parametrize("advice", [b"::.? '", b"A+.? '", b":+.?  ", b":+.+ '", b"\xc3+.? '"])
def test_marks_that_cannot_be_told_apart_are_refused(advice: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        list(read_segments(io.BytesIO(b"UNA" + advice + UNB)))
    assert str(refused.value) == "edifact_header(field='UNA', rule='distinct_marks')"


def test_lines_may_be_wrapped_anywhere_and_telex_lines_stand_around() -> None:
    wrapped = b"QN ALAXXXX\r\n.TASXXXX 130640\r\n\x02" + UNB + b"\r\nNA\r\nD+FL+++AB\r\nC'\n\nUNZ+0+9'\r\n\x03"
    assert segments(wrapped)[1:] == [("NAD", (["FL"], [""], [""], ["ABC"])), ("UNZ", (["0"], ["9"]))]


@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("UNOA", "utf-8", "ALI YYÉ"),
        ("UNOC", "latin-1", "YYÉ"),
        ("UNOE", "iso8859-5", "ИВАНОВ"),
        ("UNOW", "utf-8", "Әли"),
    ],
)
def test_character_sets(name: str, codec: str, text: str) -> None:
    content = f"UNB+{name}:4+A+B+260613:0640+9'NAD+{text}'".encode(codec)
    assert segments(content)[1] == ("NAD", ([text],))


def test_character_set_is_refused_when_unknown() -> None:
    with pytest.raises(InvalidInput) as refused:
        list(read_segments(io.BytesIO(b"UNB+UNOX:3+A+B'")))
    assert refused.value.code == "edifact_header"
    assert refused.value.params["rule"] == "one_of"


@pytest.mark.parametrize("content", [b"", b"id,name\n1,Test\n", b"UNH+1+PAXLST'", b"\0" * 5_000])
def test_what_does_not_begin_as_an_interchange_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        list(read_segments(io.BytesIO(content)))
    assert str(refused.value) == "edifact_header(field='UNB', rule='una_or_unb')"


def test_faulty_segments_are_told_and_passed() -> None:
    long = b"FTX+" + b"X" * MAX_SEGMENT + b"?''"
    far = b"FTX+" + b"X?'" * 100_000 + b"'"
    content = UNB.replace(b"UNOC", b"UNOW") + b"NAD+\xff'nad+FL'" + long + far + b"'NAT+2'UNZ+0+9'rest'"
    assert faults(content) == [
        (2, "NAD", "character_set"),
        (3, "nad", "tag"),
        (4, "FTX", "length"),
        (5, "FTX", "length"),
        (6, "", "tag"),
        (9, "", "nothing_after_unz"),
    ]


@pytest.mark.parametrize(
    ("tail", "rule"), [(b"NAD+FL", "terminator"), (b"NAD?", "terminator"), (b"N" * 9_000, "length")]
)
def test_a_last_segment_without_an_end_is_a_fault(tail: bytes, rule: str) -> None:
    assert faults(UNB + tail) == [(2, tail[:3].decode(), rule)]


def test_a_segment_of_just_the_greatest_length_is_read() -> None:
    content = b"FTX+" + b"X" * (MAX_SEGMENT - 4)
    assert segments(UNB + content + b"'")[1] == ("FTX", (["X" * (MAX_SEGMENT - 4)],))


def envelope_faults(written: str) -> list[str]:
    envelope = Envelope()
    read = list(read_segments(io.BytesIO(UNB + written.encode())))
    found = [envelope.check(segment) for segment in read] + [envelope.end(len(read))]
    return [str(fault) for fault in found if fault]


def test_a_whole_envelope_has_no_fault() -> None:
    assert envelope_faults("UNH+1'BGM+745'UNT+3+1'UNH+2'UNT+02+2'UNZ+2+9'") == []
    assert envelope_faults("UNG+PAXLST+A+B+C+7'UNH+1'UNT+2+1'UNH+2'UNT+2+2'UNE+2+7'UNZ+1+9'") == []


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("UNH+1'UNT+3+1'UNZ+1+9'", "edifact_count(field='UNT', segment=3, rule='control_count', stated='3', found=2)"),
        ("UNH+1'UNT++1'UNZ+1+9'", "edifact_count(field='UNT', segment=3, rule='control_count', stated='', found=2)"),
        ("UNH+1'UNT+2+1'UNZ+2+9'", "edifact_count(field='UNZ', segment=4, rule='control_count', stated='2', found=1)"),
        (
            "UNG+++++7'UNE+1+7'UNZ+1+9'",
            "edifact_count(field='UNE', segment=3, rule='control_count', stated='1', found=0)",
        ),
        ("UNH+1'UNT+2+2'UNZ+1+9'", "edifact_reference(field='UNT', rule='same_as_header', segment=3)"),
        ("UNZ+0+8'", "edifact_reference(field='UNZ', rule='same_as_header', segment=2)"),
        ("UNH+1'UNZ+1+9'", "edifact_order(field='UNT', rule='trailer_missing', segment=3)"),
        ("UNH+1'UNH+2'UNT+2+2'UNZ+2+9'", "edifact_order(field='UNT', rule='trailer_missing', segment=3)"),
        ("UNT+1+1'UNZ+0+9'", "edifact_order(field='UNH', rule='header_missing', segment=2)"),
        ("BGM+745'NAD+FL'UNZ+0+9'", "edifact_order(field='UNH', rule='header_missing', segment=2)"),
        ("UNH+1'UNT+2+1'", "edifact_order(field='UNZ', rule='trailer_missing', segment=3)"),
        ("UNH+1'", "edifact_order(field='UNT', rule='trailer_missing', segment=2)"),
    ],
)
def test_envelope_faults(written: str, fault: str) -> None:
    assert envelope_faults(written)[0] == fault


def test_absent_components_are_empty() -> None:
    assert Segment(1, "NAD", (["FL "],)).text(0) == "FL"
    assert Segment(1, "NAD", (["FL"],)).text(0, 1) == ""
    assert Segment(1, "NAD", (["FL"],)).text(1) == ""
