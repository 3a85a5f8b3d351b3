"""Write machine-readable zones of the five formats (ICAO Doc 9303, 8th edition, Parts 3 to 7)."""

from __future__ import annotations

import re

from elchi.documents.mrz import MrzFields
from elchi.documents.mrz_layout import LAYOUTS, VISAS, Layout, check_digit
from elchi.errors import InvalidInput

NAME_LIMIT = 500
"""Letters that the names together may have before they are cut to the room of the zone."""

_DATE = re.compile(r"(?:\d\d(\d\d)(?:-(\d\d)(?:-(\d\d))?)?)?", re.ASCII)
_SEXES = {"F": "F", "M": "M", "X": "<", "": "<"}


def write_mrz(fields: MrzFields) -> tuple[str, ...]:
    """Write the lines of a machine-readable zone, check digits included.

    Names are already in A-Z (transliteration is the part of `elchi.names`): blanks and hyphens become fillers, and
    apostrophes go (9303-3 4.6). Names that are too long are cut so that the last position is a letter and at least one
    letter of the given names remains (9303-4 4.2.3 and alike). A document number of more than nine characters runs on
    into the optional data where the format allows it (TD1, TD2).

    Returns:
        Two or three lines, which `read_mrz` reads back as the same fields.

    Raises:
        InvalidInput: `mrz_field_invalid` with `field`, `rule` (`characters`, `length`, `missing`, `date`, `sex`,
            `document_type`: V is for visas alone) and, for a character, its `position`.
    """
    layout = LAYOUTS[fields.format]
    flat = ["<"] * layout.size
    document_type = _letters(fields.document_type, "document_type")
    if not document_type or document_type.startswith("V") != (fields.format in VISAS):
        raise InvalidInput("mrz_field_invalid", field="document_type", rule="document_type")
    _put(flat, slice(0, 2), "document_type", document_type)
    _put(flat, slice(2, 5), "issuer", _letters(fields.issuer, "issuer"))
    _put(flat, layout.names, "family_name", _fit_names(fields, layout.names.stop - layout.names.start))
    number, check, optional = _number_and_optional(fields, layout)
    _put(flat, layout.number, "document_number", number)
    flat[layout.number.stop] = check
    _put(flat, layout.optional, "optional", optional)
    _put(flat, layout.optional_2, "optional_2", _plain(fields.optional_2, "optional_2"))
    _put(flat, layout.nationality, "nationality", _letters(fields.nationality, "nationality"))
    _put_dates(flat, fields, layout)
    if fields.sex not in _SEXES:
        raise InvalidInput("mrz_field_invalid", field="sex", rule="sex")
    flat[layout.sex] = _SEXES[fields.sex]
    if layout.optional_check:
        flat[layout.optional_check] = check_digit("".join(flat[layout.optional]))
    if layout.composite_check:
        flat[layout.composite_check] = check_digit("".join("".join(flat[part]) for part in layout.composite))
    return tuple("".join(flat[line]) for line in layout.lines)


def _put_dates(flat: list[str], fields: MrzFields, layout: Layout) -> None:
    for part, date, field in (
        (layout.birth, fields.birth_date, "birth_date"),
        (layout.expiry, fields.expiry_date, "expiry_date"),
    ):
        raw = _six_characters(date, field)
        _put(flat, part, field, raw)
        flat[part.stop] = check_digit(raw)


def _put(flat: list[str], part: slice, field: str, text: str) -> None:
    if len(text) > part.stop - part.start:
        raise InvalidInput("mrz_field_invalid", field=field, rule="length", limit=part.stop - part.start)
    flat[part.start : part.start + len(text)] = text


def _number_and_optional(fields: MrzFields, layout: Layout) -> tuple[str, str, str]:
    number = _plain(fields.document_number, "document_number")
    optional = _plain(fields.optional, "optional")
    if not number:
        raise InvalidInput("mrz_field_invalid", field="document_number", rule="missing")
    if len(number) <= 9:
        return number, check_digit(number), optional
    if not layout.long_numbers or "<" in number[9:]:
        raise InvalidInput("mrz_field_invalid", field="document_number", rule="length", limit=9)
    rest = number[9:] + check_digit(number)
    return number[:9], "<", f"{rest}<{optional}" if optional else rest


def _fit_names(fields: MrzFields, room: int) -> str:
    if len(fields.family_name) + len(fields.given_names) > NAME_LIMIT:
        raise InvalidInput("mrz_field_invalid", field="family_name", rule="length", limit=NAME_LIMIT)
    primary = _letters(fields.family_name, "family_name")
    secondary = _letters(fields.given_names, "given_names")
    if not primary:
        raise InvalidInput("mrz_field_invalid", field="family_name", rule="missing")
    if not secondary:
        return _cut(primary, room)
    if len(primary) + 2 + len(secondary) <= room:
        return f"{primary}<<{secondary}"
    primary = _cut(primary, room - 3)
    names = f"{primary}<<{_cut(secondary, room - 2 - len(primary))}"
    if len(names) < room:  # cut between initials: one letter less before them brings the next one in
        primary = _cut(primary, len(primary) - 1)
        names = f"{primary}<<{_cut(secondary, room - 2 - len(primary))}"
    return names


def _cut(name: str, room: int) -> str:
    """Cut a name so that it fills the room and ends in a letter, which tells the reader that it may go on."""
    cut = name[:room]
    if len(name) > room and cut.endswith("<"):
        longest = max(cut.split("<"), key=len)
        if len(longest) > 1:  # it gives up its last letter, so that the next word brings its first one in
            at = cut.index(longest) + len(longest) - 1
            cut = cut[:at] + cut[at + 1 :] + name[room]
    return cut.rstrip("<")


def _letters(text: str, field: str) -> str:
    """Give the words of a name or code with single fillers between them."""
    plain = text.replace("'", "").replace("’", "")
    for at, char in enumerate(text):
        if not ("A" <= char <= "Z" or char in " -'’"):
            raise InvalidInput("mrz_field_invalid", field=field, rule="characters", position=at)
    return "<".join(plain.replace("-", " ").split())


def _plain(text: str, field: str) -> str:
    for at, char in enumerate(text):
        if not ("A" <= char <= "Z" or "0" <= char <= "9" or char in " -<"):
            raise InvalidInput("mrz_field_invalid", field=field, rule="characters", position=at)
    return text.replace(" ", "<").replace("-", "<").rstrip("<")


def _six_characters(date: str, field: str) -> str:
    found = _DATE.fullmatch(date)
    if not found:
        raise InvalidInput("mrz_field_invalid", field=field, rule="date")
    return "".join(part or "<<" for part in found.groups())
