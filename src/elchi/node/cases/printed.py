"""A case on paper."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from elchi.locale import Words
from elchi.node.cases.models import Case
from elchi.node.cases.queries import Told, files_of, links_of, timeline_of
from elchi.node.cases.shown import caption_of, facts_of
from elchi.node.here import here
from elchi.node.officers.acting import Acting

if TYPE_CHECKING:
    from elchi.node.paper import Paper


def print_case(case: Case, by: Acting, words: Words) -> bytes:
    """Give a case as PDF, in the language of who prints it and with no more than he sees."""
    said = words.text
    codes = f"{case.number} · {said(f'class.{case.classification}')} · {case.handling}"
    foot = said("cases.printed", by=by.name, at=when_of(timezone.now(), words))
    from elchi.node.paper import Paper  # noqa: PLC0415  fpdf takes a second to import: a third of the node's start

    paper = Paper(title=f"{case.number} {case.title}", foot=f"{codes} · {foot}", language=words.language)
    if here().demo:
        paper.write_small(said("frame.demo"))
    paper.write_title(case.title, above=f"{said('cases.case')} {codes}")
    paper.write_facts(_head(case, words))
    paper.write_heading(said("cases.subjects"))
    for row in case.subjects.all():
        paper.write_caption(caption_of(row.subject))
        paper.write_facts([(said("cases.role"), said(f"subject_role.{row.role}")), *facts_of(row.subject, words)])
    _write_tasks(paper, case, words)
    _write_files(paper, case, words)
    links = links_of(by, case)
    if links:
        paper.write_heading(said("cases.links"))
        paper.write_facts([(one.other.number, _link(one, words)) for one in links])
    paper.write_heading(said("cases.timeline"))
    for told in timeline_of(case):
        _write_event(paper, told, words)
    return paper.bytes()


def _head(case: Case, words: Words) -> list[tuple[str, str]]:
    said = words.text
    people = case.people.filter(to_at__isnull=True).select_related("officer").order_by("part", "pk")
    closing = [case.closing_reason and said(f"case_reason.{case.closing_reason}"), case.closing_note]
    return [
        (said("cases.state"), said(f"case_state.{case.state}")),
        (said("cases.threats"), ", ".join(said(f"threat.{threat}") for threat in case.threats)),
        (said("cases.purpose"), said(f"purpose.{case.purpose}")),
        (said("cases.agency"), _name(case.agency, words)),
        (said("cases.office"), _name(case.office, words)),
        (said("cases.opened"), when_of(case.opened_at, words)),
        (said("cases.due"), when_of(case.due_at, words)),
        (said("cases.closed"), when_of(case.closed_at, words)),
        (said("cases.closing_reason"), ". ".join(filter(None, closing))),
        (said("cases.people"), ", ".join(f"{row.officer.name} ({said(f'cases.{row.part}')})" for row in people)),
    ]


def _write_tasks(paper: Paper, case: Case, words: Words) -> None:
    rows = [
        (task.text, task.officer.name if task.officer else "", words.text(f"task_state.{task.state}"),
         when_of(task.due_at, words))
        for task in case.tasks.select_related("officer")
    ]  # fmt: skip
    if rows:
        names = ("task", "officer", "state", "due")
        paper.write_heading(words.text("cases.tasks"))
        paper.write_table([words.text(f"cases.{name}") for name in names], rows, (4, 2, 1.5, 2))


def _write_files(paper: Paper, case: Case, words: Words) -> None:
    rows = [
        (
            row.name,
            size_of(row.size, words),
            row.digest,
            words.text("cases.removed") if row.removed_at else "",
        )
        for row in files_of(case)
    ]
    if rows:
        names = ("file", "size", "hash", "state")
        paper.write_heading(words.text("cases.files"))
        paper.write_table([words.text(f"cases.{name}") for name in names], rows, (3, 1.3, 4, 1.2))


def _write_event(paper: Paper, told: Told, words: Words) -> None:
    event = told.event
    who = f"{_name(told.agency, words)}: {told.name}" if told.agency else told.name
    line = f"{when_of(event.at, words)} · {who} · {words.text(f'event.{event.kind}')}"
    said = ", ".join(str(value) for value in _params(told, words) if value)
    paper.write_small(f"{line} {said}".strip())
    if event.text:
        paper.write_text(event.text)


def _params(told: Told, words: Words) -> list[Any]:
    params = told.event.params
    return [
        params.get("name"),
        told.whom,
        told.other,
        *(words.text(f"field.{name}") for name in params.get("fields", ())),
        words.text(f"case_state.{params['to']}") if "to" in params else "",
        words.text(f"case_reason.{params['reason']}") if "reason" in params else "",
        words.text(f"task_state.{params['state']}") if "state" in params else "",
    ]


def size_of(size: int, words: Words) -> str:
    """Give the size of a file in kilobytes or megabytes, as the language writes them."""
    kilobytes = size / 1024
    if kilobytes < 1000:
        return words.text("cases.kilobytes", n=max(1, round(kilobytes)))
    return words.text("cases.megabytes", n=round(kilobytes / 1024, 1))


def _name(row: Any, words: Words) -> str:
    return str(row.names.get(words.language) or row.name)


def _link(one: Any, words: Words) -> str:
    return f"{one.other.title}. {one.reason}" if one.is_seen else words.text("cases.link_unseen")


def when_of(at: dt.datetime | None, words: Words) -> str:
    """Write a time as the language does; empty for none."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{words.date(local.date().isoformat())} {local:%H:%M}"
