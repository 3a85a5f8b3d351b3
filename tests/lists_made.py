"""Lists for tests, loaded as real ones are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from elchi.lists import Draft
from elchi.node.here import here
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import Watchlist
from elchi.screening import load_list


def put_list(
    name: str, entries: Mapping[str, Mapping[str, Sequence[str]]], *, issued: dt.date | None = None, **rules: Any
) -> Watchlist:
    """Put a list of persons into force, issued today unless said otherwise, with the rules of its use."""
    drafts = []
    for key, properties in entries.items():
        draft = Draft(key, "Person")
        for field, values in properties.items():
            draft.add(field, *values)
        drafts.append(draft.entry())
    now = dt.datetime.now(dt.UTC)
    load_list(here().lists, name, drafts, source={"issued_at": (issued or now.date()).isoformat()}, now=now)
    told = {"title": name, "origin": "international", **rules}
    row, _ = Watchlist.objects.update_or_create(name=name, defaults=told)
    tell_change()
    return row
