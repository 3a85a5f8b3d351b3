"""Reads of agreements: which of them covers what is to be said to whom, and which one a message names."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.db import connection

from elchi.exchange.agreement import Agreement, Party, agreement_from_json, choose_agreement
from elchi.node.audit.actor import Actor
from elchi.node.federation.models import AgreementVersion, Partner
from elchi.node.federation.queries.keys import own_key_document
from elchi.node.here import here

# Every check asks this: as plain SQL it costs a third of what the same costs through a query that is built anew.
_IN_FORCE: Final = (
    "SELECT p.id, p.code, p.country_id, p.agencies, p.offices, a.content FROM federation_agreementversion a"
    " JOIN federation_partner p ON p.id = a.partner_id"
    " WHERE a.state = 'in_force' AND p.state = 'active' ORDER BY p.code, a.id"
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A partner with whom something is in force."""

    partner: int
    """Key of his row."""
    party: Party
    agreements: tuple[Agreement, ...]

    def covering(
        self, *, purpose: str, kind: str, at: dt.datetime, outgoing: bool = True, us: Party | None = None
    ) -> Agreement | None:
        """Give the agreement under which a message goes to him, or comes from him; None where nothing may.

        Args:
            purpose: of the message.
            kind: of the message.
            at: when it is sent.
            outgoing: whether it is ours.
            us: this node; the whole of it unless given.
        """
        us = us or own_party()
        sender, receiver = (us, self.party) if outgoing else (self.party, us)
        return choose_agreement(self.agreements, sender=sender, receiver=receiver, purpose=purpose, kind=kind, at=at)


def agreed_partners() -> Sequence[Agreed]:
    """Give the active partners with agreements in force, by code; in one query."""
    parties: dict[int, Party] = {}
    agreements: dict[int, list[Agreement]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE)
        for partner, code, country, agencies, offices, content in cursor.fetchall():
            spoken_for = {"agencies": _codes(agencies), "offices": _codes(offices)}
            parties[partner] = Party(node=code, country=country or "", **spoken_for)
            agreements[partner].append(_read(content))
    return [Agreed(partner, party, tuple(agreements[partner])) for partner, party in parties.items()]


def agreement_for(partner_code: str, *, purpose: str, kind: str, at: dt.datetime, outgoing: bool) -> Agreement | None:
    """Give the agreement under which a message goes to a partner, or comes from him; None where nothing may."""
    found = next((one for one in agreed_partners() if one.party.node == partner_code), None)
    return found.covering(purpose=purpose, kind=kind, at=at, outgoing=outgoing) if found else None


def agreement_of(reference: str, *, partner: str = "") -> Agreement | None:
    """Give the agreement that is called `id:version`, also one that is over; None if it is not known here.

    Args:
        reference: as messages name it.
        partner: code of who it is with; without it, whoever it is with.
    """
    name, _, version = reference.rpartition(":")
    if not version.isdecimal():
        return None
    rows = AgreementVersion.objects.filter(agreement=name, version=int(version)).order_by("id")
    row = (rows.filter(partner__code=partner) if partner else rows).first()
    return agreement_in(row.content) if row else None


def agreement_in(content: Mapping[str, object]) -> Agreement:
    """Give the agreement that the content of a row says."""
    return _read(json.dumps(content))


def party_of(partner: Partner) -> Party:
    """Give a partner as agreements know him."""
    spoken_for = {"agencies": tuple(partner.agencies), "offices": tuple(partner.offices)}
    return Party(node=partner.code, country=partner.country_id or "", **spoken_for)


def own_party(by: Actor | None = None) -> Party:
    """Give this node as agreements know it: with all agencies and offices for which its key document speaks.

    Args:
        by: who says something: an officer speaks for his own agency and office only, if the node does.
    """
    document = own_key_document()
    agencies, offices = (document.agencies, document.offices) if document else ((), ())
    if by and by.agency:
        agencies = tuple(one for one in agencies if one == by.agency)
        offices = tuple(one for one in offices if one == by.office)
    return Party(node=here().code, country=here().country, agencies=agencies, offices=offices)


def _codes(column: str | list[str]) -> tuple[str, ...]:
    """Give a column of JSON: SQLite gives its text, PostgreSQL may too."""
    return tuple(json.loads(column) if isinstance(column, str) else column)


@lru_cache(maxsize=256)
def _read(content: str) -> Agreement:
    """Read an agreement: it takes a millisecond, and never changes."""
    return agreement_from_json(json.loads(content))
