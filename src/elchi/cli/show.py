"""What commands print: lines for people, and the same as JSON values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import click

from elchi.documents import Mrz, Suggestion
from elchi.lists import BadLine, Diff, ListVersion, LoadReport
from elchi.locale import Words
from elchi.screening.batch import BatchSummary
from elchi.screening.finding import Band, Finding, Screening, Weighs

BAD_LINES: Final = 20
"""Bad lines shown to people; JSON has the first thousand."""
_COLOURS: Final = {Band.CLEAR: "green", Band.REVIEW: "yellow", Band.STOP: "red"}
_SIGNS: Final = {Weighs.FOR: "+", Weighs.AGAINST: "−", Weighs.NEUTRAL: "·"}


def list_as_dict(version: ListVersion) -> dict[str, Any]:
    """Give the JSON form of a version of a list."""
    return {
        "name": version.name,
        "version": version.version,
        "entries": version.total,
        "issued_at": version.issued_at,
        "loaded_at": version.loaded_at.isoformat(),
        "bad": version.bad,
        "skipped": version.skipped,
    }


def screening(words: Words, answer: Screening, lists: Sequence[ListVersion], now: dt.datetime) -> Iterator[str]:
    """Tell a verdict, its findings with their reasons, and what it was found in."""
    versions = {version.name: version for version in lists}
    means = words.text(f"band.{answer.verdict}.means")
    yield click.style(f"{words.band(answer.verdict)}: {means}", fg=_COLOURS[answer.verdict], bold=True)
    for number, finding in enumerate(answer.findings, 1):
        yield ""
        yield from _finding(words, number, finding, versions[finding.list], now)
    yield ""
    yield words.text("check.lists", lists=[_dated(words, version, now) for version in lists])


def _finding(words: Words, number: int, finding: Finding, version: ListVersion, now: dt.datetime) -> Iterator[str]:
    band = click.style(words.band(finding.band), fg=_COLOURS[finding.band])
    yield (
        words.text("check.finding", number=number, caption=finding.caption)
        + f"  {band} "
        + words.number(finding.score, 2)
    )
    yield "   " + words.text("check.entry", entry=finding.entry, list=_dated(words, version, now))
    for reason in finding.reasons:
        yield f"   {_SIGNS[reason.weighs]} {words.reason(reason.code, reason.params)}"


def _dated(words: Words, version: ListVersion, now: dt.datetime) -> str:
    told = {"list": version.name, "version": version.version}
    age = age_in_days(version.issued_at, now.date())
    if age is None:
        return words.text("check.list_undated", **told, date=version.loaded_at.date().isoformat())
    return words.text("check.list", **told, date=version.issued_at, age=words.text("check.age", count=age))


def age_in_days(issued_at: str | None, today: dt.date) -> int | None:
    """Give the days since the publisher made a list; None if it does not say when, whenever it was loaded.

    Of a year or a month the first day counts: a list is rather told older than it is than younger.
    """
    try:
        made = dt.date.fromisoformat(f"{issued_at}-01-01"[:10])
    except ValueError:
        return None
    return max((today - made).days, 0)


def zone(words: Words, mrz: Mrz, repairs: Sequence[Suggestion]) -> Iterator[str]:
    """Tell what a zone says, its faults, and how it might be repaired."""
    yield ""
    name = " ".join(part for part in (mrz.family_name, mrz.given_names) if part)
    yield words.text("zone.read", name=name, number=mrz.document_number, issuer=mrz.issuer, date=mrz.birth_date)
    for fault in mrz.faults:
        place = {"line": fault.line, "character": (fault.position or 0) + 1}
        yield "   " + words.text("zone.fault", fault=fault.code, field=fault.field, **place)
    if repairs:
        yield words.text("zone.repairs")
    for suggestion in repairs:
        for repair in suggestion.repairs:
            place = {"line": repair.line, "character": repair.position + 1}
            yield "   " + words.text("zone.repair", found=repair.found, suggested=repair.suggested, **place)
        yield from (f"      {line}" for line in suggestion.lines)


def notes(words: Words, told: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Tell what cannot be right in the marks of a vehicle."""
    if told:
        yield ""
        yield words.text("note.marks")
    for note in told:
        if note["code"] == "mark_invalid":
            yield "   " + words.error(note["code"], note)
        else:
            place = {"field": note["field"], "character": note["position"] + 1}
            yield "   " + words.text("note.fault", fault=note["code"], **place)


def report_as_dict(report: LoadReport) -> dict[str, Any]:
    """Give the JSON form of what a load did."""
    counts = {name: getattr(report, name) for name in ("added", "changed", "removed", "unchanged")}
    lines = {name: [asdict(line) for line in getattr(report, name)] for name in ("bad_lines", "skipped_lines")}
    return list_as_dict(report.version) | counts | lines


