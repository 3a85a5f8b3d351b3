"""What this node understands: each kind of message and what is done with it.

A room or a module registers the kinds that it handles when it starts, in the `ready` of its AppConfig. What is in no
row here is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from elchi.exchange.message import Lane, Message

if TYPE_CHECKING:
    from elchi.node.federation.models import Incoming, Outgoing, Partner
    from elchi.node.officers.acting import Acting


class Handler:
    """What is done with messages of a kind; subclass it and keep what does not differ.

    An ElchiError that is permanent refuses the message for good: its sender gets a receipt with the code, and the
    clause that stands in the error's params. Every other error leaves the message with its sender, who tries again.
    """

    lane: ClassVar[Lane] = Lane.REPORT
    """In which it goes unless the draft says otherwise."""
    needs_agreement: ClassVar[bool] = True
    """Whether it goes and comes only under an agreement in force; what nodes say of themselves does not."""
    afterwards: ClassVar[bool] = False
    """Whether it is accepted after all others that came with it, since it speaks of them."""

    may_be_taken_back: ClassVar[bool] = False
    """Whether an officer takes one back by itself; what belongs to something larger is taken back with that."""

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  the usual one prepares nothing
        """Do what takes long, and decide whether it is taken, before the transaction; give what `effect` needs."""
        return None

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Do what it asks for, in the transaction in which it is accepted; in the database only, as it may be repeated.

        Several messages share a transaction. It is rolled back as a whole when one fails, and tried one by one.
        """

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Take note, in the transaction that does, how a message of ours ended: `delivered`, `rejected`, `expired`."""

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Remove, in the transaction that does, what came of a message that its sender took back."""

    def may_read(self, by: Acting, row: Outgoing | Incoming) -> bool:  # noqa: ARG002  the usual one is for who may prove
        """Tell whether the body of a message may stand in evidence that somebody takes; its proof always does."""
        return True


_handlers: Final[dict[str, Handler]] = {}


def register(kind: str, handler: Handler) -> None:
    """Have messages of a kind handled.

    Args:
        kind: of the table of kinds in docs/exchange.md; of a module `module.kind`.
        handler: there is one a kind.
    """
    if _handlers.setdefault(kind, handler) is not handler and type(_handlers[kind]) is not type(handler):
        raise ValueError(kind)


def handler_of(kind: str) -> Handler | None:
    """Give what handles messages of a kind; None for a kind that is not known here."""
    return _handlers.get(kind)


def kinds() -> tuple[str, ...]:
    """Give the kinds that are known here."""
    return tuple(sorted(_handlers))
