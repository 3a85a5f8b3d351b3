"""Shared lists for tests: an owner who publishes, and a receiver who keeps what he may; all persons are invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from elchi.errors import InvalidInput
from elchi.exchange.shared_list import (
    Changes,
    Decision,
    ListState,
    accept,
    apply_changes,
    changes_between,
    digest_of,
    entry_hash,
)
from elchi.lists import Draft, Entry

SERIES = "0f8e0a52-7c1d-4d52-9a53-0b7f2f0f2c11"
BEGAN = dt.datetime(2026, 5, 4, 9, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def person(key: str, name: str = "", **properties: Sequence[str]) -> Entry:
    """Make an entry of a person."""
    draft = Draft(key, "Person")
    draft.add("name", name or f"Testov {key}")
    for one, values in properties.items():
        draft.add(one, *values)
    return draft.entry()


@dataclass
class Owner:
    """Who shares: what he says of each version he keeps, and so tests can say it again in any order."""

    at: dt.datetime = BEGAN
    listed: dict[str, Entry] = field(default_factory=dict)
    state: ListState | None = None
    history: dict[int, dict[str, Entry]] = field(default_factory=dict)

    def publish(self, listed: Mapping[str, Entry], *, form: str = "", **given: Any) -> tuple[ListState, Changes]:
        """Say a new version: as a delta, unless it is the first or said otherwise."""
        before, self.at = self.state, self.at + dt.timedelta(hours=1)
        form = form or ("delta" if before else "snapshot")
        hashes = {one.id: entry_hash(one) for one in self.listed.values()}
        changes = changes_between(hashes, listed) if form == "delta" else Changes(tuple(listed.values()))
        self.state = ListState(
            series=SERIES, version=before.version + 1 if before else 1, previous=before.mark if before else "",
            digest=digest_of(map(entry_hash, listed.values())), count=len(listed), issued_at=self.at,
            fresh_until=self.at + 3 * DAY, form=form, **given,
        )  # fmt: skip
        self.listed = dict(listed)
        self.history[self.state.version] = self.listed
        return self.state, changes

    def again(self, form: str) -> tuple[ListState, Changes | None]:
        """Say the present version anew: as a statement or as a snapshot."""
        assert self.state is not None
        self.at += dt.timedelta(hours=1)
        told = replace(self.state, form=form, issued_at=self.at, fresh_until=self.at + 3 * DAY)
        self.state = told
        return told, Changes(tuple(self.listed.values())) if form == "snapshot" else None


@dataclass
class Receiver:
    """Who receives: as little as can keep a list by the rules."""

    known: ListState | None = None
    listed: dict[str, Entry] = field(default_factory=dict)

    def hear(self, state: ListState, changes: Changes | None, now: dt.datetime) -> Decision:
        """Take what is said, as far as it may be."""
        decision = accept(self.known, state, now=now)
        if decision is Decision.TAKE:
            before = self.listed if state.form == "delta" else {}
            try:
                self.listed = {} if state.withdrawn else apply_changes(before, changes or Changes(), state)
            except InvalidInput:
                return Decision.GAP
            self.known = state
        elif decision is Decision.REFRESH:
            self.known = state
        return decision
