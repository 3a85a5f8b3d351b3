"""Propose repairs for a zone that a camera or a person misread. Nothing here changes what was read.

Only the pairs that readers of OCR-B mix up are looked at. First what cannot stand where it stands: a letter among
digits, a digit among letters. Then, where a check digit still fails, one look-alike in the field it covers that makes
it pass. A check digit finds one wrong character in any place but cannot say which: each way that fits is one
suggestion, and a person chooses with the document in hand.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from elchi.documents.mrz import Mrz, read_mrz
from elchi.documents.mrz_layout import LAYOUTS, Layout

LOOK_ALIKES = {"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B"}
"""Digit to letter, as they are taken for each other."""

SUGGESTION_LIMIT = 8
_TRIALS = 256  # combinations looked at; a zone with more failing fields than that allows for is to be read again

_TO_LETTER = LOOK_ALIKES
_TO_DIGIT = {letter: digit for digit, letter in LOOK_ALIKES.items()}
_SWAP = _TO_LETTER | _TO_DIGIT


@dataclass(frozen=True, slots=True)
class Repair:
    """One character that may have been misread."""

    field: str
    line: int
    """From 1."""
    position: int
    """In the line, from 0."""
    found: str
    suggested: str
    reason: str
    """`digit_expected`, `letter_expected` or `check_digit`."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to repair a zone."""

    repairs: tuple[Repair, ...]
    lines: tuple[str, ...]
    """The lines with the repairs made; read them with `read_mrz` once a person has agreed."""
    check_digits_valid: bool
    """Whether every check digit is right after it."""


def suggest_repairs(mrz: Mrz) -> tuple[Suggestion, ...]:
    """Suggest how misread characters could be repaired, best first: all check digits right, then fewest repairs.

    Returns:
        At most SUGGESTION_LIMIT suggestions; none for a zone without faults or without look-alikes to explain them.
    """
    layout = LAYOUTS[mrz.format]
    read = "".join(mrz.lines)
    placed, reasons = _put_classes_right(read, layout)
    found: dict[str, Suggestion] = {}
    for swaps in itertools.islice(_swaps_that_pass(placed, layout), _TRIALS):
        repaired = list(placed)
        for at in swaps:
            repaired[at] = _SWAP[placed[at]]
        text = "".join(repaired)
        if text != read and text not in found:
            found[text] = _suggestion(read, text, layout, reasons)
    order = sorted(found.values(), key=lambda one: (not one.check_digits_valid, len(one.repairs)))
    return tuple(order[:SUGGESTION_LIMIT])


def _put_classes_right(text: str, layout: Layout) -> tuple[str, dict[int, str]]:
    chars, reasons = list(text), {}
    for at, (char, kind) in enumerate(zip(text, layout.classes, strict=True)):
        if kind == "n" and char in _TO_DIGIT:
            chars[at], reasons[at] = _TO_DIGIT[char], "digit_expected"
        elif kind == "a" and char in _TO_LETTER:
            chars[at], reasons[at] = _TO_LETTER[char], "letter_expected"
    return "".join(chars), reasons


def _swaps_that_pass(text: str, layout: Layout) -> Iterator[tuple[int, ...]]:
    """Give, for each way to mend the failing fields by one look-alike each, the positions to swap."""
    ways: list[list[int | None]] = []
    failing = _failing(text)
    for mrz_field in failing:
        if mrz_field == "composite" and len(failing) > 1:
            continue  # it fails because of the others
        positions = _covered(mrz_field, layout)
        mending = [at for at in positions if text[at] in _SWAP and mrz_field not in _failing(_swap(text, at))]
        ways.append([*mending, None])  # leaving it as it is stays one of the ways
    for combination in itertools.product(*ways):
        yield tuple(sorted({at for at in combination if at is not None}))


def _failing(text: str) -> list[str]:
    faults = read_mrz(text, today=_ANY_DAY).faults
    return [fault.field for fault in faults if fault.code == "check_digit"]


_ANY_DAY = dt.date(2000, 1, 1)  # check digits do not depend on the century


def _covered(mrz_field: str, layout: Layout) -> list[int]:
    """Positions of both letters and digits that the check digit of a field covers."""
    if mrz_field == "composite":
        parts = list(layout.composite)
    else:
        parts = {
            "document_number": [layout.number, layout.optional] if layout.long_numbers else [layout.number],
            "optional": [layout.optional],
        }.get(mrz_field, [])
    return [at for part in parts for at in range(part.start, part.stop) if layout.classes[at] == "x"]


def _swap(text: str, at: int) -> str:
    return text[:at] + _SWAP[text[at]] + text[at + 1 :]


def _suggestion(read: str, repaired: str, layout: Layout, reasons: dict[int, str]) -> Suggestion:
    repairs = []
    for at, (found, suggested) in enumerate(zip(read, repaired, strict=True)):
        if found != suggested:
            line, position = layout.place(at)
            reason = reasons.get(at, "check_digit")
            repairs.append(Repair(layout.field_at(at), line, position, found, suggested, reason))
    lines = tuple(repaired[line] for line in layout.lines)
    return Suggestion(tuple(repairs), lines, check_digits_valid=not _failing(repaired))
