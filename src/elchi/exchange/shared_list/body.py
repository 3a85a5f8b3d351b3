"""The bodies of the messages about shared lists: an offer, what the list is, its end, and what the receiver replies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.shared_list.entries import ENTRY_KINDS, Changes, read_changes
from elchi.exchange.shared_list.state import MAX_ENTRIES, MOST_VERSIONS, STATEMENT, ListState, read_state

OFFER: Final = "list_offer"
STATE: Final = "list_state"
END: Final = "list_end"
REPLY: Final = "list_reply"
KINDS: Final = (OFFER, STATE)
"""Those that go under an agreement. The others say of nobody anything, and go always: what is shared no longer has to
be removed, and this confirmed, also where the agreement is over."""
VERSION: Final = 1
ACTS: Final = ("accepted", "refused", "left", "applied", "missing", "disputed", "removed")
"""What a receiver says: he takes it; he does not; he takes it no longer; he has a version; he needs all of it; what the
owner says cannot be (`code`); everything of it is removed."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)
_TITLE: Final = 200
_LANGUAGES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOffer:
    """A slice of a list that a partner may have."""

    series: str
    name: str
    """What its owner calls it: `kz_wanted`."""
    title: str
    titles: Mapping[str, str] = field(hash=False)
    """By language; may be empty."""
    kinds: tuple[str, ...]
    """Of entries, of `ENTRY_KINDS`."""
    count: int
    """Entries, as it stands."""
    action: str
    """What its owner does with who is found; the receiver decides for himself."""

    def to_json(self) -> dict[str, Any]:
        """Give the body."""
        told = {
            "series": self.series, "name": self.name, "title": self.title, "titles": dict(self.titles),
            "kinds": list(self.kinds), "count": self.count, "action": self.action,
        }  # fmt: skip
        return {"v": VERSION, "offer": told}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReply:
    """What a receiver says of a series."""

    series: str
    act: str
    """Of `ACTS`."""
    version: int = 0
    """The newest that he has; 0 for none."""
    code: str = ""
    """Why, where it is `disputed`."""

    def to_json(self) -> dict[str, Any]:
        """Give the body."""
        told = {"series": self.series, "act": self.act, "version": self.version, "code": self.code}
        return {"v": VERSION, "reply": told}


def told_body(state: ListState, changes: Changes | None = None) -> dict[str, Any]:
    """Give the body that says what the list is, with its changes or without."""
    return {"v": VERSION, "state": state.to_json(), **({"changes": changes.to_json()} if changes else {})}


def read_told(body: Mapping[str, Any]) -> tuple[ListState, Changes | None]:
    """Read the body of `list_state` or `list_end`.

    Raises:
        InvalidInput: `shared_list_invalid`; `entry_invalid`.
    """
    state = read_state(body.get("state"))
    told = body.get("changes")
    if (told is None) != (state.form == STATEMENT):
        raise InvalidInput("shared_list_invalid", field="changes", rule="word")
    return state, None if told is None else read_changes(told)


def read_offer(body: Mapping[str, Any]) -> ListOffer:
    """Read an offer.

    Raises:
        InvalidInput: `shared_list_invalid`.
    """
    told = _object(body, "offer")
    titles, kinds = _object(told, "titles"), told.get("kinds")
    is_worded = all(_LANGUAGE.fullmatch(name) and _is_title(text) for name, text in titles.items())
    if not isinstance(kinds, list) or not kinds or not all(one in ENTRY_KINDS for one in kinds):
        raise InvalidInput("shared_list_invalid", field="kinds", rule="one_of", allowed=list(ENTRY_KINDS))
    if not _is_title(told.get("title")) or not is_worded or len(titles) > _LANGUAGES:
        raise InvalidInput("shared_list_invalid", field="title", rule="text_line", limit=_TITLE)
    return ListOffer(
        series=_like(told, "series", _UUID), name=_like(told, "name", _NAME), title=told["title"], titles=dict(titles),
        kinds=tuple(dict.fromkeys(kinds)), count=_number(told, "count", MAX_ENTRIES),
        action=_like(told, "action", re.compile(r"[a-z]{1,10}", re.ASCII)),
    )  # fmt: skip


def read_reply(body: Mapping[str, Any]) -> ListReply:
    """Read a reply.

    Raises:
        InvalidInput: `shared_list_invalid`.
    """
    told = _object(body, "reply")
    if told.get("act") not in ACTS:
        raise InvalidInput("shared_list_invalid", field="act", rule="one_of", allowed=list(ACTS))
    return ListReply(
        series=_like(told, "series", _UUID), act=told["act"], version=_number(told, "version", MOST_VERSIONS),
        code=_like(told, "code", re.compile(r"[a-z_]{0,40}", re.ASCII)),
    )  # fmt: skip


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = told.get(name)
    if not isinstance(value, Mapping):
        raise InvalidInput("shared_list_invalid", field=name, rule="object")
    return value


def _like(told: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidInput("shared_list_invalid", field=name, rule="word")
    return value


def _number(told: Mapping[str, Any], name: str, most: int) -> int:
    value = told.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise InvalidInput("shared_list_invalid", field=name, rule="number_in_range", minimum=0, maximum=most)
    return value


def _is_title(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _TITLE and value.isprintable() and bool(value.strip())
