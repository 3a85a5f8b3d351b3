"""Reads of manifests: the rows, the lines of the file, and the answer to each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from elchi.errors import Conflict, NotFound
from elchi.node.checks.findings import findings_for
from elchi.node.checks.models import Check, Manifest
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.screening.manifest import ManifestLine, read_manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an officer says of a file that he hands in."""

    purpose: str
    format: str = ""
    """Empty to go by the suffix of its name."""
    region: str = ""
    """State whose national phone numbers are meant, ISO 3166-1 alpha-2."""
    crossing: str = ""
    """Code."""
    direction: str = "none"
    task: str = ""


def manifests_for(by: Acting) -> QuerySet[Manifest]:
    """Give the manifests of the agency of who asks, newest first."""
    return Manifest.objects.select_related("officer", "crossing").filter(officer__agency__code=by.agency)


def manifest_for(by: Acting, manifest_id: int, *, lock: bool = False) -> Manifest:
    """Give one manifest.

    Raises:
        NotFound: `manifest_unknown`, also for one of another agency.
    """
    rows = manifests_for(by)
    manifest = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=manifest_id).first()
    if manifest is None:
        raise NotFound("manifest_unknown", manifest=manifest_id)
    return manifest


def checks_with_findings(by: Acting, manifest: Manifest) -> QuerySet[Check]:
    """Give the checks of a manifest that are not clear, STOP first, with the findings that someone may know of."""
    return _checks(by, manifest).exclude(verdict="clear").order_by("-verdict", "line")


def read_lines(manifest: Manifest, *, today: dt.date) -> Iterator[ManifestLine]:
    """Give the lines of the file, one at a time.

    Raises:
        Conflict: `manifest_gone` when retention took the file, or somebody else did.
        InvalidInput: what `elchi.screening.manifest.read_manifest` raises.
    """
    path = here().files / manifest.file / "manifest"
    if not path.is_file():
        raise Conflict("manifest_gone", manifest=manifest.pk)
    yield from read_manifest(path, today=today, format=manifest.format, default_region=manifest.region or None)


def answers_of(by: Acting, manifest: Manifest, *, today: dt.date) -> Iterator[tuple[ManifestLine, Check | None]]:
    """Give each line that was answered with its check, as far as someone may know; None where it was not checked."""
    waiting: Iterator[Any] = _checks(by, manifest).order_by("line").iterator(chunk_size=500)
    check = next(waiting, None)
    for number, line in enumerate(read_lines(manifest, today=today)):
        if number >= manifest.lines:
            return
        own = check if check is not None and check.line == line.number else None
        yield line, own
        if own is not None:
            check = next(waiting, None)


def _checks(by: Acting, manifest: Manifest) -> QuerySet[Check]:
    told = findings_for(by).order_by("-score", "watchlist", "entry")
    return Check.objects.filter(manifest=manifest).prefetch_related(Prefetch("findings", queryset=told))
