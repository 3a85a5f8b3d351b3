"""The registers: who is competent for what, and partner organisations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from elchi.errors import InvalidInput, NotFound
from elchi.modules.regional.models import Authority, Organisation
from elchi.modules.regional.rules import RegionalRight
from elchi.modules.regional.services._checks import check_states, check_text
from elchi.modules.regional.verbs import RegionalVerb
from elchi.node.audit.services import record
from elchi.node.officers.acting import Acting

COMPETENCES: Final = (
    "requests", "controlled_delivery", "operational_exchange", "precursors", "mutual_legal_assistance",
    "joint_operations", "analysis",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityCard:
    """Who is competent for what."""

    country: str
    agency: str
    competence: str
    """Of `COMPETENCES`."""
    legal_basis: str
    contact: str
    """A desk, never a person."""
    valid_from: dt.date
    valid_until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationCard:
    """A partner organisation."""

    name: str
    name_ru: str
    does: str
    instrument: str = ""
    contact: str = ""


@transaction.atomic
def set_authority(*, by: Acting, card: AuthorityCard, authority_id: int = 0) -> Authority:
    """Write an authority into the register, or change one.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `register_unknown`.
        InvalidInput: `regional_invalid`.
    """
    by.require(RegionalRight.REGISTER_WRITE)
    check_states([card.country], least=1)
    for field, most in (("agency", 200), ("legal_basis", 300), ("contact", 200)):
        check_text(field, getattr(card, field), most)
    if card.competence not in COMPETENCES:
        raise InvalidInput("regional_invalid", field="competence", rule="one_of", allowed=list(COMPETENCES))
    if card.valid_until and card.valid_until < card.valid_from:
        raise InvalidInput("regional_invalid", field="valid_until", rule="after_begin")
    row = Authority.objects.filter(pk=authority_id).first() if authority_id else Authority()
    if row is None:
        raise NotFound("register_unknown", id=authority_id)
    row.country_id = card.country
    for field in ("agency", "competence", "legal_basis", "contact", "valid_from", "valid_until"):
        setattr(row, field, getattr(card, field))
    row.changed_by = by.name
    row.save()
    record(RegionalVerb.SET_AUTHORITY, by=by, on=f"authority:{row.pk}", state=card.country, competence=card.competence)
    return row


@transaction.atomic
def set_organisation(*, by: Acting, card: OrganisationCard) -> Organisation:
    """Write a partner organisation into the directory, or change the one of this name.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `regional_invalid`.
    """
    by.require(RegionalRight.REGISTER_WRITE)
    for field, most in (("name", 200), ("name_ru", 200), ("does", 300)):
        check_text(field, getattr(card, field), most)
    for field in ("instrument", "contact"):
        if getattr(card, field):
            check_text(field, getattr(card, field), 200)
    given = {name: getattr(card, name) for name in ("name_ru", "does", "instrument", "contact")}
    row, _ = Organisation.objects.update_or_create(name=card.name.strip(), defaults={**given, "changed_by": by.name})
    record(RegionalVerb.SET_ORGANISATION, by=by, on=f"organisation:{row.pk}")
    return row
