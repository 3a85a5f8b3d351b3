"""EU consolidated list of financial sanctions (FSF), XML 1.1 and CSV 1.1.

Both say the same: the CSV has one row for each name, address, birth date, citizenship or document of an entity, rows
of one entity together; its columns are the attributes of the XML after the element's name (NameAlias_WholeName). So
both are read as parts: element name and attributes, all in lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from pathlib import Path
from xml.etree.ElementTree import Element  # types only: defusedxml does the reading

from elchi.errors import InvalidInput
from elchi.lists.dates import read_dates
from elchi.lists.entry import BadLine, Draft, Entry, entry_or_bad
from elchi.lists.source import Limits, Progress, open_source, read_records
from elchi.lists.table import read_rows

_SCHEMATA = {"person": "Person", "p": "Person", "enterprise": "Organization", "e": "Organization"}
_DOCUMENTS = {
    "passport": "passportNumber",
    "diplomatic passport": "passportNumber",
    "travel doc": "passportNumber",
    "regnumber": "registrationNumber",
    "tradelic": "registrationNumber",
    "taxid": "taxNumber",
    "fiscalcode": "taxNumber",
    "swiftbic": "swiftBic",
    "imo": "imoNumber",
}
_SEXES = {"m": "male", "f": "female"}
_FLAGS = ("knownfalse", "knownexpired", "reportedlost", "revokedbyissuer", "diplomatic")
MAX_ROWS = 5_000
"""Rows of the CSV that one entity may have."""
_Part = tuple[str, Mapping[str, str]]


def read_eu(path: Path, limits: Limits | None = None, progress: Progress | None = None) -> Iterator[Entry | BadLine]:
    """Read the list, XML or CSV by its first bytes.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with `rule`.
    """
    with open_source(path, limits) as source:
        head = (source.read(64) or b"").removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        records = read_records(open_source(path, limits, progress), "export", frozenset(("sanctionEntity",)))
        for number, record in records:
            yield entry_or_bad(number, _entry, _parts_of_xml(record))
        return
    rows = read_rows(path, delimiter=";", limits=limits, progress=progress)
    for _, group in groupby(rows, key=lambda row: row[1].get("Entity_LogicalId")):
        lines = list(islice(group, MAX_ROWS))
        if "Entity_LogicalId" not in lines[0][1]:
            raise InvalidInput("list_broken", field="file", rule="fsf_columns", line=1)
        yield entry_or_bad(lines[0][0], _entry, [part for _, row in lines for part in _parts_of_row(row)])


def _parts_of_xml(record: Element) -> list[_Part]:
    parts: list[_Part] = [("entity", _lower(record.attrib))]
    for child in record:
        remark = child.findtext("{*}remark")
        text = {"text": child.text or "", "remark": remark or ""}
        parts.append((child.tag.lower(), _lower(child.attrib) | text))
    return parts


def _lower(attributes: Mapping[str, str]) -> dict[str, str]:
    # identificationTypeCode of the XML is Identification_TypeCode of the CSV
    return {name.lower().removeprefix("identification"): value for name, value in attributes.items()}


def _parts_of_row(row: Mapping[str, str]) -> Iterable[_Part]:
    parts: dict[str, dict[str, str]] = {}
    for column, value in row.items():
        kind, _, name = column.lower().partition("_")
        if value and name:
            parts.setdefault(kind, {})[name.removeprefix("eu_")] = value
    return parts.items()


def _entry(parts: Iterable[_Part]) -> Entry:
    several: dict[str, list[Mapping[str, str]]] = {}
    for kind, values in parts:
        several.setdefault(kind, []).append(values)
    entities = several.get("entity", [{}])
    entity = entities[0]
    kinds = several.get("subjecttype", [{}])[0]
    schema = _SCHEMATA.get(_first(kinds, "code", "classificationcode") or _subject_type(entity), "LegalEntity")
    draft = Draft(f"eu-{_first(entity, 'logicalid')}", schema)
    if draft.id == "eu-":
        raise InvalidInput("entry_invalid", field="id", rule="length")
    for values in several.get("namealias", ()):
        _add_name(draft, values)
    for values in several.get("birthdate", ()):
        _add_birth(draft, values)
    for values in several.get("identification", ()):
        _add_document(draft, values)
    for values in several.get("citizenship", ()):
        draft.add_country("nationality", _country(values))
    for values in several.get("address", ()):
        _add_address(draft, values)
    for values in (*entities, *several.get("regulation", ())):
        draft.add("program", _first(values, "regulation_programme", "programme"))
    for values in (*entities, *several.get("remark", ())):
        draft.add("notes", _first(values, "text", "remark", "designationdetails"))
    draft.add("authorityId", _first(entity, "eureferencenumber", "referencenumber"))
    draft.add("unscId", _first(entity, "unitednationid"))
    draft.add("listingDate", *read_dates(_first(entity, "designationdate")))
    draft.add("topics", "sanction")
    return draft.entry()


def _subject_type(entity: Mapping[str, str]) -> str:
    return _first(entity, "subjecttype_classificationcode", "subjecttype").lower()


def _add_name(draft: Draft, values: Mapping[str, str]) -> None:
    parts = [_first(values, name) for name in ("firstname", "middlename", "lastname")]
    whole = _first(values, "wholename") or " ".join(part for part in parts if part)
    weak = _first(values, "strong").lower() == "false"
    draft.add("weakAlias" if weak else "alias" if draft.has("name") else "name", whole)
    if draft.schema == "Person" and not weak:
        for name, part in zip(("firstName", "middleName", "lastName"), parts, strict=True):
            draft.add(name, part)
    draft.add("gender", _SEXES.get(_first(values, "gender").lower()))
    draft.add("title", _first(values, "title"))
    draft.add("position", _first(values, "function"))
    draft.add("notes", _first(values, "remark"))


def _add_birth(draft: Draft, values: Mapping[str, str]) -> None:
    year, month, day = (
        _first(values, *names) for names in (("year",), ("monthofyear", "month"), ("dayofmonth", "day"))
    )
    first, last = _first(values, "yearrangefrom"), _first(values, "yearrangeto")
    pieces = "-".join(part.zfill(2) for part in (year, month, day) if part) if year else ""
    date = _first(values, "birthdate") or pieces or (f"{first} to {last}" if first and last else first or last)
    calendar = _first(values, "calendartype")
    if calendar not in ("", "GREGORIAN"):
        draft.add("notes", f"birthDate: {date} {calendar}" if date else None)
    elif date:
        draft.add_dates("birthDate", f"circa {date}" if _first(values, "circa").lower() == "true" else date)
    place = [_first(values, name) for name in ("place", "city", "region")]
    country = _country(values)
    draft.add("birthPlace", ", ".join(part for part in (*place, _first(values, "countrydescription")) if part))
    draft.add_country("birthCountry", country)


def _add_document(draft: Draft, values: Mapping[str, str]) -> None:
    code = _first(values, "typecode").lower()
    name = _DOCUMENTS.get(code, "idNumber")
    draft.add(name, _first(values, "number"), _first(values, "latinnumber"))
    flags = [flag for flag in _FLAGS if _first(values, flag).lower() == "true"]
    more = [_first(values, part) for part in ("nameondocument", "issuedby", "validto", "countrydescription", "remark")]
    if any(more) or flags:
        said = (_first(values, "typedescription") or code, _first(values, "number"), *more, *flags)
        draft.add("notes", ", ".join(part for part in said if part and part != "UNKNOWN"))


def _add_address(draft: Draft, values: Mapping[str, str]) -> None:
    parts = [_first(values, name) for name in ("street", "pobox", "zipcode", "city", "place", "region")]
    description = _first(values, "countrydescription")
    if any(parts):
        draft.add("address", ", ".join(part for part in (*parts, description) if part and part != "UNKNOWN"))
    draft.add_country("country", _country(values))
    draft.add("notes", _first(values, "remark"))


def _country(values: Mapping[str, str]) -> str:
    code = _first(values, "countryiso2code")
    return code if code not in ("", "00") else _first(values, "countrydescription")


def _first(values: Mapping[str, str], *names: str) -> str:
    return next((" ".join(values[name].split()) for name in names if values.get(name)), "")
