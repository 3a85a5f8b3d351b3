"""How a question is written for the other side, and its answer read: one declarative file, no code.

INTERPOL's own interface is not public: a bureau gets its description with its connection. So an integrator writes this
file (docs/modules/interpol-online.md), and the conformance kit says whether it holds.

    [connection]            address, certificates, times and limits
    [ask.document]          path, and in [ask.document.body] the name there = a field here, or "=" and a constant
    [answer]                id, answered_at, country, hits = names there
    [answer.hit]            record, owner, reported = names there
    [answer.reported]       a word there = a word here

Names there are parted by dots where objects lie in objects.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from elchi.documents.states import find_state
from elchi.errors import Conflict, InvalidInput
from elchi.modules.interpol.offline.document_key import Reported
from elchi.modules.interpol.question import KINDS, OTHER, Firearm, Hit, Question, SideAnswer, Source
from elchi.subjects.subject import Document, Person, Vehicle

MAX_ANSWER: Final = 1 << 20
"""Bytes."""
MAX_HITS: Final = 100
SKEW: Final = dt.timedelta(minutes=5)
"""How far the clock of the other side may be from ours. An answer that is older is one that somebody kept."""
REPORTED: Final = frozenset((*Reported, "wanted", "missing", "sanctioned", OTHER))
"""Words that an answer may come to here."""
_MAX_FILE: Final = 1 << 16
_ADDRESS: Final = re.compile(r"https://[\x21-\x7e]{1,300}", re.ASCII)
_PATH: Final = re.compile(r"/[\x21-\x7e]{0,200}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_@$][\w@$-]*(\.[A-Za-z_@$][\w@$-]*){0,7}", re.ASCII)
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_OF_QUESTION: Final = frozenset(("id", "asked_at", "country", "access_point", "purpose"))
_OF_SUBJECT: Final = {
    one.kind: frozenset(field.name for field in dataclasses.fields(one)) - {"extra", "documents"}
    for one in (Document, Person, Vehicle, Firearm)
}
_MOST: Final = {
    "connect_seconds": 60, "answer_seconds": 60, "tries": 10, "whole_seconds": 300, "questions_a_minute": 100_000,
}  # fmt: skip
_ANSWER: Final = frozenset(("id", "answered_at", "hits"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where the other side is, and how patient we are. Files are named from the folder of the mapping."""

    address: str
    certificate: str
    """PEM, presented to the other side."""
    key: str
    """PEM, of the certificate."""
    trusted: str
    """PEM, of the authorities that may have issued the certificate of the other side, or that certificate itself."""
    connect_seconds: float = 2.0
    answer_seconds: float = 4.0
    tries: int = 3
    whole_seconds: float = 8.0
    """All tries of a question together: a traveller is waiting."""
    questions_a_minute: int = 600


@dataclass(frozen=True, slots=True)
class Ask:
    """How one kind of question is written."""

    path: str
    body: Mapping[str, str]
    """Name there to field here, or to `=` and a constant."""


@dataclass(frozen=True, slots=True)
class SideMapping:
    """A mapping file that was read."""

    connection: Connection
    asks: Mapping[str, Ask]
    """By kind of subject; other kinds are not asked."""
    answer: Mapping[str, str]
    hit: Mapping[str, str]
    reported: Mapping[str, str]


def read_mapping(text: str) -> SideMapping:
    """Read a mapping file.

    Raises:
        InvalidInput: `interpol_mapping_invalid` with `field` (as `ask.document.body.number`) and `rule`.
    """
    if len(text) > _MAX_FILE:
        raise _invalid("file", "max_bytes")
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise _invalid("file", "toml") from None
    _check_names(told, "", frozenset(("connection", "ask", "answer")))
    answer = _table(told, "answer")
    _check_names(answer, "answer", _ANSWER | {"country", "hit", "reported"})
    hit, reported = _table(answer, "hit", "answer."), _table(answer, "reported", "answer.")
    _check_names(hit, "answer.hit", frozenset(("record", "owner", "reported")), all_of=True)
    for word, ours in reported.items():
        if ours not in REPORTED:
            raise _invalid(f"answer.reported.{word}", "one_of")
    names = {name: value for name, value in answer.items() if name not in ("hit", "reported")}
    if not names.keys() >= _ANSWER:
        raise _invalid("answer", "missing")
    for where, table in (("answer", names), ("answer.hit", hit)):
        for name, value in table.items():
            _check_text(value, _NAME, f"{where}.{name}")
    asks = {kind: _ask(kind, one) for kind, one in _table(told, "ask").items()}
    return SideMapping(_connection(_table(told, "connection")), asks, names, hit, reported)


def write_question(mapping: SideMapping, question: Question) -> bytes:
    """Write the body of a question: JSON. Empty fields are left out.

    The caller has looked whether the kind is in `mapping.asks`.
    """
    subject = question.subject
    body: dict[str, Any] = {}
    for name, field in mapping.asks[subject.kind].body.items():
        value: Any
        if field.startswith("="):
            value = field[1:]
        elif field in _OF_QUESTION:
            value = getattr(question, field)
        else:
            value = getattr(subject, field)
        if value not in ("", None, ()):
            _put(body, name.split("."), _as_json(value))
    return json.dumps(body, ensure_ascii=False).encode()


