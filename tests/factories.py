"""Rows for tests: every person, document and number is invented."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from django.test import Client

from elchi.node.directory.models import Agency, Country, Crossing, Office
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role

PASSWORD = "correct-Horse-battery-9"
_numbers = count(1)


def make_country(code: str = "KZ", **names: str) -> Country:
    return Country.objects.get_or_create(code=code, defaults={"names": names or {"en": code}})[0]


def make_agency(code: str = "kz-border", country: str = "KZ", kind: str = "border", **given: Any) -> Agency:
    values = {"country": make_country(country), "kind": kind, "name": f"Agency {code}", **given}
    return Agency.objects.get_or_create(code=code, defaults=values)[0]


def make_crossing(code: str = "BCP001", **given: Any) -> Crossing:
    values = {
        "name_a": "Kordai", "country_a": make_country("KZ"), "name_b": "Ak-Jol", "country_b": make_country("KG"),
        "kind": "road", "latitude": 43.0149, "longitude": 74.6874, "coordinate_error_km": 7.0, "status": "open",
        **given,
    }  # fmt: skip
    return Crossing.objects.get_or_create(code=code, defaults=values)[0]


def make_office(code: str = "kordai", agency: Agency | None = None, kind: str = "post", **given: Any) -> Office:
    lead = agency or make_agency()
    values = {"kind": kind, "name": f"Office {code}", "country": lead.country, "lead": lead, **given}
    office, made = Office.objects.get_or_create(code=code, defaults=values)
    if made:
        office.agencies.add(lead)
    return office


def make_officer(*roles: Role, name: str = "", agency: Agency | None = None, **given: Any) -> Officer:
    """Make an officer with a password: `PASSWORD`."""
    number = next(_numbers)
    agency = agency or make_agency()
    officer = Officer(
        sign_in_name=name or f"officer{number}",
        name=given.pop("shown", f"Officer {number}"),
        agency=agency,
        office=given.pop("office", None) or make_office(agency=agency),
        roles=[str(role) for role in roles],
        **given,
    )
    officer.set_password(PASSWORD)
    officer.save()
    return officer


def signed_in(client: Client, officer: Officer) -> Client:
    """Sign an officer in past the second factor; `client.force_login` alone stops before it."""
    client.force_login(officer)
    session = client.session
    session["second_factor"], session["signed_in_at"], session["seen_at"] = True, int(time.time()), int(time.time())
    session.save()
    return client


def acting(*roles: Role, **given: Any) -> Acting:
    """Make an officer as who acts at the console."""
    return acting_of(make_officer(*roles, **given), via="console")