def report(words: Words, done: LoadReport) -> Iterator[str]:
    """Tell what a load did, and which lines gave nothing."""
    counts = {name: getattr(done, name) for name in ("added", "changed", "removed", "unchanged", "total")}
    yield words.text("load.done", list=done.version.name, version=done.version.version, **counts)
    if done.version.skipped:
        yield words.text("load.skipped", count=done.version.skipped)
    if done.version.bad:
        yield words.text("load.bad", count=done.version.bad)
        for line in done.bad_lines[:BAD_LINES]:
            yield "   " + words.text("load.line", line=line.line, reason=_why(words, line))
    if done.version.bad > BAD_LINES:
        yield "   " + words.text("load.more", count=done.version.bad - BAD_LINES)


def _why(words: Words, line: BadLine) -> str:
    match line.reason:
        case "row_width":
            return words.text("load.row_width")
        case "id_taken":
            return words.text("load.id_taken", id=line.params.get("id"))
        case _:
            return words.error(line.reason, line.params)


def table(words: Words, lists: Sequence[ListVersion], now: dt.datetime) -> Iterator[str]:
    """Tell which lists are in force."""
    if not lists:
        yield words.text("lists.none")
        return
    rows = [
        [
            words.text(key)
            for key in ("lists.list", "lists.version", "lists.entries", "lists.of", "lists.age", "lists.source")
        ]
    ]
    for version in lists:
        days = age_in_days(version.issued_at, now.date())
        date = words.date(version.issued_at or "") if days is not None else "—"
        loaded = version.loaded_at.date().isoformat()
        age = words.text("lists.undated", date=loaded) if days is None else words.text("check.age", count=days)
        rows.append(
            [version.name, str(version.version), words.number(version.total), date, age, _source(words, version)]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.rjust(width) if column in (1, 2) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _source(words: Words, version: ListVersion) -> str:
    if version.source.get("shipped"):
        return words.text("lists.shipped")
    files = version.source.get("files")
    names = [file.get("address") or file.get("name") for file in files] if files else [version.source.get("file", "")]
    return words.text("lists.from", files=names)


def diff_as_dict(name: str, versions: tuple[int, int], diff: Diff) -> dict[str, Any]:
    """Give the JSON form of the changes from one version to another."""
    return {"list": name, "from": versions[0], "to": versions[1], **asdict(diff)}


def diff(
    words: Words, name: str, versions: tuple[int, int], changes: Diff, captions: Mapping[str, str]
) -> Iterator[str]:
    """Tell what changed from one version to another, entry by entry."""
    counts = {name: len(getattr(changes, name)) for name in ("added", "changed", "removed")}
    yield words.text("diff.counts", list=name, older=versions[0], newer=versions[1], **counts)
    yield from (f"+ {id_}  {captions[id_]}" for id_ in changes.added)
    for change in changes.changed:
        yield f"~ {change.id}  {captions[change.id]}"
        for one in change.properties:
            values = [*(f"− {value}" for value in one.removed), *(f"+ {value}" for value in one.added)]
            yield f"     {one.name}: {'; '.join(values)}"
    yield from (f"− {id_}  {captions[id_]}" for id_ in changes.removed)


def summary_as_dict(done: BatchSummary, seconds: float) -> dict[str, Any]:
    """Give the JSON form of what became of a manifest."""
    new = done.lines - done.resumed
    return {
        "lines": done.lines,
        "resumed": done.resumed,
        "verdicts": dict(done.verdicts),
        "errors": dict(done.errors),
        "seconds": round(seconds, 3),
        "lines_per_second": round(new / seconds, 1) if seconds else None,
        "unknown_columns": list(done.unknown_columns),
        "lists": [list_as_dict(version) for version in done.lists],
    }


def summary(words: Words, done: BatchSummary, seconds: float) -> Iterator[str]:
    """Tell what became of a manifest."""
    new = done.lines - done.resumed
    rate = words.number(new / seconds if seconds else 0, 0)
    yield words.text("screen.done", count=done.lines, seconds=words.number(seconds, 1), rate=rate)
    if done.resumed:
        yield words.text("screen.resumed", count=done.resumed)
    for band, count in done.verdicts.items():
        yield f"   {words.number(count):>10}  {words.band(band)}"
    if done.errors:
        yield click.style(words.text("screen.errors", count=sum(done.errors.values())), bold=True)
    for code, count in done.errors.items():
        yield f"   {words.number(count):>10}  {words.error(code, {})}"
    if done.unknown_columns:
        yield words.text("screen.unknown", columns=list(done.unknown_columns))