def read_answer(mapping: SideMapping, content: bytes, question: Question, *, now: dt.datetime) -> SideAnswer:
    """Read an answer, which must be to this question, of now, for this country, and name owners that exist.

    Raises:
        Conflict: `interpol_answer_invalid` with `field` and `rule`.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise _malformed("answer", "json") from None
    if _get(told, mapping.answer["id"]) != question.id:
        raise _malformed("id", "other_question")
    if "country" in mapping.answer and _get(told, mapping.answer["country"]) != question.country:
        raise _malformed("country", "other_country")
    answered_at = _time(_get(told, mapping.answer["answered_at"]))
    if not now - SKEW <= answered_at <= now + SKEW:
        raise _malformed("answered_at", "clock")
    found = _get(told, mapping.answer["hits"])
    if not isinstance(found, list):
        raise _malformed("hits", "array")
    if len(found) > MAX_HITS:
        raise _malformed("hits", "max_items")
    hits = tuple(_hit(mapping, one) for one in found)
    return SideAnswer(question=question.id, source=Source.ONLINE, answered_at=answered_at, hits=hits)


def _hit(mapping: SideMapping, told: Any) -> Hit:
    record, owner, reported = (_get(told, mapping.hit[name]) for name in ("record", "owner", "reported"))
    if not isinstance(record, str) or not _TEXT.fullmatch(record):
        raise _malformed("record", "text")
    state = find_state(owner[:8]) if isinstance(owner, str) else None
    if state is None:
        raise _malformed("owner", "state")
    return Hit(record=record, owner=state.iso or state.code, reported=mapping.reported.get(str(reported), OTHER))


def _connection(told: Mapping[str, Any]) -> Connection:
    fields = {field.name: field for field in dataclasses.fields(Connection)}
    _check_names(told, "connection", frozenset(fields))
    for name, field in fields.items():
        if name not in told and field.default is dataclasses.MISSING:
            raise _invalid(f"connection.{name}", "missing")
    _check_text(told["address"], _ADDRESS, "connection.address")
    for name in ("certificate", "key", "trusted"):
        _check_text(told[name], _TEXT, f"connection.{name}")
    for name, limit in _MOST.items():
        value = told.get(name, 1)
        whole = name in ("tries", "questions_a_minute")
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 < value <= limit:
            raise _invalid(f"connection.{name}", "number_in_range")
    return Connection(**told)


def _ask(kind: str, told: Any) -> Ask:
    where = f"ask.{kind}"
    if kind not in KINDS:
        raise _invalid(where, "one_of")
    if not isinstance(told, dict) or told.keys() != {"path", "body"}:
        raise _invalid(where, "missing")
    _check_text(told["path"], _PATH, f"{where}.path")
    body = dict(_flat(_table(told, "body", f"{where}."), ""))
    for name, field in body.items():
        _check_text(name, _NAME, f"{where}.body.{name}"[:100])
        known = isinstance(field, str) and (field.startswith("=") or field in _OF_QUESTION | _OF_SUBJECT[kind])
        if not known:
            raise _invalid(f"{where}.body.{name}", "known_field")
    if "id" not in body.values():
        raise _invalid(f"{where}.body", "missing")
    return Ask(told["path"], body)


def _flat(told: Mapping[str, Any], before: str) -> Any:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _table(told: Mapping[str, Any], name: str, before: str = "") -> dict[str, Any]:
    value = told.get(name)
    if not isinstance(value, dict):
        raise _invalid(f"{before}{name}", "missing")
    return value


def _check_names(told: Mapping[str, Any], where: str, known: frozenset[str], *, all_of: bool = False) -> None:
    for name in told.keys() - known:
        raise _invalid(f"{where}.{name}".lstrip("."), "known_field")
    if all_of and told.keys() != known:
        raise _invalid(where, "missing")


def _check_text(value: Any, form: re.Pattern[str], where: str) -> None:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _invalid(where, "text")


def _put(body: dict[str, Any], names: list[str], value: Any) -> None:
    for name in names[:-1]:
        body = body.setdefault(name, {})
    body[names[-1]] = value


def _get(told: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(told, dict):
            return None
        told = told.get(name)
    return told


def _as_json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return [str(one) for one in value] if isinstance(value, tuple) else value if isinstance(value, bool) else str(value)


def _time(value: Any) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _malformed("answered_at", "time_utc") from None
    if at.tzinfo is None:
        raise _malformed("answered_at", "time_utc")
    return at


def _invalid(field: str, rule: str) -> InvalidInput:
    return InvalidInput("interpol_mapping_invalid", field=field, rule=rule)


def _malformed(field: str, rule: str) -> Conflict:
    return Conflict("interpol_answer_invalid", field=field, rule=rule)
