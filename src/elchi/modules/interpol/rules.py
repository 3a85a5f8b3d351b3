"""Who may do what at the door to INTERPOL: the module's rows of the table of rights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from elchi.node.officers.rules import Role
from elchi.node.plug import AnyRight

EVERY: Final = dt.timedelta(minutes=10)
"""How often each access point is looked at."""
ANSWER_WITHIN: Final = dt.timedelta(minutes=2)
"""Until when a node waits for its bureau: somebody is standing there, and has the copy's answer already."""
QUERY_LIFETIME: Final = dt.timedelta(days=1)
"""So long a question waits for a line."""
CONFIRM_LIFETIME: Final = dt.timedelta(days=7)
KEPT: Final = dt.timedelta(days=365)
"""How long is kept that something was asked, without what."""
SUBJECT_KEPT: Final = dt.timedelta(days=90)
"""How long after the last step of a hit is kept what was asked about."""
WATCHED: Final = dt.timedelta(days=60)
"""How long is kept when a point was reached."""


class InterpolRight(AnyRight):
    """One thing that may be done."""

    ASK = "interpol.ask"
    BOARD_SEE = "board.see"
    """Access points, how they do, and the access rules: nothing of anybody."""
    POINT_WRITE = "point.write"
    """Register, approve, test, suspend."""
    RULES_WRITE = "access_rule.write"
    HIT_SEE = "hit.see"
    """The record that was named, and how far its confirmation is."""
    HIT_WORK = "hit.work"
    """Ask the owner, say what he said and what was done; answer other bureaus."""
    REPORT_SEE = "document_report.see"
    REPORT_WRITE = "document_report.write"
    """Propose, approve what another proposed, withdraw, give out."""


_FIRST, _SECOND, _ANALYST, _SUPERVISOR = Role.FIRST_LINE, Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR

RIGHTS: Final[Mapping[AnyRight, frozenset[str]]] = {
    InterpolRight.ASK: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    InterpolRight.BOARD_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, Role.PROGRAMME, Role.AUDITOR)),
    InterpolRight.POINT_WRITE: frozenset((_SUPERVISOR,)),
    InterpolRight.RULES_WRITE: frozenset((_SUPERVISOR, Role.AGREEMENT_KEEPER)),
    InterpolRight.HIT_SEE: frozenset((_SECOND, _SUPERVISOR, Role.AUDITOR)),
    InterpolRight.HIT_WORK: frozenset((_SECOND, _SUPERVISOR)),
    InterpolRight.REPORT_SEE: frozenset((_SECOND, _SUPERVISOR, Role.AUDITOR)),
    InterpolRight.REPORT_WRITE: frozenset((_SECOND, _SUPERVISOR)),
}
"""Each right and the roles that have it."""
