"""The four messages of a private match: what is done with each."""

from __future__ import annotations

from typing import Any, ClassVar

from elchi.exchange.message import Lane, Message
from elchi.exchange.private_match import (
    ANSWER,
    ASK,
    CONTACT,
    PAGE,
    check_elements,
    read_answer,
    read_ask,
    read_contact,
    read_desk,
    read_page,
)
from elchi.modules.private_match import services
from elchi.node.federation.kinds import Handler, register
from elchi.node.federation.models import Outgoing, Partner


class AskKind(Handler):
    """A partner asks privately."""

    lane: ClassVar[Lane] = Lane.QUESTION

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  the same for all
        """Read it; refuse points that are none."""
        body = read_ask(message.body)
        check_elements(body.elements)
        return body

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Keep it within the budget; the worker answers."""
        services.hear_ask(message=message, partner=partner, body=prepared)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Note what became of an ask of ours."""
        services.note_settled(outgoing=outgoing, outcome=outcome, code=code)


class AnswerKind(Handler):
    """A partner has done his part."""

    lane: ClassVar[Lane] = Lane.ANSWER

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  the same for all
        """Read it; refuse points that are none."""
        body = read_answer(message.body)
        check_elements(body.elements)
        return body, read_desk(message.body)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Keep it; the worker reads it when the tags are whole."""
        body, desk = prepared
        services.hear_answer(message=message, partner=partner, body=body, desk=desk)


class PageKind(Handler):
    """Tags of a partner's list."""

    lane: ClassVar[Lane] = Lane.FEED

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  the same for all
        """Read it."""
        return read_page(message.body)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:  # noqa: ARG002  all is in the body
        """Keep it."""
        services.hear_page(partner=partner, body=prepared)


class ContactKind(Handler):
    """A partner wants to talk about what both know."""

    lane: ClassVar[Lane] = Lane.QUESTION

    def prepare(self, message: Message, partner: Partner) -> Any:  # noqa: ARG002  the same for all
        """Read it."""
        return read_contact(message.body), read_desk(message.body)

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        """Open it for who has the entry."""
        body, desk = prepared
        services.hear_contact(message=message, partner=partner, body=body, desk=desk)


def register_kinds() -> None:
    """Have them handled."""
    for kind, handler in ((ASK, AskKind()), (ANSWER, AnswerKind()), (PAGE, PageKind()), (CONTACT, ContactKind())):
        register(kind, handler)
