"""`elchi interpol offline-copy`: make, verify, take in and ask the copy of stolen and lost documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from elchi.cli.backup import passphrase_of
from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.cli.node import open_node, who_is_here
from elchi.cli.progress import Progress
from elchi.errors import Conflict
from elchi.locale import Words
from elchi.modules.interpol.offline.build import Built, read_changes, read_whole
from elchi.modules.interpol.offline.copy_file import (
    CHANGES,
    WHOLE,
    CopyHead,
    open_copy_file,
    read_copy_head,
    write_copy_file,
)
from elchi.modules.interpol.offline.document_key import key_of_document
from elchi.modules.interpol.offline.offline_copy import CopyAnswer, OfflineCopy, apply_file
from elchi.seal.document import KeyOf
from elchi.seal.keys import SigningKey
from elchi.seal.public_key import ED25519, PublicKey

_FILE: Final = click.Path(path_type=Path)
_ALWAYS: Final = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 1, 1, tzinfo=dt.UTC))
"""A key in a file has no time of its own: who gives it on the command line vouches for it."""
_trusted = click.option(
    "--public-key", type=_FILE, required=True, metavar="FILE", help="Of the bureau that gives out the copy, PEM."
)
_trusted_unless_node = click.option(
    "--public-key", type=_FILE, metavar="FILE", help="The same; a node has it from the key documents of its partners."
)


@click.group("offline-copy")
@shared
def offline_copy(door: Door) -> None:
    """Make, verify, take in and ask the offline copy."""


@offline_copy.command("build")
@click.argument("table", type=_FILE)
@click.argument("file", type=_FILE)
@click.option("--issuer", required=True, metavar="CODE", help="Code of the bureau that gives it out.")
@click.option("--key", type=_FILE, required=True, metavar="FILE", help="Private key that signs it, PEM.")
@click.option("--passphrase-file", type=_FILE, metavar="FILE", help="Opens the key; else ELCHI_PASSPHRASE, or asked.")
@click.option("--copy-version", type=click.IntRange(1, 1 << 31), default=1, help="Of a whole copy; else 1.")
@click.option("--follows", type=_FILE, metavar="FILE", help="Make changes of this file instead of a whole copy.")
@shared
def build(  # noqa: PLR0913  a command has as many parameters as it has options
    door: Door,
    *,
    table: Path,
    file: Path,
    issuer: str,
    key: Path,
    passphrase_file: Path | None,
    copy_version: int,
    follows: Path | None,
) -> None:
    """Make a signed copy of a table of documents, or a file of changes.

    TABLE has a document a line: issuer, type, number, reported, parted by tabs. A line that cannot be read gives no
    copy.
    """
    signer = SigningKey.open(key, passphrase_of(door.words, passphrase_file, new=False))
    last = read_copy_head(follows, key_of=_key_of(signer.public)) if follows else None
    built = _read(door.words, table, changes=last is not None)
    head = CopyHead(
        kind=CHANGES if last else WHOLE,
        version=last.version + 1 if last else copy_version,
        issued_at=door.now,
        issuer=issuer,
        types=built.types,
        follows=last.fingerprint if last else "",
    )
    head = write_copy_file(file, head, built.words, signers=[signer])
    told = {"bytes": file.stat().st_size, "lines": built.lines, "repeated": built.repeated}
    repeated = [door.words.text("offline.repeated", count=built.repeated)] if built.repeated else []
    door.answer(_as_dict(head) | told, [*_told(door.words, head), *repeated])


@offline_copy.command("verify")
@click.argument("file", type=_FILE)
@_trusted_unless_node
@shared
def verify(door: Door, file: Path, public_key: Path | None) -> None:
    """Verify all of a file: its signature, its sum, and the order of what is in it.

    In the folder of a node without a key: also whether who signed it may give out copies here.
    """
    key_of: KeyOf
    if public_key is None:
        _open_node(door)
        from elchi.modules.interpol.sides import check_giver, giver_key  # noqa: PLC0415  needs the node

        check_giver(file)
        key_of = giver_key
    else:
        key_of = read_key(public_key)
    opened = open_copy_file(file, key_of=key_of)
    door.answer(_as_dict(opened.head) | {"bytes": opened.bytes}, _told(door.words, opened.head))


@offline_copy.command("apply")
@click.argument("file", type=_FILE)
@_trusted_unless_node
@shared
def apply(door: Door, file: Path, public_key: Path | None) -> None:
    """Take in a whole copy, or the changes that come next; who asks meanwhile is answered.

    In the folder of a node it takes no key: files of its own and of the bureau that it asks are taken in.
    """
    if public_key is None or door.is_node:
        head = _apply_at_node(door, file, public_key)
    else:
        head = apply_file(door.folder / "interpol", file, key_of=read_key(public_key), at=door.now)
    door.answer(_as_dict(head), _told(door.words, head))


@offline_copy.command("look-up")
@click.option("--issuer", required=True, metavar="STATE", help="Two or three letters, as in the document.")
@click.option("--type", "document_type", default="", metavar="LETTER", help="P, I or V; else any.")
@click.option("--number", required=True, metavar="NUMBER", help="Of the document.")
@_trusted
@shared
def look_up(door: Door, issuer: str, document_type: str, number: str, public_key: Path) -> Exit:
    """Ask the copy about one document, and how old the copy is.

    Exit code 11 when it is reported. Not in the folder of a node: there every question is written down.
    """
    key = key_of_document(issuer, document_type, number)
    copy = OfflineCopy(door.home / "interpol", key_of=read_key(public_key))
    answer = copy.look_up(key)
    wire = {
        "reported": answer.reported,
        "version": answer.version,
        "issued_at": answer.issued_at.isoformat(),
        "age_hours": round(answer.age(door.now) / dt.timedelta(hours=1), 2),
        "stale": answer.is_stale(door.now),
    }
    door.answer(wire, _answered(door, answer))
    return Exit.STOP if answer.reported else Exit.DONE


def _apply_at_node(door: Door, file: Path, public_key: Path | None) -> CopyHead:
    if public_key is not None:
        raise click.UsageError("A node has keys from the key documents of its partners: leave --public-key out.")
    _open_node(door)
    from elchi.modules.interpol.services import take_copy  # noqa: PLC0415  needs the node

    return take_copy(by=who_is_here(), file=file, at=door.now)


def _open_node(door: Door) -> None:
    if not door.is_node:
        raise click.UsageError("Give --public-key: only a node knows whose copies it takes in.")
    open_node()


def _answered(door: Door, answer: CopyAnswer) -> Iterator[str]:
    words = door.words
    if answer.reported:
        yield words.text("offline.reported", reported=words.text(f"reported.{answer.reported}"))
    else:
        yield words.text("offline.not_reported")
    hours = max(answer.age(door.now) // dt.timedelta(hours=1), 0)
    yield words.text("offline.age", count=hours, version=answer.version)
    if answer.is_stale(door.now):
        yield words.text("offline.stale")


def _read(words: Words, table: Path, *, changes: bool) -> Built:
    with table.open("rb") as file, Progress(words, table.name) as progress:
        if changes:
            return read_changes(file)
        size = table.stat().st_size
        return read_whole(file, at=lambda done: progress.at(done, size))


def _as_dict(head: CopyHead) -> dict[str, Any]:
    return {
        "kind": head.kind,
        "version": head.version,
        "issued_at": head.issued_at.isoformat(),
        "issuer": head.issuer,
        "documents": head.count,
        "fingerprint": head.fingerprint,
    }


def _told(words: Words, head: CopyHead) -> Iterator[str]:
    if head.kind == WHOLE:
        yield words.text("offline.whole", count=head.count, version=head.version, issuer=head.issuer)
    else:
        yield words.text("offline.changes", count=head.count, version=head.version, issuer=head.issuer)


def read_key(path: Path) -> KeyOf:
    """Read the public key of a bureau.

    Raises:
        Conflict: `key_damaged`.
    """
    try:
        key = load_pem_public_key(path.read_bytes()[:65_536])
    except ValueError:
        raise Conflict("key_damaged", file=path.name) from None
    if not isinstance(key, Ed25519PublicKey):
        raise Conflict("key_damaged", file=path.name)
    return _key_of(key.public_bytes_raw())


def _key_of(public: bytes) -> KeyOf:
    key = PublicKey(algorithm=ED25519, public=public, valid_from=_ALWAYS[0], valid_until=_ALWAYS[1])
    return {key.kid: key}.get
