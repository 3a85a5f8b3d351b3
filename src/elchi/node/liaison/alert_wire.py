"""An alert as it stands in the body of a message: docs/protocol/12-desk.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.message import Message
from elchi.node.liaison.rules import ALERT_ACTIONS, ALERT_LONGEST, TEXT, TITLE
from elchi.node.liaison.strict import object_in, one_of_in, text_in, texts_in, time_in
from elchi.node.liaison.wire import HEAD, VERSION
from elchi.seal.canonical import write_time
from elchi.subjects import Subject, from_wire

ALERT: Final = "alert"
ALERT_REPLY: Final = "alert_reply"
ACKNOWLEDGE: Final = "acknowledge"
_SUBJECT: Final = 16_000
"""Characters of a subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSaid:
    """What an alert says."""

    called: str
    """Its number."""
    action: str
    """Of `rules.ALERT_ACTIONS`."""
    agency: str = ""
    agencies: tuple[str, ...] = ()
    """Codes at the receiver to whom it is released; empty for all."""
    route: tuple[str, ...] = ()
    expires_at: dt.datetime
    title: str
    text: str = ""
    language: str = ""
    officer: str = ""
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """That an agency has taken note of an alert."""

    agency: str = ""
    officer: str = ""


def alert_details(said: AlertSaid) -> dict[str, Any]:
    """Give the body beside the subject, of which the agreement says what may go."""
    head = {
        "called": said.called, "action": said.action, "agency": said.agency, "agencies": list(said.agencies),
        "route": list(said.route), "expires_at": write_time(said.expires_at),
    }  # fmt: skip
    text = {"title": said.title, "words": said.text, "language": said.language}
    told = {HEAD: _filled(head), "text": _filled(text), "officer": said.officer}
    return _filled(told)


def acknowledged_details(told: Acknowledged) -> dict[str, Any]:
    """Give the body of an acknowledgement."""
    return _filled({HEAD: _filled({"act": ACKNOWLEDGE, "agency": told.agency}), "officer": told.officer})


def read_alert(message: Message) -> AlertSaid:
    """Read what an alert of a partner says, strictly.

    Raises:
        InvalidInput: `talk_invalid` with `field` and `rule`; what the subject raises.
    """
    body = message.body
    head, text, wire = object_in(body, HEAD), object_in(body, "text"), body.get("subject")
    if body.get("v") != VERSION:
        raise InvalidInput("talk_invalid", field="v", rule="one_of", allowed=[VERSION])
    if wire is None or len(str(wire)) > _SUBJECT:
        raise InvalidInput("talk_invalid", field="subject", rule="missing" if wire is None else "max_length")
    expires_at = time_in(head, "expires_at")
    if expires_at is None or not message.sent_at < expires_at <= message.sent_at + ALERT_LONGEST:
        raise InvalidInput("talk_invalid", field="expires_at", rule="thirty_days")
    return AlertSaid(
        called=text_in(head, "called", 48),
        action=one_of_in(head, "action", ALERT_ACTIONS),
        agency=text_in(head, "agency", 64),
        agencies=texts_in(head, "agencies"),
        route=tuple(one for one in texts_in(head, "route") if len(one) == 2),
        expires_at=expires_at,
        title=text_in(text, "title", TITLE),
        text=text_in(text, "words", TEXT, lines=True),
        language=text_in(text, "language", 3),
        officer=text_in(body, "officer", 200),
        subject=from_wire(wire),
    )


def read_acknowledged(message: Message) -> Acknowledged:
    """Read an acknowledgement of a partner, strictly.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    head = object_in(message.body, HEAD)
    one_of_in(head, "act", (ACKNOWLEDGE,))
    return Acknowledged(agency=text_in(head, "agency", 64), officer=text_in(message.body, "officer", 200))


def _filled(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in ("", [], {})}
