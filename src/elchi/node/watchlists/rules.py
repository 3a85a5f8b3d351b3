"""Who may see and change what of lists and own entries."""

from __future__ import annotations

from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.live import EntryFacts
from elchi.node.watchlists.models import ACTIONS, HANDLING, LOADED_ORIGINS, TLP, Watchlist

__all__ = ["ACTIONS", "HANDLING", "LOADED_ORIGINS", "TLP", "knows_list", "sees_discreet", "sees_entry"]


def sees_discreet(by: Acting, owner_agency: str) -> bool:
    """Tell whether he sees discreet entries of an agency: only its own officers, and of them who may see entries."""
    return bool(owner_agency) and by.agency == owner_agency and by.may(Right.ENTRY_SEE)


def knows_list(by: Acting, row: Watchlist) -> bool:
    """Tell whether he may know that there is a list: of a discreet one only officers of its owner do."""
    return row.action != "discreet" or row.origin == "own" or sees_discreet(by, row.owner.code if row.owner else "")


def sees_entry(by: Acting, facts: EntryFacts) -> bool:
    """Tell whether he sees an entry at all."""
    if facts.is_discreet:
        return sees_discreet(by, facts.owner_agency)
    return by.may(Right.LIST_SEE) or by.may(Right.ENTRY_SEE)
