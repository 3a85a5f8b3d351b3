"""The bodies of the four messages of a private match (docs/protocol/10-private-match.md).

All of a body stands in one field, `match`, so that an agreement names one; beside it stands `contact`, a desk to call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.private_match.oprf import ELEMENT
from elchi.exchange.private_match.tags import MAX_PAGES, PER_PAGE, TAG
from elchi.seal.canonical import decode_bytes, encode_bytes

ASK: Final = "private_match.ask"
ANSWER: Final = "private_match.answer"
PAGE: Final = "private_match.tags"
CONTACT: Final = "private_match.contact"
KINDS: Final = (ASK, ANSWER, PAGE, CONTACT)
MAX_KEYS: Final = 10_000
"""Keys of one ask."""
RULES: Final = 1
"""Of the form in which keys are compared; other rules would find nothing."""
SET_ID: Final = 32
_DESK: Final = ("agency", "desk", "phone", "email", "languages")
_TEXT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBody:
    """Blinded keys."""

    elements: tuple[bytes, ...] = field(repr=False)
    have: str = ""
    """The set of tags that is there from before; empty for none."""
    rules: int = RULES

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"rules": self.rules, "have": self.have, "elements": encode_bytes(b"".join(self.elements))}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBody:
    """The keys asked, done with the key of who holds the list, and which set they are to be looked for in."""

    elements: tuple[bytes, ...] = field(repr=False)
    set_id: str
    pages: int
    size: int
    """Tags of the set."""

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        told = encode_bytes(b"".join(self.elements))
        return {"set": self.set_id, "pages": self.pages, "size": self.size, "elements": told}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBody:
    """A page of the set."""

    set_id: str
    page: int
    """From 0."""
    tags: bytes = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"set": self.set_id, "page": self.page, "tags": encode_bytes(self.tags)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactBody:
    """That somebody wants to talk about one that both know."""

    set_id: str
    tag: bytes = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"set": self.set_id, "tag": encode_bytes(self.tag)}


def read_ask(body: Mapping[str, Any]) -> AskBody:
    """Read what is asked.

    Raises:
        InvalidInput: `match_invalid` with `field` and `rule`.
    """
    told = _match(body)
    rules = _number(told, "rules", 1, 1 << 15)
    if rules != RULES:
        raise InvalidInput("match_invalid", field="rules", rule="one_of", allowed=[RULES])
    elements = _pieces(told, "elements", ELEMENT, MAX_KEYS)
    if not elements:
        raise InvalidInput("match_invalid", field="elements", rule="missing")
    return AskBody(elements=elements, have=_set_id(told, "have") if told.get("have") else "", rules=rules)


def read_answer(body: Mapping[str, Any]) -> AnswerBody:
    """Read an answer.

    Raises:
        InvalidInput: `match_invalid`.
    """
    told = _match(body)
    return AnswerBody(
        elements=_pieces(told, "elements", ELEMENT, MAX_KEYS),
        set_id=_set_id(told, "set"),
        pages=_number(told, "pages", 1, MAX_PAGES),
        size=_number(told, "size", 0, MAX_PAGES * PER_PAGE),
    )


def read_page(body: Mapping[str, Any]) -> PageBody:
    """Read a page of tags.

    Raises:
        InvalidInput: `match_invalid`.
    """
    told = _match(body)
    tags = b"".join(_pieces(told, "tags", TAG, PER_PAGE))
    return PageBody(set_id=_set_id(told, "set"), page=_number(told, "page", 0, MAX_PAGES - 1), tags=tags)


def read_contact(body: Mapping[str, Any]) -> ContactBody:
    """Read who wants to talk about what.

    Raises:
        InvalidInput: `match_invalid`.
    """
    told = _match(body)
    tags = _pieces(told, "tag", TAG, 1)
    if not tags:
        raise InvalidInput("match_invalid", field="tag", rule="missing")
    return ContactBody(set_id=_set_id(told, "set"), tag=tags[0])


def read_desk(body: Mapping[str, Any]) -> dict[str, str]:
    """Read the desk to call: one line of text each; nothing where none is named.

    Raises:
        InvalidInput: `match_invalid`.
    """
    told = body.get("contact", {})
    if not isinstance(told, Mapping):
        raise InvalidInput("match_invalid", field="contact", rule="object")
    desk = {name: told[name] for name in _DESK if told.get(name)}
    for name, text in desk.items():
        if not isinstance(text, str) or len(text) > _TEXT or not text.isprintable():
            raise InvalidInput("match_invalid", field=f"contact.{name}", rule="text_line")
    return desk


def _match(body: Mapping[str, Any]) -> Mapping[str, Any]:
    told = body.get("match")
    if not isinstance(told, Mapping):
        raise InvalidInput("match_invalid", field="match", rule="object")
    return told


def _pieces(told: Mapping[str, Any], name: str, size: int, most: int) -> tuple[bytes, ...]:
    text = told.get(name)
    if isinstance(text, str) and len(text) > most * size * 4 // 3 + 4:
        raise InvalidInput("match_invalid", field=name, rule="max_items", maximum=most)
    try:
        content = decode_bytes(text)
    except ValueError:
        raise InvalidInput("match_invalid", field=name, rule="base64url") from None
    if len(content) % size or len(content) > most * size:
        raise InvalidInput("match_invalid", field=name, rule="whole_pieces", maximum=most)
    return _cut(content, size)


def _cut(content: bytes, size: int) -> tuple[bytes, ...]:
    return tuple(content[begin : begin + size] for begin in range(0, len(content), size))


def elements_of(content: bytes) -> tuple[bytes, ...]:
    """Give the elements that stand one behind the other, as tables keep them."""
    return _cut(content, ELEMENT)


def _set_id(told: Mapping[str, Any], name: str) -> str:
    text = told.get(name)
    if not isinstance(text, str) or len(text) != SET_ID or not all(char in "0123456789abcdef" for char in text):
        raise InvalidInput("match_invalid", field=name, rule="set_id")
    return text


def _number(told: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = told.get(name)
    if type(value) is not int or not least <= value <= most:
        raise InvalidInput("match_invalid", field=name, rule="number_in_range", minimum=least, maximum=most)
    return value
