"""The queue at the start, the chosen pair at the end, the judgement under the pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.check.shown import sentences_of
from elchi.console.kit import AtDoor, page, page_of, show, sort_of
from elchi.console.second_line.forms import FilterForm, JudgementForm
from elchi.console.second_line.tabs import waiting_in_tabs
from elchi.console.sheets import csv_answer
from elchi.console.templatetags.elchi import crossing_name
from elchi.node.cases.shown import facts_of
from elchi.node.checks import findings as reads
from elchi.node.checks import services
from elchi.node.checks.rules import DUE_AFTER
from elchi.node.checks.services.follow import threats_of_entry
from elchi.node.here import here
from elchi.node.officers.rules import Right
from elchi.node.watchlists.queries import live

QUEUE_SIZE: Final = 20
JUDGED_SHOWN: Final = 8
SOON: Final = 10
"""Minutes before the end of which a finding is marked."""
COLUMNS: Final = {"due": "due_at", "subject": "caption", "list": "watchlist", "score": "score"}
LABELS: Final = {
    "due": "second_line.due",
    "subject": "second_line.subject",
    "list": "second_line.list",
    "score": "second_line.score",
}
SHAPES: Final = {"positive": "stop", "negative": "clear", "unsure": "review"}


@dataclass(frozen=True, slots=True)
class Line:
    """A finding in a table."""

    finding: Any
    caption: str
    title: Any
    """The list; None for one that is no longer known here."""
    minutes: int
    """Until it is due; below 0 it is late."""

    @property
    def urgency(self) -> str:
        """How its clock looks."""
        return "late" if self.minutes < 0 else "soon" if self.minutes < SOON else ""

    @property
    def late_minutes(self) -> int:
        """Minutes past its time."""
        return -self.minutes

    @property
    def late_hours(self) -> int:
        """Whole hours past its time, where minutes would say less; else 0."""
        return self.late_minutes // 60 if self.late_minutes >= 120 else 0


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A judgement in a table."""

    judgement: Any
    caption: str
    title: Any

    @property
    def shape(self) -> str:
        """The sign beside its word."""
        return SHAPES[self.judgement.outcome]

    @property
    def is_overruled(self) -> bool:
        """Whether a later one stands in its place."""
        return hasattr(self.judgement, "overruled_by")


@page(Right.FINDING_SEE)
def queue(request: AtDoor) -> HttpResponseBase:
    """Show what waits."""
    return show(request, "second_line/queue.html", _queue(request))


@page(Right.FINDING_SEE)
def finding(request: AtDoor, finding_id: int) -> HttpResponseBase:
    """Show a finding beside its entry, and what waits."""
    return _pair(request, finding_id)


@require_POST
@page(Right.FINDING_JUDGE)
def judge(request: AtDoor, finding_id: int) -> HttpResponseBase:
    """Take a judgement, and go to the next finding."""

    def decide(**terms: Any) -> Any:
        return services.judge_finding(by=request.acting, finding_id=finding_id, **terms)

    return _decided(request, finding_id, decide)


@require_POST
@page(Right.JUDGEMENT_OVERRULE)
def overrule(request: AtDoor, judgement_id: int) -> HttpResponseBase:
    """Take another judgement in the place of one."""
    old = reads.judgement_for(request.acting, judgement_id)

    def decide(**terms: Any) -> Any:
        return services.overrule_judgement(by=request.acting, judgement_id=judgement_id, **terms)

    return _decided(request, old.finding_id, decide, old.outcome)


@require_POST
@page(Right.JUDGEMENT_OVERRULE)
def forget(request: AtDoor, negative_id: int) -> HttpResponseBase:
    """Let a remembered pair alarm again."""
    services.forget_negative(by=request.acting, negative_id=negative_id)
    messages.success(request, request.words.text("second_line.forgotten"))
    return redirect("second_line")


@page(Right.FINDING_SEE)
def judged(request: AtDoor) -> HttpResponseBase:
    """Show what was judged today."""
    shown = page_of(request, reads.judgements_since(request.acting, reads.start_of_today()))
    return show(
        request,
        "second_line/judged.html",
        {"shown": shown, "lines": _judged_lines(request, shown), "waiting": waiting_in_tabs(request)},
    )


@page(Right.FINDING_SEE)
def judged_csv(request: AtDoor) -> HttpResponseBase:
    """Give what was judged today as a file."""
    rows = services.export_judgements(by=request.acting, since=reads.start_of_today())
    columns = ("at", "check", "subject", "list", "entry", "score", "officer", "outcome", "reason", "case", "overruled")
    name = f"judged-{here().code}-{timezone.localdate()}"
    return csv_answer(name, columns, (_cells(line) for line in _judged_lines(request, rows)))


def _cells(line: JudgedLine) -> tuple[Any, ...]:
    one, row = line.judgement, line.judgement.finding
    return (
        timezone.localtime(one.at).isoformat(timespec="seconds"), row.owner.number, line.caption, row.watchlist,
        row.entry, row.score, one.by.sign_in_name if one.by else "", one.outcome, one.reason, one.case,
        "yes" if line.is_overruled else "",
    )  # fmt: skip


def _decided(request: AtDoor, finding_id: int, decide: Callable[..., Any], standing: str = "") -> HttpResponseBase:
    form = JudgementForm(request.words, request.POST, standing=standing)
    after = _next(request, finding_id)
    judgement = form.attempt(lambda _: decide(**form.terms()))
    if judgement is not None:
        messages.success(request, _told(request, judgement))
        address = reverse("finding", args=[after]) if after else reverse("second_line")
        return redirect(f"{address}{_query(request)}")
    return _pair(request, finding_id, form)


