"""A subject of a case as people read it: what it is called, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from elchi.locale import Words
from elchi.subjects import Consignment, Document, Organisation, Person, Subject, Vehicle, from_wire

_PARTS: Final = ("documents", "parties", "vehicles")
_SINGULAR: Final[Mapping[str, str]] = {
    "phones": "phone",
    "emails": "email",
    "container_numbers": "container_number",
    "plate_country": "country",
}
"""Fields that are called as another one."""
_DATES: Final = ("birth_date", "expiry_date")
_HIDDEN: Final = ("kind", "name_truncated")


def caption_of(wire: Mapping[str, Any]) -> str:
    """Give what a subject is called: a name, else its strongest mark."""
    return _caption(from_wire(wire))


def facts_of(wire: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Give what is known of a subject as names and values, those of its parts beside its own."""
    return [(words.text(f"field.{_SINGULAR.get(name, name)}"), value) for name, value in _facts(wire, words)]


def _facts(wire: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    for name, value in wire.items():
        if name in _PARTS:
            for part in value:
                yield from _facts(part, words)
        elif name in _DATES:
            yield name, words.date(value)
        elif name == "sex":
            yield name, words.text(f"sex.{value}")
        elif name not in _HIDDEN:
            yield name, ", ".join(value) if isinstance(value, list) else str(value)


def _caption(subject: Subject) -> str:
    if isinstance(subject, Person):
        said = (subject.full_name, subject.national_id, *(one.document_number for one in subject.documents))
    elif isinstance(subject, Vehicle):
        said = (subject.plate, subject.vin, subject.container_number)
    elif isinstance(subject, Organisation):
        said = (subject.name, subject.registration_number)
    elif isinstance(subject, Document):
        said = (subject.document_number,)
    else:
        said = (subject.document_number, *subject.container_numbers, *map(_caption, _parts(subject)))
    contacts = (*subject.phones, *subject.emails) if isinstance(subject, Person | Organisation) else ()
    return next(text for text in (*said, *contacts) if text.strip())


def _parts(subject: Consignment) -> tuple[Subject, ...]:
    return (*subject.parties, *subject.vehicles)
