"""What the staff on both sides does in the part of the demonstration where two nodes find what both know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from elchi.cli.demo_staff import acting, wait_for
from elchi.modules.private_match import queries, services
from elchi.node.watchlists.own import OwnDraft
from elchi.node.watchlists.services import create_entry


def plant(*, plate: str, phone: str) -> None:
    """Put a vehicle and somebody with a telephone on the list of this side."""
    for schema, properties in (
        ("Vehicle", {"registrationNumber": (plate,)}),
        ("Person", {"name": ("Бектуров Улан",), "phone": (phone,)}),
    ):
        draft = OwnDraft(
            schema=schema,
            properties=properties,
            action="stop",
            legal_basis="Invented order 13, for training",
            authority="Invented investigation department",
            instructions="",
            expires_date=dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90),
        )
        create_entry(by=acting("list.keeper"), draft=draft)


def match(*, partner: str, marks: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Ask a partner privately, wait for what both know, and open a contact about the first of it."""
    by = acting("second.line")
    asked = services.ask_privately(
        by=by, partner=partner, marks=[{"kind": kind, "text": text} for kind, text in marks], purpose="investigation",
        task="Training case 7",
    )  # fmt: skip
    done = wait_for(lambda: row if (row := queries.asked_for(by, asked.pk)).finished_at else None)
    common = [done.keys[one["key"]]["text"] for one in done.found]
    services.open_contact(by=by, asked_id=done.pk, key=done.found[0]["key"])
    return {"state": done.state, "asked": len(done.keys), "common": common}


def heard() -> dict[str, Any]:
    """Wait for the contact that the partner opens; give what this side knows of all that: how many, and which one."""
    by = acting("second.line")
    contact = wait_for(lambda: queries.contacts_seen_by(by).filter(asked__isnull=True).first())
    [line] = [one for one in queries.budget_lines() if one.partner == contact.partner]
    return {"keys": line.use.today, "contact": contact.entry}


STEPS: Final[Mapping[str, Callable[..., Any]]] = {one.__name__: one for one in (plant, match, heard)}
