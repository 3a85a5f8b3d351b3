"""A partner at the desk, in memory: what he says in a conversation, and what is said to him."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.agreements_made import agreement_json, go, grant
from tests.factories import make_country
from tests.partner_node import PartnerNode

from elchi.exchange.batch import Item
from elchi.exchange.conversation import Act
from elchi.exchange.message import Handling, Lane, Message
from elchi.node.federation.models import AgreementVersion, Outgoing, Partner
from elchi.node.federation.services import accept
from elchi.node.here import here
from elchi.seal.canonical import write_time

FIELDS = {"vehicle": {"plate": go("7(1)"), "plate_country": go("7(1)")}, "person": {"name": go()}}
DETAILS = {"head": go("5"), "text": go("7(2)"), "officer": go("7(2)"), "files": go("7(2)")}


def desk_grants(**given: Any) -> list[dict[str, Any]]:
    """Give grants of requests and replies both ways."""
    values = {"subjects": FIELDS, "details": DETAILS, "purposes": ["investigation"], **given}
    return [grant("request", "reply", **values), grant("alert", "alert_reply", **values)]


def agreed(node: PartnerNode, **given: Any) -> PartnerNode:
    """Give a partner a country, and an agreement in force by which desks talk."""
    agreed_in_force(node.row, **given)
    node.row.refresh_from_db()
    return node


def agreed_in_force(partner: Partner, **given: Any) -> None:
    """Put an agreement into force by which the desks of this node and of a partner talk."""
    country = partner.code[:2]
    Partner.objects.filter(pk=partner.pk).update(country=make_country(country))
    told = {"id": f"KZ-{country}-2026", "grants": desk_grants(), "valid_until": "2036-01-01", **given}
    sides = agreement_json()["sides"]
    sides["a"], sides["b"] = {**sides["a"], "countries": [here().country]}, {**sides["b"], "countries": [country]}
    AgreementVersion.objects.create(
        partner=partner, agreement=told["id"], version=1, state="in_force", is_ours=True,
        content=agreement_json(sides=sides, **told), valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip


def due(*kinds: str) -> list[Item]:
    """Give what waits for the courier."""
    rows = Outgoing.objects.select_related("partner").filter(kind__in=kinds, envelope__isnull=False).order_by("id")
    return [
        Item(row.partner.code, Lane(row.lane), row.expires_at, "envelope", bytes(row.envelope or b"")) for row in rows
    ]


def said_to(node: PartnerNode, *kinds: str) -> list[Message]:
    """Give what was said to a partner."""
    return [node.open(item)[1] for item in due(*(kinds or ("request", "reply")))]


def terms(node: PartnerNode) -> dict[str, Any]:
    """Give the conditions of the agreement, for a message of the partner."""
    return {
        "lane": Lane.QUESTION, "agreement": f"KZ-{node.code[:2]}-2026:1", "purpose": "investigation",
        "retention_until": node.now.date() + dt.timedelta(days=30), "onward": "none", "handling": Handling(),
    }  # fmt: skip


def asks(node: PartnerNode, head: Mapping[str, Any] | None = None, **given: Any) -> Item:
    """Open a conversation at this node."""
    body = given.pop("body", {})
    told = {
        "act": "ask", "place": 1, "agency": "kg-drugs", "called": f"{node.code}-R-0007", "kind": "vehicle",
        "urgency": "urgent", "ends_at": write_time(node.now + dt.timedelta(days=1)), **(head or {}),
    }  # fmt: skip
    said = {
        "v": 1, "head": {name: value for name, value in told.items() if value is not None}, "officer": "J. Asanova",
        "text": {"title": "A white van", "words": "Do you know it?", "language": "ru"},
    }  # fmt: skip
    values = {"deadline": node.now + dt.timedelta(hours=2), **terms(node), **given}
    return node.says("request", {**said, **body}, **values)


def says(node: PartnerNode, thread: str, place: int, act: Act, words: str = "", **given: Any) -> Item:
    """Say something in a conversation with this node."""
    head = {"act": str(act), "place": place, "agency": "kg-drugs", **given.pop("head", {})}
    body = {"v": 1, "head": head, **({"text": {"words": words, "language": "ru"}} if words else {})}
    return node.says("reply", {**body, **given.pop("body", {})}, thread=thread, **{**terms(node), **given})


def took(node: PartnerNode, *items: Item) -> list[tuple[str, str]]:
    """Have this node accept what a partner says; give what became of it."""
    pushed = accept(items=items, peer=node.code, carrier="https", at=node.now)
    return [(one.result, one.code) for one in pushed.outcomes]
