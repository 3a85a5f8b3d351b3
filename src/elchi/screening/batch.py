"""A manifest in, an answer a line out: in order, by as many processes as wanted, in bounded memory.

Short manifests are answered by this process alone: starting others takes longer. The others are started anew (not
forked), each maps the index itself, and all must see the same versions of the lists. Lines and answers go between
them as Python pickles, through pipes that nobody else can write to.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, field
from functools import lru_cache
from importlib import metadata
from itertools import chain, islice
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, Final

from elchi.errors import Conflict, ElchiError, InvalidInput, NotFound
from elchi.lists import ListVersion
from elchi.screening.answers import AnswerFile, answer_as_dict, encode_answer, outcome_of
from elchi.screening.finding import Band, Screening, ThresholdTable
from elchi.screening.manifest import Manifest, ManifestLine, read_manifest
from elchi.screening.screener import Screener

ALONE: Final = 1_000
"""Lines that are answered before other processes are started."""
CHUNK: Final = 100
"""Lines that go to a process at a time."""
_AHEAD: Final = 4
"""Chunks a process that are under way at most: bounds the memory, and what is lost when a run is stopped."""
_COUNTED: Final = frozenset((".csv", ".tsv", ".jsonl", ".ndjson"))

Progress = Callable[[int, int | None], None]
"""Gets the lines answered so far, and how many are expected, or None where the format does not say so beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How a manifest is to be screened."""

    today: dt.date
    """What years of two digits are counted from."""
    top: int = 10
    """Findings a line, at most."""
    min_score: float | None = None
    """Findings from this score on; None for those of band REVIEW and STOP."""
    lists: tuple[str, ...] | None = None
    """Names of lists; None for all that are in force."""
    purpose: str = "border_check"
    thresholds: ThresholdTable = field(default_factory=ThresholdTable)
    format: str | None = None
    """Of the manifest; None to go by its suffix."""
    region: str | None = None
    """State whose national phone numbers are meant."""
    workers: int = 1
    resume: bool = False


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What became of a manifest."""

    lines: int
    """Lines answered, by this run and those it went on with."""
    resumed: int
    """Of them, by earlier runs."""
    verdicts: Mapping[str, int]
    """Lines by verdict."""
    errors: Mapping[str, int]
    """Lines that could not be checked, by the code of the error."""
    unknown_columns: tuple[str, ...]
    lists: tuple[ListVersion, ...]


_Answered = tuple[bytes, Mapping[str, int]]
"""Lines of answers, and how many of each outcome."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process needs to know to answer lines."""

    home: Path
    lists: tuple[tuple[str, int, str], ...]
    """Name, version and time of loading of each list that is used."""
    top: int
    min_score: float | None
    purpose: str
    thresholds: ThresholdTable

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in self.lists)


def screen_manifest(
    home: Path, manifest_path: Path, output_path: Path, options: BatchOptions, progress: Progress | None = None
) -> BatchSummary:
    """Answer every line of a manifest.

    What was answered stays in the output whatever happens, and `resume` goes on behind it.

    Args:
        home: folder of the lists.
        manifest_path: the manifest; see `read_manifest`.
        output_path: takes the answers; see `AnswerFile`.
        options: how.
        progress: is called at the beginning and after each hundred lines.

    Raises:
        InvalidInput: `output_is_manifest`, `output_no_file`; what `read_manifest` raises, after the lines before it
            were answered.
        NotFound: `file_unknown`, `list_unknown`.
        Conflict: `no_lists`; `lists_changed` when a list was replaced meanwhile; `worker_lost` when a process died;
            `output_busy`, `resume_mismatch`.
    """
    _check_paths(manifest_path, output_path)
    screener = Screener.open(home, thresholds=options.thresholds)
    used = _lists_used(screener, options.lists)
    job = _Job(home, _identity(used), options.top, options.min_score, options.purpose, options.thresholds)
    digest, expected = _take_in(manifest_path)
    with AnswerFile(output_path, _run(job, digest, options), resume=options.resume) as answers:
        manifest = read_manifest(
            manifest_path, today=options.today, format=options.format, default_region=options.region
        )
        done = sum(1 for _ in islice(manifest, answers.resumed))
        broken: list[ElchiError] = []
        if progress:
            progress(done, expected)
        with closing(_answers(_chunks(manifest, broken), screener, job, options.workers)) as answered:
            for lines, outcomes in answered:
                answers.write(lines, outcomes)
                done += sum(outcomes.values())
                if progress:
                    progress(done, expected)
        if broken:
            raise broken[0]
        return _summary(answers, manifest, used)


def _check_paths(manifest_path: Path, output_path: Path) -> None:
    if not manifest_path.is_file():
        raise NotFound("file_unknown", field="manifest", file=manifest_path.name)
    if output_path.exists() and output_path.samefile(manifest_path):
        raise InvalidInput("output_is_manifest", field="output", rule="another_file")
    if output_path.is_fifo():  # a run is resumed from its output
        raise InvalidInput("output_no_file", field="output", rule="regular_file")


