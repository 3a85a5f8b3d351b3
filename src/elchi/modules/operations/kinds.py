"""Messages of this module: what is done with each kind."""

from __future__ import annotations

from typing import Any, ClassVar

from elchi.exchange.message import Lane, Message
from elchi.modules.operations import services
from elchi.modules.operations.joint import Act, read_act
from elchi.modules.operations.telling import Heard, read_report
from elchi.node.federation.kinds import Handler
from elchi.node.federation.models import Outgoing, Partner


class ReportKind(Handler):
    """A partner reports an incident, or ours is on its way to him."""

    def prepare(self, message: Message, partner: Partner) -> Heard:  # noqa: ARG002  the same for all partners
        """Read it; refuse what is no report."""
        return read_report(message.body)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Keep it."""
        services.receive_report(message=message, partner=partner, heard=prepared)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Note what became of one of ours."""
        services.note_report_settled(outgoing=outgoing, outcome=outcome, code=code)

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Forget it."""
        services.forget_report(message_id=message_id, partner=partner)


class OperationKind(Handler):
    """The other side says something of a joint operation, or we do."""

    lane: ClassVar[Lane] = Lane.ALERT

    def prepare(self, message: Message, partner: Partner) -> Act:  # noqa: ARG002  the same for all partners
        """Read it; refuse what is no act."""
        return read_act(message.body, sent_at=message.sent_at)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Do it."""
        services.hear_act(message=message, partner=partner, act=prepared)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Note what became of one of ours."""
        services.note_act_settled(outgoing=outgoing, outcome=outcome, code=code)
