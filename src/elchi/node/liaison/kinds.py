"""What is said at the desk as messages: what is done with each kind."""

from __future__ import annotations

from typing import Any, ClassVar

from elchi.exchange.message import Lane, Message
from elchi.node.federation.kinds import Handler
from elchi.node.federation.models import Incoming, Outgoing, Partner
from elchi.node.liaison.alert_queries import is_for
from elchi.node.liaison.alert_wire import read_acknowledged, read_alert
from elchi.node.liaison.queries import is_released
from elchi.node.liaison.services import alert_hearing, hearing
from elchi.node.liaison.wire import read_spoken
from elchi.node.officers.acting import Acting


class SpokenKind(Handler):
    """Something said at the desk."""

    def may_read(self, by: Acting, row: Outgoing | Incoming) -> bool:
        """Tell whether it is released to his agency; who is root at the machine reads all there is."""
        return by.officer is None or is_released(by, row.message_id)

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Forget what it said."""
        hearing.forget_said(message_id=message_id, partner=partner)


class RequestKind(SpokenKind):
    """A partner opens a conversation."""

    lane: ClassVar[Lane] = Lane.QUESTION

    def prepare(self, message: Message, partner: Partner) -> Any:
        """Read it; refuse what says too little."""
        spoken = read_spoken(message)
        hearing.check_request(spoken, message, partner)
        return spoken

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Open it here."""
        hearing.hear_request(message=message, partner=partner, spoken=prepared)


class ReplyKind(SpokenKind):
    """A partner says something in a conversation."""

    lane: ClassVar[Lane] = Lane.QUESTION

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  whoever it is
        """Read it."""
        return read_spoken(message)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Keep it in its place."""
        hearing.hear_reply(message=message, partner=partner, spoken=prepared)


class RaisedKind(Handler):
    """Something told of an alert."""

    def may_read(self, by: Acting, row: Outgoing | Incoming) -> bool:
        """Tell whether the alert is for his agency."""
        return by.officer is None or is_for(by, row.thread)


class AlertKind(RaisedKind):
    """A partner raises an alert."""

    lane: ClassVar[Lane] = Lane.ALERT

    def prepare(self, message: Message, partner: Partner) -> Any:
        """Read it; refuse what has another's number."""
        said = read_alert(message)
        alert_hearing.check_alert(said, partner)
        return said

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Have it stand here."""
        alert_hearing.hear_alert(message=message, partner=partner, said=prepared)

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """End it."""
        alert_hearing.forget_alert(message_id=message_id, partner=partner)


class AlertReplyKind(RaisedKind):
    """A partner acknowledges an alert."""

    lane: ClassVar[Lane] = Lane.ALERT

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  whoever it is
        """Read it."""
        return read_acknowledged(message)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Note it."""
        alert_hearing.hear_acknowledged(message=message, partner=partner, told=prepared)
