"""Reads of exhibits: which there are, who waits for one, and whether the chain of one holds."""

from __future__ import annotations

from django.db.models import QuerySet

from elchi.errors import Conflict, NotFound
from elchi.modules.operations.custody import Fault, Step, digest_of, faults_of
from elchi.modules.operations.models import Exhibit, ExhibitPhoto, ExhibitStep
from elchi.node import files

ROOM = "exhibits"
"""Of the files of photos, beside that of cases."""


def exhibits() -> QuerySet[Exhibit]:
    """Give all exhibits, the newest first."""
    return Exhibit.objects.select_related("incident").order_by("-id")


def exhibits_with(holder: str) -> QuerySet[Exhibit]:
    """Give what an officer has, and what waits for him to take it."""
    return exhibits().filter(holder=holder) | exhibits().filter(to=holder)


def exhibit_of(exhibit_id: int) -> Exhibit:
    """Give an exhibit.

    Raises:
        NotFound: `exhibit_unknown`.
    """
    found = exhibits().filter(pk=exhibit_id).first()
    if found is None:
        raise NotFound("exhibit_unknown", exhibit=exhibit_id)
    return found


def photo_of(photo_id: int) -> ExhibitPhoto:
    """Give the row of a photo.

    Raises:
        NotFound: `photo_unknown`.
    """
    found = ExhibitPhoto.objects.select_related("exhibit").filter(pk=photo_id).first()
    if found is None:
        raise NotFound("photo_unknown", photo=photo_id)
    return found


def step_of(row: ExhibitStep) -> Step:
    """Give a step as it is chained."""
    told = {name: getattr(row, name) for name in Step.__slots__ if name != "exhibit"}
    return Step(**told, exhibit=row.digest)


def digest_now(row: Exhibit) -> str:
    """Give the digest of what an exhibit is now, its photos among it."""
    return digest_of({
        "number": row.number, "kind": row.kind, "what": row.what, "quantity": str(row.quantity.normalize()),
        "measure": row.measure, "seal": row.seal, "state": row.state, "holder": row.holder, "to": row.to,
        "outside": row.outside, "place": row.place,
        "photos": sorted(row.photos.values_list("digest", flat=True)),
    })  # fmt: skip


def faults_in(row: Exhibit) -> tuple[Fault, ...]:
    """Give where the chain of an exhibit does not hold: steps that were changed, and photos that are not what came."""
    steps = [(step_of(one), one.hash) for one in row.steps.all()]
    found = list(faults_of(steps, digest_now(row)))
    for photo in row.photos.all():
        try:
            files.open_kept(photo.digest, photo.pk, room=ROOM).close()
        except Conflict:
            found.append(Fault(photo.pk, "photo"))
    return tuple(found)
