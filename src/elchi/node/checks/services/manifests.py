"""Manifests: taken in by an officer, screened line by line in the background, each line a check of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from elchi.errors import Conflict, ElchiError, InvalidInput
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.keeping import LOOKED_AT, Weighed, keep_check, marks_of_all, weigh
from elchi.node.checks.manifests import Told, manifest_for, read_lines
from elchi.node.checks.models import Manifest
from elchi.node.checks.queries import crossing_of, retention_in_force
from elchi.node.checks.rules import check_direction, check_purpose
from elchi.node.checks.states import MANIFEST, next_state
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Right
from elchi.node.watchlists.queries import live
from elchi.screening.manifest import FORMATS, ManifestLine

MAX_BYTES: Final = 100_000_000
"""Of a file: a train has hundreds of lines, a year of a small airport a million."""
MAX_FAULTS: Final = 1_000
"""Lines that could not be checked, told one by one; all are counted."""
CHUNK: Final = 50
"""Lines that are written together."""
CLAIMED_FOR: Final = dt.timedelta(minutes=2)
"""After so long without a chunk another worker takes over."""


@transaction.atomic
def submit_manifest(*, by: Acting, name: str, file: Iterable[bytes], terms: Told) -> Manifest:
    """Take in a file; a worker screens it.

    Args:
        by: who asks.
        name: of the file, as the officer has it; its suffix tells the format where `terms` does not.
        file: its bytes, in pieces.
        terms: what it is and what for.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `file_too_large`, `file_empty`, `manifest_format`, `purpose_unknown`, `direction_unknown`.
        NotFound: `crossing_unknown`.
    """
    by.require(Right.MANIFEST_SCREEN)
    format_ = terms.format or FORMATS.get(Path(name).suffix.lower(), "")
    if format_ not in FORMATS.values():
        raise InvalidInput("manifest_format", field="format", rule="one_of", allowed=sorted(set(FORMATS.values())))
    folder = f"manifests/{secrets.token_hex(16)}"
    values = {
        "name": Path(name).name[:200],
        "file": folder,
        "format": format_,
        "region": terms.region,
        "purpose": check_purpose(terms.purpose),
        "direction": check_direction(terms.direction),
        "crossing": crossing_of(terms.crossing) if terms.crossing else None,
        "officer": by.officer,
        "task": terms.task,
    }
    try:
        size, digest, ends = _write(here().files / folder, file)
        known = ends if format_ in ("csv", "jsonl") else None
        manifest = Manifest.objects.create(**values, size=size, digest=digest, lines_known=known)
        record(
            Verb.SUBMIT_MANIFEST,
            by=by,
            on=f"manifest:{manifest.pk}",
            purpose=terms.purpose,
            task=terms.task or f"manifest:{manifest.pk}",
            sha256=digest,
        )
    except BaseException:
        shutil.rmtree(here().files / folder, ignore_errors=True)
        raise
    return manifest


@transaction.atomic
def cancel_manifest(*, by: Acting, manifest_id: int) -> Manifest:
    """Stop screening a manifest; lines that were answered stay.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `manifest_unknown`.
        Conflict: `state_refuses`.
    """
    by.require(Right.MANIFEST_SCREEN)
    manifest = manifest_for(by, manifest_id, lock=True)
    manifest.state = next_state(MANIFEST, manifest.state, "cancel")
    manifest.ended_at = timezone.now()
    manifest.save(update_fields=["state", "ended_at"])
    record(Verb.CANCEL_MANIFEST, by=by, on=f"manifest:{manifest.pk}", lines=manifest.lines)
    return manifest


@transaction.atomic
def export_manifest(*, by: Acting, manifest_id: int) -> Manifest:
    """Write down that the answers to a manifest are taken away, and give it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `manifest_unknown`.
    """
    by.require(Right.MANIFEST_SCREEN)
    manifest = manifest_for(by, manifest_id)
    record(Verb.EXPORT_MANIFEST, by=by, on=f"manifest:{manifest.pk}", purpose=manifest.purpose, lines=manifest.lines)
    return manifest


def screen_manifests(*, by: Actor, limit: int = 1) -> int:
    """Screen manifests that wait, or whose worker was lost, oldest first.

    What was written stays whatever happens, and the next run goes on behind it: no line is checked twice or left out.

    Returns:
        How many came to an end.
    """
    ended = 0
    while ended < limit and (manifest := _claim()):
        try:
            _screen(manifest)
        except ElchiError as error:
            _end(manifest, "fail", by, {"code": error.code, "params": error.params})
        else:
            _end(manifest, "finish", by, None)
        ended += 1
    return ended


def _claim() -> Manifest | None:
    now = timezone.now()
    free = Q(state="queued") | Q(state="running", claimed_until__lt=now)
    with transaction.atomic():
        manifest = Manifest.objects.select_for_update().filter(free).order_by("pk").first()
        if manifest is not None:
            manifest.state = next_state(MANIFEST, manifest.state, "start")
            manifest.started_at = manifest.started_at or now
            manifest.claimed_until = now + CLAIMED_FOR
            manifest.save(update_fields=["state", "started_at", "claimed_until"])
    return manifest


def _screen(manifest: Manifest) -> None:
    if manifest.officer is None or not manifest.officer.is_active:
        raise Conflict("officer_left")
    by = acting_of(manifest.officer, via="node")
    by.require(Right.MANIFEST_SCREEN)
    lines = read_lines(manifest, today=timezone.localdate(manifest.queued_at))
    for _ in islice(lines, manifest.lines):
        pass  # answered by a run before
    while chunk := list(islice(lines, CHUNK)):
        checked = [_weigh(manifest, by, line) for line in chunk]
        with transaction.atomic():
            if not Manifest.objects.select_for_update().filter(pk=manifest.pk, state="running").exists():
                return  # cancelled meanwhile
            _keep(manifest, by, chunk, checked)


_Checked = tuple[Weighed, float, dict[str, int]] | ElchiError


def _weigh(manifest: Manifest, by: Acting, line: ManifestLine) -> _Checked:
    if line.error is not None:
        return line.error
    asking = {"purpose": manifest.purpose, "agency": by.agency}
    lists, begun = live(), perf_counter()
    try:
        screening = lists.screen(line.subjects, top=LOOKED_AT, **asking)
    except InvalidInput as error:
        return error
    took_ms = round(1000 * (perf_counter() - begun), 1)
    weighed = weigh(screening, marks=marks_of_all(line.subjects), now=timezone.now())
    return weighed, took_ms, lists.numbers(**asking)


def _keep(manifest: Manifest, by: Acting, lines: Sequence[ManifestLine], checked: Sequence[_Checked]) -> None:
    """Write a chunk: its checks, their lines of the audit, and how far the manifest is."""
    now, retention = timezone.now(), retention_in_force()
    for line, one in zip(lines, checked, strict=True):
        if isinstance(one, ElchiError):
            if len(manifest.faults) < MAX_FAULTS:
                manifest.faults.append({"line": line.number, "code": one.code, "params": one.params})
            continue
        weighed, took_ms, versions = one
        marks = marks_of_all(line.subjects)
        terms = {**_terms(manifest), "line": line.number, "took_ms": took_ms, "lists": versions}
        check = keep_check(terms, line.subjects, weighed, marks=marks, retention=retention, now=now)
        record(
            Verb.SUBMIT_CHECK,
            by=by,
            on=f"check:{check.pk}",
            subject=marks[0] if marks else "",
            purpose=check.purpose,
            task=check.task,
            verdict=check.verdict,
            findings=len(weighed.rows),
        )
        manifest.verdicts[check.verdict] = manifest.verdicts.get(check.verdict, 0) + 1
    manifest.lines += len(lines)
    manifest.claimed_until = now + CLAIMED_FOR
    manifest.save(update_fields=["lines", "verdicts", "faults", "claimed_until"])


def _terms(manifest: Manifest) -> dict[str, Any]:
    return {
        "officer": manifest.officer,
        "office": manifest.officer.office,
        "crossing": manifest.crossing,
        "shift": None,
        "manifest": manifest,
        "direction": manifest.direction,
        "purpose": manifest.purpose,
        "task": manifest.task or f"manifest:{manifest.pk}",
        "via": "node",
    }


@transaction.atomic
def _end(manifest: Manifest, verb: str, by: Actor, error: dict[str, Any] | None) -> None:
    row = Manifest.objects.select_for_update().get(pk=manifest.pk)
    if row.state != "running":
        return  # cancelled
    row.state = next_state(MANIFEST, row.state, verb)
    row.error = error
    row.ended_at = timezone.now()
    row.claimed_until = None
    row.keep_until = row.queued_at + dt.timedelta(days=retention_in_force().manifest_days)
    row.save(update_fields=["state", "error", "ended_at", "claimed_until", "keep_until"])
    record(Verb.SCREEN_MANIFEST, by=by, on=f"manifest:{row.pk}", state=row.state, lines=row.lines, **row.verdicts)


def _write(folder: Path, file: Iterable[bytes]) -> tuple[int, str, int]:
    """Write the file; give its size, its SHA-256 and how many lines end in it."""
    folder.mkdir(mode=0o700, parents=True)
    size, digest, ends = 0, hashlib.sha256(), 0
    with os.fdopen(os.open(folder / "manifest", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        for piece in file:
            size += len(piece)
            if size > MAX_BYTES:
                raise InvalidInput("file_too_large", field="file", rule="smaller_file", maximum=MAX_BYTES)
            digest.update(piece)
            ends += piece.count(b"\n")
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    if not size:
        raise InvalidInput("file_empty", field="file", rule="not_empty")
    return size, digest.hexdigest(), ends
