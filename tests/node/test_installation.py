"""Whether the node is well: what is told to probes, to Prometheus and on its page."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import click
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from tests.factories import acting, make_agency, make_officer, signed_in
from tests.lists_made import put_list

from elchi.cli.status import _lines
from elchi.locale import Words
from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Alert, Check, FoundEntry
from elchi.node.installation import queries
from elchi.node.installation.queries import HEARTBEAT, SCREENING_MS, node_state
from elchi.node.officers.models import SignIn
from elchi.node.officers.rules import Role
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.queries import ListFaults


def beat(home: Path, ago: dt.timedelta = dt.timedelta(0), **duties: bool) -> None:
    """Leave the worker's sign."""
    at = (timezone.now() - ago).isoformat()
    told = {"at": at, "process": 1, "duties": {name: {"at": at, "done": done} for name, done in duties.items()}}
    (home / "run").mkdir(exist_ok=True)
    (home / "run" / HEARTBEAT).write_text(json.dumps(told), encoding="utf-8")


def figures(client: Client, **headers: str) -> dict[tuple[str, str], float]:
    text = client.get("/metrics", headers=headers).content.decode()
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, next(iter(one.labels.values()), "")): one.value for one in samples}


def test_a_node_without_lists_is_well(node_home: Path) -> None:
    beat(node_home, sign_days=True)
    state = node_state()
    assert (state.faults, state.cautions) == ((), ("no_lists",))
    assert (state.database, state.missing_migrations) == (connection.vendor, 0)


def test_a_worker_that_is_silent_or_fails_is_a_fault(node_home: Path) -> None:
    assert node_state().faults == ("worker",)
    beat(node_home, ago=dt.timedelta(minutes=3))
    assert node_state().faults == ("worker",)
    beat(node_home, sign_days=True, apply_retention=False)
    assert node_state().faults == ("duty",)
    (node_home / "run" / HEARTBEAT).write_text("[]", encoding="utf-8")
    assert node_state().faults == ("worker",)


def test_days_that_nobody_signs_are_a_fault(node_home: Path) -> None:
    beat(node_home)
    acting(Role.FIRST_LINE)
    line = AuditLine(
        sequence=1, at=timezone.now() - dt.timedelta(days=4), actor="node", via="node", verb="x", on="x",
        previous="0" * 64, hash="1" * 64,
    )  # fmt: skip
    line.save()
    assert node_state().faults == ("unsigned",)


def test_a_list_on_the_disk_without_rules_is_a_fault(node_home: Path) -> None:
    beat(node_home)
    folder = node_home / "lists" / "stray" / "versions" / "1"
    folder.mkdir(parents=True)
    (node_home / "lists" / "stray" / "current").write_text('{"version": 1}', encoding="utf-8")
    assert node_state().faults == ("lists_damaged",)


def test_a_certificate_is_looked_at_where_the_node_speaks_tls(node_home: Path, settings: Any) -> None:
    beat(node_home)
    here = dataclasses.replace(settings.ELCHI.here, demo=False)
    settings.ELCHI = dataclasses.replace(settings.ELCHI, here=here, certificate=str(node_home / "none.crt"))
    assert node_state().faults == ("certificate",)


def test_the_page_is_for_those_who_keep_or_watch_the_node(client: Client, node_home: Path) -> None:
    beat(node_home, sign_days=True)
    for role, status in ((Role.ADMINISTRATOR, 200), (Role.SUPERVISOR, 200), (Role.AUDITOR, 200), (Role.ANALYST, 403)):
        assert signed_in(client, make_officer(role)).get("/node/").status_code == status


def test_the_page_says_what_is_wrong_in_the_officers_language(client: Client, node_home: Path) -> None:
    beat(node_home, sign_days=False)
    page = signed_in(client, make_officer(Role.ADMINISTRATOR, language="ru")).get("/node/").content.decode()
    for told in ("Фоновая задача завершилась ошибкой.", "Подпись дней журнала", "не удалось, будет повторено"):
        assert told in page


def test_the_page_asks_as_often_whatever_there_is(client: Client, node_home: Path) -> None:
    beat(node_home, sign_days=True)
    signed_in(client, make_officer(Role.ADMINISTRATOR)).get("/node/")  # the first look reads what stays in memory
    counts = []
    several: tuple[dict[str, Any], ...] = (
        {"sign_days": True},
        {"sign_days": True, "mend_lists": True, "expire_entries": True},
    )
    for duties in several:
        beat(node_home, **duties)
        with CaptureQueriesContext(connection) as asked:
            client.get("/node/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_probes_ask_no_session(client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/healthz").json() == {"alive": True}
    assert len(asked) == 0
    assert client.get("/readyz").json() == {"ready": True, "database": True, "migrations": True, "lists": True}


