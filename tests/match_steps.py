"""What a node does for a test of the private match, beside the steps of `exchange_steps`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from tests.agreements_made import agreement_json, go, grant
from tests.factories import acting, make_agency

from elchi.exchange.private_match import KINDS
from elchi.modules.private_match import services
from elchi.modules.private_match.models import Asked, Contact, Heard
from elchi.node.federation.models import AgreementVersion, Outgoing, Partner
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role


def agree_match(partner: str) -> None:
    """Put an agreement into force that covers private matches, both ways."""
    grants = [grant(*KINDS, purposes=["investigation"], details={"match": go(), "contact": go()})]
    AgreementVersion.objects.create(
        partner=Partner.objects.get(code=partner), agreement="KZ-KG-MATCH", version=1, state="in_force", is_ours=True,
        content=agreement_json(id="KZ-KG-MATCH", grants=grants, valid_until="2046-01-01"),
        valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip


def ask_privately(partner: str, marks: Sequence[Sequence[str]]) -> int:
    """Ask a partner about keys, each a kind and a text."""
    told = [{"kind": kind, "text": text} for kind, text in marks]
    row = services.ask_privately(by=_by(), partner=partner, marks=told, purpose="investigation", task="Case 17")
    return int(row.pk)


def match() -> dict[str, Any]:
    """Do what the worker does; give what was asked and heard, and the bodies of all that was said of it."""
    services.answer_waiting()
    services.finish_answered()
    said = Outgoing.objects.filter(kind__in=KINDS, body__isnull=False)
    return {
        "asked": [[one.state, [found["key"] for found in one.found], one.desk] for one in Asked.objects.order_by("id")],
        "heard": list(Heard.objects.order_by("id").values_list("state", "keys")),
        "contacts": list(Contact.objects.order_by("id").values_list("watchlist", "entry")),
        "said": [bytes(one.body or b"").decode() for one in said],
    }


def contact(asked: int, key: int) -> None:
    """Open a contact."""
    services.open_contact(by=_by(), asked_id=asked, key=key)


def _by() -> Acting:
    country = here().country
    return acting(Role.SECOND_LINE, agency=make_agency(f"{country.lower()}-border", country=country))


STEPS: dict[str, Callable[..., Any]] = {
    "agree_match": agree_match, "ask_privately": ask_privately, "match": match, "match_contact": contact,
}  # fmt: skip
