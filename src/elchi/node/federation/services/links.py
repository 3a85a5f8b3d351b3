"""To write down how ways to partners work."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from elchi.errors import ElchiError
from elchi.exchange.carrier import Way
from elchi.node.federation.models import Link, Partner


def note_health(way: Way, *, error: ElchiError | None, seconds: float, at: dt.datetime) -> None:
    """Write down whether a way works.

    Args:
        way: which.
        error: why it failed; None when it worked.
        seconds: that the round trip took; 0 where none was measured.
        at: now.
    """
    partner = Partner.objects.filter(code=way.party).first()
    if partner is None:
        return
    link, _ = Link.objects.get_or_create(partner=partner, carrier=way.carrier)
    rows = Link.objects.filter(pk=link.pk)
    if error is None:
        measured = {"milliseconds": round(1000 * seconds)} if seconds else {}
        rows.update(worked_at=at, failures=0, code="", **measured)
    else:
        rows.update(failed_at=at, failures=F("failures") + 1, code=str(error.params.get("reason", error.code))[:64])
