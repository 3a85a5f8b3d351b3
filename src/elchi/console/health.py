"""For machines that watch the node: is it alive, can it check, how much and how fast. No person is in any of it."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from elchi.node.installation import queries
from elchi.node.watchlists.queries import ListAge

_LOOPBACK: Final = ("127.0.0.1", "::1")


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Tell that this process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Tell whether checks can be answered: 200 or 503, and of what it fails."""
    told = queries.readiness()
    ready = all(told.values())
    return JsonResponse({"ready": ready, **told}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell figures to Prometheus: to who has the token; where none is set, to this machine."""
    if not _may_read(request):
        return HttpResponse(status=403)
    registry = CollectorRegistry()
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.ELCHI.metrics_token
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # Behind a proxy of this machine everybody comes from loopback; one who was passed on is not from here.
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and "X-Forwarded-For" not in request.headers


class _Figures:
    """What is counted, from the tables: it is right for all processes of the node together, and after a start."""

    def collect(self) -> Iterator[Metric]:
        """Give all of it."""
        state = queries.node_state()
        about = InfoMetricFamily("elchi_node", "Which node this is.")
        about.add_metric((), {"code": state.code, "version": state.version, "database": state.database})
        yield about
        for source in (_of_checks, _of_lists, _of_node):
            yield from source(state)


def _of_checks(state: queries.NodeState) -> Iterator[Metric]:
    if state.missing_migrations or "database" in state.faults:
        return
    told = queries.recent_checks()
    yield _gauge("elchi_checks_last_hour", "Checks of the last hour by verdict.", "verdict", told["verdicts"])
    seconds = HistogramMetricFamily("elchi_screening_last_hour_seconds", "Screening a check took, last hour.")
    buckets = [(str(bound / 1000), count) for bound, count in told["bounds"].items()]
    seconds.add_metric((), [*buckets, ("+Inf", told["count"])], told["seconds"])
    yield seconds
    signed_in = queries.recent_sign_ins()
    yield _gauge("elchi_sign_ins_last_hour", "Attempts to sign in of the last hour.", "outcome", signed_in)
    yield _gauge("elchi_waiting", "What waits: findings, manifests, alerts, versions, messages.", "queue", state.queues)


def _of_lists(state: queries.NodeState) -> Iterator[Metric]:
    by_name: dict[str, Callable[[ListAge], float]] = {
        "elchi_list_age_days": lambda one: one.age_days,
        "elchi_list_entries": lambda one: one.total,
        "elchi_list_stale": lambda one: one.is_stale,
    }
    for name, value in by_name.items():
        yield _gauge(name, "Of each list in force.", "list", {one.name: value(one) for one in state.lists})


def _of_node(state: queries.NodeState) -> Iterator[Metric]:
    now = timezone.now()
    yield GaugeMetricFamily("elchi_disk_free_bytes", "Free where the node lies.", state.disk_free)
    if state.worker_at:
        yield GaugeMetricFamily("elchi_worker_silent_seconds", "Since its last sign.", _seconds(now, state.worker_at))
    if state.certificate_ends_at:
        left = _seconds(state.certificate_ends_at, now)
        yield GaugeMetricFamily("elchi_certificate_left_seconds", "Until the certificate ends.", left)
    yield _gauge("elchi_fault", "What is wrong with the node.", "fault", dict.fromkeys(state.faults, 1))


def _seconds(later: dt.datetime, earlier: dt.datetime) -> float:
    return (later - earlier).total_seconds()


def _gauge(name: str, means: str, label: str, values: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(name, means, labels=(label,))
    for value, count in values.items():
        gauge.add_metric((value,), count)
    return gauge
