"""OFAC's lists as XML (sdnList): SDN.XML and the consolidated list, in the old name space and the new.

It says the same as the CSV files, with aliases, dates and identifiers apart. See `ofac` for names and `ofac_remarks`
for identifiers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element  # types only: defusedxml does the reading

from elchi.lists.entry import BadLine, Draft, Entry, entry_or_bad
from elchi.lists.ofac import add_name_parts
from elchi.lists.ofac_remarks import add_identifier, add_remarks
from elchi.lists.source import Limits, Progress, open_source, read_records

_SCHEMATA = {"individual": "Person", "entity": "Organization", "vessel": "Vessel", "aircraft": "Airplane"}


def read_ofac_xml(
    path: Path, limits: Limits | None = None, progress: Progress | None = None
) -> Iterator[Entry | BadLine]:
    """Read a list of OFAC in XML.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with `rule`.
    """
    source = open_source(path, limits, progress)
    for number, record in read_records(source, "sdnList", frozenset(("sdnEntry",))):
        yield entry_or_bad(number, _entry, record)


def _entry(record: Element) -> Entry:
    schema = _SCHEMATA.get(_text(record, "sdnType").lower(), "LegalEntity")
    draft = Draft(f"ofac-{_text(record, 'uid')}", schema)
    name = _name(record)
    draft.add("name", name)
    if schema == "Person":
        add_name_parts(draft, name)
    for alias in record.iterfind("akaList/aka"):
        former = _text(alias, "type").startswith("f")
        weak = _text(alias, "category") == "weak"
        draft.add("previousName" if former else "weakAlias" if weak else "alias", _name(alias))
    for path, add in (
        ("programList/program", "program"),
        ("dateOfBirthList/dateOfBirthItem/dateOfBirth", "birthDate"),
        ("placeOfBirthList/placeOfBirthItem/placeOfBirth", "birthPlace"),
        ("nationalityList/nationality/country", "nationality"),
        ("citizenshipList/citizenship/country", "citizenship"),
    ):
        for found in record.iterfind(path):
            _add(draft, add, _plain(found.text))
    for identifier in record.iterfind("idList/id"):
        add_identifier(draft, *(_text(identifier, tag) for tag in ("idType", "idNumber", "idCountry")))
    for address in record.iterfind("addressList/address"):
        _add_address(draft, address)
    _add_vessel(draft, record.find("vesselInfo"))
    draft.add("position", _text(record, "title"))
    draft.add("topics", "sanction")
    add_remarks(draft, _text(record, "remarks"))
    return draft.entry()


def _add(draft: Draft, name: str, text: str) -> None:
    if name == "birthDate":
        draft.add_dates(name, text)
    elif name in ("nationality", "citizenship"):
        draft.add_country(name, text)
    else:
        draft.add(name, text)


def _add_address(draft: Draft, address: Element) -> None:
    tags = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode")
    country = _text(address, "country")
    parts = [text for text in (_text(address, tag) for tag in tags) if text]
    draft.add("address", ", ".join([*parts, country]).rstrip(", ") if parts else None)
    draft.add_country("country", country)


def _add_vessel(draft: Draft, vessel: Element | None) -> None:
    if vessel is None:
        return
    draft.add("callSign", _text(vessel, "callSign"))
    draft.add("type", _text(vessel, "vesselType"))
    draft.add("tonnage", _text(vessel, "tonnage"))
    draft.add("grossRegisteredTonnage", _text(vessel, "grossRegisteredTonnage"))
    draft.add_country("flag", _text(vessel, "vesselFlag"))
    owner = _text(vessel, "vesselOwner")
    draft.add("notes", f"vesselOwner: {owner}" if owner else None)


def _name(element: Element) -> str:
    return ", ".join(part for part in (_text(element, "lastName"), _text(element, "firstName")) if part)


def _text(element: Element, tag: str) -> str:
    return _plain(element.findtext(tag))


def _plain(text: str | None) -> str:
    return " ".join(text.split()) if text else ""
