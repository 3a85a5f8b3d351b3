"""Reads of joint operations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from elchi.errors import NotFound
from elchi.modules.operations.delivery import Clock, Point, clock_of, where_it_is
from elchi.modules.operations.joint import Plan, plan_from_wire
from elchi.modules.operations.models import HandOverPoint, Incident, JointOperation
from elchi.modules.operations.queries import told_of
from elchi.modules.operations.telling import details_of


def operations() -> QuerySet[JointOperation]:
    """Give all operations, newest first."""
    return JointOperation.objects.order_by("-id")


def operation_of(operation_id: int) -> JointOperation:
    """Give an operation.

    Raises:
        NotFound: `operation_unknown`.
    """
    found = operations().filter(pk=operation_id).first()
    if found is None:
        raise NotFound("operation_unknown", operation=operation_id)
    return found


def plan_of(row: JointOperation) -> Plan:
    """Give the plan of an operation as it stands."""
    return plan_from_wire({
        "kind": row.kind, "title": row.title, "aim": row.aim, "legal_basis": row.legal_basis,
        "from_at": row.from_at.isoformat(), "until": row.until.isoformat(), "phases": row.phases,
        "points": [
            {"place": one.place, "giver": one.giver, "taker": one.taker, "due_at": one.due_at.isoformat(),
             "tolerance": one.tolerance}
            for one in row.points.all()
        ],
        "units": row.units.get(row.leader, []),
    })  # fmt: skip


def clocks_of(row: JointOperation, now: dt.datetime) -> list[tuple[HandOverPoint, Clock, bool]]:
    """Give each hand-over, how it stands, and whether it is the next."""
    points = list(row.points.all())
    told = [point_of(one) for one in points]
    at = where_it_is(told)
    return [
        (point, clock_of(one, now), number == at) for number, (point, one) in enumerate(zip(points, told, strict=True))
    ]


def point_of(row: HandOverPoint) -> Point:
    """Give a hand-over as its clock is told."""
    return Point(
        due_at=row.due_at, tolerance=dt.timedelta(minutes=row.tolerance), given_at=row.given_at, taken_at=row.taken_at
    )


def result_of(incident: Incident) -> dict[str, Any]:
    """Give an incident as a result that the other side may be told: number, kind, day, what was found."""
    told = details_of(told_of(incident))
    goods = [
        " ".join(str(part) for part in (quantity, unit, substance or kind) if part)
        for quantity, unit, substance, kind in zip(
            told.get("quantity", []), told.get("unit", []),
            told.get("substance") or [""] * len(told.get("quantity", [])), told.get("goods", []), strict=False,
        )
    ]  # fmt: skip
    return {
        "reference": incident.number, "event_kind": incident.kind, "event_date": told.get("event_date", ""),
        "goods": "; ".join(goods)[:300],
    }  # fmt: skip
