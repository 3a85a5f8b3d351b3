"""What partners were asked and answered: a part of the verdict that is fetched again until all have answered.

Without JavaScript the page has a link that loads it anew. Nothing is lost with the page: hits wait in the second line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.check.asked import asked_of
from elchi.console.check.reading import read_text
from elchi.console.kit import AtDoor, page, show
from elchi.node.checks import queries, services
from elchi.node.here import here
from elchi.node.officers.rules import Right

_WAITS: Final = ((10, 1), (60, 3), (300, 10))
"""Age of the check in seconds, and how many seconds pass between two looks."""
_LONGEST: Final = 30


@dataclass(frozen=True, slots=True)
class Partners:
    """The questions of a check as the page shows them."""

    rows: Sequence[Any]
    wait: int
    """Seconds until the page looks again; 0 where nothing is waited for."""

    @property
    def waits(self) -> bool:
        """Whether any answer may still come in time."""
        return any(one.standing in ("queued", "delivered") for one in self.rows)

    @property
    def hits(self) -> bool:
        """Whether a partner has a hit of which nobody has said that it is somebody else."""
        return any(one.alarms for one in self.rows)

    @property
    def no_hits(self) -> bool:
        """Whether any partner said that there is none."""
        return any(one.state == "no_hit" for one in self.rows)


def partners_of(check: Any, rows: Sequence[Any]) -> Partners:
    """Give the questions of a check, and when to look again: soon at first, then less and less often."""
    waits = any(one.standing in ("queued", "delivered") for one in rows)
    age = (timezone.now() - check.at).total_seconds()
    wait = next((seconds for until, seconds in _WAITS if age < until), _LONGEST)
    return Partners(rows, wait if waits else 0)


@page(Right.CHECK_SUBMIT, also=(Right.CHECK_SEE,))
def partners(request: AtDoor, check_id: int) -> HttpResponseBase:
    """Give the part of the page that shows the answers."""
    check = queries.check_for(request.acting, check_id)
    context = {
        "check": check,
        "partners": partners_of(check, queries.questions_of(check)),
        "sees_findings": request.acting.may(Right.FINDING_SEE),
    }
    return show(request, "check/partners.html", context)


@require_POST
@page(Right.CHECK_SUBMIT)
def ask(request: AtDoor, check_id: int) -> HttpResponseBase:
    """Ask the partners about what was checked; what was typed is in the officer's browser where nothing is kept."""
    asked = asked_of(request, check_id)
    subjects = (
        read_text(asked.text, today=timezone.localdate(), region=here().country, kind=asked.kind).subjects
        if asked
        else ()
    )
    services.ask_partners(by=request.acting, check_id=check_id, subjects=subjects)
    return redirect("verdict", check_id)
