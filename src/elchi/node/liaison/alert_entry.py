"""What checks meet an alert by: its subject as an entry of a list, and what the officer who meets it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.utils import timezone

from elchi.exchange.agreement import unmasked
from elchi.node.liaison.models import OfficeAlert
from elchi.node.watchlists.own import OwnDraft
from elchi.subjects import Document, Organisation, Person, Subject, Vehicle, from_wire

_SEXES: Final[Mapping[str, str]] = {"F": "female", "M": "male", "X": "other"}


def entry_of_alert(alert: OfficeAlert, *, authority: str) -> OwnDraft | None:
    """Give the entry for an alert; None where nothing of its subject can be looked up, say because it came masked.

    It is told to no third party: what a partner alerts us to is not ours to tell.
    """
    subject = unmasked(from_wire(alert.subject)) if alert.subject else None
    schema, properties = _properties(subject) if subject else ("", {})
    filled = {name: tuple(value for value in values if value) for name, values in properties.items()}
    if not any(filled.values()):
        return None
    day = max(timezone.localdate(alert.expires_at), timezone.localdate() + dt.timedelta(days=1))
    return OwnDraft(
        schema=schema, properties={name: values for name, values in filled.items() if values}, action=alert.action,
        handling=max(alert.handling, "H2"), legal_basis=(alert.agreement or alert.purpose)[:300],
        authority=authority[:300], instructions="\n".join(filter(None, (alert.title, alert.text)))[:4000],
        expires_date=day,
    )  # fmt: skip


def _properties(subject: Subject) -> tuple[str, dict[str, tuple[str, ...]]]:
    if isinstance(subject, Person):
        return "Person", {
            "name": (subject.full_name,),
            "birthDate": (str(subject.birth_date or ""),),
            "gender": (_SEXES.get(str(subject.sex or ""), ""),),
            "nationality": (subject.nationality,),
            "passportNumber": tuple(one.document_number for one in subject.documents),
            "idNumber": (subject.national_id,),
            "phone": subject.phones,
            "email": subject.emails,
        }
    if isinstance(subject, Vehicle):
        return "Vehicle", {
            "registrationNumber": (subject.plate, subject.container_number),
            "vin": (subject.vin,),
            "country": (subject.plate_country,),
        }
    if isinstance(subject, Document):
        return "Identification", {"number": (subject.document_number,), "country": (subject.issuer,)}
    if isinstance(subject, Organisation):
        return "Organization", {
            "name": (subject.name,),
            "registrationNumber": (subject.registration_number,),
            "country": (subject.country,),
            "phone": subject.phones,
            "email": subject.emails,
        }
    numbers = tuple(subject.container_numbers) + tuple(one.plate for one in subject.vehicles)
    return "Vehicle", {"registrationNumber": numbers}
