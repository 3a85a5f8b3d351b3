"""The answers to a manifest as a file: one JSON line a traveller, in order, that an interrupted run can go on with.

    HITS.jsonl        {"id", "verdict", "findings"}; a line that could not be checked has verdict null and "error"
    HITS.jsonl.run    of which manifest, lists and options it is: another run is not mixed in; kept as a record

Lines are whole or at the very end: what follows the last whole line is cut off before a run goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from elchi.errors import Conflict, ElchiError
from elchi.screening.finding import Finding, Screening

_MAX_LINE = 1 << 24


def finding_as_dict(finding: Finding) -> dict[str, Any]:
    """Give the JSON form of a finding."""
    return {
        "entry": finding.entry,
        "list": finding.list,
        "version": finding.version,
        "caption": finding.caption,
        "score": finding.score,
        "band": str(finding.band),
        "reasons": [reason.as_dict() for reason in finding.reasons],
    }


def answer_as_dict(id_: str, outcome: Screening | ElchiError) -> dict[str, Any]:
    """Give the JSON form of the answer to one line: never CLEAR for a line that could not be checked."""
    if isinstance(outcome, ElchiError):
        error = {"code": outcome.code, "params": outcome.params}
        return {"id": id_, "verdict": None, "findings": [], "error": error}
    findings = [finding_as_dict(finding) for finding in outcome.findings]
    return {"id": id_, "verdict": str(outcome.verdict), "findings": findings}


def outcome_of(answer: Mapping[str, Any]) -> str:
    """Give what an answer counts as: its verdict, or the code of its error."""
    outcome = answer["verdict"] or answer["error"]["code"]
    return str(outcome)


class AnswerFile:
    """The answers being written. Use it in a `with` block; nobody else writes to the file meanwhile.

    Args:
        path: of the answers.
        run: JSON values that must be the same for a run to go on: manifest, lists, options.
        resume: whether to go on with what is there; without it the file begins anew.

    Raises:
        Conflict: `output_busy`; `resume_mismatch` with `changed`, the keys of `run` that are not as they were.
    """

    def __init__(self, path: Path, run: Mapping[str, Any], *, resume: bool) -> None:
        self.outcomes: Counter[str] = Counter()
        """Of all lines in the file."""
        self.resumed = 0
        """Lines that an earlier run left."""
        self._path = path
        self._run_path = path.parent / f"{path.name}.run"
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        try:
            self._lock(path)
            if resume:
                self._go_on(run)
            else:
                self._file.truncate(0)  # before the run file: answers are never taken for those of another run
            self._write_run(run)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError) if error else nullcontext():  # what could not be written has been told
            self._file.close()

    def write(self, lines: bytes, outcomes: Mapping[str, int]) -> None:
        """Write whole lines; they outlive this process from here on."""
        try:
            self._file.write(lines)
            self._file.flush()
        except OSError as error:
            error.filename = str(self._path)  # a full disk does not say which file
            raise
        self.outcomes.update(outcomes)

    def _lock(self, path: Path) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("output_busy", field="output", file=path.name) from None

    def _go_on(self, run: Mapping[str, Any]) -> None:
        whole = 0
        while line := self._file.readline(_MAX_LINE):
            outcome = _outcome_in(line)
            if outcome is None:
                break
            self.outcomes[outcome] += 1
            whole += len(line)
        self.resumed = self.outcomes.total()
        before = _read_run(self._run_path) if self.resumed else run
        changed = sorted(key for key in run.keys() | before.keys() if run.get(key) != before.get(key))
        changed = changed if before else ["run_file"]
        if changed:
            raise Conflict("resume_mismatch", field="output", changed=changed)
        self._file.seek(whole)
        self._file.truncate()

    def _write_run(self, run: Mapping[str, Any]) -> None:
        new = self._run_path.with_name(f"{self._run_path.name}.new")
        new.write_text(json.dumps(run, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        new.replace(self._run_path)


def encode_answer(answer: Mapping[str, Any]) -> bytes:
    """Give an answer as a line."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _outcome_in(line: bytes) -> str | None:
    try:
        return outcome_of(json.loads(line)) if line.endswith(b"\n") else None
    except (ValueError, TypeError, LookupError):
        return None


def _read_run(path: Path) -> dict[str, Any]:
    try:
        run = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return run if isinstance(run, dict) else {}
