"""Who acts and what he may: what every verb takes as `by`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from elchi.errors import NotAllowed
from elchi.node.audit.actor import Actor
from elchi.node.officers.rules import Right
from elchi.node.plug import AnyRight

if TYPE_CHECKING:
    from elchi.node.officers.models import Officer


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting(Actor):
    """An officer at a door, or a command on the machine of the node."""

    rights: frozenset[AnyRight] = frozenset()
    officer: Officer | None = field(default=None, compare=False)
    """The row; None for a command on the machine."""

    @property
    def himself(self) -> Officer:
        """The officer's row.

        Raises:
            NotAllowed: `officers_only`, for a command.
        """
        if self.officer is None:
            raise NotAllowed("officers_only")
        return self.officer

    def may(self, right: AnyRight) -> bool:
        """Tell whether he has the right."""
        return right in self.rights

    def require(self, right: AnyRight) -> None:
        """Do nothing if he has the right.

        Raises:
            NotAllowed: `right_missing`.
        """
        if right not in self.rights:
            raise NotAllowed("right_missing", right=str(right))


def at_machine(account: str) -> Acting:
    """Give who runs commands on the machine of the node: he keeps it, and cannot read checks, cases or the audit.

    Nor does he compare fingerprints or decide on agreements: those are acts of officers.
    """
    rights: frozenset[AnyRight] = frozenset((
        Right.LIST_SEE, Right.LIST_LOAD, Right.OFFICER_MANAGE, Right.DIRECTORY_WRITE, Right.NODE_SEE, Right.KEY_SEE,
        Right.KEY_WRITE, Right.PARTNER_SEE, Right.PARTNER_WRITE, Right.PARTNER_SUSPEND, Right.MESSAGE_SEE,
        Right.MESSAGE_WITHDRAW, Right.MESSAGE_PROVE,
    ))  # fmt: skip
    return Acting(name=f"machine:{account}"[:150], via="command", rights=rights)
