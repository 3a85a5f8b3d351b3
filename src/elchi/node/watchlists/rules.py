"""Who may see and change what of lists and own entries."""

from __future__ import annotations

from collections.abc import Collection

from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.live import EntryFacts
from elchi.node.watchlists.models import ACTIONS, HANDLING, LOADED_ORIGINS, TLP, Watchlist

__all__ = [
    "ACTIONS",
    "HANDLING",
    "LOADED_ORIGINS",
    "TLP",
    "is_open_to",
    "knows_list",
    "may_be_told",
    "sees_discreet",
    "sees_entry",
]

_TOLD_HANDLING = ("H0", "H1")
_TOLD_TLP = ("CLEAR", "GREEN", "AMBER")


def is_open_to(agency: str, agencies: Collection[str], owner_agency: str) -> bool:
    """Tell whether officers of an agency may see into a list whose use is limited to some; its owner's always may."""
    return not agencies or agency in agencies or (bool(owner_agency) and agency == owner_agency)


def sees_discreet(by: Acting, owner_agency: str) -> bool:
    """Tell whether he sees discreet entries of an agency: only its own officers, and of them who may see entries."""
    return bool(owner_agency) and by.agency == owner_agency and by.may(Right.ENTRY_SEE)


def knows_list(by: Acting, row: Watchlist) -> bool:
    """Tell whether he may know that there is a list: not one for others, and of a discreet one only its owner does."""
    owner = row.owner.code if row.owner else ""
    if not is_open_to(by.agency, row.agencies, owner):
        return False
    return row.action != "discreet" or row.origin == "own" or sees_discreet(by, owner)


def may_be_told(facts: EntryFacts) -> bool:
    """Tell whether a partner who asks may be told that there is such an entry.

    Never of a discreet one, never of a list that is for some agencies only, and not where its owner has to be asked
    first (H2, H3; TLP AMBER+STRICT, RED).
    """
    return not facts.is_discreet and not facts.agencies and facts.handling in _TOLD_HANDLING and facts.tlp in _TOLD_TLP


def sees_entry(by: Acting, facts: EntryFacts) -> bool:
    """Tell whether he sees an entry at all."""
    if not is_open_to(by.agency, facts.agencies, facts.owner_agency):
        return False
    if facts.is_discreet:
        return sees_discreet(by, facts.owner_agency)
    return by.may(Right.LIST_SEE) or by.may(Right.ENTRY_SEE)