def _lists_used(screener: Screener, names: tuple[str, ...] | None) -> tuple[ListVersion, ...]:
    """Give the lists to screen against, refusing before a line is answered what would fail for every line."""
    loaded = {version.name: version for version in screener.lists}
    if not loaded:
        raise Conflict("no_lists", field="list")
    for name in names or ():
        if name not in loaded:
            raise NotFound("list_unknown", field="list", list=name)
    return tuple(version for name, version in loaded.items() if not names or name in names)


def _identity(lists: tuple[ListVersion, ...]) -> tuple[tuple[str, int, str], ...]:
    return tuple((version.name, version.version, version.loaded_at.isoformat()) for version in lists)


def _take_in(path: Path) -> tuple[str, int | None]:
    """Give the SHA-256 of a manifest, and how many lines it will have if its line ends tell that."""
    digest, ends = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            ends += block.count(b"\n")
    suffix = path.suffix.lower()
    if suffix not in _COUNTED:
        return digest.hexdigest(), None
    return digest.hexdigest(), max(ends - (suffix in (".csv", ".tsv")), 0)


def _run(job: _Job, digest: str, options: BatchOptions) -> dict[str, Any]:
    """Give what must be the same for a run to go on."""
    return {
        "elchi": metadata.version("elchi"),
        "manifest_sha256": digest,
        "format": options.format,
        "region": options.region,
        "lists": [list(one) for one in job.lists],
        "top": job.top,
        "min_score": job.min_score,
        "purpose": job.purpose,
        "thresholds": sorted([*row, *astuple(limits)] for row, limits in job.thresholds.rows.items()),
    }


def _chunks(lines: Manifest, broken: list[ElchiError]) -> Iterator[list[ManifestLine]]:
    """Give the lines by the hundred; an error that ends the reading goes to `broken`, behind the lines before it."""
    while True:
        chunk: list[ManifestLine] = []
        try:
            for line in islice(lines, CHUNK):
                chunk.append(line)  # noqa: PERF402  the lines before an error must not be lost
        except ElchiError as error:
            broken.append(error)
        if chunk:
            yield chunk
        if broken or not chunk:
            return


def _answers(chunks: Iterator[list[ManifestLine]], screener: Screener, job: _Job, workers: int) -> Generator[_Answered]:
    for chunk in islice(chunks, ALONE // CHUNK if workers > 1 else None):
        yield _answer(screener, job, chunk)
    following = next(chunks, None)
    if following:
        yield from _answers_of_many(chain([following], chunks), job, workers)


def _answers_of_many(chunks: Iterator[list[ManifestLine]], job: _Job, workers: int) -> Generator[_Answered]:
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    pending: deque[Future[_Answered]] = deque()
    try:
        with _interrupts_held_back():
            for _ in range(workers):
                pool.submit(_open, job)
        for chunk in chunks:
            pending.append(pool.submit(_answer_apart, job, chunk))
            if len(pending) > _AHEAD * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool:
        raise Conflict("worker_lost", field="workers", workers=workers) from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: a terminal sends it to all, and this process stops the others."""
    resource_tracker.ensure_running()  # what starts it lets interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)  # one that came meanwhile ends the run now


@lru_cache(maxsize=1)
def _screener(job: _Job) -> Screener:
    screener = Screener.open(job.home, thresholds=job.thresholds)
    if _identity(tuple(version for version in screener.lists if version.name in job.names)) != job.lists:
        raise Conflict("lists_changed", field="list")
    return screener


def _open(job: _Job) -> None:
    """Open the index, in a process of its own; should that fail, the first chunk says why."""
    _screener(job)


def _answer_apart(job: _Job, lines: list[ManifestLine]) -> _Answered:
    """Answer lines in a process of its own."""
    return _answer(_screener(job), job, lines)


def _answer(screener: Screener, job: _Job, lines: list[ManifestLine]) -> _Answered:
    answers = [answer_as_dict(line.id, _outcome(screener, job, line)) for line in lines]
    return b"".join(map(encode_answer, answers)), Counter(map(outcome_of, answers))


def _outcome(screener: Screener, job: _Job, line: ManifestLine) -> Screening | ElchiError:
    if line.error is not None:
        return line.error
    try:
        return screener.screen_all(
            line.subjects, top=job.top, min_score=job.min_score, lists=job.names, purpose=job.purpose
        )
    except InvalidInput as error:
        error.params["line"] = line.number
        return error


def _summary(answers: AnswerFile, manifest: Manifest, used: tuple[ListVersion, ...]) -> BatchSummary:
    outcomes = answers.outcomes
    return BatchSummary(
        lines=outcomes.total(),
        resumed=answers.resumed,
        verdicts={str(band): outcomes[band] for band in Band},
        errors={code: count for code, count in sorted(outcomes.items()) if code not in tuple(Band)},
        unknown_columns=manifest.unknown_columns,
        lists=used,
    )
