"""What an owner says of a list as it stands, and what its receiver makes of what he is told.

Each version names the mark of the one before, so its owner cannot tell two partners, or one of them twice, two stories
without both having it in writing; each saying ends, so silence is seen. What python-tuf guards against is guarded
against here by the same means: rollback by versions, freeze by an end, mixing by one digest over all that is listed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.seal.canonical import read_time, write_canonical, write_time

SNAPSHOT: Final = "snapshot"
"""All entries come with it."""
DELTA: Final = "delta"
"""What changed since the version before comes with it."""
STATEMENT: Final = "statement"
"""Nothing comes with it: the list stands as it did; or it is withdrawn."""
FORMS: Final = (SNAPSHOT, DELTA, STATEMENT)
LONGEST: Final = dt.timedelta(days=31)
"""For which a saying may hold."""
AHEAD: Final = dt.timedelta(minutes=10)
"""So far ahead of ours the owner's clock may be."""
MOST_VERSIONS: Final = (1 << 31) - 1
MAX_ENTRIES: Final = 200_000
"""Of a shared list."""
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """What the owner says."""

    series: str
    """UUID of this slice for this partner."""
    version: int
    """From 1, one more each time that what is listed changes."""
    previous: str
    """Mark of the version before, in hex; empty for version 1."""
    digest: str
    """Of all entries (`entries.digest_of`)."""
    count: int
    """Entries."""
    issued_at: dt.datetime
    fresh_until: dt.datetime
    """Until when he says something again: what is older is shown as stale."""
    form: str
    """Of `FORMS`."""
    withdrawn: bool = False
    """He shares it no longer: everything of it is removed, and nothing comes after it."""

    def __post_init__(self) -> None:
        _holds("series", _UUID.fullmatch(self.series))
        _holds("version", 1 <= self.version <= MOST_VERSIONS)
        _holds("previous", _HASH.fullmatch(self.previous) if self.version > 1 else not self.previous)
        _holds("digest", _HASH.fullmatch(self.digest))
        _holds("count", 0 <= self.count <= (0 if self.withdrawn else MAX_ENTRIES))
        _holds("form", self.form in (FORMS if not self.withdrawn else (STATEMENT,)))
        _holds("form", self.form != DELTA or self.version > 1)
        _holds("fresh_until", dt.timedelta() < self.fresh_until - self.issued_at <= LONGEST)

    @property
    def mark(self) -> str:
        """Hash of the version, whenever and in whatever form it is said, in hex."""
        told = [self.series, self.version, self.previous, self.digest, self.count, self.withdrawn]
        return hashlib.sha256(write_canonical(told)).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values; `read_state` reads them back."""
        return {
            "series": self.series, "version": self.version, "previous": self.previous, "digest": self.digest,
            "count": self.count, "issued_at": write_time(self.issued_at), "fresh_until": write_time(self.fresh_until),
            "form": self.form, "withdrawn": self.withdrawn,
        }  # fmt: skip


def read_state(told: Any) -> ListState:
    """Read what `ListState.to_json` gives. Fields that this version does not know are passed over.

    Raises:
        InvalidInput: `shared_list_invalid` with `field` and `rule`.
    """
    if not isinstance(told, Mapping):
        raise InvalidInput("shared_list_invalid", field="state", rule="object")
    for name in ("series", "previous", "digest", "form", "issued_at", "fresh_until"):
        _holds(name, isinstance(told.get(name), str), "text")
    for name in ("version", "count"):
        _holds(name, type(told.get(name)) is int, "number")
    _holds("withdrawn", type(told.get("withdrawn")) is bool)
    values = {name: told[name] for name in ("series", "version", "previous", "digest", "count", "form", "withdrawn")}
    return ListState(**values, issued_at=_time(told, "issued_at"), fresh_until=_time(told, "fresh_until"))


class Decision(StrEnum):
    """What becomes of what was said."""

    TAKE = "take"
    """It is newer: its changes are made, and it is what is known from then on."""
    REFRESH = "refresh"
    """It is what is known, said anew: it holds longer."""
    KNOWN = "known"
    """Nothing new: it came twice, or late."""
    GAP = "gap"
    """Something before it is missing: a snapshot is asked for, and what is known stays."""
    ROLLBACK = "rollback"
    """An older version is said to be the newest, or a newer one to be older: refused, and kept as evidence."""
    FORK = "fork"
    """Another list under the number of one that is known, or after another one: refused, and kept as evidence."""
    AHEAD = "ahead"
    """It was said in the future: refused."""
    OVER = "over"
    """It was withdrawn before: refused."""


EVIDENCE: Final = frozenset((Decision.ROLLBACK, Decision.FORK))
"""An owner who is honest, or whoever carries what he says, never comes to these."""
REFUSED: Final = EVIDENCE | {Decision.AHEAD, Decision.OVER}


def accept(known: ListState | None, offered: ListState, *, now: dt.datetime) -> Decision:
    """Decide what becomes of what was said.

    Args:
        known: the newest that was taken of the series; None for nothing yet.
        offered: what was said, of the same series, by its owner for certain.
        now: the receiver's time.
    """
    if offered.issued_at > now + AHEAD:
        return Decision.AHEAD
    if known is None:
        return Decision.TAKE if offered.form == SNAPSHOT or offered.withdrawn else Decision.GAP
    if offered.version == known.version:
        return _again(known, offered)
    if known.withdrawn:
        return Decision.OVER if offered.version > known.version else Decision.KNOWN
    if offered.version < known.version:
        return Decision.ROLLBACK if offered.issued_at > known.issued_at else Decision.KNOWN
    return _newer(known, offered)


def _again(known: ListState, offered: ListState) -> Decision:
    if offered.mark != known.mark:
        return Decision.FORK
    return Decision.REFRESH if offered.issued_at > known.issued_at and not known.withdrawn else Decision.KNOWN


def _newer(known: ListState, offered: ListState) -> Decision:
    if offered.issued_at < known.issued_at:
        return Decision.ROLLBACK
    if offered.version == known.version + 1 and offered.previous != known.mark:
        return Decision.FORK
    if offered.withdrawn or offered.form == SNAPSHOT:
        return Decision.TAKE
    is_next = offered.form == DELTA and offered.version == known.version + 1
    return Decision.TAKE if is_next else Decision.GAP


def is_fresh(known: ListState, now: dt.datetime) -> bool:
    """Tell whether the owner's word still holds."""
    return now < known.fresh_until


def _time(told: Mapping[str, Any], name: str) -> dt.datetime:
    try:
        return read_time(told[name])
    except ValueError:
        raise InvalidInput("shared_list_invalid", field=name, rule="time_utc") from None


def _holds(field: str, good: object, rule: str = "word") -> None:
    if not good:
        raise InvalidInput("shared_list_invalid", field=field, rule=rule)
