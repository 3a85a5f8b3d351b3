"""Verbs of corridors: draw one, remove it, tell how long people wait."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from elchi.errors import Conflict, InvalidInput
from elchi.modules.operations.corridors import DIRECTIONS, LANES, LEAST_STOPS, MOST_STOPS, corridor_of
from elchi.modules.operations.models import Corridor, Waiting
from elchi.modules.operations.models.corridors import WAITED_MOST
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import one_of, short
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.services import record
from elchi.node.directory import queries as directory
from elchi.node.directory.models import Crossing
from elchi.node.officers.acting import Acting


@transaction.atomic
def draw_corridor(*, by: Acting, name: str, stops: Sequence[str], corridor_id: int | None = None) -> Corridor:
    """Draw a corridor, or draw it again.

    Args:
        by: who draws.
        name: of the route.
        stops: codes of crossings, in order, each once.
        corridor_id: of one that is there already.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `corridor_unknown`.
        Conflict: `corridor_known` for a name that another one has.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.CORRIDOR_WRITE)
    if not name.strip():
        raise InvalidInput("operations_invalid", field="name", rule="missing")
    short("name", name, 120)
    if not LEAST_STOPS <= len(stops) <= MOST_STOPS or len(set(stops)) != len(stops):
        raise InvalidInput("operations_invalid", field="stops", rule="stops", limit=MOST_STOPS)
    if Crossing.objects.filter(code__in=stops).count() != len(stops):
        raise InvalidInput("operations_invalid", field="stops", rule="in_directory")
    row = Corridor() if corridor_id is None else corridor_of(corridor_id)
    if Corridor.objects.filter(name=name.strip()).exclude(pk=row.pk).exists():
        raise Conflict("corridor_known", field="name")
    row.name, row.stops, row.by = name.strip(), list(stops), by.name
    row.save()
    record(OperationsVerb.DRAW_CORRIDOR, by=by, on=f"corridor:{row.pk}", stops=row.stops)
    return row


@transaction.atomic
def remove_corridor(*, by: Acting, corridor_id: int) -> None:
    """Remove a corridor; what happened along it stays.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `corridor_unknown`.
    """
    by.require(OperationsRight.CORRIDOR_WRITE)
    corridor_of(corridor_id).delete()
    record(OperationsVerb.REMOVE_CORRIDOR, by=by, on=f"corridor:{corridor_id}")


@transaction.atomic
def tell_waiting(*, by: Acting, crossing: str, minutes: int, lane: str, direction: str) -> Waiting:
    """Say how long somebody who is let through now has waited.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `crossing_unknown`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.WAITING_TELL)
    place = directory.crossing_of(crossing)
    one_of("lane", lane, LANES)
    one_of("direction", direction, DIRECTIONS)
    if not 0 <= minutes <= WAITED_MOST:
        raise InvalidInput("operations_invalid", field="minutes", rule="number_in_range", limit=WAITED_MOST)
    row = Waiting.objects.create(crossing=place, minutes=minutes, lane=lane, direction=direction, by=by.name)
    record(OperationsVerb.TELL_WAITING, by=by, on=f"crossing:{crossing}", minutes=minutes, lane=lane)
    return row
