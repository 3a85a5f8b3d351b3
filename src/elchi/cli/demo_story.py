"""The story of the demonstration: lists, a shift, what the second line decides, and how fast it is.

The shift is demo_shift.jsonl, the list of an invented ministry demo_wanted.csv; both can be read and changed.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli import show
from elchi.cli.demo_clock import DemoClock
from elchi.cli.demo_side import Side
from elchi.cli.demo_staff import CROSSING, DECISIONS, STAFF, Staff, neighbours
from elchi.cli.door import Door
from elchi.cli.node import who_is_here
from elchi.cli.progress import Progress
from elchi.errors import InvalidInput
from elchi.locale import Words
from elchi.screening.batch import BatchOptions, screen_manifest
from elchi.screening.finding import Band, Screening, Weighs
from elchi.screening.manifest import ManifestLine, read_manifest
from elchi.subjects import Person, Subject, Vehicle

SHIFT_ENDS: Final = "13:00"
MANIFEST_LINES: Final = 3_000
"""Invented travellers by whom the throughput is measured."""
NEAR_SCORE: Final = 0.3
"""From which score a namesake who is CLEAR is shown, to tell why."""
_HERE: Final = files(__package__)
_WIDTH: Final = 80
_INDENT: Final = " " * 9
_SHAPES: Final = {Band.STOP: ("■", "red"), Band.REVIEW: ("◆", "yellow"), Band.CLEAR: ("○", "green")}
_SIGNS: Final = {Weighs.FOR: "+", Weighs.AGAINST: "−", Weighs.NEUTRAL: "·"}

_MEN: Final = "Aibek Akmal Alisher Azamat Bakyt Bekzod Daniyar Davron Farhod Ilyos Jamshid Kairat Marat Nurlan Oybek"
_WOMEN: Final = "Aigul Asel Dilnoza Feruza Gulnara Kamola Madina Mohira Nargiza Nilufar Saltanat Shahnoza Zarina"
_FAMILIES: Final = (
    "Abdyldaev Alimov Asanov Bekov Ergashev Ismatov Jumaev Karimov Mamatov Nazarov Osmonov Rashidov Umarov"
)


@dataclass(frozen=True, slots=True)
class Story:
    """The demonstration, chapter by chapter: each prints itself as it goes, and gives its JSON value."""

    door: Door
    folder: Path
    """Where its manifest and answers lie."""
    password: str
    """Of the staff."""
    clock: DemoClock
    """Of its day."""

    @property
    def words(self) -> Words:
        """The words it is told in."""
        return self.door.words

    def tell(self) -> dict[str, Any]:
        """Tell all of it, at the node that is open."""
        from elchi.node.here import here

        self.say(self.words.text("demo.intro"))
        self.begin(self.words.text("demo.node"), self.words.text("demo.node.means", code=here().code))
        with self.clock.told():
            self.clock.set(self.clock.on("05:30"))
            staff = Staff(self.password, self.words.language)
            told: dict[str, Any] = {"lists": self.load_lists(staff)}
            told |= self.work_shift(staff)
        self.tell_judgements(told["judgements"])
        staff.relieve()
        return told | {"manifest": self.screen_manifest(staff)}

    def say(self, *lines: str, indent: str = "") -> None:
        """Print lines, wrapped at 80 columns."""
        deeper = f"{indent}  " if indent else ""
        for line in lines:
            self._print(textwrap.fill(line, _WIDTH, initial_indent=indent, subsequent_indent=deeper))

    def begin(self, chapter: str, means: str = "") -> None:
        """Print the head of a chapter."""
        self.say("")
        self._print(click.style(chapter, bold=True))
        self.say(*([means, ""] if means else []))

    def _print(self, line: str) -> None:
        """Print a line beside the answer: where that is JSON, the story goes to where errors go."""
        click.echo(line, err=self.door.json)

    def load_lists(self, staff: Staff) -> list[dict[str, Any]]:
        """Load the public lists, the ministry's and the entries of the node's own."""
        from elchi.node.installation.queries import list_ages
        from elchi.node.watchlists.services import load_shipped

        self.begin(self.words.text("demo.lists"), self.words.text("demo.lists.means"))
        seconds: dict[str, float] = {}

        def timed(name: str, load: Callable[[], Any]) -> None:
            began = time.perf_counter()
            load()
            seconds[name] = time.perf_counter() - began

        for name in ("un", "ofac"):
            timed(name, lambda: load_shipped(by=who_is_here(), name=name))  # noqa: B023  called at once
        timed("wanted", staff.load_wanted)
        staff.add_entries(self.door.now.date())
        ages = {one.name: one for one in list_ages()}
        for name, took in seconds.items():
            self._tell_list(ages[name], took)
        return [
            {"name": one.name, "entries": one.total, "issued_at": one.issued_at, "stale": one.is_stale}
            for one in ages.values()
        ]

    def _tell_list(self, one: Any, seconds: float) -> None:
        told = {
            "list": f"{one.name:<7}",
            "total": f"{self.words.number(one.total):>7}",
            "seconds": self.words.number(seconds, 1),
        }
        if one.issued_at is None:
            line = self.words.text("demo.loaded_undated", **told)
        else:
            age = self.words.text("check.age", count=one.age_days)
            line = self.words.text("demo.loaded", **told, date=one.issued_at, age=age)
        self._print(line)

    def work_shift(self, staff: Staff) -> dict[str, Any]:
        """Check line by line, as at the window, while the second line decides; give the answers and the judgements."""
        from elchi.node.checks.services import end_shift, start_shift

        by = staff["first.line"]
        with as_file(_HERE / "demo_shift.jsonl") as path:
            lines = list(read_manifest(path, today=self.door.now.date()))
        self.begin(self.words.text("demo.shift"), self.words.text("demo.shift.means", count=len(lines)))
        self.clock.set(self.clock.on("06:00"))
        start_shift(by=by, purpose="border_check", direction="entry", crossing_code=CROSSING)
        shown: dict[str, int] = {}
        answers: list[dict[str, Any]] = []
        judgements: dict[str, Any] = {}
        waiting = sorted((self.clock.on(line, after=one.after), line) for line, one in DECISIONS.items())
        for line in lines:
            while waiting and waiting[0][0] <= self.clock.on(line.id):
                judgements |= self._decide(staff, *waiting.pop(0), shown)
            self.clock.set(self.clock.on(line.id))
            answers.append(self._check(by, line, shown))
        for at, line_id in waiting:
            judgements |= self._decide(staff, at, line_id, shown)
        self.clock.set(self.clock.on(SHIFT_ENDS))
        end_shift(by=by)
        counts = Counter(answer["verdict"] for answer in answers)
        told = [f"{_SHAPES[band][0]} {self.words.band(band)} {counts[band]}" for band in reversed(Band)]
        self.say("", "   ".join([*told, f"✗ {self.words.text('demo.unchecked')} {counts[None]}"]))
        return {"answers": answers, "judgements": judgements}

    def _decide(self, staff: Staff, at: dt.datetime, line: str, shown: Mapping[str, int]) -> dict[str, Any]:
        self.clock.set(at)
        return {line: staff.judge(line, shown[line])}

    def _check(self, by: Any, line: ManifestLine, shown: dict[str, int]) -> dict[str, Any]:
        from elchi.node.checks.services import submit_check

        if line.error:
            self._head(line, "✗", "magenta", self.words.text("demo.unchecked"))
            self.say(self.words.error(line.error.code, line.error.params), indent=_INDENT)
            return {"id": line.id, "verdict": None, "findings": [], "error": _error_as_dict(line.error)}
        answer = submit_check(by=by, subjects=line.subjects)
        self._head(line, *_SHAPES[answer.verdict], self.words.band(answer.verdict))
        self.say(*(_found(self.words, answer.findings) if answer.findings else self._near(line)), indent=_INDENT)
        if answer.findings:
            shown[line.id] = answer.findings[0].pk
        findings = [
            {"list": one.watchlist, "entry": one.entry, "score": one.score, "reasons": one.reasons}
            for one in answer.findings
        ]
        return {"id": line.id, "verdict": answer.verdict, "findings": findings, "error": None}

    def _near(self, line: ManifestLine) -> Iterator[str]:
        """Tell of a namesake who is CLEAR what speaks against: officers are not shown him."""
        from elchi.node.watchlists.queries import live

        return _namesake(self.words, live().screener.screen_all(line.subjects, min_score=NEAR_SCORE))

    def _head(self, line: ManifestLine, shape: str, colour: str, word: str) -> None:
        """Print who was checked and the verdict: word and shape, and colour on a terminal."""
        who = "; ".join(_who(self.words, subject) for subject in line.subjects)
        blank = " " * (max(len(self.words.band(band)) for band in Band) - len(word)) + "  "
        before = f"{line.id}  {shape} {word}{blank}"
        text = textwrap.fill(before + who, _WIDTH, subsequent_indent=" " * len(before)).rstrip()
        verdict = f"{shape} {word}"
        self._print(text.replace(verdict, click.style(verdict, fg=colour, bold=shape != "○"), 1))

    def tell_judgements(self, decided: Mapping[str, Mapping[str, str]]) -> None:
        """Tell what the second line decided and what it did, and what customs was told."""
        from elchi.node.installation.queries import queues

        self.begin(self.words.text("demo.second_line"))
        for line, told in decided.items():
            outcome = self.words.text(f"outcome.{told['outcome']}")
            case = self.words.text("demo.case", number=told["case"]) if told["case"] else ""
            self.say(f"{line}  {outcome}  {case}".rstrip())
        waiting = queues()
        self.say(self.words.text("demo.discreet"))
        self.say(self.words.text("demo.waiting", findings=waiting["findings"], alerts=waiting["alerts"]))

    def screen_manifest(self, staff: Staff) -> dict[str, Any]:
        """Screen many invented travellers with all cores, and tell how long it took."""
        from elchi.node.here import here

        self.begin(self.words.text("demo.manifest"))
        path, workers = self.folder / "manifest.csv", os.cpu_count() or 1
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("id", "name", "birth_date", "nationality", "sex"), *_invent(MANIFEST_LINES)])
        staff.submit_manifest("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:61]))
        options = BatchOptions(today=self.door.now.date(), workers=workers)
        began = time.perf_counter()
        with Progress(self.words, self.words.text("progress.checking"), count=self.words.number) as progress:
            summary = screen_manifest(here().lists, path, self.folder / "answers.jsonl", options, progress.at)
        seconds = time.perf_counter() - began
        told = {
            "entries": sum(version.total for version in summary.lists),
            "seconds": self.words.number(seconds, 1),
            "rate": self.words.number(summary.lines / seconds, 0),
            "workers": workers,
        }
        stop, review = (summary.verdicts.get(band, 0) for band in (Band.STOP, Band.REVIEW))
        self.say(self.words.text("demo.measured", count=summary.lines, **told))
        self.say(self.words.text("demo.alarms", stop=stop, review=review))
        return {**show.summary_as_dict(summary, seconds), "workers": workers}

    def tell_sign_ins(self, here: Side, *others: Side) -> list[dict[str, str]]:
        """Tell where, how and as whom one may sign in."""
        staffs = [(here, STAFF), *((side, neighbours(side.country)) for side in others)]
        told = [
            {"address": side.address, "sign_in_name": name, "role": role}
            for side, staff in staffs
            for name, role in [*((one.sign_in_name, one.role) for one in staff), ("administrator", "administrator")]
        ]
        self.begin(self.words.text("demo.console", address=here.address))
        self.say(self.words.text("demo.password", password=self.password), "")
        for one in told:
            if one["address"] == here.address:
                self.say(f"  {one['sign_in_name']:<16} {self.words.text('role.' + one['role'])}")
        for side in others:
            names = ", ".join(one["sign_in_name"] for one in told if one["address"] == side.address)
            self.say("", self.words.text("demo.console_there", node=side.code, address=side.address, names=names))
        self.say("")
        return told


def _error_as_dict(error: InvalidInput) -> dict[str, Any]:
    return {"code": error.code, "params": error.params}


def _found(words: Words, findings: tuple[Any, ...]) -> Iterator[str]:
    """Tell the best finding with its reasons, and name the others."""
    best, *others = findings
    yield words.text("demo.finding", **_named(words, best))
    for reason in best.reasons:
        yield f"{_SIGNS[Weighs(reason['weighs'])]} {words.reason(reason['code'], reason)}"
    yield from (words.text("demo.also", **_named(words, other)) for other in others)


def _namesake(words: Words, near: Screening) -> Iterator[str]:
    """Tell of a namesake who is CLEAR what speaks against."""
    for finding in near.findings[:1]:
        for reason in finding.reasons:
            if reason.code == "birth_date_differs":
                yield words.text("demo.namesake", **_named(words, finding))
                yield f"{_SIGNS[reason.weighs]} {words.reason(reason.code, reason.params)}"


def _named(words: Words, finding: Any) -> dict[str, str]:
    return {"entry": finding.entry, "caption": finding.caption, "score": words.number(finding.score, 2)}


def _who(words: Words, subject: Subject) -> str:
    if isinstance(subject, Person):
        born = words.date(str(subject.birth_date)) if subject.birth_date else ""
        numbers = (document.document_number for document in subject.documents)
        return ", ".join(part for part in (subject.full_name, born, subject.nationality, *numbers) if part)
    if isinstance(subject, Vehicle):
        return subject.plate or subject.vin
    return subject.kind


def _invent(count: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Combine names from the tables: the same travellers each time."""
    men, women, families = _MEN.split(), _WOMEN.split(), _FAMILIES.split()
    for at in range(count):
        family, father = families[(at // 7 + at) % len(families)], men[(at // 91 + 4 * at) % len(men)]
        woman = at % 3 == 0
        given = (women if woman else men)[at // 3 % 13]
        name = f"{family}{'a' if woman else ''} {given} {father}{'ovna' if woman else 'ovich'}"
        born = dt.date(1955, 1, 1) + dt.timedelta(days=7919 * at % 18_250)
        yield f"D-{at + 1}", name, born.isoformat(), ("KGZ", "KAZ", "UZB", "TJK")[at % 4], "F" if woman else "M"
