"""Whether the node is well: what an administrator, a probe and `elchi status` are told. No person is in any of it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Q, Sum
from django.utils import timezone

from elchi.errors import Conflict, ElchiError
from elchi.node.audit.models import AuditLine, DayRoot
from elchi.node.audit.verbs import Verb
from elchi.node.checks.models import Alert, Check, FoundEntry, Manifest
from elchi.node.federation.models import Outgoing
from elchi.node.federation.queries.partners import partner_states
from elchi.node.here import here
from elchi.node.officers.models import SignIn
from elchi.node.watchlists.live import ListAge, age_of, live
from elchi.node.watchlists.models import Version
from elchi.node.watchlists.queries import ListFaults, list_faults
from elchi.seal.certificate import certificate_ends_at

HEARTBEAT: Final = "worker.json"
"""In `run_folder()`: when the worker was last alive, and what it did when."""
WORKER_SILENT: Final = dt.timedelta(minutes=2)
"""After so long without a sign the worker counts as dead; a manifest's piece takes seconds."""
LEAST_DISK: Final = 1 << 30
"""Bytes that should be free."""
CERTIFICATE_SOON: Final = dt.timedelta(days=30)
UNSIGNED_DAYS: Final = 2
"""So many days may end before the last signed one is a fault: the worker signs within an hour after midnight (UTC)."""
SCREENING_MS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
"""Bounds in which durations of screening are counted."""
_RECENT: Final = dt.timedelta(hours=1)
_whole: Final[list[bool]] = []
"""Not empty once nothing was missing: tables do not go back while a process runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeState:
    """How the node is."""

    code: str
    name: str
    demo: bool
    version: str
    """Of the program."""
    database: str
    """`sqlite` or `postgresql`."""
    missing_migrations: int
    """How many changes of the tables this version waits for."""
    lists: tuple[ListAge, ...] = ()
    list_faults: ListFaults | None = None
    """What is wrong with which list; None where they cannot be read at all."""
    queues: Mapping[str, int] = field(default_factory=dict)
    """What waits: see `queues`."""
    signed_date: dt.date | None = None
    """The last day whose audit is signed."""
    disk_free: int = 0
    """Bytes."""
    disk_total: int = 0
    worker_at: dt.datetime | None = None
    """When the worker last gave a sign."""
    duties: Mapping[str, Any] = field(default_factory=dict)
    """What the worker did, when, and whether it went well."""
    certificate_ends_at: dt.datetime | None = None
    """Of the node's own; None where a proxy speaks TLS."""
    faults: tuple[str, ...] = ()
    """What is wrong, the words are `node_fault.*`: somebody has to act."""
    cautions: tuple[str, ...] = ()
    """What should be looked at, `node_caution.*`: the node works."""


def run_folder() -> Path:
    """Give the folder of what lives as long as the processes do."""
    return here().home / "run"


