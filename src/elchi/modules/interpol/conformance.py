"""Does the other side do what its mapping says? What an integrator runs before anybody relies on the connection.

    {"expect": "hit", "owner": "KGZ", "reported": "stolen", "subject": {"kind": "document", "document_number": .., ..}}

A file of cases has one JSON object a line: a subject, what the side must say of it (`no_hit`, `hit`, `many`), and where
that is known whose record it is and what is reported. Beside them stands what every side must do.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from elchi.errors import ElchiError, InvalidInput
from elchi.modules.interpol.question import Asked, Firearm, Outcome, Question, Side
from elchi.subjects.wire import from_wire

MAX_CASES: Final = 10_000
_MAX_LINE: Final = 1 << 16
_KNOWN: Final = frozenset(("expect", "owner", "reported", "subject"))


class Matter(StrEnum):
    """What was tried."""

    CASE = "case"
    """A case of the file."""
    SAME_ANSWER = "same_answer"
    """The first case again, with the same id: it must say the same, so that trying again does no harm."""
    CERTIFICATE = "certificate"
    """A question without the right certificate: it must be refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A subject, and what is known of it."""

    line: int
    subject: Asked
    expect: Outcome
    owner: str = ""
    reported: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one trial."""

    matter: Matter
    line: int = 0
    """Of the case."""
    passed: bool
    found: str
    """What it said instead: an outcome, or the code of an error and its reason."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, when, and with which clock the answer is timed."""

    country: str
    access_point: str
    now: Callable[[], dt.datetime]
    ticks: Callable[[], float]


def read_cases(lines: Iterable[str]) -> list[Case]:
    """Read a file of cases.

    Raises:
        InvalidInput: `conformance_case_invalid` with `line`, `field` and `rule`.
    """
    cases: list[Case] = []
    for number, line in enumerate(lines, 1):
        if number > MAX_CASES or len(line) > _MAX_LINE:
            raise InvalidInput("conformance_case_invalid", line=number, field="file", rule="file_size")
        if line.strip():
            cases.append(_case(number, line))
    if not cases:
        raise InvalidInput("conformance_case_invalid", line=1, field="file", rule="empty")
    return cases


def try_side(side: Side, stranger: Side | None, cases: Sequence[Case], asker: Asker) -> Iterator[Finding]:
    """Try a side.

    Args:
        side: connected as it will be.
        stranger: the same with a certificate that the side does not know; None leaves that out.
        cases: what must be found.
        asker: who asks.
    """
    questions = [_question(case, asker) for case in cases]
    for case, question in zip(cases, questions, strict=True):
        yield _tried(Matter.CASE, case, side, question, asker)
    again = dataclasses.replace(questions[0], asked_at=asker.now())
    yield _tried(Matter.SAME_ANSWER, cases[0], side, again, asker)
    if stranger is not None:
        yield _refused(stranger, questions[0])


def _tried(matter: Matter, case: Case, side: Side, question: Question, asker: Asker) -> Finding:
    begin = asker.ticks()
    try:
        answer = side.ask(question)
    except ElchiError as error:
        found, passed = _said(error), False
    else:
        found = ":".join((answer.outcome, *(f"{hit.owner} {hit.reported}" for hit in answer.hits[:3])))
        passed = answer.outcome == case.expect and (
            answer.outcome == Outcome.NO_HIT
            or any(case.owner in ("", hit.owner) and case.reported in ("", hit.reported) for hit in answer.hits)
        )
    return Finding(matter=matter, line=case.line, passed=passed, found=found, seconds=asker.ticks() - begin)


def _refused(stranger: Side, question: Question) -> Finding:
    try:
        found = stranger.ask(question).outcome.value
    except ElchiError as error:
        refused = error.code == "interpol_refused" or error.params.get("reason") in ("certificate", "cut")
        return Finding(matter=Matter.CERTIFICATE, passed=refused, found=_said(error))
    return Finding(matter=Matter.CERTIFICATE, passed=False, found=found)


def _said(error: ElchiError) -> str:
    shown = (error.params.get(name) for name in ("reason", "field", "rule", "status"))
    return " ".join((error.code, *(str(one) for one in shown if one is not None)))


def _question(case: Case, asker: Asker) -> Question:
    return Question(
        id=str(uuid.uuid4()),
        asked_at=asker.now(),
        country=asker.country,
        access_point=asker.access_point,
        purpose="border_check",
        subject=case.subject,
    )


def _case(number: int, line: str) -> Case:
    try:
        told = json.loads(line)
        expect, subject = Outcome(told["expect"]), _subject(told["subject"])
        owner, reported = str(told.get("owner", "")), str(told.get("reported", ""))
        unknown = told.keys() - _KNOWN
    except InvalidInput as error:
        field, rule = error.params.get("field", "subject"), error.params.get("rule", "object")
        raise InvalidInput("conformance_case_invalid", line=number, field=field, rule=rule) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InvalidInput("conformance_case_invalid", line=number, field="file", rule="json") from None
    if unknown:
        raise InvalidInput("conformance_case_invalid", line=number, field=min(unknown)[:64], rule="known_field")
    return Case(line=number, subject=subject, expect=expect, owner=owner, reported=reported)


def _subject(told: Mapping[str, Any]) -> Asked:
    if told.get("kind") == Firearm.kind:
        return Firearm(**{name: str(value) for name, value in told.items() if name != "kind"})
    subject = from_wire(told)
    if not isinstance(subject, Asked):
        raise TypeError(subject.kind)
    return subject
