"""A message between two nodes, and its one wire form: the manifest that is signed, and the parts beside it.

The manifest binds who says what to whom, when, until when, why, under which agreement, and how it may be handled; the
body is a part beside it, whose hash it carries. What a newer partner writes into a manifest and this version does not
know is kept in `extra` and written back, never interpreted. See docs/protocol/01-envelope.md.
"""

from __future__ import annotations

import datetime as dt
import json
import re as patterns
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.seal.part import Part

VERSION: Final = 1
BODY: Final = "body"
"""Name of the part that holds the body; JSON (RFC 8785)."""
MAX_PARTIES: Final = 20
MAX_TEXT: Final = 2_000
"""Characters of the conditions of handling and of a legal basis."""
MAX_BODY: Final = 1 << 20
_HANDLING: Final = ("code", "tlp", "conditions")
_EVALUATION: Final = ("scheme", "source", "information")
_PARTY: Final = patterns.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", patterns.ASCII)
_WORD: Final = patterns.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?", patterns.ASCII)
_AGREEMENT: Final = patterns.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}:[1-9][0-9]{0,5}", patterns.ASCII)


class Lane(StrEnum):
    """How urgent a message is on the wire; in this order they leave (EXCHANGE 4.2)."""

    ALERT = "alert"
    ANSWER = "answer"
    """Hit or no hit: somebody is standing there."""
    QUESTION = "question"
    REPORT = "report"
    FEED = "feed"
    FILE = "file"


