"""`elchi backup` and `elchi restore`: all of a node in one locked file, and back.

The file is locked with a passphrase (`elchi.seal.passphrase`); inside is a tar: `head.json`, the database as
`database.sqlite3` or `database.pgdump`, and the folder of the node without what is made anew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

import click

from elchi.cli.database import dump_database, load_database
from elchi.cli.door import Door, shared
from elchi.cli.init import apart, check_free, drop_tables
from elchi.cli.node import open_node, who_is_here
from elchi.errors import Conflict, InvalidInput
from elchi.locale import Words
from elchi.seal.passphrase import Locking, open_locked

_LEFT_OUT: Final = ("static", "run", "node.sqlite3", "node.sqlite3-wal", "node.sqlite3-shm")
"""Of the folder: what is made anew, and the database, of which a consistent copy goes in."""
_HEAD: Final = "head.json"
_BLOCK: Final = 1 << 20
_FILE: Final = click.Path(path_type=Path)
_passphrase = click.option(
    "--passphrase-file", type=_FILE, metavar="FILE", help="Has it in its first line; else ELCHI_PASSPHRASE, or asked."
)


@click.command()
@click.argument("file", type=_FILE)
@_passphrase
@shared
def backup(door: Door, file: Path, passphrase_file: Path | None) -> None:
    """Copy all of the node into one locked file, while it runs.

    Lists, files, keys, settings and the database. The file is read again before the command says that it is done.
    """
    open_node()
    told = save_node(file, passphrase_of(door.words, passphrase_file, new=True))
    door.answer(
        told, [door.words.text("backup.done", **told | {"megabytes": door.words.number(told["size"] / 1e6, 1)})]
    )


@click.command()
@click.argument("file", type=_FILE)
@_passphrase
@shared
def restore(door: Door, file: Path, passphrase_file: Path | None) -> None:
    """Bring a node back from a backup, into an empty folder.

    A file that is damaged or cut off, or another passphrase, changes nothing. The audit is verified before the node is
    there again.
    """
    from elchi.node.here import home_of

    home = home_of(os.environ)
    check_free(home)
    told = restore_node(file, passphrase_of(door.words, passphrase_file, new=False), home)
    door.answer(told, [door.words.text("restore.done", **told), door.words.text("restore.next")])


def passphrase_of(words: Words, file: Path | None, *, new: bool) -> str:
    """Give the passphrase: from a file, the environment, or asked on a terminal; never from the command line."""
    if file:
        return file.read_text(encoding="utf-8").split("\n", 1)[0].strip("\r")
    if told := os.environ.get("ELCHI_PASSPHRASE"):
        return told
    if not sys.stdin.isatty():
        raise click.UsageError("Give --passphrase-file or ELCHI_PASSPHRASE: there is no terminal to ask at.")
    return str(click.prompt(words.text("backup.passphrase"), hide_input=True, confirmation_prompt=new, err=True))


def save_node(target: Path, passphrase: str) -> dict[str, Any]:
    """Write a backup of the node that is open, read it again, and note it in the audit.

    Returns:
        `file`, `size` in bytes, `digest` (SHA-256 of the file), `code`, `made_at`, `last_line` of the audit.

    Raises:
        InvalidInput: `passphrase_weak`.
        Conflict: `file_exists`, `database_refused`, `program_missing`, `backup_unreadable`.
    """
    from elchi.node.here import here
    from elchi.node.installation.services import note_backed_up

    if target.exists():
        raise Conflict("file_exists", file=target.name)
    partial = target.with_name(f".{target.name}.partial")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=here().home) as folder:
        head = _head()  # before the copy: what is written meanwhile is in the copy, and may be more than the head says
        database = dump_database(Path(folder))
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                written = _write(file, passphrase, head, database)
                file.flush()
                os.fsync(file.fileno())
            if _digest(partial, passphrase) != written:
                raise Conflict("backup_unreadable", file=target.name)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    note_backed_up(by=who_is_here(), digest=digest, last_line=head["last_line"])
    told = {name: head[name] for name in ("code", "made_at", "last_line")}
    return {"file": str(target), "size": target.stat().st_size, "digest": digest, **told}


def restore_node(file: Path, passphrase: str, home: Path) -> dict[str, Any]:
    """Bring a node back into a folder that is empty or not there.

    Raises:
        InvalidInput: `locked_file_invalid`.
        Conflict: `locked_file_refused`, `backup_newer`, `backup_other_database`, `database_not_empty`, `audit_broken`.
    """
    with apart(home) as folder:
        with file.open("rb") as locked:
            _unpack(open_locked(locked, passphrase), folder)
        with file.open("rb") as locked:
            digest = hashlib.file_digest(locked, "sha256").hexdigest()
        head = json.loads((folder / _HEAD).read_bytes())
        (folder / _HEAD).unlink()
        lines = _settle(folder, head, digest)
    return {"home": str(home), "lines": lines, **{name: head[name] for name in ("code", "made_at", "version")}}


def _settle(folder: Path, head: dict[str, Any], digest: str) -> int:
    """Load the database of an unpacked backup, verify the audit, and note what was done; give the lines verified."""
    open_node()
    from django.core.management import call_command
    from django.db import connection, connections
    from django.db.migrations.loader import MigrationLoader

    from elchi.node.installation.services import note_restored

    known = {".".join(one) for one in MigrationLoader(None).disk_migrations}
    if set(head["migrations"]) - known:
        raise Conflict("backup_newer", version=head["version"])
    load_database(folder)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        lines = _verify_audit(head["last_line"])
        note_restored(by=who_is_here(), digest=digest, made_at=head["made_at"])
    except BaseException:
        drop_tables(connection)
        raise
    finally:
        connections.close_all()
    return lines


def _verify_audit(last_line: int) -> int:
    from elchi.node.audit import queries
    from elchi.node.here import here

    verified = queries.verify(here().code, queries.signing_key().public, today=dt.datetime.now(dt.UTC).date())
    if verified.faults or verified.lines < last_line:
        raise Conflict("audit_broken", count=len(verified.faults))
    return verified.lines


def _head() -> dict[str, Any]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from elchi.node.here import here
    from elchi.node.installation.queries import last_line

    applied = MigrationRecorder(connection).applied_migrations()
    return {
        "format": 1,
        "code": here().code,
        "version": version("elchi"),
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "last_line": last_line(),
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
    }


class _Hashing(io.RawIOBase):
    """Passes bytes on, and makes their hash."""

    def __init__(self, to: Locking) -> None:
        self._to = to
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self.hash.update(content)
        return self._to.write(content)


def _write(file: BinaryIO, passphrase: str, head: dict[str, Any], database: Path) -> str:
    """Write the tar through the lock; give the hash of what went in."""
    from elchi.node.here import here

    locking = Locking(file, passphrase)
    hashing = _Hashing(locking)
    with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BLOCK) as tar:
        content = json.dumps(head, sort_keys=True).encode()
        tar.addfile(_member(_HEAD, len(content)), io.BytesIO(content))
        _add(tar, database, database.name)
        for path in _files(here().home):
            _add(tar, path, path.relative_to(here().home).as_posix())
    locking.finish()
    return hashing.hash.hexdigest()


def _files(home: Path) -> Iterator[Path]:
    """Give the files of a node, those that name others last: a list's `current` then names what is there already."""
    tops = sorted(
        path for path in home.iterdir() if path.name not in _LEFT_OUT and not path.name.startswith(".backup-")
    )
    files = [path for top in tops for path in ([top] if top.is_file() else sorted(top.rglob("*"))) if path.is_file()]
    yield from sorted(files, key=lambda path: path.name == "current")


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    try:
        with path.open("rb") as file:
            tar.addfile(_member(name, os.fstat(file.fileno()).st_size), file)
    except FileNotFoundError:
        return  # retention removed it, or an older version of a list, since the folder was read


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _digest(path: Path, passphrase: str) -> str:
    with path.open("rb") as file:
        hashed = hashlib.sha256()
        reader = open_locked(file, passphrase)
        while block := reader.read(_BLOCK):
            hashed.update(block)
    return hashed.hexdigest()


def _unpack(content: BinaryIO, folder: Path) -> None:
    """Write the members into a folder; only plain files below it, readable by their owner alone."""
    try:
        with tarfile.open(fileobj=content, mode="r|", bufsize=_BLOCK) as tar:
            for member in tar:
                name = PurePosixPath(member.name)
                file = tar.extractfile(member) if member.isfile() else None
                if file is None or name.is_absolute() or ".." in name.parts:
                    raise InvalidInput("locked_file_invalid", field="file", rule="locked_file")
                path = folder / name
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
                    shutil.copyfileobj(file, new, _BLOCK)
        while content.read(_BLOCK):
            pass  # to the very end: what was cut off is seen there
    except tarfile.TarError:
        raise InvalidInput("locked_file_invalid", field="file", rule="locked_file") from None
    for place in ("keys", "files", "lists"):
        (folder / place).mkdir(mode=0o700, exist_ok=True)
