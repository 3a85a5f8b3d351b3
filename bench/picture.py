"""How fast the map and the tables of incidents are made: `make bench NAME=picture ARGS="--incidents 100000"`.

A node with invented incidents of the last five years is made in a scratch folder, on SQLite, and its pages are asked
through Django's test client: everything that the server does but the wire. Milliseconds of the processor, medians of
five runs; nothing is told to the database about its contents (no ANALYZE), as in an office.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figures import NODE

DAYS = 5 * 365
RUNS = 5
PAGES = {
    "incidents, newest": "/incidents/",
    "incidents, last page": "/incidents/?page=2000",
    "incidents, of a substance": "/incidents/?goods=heroin",
    "picture, 90 days": "/picture/?from={quarter}",
    "picture, a year": "/picture/?from={year}",
    "picture, all": "/picture/?show=1",
    "map, 30 days": "/map/",
    "map, all": "/map/?period=all",
}


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--incidents", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _make_node(Path(folder), options.incidents)
        times = _measure()
    print(f"{options.incidents:,} incidents of {DAYS} days, milliseconds of the processor")
    for name, took in times.items():
        print(f"{name:28}{took:10.0f}")
    print(json.dumps({"incidents": options.incidents, **{name: round(took, 1) for name, took in times.items()}}))


def _make_node(home: Path, incidents: int) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "secret").write_text("bench " * 12, encoding="ascii")
    (home / "node.toml").write_text(NODE, encoding="utf-8")
    os.environ |= {"ELCHI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "elchi.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from elchi.node.audit.actor import NODE as BY
    from elchi.node.directory.services import load_reference_data

    load_reference_data(by=BY)
    _fill(incidents)


def _fill(count: int) -> None:
    from django.utils import timezone

    from elchi.modules.operations.incident import IMPACTS, KINDS
    from elchi.modules.operations.models import Incident
    from elchi.node.directory.models import Crossing, Office

    chance, now = random.Random(5), timezone.now()
    offices = list(Office.objects.select_related("lead"))
    crossings = list(Crossing.objects.exclude(country_b=None))
    agency = next(one.lead for one in offices if one.lead)
    rows = []
    for _ in range(count):
        office, crossing = chance.choice(offices), chance.choice(crossings) if chance.random() < 0.8 else None
        spot = (round(chance.uniform(37, 55), 3), round(chance.uniform(50, 87), 3))
        states = [] if crossing is None else [str(crossing.country_a_id), str(crossing.country_b_id)]
        rows.append(
            Incident(
                kind=chance.choices(KINDS, (60, 5, 20, 5, 5, 1, 4))[0],
                at=now - dt.timedelta(minutes=chance.randrange(DAYS * 1440)),
                unit=office,
                agency=office.lead or agency,
                crossing=crossing,
                latitude=None if crossing else spot[0],
                longitude=None if crossing else spot[1],
                place_key=crossing.code if crossing else f"{spot[0]:.1f},{spot[1]:.1f}",
                border="-".join(sorted(states)),
                legal_basis="Invented act",
                impact=chance.choice(IMPACTS),
                departure=chance.choice(("", "AF", "TJ", "KG", "UZ")),
                destination=chance.choice(("", "KZ", "RU")),
                led_by=int(chance.random() < 0.3),
                recorded_by="bench",
                recorded_at=now,
            )
        )
    Incident.objects.bulk_create(rows, batch_size=2000)
    _fill_parts(rows, chance)


def _fill_parts(rows: list[Any], chance: random.Random) -> None:
    from elchi.modules.operations.models import Incident, SeizedItem

    through = Incident.agencies.through
    through.objects.bulk_create((through(incident=row, agency_id=row.agency_id) for row in rows), batch_size=5000)
    SeizedItem.objects.bulk_create(
        (
            SeizedItem(
                incident=row, kind="drug", substance=chance.choice(("heroin", "opium", "cannabis_resin", "mdma")),
                quantity=chance.randrange(1, 9000), measure="g", kilograms=1, factor=1, factor_source="bench",
            )
            for row in rows
            if row.kind == "seizure"
        ),
        batch_size=5000,
    )  # fmt: skip


def _measure() -> dict[str, float]:
    from django.conf import settings
    from django.test import Client
    from tests.factories import make_officer, signed_in

    from elchi.node.officers.rules import Role

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # fmt: skip
    client = signed_in(Client(), make_officer(Role.ANALYST))
    today = dt.datetime.now(dt.UTC).date()
    days = {"quarter": today - dt.timedelta(days=90), "year": today - dt.timedelta(days=365)}
    return {name: _took(client, address.format(**days)) for name, address in PAGES.items()}


def _took(client: Any, address: str) -> float:
    times = []
    for _ in range(RUNS + 1):
        begun = time.process_time()
        answer = client.get(address)
        times.append(1000 * (time.process_time() - begun))
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
