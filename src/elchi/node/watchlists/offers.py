"""What a version is read from: a file, or a list that travels with Elchi; and the files that wait to be read.

<files>/lists/<random>    from the upload until a version is made of it: one hour, or as long as a version names it
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from elchi.errors import InvalidInput, NotFound
from elchi.lists import (
    FORMATS,
    ShippedList,
    TableMapping,
    issued_at,
    make_mapping,
    read_list,
    read_shipped,
    refreshed_source,
    shipped_list,
)
from elchi.lists.read import Items
from elchi.lists.source import Progress
from elchi.node.here import here
from elchi.node.watchlists.models import Version

MAX_BYTES: Final = 64 * 1024 * 1024
"""Of a file that comes over the network; larger ones are loaded by `elchi lists load` at the machine."""
_KEPT_SECONDS: Final = 3600
_CALLED: Final = 120


@dataclass(frozen=True, kw_only=True)
class ListFile:
    """A file and how to read it."""

    path: Path
    format: str
    """One of `elchi.lists.FORMATS`."""
    mapping: TableMapping | None = None
    """With `csv`: which column is what."""
    called: str = ""
    """The name by which people know it; else that of the path."""

    @property
    def source(self) -> dict[str, Any]:
        """Where it came from.

        Raises:
            NotFound: `file_unknown`.
        """
        return {"file": self.called or self.path.name, "format": self.format, "sha256": self._digest()}

    @property
    def issued_at(self) -> str | None:
        """When the publisher made it, if it says so."""
        return issued_at(self.path, self.format)

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size

    def read(self, progress: Progress) -> Items:
        """Give its entries; see `elchi.lists.read_list`."""
        return read_list(self.path, self.format, mapping=self.mapping, progress=progress)

    def _digest(self) -> str:
        try:
            with self.path.open("rb") as opened:
                return hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            raise NotFound("file_unknown", field="file", file=self.path.name) from None


@dataclass(frozen=True)
class ShippedFiles:
    """A list that travels with Elchi, or a newer copy of its files in a folder."""

    name: str
    folder: Path | None = None
    size = 0

    @cached_property
    def shipped(self) -> ShippedList:
        """What is known of it.

        Raises:
            NotFound: `list_not_shipped`.
        """
        return shipped_list(self.name)

    @property
    def source(self) -> dict[str, Any]:
        """Where it came from.

        Raises:
            NotFound: `list_not_shipped`, `file_unknown`.
        """
        return self.shipped.source if self.folder is None else refreshed_source(self.shipped, self.folder)

    @property
    def issued_at(self) -> str | None:
        """When the publisher made it."""
        told: str | None = self.source["issued_at"]
        return told

    def read(self, progress: Progress) -> Items:
        """Give its entries; see `elchi.lists.read_shipped`."""
        return read_shipped(self.shipped, self.folder, progress)


Offer = ListFile | ShippedFiles


def wire_of(offer: Offer) -> dict[str, Any]:
    """Give what is to be read as JSON: a shipped list, or a file that is kept.

    Raises:
        InvalidInput: `list_format`.
    """
    if isinstance(offer, ShippedFiles):
        return {"shipped": offer.name}
    if offer.format not in FORMATS:
        raise InvalidInput("list_format", field="format", rule="one_of", allowed=list(FORMATS))
    mapping = {key: value for key, value in asdict(offer.mapping).items() if value} if offer.mapping else None
    return {"file": offer.path.name, "format": offer.format, "mapping": mapping}


def offer_of(wire: Mapping[str, Any]) -> Offer:
    """Give what is to be read."""
    if "shipped" in wire:
        return ShippedFiles(wire["shipped"])
    mapping = make_mapping(wire["mapping"]) if wire["mapping"] else None
    return ListFile(path=kept_file(wire["file"]), format=wire["format"], mapping=mapping)


def can_be_read(version: Version) -> bool:
    """Tell whether the worker could read what a version is to be made of."""
    wire = version.to_read
    return bool(wire) and ("shipped" in wire or kept_file(wire["file"]).is_file())


def keep_file(pieces: Iterable[bytes]) -> str:
    """Write a file that came over the network to the disk until it is read; give the name under which it is kept.

    Raises:
        InvalidInput: `upload_too_large`.
    """
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_old()
    name = secrets.token_hex(16)
    try:
        with os.fdopen(os.open(kept_file(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            written.writelines(_bounded(pieces))
            written.flush()
            os.fsync(written.fileno())
    except BaseException:
        drop_file(name)
        raise
    return name


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BYTES:
            raise InvalidInput("upload_too_large", field="file", rule="file_size", maximum=MAX_BYTES)
        yield piece


def kept_file(name: str) -> Path:
    """Give where a kept file lies."""
    return _folder() / name


def drop_file(name: str) -> None:
    """Delete a kept file."""
    kept_file(name).unlink(missing_ok=True)


def drop_read(version: Version) -> None:
    """Delete the file of a version that came to its end."""
    if name := version.to_read.get("file"):
        drop_file(name)


def plain_name(name: str | None) -> str:
    """Give the name of a file as it is shown."""
    return " ".join(Path(name or "").name.split())[:_CALLED]


def _clear_old() -> None:
    """Delete the files that nobody came back for, and those that a cut left behind."""
    waiting = Version.objects.filter(state__in=("queued", "reading")).values_list("to_read", flat=True)
    needed = {wire.get("file") for wire in waiting}
    for path in _folder().iterdir():
        if path.name not in needed and time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return here().files / "lists"
