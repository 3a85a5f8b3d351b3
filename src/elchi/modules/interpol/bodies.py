"""The bodies of messages between a node and its bureau, and between two bureaus (docs/protocol/09-interpol.md)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.errors import ElchiError, InvalidInput
from elchi.exchange.agreement import unmasked
from elchi.exchange.message import Message
from elchi.modules.interpol.confirmation import ANSWERS, STEPS
from elchi.modules.interpol.gateway import Guidance
from elchi.modules.interpol.mapping import REPORTED
from elchi.modules.interpol.offline.offline_copy import CopyAnswer
from elchi.modules.interpol.question import KINDS, Asked, Firearm, Source
from elchi.modules.interpol.wire import asked_from_wire
from elchi.seal.canonical import read_time, write_time

VERSION: Final = 1
MAX_SUBJECT: Final = 16 << 10
"""Characters of JSON."""
_TEXT: Final = 100
_CODE: Final = 64
_MOST_REFUSALS: Final = 2
_MOST_VERSION: Final = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauAnswer:
    """What a bureau answers: what a first line is told, how old it is, and no record."""

    guidance: str
    source: str = ""
    """`online`, `offline`; empty where nobody answered."""
    copy_version: int | None = None
    copy_issued_at: dt.datetime | None = None
    stale: bool = False
    reference: str = ""
    refusals: tuple[Mapping[str, str], ...] = field(default_factory=tuple)

    @property
    def columns(self) -> dict[str, Any]:
        """As `QueryAnswer` has it."""
        names = ("guidance", "source", "copy_version", "copy_issued_at", "stale")
        return {**{name: getattr(self, name) for name in names}, "refusals": [dict(one) for one in self.refusals]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmBody:
    """What a bureau asks the owner of a record."""

    asked: Asked
    record: str
    reported: str
    reference: str


def asked_in(message: Message) -> Asked:
    """Give what a message asks about: its `subject`, without what is masked, or its `firearm`.

    Raises:
        InvalidInput: `question_invalid`, `subject_kind`; what the subject raises.
    """
    told = [name for name in ("subject", Firearm.kind) if name in message.body]
    if len(told) != 1:
        raise InvalidInput("question_invalid", field="subject", rule="missing")
    wire = message.body[told[0]]
    if not isinstance(wire, Mapping) or len(json.dumps(wire)) > MAX_SUBJECT:
        raise InvalidInput("question_invalid", field="subject", rule="max_length", maximum=MAX_SUBJECT)
    asked = asked_from_wire(dict(wire))
    if isinstance(asked, Firearm) != (told[0] == Firearm.kind):
        raise InvalidInput("subject_kind", field="kind", rule="one_of", allowed=sorted(KINDS))
    if isinstance(asked, Firearm):
        return asked
    left: Any = unmasked(asked)
    if left is None:
        raise InvalidInput("question_invalid", field="subject", rule="nothing_left")
    return left  # type: ignore[no-any-return]  # as it came, of the same kind


def answer_details(told: BureauAnswer) -> dict[str, Any]:
    """Give what a bureau would answer; the agreement decides what of it goes."""
    details: dict[str, Any] = {"guidance": told.guidance}
    if told.source:
        details["source"] = told.source
        if told.copy_issued_at is not None:
            details |= {
                "copy_version": told.copy_version, "copy_issued_at": write_time(told.copy_issued_at),
                "stale": told.stale,
            }  # fmt: skip
    if told.reference:
        details["reference"] = told.reference
    if told.refusals:
        details["refusals"] = [dict(one) for one in told.refusals]
    return details


def read_answer_body(body: Mapping[str, Any], *, now: dt.datetime) -> BureauAnswer:
    """Read what a bureau answers. Whether its copy is stale is told by our clock too: the older of the two holds.

    Raises:
        InvalidInput: `answer_invalid` with `field` and `rule`.
    """
    guidance, source = _text(body, "guidance", _CODE), _text(body, "source", _CODE)
    if guidance not in tuple(Guidance):
        raise InvalidInput("answer_invalid", field="guidance", rule="one_of", allowed=list(Guidance))
    if source not in ("", *Source) or bool(source) == (guidance == Guidance.NOBODY_ANSWERED):
        raise InvalidInput("answer_invalid", field="source", rule="one_of", allowed=list(Source))
    version, issued_at, stale = body.get("copy_version"), body.get("copy_issued_at"), body.get("stale", False)
    if version is not None and (type(version) is not int or not 0 < version < _MOST_VERSION):
        raise InvalidInput("answer_invalid", field="copy_version", rule="number")
    if type(stale) is not bool:
        raise InvalidInput("answer_invalid", field="stale", rule="boolean")
    at = None if issued_at is None else _time(issued_at)
    if source == Source.OFFLINE:
        if at is None:  # an answer whose age nobody can tell is none
            raise InvalidInput("answer_invalid", field="copy_issued_at", rule="missing")
        stale = stale or CopyAnswer(None, version or 0, at).is_stale(now)
    if stale and guidance == Guidance.NOTHING_REPORTED:
        guidance = Guidance.ASK_AGAIN
    return BureauAnswer(
        guidance=str(guidance), source=source, copy_version=version, copy_issued_at=at, stale=stale,
        reference=_text(body, "reference", _CODE), refusals=_refusals(body),
    )  # fmt: skip


def read_confirm_body(message: Message) -> ConfirmBody:
    """Read what another bureau asks.

    Raises:
        InvalidInput: `question_invalid`; what `asked_in` raises.
    """
    try:
        record, reported, reference = (_text(message.body, name, _TEXT) for name in ("record", "reported", "reference"))
    except ElchiError as error:
        raise InvalidInput("question_invalid", field=str(error.params["field"]), rule="text") from None
    if reported not in REPORTED:
        raise InvalidInput("question_invalid", field="reported", rule="one_of")
    if not reference:
        raise InvalidInput("question_invalid", field="reference", rule="missing")
    return ConfirmBody(asked=asked_in(message), record=record, reported=reported, reference=reference[:_CODE])


def read_confirmed_body(body: Mapping[str, Any]) -> str:
    """Read what the owner says: `confirmed` or `refuted`.

    Raises:
        InvalidInput: `answer_invalid`.
    """
    return _one_of(body, "answer", ANSWERS)


def read_progress_body(body: Mapping[str, Any]) -> str:
    """Read how far a confirmation is: a step.

    Raises:
        InvalidInput: `answer_invalid`.
    """
    return _one_of(body, "step", tuple(STEPS))


def _one_of(body: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = _text(body, name, _CODE)
    if value not in allowed:
        raise InvalidInput("answer_invalid", field=name, rule="one_of", allowed=list(allowed))
    return value


def _refusals(body: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    told = body.get("refusals", [])
    if not isinstance(told, list) or len(told) > _MOST_REFUSALS or not all(isinstance(one, Mapping) for one in told):
        raise InvalidInput("answer_invalid", field="refusals", rule="array")
    return tuple({name: _text(one, name, _CODE) for name in ("source", "code", "reason")} for one in told)


def _time(value: Any) -> dt.datetime:
    try:
        return read_time(value)
    except ValueError:
        raise InvalidInput("answer_invalid", field="copy_issued_at", rule="time_utc") from None


def _text(told: Mapping[str, Any], name: str, most: int) -> str:
    value = told.get(name, "")
    if not isinstance(value, str) or len(value) > most or not (value.isprintable() or not value):
        raise InvalidInput("answer_invalid", field=name, rule="text", maximum=most)
    return value
