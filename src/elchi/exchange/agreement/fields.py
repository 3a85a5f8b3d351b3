"""How an agreement names a field of a subject: by its names from the outside in, joined by dots.

`birth_date` · `documents.document_number` · `vehicles.plate`. Where a field holds subjects of several kinds, the kind
stands between: `parties.person.name`, `parties.organisation.name`. A last name that this version does not know is what
a newer partner sends: it may be named too, and goes or stays as a whole.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from elchi.exchange.agreement.masks import MASKED, Mask
from elchi.subjects.wire import DATES, KINDS, PARTS

RESERVED: Final = frozenset(("kind", MASKED))
"""They say what the rest is, go with it, and cannot be named."""
_UNMASKABLE: Final = frozenset(("sex", "name_truncated"))
"""Fields of so few values that any part of one is the whole."""


def step(name: str, kind: str) -> str:
    """Give the part of a field's name that leads into a subject of some kind in the field `name`."""
    return f"{name}.{kind}." if len(PARTS[name]) > 1 else f"{name}."


def parts_of(kind: str) -> frozenset[str]:
    """Give the fields of a kind of subject that hold subjects."""
    return _PARTS_OF[kind]


def known_fields(subject_kind: str) -> tuple[str, ...]:
    """Give all fields that this version knows of a kind of subject, those of its parts among them."""
    return tuple(_FIELDS[subject_kind])


def masks_of(subject_kind: str, field: str) -> tuple[Mask, ...]:
    """Give the masks that fit a field. One that this version does not know may be anything, so each may fit."""
    last = _FIELDS[subject_kind].get(field)
    if last is None:
        return tuple(Mask)
    if last in _UNMASKABLE:
        return ()
    return (Mask.YEAR,) if last in DATES else (Mask.LAST_4, Mask.ENDS, Mask.INITIALS)


def is_field(subject_kind: str, field: str) -> bool:
    """Tell whether a name leads to a field: one that is known, or an unknown one of a known subject."""
    inside, last = _parent(field)
    return field in _FIELDS[subject_kind] or (
        inside in _INSIDES[subject_kind] and last not in RESERVED and inside + last not in _BRANCHES[subject_kind]
    )


def _parent(field: str) -> tuple[str, str]:
    before, dot, last = field.rpartition(".")
    return before + dot, last


def _walk(kind: str, inside: str = "") -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(KINDS[kind]):
        if field.name in PARTS:
            for part in PARTS[field.name]:
                yield from _walk(part.kind, inside + step(field.name, part.kind))
        elif field.name != "extra":
            yield inside + field.name, field.name


_FIELDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({kind: dict(_walk(kind)) for kind in KINDS})
"""Kind to the full names of its fields and their last names."""
_INSIDES: Final = {kind: {_parent(field)[0] for field in fields} for kind, fields in _FIELDS.items()}
"""Kind to what leads into it and its parts: "", "documents.", .."""
_BRANCHES: Final = {
    kind: {inside[:end] for inside in insides for end, letter in enumerate(inside) if letter == "."}
    for kind, insides in _INSIDES.items()
}
"""Names that lead on, and so are no field themselves."""
_PARTS_OF: Final = {
    kind: frozenset(PARTS).intersection(field.name for field in dataclasses.fields(cls)) for kind, cls in KINDS.items()
}
