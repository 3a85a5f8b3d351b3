"""FollowTheMoney entity stream: one JSON object a line, as OpenSanctions (`entities.ftm.json`) and Aleph export it.

Identity documents stand in lines of their own (`Passport`, `Identification`) that name their holder. A first pass
gathers them, so that the holder's entry carries the number and an officer who checks the document finds the person; a
document whose holder is not in the file becomes an entry itself. Other links (Sanction, Address, Ownership ...) are
skipped and reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from elchi.errors import InvalidInput
from elchi.lists.entry import BadLine, Draft, Entry, entry_or_bad, from_ftm
from elchi.lists.source import Limits, Progress, open_source, read_lines

CHECKED = frozenset(
    ("Person", "LegalEntity", "Organization", "Company", "PublicBody", "Asset", "Vehicle", "Vessel", "Airplane")
)
"""Schemata that are entries."""
DOCUMENTS: Mapping[str, str] = {"Passport": "passportNumber", "Identification": "idNumber"}
"""Schemata of documents, and the property of the holder that takes their number."""
_MAX_DOCUMENTS = 2_000_000


def read_ftm(path: Path, limits: Limits | None = None, progress: Progress | None = None) -> Iterator[Entry | BadLine]:
    """Read a FollowTheMoney stream.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with `rule`.
    """
    held = _documents_by_holder(path, limits)
    for line, raw in read_lines(open_source(path, limits, progress)):
        try:
            wire = _object(raw)
            schema = wire.get("schema")
            if isinstance(schema, str) and schema not in CHECKED and schema not in DOCUMENTS:
                yield BadLine(line, "schema_unchecked", {"schema": schema[:64]}, skipped=True)
                continue
            entry = from_ftm(wire)
        except InvalidInput as error:
            if not raw.endswith((b"\n", b"}")):
                raise InvalidInput("list_broken", field="file", rule="truncated", line=line) from None
            yield BadLine(line, error.code, error.params)
            continue
        if entry.schema not in DOCUMENTS or "holder" not in entry.properties:
            yield entry_or_bad(line, _with_documents, entry, held.pop(entry.id, ()))
    for holder, documents in held.items():
        yield from (_alone(holder, document) for document in documents)


_Document = tuple[str, str, tuple[str, ...]]
"""Id, schema and numbers."""


def _documents_by_holder(path: Path, limits: Limits | None) -> dict[str, list[_Document]]:
    held: dict[str, list[_Document]] = {}
    count = 0
    for line, raw in read_lines(open_source(path, limits)):
        if b'"Passport"' not in raw and b'"Identification"' not in raw:
            continue
        try:
            document = from_ftm(_object(raw))
        except InvalidInput:
            continue  # the second pass reports it
        if document.schema in DOCUMENTS:
            for holder in document.properties.get("holder", ()):
                count += 1
                numbers = document.properties.get("number", ())
                held.setdefault(holder, []).append((document.id, document.schema, numbers))
        if count > _MAX_DOCUMENTS:
            raise InvalidInput("list_broken", field="file", rule="too_many_documents", line=line)
    return held


def _object(raw: bytes) -> dict[str, Any]:
    try:
        wire = json.loads(raw)
    except (ValueError, RecursionError):
        raise InvalidInput("entry_invalid", field="line", rule="json") from None
    if not isinstance(wire, dict):
        raise InvalidInput("entry_invalid", field="line", rule="object")
    return wire


def _with_documents(entry: Entry, documents: Iterable[_Document]) -> Entry:
    if not documents:
        return entry
    draft = Draft(entry.id, entry.schema)
    for name, values in entry.properties.items():
        draft.add(name, *values)
    for _, schema, numbers in documents:
        draft.add(DOCUMENTS[schema], *numbers)
    return draft.entry()


def _alone(holder: str, document: _Document) -> Entry:
    document_id, schema, numbers = document
    draft = Draft(document_id, schema)
    draft.add("number", *numbers)
    draft.add("holder", holder)
    return draft.entry()
