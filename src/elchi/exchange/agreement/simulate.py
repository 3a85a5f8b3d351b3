"""What would have been sent under a draft: the messages of the past, asked again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from elchi.errors import NotAllowed
from elchi.exchange.agreement.document import Agreement
from elchi.exchange.agreement.permit import Permit
from elchi.exchange.agreement.terms import Decision, Party
from elchi.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMessage:
    """What was asked or said, as it was before any agreement cut it."""

    reference: str
    """By which the caller finds it again: `check:12`."""
    sender: Party
    receiver: Party
    purpose: str
    kind: str
    subject: Subject | None = None
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class Outcome(StrEnum):
    """What would have become of a message."""

    WHOLE = "whole"
    REDUCED = "reduced"
    """Some of its fields would have been masked or have stayed."""
    EMPTY = "empty"
    """It had a subject of which nothing would have gone: there would have been nothing to ask."""
    REFUSED = "refused"


class FieldUse(NamedTuple):
    """A field of a kind of subject, or a detail (with no kind)."""

    subject_kind: str
    field: str
    decision: Decision
    clause: str


class Refusal(NamedTuple):
    """Why nothing would have gone."""

    rule: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The whole of it. No value of any field is in it."""

    outcomes: Mapping[str, Outcome]
    """By the reference of the message."""
    refusals: Mapping[Refusal, int]
    """How many messages."""
    fields: Mapping[FieldUse, int]
    """How often a field was there, by what was decided of it; most often first."""

    def count(self, outcome: Outcome) -> int:
        """Give how many messages would have had an outcome."""
        return sum(one is outcome for one in self.outcomes.values())


def simulate(draft: Agreement, past: Iterable[PastMessage]) -> Simulation:
    """Ask a draft about messages of the past, as if each were sent on the first day of its validity."""
    at = dt.datetime.combine(draft.valid_from, dt.time(12), dt.UTC)
    outcomes: dict[str, Outcome] = {}
    refusals: Counter[Refusal] = Counter()
    uses: Counter[FieldUse] = Counter()
    for message in past:
        try:
            permit = draft.permit(
                message.subject,
                sender=message.sender,
                receiver=message.receiver,
                purpose=message.purpose,
                kind=message.kind,
                at=at,
                details=message.details,
            )
        except NotAllowed as error:
            outcomes[message.reference] = Outcome.REFUSED
            refusals[Refusal(str(error.params["rule"]), str(error.params["clause"]))] += 1
            continue
        outcomes[message.reference] = _outcome(message, permit)
        kind = message.subject.kind if message.subject else ""
        uses.update(FieldUse(kind, one.field, one.decision, one.clause) for one in permit.decisions)
        uses.update(FieldUse("", one.field, one.decision, one.clause) for one in permit.detail_decisions)
    return Simulation(
        outcomes=MappingProxyType(outcomes),
        refusals=MappingProxyType(dict(refusals.most_common())),
        fields=MappingProxyType(dict(uses.most_common())),
    )


def _outcome(message: PastMessage, permit: Permit) -> Outcome:
    if message.subject and not permit.subject:
        return Outcome.EMPTY
    decisions = {one.decision for one in (*permit.decisions, *permit.detail_decisions)}
    return Outcome.WHOLE if decisions <= {Decision.MAY_GO} else Outcome.REDUCED
