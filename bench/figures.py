"""How fast the figures of the results are counted: `make bench NAME=figures ARGS="--checks 1000000"`.

A node with invented checks of the last 30 days is made in a scratch folder, on SQLite; nothing is told to the database
about its contents (no ANALYZE), as in an office. Times are medians of five runs, milliseconds.
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
from collections.abc import Callable
from functools import partial
from pathlib import Path

NODE = """\
code = "BENCH"
name = "Bench"
country = "KZ"
organisation = "Bench"
languages = ["en"]
time_zone = "Asia/Almaty"
demo = true
"""
DAYS = 30
RUNS = 5


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--checks", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _make_node(Path(folder), options.checks)
        times = _measure()
    print(f"{options.checks:,} checks of {DAYS} days, milliseconds")
    for name, took in times.items():
        print(f"{name:24}{took:10.0f}")
    print(json.dumps({"checks": options.checks, **{name: round(took, 1) for name, took in times.items()}}))


def _make_node(home: Path, checks: int) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "secret").write_text("bench " * 12, encoding="ascii")
    (home / "node.toml").write_text(NODE, encoding="utf-8")
    os.environ |= {"ELCHI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "elchi.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    _fill(checks)


def _fill(checks: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from elchi.node.checks.models import Check, FoundEntry, Judgement
    from elchi.node.directory.models import Crossing, Office
    from elchi.node.directory.services import load_reference_data

    load_reference_data()
    drawn, now = random.Random(1), timezone.now()
    offices = list(Office.objects.values_list("pk", flat=True)[:4])
    crossings = list(Crossing.objects.values_list("pk", flat=True)[:8])
    times = sorted(now - dt.timedelta(days=DAYS * drawn.random()) for _ in range(checks))
    with transaction.atomic():
        for begin in range(0, checks, 50_000):
            Check.objects.bulk_create(
                Check(at=at, office_id=drawn.choice(offices), crossing_id=drawn.choice(crossings), kind="person",
                      purpose="border_check", via="console", marks=["0" * 32] * 3, took_ms=1.0, lists={"un": 1},
                      verdict=drawn.choices(("clear", "review", "stop"), (990, 8, 2))[0])
                for at in times[begin : begin + 50_000]
            )  # fmt: skip
        found = FoundEntry.objects.bulk_create(
            FoundEntry(owner_id=pk, watchlist=drawn.choice(("un", "ofac", "own")), version=1, entry=str(pk),
                       caption="Invented", schema="Person", score=0.8, band="review", action="stop", state="judged")
            for pk in Check.objects.exclude(verdict="clear").order_by("pk").values_list("pk", flat=True)
        )  # fmt: skip
        Judgement.objects.bulk_create(
            Judgement(finding=one, outcome=drawn.choice(("positive", "negative", "unsure")), reason="bench")
            for one in found
        )


def _measure() -> dict[str, float]:
    from django.utils import timezone

    from elchi.node.checks import figures
    from elchi.node.directory.models import Office

    now = timezone.now()
    office = Office.objects.values_list("pk", flat=True)[0]
    times: dict[str, float] = {}
    for days in (1, 7, DAYS):
        begin = now - dt.timedelta(days=days)
        period, at_office = figures.Period(begin, now), figures.Period(begin, now, office)
        times[f"checks {days}d"] = _median(partial(figures.count_checks, period))
        times[f"checks {days}d, office"] = _median(partial(figures.count_checks, at_office))
        times[f"findings {days}d"] = _median(partial(figures.findings_by_list, period))
        times[f"waits {days}d"] = _median(partial(figures.waits, period))
    return times


def _median(run: Callable[[], object]) -> float:
    took = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        run()
        took.append(1000 * (time.perf_counter() - begin))
    return statistics.median(took)


if __name__ == "__main__":
    main()
