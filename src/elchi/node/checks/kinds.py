"""Questions and answers as messages: what is done with each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone

from elchi.exchange.message import Lane, Message
from elchi.node.checks.services import answer, hear
from elchi.node.federation.kinds import Handler
from elchi.node.federation.models import Outgoing, Partner


class QuestionKind(Handler):
    """A partner asks about a subject."""

    lane: ClassVar[Lane] = Lane.QUESTION
    may_be_taken_back: ClassVar[bool] = True

    def prepare(self, message: Message, partner: Partner) -> Any:
        """Screen it; refuse what cannot be answered."""
        return answer.screen_question(message=message, partner=partner, at=timezone.now())

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Keep it and answer."""
        answer.answer_question(message=message, partner=partner, screened=prepared)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Note what became of a question of ours."""
        hear.note_settled(outgoing=outgoing, outcome=outcome, code=code, at=timezone.now())

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Forget what was asked."""
        answer.forget_question(message_id=message_id, partner=partner)


class AnswerKind(Handler):
    """A partner answers."""

    lane: ClassVar[Lane] = Lane.ANSWER

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:  # noqa: ARG002  nothing is prepared
        """Write the answer down."""
        hear.record_answer(message=message, partner=partner, at=timezone.now())
