"""What OFAC says of an entry beyond its name: the remarks of SDN.CSV, part by part, and the same words in the XML.

"DOB 29 Aug 1974; alt. DOB 1975; POB Basra, Iraq; Passport A1 (Iraq) expires 5 May 2020; Gender Male." Labels and their
properties stand in ofac_labels.tsv. A part that no rule takes whole is kept in `notes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from elchi.lists.countries import country_code
from elchi.lists.entry import Draft
from elchi.lists.properties import read_table

_ALIAS = re.compile(r"^[afn]\.k\.a\.,?\s+['\"](.+?)['\"]$")
_TAIL = re.compile(r"(?:\s*\(|,\s|\s(?:issued|expires|expired|and)\s).*$", re.DOTALL)
_HEAD = re.compile(r"^(?:[A-Za-z. ]+:|Booklet|Laissez-Passer)\s+")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_PREFIX = re.compile(r"^(?:alt\.|previous|expired)\s+", re.IGNORECASE)


def add_remarks(draft: Draft, remarks: str) -> None:
    """Add what the remarks say."""
    for part in remarks.rstrip().removesuffix(".").split(";"):
        clean = _PREFIX.sub("", part.strip())
        if clean:
            _add_remark(draft, clean)


def add_identifier(draft: Draft, label: str, number: str, country: str = "") -> None:
    """Add an identifier of the XML: its label, number and country."""
    _add_remark(draft, f"{label} {number} ({country})" if country else f"{label} {number}")


def _add_remark(draft: Draft, part: str) -> None:
    if alias := _ALIAS.match(part):
        draft.add("previousName" if part[0] == "f" else "weakAlias", alias.group(1))
        return
    for label, add in _WORDS.items():
        if part.startswith(label):
            add(draft, part.removeprefix(label).strip())
            return
    if not _add_number(draft, part):
        draft.add("notes", part)


def _add_number(draft: Draft, part: str) -> bool:
    words = part.split(" ")
    labels = (" ".join(words[:count]) for count in range(min(len(words), 12), 0, -1))
    label = next((label for label in labels if label in _labels()), None)
    if label is None:
        return False
    rest = part.removeprefix(label).strip(" #:")
    number = rest if _labels()[label] == "phone" else _HEAD.sub("", _TAIL.sub("", rest))
    if not any(letter.isdigit() for letter in number) and len(number.split()) != 1:
        return False
    name = _labels()[label]
    if name == "imoNumber":
        number = number.removeprefix("IMO").strip()
    country = _IN_BRACKETS.search(rest)
    if country and name == "taxNumber" and country_code(country.group(1)) == "ru":
        name = "innCode"
    draft.add(name, number)
    if number != rest:
        draft.add("notes", part)
    return True


def _add_sex(draft: Draft, text: str) -> None:
    draft.add("gender", text.lower() if text in ("Male", "Female") else None)


def _add_birth_place(draft: Draft, text: str) -> None:
    draft.add("birthPlace", text)
    code = country_code(text.rpartition(",")[2]) if text else None
    draft.add("birthCountry", code)


_WORDS: Mapping[str, Callable[[Draft, str], None]] = {
    "DOB ": lambda draft, text: draft.add_dates("birthDate", text),
    "POB ": _add_birth_place,
    "nationality ": lambda draft, text: draft.add_country("nationality", text),
    "citizen ": lambda draft, text: draft.add_country("citizenship", text),
    "Gender ": _add_sex,
    "Email Address ": lambda draft, text: draft.add("email", text),
    "Website ": lambda draft, text: draft.add("website", text),
    "Organization Established Date ": lambda draft, text: draft.add_dates("incorporationDate", text),
    "Nationality of Registration ": lambda draft, text: draft.add_country("jurisdiction", text),
    "Aircraft Manufacture Date ": lambda draft, text: draft.add_dates("buildDate", text),
    "Aircraft Model ": lambda draft, text: draft.add("model", text),
    "Vessel Year of Build ": lambda draft, text: draft.add_dates("buildDate", text),
    "Other Vessel Type ": lambda draft, text: draft.add("type", text),
    "Vessel Type ": lambda draft, text: draft.add("type", text),
    "Vessel Flag ": lambda draft, text: draft.add_country("flag", text),
    "Former Vessel Flag ": lambda draft, text: draft.add_country("pastFlags", text),
    "Other Vessel Flag ": lambda draft, text: draft.add_country("pastFlags", text),
    "Vessel Call Sign ": lambda draft, text: draft.add("callSign", text),
    "Other Vessel Call Sign ": lambda draft, text: draft.add("callSign", text),
}


@cache
def _labels() -> Mapping[str, str]:
    return read_table("ofac_labels.tsv", "label", "property")
