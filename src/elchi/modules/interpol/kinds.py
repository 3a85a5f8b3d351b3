"""What goes between a node, its bureau and other bureaus: what is done with each kind of message."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone

from elchi.exchange.message import Lane, Message
from elchi.modules.interpol import bodies
from elchi.modules.interpol.services import asking, copies, hearing, hits, owners, telling
from elchi.modules.interpol.sides import QUERY
from elchi.node.federation.kinds import Handler, register
from elchi.node.federation.models import Outgoing, Partner


class QueryKind(Handler):
    """An access point asks its bureau."""

    lane: ClassVar[Lane] = Lane.QUESTION

    def prepare(self, message: Message, partner: Partner) -> Any:
        """Look whether it may, and ask the copy."""
        return hearing.hear_query(message=message, partner=partner, at=timezone.now())

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:  # noqa: ARG002  the point is he
        """Keep it and answer, as soon as the online side was asked."""
        hearing.answer_query(message=message, heard=prepared)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Note what became of a question of ours."""
        asking.note_settled(outgoing=outgoing, outcome=outcome, code=code)


class AnswerKind(Handler):
    """The bureau answers."""

    lane: ClassVar[Lane] = Lane.ANSWER

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:  # noqa: ARG002  nothing is prepared
        """Write the answer down."""
        asking.record_bureau_answer(message=message, partner=partner, at=timezone.now())


class ProgressKind(Handler):
    """The bureau tells how far the confirmation of its hit is."""

    lane: ClassVar[Lane] = Lane.ANSWER

    def prepare(self, message: Message, partner: Partner) -> str:  # noqa: ARG002
        """Read it."""
        return bodies.read_progress_body(message.body)

    def effect(self, message: Message, partner: Partner, prepared: str) -> None:
        """Write it down."""
        asking.record_progress(message=message, partner=partner, step=prepared, at=timezone.now())


class ConfirmKind(Handler):
    """A bureau asks the owner of a record."""

    lane: ClassVar[Lane] = Lane.QUESTION

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002
        """Read it."""
        return bodies.read_confirm_body(message)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Keep it for an officer."""
        owners.receive_request(message=message, partner=partner, told=prepared, at=timezone.now())

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Forget what was asked."""
        owners.forget_request(message_id=message_id, partner=partner, at=timezone.now())


class ConfirmedKind(Handler):
    """The owner of a record says whether it holds."""

    lane: ClassVar[Lane] = Lane.ANSWER

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:  # noqa: ARG002  nothing is prepared
        """Write it down."""
        hits.hear_owner(message=message, partner=partner, at=timezone.now())


class ChangesKind(Handler):
    """The bureau gives out a file of the offline copy."""

    lane: ClassVar[Lane] = Lane.FEED

    def prepare(self, message: Message, partner: Partner) -> None:
        """Verify it and take it in: files are outside of the transaction, and come once however often it does."""
        copies.take_message(message=message, partner=partner, at=timezone.now())


def register_kinds() -> None:
    """Have them handled."""
    register(QUERY, QueryKind())
    register(telling.ANSWER, AnswerKind())
    register(telling.PROGRESS, ProgressKind())
    register(hits.CONFIRM, ConfirmKind())
    register(owners.CONFIRMED, ConfirmedKind())
    register(copies.KIND, ChangesKind())
