"""The entries of a shared list: what an agreement lets go of each, their hashes, and the changes between two versions.

To an agreement an entry is what a message of the kind `listed_person`, `listed_vehicle`, `listed_document` or
`listed_organisation` would say: its properties are the details. No such message is ever sent; what goes is a list.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from elchi.errors import InvalidInput, NotAllowed
from elchi.exchange.agreement import Agreement, Party
from elchi.exchange.agreement.masks import MASKED, Mask
from elchi.exchange.agreement.sift import FieldDecision
from elchi.exchange.agreement.terms import Decision
from elchi.exchange.shared_list.state import MAX_ENTRIES, ListState
from elchi.lists import Entry, from_ftm
from elchi.lists.properties import findable_properties
from elchi.seal.canonical import write_canonical

ENTRY_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "person": "listed_person",
        "vehicle": "listed_vehicle",
        "document": "listed_document",
        "organisation": "listed_organisation",
    }
)
"""Kind of entry to the kind of message as which an agreement decides about it."""
_SCHEMATA: Final[Mapping[str, str]] = {
    "Person": "person", "LegalEntity": "person", "Vehicle": "vehicle", "Vessel": "vehicle", "Airplane": "vehicle",
    "Asset": "vehicle", "Passport": "document", "Identification": "document", "Organization": "organisation",
    "Company": "organisation", "PublicBody": "organisation",
}  # fmt: skip
"""Of a `LegalEntity` a list does not say whether it is a person: so it is treated as one."""


class EntryPermit(NamedTuple):
    """What may go of an entry."""

    entry: Entry | None
    """None where nothing may go by which it could be found."""
    decisions: tuple[FieldDecision, ...]
    """One for each property; none where the kind of entry may not go at all."""
    clause: str
    """By which the entry as such goes or stays."""


@dataclass(frozen=True, slots=True)
class Between:
    """Who tells whom, for what, when."""

    sender: Party
    receiver: Party
    purpose: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What leads from one version to the next; in a snapshot, all that is listed."""

    put: tuple[Entry, ...] = ()
    """New ones, and those that say something else now."""
    gone: tuple[str, ...] = ()
    """Ids."""

    def to_json(self) -> dict[str, Any]:
        """Give them as JSON values; `read_changes` reads them back."""
        return {"put": [entry_to_json(one) for one in self.put], "gone": list(self.gone)}


def read_changes(told: Any) -> Changes:
    """Read what `Changes.to_json` gives.

    Raises:
        InvalidInput: `shared_list_invalid`; `entry_invalid`.
    """
    put, gone = (told.get("put"), told.get("gone")) if isinstance(told, Mapping) else (None, None)
    if not isinstance(put, list) or not isinstance(gone, list):
        raise InvalidInput("shared_list_invalid", field="changes", rule="object")
    if not all(isinstance(one, str) for one in gone):
        raise InvalidInput("shared_list_invalid", field="gone", rule="text")
    entries = tuple(entry_from_json(one) for one in put)
    ids = [*(one.id for one in entries), *gone]
    if len(set(ids)) != len(ids):
        raise InvalidInput("shared_list_invalid", field="changes", rule="each_once")
    return Changes(entries, tuple(gone))


def kind_of(schema: str) -> str:
    """Give the kind of an entry; empty for one that is not shared."""
    return _SCHEMATA.get(schema, "")


def entry_to_json(entry: Entry) -> list[Any]:
    """Give an entry as it goes: its id, its schema, its properties."""
    return [entry.id, entry.schema, {name: list(values) for name, values in entry.properties.items()}]


def entry_from_json(told: Any) -> Entry:
    """Read an entry that is written as `entry_to_json` writes it; any other form is refused, as its hash would differ.

    Raises:
        InvalidInput: `shared_list_invalid`; `entry_invalid`.
    """
    if not isinstance(told, list) or len(told) != 3:
        raise InvalidInput("shared_list_invalid", field="entry", rule="object")
    entry = from_ftm(dict(zip(("id", "schema", "properties"), told, strict=True)))
    if entry_to_json(entry) != told or not kind_of(entry.schema):
        raise InvalidInput("shared_list_invalid", field="entry", rule="as_written")
    return entry


