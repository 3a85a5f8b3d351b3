"""The lists that travel with the package: dated copies of public lists, so that a fresh install screens real entries.

They are read from the package, or from a folder with newer files of the same names, as somebody fetched them from the
official addresses given here. Fetching is not done here: libraries know no network.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from elchi.errors import NotFound
from elchi.lists.entry import BadLine, Entry
from elchi.lists.ofac import read_ofac
from elchi.lists.read import issued_at
from elchi.lists.source import Progress
from elchi.lists.un import read_un


@dataclass(frozen=True, slots=True)
class ShippedFile:
    """One file of a list."""

    name: str
    """Name of the file as fetched; in the package it has `.xz` after it."""
    address: str
    """Official address it is refreshed from."""
    date: str
    """ISO date of the copy."""
    records: int
    bytes: int
    """Size as published, unpacked."""
    sha256: str
    """Of the file as published, unpacked."""


@dataclass(frozen=True, slots=True)
class ShippedList:
    """One list. The first file is the list itself; others stand beside it."""

    name: str
    format: str
    title: str
    """As the publisher calls it."""
    titles: Mapping[str, str]
    """What officers call it, by language."""
    licence: str
    files: tuple[ShippedFile, ...]

    @property
    def source(self) -> dict[str, Any]:
        """What `Store.load` is told of the copy in the package."""
        shown = ("name", "address", "date", "sha256")
        told = [{field: getattr(file, field) for field in shown} for file in self.files]
        return {"shipped": True, "format": self.format, "issued_at": self.files[0].date, "files": told}


@cache
def shipped_lists() -> tuple[ShippedList, ...]:
    """Give the lists that travel with the package."""
    told = tomllib.loads((_folder() / "shipped.toml").read_text(encoding="utf-8"))
    return tuple(
        ShippedList(files=tuple(ShippedFile(**file) for file in entry.pop("file")), **entry) for entry in told["list"]
    )


def shipped_list(name: str) -> ShippedList:
    """Give one of them by its name.

    Raises:
        NotFound: `list_not_shipped`.
    """
    for shipped in shipped_lists():
        if shipped.name == name:
            return shipped
    allowed = [shipped.name for shipped in shipped_lists()]
    raise NotFound("list_not_shipped", field="list", list=name, allowed=allowed)


def read_shipped(
    shipped: ShippedList, folder: Path | None = None, progress: Progress | None = None
) -> Iterator[Entry | BadLine]:
    """Read a list from the package, or from a folder that has newer files of the same names.

    Raises:
        NotFound: `file_unknown` when the folder has not all files.
        InvalidInput: `list_broken` with `rule`.
    """
    with ExitStack() as opened:
        paths = [_path(file, folder, opened) for file in shipped.files]
        if shipped.format == "ofac":
            yield from read_ofac(paths[0], progress=progress, alt=paths[1], add=paths[2])
        else:
            yield from read_un(paths[0], progress=progress)


def refreshed_source(shipped: ShippedList, folder: Path) -> dict[str, Any]:
    """Give what `Store.load` is told of the files in a folder."""
    issued = issued_at(folder / shipped.files[0].name, shipped.format)
    told = [{"name": file.name, "address": file.address} for file in shipped.files]
    return {"shipped": False, "format": shipped.format, "issued_at": issued, "files": told}


def _path(file: ShippedFile, folder: Path | None, opened: ExitStack) -> Path:
    if folder is None:
        return opened.enter_context(as_file(_folder() / f"{file.name}.xz"))
    path = folder / file.name
    if not path.is_file():
        raise NotFound("file_unknown", field="file", file=file.name)
    return path


def _folder() -> Any:
    return files(__package__) / "shipped"