def is_database_up() -> bool:
    """Tell whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def missing_migrations() -> int:
    """Count the changes of the tables that this version waits for."""
    return 0 if _whole else _count_missing()


def check_installation() -> None:
    """Do nothing if the tables are those of this version, and the node is what it was made as.

    Raises:
        Conflict: `database_refused`, `migrations_missing`, `demo_stays_demo`.
    """
    if not is_database_up():
        raise Conflict("database_refused", database=connection.vendor)
    if missing := missing_migrations():
        raise Conflict("migrations_missing", count=missing)
    made = AuditLine.objects.filter(sequence=1, verb=Verb.MAKE_NODE).first()
    if made is not None and made.detail.get("demo") is not here().demo:
        raise Conflict("demo_stays_demo", file="node.toml")


def readiness() -> dict[str, bool]:
    """Tell whether checks can be answered: of the database, of its tables and of the lists."""
    database = is_database_up()
    return {
        "database": database,
        "migrations": database and missing_migrations() == 0,
        "lists": database and (lists := _list_faults()) is not None and not lists.missing,
    }


def queues() -> dict[str, int]:
    """Count what waits: findings, and late ones, manifests, alerts, versions to approve, messages without a receipt.

    Of discreet entries nothing is counted: who keeps the machine does not learn that one was met.
    """
    now = timezone.now()
    findings = FoundEntry.objects.filter(state="open", is_discreet=False).aggregate(
        findings=Count("pk"), late_findings=Count("pk", filter=Q(due_at__lt=now))
    )
    return findings | {
        "manifests": Manifest.objects.filter(state__in=("queued", "running")).count(),
        "alerts": Alert.objects.filter(read_at=None).exclude(kind="discreet").count(),
        "versions": Version.objects.filter(state="waiting").count(),
        "messages": Outgoing.objects.filter(envelope__isnull=False).count(),
    }


def list_ages() -> tuple[ListAge, ...]:
    """Give every list in force with its age, whoever may use it."""
    lists, today = live(), timezone.localdate()
    versions = {one.name: one for one in lists.screener.lists}
    return tuple(
        age_of(row, versions[name], today, hidden=lists.hidden.get(name, 0)) for name, row in sorted(lists.rows.items())
    )


def last_line() -> int:
    """Give the number of the last line of the audit; 0 where there is none."""
    return AuditLine.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def node_state() -> NodeState:
    """Look at everything."""
    told: dict[str, Any] = {
        "code": here().code, "name": here().name, "demo": here().demo, "version": version("elchi"),
        "database": connection.vendor, "missing_migrations": 0,
    }  # fmt: skip
    disk = shutil.disk_usage(here().home)
    told |= {"disk_free": disk.free, "disk_total": disk.total, "certificate_ends_at": certificate_end()}
    beat = heartbeat()
    told |= {"worker_at": beat.get("at"), "duties": beat.get("duties", {})}
    if is_database_up():
        told["missing_migrations"] = missing_migrations()
        if not told["missing_migrations"]:
            told |= {"queues": queues(), "signed_date": _signed_date()}
            told["list_faults"] = faults = _list_faults()
            told["lists"] = list_ages() if faults else ()
    state = NodeState(**told)
    return NodeState(**told, faults=tuple(_faults(state)), cautions=tuple(_cautions(state)))


def heartbeat() -> dict[str, Any]:
    """Give the worker's last sign: `at` as a time, and `duties`; empty where there is none."""
    try:
        told = json.loads((run_folder() / HEARTBEAT).read_bytes())
        return {**told, "at": dt.datetime.fromisoformat(told["at"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def certificate_end() -> dt.datetime | None:
    """Give until when the node's own certificate is valid; None where it speaks no TLS."""
    if not settings.ELCHI.speaks_tls:
        return None
    try:
        return certificate_ends_at(Path(settings.ELCHI.certificate).read_bytes())
    except (OSError, ValueError):
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def recent_checks() -> dict[str, Any]:
    """Count the checks of the last hour: `verdicts`, `count`, `seconds` of screening together, and `bounds` in ms."""
    recent = Check.objects.filter(at__gte=timezone.now() - _RECENT)
    bounds = {f"ms_{bound}": Count("pk", filter=Q(took_ms__lte=bound)) for bound in SCREENING_MS}
    told = recent.aggregate(count=Count("pk"), total=Sum("took_ms", default=0.0), **bounds)
    verdicts = dict(recent.order_by().values_list("verdict").annotate(Count("pk")))
    return {
        "verdicts": {band: verdicts.get(band, 0) for band in ("clear", "review", "stop")},
        "count": told["count"],
        "seconds": told["total"] / 1000,
        "bounds": {bound: told[f"ms_{bound}"] for bound in SCREENING_MS},
    }


def recent_sign_ins() -> dict[str, int]:
    """Count the attempts to sign in of the last hour."""
    recent = SignIn.objects.filter(at__gte=timezone.now() - _RECENT)
    counted = dict(recent.order_by().values_list("succeeded").annotate(Count("pk")))
    return {"succeeded": counted.get(True, 0), "failed": counted.get(False, 0)}


def _faults(state: NodeState) -> Iterator[str]:
    if not is_database_up():
        yield "database"
        return
    if state.missing_migrations:
        yield "migrations"
        return
    yield from _faults_of_lists(state.list_faults)
    if state.worker_at is None or timezone.now() - state.worker_at > WORKER_SILENT:
        yield "worker"
    if any(not duty.get("done") for duty in state.duties.values()):
        yield "duty"
    if state.disk_free < LEAST_DISK:
        yield "disk"
    if _days_unsigned() > UNSIGNED_DAYS:
        yield "unsigned"
    if state.certificate_ends_at and state.certificate_ends_at < timezone.now():
        yield "certificate"


def _faults_of_lists(faults: ListFaults | None) -> Iterator[str]:
    if faults is None:
        yield "lists_damaged"
        return
    if faults.missing:
        yield "lists_missing"
    if faults.orphans:
        yield "lists_unknown"


def _cautions(state: NodeState) -> Iterator[str]:
    if not state.lists and not state.missing_migrations:
        yield "no_lists"
    if state.list_faults and state.list_faults.stale:
        yield "stale_lists"
    if state.list_faults and (state.list_faults.behind or state.list_faults.cut_off):
        yield "lists_half_done"
    if state.queues.get("late_findings"):
        yield "late_findings"
    if state.queues and any(one.cautions for one in partner_states(timezone.now())):
        yield "partners"
    if state.certificate_ends_at and timezone.now() < state.certificate_ends_at < timezone.now() + CERTIFICATE_SOON:
        yield "certificate"


def _list_faults() -> ListFaults | None:
    try:
        return list_faults()
    except (ElchiError, OSError):
        return None


def _signed_date() -> dt.date | None:
    last = DayRoot.objects.order_by("-date").first()
    return last.date if last else None


def _days_unsigned() -> int:
    """Count the days since the first line that no signature covers."""
    last = DayRoot.objects.order_by("-last").first()
    line = AuditLine.objects.filter(sequence__gt=last.last if last else 0).order_by("sequence").first()
    return (timezone.now() - line.at).days if line else 0


def _count_missing() -> int:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        _whole.append(True)
    return missing
