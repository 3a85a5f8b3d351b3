"""Who may ask privately, and who says how much partners may: the module's rows of the table of rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.node.officers.rules import Role
from elchi.node.plug import AnyRight

KEEP_DAYS: Final = 30
"""For so long keys that were asked, and what partners asked, are kept at most; an agreement may say less."""


class MatchRight(AnyRight):
    """One thing that may be done."""

    MATCH_ASK = "match.ask"
    """Ask partners privately, and open a contact."""
    MATCH_SEE = "match.see"
    """How much was asked, and contacts; keys only of one's own agency."""
    MATCH_BUDGET = "match.budget"
    """Say how much a partner may ask, and lift what held him back."""


RIGHTS: Final[Mapping[AnyRight, frozenset[str]]] = {
    MatchRight.MATCH_ASK: frozenset((Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR)),
    MatchRight.MATCH_SEE: frozenset((Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR)),
    MatchRight.MATCH_BUDGET: frozenset((Role.SUPERVISOR, Role.AGREEMENT_KEEPER)),
}
"""Each right and the roles that have it."""
