"""What this node knew before an incident: checks, findings, alerts and cases, as traces; messages are `told`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from elchi.modules.operations.leads import ENDS_AFTER, LOOK_BACK, NEAR_TIME, Lead, Scene, Trace, leads_of
from elchi.modules.operations.models import Incident, IncidentMark
from elchi.modules.operations.models import Lead as LeadRow
from elchi.modules.operations.told import refs_of_alerts, told_before
from elchi.node.audit.models import AuditLine
from elchi.node.audit.verbs import Verb
from elchi.node.cases.models import CaseMark, number_of
from elchi.node.cases.queries import cases_for
from elchi.node.checks.findings import alerts_for, findings_for
from elchi.node.checks.models import Check, FoundEntry
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

MOST: Final = 500
"""Of each sort that are looked at, the newest."""


def scene_of(row: Incident) -> Scene:
    """Give an incident as it is compared with traces."""
    at = row.crossing or row
    return Scene(
        at=min(row.at + ENDS_AFTER[row.precision], max(row.at, row.recorded_at)),
        marks=frozenset(IncidentMark.objects.filter(incident=row).values_list("hash", flat=True)),
        crossing=row.crossing.code if row.crossing else "",
        point=None if at.latitude is None or at.longitude is None else (at.longitude, at.latitude),
    )


def leads_found(by: Acting, row: Incident) -> tuple[tuple[Lead, ...], dict[str, Trace]]:
    """Give what may have led to an incident, and every trace that was looked at, by its ref."""
    scene = scene_of(row)
    traces = traces_before(by, scene)
    told = leads_of(scene, traces.values())
    decided = LeadRow.objects.filter(incident=row).values_list("ref", flat=True)
    missing = [ref for ref in decided if ref not in traces]
    return told, traces | _checks_named(missing)


def traces_before(by: Acting, scene: Scene) -> dict[str, Trace]:
    """Give what was known in the days before an incident, by ref; only what somebody may know of."""
    period = Q(at__gte=scene.at - LOOK_BACK, at__lte=scene.at)
    lines = AuditLine.objects.filter(period, subject__in=scene.marks, verb=Verb.SUBMIT_CHECK)
    keys = {int(on.partition(":")[2]) for on in lines.values_list("on", flat=True)[:MOST]}
    near = Q(at__gte=scene.at - NEAR_TIME, at__lte=scene.at, crossing__code=scene.crossing)
    wanted = Q(pk__in=keys) | near if scene.crossing else Q(pk__in=keys)
    rows = Check.objects.select_related("crossing").filter(wanted).order_by("-at")[:MOST]
    checks = {one.pk: one for one in rows} if by.may(Right.CHECK_SEE) else {}
    found = list(findings_for(by).filter(owner__in=list(checks)).exclude(band="clear")[:MOST])
    raised = refs_of_alerts(one.entry for one in found)
    findings = {one.pk: _finding(one, checks[one.owner_id], raised.get(one.entry, "")) for one in found}
    traces = [*map(_check, checks.values()), *findings.values(), *_alerts(by, findings), *_cases(by, scene)]
    return {one.ref: one for one in (*traces, *told_before(by, scene, traces))}


def _checks_named(refs: Iterable[str]) -> dict[str, Trace]:
    keys = [int(ref.partition(":")[2]) for ref in refs if ref.startswith("check:")]
    return {trace.ref: trace for trace in map(_check, Check.objects.select_related("crossing").filter(pk__in=keys))}


def _check(one: Check) -> Trace:
    return Trace(
        ref=f"check:{one.pk}", at=one.at, code="check", params={"number": one.number},
        address=reverse("verdict", args=[one.pk]), marks=frozenset(one.marks), **_place(one),
        before=(one.task,) if one.task.startswith(("case:", "request:")) else (),
    )  # fmt: skip


def _place(check: Check) -> dict[str, Any]:
    crossing = check.crossing
    point = None if crossing is None or crossing.latitude is None else (crossing.longitude, crossing.latitude)
    return {"crossing": crossing.code if crossing else "", "point": point}


def _finding(one: FoundEntry, check: Check, alert: str) -> Trace:
    return Trace(
        ref=f"finding:{one.pk}", at=check.at, code="finding", params={"list": one.watchlist, "band": one.band},
        address=reverse("finding", args=[one.pk]), marks=frozenset(check.marks), **_place(check),
        before=tuple(filter(None, (f"check:{check.pk}", alert))),
    )  # fmt: skip


def _alerts(by: Acting, findings: Mapping[int, Trace]) -> Iterator[Trace]:
    for one in alerts_for(by).filter(finding__in=list(findings))[:MOST]:
        finding = findings[one.finding_id]
        yield Trace(
            ref=f"alert:{one.pk}", at=one.at, code="alert", params={"kind": one.kind}, address=reverse("alerts"),
            marks=finding.marks, crossing=finding.crossing, point=finding.point, before=(finding.ref,),
        )  # fmt: skip


def _cases(by: Acting, scene: Scene) -> Iterator[Trace]:
    marked = CaseMark.objects.filter(hash__in=scene.marks, subject__added_at__lte=scene.at)
    rows = marked.filter(subject__case__in=cases_for(by)).select_related("subject__case")
    found: dict[int, tuple[Any, set[str]]] = {}
    for row in rows[:MOST]:
        found.setdefault(row.subject.case_id, (row.subject, set()))[1].add(row.hash)
    for case_id, (subject, marks) in found.items():
        origin = subject.case.origin
        yield Trace(
            ref=f"case:{case_id}", at=subject.added_at, code="case", params={"number": number_of(case_id)},
            address=reverse("case", args=[case_id]), marks=frozenset(marks), before=(origin,) if origin else (),
        )  # fmt: skip
