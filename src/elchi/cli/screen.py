"""`elchi screen`: a manifest of travellers in, an answer a line out."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from elchi.cli import show
from elchi.cli.door import Asking, Door, asking, shared
from elchi.cli.progress import Progress
from elchi.screening.batch import BatchOptions, screen_manifest
from elchi.screening.manifest import FORMATS

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("queries", type=_PATH)
@click.option("--output", required=True, type=_PATH, metavar="HITS.jsonl", help="Takes an answer a line.")
@click.option(
    "--format", "format_", type=click.Choice(sorted(set(FORMATS.values()))), help="Of QUERIES; else by its suffix."
)
@click.option("--region", metavar="STATE", help="Whose national phone numbers are meant.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; else one for each core.")
@click.option("--resume", is_flag=True, help="Go on behind what an interrupted run has answered.")
@asking
@shared
def screen(
    door: Door,
    asking: Asking,
    *,
    queries: Path,
    output: Path,
    format_: str | None,
    region: str | None,
    workers: int | None,
    resume: bool,
) -> None:
    """Screen a manifest of travellers, one a line.

    QUERIES is CSV, Excel, JSON lines, Parquet or PAXLST (docs/batch.md). Every line gets an answer, in order. A line
    that cannot be read or checked gets verdict null and the error, never CLEAR. The command ends with 0 when every
    line is answered; the summary says how many were not checked.
    """
    options = BatchOptions(
        today=door.now.date(),
        top=asking.top,
        min_score=asking.min_score,
        lists=asking.lists,
        purpose=asking.purpose,
        thresholds=door.thresholds,
        format=format_,
        region=region,
        workers=workers or len(os.sched_getaffinity(0)),
        resume=resume,
    )
    words = door.words
    began = time.monotonic()
    with Progress(words, words.text("progress.checking"), count=words.number) as progress:
        summary = screen_manifest(door.home, queries, output, options, progress.at)
    seconds = time.monotonic() - began
    if door.json:
        door.answer(show.summary_as_dict(summary, seconds), ())
    else:
        for line in show.summary(words, summary, seconds):
            click.echo(line, err=True)
