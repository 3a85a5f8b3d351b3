"""INTERPOL public notices, JSON of the public notices service: pages of a list, notices alone, or several of them.

The colour stands in the address of the notice (`_links.self.href`, .../notices/v1/red/...). Red is wanted, UN is under
sanctions, yellow is a missing person: somebody to help, so no topic of crime. Every field may be null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from elchi.errors import InvalidInput
from elchi.lists.entry import BadLine, Draft, Entry, entry_or_bad
from elchi.lists.source import CHUNK, Limits, Progress, open_source

MAX_BYTES = 1 << 26
"""Bytes of a file, unpacked: it is held in memory. A notice takes about 1 kB."""
_COLOUR = re.compile(r"/notices/v\d+/([a-z]+)/")
_TOPICS: Mapping[str, tuple[str, ...]] = {"red": ("wanted",), "un": ("sanction",)}
_SEXES: Mapping[str, str] = {"M": "male", "F": "female"}
_SPACE = re.compile(r"\s*")


def read_interpol(
    path: Path, limits: Limits | None = None, progress: Progress | None = None
) -> Iterator[Entry | BadLine]:
    """Read notices: a page, a notice, an array of them, or several one after another.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with rule `json`, `encoding`, `file_size` ...
    """
    number = 0
    for document in _documents(path, limits, progress):
        for part in document if isinstance(document, list) else (document,):
            for notice in _notices(part):
                number += 1
                yield entry_or_bad(number, _entry, notice)


def _documents(path: Path, limits: Limits | None, progress: Progress | None) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    text = _text(path, limits, progress)
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches the empty text too
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            line = text.count("\n", 0, at) + 1
            raise InvalidInput("list_broken", field="file", rule="json", line=line) from None
        yield document
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # the same


def _text(path: Path, limits: Limits | None, progress: Progress | None) -> str:
    raw = bytearray()
    with open_source(path, limits, progress) as source:
        while chunk := source.read(CHUNK):
            raw += chunk
            if len(raw) > MAX_BYTES:
                raise InvalidInput("list_broken", field="file", rule="file_size")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("list_broken", field="file", rule="encoding") from None


def _notices(part: Any) -> Iterable[Any]:
    if isinstance(part, Mapping) and "_embedded" in part and "entity_id" not in part:
        embedded = part["_embedded"]
        notices = embedded.get("notices") if isinstance(embedded, Mapping) else None
        return notices if isinstance(notices, list) else ()
    return (part,)


def _entry(notice: Any) -> Entry:
    if not isinstance(notice, Mapping):
        raise InvalidInput("entry_invalid", field="notice", rule="object")
    family, given = _string(notice, "name"), _string(notice, "forename")
    href = _self(notice)
    colour = found.group(1) if (found := _COLOUR.search(href)) else ""
    person = bool(given) or "/entities/" not in href
    draft = Draft(f"interpol-{_string(notice, 'entity_id').replace('/', '-')}", "Person" if person else "Organization")
    if draft.id == "interpol-":
        raise InvalidInput("entry_invalid", field="entity_id", rule="length")
    draft.add("name", f"{family}, {given}" if family and given else family or given)
    if person:
        draft.add("lastName", family)
        draft.add("firstName", given)
    draft.add_dates("birthDate", _string(notice, "date_of_birth"))
    for code in _strings(notice, "nationalities"):
        draft.add_country("nationality", code)
    draft.add("birthPlace", _string(notice, "place_of_birth"))
    draft.add_country("birthCountry", _string(notice, "country_of_birth_id"))
    draft.add("gender", _SEXES.get(_string(notice, "sex_id")))
    draft.add("height", _string(notice, "height"))
    draft.add("weight", _string(notice, "weight"))
    draft.add("eyeColor", *_strings(notice, "eyes_colors_id"))
    draft.add("hairColor", *_strings(notice, "hairs_id"))
    draft.add("appearance", _string(notice, "distinguishing_marks"))
    draft.add("spokenLanguage", *(code.lower() for code in _strings(notice, "languages_spoken_ids")))
    draft.add("program", f"INTERPOL {colour.upper()}" if colour else "INTERPOL")
    draft.add("topics", *_TOPICS.get(colour, ()))
    draft.add("sourceUrl", href)
    for warrant in _warrants(notice):
        parts = (_string(warrant, name) for name in ("issuing_country_id", "charge", "charge_translation"))
        draft.add("notes", ": ".join(part for part in parts if part))
    return draft.entry()


def _self(notice: Mapping[str, Any]) -> str:
    links = notice.get("_links")
    own = links.get("self") if isinstance(links, Mapping) else None
    return _string(own, "href") if isinstance(own, Mapping) else ""


def _warrants(notice: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    warrants = notice.get("arrest_warrants")
    if isinstance(warrants, list):
        yield from (warrant for warrant in warrants if isinstance(warrant, Mapping))


def _string(notice: Mapping[str, Any], name: str) -> str:
    value = notice.get(name)
    if value is None or value == 0:  # a height or weight of 0 is an unknown one
        return ""
    if isinstance(value, (bool, list, dict)):
        raise InvalidInput("entry_invalid", field=name, rule="text")
    return str(value).strip()


def _strings(notice: Mapping[str, Any], name: str) -> list[str]:
    values = notice.get(name)
    if values is None:
        return []
    if not isinstance(values, list):
        raise InvalidInput("entry_invalid", field=name, rule="array")
    return [value.strip() for value in values if isinstance(value, str)]
