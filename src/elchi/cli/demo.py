"""`elchi demo`: what Elchi does, in a minute, on public lists and an invented shift.

The shift is demo_shift.jsonl, the list of an invented ministry demo_wanted.csv; both can be read and changed. Only the
names of the UN's and OFAC's lists are real. Nothing of the user's own state is touched.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import shlex
import shutil
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli import show
from elchi.cli.door import Door, shared
from elchi.cli.progress import Progress
from elchi.errors import InvalidInput
from elchi.lists import BadLine, Entry, read_list, read_shipped, shipped_lists
from elchi.locale import Words
from elchi.screening.answers import answer_as_dict
from elchi.screening.batch import BatchOptions, screen_manifest
from elchi.screening.finding import Band, Finding, Screening, Weighs
from elchi.screening.manifest import ManifestLine, read_manifest
from elchi.screening.screener import Screener, load_list
from elchi.subjects import Person, Subject, Vehicle

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


@click.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the state of the demonstration in this folder; else it is temporary.",
)
@shared
def demo(door: Door, home: Path | None) -> None:
    """Show in a minute what Elchi does.

    It loads the lists that travel with Elchi, screens an invented shift, and measures how fast it is. On a terminal the
    lists stay loaded, and the last lines tell how to go on with them.
    """
    folder_stays = home is None and sys.stdout.isatty()
    folder = Path(tempfile.mkdtemp(prefix="elchi-demo-"))
    try:
        story = _Story(door, home or folder / "home", folder)
        told = {"lists": story.load_lists(), "answers": story.screen_shift(), "manifest": story.screen_manifest()}
        if door.json:
            door.answer(told, ())
        story.tell_next(stays=folder_stays or home is not None)
    finally:
        if not folder_stays:
            shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class _Story:
    """The demonstration, chapter by chapter: each prints itself as it goes, and gives its JSON value."""

    door: Door
    home: Path
    """The state of the demonstration."""
    folder: Path
    """Where its manifest and answers lie."""

    @property
    def words(self) -> Words:
        return self.door.words

    def say(self, *lines: str, indent: str = "") -> None:
        """Print lines, wrapped at 80 columns, unless the answer is to be JSON."""
        if not self.door.json:
            deeper = f"{indent}  " if indent else ""
            for line in lines:
                click.echo(textwrap.fill(line, _WIDTH, initial_indent=indent, subsequent_indent=deeper))

    def begin(self, chapter: str, means: str = "") -> None:
        """Print the head of a chapter."""
        self.say("")
        if not self.door.json:
            click.secho(chapter, bold=True)
        self.say(*([means, ""] if means else []))

    def load_lists(self) -> list[dict[str, Any]]:
        self.say(self.words.text("demo.intro"))
        self.begin(self.words.text("demo.lists"), self.words.text("demo.lists.means"))
        for shipped in shipped_lists():
            self._load(shipped.name, read_shipped(shipped), shipped.source)
        with as_file(_HERE / "demo_wanted.csv") as path:
            self._load("wanted", read_list(path, "csv"), {"file": path.name, "format": "csv"})
        return [show.list_as_dict(version) for version in Screener.open(self.home).lists]

    def _load(self, name: str, items: Iterable[Entry | BadLine], source: Mapping[str, Any]) -> None:
        began = time.perf_counter()
        version = load_list(self.home, name, items, source=source, now=self.door.now).version
        told = {
            "list": f"{name:<7}",
            "total": f"{self.words.number(version.total):>7}",
            "seconds": self.words.number(time.perf_counter() - began, 1),
        }
        age = show.age_in_days(version.issued_at, self.door.now.date())
        if age is None:
            line = self.words.text("demo.loaded_undated", **told)
        else:
            line = self.words.text(
                "demo.loaded", **told, date=version.issued_at, age=self.words.text("check.age", count=age)
            )
        if not self.door.json:
            click.echo(line)

    def screen_shift(self) -> list[dict[str, Any]]:
        """Screen line by line, as at the window."""
        screener = Screener.open(self.home)
        with as_file(_HERE / "demo_shift.jsonl") as path:
            lines = list(read_manifest(path, today=self.door.now.date()))
        self.begin(self.words.text("demo.shift"), self.words.text("demo.shift.means", count=len(lines)))
        answers = [answer_as_dict(line.id, self._screen(screener, line)) for line in lines]
        counts = Counter(answer["verdict"] for answer in answers)
        told = [f"{_SHAPES[band][0]} {self.words.band(band)} {counts[band]}" for band in reversed(Band)]
        self.say("", "   ".join([*told, f"✗ {self.words.text('demo.unchecked')} {counts[None]}"]))
        return answers

    def _screen(self, screener: Screener, line: ManifestLine) -> Screening | InvalidInput:
        if line.error:
            self._head(line, "✗", "magenta", self.words.text("demo.unchecked"))
            self.say(self.words.error(line.error.code, line.error.params), indent=_INDENT)
            return line.error
        near = screener.screen_all(line.subjects, min_score=NEAR_SCORE)
        answer = Screening(near.verdict, tuple(finding for finding in near.findings if finding.band is not Band.CLEAR))
        self._head(line, *_SHAPES[answer.verdict], self.words.band(answer.verdict))
        self.say(*(_found(self.words, answer) if answer.findings else _namesake(self.words, near)), indent=_INDENT)
        return answer

    def _head(self, line: ManifestLine, shape: str, colour: str, word: str) -> None:
        """Print who was checked and the verdict: word and shape, and colour on a terminal."""
        who = "; ".join(_who(self.words, subject) for subject in line.subjects)
        blank = " " * (max(len(self.words.band(band)) for band in Band) - len(word)) + "  "
        before = f"{line.id}  {shape} {word}{blank}"
        text = textwrap.fill(before + who, _WIDTH, subsequent_indent=" " * len(before)).rstrip()
        if not self.door.json:
            verdict = f"{shape} {word}"
            click.echo(text.replace(verdict, click.style(verdict, fg=colour, bold=shape != "○"), 1))

    def screen_manifest(self) -> dict[str, Any]:
        """Screen many invented travellers with all cores, and tell how long it took."""
        self.begin(self.words.text("demo.manifest"))
        path, workers = self.folder / "manifest.csv", os.cpu_count() or 1
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("id", "name", "birth_date", "nationality", "sex"), *_invent(MANIFEST_LINES)])
        options = BatchOptions(today=self.door.now.date(), workers=workers)
        began = time.perf_counter()
        with Progress(self.words, self.words.text("progress.checking"), count=self.words.number) as progress:
            summary = screen_manifest(self.home, path, self.folder / "answers.jsonl", options, progress.at)
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

    def tell_next(self, *, stays: bool) -> None:
        """Tell how to go on, with commands that can be copied."""
        if self.door.json:
            return
        elchi = "elchi" if shutil.which("elchi") else shlex.quote(os.path.relpath(sys.argv[0]))
        self.begin(self.words.text("demo.next"))
        for command in (
            f"export ELCHI_HOME={shlex.quote(str(self.home))}" if stays else f"{elchi} lists load --shipped",
            f'{elchi} check person --name "Атабиев Ислам" --birth-date 1983-09-29',
            f"{elchi} lists",
        ):
            click.echo(f"  {command}")
        self.say(self.words.text("demo.pages"))


def _found(words: Words, answer: Screening) -> Iterator[str]:
    """Tell the best finding with its reasons, and name the others."""
    best, *others = answer.findings
    yield words.text("demo.finding", **_named(words, best))
    yield from (f"{_SIGNS[reason.weighs]} {words.reason(reason.code, reason.params)}" for reason in best.reasons)
    yield from (words.text("demo.also", **_named(words, other)) for other in others)


def _namesake(words: Words, near: Screening) -> Iterator[str]:
    """Tell of a namesake who is CLEAR what speaks against."""
    for finding in near.findings[:1]:
        for reason in finding.reasons:
            if reason.code == "birth_date_differs":
                yield words.text("demo.namesake", **_named(words, finding))
                yield f"{_SIGNS[reason.weighs]} {words.reason(reason.code, reason.params)}"


def _named(words: Words, finding: Finding) -> dict[str, str]:
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
