"""The messages of the regional module: what is done with each."""

from __future__ import annotations

from typing import Any, ClassVar

from elchi.exchange.message import Lane, Message
from elchi.modules.regional import services
from elchi.modules.regional.services.operations import OPERATION
from elchi.modules.regional.services.space import ENTITY
from elchi.modules.regional.services.warnings import WARNING
from elchi.node.federation.kinds import Handler, register
from elchi.node.federation.models import Outgoing, Partner


class WarningKind(Handler):
    """A centre warns."""

    lane: ClassVar[Lane] = Lane.ALERT

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  the same for all
        """Read it."""
        return services.read_warning(message.body)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Put it into the inbox."""
        services.hear_warning(message=message, partner=partner, told=prepared)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Note what became of a warning of ours."""
        services.note_told(outgoing=outgoing, outcome=outcome, code=code)

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Forget it."""
        services.forget_warning(message_id=message_id, partner=partner)


class OperationKind(Handler):
    """A centre tells of a joint operation."""

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  the same for all
        """Read it."""
        return services.read_operation(message.body)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Keep it."""
        services.hear_operation(message=message, partner=partner, told=prepared)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Note what became of a word of ours."""
        services.note_told(outgoing=outgoing, outcome=outcome, code=code)


class EntityKind(Handler):
    """A member's node puts an entity into the analysis space."""

    def prepare(self, message: Message, partner: Partner) -> Any:
        """Read it."""
        return services.read_put(message=message, country=str(partner.country_id or ""))

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Put it."""
        services.hear_entity(message=message, partner=partner, put=prepared)

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Remove it."""
        services.forget_entity(message_id=message_id, partner=partner)


def register_kinds() -> None:
    """Have them handled."""
    for kind, handler in ((WARNING, WarningKind()), (OPERATION, OperationKind()), (ENTITY, EntityKind())):
        register(kind, handler)