def test_a_node_whose_lists_cannot_be_read_is_not_ready(client: Client, node_home: Path) -> None:
    (node_home / "lists" / "stray").mkdir()
    (node_home / "lists" / "stray" / "current").write_text("{", encoding="utf-8")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["lists"], answer.json()["ready"]) == (503, False, False)


def test_tables_of_another_version_are_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(queries, "_whole", [])
    settings.MIGRATION_MODULES = {}  # tests make tables without them, so none was applied
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, False)


def test_figures_of_the_last_hour(client: Client) -> None:
    by = acting(Role.FIRST_LINE)
    now = timezone.now()
    for verdict, took_ms, ago in (("clear", 1.5, 0), ("clear", 30.0, 10), ("stop", 4.0, 20), ("stop", 4.0, 70)):
        at = now - dt.timedelta(minutes=ago)
        Check.objects.create(
            at=at, officer=by.officer, purpose="border_check", via="api", kind="person", verdict=verdict,
            took_ms=took_ms,
        )  # fmt: skip
    SignIn.objects.create(sign_in_name="a", succeeded=False)
    told = figures(client)
    checks = {verdict: told["elchi_checks_last_hour", verdict] for verdict in ("clear", "review", "stop")}
    assert checks == {"clear": 2.0, "review": 0.0, "stop": 1.0}
    buckets = [told["elchi_screening_last_hour_seconds_bucket", str(bound / 1000)] for bound in SCREENING_MS]
    assert buckets == [0, 1, 2, 2, 2, 3, 3, 3, 3, 3]
    assert told["elchi_screening_last_hour_seconds_count", ""] == 3
    assert told["elchi_screening_last_hour_seconds_sum", ""] == pytest.approx(0.0355)
    assert told["elchi_sign_ins_last_hour", "failed"] == 1


def test_figures_are_for_this_machine_or_for_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    settings.ELCHI = dataclasses.replace(settings.ELCHI, metrics_token="t" * 20)
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 403
    assert figures(client, Authorization=f"Bearer {'t' * 20}")["elchi_waiting", "findings"] == 0


def test_lists_that_are_not_in_order_are_told_with_their_names(node_home: Path) -> None:
    beat(node_home)
    for name in ("old", "gone", "unknown"):
        put_list(name, {"w-1": {"name": ["Karim Testov"]}}, issued=dt.date(2020, 1, 1))
    Version.objects.create(watchlist_id="gone", state="in_force", loaded_by="keeper")
    Version.objects.create(watchlist_id="old", state="approving", loaded_by="keeper")
    Version.objects.create(watchlist_id="unknown", state="reading", loaded_by="keeper", to_read={"shipped": "un"})
    shutil.rmtree(node_home / "lists" / "gone")
    Watchlist.objects.filter(pk="unknown").delete()
    tell_change()
    state = node_state()
    assert (state.faults, state.cautions) == (("lists_missing", "lists_unknown"), ("stale_lists", "lists_half_done"))
    assert state.list_faults == ListFaults(("unknown",), ("gone",), (), ("old",), ("old",))
    lines = [click.unstyle(line) for line in _lines(Words("en"), state, timezone.now())]
    assert lines[2:6] == [
        "✗ A list is gone from the disk. Nothing is checked until it is loaded again. gone",
        "✗ There is a list on the disk that this node has no rules for. It is not searched. unknown",
        "◆ Lists are out of date. old",
        "◆ A list is being changed, or a change was cut off: the node mends it by itself. old",
    ]


def test_who_keeps_the_machine_does_not_learn_that_a_discreet_entry_was_met() -> None:
    check = Check.objects.create(purpose="border_check", via="console", kind="person", verdict="clear", took_ms=1.0)
    before = queries.queues()
    late = timezone.now() - dt.timedelta(hours=1)
    values = {"version": 1, "schema": "Person", "score": 0.9, "band": "stop", "action": "discreet", "due_at": late}
    finding = FoundEntry.objects.create(owner=check, watchlist="own", entry="e", is_discreet=True, **values)
    Alert.objects.create(kind="discreet", finding=finding, agency=make_agency())
    assert queries.queues() == before
    open_one = FoundEntry.objects.create(owner=check, watchlist="un", entry="e", **values)
    Alert.objects.create(kind="came_later", finding=open_one)
    told = queries.queues()
    assert (told["findings"], told["late_findings"], told["alerts"]) == (1, 1, 1)
