"""What is open in an office, and what changed lately: what one shift hands to the next.

Each reader has it by his own rights. A hand-over names what its author saw as `kind:key`, and whoever reads it is shown
what of that he may see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from elchi.node.cases.models import CaseEvent, CaseTask
from elchi.node.cases.queries import cases_for, open_cases_for
from elchi.node.checks.findings import count_open
from elchi.node.liaison.alert_queries import alerts_for
from elchi.node.liaison.queries import conversations_for, conversations_found
from elchi.node.officelog.rules import MOST_OPEN
from elchi.node.officers.acting import Acting

SHOWN: Final = 50
"""Rows of each kind on a page."""


@dataclass(frozen=True, slots=True)
class Matters:
    """Things of one kind: as many as a page shows, and how many there are."""

    kind: str
    """`request`, `case`, `alert`, `task`."""
    rows: list[Any]
    count: int
    unseen: int = 0
    """Of those that a hand-over names: how many the reader may not see, or retention has removed."""


def open_matters(by: Acting) -> list[Matters]:
    """Give what is open and an officer sees."""
    return [_some(kind, rows) for kind, rows in _open(by).items()]


def open_findings_of(by: Acting) -> int:
    """Count the findings that wait for a judgement; 0 for who sees none."""
    return count_open(by)


def keys_open(by: Acting) -> list[str]:
    """Give what is open and an officer sees as `kind:key`, for a hand-over to name."""
    keys = {kind: rows.values_list("pk", flat=True)[:MOST_OPEN] for kind, rows in _open(by).items()}
    return [f"{kind}:{key}" for kind in keys for key in keys[kind]]


def matters_named(by: Acting, named: Sequence[str]) -> list[Matters]:
    """Give what a hand-over names, as it stands now, as far as the reader sees it."""
    told = []
    for kind, rows in _seen(by).items():
        keys = [int(one.partition(":")[2]) for one in named if one.startswith(f"{kind}:")]
        some = _some(kind, rows.filter(pk__in=keys))
        told.append(Matters(kind, some.rows, some.count, len(keys) - some.count))
    return told


def changed_since(by: Acting, since: dt.datetime) -> list[Matters]:
    """Give the requests, cases and alerts that an officer sees and in which something happened."""
    cases = CaseEvent.objects.filter(at__gte=since).values("case")
    return [
        _some("request", conversations_for(by).exclude(state="draft").filter(last_at__gte=since)),
        _some("case", cases_for(by).filter(pk__in=cases)),
        _some("alert", alerts_for(by).filter(came_at__gte=since)),
    ]


def _open(by: Acting) -> dict[str, QuerySet[Any]]:
    return {
        "request": conversations_found(by, which="open").exclude(state="draft"),
        "case": open_cases_for(by).order_by("-pk"),
        "alert": alerts_for(by).filter(state="standing"),
        "task": _tasks(by).filter(state="open"),
    }


def _seen(by: Acting) -> dict[str, QuerySet[Any]]:
    return {
        "request": conversations_for(by), "case": cases_for(by).order_by("-pk"), "alert": alerts_for(by),
        "task": _tasks(by),
    }  # fmt: skip


def _tasks(by: Acting) -> QuerySet[CaseTask]:
    tasks = CaseTask.objects.filter(case__in=cases_for(by).values("pk"))
    return tasks.select_related("case", "officer").order_by("due_at", "pk")


def _some(kind: str, rows: QuerySet[Any]) -> Matters:
    shown = list(rows[:SHOWN])
    return Matters(kind, shown, len(shown) if len(shown) < SHOWN else rows.count())