def _told(request: AtDoor, judgement: Any) -> str:
    """Say that it is saved, without the traveller's name: messages wait in a cookie."""
    words, check = request.words, judgement.finding.owner
    told = words.text("second_line.saved", check=check.number, outcome=words.text(f"outcome.{judgement.outcome}"))
    if judgement.outcome != "negative":
        return f"{told} {words.text('second_line.case_opened', case=judgement.case)}"
    negative = reads.negative_of(judgement.finding)
    if negative is None:
        return f"{told} {words.text('second_line.not_remembered')}"
    until = words.date(timezone.localtime(negative.expires_at).date().isoformat())
    return f"{told} {words.text('second_line.remembered_until', until=until)}"


def _pair(request: AtDoor, finding_id: int, form: JudgementForm | None = None) -> HttpResponse:
    face = services.read_finding(by=request.acting, finding_id=finding_id)
    row, check = face.finding, face.finding.owner
    judgements = reads.judgements_of(row)
    ages = live().versions(purpose=check.purpose, agency=request.acting.agency)
    threats = threats_of_entry(face.entry)
    initial = {
        "threat": threats[0] if threats else "",
        "classification": "confidential" if row.is_discreet else "restricted",
    }
    context = {
        "face": face,
        "row": row,
        "check": check,
        "caption": reads.caption_of(row),
        "place": crossing_name(request.words, check.crossing),
        "age": next((age for age in ages if age.name == row.watchlist), None),
        "presented": [pair for wire in check.subjects or () for pair in facts_of(wire, request.words)],
        "sentences": sentences_of(row.reasons, request.words),
        "judgements": [JudgedLine(one, "", None) for one in judgements],
        "case": reads.case_named(request.acting, next((one.case for one in judgements if one.case), "")),
        "negative": reads.negative_of(row),
        "now": timezone.now(),
        "form": form
        or JudgementForm(request.words, initial=initial, standing=judgements[0].outcome if judgements else ""),
        "next": _next(request, finding_id),
        "action": _action(request, row, judgements),
        "may_overrule": request.acting.may(Right.JUDGEMENT_OVERRULE),
    }
    return show(request, "second_line/queue.html", _queue(request) | context, 422 if form else 200)


def _action(request: AtDoor, row: Any, judgements: Iterable[Any]) -> str:
    """Give where the form of a judgement goes; empty for who may not judge this."""
    if row.state == "open" and request.acting.may(Right.FINDING_JUDGE):
        return reverse("judge_finding", args=[row.pk]) + _query(request)
    standing = next(iter(judgements), None)
    if row.state == "judged" and standing and request.acting.may(Right.JUDGEMENT_OVERRULE):
        return reverse("overrule_judgement", args=[standing.pk]) + _query(request)
    return ""


def _queue(request: AtDoor) -> dict[str, Any]:
    form = FilterForm(request.acting, request.words, request.GET)
    chosen, order = sort_of(request, COLUMNS, "due")
    shown = page_of(request, reads.open_findings(request.acting, **form.wanted(), order=order), QUEUE_SIZE)
    now, titles = timezone.now(), reads.list_titles(request.acting)
    judged_today = reads.judgements_since(request.acting, reads.start_of_today())
    return {
        "filter": form,
        "filtered": any(form.wanted().values()),
        "shown": shown,
        "lines": [Line(row, reads.caption_of(row), titles.get(row.watchlist), _minutes(row, now)) for row in shown],
        "columns": _columns(chosen),
        "query": _query(request),
        "judged": _judged_lines(request, judged_today[:JUDGED_SHOWN]),
        "judged_count": judged_today.count(),
        "waiting": waiting_in_tabs(request),
        "within": {band: int(span.total_seconds() // 60) for band, span in DUE_AFTER.items()},
    }


def _columns(chosen: str) -> list[tuple[str, str, str, str]]:
    """Give the columns: name, its label, how it is sorted now (`aria-sort`), and what a click asks for."""
    told = []
    for name in COLUMNS:
        sorted_now = {name: "ascending", f"-{name}": "descending"}.get(chosen, "")
        told.append((name, LABELS[name], sorted_now, f"-{name}" if chosen == name else name))
    return told


def _judged_lines(request: AtDoor, rows: Iterable[Any]) -> list[JudgedLine]:
    titles = reads.list_titles(request.acting)
    return [JudgedLine(one, reads.caption_of(one.finding), titles.get(one.finding.watchlist)) for one in rows]


def _minutes(row: Any, now: dt.datetime) -> int:
    return int((row.due_at - now).total_seconds() // 60) if row.due_at else 0


def _next(request: AtDoor, finding_id: int) -> int | None:
    """Give the finding after this one in the queue as it is sorted and filtered; None where no other waits."""
    _, order = sort_of(request, COLUMNS, "due")
    wanted = FilterForm(request.acting, request.words, request.GET).wanted()
    ids = list(reads.open_findings(request.acting, **wanted, order=order).values_list("pk", flat=True))
    at = ids.index(finding_id) if finding_id in ids else -1
    return next((pk for pk in (*ids[at + 1 :], *ids) if pk != finding_id), None)


def _query(request: AtDoor) -> str:
    """Give the filters and the order of the address, to be kept in links."""
    kept = QueryDict(mutable=True)
    for name in ("list", "kind", "text", "sort", "page"):
        if request.GET.get(name):
            kept[name] = request.GET[name]
    return f"?{kept.urlencode()}" if kept else ""
