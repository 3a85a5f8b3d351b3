"""What partners say of agreements: they propose, sign, refuse, suspend, resume and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils import timezone

from elchi.errors import InvalidInput
from elchi.exchange.agreement import Agreement
from elchi.exchange.message import Message
from elchi.node.federation.kinds import Handler, register
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.federation.rules import MAX_REASON
from elchi.node.federation.services import hearing
from elchi.node.federation.services._signing import read_signed
from elchi.seal.canonical import decode_bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """An agreement with its document."""

    agreement: Agreement
    document: bytes


class Proposal(Handler):
    """A version that the partner has signed."""

    needs_agreement = False

    def prepare(self, message: Message, partner: Partner) -> Signed:
        """Read and verify it."""
        document = _document(message)
        agreement = read_signed(document, partner, timezone.now(), both=False)
        hearing.check_proposal(partner=partner, agreement=agreement)
        return Signed(agreement, document)

    def effect(self, message: Message, partner: Partner, prepared: Signed) -> None:  # noqa: ARG002
        """Keep it for review."""
        hearing.receive_agreement(partner=partner, agreement=prepared.agreement, document=prepared.document)


class Signature(Handler):
    """The partner's signature beside ours."""

    needs_agreement = False

    def prepare(self, message: Message, partner: Partner) -> Signed:
        """Read and verify both."""
        document = _document(message)
        return Signed(read_signed(document, partner, timezone.now(), both=True), document)

    def effect(self, message: Message, partner: Partner, prepared: Signed) -> None:  # noqa: ARG002
        """It is agreed."""
        hearing.take_signature(partner=partner, agreement=prepared.agreement, document=prepared.document)

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Ours: the partner has it, or will not have it."""
        hearing.settle_signature(outgoing=outgoing, outcome=outcome, code=code)


class Saying(Handler):
    """Something about a version that both know."""

    needs_agreement = False
    verb: ClassVar[str]

    def prepare(self, message: Message, partner: Partner) -> Mapping[str, Any]:  # noqa: ARG002
        """Read it."""
        return _said(message.body, needs_number=self.verb in ("suspension", "resumption"))

    def effect(self, message: Message, partner: Partner, prepared: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Take note of it."""
        hearing.hear_of_agreement(partner=partner, what=self.verb, told=prepared)


class Refusal(Saying):
    """The partner refuses our proposal, or takes back his."""

    verb = "refusal"


class Suspension(Saying):
    """The partner has suspended it."""

    verb = "suspension"


class Resumption(Saying):
    """The partner has lifted a suspension for his side."""

    verb = "resumption"


class End(Saying):
    """The partner has ended it."""

    verb = "end"


def register_kinds() -> None:
    """Have them handled."""
    register("agreement", Proposal())
    register("agreement_signature", Signature())
    for handler in (Refusal(), Suspension(), Resumption(), End()):
        register(f"agreement_{handler.verb}", handler)


def _document(message: Message) -> bytes:
    try:
        return decode_bytes(message.body.get("document"))
    except ValueError:
        raise InvalidInput("message_invalid", field="document", rule="base64url") from None


def _said(body: Mapping[str, Any], *, needs_number: bool) -> dict[str, Any]:
    told = {name: body.get(name, "") for name in ("agreement", "version", "sha256", "because", "number")}
    for name in ("agreement", "sha256", "because"):
        if not isinstance(told[name], str) or len(told[name]) > MAX_REASON:
            raise InvalidInput("message_invalid", field=name, rule="max_length", maximum=MAX_REASON)
    for name in ("version", "number") if needs_number else ("version",):
        if type(told[name]) is not int or not 0 < told[name] < 1 << 31:
            raise InvalidInput("message_invalid", field=name, rule="numbers")
    return told
