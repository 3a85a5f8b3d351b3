"""Entries that stand for alerts of offices: made and ended with them, and by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency
from elchi.node.watchlists.models import ALERTS, OwnEntry, Watchlist
from elchi.node.watchlists.own import OwnDraft, checked_entry
from elchi.node.watchlists.services.writing import write_own
from elchi.node.watchlists.states import ENTRY, next_state

_TITLES: Final[Mapping[str, str]] = {"en": "Alerts of offices", "ru": "Оповещения отделов"}


def put_alert_entry(*, by: Actor, key: str, draft: OwnDraft, owner: Agency) -> OwnEntry:
    """Make checks meet an alert, in the transaction of who raises or hears it; the list is written when that is over.

    Args:
        by: who.
        key: number of the alert.
        draft: whom or what checks shall meet, and what then.
        owner: agency of this node that answers for it.

    Raises:
        InvalidInput: `own_entry_invalid`, `entry_invalid`.
    """
    entry = checked_entry(key, draft, timezone.localdate())
    row, _ = Watchlist.objects.get_or_create(
        name=ALERTS,
        defaults={"title": _TITLES["en"], "titles": dict(_TITLES), "origin": "own", "tlp": "AMBER", "handling": "H2"},
    )
    made = OwnEntry.objects.create(
        watchlist=row, key=entry.id, owner=owner, created_by=by.name, changed_by=by.name, schema=entry.schema,
        properties={name: list(values) for name, values in entry.properties.items()}, action=draft.action,
        handling=draft.handling, legal_basis=draft.legal_basis, authority=draft.authority,
        instructions=draft.instructions, expires_date=draft.expires_date,
    )  # fmt: skip
    record(Verb.CREATE_ENTRY, by=by, on=f"entry:{ALERTS}:{key}", schema=entry.schema)
    transaction.on_commit(partial(write_own, ALERTS, by=by))
    return made


def end_alert_entry(*, by: Actor, key: str, deed: str) -> None:
    """Take the entry of an alert out of force, in the transaction in which the alert ends.

    Args:
        by: who.
        key: number of the alert.
        deed: `withdraw` or `expire`.
    """
    row = OwnEntry.objects.get(watchlist=ALERTS, key=key)
    if row.state != "in_force":  # its day was over before its hour was looked at
        return
    row.state, row.changed_at, row.changed_by = next_state(ENTRY, row.state, deed), timezone.now(), by.name
    row.save(update_fields=["state", "changed_at", "changed_by"])
    record(Verb.WITHDRAW_ENTRY if deed == "withdraw" else Verb.EXPIRE_ENTRIES, by=by, on=f"entry:{ALERTS}:{key}")
    transaction.on_commit(partial(write_own, ALERTS, by=by))