def entry_hash(entry: Entry) -> bytes:
    """Give the hash of an entry: SHA-256 of its form in RFC 8785."""
    return hashlib.sha256(write_canonical(entry_to_json(entry))).digest()


def digest_of(hashes: Iterable[bytes]) -> str:
    """Give the digest of a list, in hex: SHA-256 of the hashes of its entries in ascending order."""
    return hashlib.sha256(b"".join(sorted(hashes))).hexdigest()


def changes_between(before: Mapping[str, bytes], now: Mapping[str, Entry]) -> Changes:
    """Give what leads from a version to what is listed now.

    Args:
        before: id to hash of the entries of the version.
        now: id to entry.
    """
    put = tuple(one for one in now.values() if before.get(one.id) != entry_hash(one))
    return Changes(put, tuple(name for name in before if name not in now))


def apply_changes(before: Mapping[str, Entry], changes: Changes, state: ListState) -> dict[str, Entry]:
    """Give what is listed after changes.

    Args:
        before: what was listed; nothing for a snapshot.
        changes: that came with it.
        state: what its owner says that comes of it.

    Raises:
        InvalidInput: `shared_list_invalid` with rule `as_told`: it comes out otherwise, so nothing is taken of it.
    """
    listed = {**before, **{one.id: one for one in changes.put}}
    for name in changes.gone:
        listed.pop(name, None)
    if len(listed) > MAX_ENTRIES or len(listed) != state.count:
        raise InvalidInput("shared_list_invalid", field="count", rule="as_told")
    if digest_of(map(entry_hash, listed.values())) != state.digest:
        raise InvalidInput("shared_list_invalid", field="digest", rule="as_told")
    return listed


def permit_entry(agreement: Agreement, entry: Entry, between: Between) -> EntryPermit:
    """Give what an agreement lets go of an entry, property by property.

    What would go masked stays, but for a date of which the year is left: half a number finds the wrong person.
    """
    kind = ENTRY_KINDS.get(kind_of(entry.schema), "")
    try:
        permit = agreement.permit(
            None, sender=between.sender, receiver=between.receiver, purpose=between.purpose, kind=kind, at=between.at,
            details={name: list(values) for name, values in entry.properties.items()},
        )  # fmt: skip
    except NotAllowed as error:
        return EntryPermit(None, (), str(error.params.get("clause", "")))
    whole = {
        one.field for one in permit.detail_decisions
        if one.decision is Decision.MAY_GO or (one.decision is Decision.MASKED and one.mask is Mask.YEAR)
    }  # fmt: skip
    went = {name: tuple(dict.fromkeys(values)) for name, values in permit.details.items() if name in whole}
    kept = {name: went[name] for name in sorted(went) if name != MASKED}
    found = not findable_properties().isdisjoint(kept)
    made = Entry(entry.id, entry.schema, kept) if found else None
    return EntryPermit(made, permit.detail_decisions, permit.clause)


def check_entry(agreement: Agreement, entry: Entry, between: Between) -> None:
    """Do nothing if an entry that came is as `permit_entry` would have made it.

    Raises:
        NotAllowed: `not_covered` with `agreement`, `rule`, `clause` and `field`.
    """
    permit = permit_entry(agreement, entry, between)
    if permit.entry == entry:
        return
    first = next((one for one in permit.decisions if one.decision is not Decision.MAY_GO), None)
    field, clause = (first.field, first.clause) if first else (kind_of(entry.schema), permit.clause)
    raise NotAllowed("not_covered", agreement=agreement.name, rule="agreed_field", clause=clause, field=field)