LANES: Final = tuple(Lane)
URGENT: Final = frozenset((Lane.ALERT, Lane.ANSWER, Lane.QUESTION))
"""Lanes that never wait behind the rest, nor in one batch with it."""
ONWARD: Final = ("none", "with_permission", "parties")
"""Whether the receiver may pass it on: not at all, after he asked, or to the parties of the agreement."""
HANDLING: Final = ("H0", "H1", "H2", "H3")
"""Europol's codes (Council document 6243/18): prevention and fight of crime only; not in court without permission; not
to be passed on without permission; other restrictions, in `conditions`."""
TLP: Final = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
"""Traffic Light Protocol 2.0 (FIRST, 2022)."""
EVALUATIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"4x4": ("ABCX", "1234"), "3x5x2": ("123", "ABCDE"), "5x5x5": ("ABCDE", "12345"), "6x6": ("ABCDEF", "123456")}
)
"""Scheme to codes of the source and of the information: Regulation (EU) 2016/794 Art. 29; College of Policing 3x5x2;
the older 5x5x5; the Admiralty scale (STANAG 2511)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How the receiver has to treat it."""

    code: str = "H1"
    """Of `HANDLING`."""
    tlp: str = "AMBER"
    """Of `TLP`."""
    conditions: str = ""
    """In words, as H3 asks for."""

    def __post_init__(self) -> None:
        _one_of("handling.code", self.code, HANDLING)
        _one_of("handling.tlp", self.tlp, TLP)
        _short("handling.conditions", self.conditions, MAX_TEXT)

    def stricter(self, other: Handling) -> Handling:
        """Give the handling that keeps to this one and to another; conditions of both stand in it, a line each.

        Raises:
            InvalidInput: `message_invalid`: together they are too long.
        """
        return Handling(
            code=max(self.code, other.code, key=HANDLING.index),
            tlp=max(self.tlp, other.tlp, key=TLP.index),
            conditions="\n".join(dict.fromkeys(one for one in (self.conditions, other.conditions) if one)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How far the sender trusts the source and the information."""

    scheme: str
    """Of `EVALUATIONS`."""
    source: str
    information: str

    def __post_init__(self) -> None:
        _one_of("evaluation.scheme", self.scheme, tuple(EVALUATIONS))
        sources, informations = EVALUATIONS[self.scheme]
        _one_of("evaluation.source", self.source, tuple(sources))
        _one_of("evaluation.information", self.information, tuple(informations))


def _none() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one node says to another, or to several."""

    id: str
    """UUID (RFC 9562), lower case; `new_id`."""
    kind: str
    """`question`, `answer`, `alert` ..; of a module `module.kind`."""
    sender: str
    """Code of the node."""
    to: tuple[str, ...]
    """Codes of the nodes, at least one."""
    thread: str
    """The conversation: id of its first message."""
    re: str = ""
    """Id of the message that this one answers."""
    sent_at: dt.datetime
    deadline: dt.datetime | None = None
    """Until when an answer is wanted."""
    expires_at: dt.datetime
    """Afterwards it is not delivered any more."""
    lane: Lane
    sequence: Mapping[str, int] = field(default_factory=_none)
    """Receiver to the number of this message among all from the sender to him in this lane, from 1 without a gap."""
    handling: Handling = field(default_factory=Handling)
    evaluation: Evaluation | None = None
    purpose: str = ""
    legal_basis: str = ""
    agreement: str = ""
    """`id:version` under which it goes; empty for what nodes say of themselves (keys, receipts, agreements)."""
    retention_until: dt.date | None = None
    """The receiver removes it after this day."""
    onward: str = "none"
    """Of `ONWARD`."""
    body: Mapping[str, Any] = field(default_factory=_none)
    """JSON values; of a kind and its version."""
    files: tuple[Part, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=_none)

    def __post_init__(self) -> None:
        for name in ("id", "thread"):
            _uuid(name, getattr(self, name))
        if self.re:
            _uuid("re", self.re)
        if not _WORD.fullmatch(self.kind):
            raise InvalidInput("message_invalid", field="kind", rule="word")
        if not 1 <= len(self.to) <= MAX_PARTIES or len(set(self.to)) != len(self.to):
            raise InvalidInput("message_invalid", field="to", rule="parties")
        for party in (self.sender, *self.to, *self.sequence):
            if not _PARTY.fullmatch(party):
                raise InvalidInput("message_invalid", field="party", rule="node_code")
        if self.agreement and not _AGREEMENT.fullmatch(self.agreement):
            raise InvalidInput("message_invalid", field="agreement", rule="agreement_version")
        if self.purpose and not _WORD.fullmatch(self.purpose):
            raise InvalidInput("message_invalid", field="purpose", rule="word")
        _one_of("onward", self.onward, ONWARD)
        _short("legal_basis", self.legal_basis, MAX_TEXT)
        if self.expires_at <= self.sent_at:
            raise InvalidInput("message_invalid", field="expires_at", rule="after_sent_at")


def new_id() -> str:
    """Give the id of a new message or conversation."""
    return str(uuid.uuid4())


def encode_message(message: Message) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Give the wire form: the manifest, and the parts of which the first is the body.

    What is empty is left out, so that a field that a later version adds does not change older messages.
    """
    manifest: dict[str, Any] = {
        **message.extra,
        "v": VERSION,
        "id": message.id,
        "kind": message.kind,
        "from": message.sender,
        "to": list(message.to),
        "thread": message.thread,
        "re": message.re,
        "sent_at": _time_text(message.sent_at),
        "deadline": _time_text(message.deadline) if message.deadline else "",
        "expires_at": _time_text(message.expires_at),
        "lane": str(message.lane),
        "sequence": dict(message.sequence),
        "handling": _filled({name: getattr(message.handling, name) for name in _HANDLING}),
        "purpose": message.purpose,
        "legal_basis": message.legal_basis,
        "agreement": message.agreement,
        "retention_until": message.retention_until.isoformat() if message.retention_until else "",
        "onward": message.onward,
    }
    if message.evaluation:
        manifest["evaluation"] = {name: getattr(message.evaluation, name) for name in _EVALUATION}
    body = json.dumps(dict(message.body), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return _filled(manifest), (Part(BODY, "application/json", body), *message.files)


_KNOWN: Final = frozenset(
    ("v", "id", "kind", "from", "to", "thread", "re", "sent_at", "deadline", "expires_at", "lane", "sequence",
     "handling", "evaluation", "purpose", "legal_basis", "agreement", "retention_until", "onward", "parts",
     "signers")
)  # fmt: skip


def decode_message(told: Mapping[str, Any], parts: Sequence[Part]) -> Message:
    """Read the message of an envelope that was opened.

    Args:
        told: the manifest.
        parts: beside it.

    Raises:
        InvalidInput: `message_invalid` with `field` and `rule`; `message_version` for a version that is not ours.
    """
    if told.get("v") != VERSION:
        raise InvalidInput("message_version", field="v", rule="one_of", allowed=[VERSION])
    files = tuple(part for part in parts if part.name != BODY)
    bodies = [part for part in parts if part.name == BODY]
    if len(bodies) != 1 or len(bodies[0].content) > MAX_BODY:
        raise InvalidInput("message_invalid", field=BODY, rule="one_body")
    handling, evaluation = _object(told, "handling"), _object(told, "evaluation")
    return Message(
        id=_text(told, "id"),
        kind=_text(told, "kind"),
        sender=_text(told, "from"),
        to=_texts(told, "to"),
        thread=_text(told, "thread"),
        re=_text(told, "re"),
        sent_at=_time(told, "sent_at"),
        deadline=_time(told, "deadline") if told.get("deadline") else None,
        expires_at=_time(told, "expires_at"),
        lane=Lane(_one_of("lane", _text(told, "lane"), LANES)),
        sequence=_sequence(told),
        handling=Handling(
            **{name: _text(handling, name) for name in ("code", "tlp", "conditions") if name in handling}
        ),
        evaluation=Evaluation(**{name: _text(evaluation, name) for name in _EVALUATION}) if evaluation else None,
        purpose=_text(told, "purpose"),
        legal_basis=_text(told, "legal_basis"),
        agreement=_text(told, "agreement"),
        retention_until=_date(told, "retention_until"),
        onward=_text(told, "onward") or "none",
        body=_body(bodies[0].content),
        files=files,
        extra=MappingProxyType({name: value for name, value in told.items() if name not in _KNOWN}),
    )


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", {})}


def _time_text(at: dt.datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(told: Mapping[str, Any], name: str) -> dt.datetime:
    text = _text(told, name)
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or not text.endswith("Z") or len(text) != 24:
        raise InvalidInput("message_invalid", field=name, rule="time_utc")
    return at


def _date(told: Mapping[str, Any], name: str) -> dt.date | None:
    text = _text(told, name)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("message_invalid", field=name, rule="date") from None


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise InvalidInput("message_invalid", field=name, rule="text")
    return value


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = told.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput("message_invalid", field=name, rule="texts")
    return tuple(value)


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = told.get(name, {})
    if not isinstance(value, dict):
        raise InvalidInput("message_invalid", field=name, rule="object")
    return value


def _sequence(told: Mapping[str, Any]) -> Mapping[str, int]:
    value = _object(told, "sequence")
    if not all(type(number) is int and 1 <= number < 1 << 53 for number in value.values()):
        raise InvalidInput("message_invalid", field="sequence", rule="numbers")
    return MappingProxyType(dict(value))


def _body(content: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InvalidInput("message_invalid", field=BODY, rule="object")
    return MappingProxyType(value)


def _uuid(name: str, text: str) -> None:
    try:
        right = str(uuid.UUID(text)) == text
    except (ValueError, AttributeError):
        right = False
    if not right:
        raise InvalidInput("message_invalid", field=name, rule="uuid")


def _one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise InvalidInput("message_invalid", field=name, rule="one_of", allowed=list(allowed))
    return value


def _short(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise InvalidInput("message_invalid", field=name, rule="max_length", maximum=most)
