"""Take over the public facts that travel with the package."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency, Country, Crossing, CrossingStatus, Office
from elchi.node.directory.reference import rows_of

LANGUAGES = ("en", "ru", "kk", "ky", "tg", "uz", "tk")


@transaction.atomic
def load_reference_data(*, by: Actor = NODE) -> dict[str, int]:
    """Add the countries, agencies, offices and crossings of `reference` that are not there yet.

    What is there stays as it is, so that a change made at this node outlives an upgrade.

    Returns:
        How many of each were added.
    """
    added = {
        "countries": _add_countries(),
        "agencies": _add_agencies(),
        "crossings": _add_crossings(),
        "offices": _add_offices(),
    }
    if any(added.values()):
        record(Verb.LOAD_REFERENCE, by=by, on="directory:reference", added=added)
    return added


def _add_countries() -> int:
    known = set(Country.objects.values_list("code", flat=True))
    new = [
        Country(code=row["code"], names={**{one: row[one] for one in LANGUAGES}, **_own_names(row["own"])})
        for row in rows_of("countries")
        if row["code"] not in known
    ]
    Country.objects.bulk_create(new)
    return len(new)


def _add_agencies() -> int:
    known = set(Agency.objects.values_list("code", flat=True))
    new = [
        Agency(
            code=row["code"], country_id=row["country"] or None, kind=row["kind"], name=row["en"],
            names={"en": row["en"], "ru": row["ru"], **_own_names(row["own"])}, mandate=row["mandate"],
            sources=row["sources"],
        )
        for row in rows_of("agencies")
        if row["code"] not in known
    ]  # fmt: skip
    Agency.objects.bulk_create(new)
    return len(new)


def _add_crossings() -> int:
    known = set(Crossing.objects.values_list("code", flat=True))
    new = {row["code"]: _crossing(row) for row in rows_of("crossings") if row["code"] not in known}
    made = {one.code: one for one in Crossing.objects.bulk_create(new.values())}
    history = [
        CrossingStatus(
            crossing=made[row["crossing"]], status=row["status"], from_date=dt.date.fromisoformat(row["from_date"]),
            to_date=dt.date.fromisoformat(row["to_date"]) if row["to_date"] else None, note=row["note"],
            source=row["source"],
        )
        for row in rows_of("crossing_statuses")
        if row["crossing"] in made
    ]  # fmt: skip
    CrossingStatus.objects.bulk_create(history)
    return len(made)


def _crossing(row: dict[str, str]) -> Crossing:
    names = [row["ru_a"], row["ru_b"]]
    return Crossing(
        code=row["code"], kind=row["kind"], status=row["status"], note=row["note"], sources=row["sources"],
        name_a=row["name_a"], country_a_id=row["country_a"],
        name_b=row["name_b"], country_b_id=row["country_b"] or None,
        names={"ru": names} if any(names) else {},
        latitude=_figure(row["latitude"]), longitude=_figure(row["longitude"]),
        coordinate_error_km=_figure(row["error_km"]), coordinate_basis=row["basis"],
    )  # fmt: skip


def _add_offices() -> int:
    known = dict(Office.objects.values_list("code", "pk"))
    rows = [row for row in rows_of("offices") if row["code"] not in known]
    agencies = dict(Agency.objects.values_list("code", "pk"))
    crossings = dict(Crossing.objects.values_list("code", "pk"))
    for row in rows:
        present = [agencies[code] for code in _codes(row["agencies"])]
        office = Office.objects.create(
            code=row["code"], country_id=row["country"], kind=row["kind"], name=row["en"],
            names={"en": row["en"], "ru": row["ru"]}, parent_id=known.get(row["parent"]),
            lead_id=present[0] if present else None, area=row["area"], sources=row["sources"],
        )  # fmt: skip
        known[office.code] = office.pk
        office.agencies.set(present)
        office.crossings.set(crossings[code] for code in _codes(row["crossings"]))
    return len(rows)


def _codes(text: str) -> Iterable[str]:
    return (code for code in map(str.strip, text.split(";")) if code)


def _own_names(text: str) -> dict[str, str]:
    """Read `kk=Ішкі істер министрлігі|uz=..`."""
    return {language: name for language, _, name in (one.partition("=") for one in text.split("|") if one)}


def _figure(text: str) -> float | None:
    return float(text) if text else None
