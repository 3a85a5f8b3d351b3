"""How partners are reached, and who may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from elchi.exchange.carrier import Route, Way
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.federation.queries.keys import key_document_of
from elchi.node.federation.states import GOODBYE, KNOWN
from elchi.node.here import here, hub
from elchi.seal.certificate import named_in_certificate
from elchi.seal.trust import KeyDocument

CALLED: Final = ("https", "relay", "nats")
"""Carriers that a running node opens; `bundle` is carried by hand."""
HUB: Final = "hub"
"""Stands for the hub of this node where a carrier is asked whose door it leads to; it is no node."""


def connected() -> QuerySet[Partner]:
    """Give the partners that are reached and may call: those that are known, and those that have still to hear from us
    that it is over.
    """
    goodbye = Outgoing.objects.filter(partner=OuterRef("pk"), kind=GOODBYE, envelope__isnull=False)
    return Partner.objects.filter(Q(state__in=KNOWN) | Q(Exists(goodbye), state="ended"))


def certificates() -> dict[bytes, str]:
    """Give the certificates (DER) of who may call, and the code of each.

    One that cannot be read, or that names another node, is left out: no partner calls in the name of another one, and
    none keeps this node from being called.
    """
    documents = _documents(_known())
    return {
        der: code
        for code, document in documents.items()
        for der in document.certificates
        if named_in_certificate(der) == code
    }


def routes() -> list[Route]:
    """Give the partners with whom things are shared, and the ways to each in his order of preference.

    What lies at a partner for this node is fetched where he cannot call it: it has no address, or he is its relay.
    """
    partners = _known()
    documents = _documents(partners)
    own = key_document_of(here().code)
    called = bool(own and own.addresses)
    fetched = {code for code, one in partners.items() if (one.is_relay or not called) and _calls(one)}
    found = []
    for code, partner in partners.items():
        ways = [_way(told, code, documents, partners, fetched) for told in partner.carriers]
        version = documents[code].version if code in documents else 0
        found.append(Route(code, tuple(dict.fromkeys(way for way in ways if way)), version))
    return found


def _known() -> dict[str, Partner]:
    return {one.code: one for one in connected()}


def _documents(partners: Mapping[str, Partner]) -> dict[str, KeyDocument]:
    return {code: document for code in partners if (document := key_document_of(code))}


def _calls(partner: Partner) -> bool:
    return any(told.get("kind") == "https" for told in partner.carriers)


def _way(
    told: Mapping[str, Any],
    code: str,
    documents: Mapping[str, KeyDocument],
    partners: Mapping[str, Partner],
    fetched: set[str],
) -> Way | None:
    """Give a way as it stands in the partner's row; None for one that cannot be gone now."""
    kind = told.get("kind")
    if kind not in CALLED:
        return None
    if kind == "nats":
        there = hub()
        return Way("nats", HUB, there.addresses, there.certificates) if there else None
    door = str(told.get("through")) if kind == "relay" else code
    document = documents.get(door)
    if document is None or not document.certificates:
        return None
    addresses = (str(told["address"]),) if kind == "https" and told.get("address") else document.addresses
    if kind == "relay":
        addresses = next((_said(one) for one in partners[door].carriers if _said(one)), document.addresses)
    if not addresses:
        return None
    pulls = door in fetched if kind == "https" else door not in fetched
    return Way(kind, door, addresses, document.certificates, pulls=pulls)


def _said(told: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(told["address"]),) if told.get("kind") == "https" and told.get("address") else ()
