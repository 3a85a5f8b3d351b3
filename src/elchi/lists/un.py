"""UN Security Council consolidated list, XML (CONSOLIDATED_LIST as published by the Security Council's secretariat).

Names are whole and in the order of the list: the four name parts of the list are not tied to family or given names.
Good-quality aliases become `alias`, low-quality ones `weakAlias`, former names `previousName`. An alias that says more
than a name ("X (Y; Z)", "X, born in ...") is taken apart: what is a name is kept as one, the words go to `notes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element  # types only: defusedxml does the reading

from elchi.lists.entry import BadLine, Draft, Entry, entry_or_bad
from elchi.lists.source import Limits, Progress, open_source, read_records

_ALIASES = {"low": "weakAlias", "f.k.a.": "previousName"}
_SEX = {"male": "male", "female": "female"}
_BRACKETS = re.compile(r"\s*\(([^()]*)\)?\s*")
_BORN = re.compile(r",?\s+born\s.*", re.IGNORECASE | re.DOTALL)
_ORIGINAL = re.compile(r"^original script\s*:\s*", re.IGNORECASE)
_LATIN = re.compile(r"[A-Za-z]")
_OTHER = re.compile(r"[\u0370-\u1cff\u2c00-\uabff\uf900-\uffdc]")
_PASSPORT = re.compile(r"pass|pasaporte", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\b[A-Z]{1,4}[ -]?)?\b[A-Z]{0,4}\d[0-9A-Z./ -]*$")
_REMARK = re.compile(r"\s*(?:[(,]).*", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_]*[a-zа-я]{2}")


def read_un(path: Path, limits: Limits | None = None, progress: Progress | None = None) -> Iterator[Entry | BadLine]:
    """Read the consolidated list.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with `rule`.
    """
    source = open_source(path, limits, progress)
    for number, record in read_records(source, "CONSOLIDATED_LIST", frozenset(("INDIVIDUAL", "ENTITY"))):
        yield entry_or_bad(number, _entry, record)


def _entry(record: Element) -> Entry:
    individual = record.tag == "INDIVIDUAL"
    draft = Draft(f"un-{_text(record, 'DATAID')}", "Person" if individual else "Organization")
    parts = (_text(record, tag) for tag in ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"))
    draft.add("name", " ".join(part for part in parts if part))
    _add_names(draft, "name", _text(record, "NAME_ORIGINAL_SCRIPT"))
    for alias in record.iterfind(f"{record.tag}_ALIAS"):
        _add_alias(draft, alias)
    for date in record.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        _add_birth_date(draft, date)
    for birth in record.iterfind("INDIVIDUAL_PLACE_OF_BIRTH"):
        _add_birth_place(draft, _joined(birth, "STREET", "CITY", "STATE_PROVINCE"), _text(birth, "COUNTRY"))
        draft.add("notes", _text(birth, "NOTE"))
    for document in record.iterfind("INDIVIDUAL_DOCUMENT"):
        _add_document(draft, document)
    for value in record.iterfind("NATIONALITY/VALUE"):
        draft.add_country("nationality", _plain(value.text))
    for address in record.iterfind(f"{record.tag}_ADDRESS"):
        if place := _joined(address, "STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE"):
            draft.add("address", ", ".join(part for part in (place, _text(address, "COUNTRY")) if part))
        draft.add_country("country", _text(address, "COUNTRY"))
        draft.add("notes", _text(address, "NOTE"))
    draft.add("gender", _SEX.get(_text(record, "GENDER").lower()))
    draft.add("title", *(_plain(value.text) for value in record.iterfind("TITLE/VALUE")))
    draft.add("position", *(_plain(value.text) for value in record.iterfind("DESIGNATION/VALUE")))
    draft.add("program", _text(record, "UN_LIST_TYPE"))
    draft.add("unscId", _text(record, "REFERENCE_NUMBER"))
    draft.add("listingDate", _text(record, "LISTED_ON")[:10])
    draft.add("modifiedAt", *(_plain(value.text)[:10] for value in record.iterfind("LAST_DAY_UPDATED/VALUE")))
    draft.add("notes", _text(record, "COMMENTS1"))
    draft.add("topics", "sanction")
    return draft.entry()


def _add_alias(draft: Draft, alias: Element) -> None:
    name = _ALIASES.get(_text(alias, "QUALITY").lower(), "alias")
    _add_names(draft, name, _text(alias, "ALIAS_NAME"))
    note = _text(alias, "NOTE")
    if _ORIGINAL.match(note):
        draft.add(name, _ORIGINAL.sub("", note))
    elif note:
        draft.add("notes", f"{_text(alias, 'ALIAS_NAME')}: {note}")
    draft.add_dates("birthDate", _text(alias, "DATE_OF_BIRTH"))
    _add_birth_place(draft, _text(alias, "CITY_OF_BIRTH"), _text(alias, "COUNTRY_OF_BIRTH"))


def _add_names(draft: Draft, name: str, text: str) -> None:
    bare = _BORN.sub("", text)
    said = bare != text
    names = [bare]
    if "(" in bare:
        inside = _BRACKETS.findall(bare)
        outside = _BRACKETS.sub(" ", bare)
        # A name in another script is a name; anything else in brackets is a remark.
        named = [part for part in inside if bool(_OTHER.search(part)) != bool(_OTHER.search(outside))]
        said = said or len(named) < len(inside)
        names = [outside, *named]
    for part in names:
        for one in part.split(";"):
            clean = _ORIGINAL.sub("", one.strip(" ,()\"'"))
            if _LATIN.search(clean) or _OTHER.search(clean):
                draft.add(name, clean if clean.lower() not in ("na", "n/a") else None)
    if said:
        draft.add("notes", text)


def _add_birth_date(draft: Draft, date: Element) -> None:
    note = _text(date, "NOTE")
    first, last = _text(date, "FROM_YEAR"), _text(date, "TO_YEAR")
    span = f"{first} to {last}" if first and last else first or last
    given = _text(date, "DATE")[:10] or _text(date, "YEAR") or span
    if given:
        draft.add_dates("birthDate", f"circa {given}" if _text(date, "TYPE_OF_DATE") == "APPROXIMATELY" else given)
        if note:
            draft.add("notes", f"birthDate: {given} {note}")
    else:
        draft.add_dates("birthDate", note)


def _add_birth_place(draft: Draft, place: str, country: str) -> None:
    draft.add("birthPlace", ", ".join(part for part in (place, country) if part))
    draft.add_country("birthCountry", country)


def _add_document(draft: Draft, document: Element) -> None:
    kinds = [_text(document, tag) for tag in ("TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2")]
    number = _text(document, "NUMBER")
    bare = _REMARK.sub("", number)
    if _WORDS.search(bare) and (found := _NUMBER.search(bare)):
        bare = found.group().strip(" ./-")
    if bare and any(letter.isdigit() for letter in bare):
        draft.add("passportNumber" if _PASSPORT.search(kinds[0] or kinds[1]) else "idNumber", bare)
    rest = ("ISSUING_COUNTRY", "COUNTRY_OF_ISSUE", "CITY_OF_ISSUE", "DATE_OF_ISSUE", "NOTE")
    more = [_text(document, tag) for tag in rest]
    if any(more) or kinds[1] or bare != number:
        draft.add("notes", ", ".join(dict.fromkeys(part for part in (*kinds, number, *more) if part)))


def _joined(element: Element, *tags: str) -> str:
    return ", ".join(text for text in (_text(element, tag) for tag in tags) if text)


def _text(element: Element, tag: str) -> str:
    return _plain(element.findtext(tag))


def _plain(text: str | None) -> str:
    return " ".join(text.split()) if text else ""
