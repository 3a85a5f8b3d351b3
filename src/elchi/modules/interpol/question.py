"""What an access point asks of INTERPOL's side, and what comes back: the same for every way of asking.

A hit is no proof and no order: it names a record and the country that owns it, which alone can confirm it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Protocol

from elchi.documents.mark import fold_mark
from elchi.errors import NotFound
from elchi.modules.interpol.offline.document_key import Reported, key_of_document
from elchi.modules.interpol.offline.offline_copy import OfflineCopy
from elchi.subjects.subject import Document, Person, Vehicle

OTHER: Final = "other"
"""What is reported where the other side has a word that the mapping does not know: the hit itself is never lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firearm:
    """A firearm by its marks."""

    kind: ClassVar[str] = "firearm"
    serial_number: str
    make: str = ""
    model: str = ""
    calibre: str = ""

    def __post_init__(self) -> None:
        fold_mark(self.serial_number, field="serial_number")


Asked = Document | Person | Vehicle | Firearm
KINDS: Final = (Document.kind, Person.kind, Vehicle.kind, Firearm.kind)


class Outcome(StrEnum):
    """What an answer comes to."""

    NO_HIT = "no_hit"
    HIT = "hit"
    MANY = "many"
    """More than one record: who looks at them decides, not the first line."""


class Source(StrEnum):
    """Who answered."""

    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One check, by one officer, of one thing."""

    id: str
    """UUID. Each try of one question has the same, so that the other side can count it once."""
    asked_at: dt.datetime
    country: str
    """Whose bureau asks: ISO 3166-1 alpha-2."""
    access_point: str
    """Code of the town, crossing or department."""
    purpose: str
    subject: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that the other side names."""

    record: str
    """Its name there. Empty from the offline copy, which knows no records."""
    owner: str
    """Country that entered it and can confirm it: ISO 3166-1 alpha-3, or the ICAO code of an organisation."""
    reported: str
    """A value of `Reported`, `wanted` and the like, or `other`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideAnswer:
    """What came back."""

    question: str
    """Its id."""
    source: Source
    answered_at: dt.datetime
    hits: tuple[Hit, ...] = ()
    copy_version: int | None = None
    copy_issued_at: dt.datetime | None = None
    """Of the offline copy; how old it is must be shown with the answer."""
    stale: bool = False
    """Whether the copy is older than 48 hours."""

    @property
    def outcome(self) -> Outcome:
        """Hit, none or many."""
        return (Outcome.NO_HIT, Outcome.HIT)[len(self.hits)] if len(self.hits) < 2 else Outcome.MANY


class Side(Protocol):
    """INTERPOL's side. It has two implementations: `OfflineSide`, and `online.OnlineSide`."""

    def ask(self, question: Question) -> SideAnswer:
        """Ask.

        Raises:
            PartnerUnreachable: `interpol_unreachable`: nobody answers now, try again or ask the copy.
            NotAllowed: `interpol_refused`: the other side does not answer this question.
            Conflict: `interpol_answer_invalid`: what came cannot be an answer to it.
            NotFound: `interpol_kind_unanswered`: this side knows nothing of this kind.
        """


class OfflineSide:
    """The offline copy as a side: it knows documents, and of a person those that he carries."""

    def __init__(self, copy: OfflineCopy, *, now: dt.datetime) -> None:
        self._copy, self._now = copy, now

    def ask(self, question: Question) -> SideAnswer:
        """Answer from the copy, with its age.

        Raises:
            NotFound: `interpol_kind_unanswered`.
            InvalidInput: `document_key_invalid`, `mark_invalid`.
        """
        documents = _documents(question.subject)
        answers = [
            (key, self._copy.look_up(key))
            for key in (key_of_document(one.issuer, one.document_type, one.document_number) for one in documents)
        ]
        last = answers[0][1]
        hits = [(key.issuer, answer.reported) for key, answer in answers if answer.reported]
        return SideAnswer(
            question=question.id,
            source=Source.OFFLINE,
            answered_at=self._now,
            hits=tuple(Hit(record="", owner=issuer, reported=Reported(said)) for issuer, said in hits),
            copy_version=last.version,
            copy_issued_at=last.issued_at,
            stale=last.is_stale(self._now),
        )


def _documents(subject: Asked) -> tuple[Document, ...]:
    documents = (subject,) if isinstance(subject, Document) else getattr(subject, "documents", ())
    if not documents:
        raise NotFound("interpol_kind_unanswered", kind=subject.kind, allowed=[Document.kind])
    return tuple(documents)
