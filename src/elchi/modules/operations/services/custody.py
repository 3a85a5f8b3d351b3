"""Verbs of exhibits: take into custody, and every step of the chain, with photos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.modules.operations.custody import (
    MOST_EXHIBITS,
    MOST_PHOTOS,
    MOST_STEPS,
    ExhibitCard,
    Said,
    check_exhibit,
    check_mover,
    check_said,
    hash_of,
    next_state,
)
from elchi.modules.operations.exhibits import ROOM, digest_now, exhibit_of, photo_of, step_of
from elchi.modules.operations.models import Exhibit, ExhibitPhoto, ExhibitStep, Incident
from elchi.modules.operations.queries import incident_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node import files
from elchi.node.audit.services import record, wait_turn
from elchi.node.cases.limits import FILE_SIZE
from elchi.node.cases.media import media_type_of, name_of, picture_of
from elchi.node.cases.services import Given
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import acting_of


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it comes."""

    name: str
    chunks: Iterable[bytes]


@transaction.atomic
def take_exhibit(*, by: Acting, incident_id: int, card: ExhibitCard) -> Exhibit:
    """Take something of an incident into custody: it gets a mark, and its chain begins with who takes it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
        Conflict: `incident_withdrawn`, `custody_full`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.EXHIBIT_HANDLE)
    check_exhibit(card)
    wait_turn()
    Incident.objects.select_for_update().filter(pk=incident_id).first()
    incident = incident_of(incident_id)
    if incident.withdrawn_at:
        raise Conflict("incident_withdrawn", incident=incident_id)
    mark = incident.exhibits.count() + 1
    if mark > MOST_EXHIBITS:
        raise Conflict("custody_full", limit=MOST_EXHIBITS)
    row = Exhibit.objects.create(
        incident=incident, mark=mark, kind=card.kind, what=card.what.strip(), quantity=round(card.quantity, 6),
        measure=card.unit, seal=card.seal.strip(), place=card.place.strip(), state="held", holder=by.name,
    )  # fmt: skip
    row.refresh_from_db()
    quantity = f"{row.quantity.normalize():f} {row.measure}"
    step = _chain(row, by, "seize", Said(seal=row.seal, place=row.place), quantity)
    record(
        OperationsVerb.TAKE_EXHIBIT, by=by, on=f"exhibit:{row.pk}", incident=incident_id, digest=step.digest,
        chain=step.hash,
    )  # fmt: skip
    return row


@transaction.atomic
def move_exhibit(*, by: Acting, exhibit_id: int, move: str, said: Said) -> ExhibitStep:
    """Make a step: let go, take, send out, bring back, seal anew, end. Who makes it confirms by reading the seal.

    Args:
        by: who has it, or to whom it was given.
        exhibit_id: the exhibit.
        move: of `custody.STATES`; photos have a verb of their own.
        said: what belongs to it.

    Raises:
        NotAllowed: `right_missing`, `custody_other_holder`.
        NotFound: `exhibit_unknown`.
        Conflict: `custody_move_refused`, `custody_full`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.EXHIBIT_TAKE_OVER if move == "take_over" else OperationsRight.EXHIBIT_HANDLE)
    row = _locked(exhibit_id)
    if move == "photograph":
        raise Conflict("custody_move_refused", state=row.state, to=move)
    return _step(by, row, move, said)


def photograph_exhibit(*, by: Acting, exhibit_id: int, photo: Photo, seal: str) -> ExhibitPhoto:
    """Add a photo: it is a step of the chain. It is kept as it came; shown is a picture without place and time in it.

    Raises:
        NotAllowed: `right_missing`, `custody_other_holder`.
        NotFound: `exhibit_unknown`.
        Conflict: `custody_move_refused`, `custody_full`, `photo_known`.
        InvalidInput: `operations_invalid`, `case_file`, `case_file_type`.
    """
    by.require(OperationsRight.EXHIBIT_HANDLE)
    with files.received(photo.chunks, limit=FILE_SIZE, room=ROOM) as one:
        media_type = media_type_of(one.path)
        if not media_type.startswith("image/"):
            raise InvalidInput("case_file_type", field="file", rule="file_type", allowed=["JPG", "PNG", "WEBP"])
        with files.received([picture_of(one.path)], limit=FILE_SIZE, room=ROOM) as shown:
            kept: list[Path] = []
            try:
                with transaction.atomic():
                    row = _locked(exhibit_id)
                    _check_photo(row, one.digest)
                    made = ExhibitPhoto.objects.create(
                        exhibit=row, name=name_of(photo.name, media_type), media_type=media_type, size=one.size,
                        digest=one.digest, shown=shown.digest, added_by=by.name,
                    )  # fmt: skip
                    kept += [files.keep(one, made.pk, room=ROOM), files.keep(shown, made.pk, room=ROOM)]
                    _step(by, row, "photograph", Said(seal=seal, note=f"sha256:{one.digest}"))
            except BaseException:
                files.discard(kept)
                raise
    return made


