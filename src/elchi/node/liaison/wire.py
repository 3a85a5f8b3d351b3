"""What is said at the desk, as it stands in the body of a message: docs/protocol/12-desk.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.conversation import Act
from elchi.exchange.message import Message
from elchi.node.liaison.rules import FILES, FILES_SIZE, KINDS, TEMPLATES, TEXT, TITLE, URGENCIES
from elchi.node.liaison.strict import count_in, object_in, one_of_in, text_in, texts_in, time_in
from elchi.seal.canonical import write_time
from elchi.subjects import Subject, from_wire, to_wire

VERSION: Final = 1
HEAD: Final = "head"
"""Without it nothing goes: it says what is done, and where in the conversation it stands."""
_SUBJECT: Final = 16_000
"""Characters of a subject: hundreds of names and documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One thing that is said."""

    act: Act
    place: int = 0
    """Its number in the conversation; 0 before it has one."""
    agency: str = ""
    """Code, that says it."""
    agencies: tuple[str, ...] = ()
    """Codes at the receiver to whom it is released; empty for all."""
    officer: str = ""
    text: str = ""
    language: str = ""
    template: str = ""
    clause: str = ""
    """Of a refusal."""
    read_to: int = 0
    subject: Subject | None = None
    called: str = ""
    """Number of the conversation; of the first thing said, as all that follow."""
    kind: str = ""
    urgency: str = ""
    title: str = ""
    ends_at: dt.datetime | None = None


def details_of(spoken: Spoken) -> dict[str, Any]:
    """Give the body beside the subject, of which the agreement says what may go."""
    head = {
        "act": str(spoken.act), "place": spoken.place, "agency": spoken.agency, "agencies": list(spoken.agencies),
        "template": spoken.template, "clause": spoken.clause, "read_to": spoken.read_to, "called": spoken.called,
        "kind": spoken.kind, "urgency": spoken.urgency,
        "ends_at": write_time(spoken.ends_at) if spoken.ends_at else "",
    }  # fmt: skip
    text = {"title": spoken.title, "words": spoken.text, "language": spoken.language}
    told: dict[str, Any] = {HEAD: {name: value for name, value in head.items() if value not in ("", 0, [])}}
    if spoken.title or spoken.text:
        told["text"] = {name: value for name, value in text.items() if value}
    if spoken.officer:
        told["officer"] = spoken.officer
    return told


def read_spoken(message: Message) -> Spoken:
    """Read what a message of a partner says, strictly.

    Raises:
        InvalidInput: `talk_invalid` with `field` and `rule`; what the subject raises.
    """
    body = message.body
    if body.get("v") != VERSION:
        raise InvalidInput("talk_invalid", field="v", rule="one_of", allowed=[VERSION])
    head, text = object_in(body, HEAD), object_in(body, "text")
    wire = body.get("subject")
    if wire is not None and len(str(wire)) > _SUBJECT:
        raise InvalidInput("talk_invalid", field="subject", rule="max_length", maximum=_SUBJECT)
    _check_files(message)
    return Spoken(
        act=Act(one_of_in(head, "act", tuple(Act))),
        place=count_in(head, "place", least=1),
        agency=text_in(head, "agency", 64),
        agencies=texts_in(head, "agencies"),
        officer=text_in(body, "officer", 200),
        text=text_in(text, "words", TEXT, lines=True),
        language=text_in(text, "language", 3),
        template=one_of_in(head, "template", ("", *TEMPLATES)),
        clause=text_in(head, "clause", 80),
        read_to=count_in(head, "read_to"),
        subject=from_wire(wire) if wire is not None else None,
        called=text_in(head, "called", 48),
        kind=one_of_in(head, "kind", ("", *KINDS)),
        urgency=one_of_in(head, "urgency", ("", *URGENCIES)),
        title=text_in(text, "title", TITLE),
        ends_at=time_in(head, "ends_at"),
    )


def subject_wire(subject: Subject | None) -> dict[str, Any] | None:
    """Give the wire form of a subject, if there is one."""
    return to_wire(subject) if subject else None


def _check_files(message: Message) -> None:
    if len(message.files) > FILES:
        raise InvalidInput("talk_invalid", field="files", rule="number_in_range", maximum=FILES)
    if sum(len(part.content) for part in message.files) > FILES_SIZE:
        raise InvalidInput("talk_invalid", field="files", rule="max_bytes", maximum=FILES_SIZE)
