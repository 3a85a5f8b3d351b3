"""The agreement: a signed document as policy, and the only gate through which anything about a subject leaves a node.

Default deny: what no clause names does not go. Every decision names the clause by which it was made. The sender asks
`permit`, the receiver asks `admit`; both read the same bytes, so both come to the same answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import rfc8785

from elchi.errors import NotAllowed
from elchi.exchange.agreement.masks import MASKED
from elchi.exchange.agreement.permit import Conditions, Permit
from elchi.exchange.agreement.sift import Because, FieldDecision, Sieve
from elchi.exchange.agreement.terms import (
    ANSWER,
    ANSWERED,
    Clauses,
    Decision,
    Direction,
    Disclosure,
    FieldRule,
    Grant,
    Party,
    Rules,
    Side,
    Use,
)
from elchi.exchange.message import HANDLING, ONWARD, TLP, Handling, Message
from elchi.subjects import Subject, from_wire, to_wire

FORMAT: Final = "elchi-agreement-1"
"""What the document calls itself, and the `typ` of its signatures."""
SUBJECT: Final = "subject"
"""Name of the subject in a body."""
FILES: Final = "files"
"""Detail that must be allowed for a message to carry files beside its body."""
BODY_VERSION: Final = "v"
"""Number of the form of a body; as a whole number it says nothing of anybody, and may always stand there."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One version of an agreement. `read_agreement` makes it."""

    id: str
    version: int
    title: Mapping[str, str]
    """By language, ISO 639-1."""
    side_a: Side
    side_b: Side
    valid_from: dt.date
    valid_until: dt.date
    """The last day; both days in UTC."""
    grants: tuple[Grant, ...]
    disclosure: Disclosure
    """The most that an answer may say."""
    handling_floor: Handling
    retention_days: int
    """After that of sending."""
    onward: str
    """Of `elchi.exchange.message.ONWARD`."""
    clauses: Clauses
    articles: Mapping[str, Mapping[str, str]]
    """Clause to its text by language."""

    @property
    def name(self) -> str:
        """`id:version`, as messages name it."""
        return f"{self.id}:{self.version}"

    @property
    def purposes(self) -> tuple[str, ...]:
        """All purposes named."""
        return tuple(dict.fromkeys(one for grant in self.grants for one in grant.purposes))

    @property
    def message_kinds(self) -> tuple[str, ...]:
        """All kinds of message named."""
        return tuple(dict.fromkeys(one for grant in self.grants for one in grant.message_kinds))

    @property
    def subject_kinds(self) -> tuple[str, ...]:
        """All kinds of subject named."""
        return tuple(dict.fromkeys(one for grant in self.grants for one in grant.subjects))

    def to_json(self) -> dict[str, Any]:
        """Give the document as JSON values; `agreement_from_json` reads them back."""
        return {
            "format": FORMAT,
            "id": self.id,
            "version": self.version,
            "title": dict(self.title),
            "sides": {"a": self.side_a.to_json(), "b": self.side_b.to_json()},
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "grants": [grant.to_json() for grant in self.grants],
            "disclosure": str(self.disclosure),
            "handling": {"code": self.handling_floor.code, "tlp": self.handling_floor.tlp},
            "retention_days": self.retention_days,
            "onward": self.onward,
            "clauses": self.clauses.to_json(),
            "articles": {clause: dict(texts) for clause, texts in self.articles.items()},
        }

    def canonical(self) -> bytes:
        """Give the bytes that both sides sign: RFC 8785, the same however the document was written."""
        return rfc8785.dumps(self.to_json())

    @property
    def sha256(self) -> str:
        """Of the bytes that both sides sign, in hex."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def in_force(self, at: dt.datetime) -> bool:
        """Tell whether a time lies within its validity. Whether it was signed or suspended is not known here."""
        return self.valid_from <= at.astimezone(dt.UTC).date() <= self.valid_until

    def direction(self, sender: Party, receiver: Party) -> Direction | None:
        """Give the way that a message goes; None when the two are not on two sides of it, or one is on both."""
        way = self._way_of(sender)
        return way if way and self._way_of(receiver) is way.back else None

    def grant(self, direction: Direction, purpose: str, kind: str) -> Grant | None:
        """Give the grant that applies, if any."""
        return self.uses.get(Use(direction, purpose, kind))

    def covers(self, *, sender: Party, receiver: Party, purpose: str, kind: str, at: dt.datetime) -> bool:
        """Tell whether a message of this kind may go at all."""
        try:
            self._applying(sender=sender, receiver=receiver, purpose=purpose, kind=kind, at=at)
        except NotAllowed:
            return False
        return True

    def permit(  # noqa: PLR0913  a message is who, to whom, why, which kind, when, and what it holds
        self,
        subject: Subject | None,
        *,
        sender: Party,
        receiver: Party,
        purpose: str,
        kind: str,
        at: dt.datetime,
        details: Mapping[str, Any] = MappingProxyType({}),
    ) -> Permit:
        """Give what of a subject, and of what else is to be said, may leave: the only maker of outgoing subjects.

        Args:
            subject: None for a message about none.
            sender: who sends.
            receiver: one who receives; of several each has a permit of its own.
            purpose: for which it was asked.
            kind: of message.
            at: when it is sent.
            details: what else the body would hold, as JSON values.

        Raises:
            NotAllowed: `not_covered` with `agreement`, `rule`, `clause` and `field`: nothing of it may go.
            InvalidInput: the subject cannot be written.
        """
        grant = self._applying(sender=sender, receiver=receiver, purpose=purpose, kind=kind, at=at)
        sieve, beside = Sieve({}, self.clauses.unnamed), self._detail_sieve(grant, kind)
        went = None
        if subject is not None:
            sieve = self._subject_sieve(grant, kind, subject.kind)
            wire = to_wire(subject)
            from_wire(wire)  # what a newer partner sent must not stand where a known field would
            went = sieve.subject(wire)
        return Permit(
            agreement=self.name,
            clause=grant.clause,
            subject=from_wire(went) if went else None,
            details=beside.details({name: value for name, value in details.items() if name != SUBJECT}),
            decisions=tuple(sieve.decisions),
            detail_decisions=tuple(beside.decisions),
            conditions=Conditions(handling=self.handling_floor, retention_until=self._retained(at), onward=self.onward),
        )

    def admit(self, message: Message, *, sender: Party, receiver: Party, at: dt.datetime) -> None:
        """Do nothing if a message that came keeps to the agreement: who receives asks, and refuses what does not.

        What `permit` makes is admitted; what it would have changed is not.

        Args:
            message: as decoded.
            sender: as this node knows it, by the key that signed.
            receiver: this node.
            at: when it was sent, once the caller finds that time credible; a message of the last day may come later.

        Raises:
            NotAllowed: `not_covered` with `agreement`, `rule`, `clause` and `field`.
            InvalidInput: the subject cannot be read.
        """
        if message.agreement != self.name:
            raise self._refusal("agreed_version", "agreement")
        if message.sender != sender.node or receiver.node not in message.to:
            raise self._refusal("agreed_sides", "from")
        grant = self._applying(sender=sender, receiver=receiver, purpose=message.purpose, kind=message.kind, at=at)
        self._admit_conditions(message)
        self._admit_body(message, grant)

    def _admit_body(self, message: Message, grant: Grant) -> None:
        if message.files:
            files = {FILES: True}
            sieve = self._detail_sieve(grant, message.kind)
            if sieve.details(files) != files:
                raise self._refused_field(sieve.decisions, files, {})
        told = {name: value for name, value in message.body.items() if name != SUBJECT}
        if type(told.get(BODY_VERSION)) is int:
            del told[BODY_VERSION]
        sieve = self._detail_sieve(grant, message.kind)
        if (details := sieve.details(told)) != told:
            raise self._refused_field(sieve.decisions, told, details)
        if (given := message.body.get(SUBJECT)) is not None:
            subject = from_wire(given)
            told = to_wire(subject)
            sieve = self._subject_sieve(grant, message.kind, subject.kind)
            if (went := sieve.subject(told)) != told:
                raise self._refused_field(sieve.decisions, told, went)

    @cached_property
    def uses(self) -> Mapping[Use, Grant]:
        """The grants by what they are for: the way, the purpose and the kind of message."""
        return {
            Use(direction, purpose, kind): grant
            for grant in self.grants
            for direction in grant.directions
            for purpose in grant.purposes
            for kind in grant.message_kinds
        }

    def _way_of(self, party: Party) -> Direction | None:
        """Give the way in which a party sends; None if it is on no side, or on both."""
        on_a, on_b = self.side_a.has(party), self.side_b.has(party)
        if on_a == on_b:
            return None
        return Direction.A_TO_B if on_a else Direction.B_TO_A

    def _applying(self, *, sender: Party, receiver: Party, purpose: str, kind: str, at: dt.datetime) -> Grant:
        direction = self.direction(sender, receiver)
        if direction is None:
            raise self._refusal("agreed_sides", "to")
        if not self.in_force(at):
            raise self._refusal("agreed_time", "sent_at", self.clauses.validity)
        if grant := self.grant(direction, purpose, kind):
            return grant
        if any(key[:2] == (direction, purpose) for key in self.uses):
            raise self._refusal("agreed_kind", "kind")
        raise self._refusal("agreed_purpose", "purpose")

    def _subject_sieve(self, grant: Grant, kind: str, subject_kind: str) -> Sieve:
        if kind == ANSWER and SUBJECT not in self.disclosure.carries:
            raise self._refusal("agreed_disclosure", SUBJECT, self.clauses.disclosure)
        if subject_kind not in grant.subjects:
            raise self._refusal("agreed_subject", SUBJECT)
        return Sieve(grant.subjects[subject_kind], self.clauses.unnamed)

    def _detail_sieve(self, grant: Grant, kind: str) -> Sieve:
        rules: Rules = grant.details
        if kind == ANSWER:
            carried, clause = self.disclosure.carries, self.clauses.disclosure
            said = {
                name: FieldRule(Decision.MAY_GO if name in carried else Decision.BLOCKED, clause) for name in ANSWERED
            }
            rules = {**rules, **said}
        return Sieve(rules, self.clauses.unnamed)

    def _retained(self, sent_at: dt.datetime) -> dt.date:
        return sent_at.astimezone(dt.UTC).date() + dt.timedelta(days=self.retention_days)

    def _admit_conditions(self, message: Message) -> None:
        floor, given = self.handling_floor, message.handling
        if _lower(given.code, floor.code, HANDLING) or _lower(given.tlp, floor.tlp, TLP):
            raise self._refusal("agreed_handling", "handling", self.clauses.handling)
        if message.retention_until is None or message.retention_until > self._retained(message.sent_at):
            raise self._refusal("agreed_retention", "retention_until", self.clauses.retention)
        if _lower(self.onward, message.onward, ONWARD):
            raise self._refusal("agreed_onward", "onward", self.clauses.onward)

    def _refusal(self, rule: str, field: str, clause: str = "") -> NotAllowed:
        return NotAllowed(
            "not_covered", agreement=self.name, rule=rule, clause=clause or self.clauses.unnamed, field=field
        )

    def _refused_field(self, decisions: Sequence[FieldDecision], told: Mapping[str, Any], went: Any) -> NotAllowed:
        """Give the refusal of what is not as `permit` would have made it, by the first field that is not."""
        for one in decisions:
            if one.because is Because.NOTHING_LEFT:  # what kept it here stands in the list too
                continue
            if one.decision is Decision.BLOCKED:
                return self._refusal("agreed_field", one.path, one.clause)
            if _value_at(told, one.path) != _value_at(went, one.path):
                return self._refusal("agreed_mask", one.path, one.clause)
        return self._refusal("agreed_mask", MASKED)


def _lower(one: str, other: str, order: Sequence[str]) -> bool:
    return order.index(one) < order.index(other)


def _value_at(wire: Any, path: str) -> Any:
    for name in path.split("."):
        wire = wire[int(name)] if isinstance(wire, list) else wire[name]
    return wire