@transaction.atomic
def show_photo(*, by: Acting, photo_id: int) -> Given:
    """Give the picture of a photo as it was encoded again: without the place and time that a camera writes into it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `photo_unknown`.
        Conflict: `case_file_damaged`.
    """
    by.require(OperationsRight.EXHIBIT_SEE)
    row = photo_of(photo_id)
    file = files.open_kept(row.shown, row.pk, room=ROOM)
    record(OperationsVerb.READ_PHOTO, by=by, on=f"exhibit:{row.exhibit_id}", photo=row.pk, shown=True)
    size = files.path_of(row.shown, row.pk, room=ROOM).stat().st_size
    return Given(row.name, "image/jpeg", size, file)


@transaction.atomic
def read_photo(*, by: Acting, photo_id: int) -> Given:
    """Give a photo out as it came, with all that the camera wrote; for who may see incidents whole.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `photo_unknown`.
        Conflict: `case_file_damaged`.
    """
    by.require(OperationsRight.INCIDENT_SEE)
    row = photo_of(photo_id)
    file = files.open_kept(row.digest, row.pk, room=ROOM)
    record(OperationsVerb.READ_PHOTO, by=by, on=f"exhibit:{row.exhibit_id}", photo=row.pk)
    return Given(row.name, row.media_type, row.size, file)


def _locked(exhibit_id: int) -> Exhibit:
    """Give an exhibit that nobody else changes until this transaction ends."""
    wait_turn()
    Exhibit.objects.select_for_update().filter(pk=exhibit_id).first()
    return exhibit_of(exhibit_id)


def _step(by: Acting, row: Exhibit, move: str, said: Said) -> ExhibitStep:
    state = next_state(row.state, move)
    check_mover(move, by=by.name, holder=row.holder, to=row.to)
    check_said(move, said, seal=row.seal)
    _put(row, by, move, said, state)
    row.save()
    row.refresh_from_db()
    quantity = "" if said.quantity is None else f"{row.quantity.normalize():f} {row.measure}"
    step = _chain(row, by, move, said, quantity)
    record(
        OperationsVerb.MOVE_EXHIBIT, by=by, on=f"exhibit:{row.pk}", move=move, step=step.number, to=row.to,
        whole=said.is_whole, digest=step.digest, chain=step.hash,
    )  # fmt: skip
    return step


def _put(row: Exhibit, by: Acting, move: str, said: Said, state: str) -> None:
    """Write into an exhibit where a move leaves it."""
    row.state = state
    row.to = _taker(said.to, by) if move == "give" else ""
    row.outside = said.outside.strip() if move == "send_out" else ""
    if move in ("take", "take_over", "bring_back"):
        row.holder = by.name
    elif state in ("out", "ended"):
        row.holder = ""
    if move == "reseal":
        row.seal = said.seal.strip()
        row.quantity = row.quantity if said.quantity is None else round(said.quantity, 6)
    row.place = said.place.strip() or row.place


def _chain(row: Exhibit, by: Acting, move: str, said: Said, quantity: str) -> ExhibitStep:
    last = row.steps.order_by("-number").first()
    number = last.number + 1 if last else 1
    if number > MOST_STEPS:
        raise Conflict("custody_full", limit=MOST_STEPS)
    now = timezone.now()
    step = ExhibitStep(
        exhibit=row, number=number, move=move, state=row.state, by=by.name, agency=by.agency, holder=row.holder,
        at=now.replace(microsecond=now.microsecond // 1000 * 1000), to=row.to, outside=row.outside,
        seal=said.seal.strip(), is_whole=said.is_whole, quantity=quantity, place=row.place, end=said.end,
        note=said.note.strip(), digest=digest_now(row),
    )  # fmt: skip
    step.hash = hash_of(step_of(step), last.hash if last else "")
    step.save()
    return step


def _taker(name: str, by: Acting) -> str:
    """Give the sign-in name of who shall take it: another officer, who may."""
    officer: Any = Officer.objects.filter(sign_in_name=name.strip(), is_active=True).first()
    if officer is None or officer.sign_in_name == by.name:
        raise InvalidInput("operations_invalid", field="to", rule="other_officer")
    if not acting_of(officer, via="console").may(OperationsRight.EXHIBIT_HANDLE):
        raise InvalidInput("operations_invalid", field="to", rule="other_officer")
    return str(officer.sign_in_name)


def _check_photo(row: Exhibit, digest: str) -> None:
    if row.photos.count() >= MOST_PHOTOS:
        raise Conflict("custody_full", limit=MOST_PHOTOS)
    if row.photos.filter(digest=digest).exists():
        raise Conflict("photo_known", field="file")
