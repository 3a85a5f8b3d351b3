"""Reads of the audit: lines, look-ups without a task, days, and whether all of it is as it was written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.utils import timezone

from elchi.documents import Kind, recognise
from elchi.errors import InvalidInput
from elchi.node.audit.actor import Actor
from elchi.node.audit.marks import marks_of
from elchi.node.audit.models import AuditLine, DayRoot
from elchi.node.audit.verbs import Verb
from elchi.node.here import here, keys_passphrase
from elchi.node.plug import AnyVerb
from elchi.seal.evidence import START, chain_hash, merkle_root
from elchi.seal.keys import SigningKey, fingerprint_of, is_signed
from elchi.subjects import Document, Person, Subject, Vehicle

LOOK_UPS: Final = (
    Verb.SUBMIT_CHECK,
    Verb.SEARCH_LISTS,
    Verb.SEARCH_ENTRIES,
    Verb.READ_ENTRY,
    Verb.SUBMIT_MANIFEST,
    Verb.READ_CHECK,
)
"""What discloses something about a person, and so needs a task (C40). A case is its own task."""
KEY_FILE: Final = "signing.pem"
"""The node's signing key, in `Here.keys`."""
NOTED: Final = dt.timedelta(minutes=10)
"""So long a page that is opened again, or looks for news by itself, is the same reading."""
MAX_FAULTS: Final = 100
"""Faults told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which lines an auditor wants; what is empty does not restrict."""

    actor: str = ""
    verb: str = ""
    """A verb, or a room such as `checks`."""
    on: str = ""
    """`check:12`, or the beginning of it: `case:`."""
    subject: str = ""
    """Keyed hash, see `subject_hashes`."""
    purpose: str = ""
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    """The last day, itself included."""
    untasked: bool = False
    """Only look-ups that nothing ordered."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written."""

    code: str
    """`line_changed`, `line_missing`, `day_changed`, `day_unsigned`, `day_missing`; its words are `audit_fault.*`."""
    at: str
    """Sequence of a line, or a date."""


