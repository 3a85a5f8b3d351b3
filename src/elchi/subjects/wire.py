"""The only codec of subjects: store, wire, API and tests use it.

Wire form is a JSON object with `kind` and the fields of the class by their own names; empty fields are left out, dates
are ISO 8601 of their precision, unknown fields of a newer partner are kept in `extra` and written back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from elchi.errors import InvalidInput
from elchi.subjects.dates import PartialDate
from elchi.subjects.subject import Consignment, Document, Organisation, Person, Sex, Subject, Vehicle

KINDS: Mapping[str, type[Any]] = MappingProxyType(
    {cls.kind: cls for cls in (Person, Document, Vehicle, Organisation, Consignment)}
)
"""The kinds of subject and their classes."""
DATES = frozenset(("birth_date", "expiry_date"))
"""Fields that hold a date; the others hold text, but for `sex` and `name_truncated`."""
_TEXTS = {"phones", "emails", "container_numbers"}
PARTS: Mapping[str, tuple[type[Any], ...]] = MappingProxyType(
    {"documents": (Document,), "vehicles": (Vehicle,), "parties": (Organisation, Person)}
)
"""Fields that hold other subjects, and of which kinds."""


def to_wire(subject: Subject) -> dict[str, Any]:
    """Give the wire form of a subject."""
    wire: dict[str, Any] = {"kind": subject.kind}
    for field in dataclasses.fields(subject):
        value = getattr(subject, field.name)
        if field.name == "extra" or value in ("", None, (), False):
            continue
        if field.name in PARTS:
            wire[field.name] = [to_wire(part) for part in value]
        elif field.name in _TEXTS:
            wire[field.name] = list(value)
        else:
            wire[field.name] = value if isinstance(value, bool) else str(value)
    return wire | {name: value for name, value in subject.extra.items() if name not in wire}


def from_wire(wire: Any) -> Subject:
    """Read the wire form of a subject.

    Raises:
        InvalidInput: `subject_kind`, `field_type`, `date_invalid`, `subject_empty`, with `field` and `rule`.
    """
    if not isinstance(wire, Mapping):
        raise InvalidInput("field_type", field="subject", rule="object")
    cls = KINDS.get(str(wire.get("kind")))
    if cls is None:
        raise InvalidInput("subject_kind", field="kind", rule="one_of", allowed=sorted(KINDS))
    known = {field.name for field in dataclasses.fields(cls)} - {"extra"}
    values = {name: _read(name, value) for name, value in wire.items() if name in known and value is not None}
    extra = {name: value for name, value in wire.items() if name not in known and name != "kind"}
    if cls is Document and "document_number" not in values:
        raise InvalidInput("subject_empty", field="document", rule="needs_name_or_number")
    subject: Subject = cls(**values, extra=MappingProxyType(extra))
    return subject


def _read(name: str, value: Any) -> Any:
    if name in PARTS or name in _TEXTS:
        if not isinstance(value, list):
            raise InvalidInput("field_type", field=name, rule="array")
        return tuple(_read_part(name, part) for part in value)
    if name == "name_truncated":
        if not isinstance(value, bool):
            raise InvalidInput("field_type", field=name, rule="boolean")
        return value
    text = _text(name, value)
    if name in DATES:
        return PartialDate.parse(text, field=name)
    if name == "sex":
        if text not in tuple(Sex):
            raise InvalidInput("field_type", field=name, rule="one_of", allowed=[str(sex) for sex in Sex])
        return Sex(text)
    return text


def _read_part(name: str, part: Any) -> Any:
    if name in _TEXTS:
        return _text(name, part)
    subject = from_wire(part)
    if not isinstance(subject, PARTS[name]):
        raise InvalidInput("subject_kind", field=name, rule="one_of", allowed=[cls.kind for cls in PARTS[name]])
    return subject


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput("field_type", field=name, rule="text")
    return value
