"""To write down how ways to partners work."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from elchi.errors import ElchiError
from elchi.exchange.carrier import Way
from elchi.node.federation.models import Link, Partner
from elchi.node.federation.states import KNOWN


def note_health(way: Way, *, error: ElchiError | None, seconds: float, at: dt.datetime) -> None:
    """Write down whether a way works.

    Args:
        way: which.
        error: why it failed; None when it worked.
        seconds: that the round trip took; 0 where none was measured.
        at: now.
    """
    for partner in _concerned(way):
        _note(partner, way, error, seconds, at)


def _concerned(way: Way) -> list[Partner]:
    """Give the partner whose door it is; of a hub all that are reached over it."""
    if way.carrier == "nats":
        return [one for one in Partner.objects.filter(state__in=KNOWN) if {"kind": "nats"} in one.carriers]
    return list(Partner.objects.filter(code=way.party))


def _note(partner: Partner, way: Way, error: ElchiError | None, seconds: float, at: dt.datetime) -> None:
    link, _ = Link.objects.get_or_create(partner=partner, carrier=way.carrier)
    rows = Link.objects.filter(pk=link.pk)
    if error is None:
        measured = {"milliseconds": round(1000 * seconds)} if seconds else {}
        rows.update(worked_at=at, failures=0, code="", **measured)
    else:
        rows.update(failed_at=at, failures=F("failures") + 1, code=str(error.params.get("reason", error.code))[:64])