@dataclass(slots=True)
class Verification:
    """What `verify` found."""

    lines: int = 0
    days: int = 0
    unsigned_lines: int = 0
    """Lines after the last signed day: the chain holds them, no signature yet."""
    head: str = START
    """Hash of the last line; compared with a copy kept elsewhere, it shows whether lines were cut off the end."""
    faults: list[Fault] = field(default_factory=list)

    def add(self, code: str, at: object) -> None:
        """Add a fault, as long as there is room."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(code, str(at)))


def signing_key() -> SigningKey:
    """Open the node's signing key.

    Raises:
        Conflict: `key_damaged`, `key_locked`.
    """
    return SigningKey.open(here().keys / KEY_FILE, keys_passphrase())


def content_of(line: AuditLine) -> dict[str, Any]:
    """Give what the hash of a line is made over."""
    return {
        "sequence": line.sequence,
        "at": line.at.isoformat(),
        "actor": line.actor,
        "agency": line.agency,
        "office": line.office,
        "via": line.via,
        "verb": str(line.verb),
        "on": line.on,
        "subject": line.subject,
        "purpose": line.purpose,
        "agreement": line.agreement,
        "task": line.task,
        "detail": line.detail,
    }


def root_content(code: str, date: dt.date, first: int, last: int, root: str) -> bytes:
    """Give the bytes that a node signs of a day: canonical JSON."""
    told = {"node": code, "date": date.isoformat(), "first": first, "last": last, "root": root}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def lines_of(wanted: Filter) -> QuerySet[AuditLine]:
    """Give the lines that an auditor wants, newest first."""
    lines = AuditLine.objects.order_by("-sequence")
    if wanted.actor:
        lines = lines.filter(actor=wanted.actor)
    if wanted.verb:
        exact = "." in wanted.verb
        lines = lines.filter(verb=wanted.verb) if exact else lines.filter(verb__startswith=f"{wanted.verb}.")
    if wanted.on:
        lines = lines.filter(on__startswith=wanted.on) if wanted.on.endswith(":") else lines.filter(on=wanted.on)
    if wanted.subject:
        lines = lines.filter(subject__in=wanted.subject.split(","))
    if wanted.purpose:
        lines = lines.filter(purpose=wanted.purpose)
    if wanted.from_date:
        lines = lines.filter(at__date__gte=wanted.from_date)
    if wanted.to_date:
        lines = lines.filter(at__date__lte=wanted.to_date)
    if wanted.untasked:
        lines = lines.filter(verb__in=LOOK_UPS, task="")
    return lines


def untasked_by_officer(from_date: dt.date, to_date: dt.date) -> list[dict[str, Any]]:
    """Give officers and how many look-ups nothing ordered, most first: `[{"actor": .., "agency": .., "count": ..}]`."""
    lines = lines_of(Filter(from_date=from_date, to_date=to_date, untasked=True)).order_by()
    return [dict(row) for row in lines.values("actor", "agency").annotate(count=Count("sequence")).order_by("-count")]


def is_noted(by: Actor, verb: AnyVerb, on: str, **detail: Any) -> bool:
    """Tell whether there is a line of the same look within the last ten minutes: a reading is written down once."""
    lines = AuditLine.objects.filter(actor=by.name, at__gte=timezone.now() - NOTED, verb=verb, on=on, via=by.via)
    return lines.filter(**{f"detail__{name}": value for name, value in detail.items()}).exists()


def line_at(sequence: int) -> AuditLine | None:
    """Give a line by its number."""
    return AuditLine.objects.filter(sequence=sequence).first()


def signed_days() -> QuerySet[DayRoot]:
    """Give the signed days, newest first."""
    return DayRoot.objects.order_by("-date")


def subject_hashes(text: str, *, today: dt.date, region: str = "") -> tuple[str, ...]:
    """Give the keyed hashes under which look-ups of a mark stand in the audit, whatever the mark is.

    Raises:
        InvalidInput: `mark_unreadable`: a name, or nothing.
    """
    found: dict[str, None] = {}
    for guess in recognise(text, today=today, region=region):
        if subject := _subject_of(guess.kind, guess.key):
            found.update(dict.fromkeys(marks_of(subject)))
    if not found:
        raise InvalidInput("mark_unreadable", field="subject", rule="a_mark_not_a_name")
    return tuple(found)


def verify(code: str, public: bytes, *, today: dt.date) -> Verification:
    """Make all hashes, roots and signatures again and compare.

    Args:
        code: of the node, which stands in what was signed.
        public: its public key.
        today: the UTC day that is not over; days before it must be signed but for the last one.
    """
    told = Verification()
    roots = list(DayRoot.objects.order_by("first"))
    leaves: list[bytes] = []
    waiting = iter(roots)
    day = next(waiting, None)
    for line in _checked(told):
        if day is None:
            told.unsigned_lines += 1
            if line.at.date() < today - dt.timedelta(days=1) and told.unsigned_lines == 1:
                told.add("day_missing", line.at.date())
            continue
        leaves.append(bytes.fromhex(line.hash))
        if line.sequence >= day.last:
            _check_day(told, day, leaves, code, public)
            day, leaves = next(waiting, None), []
    for rest in ([day] if day else []) + list(waiting):
        told.add("line_missing", rest.last)
    told.days = len(roots)
    return told


def _checked(told: Verification) -> Iterator[AuditLine]:
    """Give all lines in order, and tell which do not follow the one before."""
    previous, expected = START, 1
    for line in AuditLine.objects.order_by("sequence").iterator(chunk_size=2_000):
        if line.sequence != expected:
            told.add("line_missing", expected)
        if line.previous != previous or line.hash != chain_hash(line.previous, content_of(line)):
            told.add("line_changed", line.sequence)
        previous, expected = line.hash, line.sequence + 1
        told.lines += 1
        told.head = line.hash
        yield line


def _check_day(told: Verification, day: DayRoot, leaves: list[bytes], code: str, public: bytes) -> None:
    if day.root != merkle_root(leaves).hex() or len(leaves) != day.last - day.first + 1:
        told.add("day_changed", day.date)
    content = root_content(code, day.date, day.first, day.last, day.root)
    if day.key != fingerprint_of(public) or not is_signed(content, bytes.fromhex(day.signature), public):
        told.add("day_unsigned", day.date)


def _subject_of(kind: Kind, key: str) -> Subject | None:
    match kind:
        case Kind.PLATE:
            return Vehicle(plate=key)
        case Kind.VIN:
            return Vehicle(vin=key)
        case Kind.CONTAINER_NUMBER:
            return Vehicle(container_number=key)
        case Kind.PHONE:
            return Person(phones=(key,))
        case Kind.EMAIL:
            return Person(emails=(key,))
        case Kind.NATIONAL_ID:
            return Person(national_id=key)
        case Kind.DOCUMENT_NUMBER | Kind.MRZ:
            return Document(document_number=key)
        case _:
            return None
