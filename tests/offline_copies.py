"""A bureau that gives out offline copies, for tests; what it signs is as right or as wrong as they ask."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

from tests.sealing import public_of

from elchi.modules.interpol.offline.build import COLUMNS, Built, read_changes, read_whole
from elchi.modules.interpol.offline.copy_file import CHANGES, WHOLE, CopyHead, write_copy_file
from elchi.modules.interpol.offline.offline_copy import OfflineCopy, apply_file
from elchi.seal.keys import SigningKey
from elchi.seal.public_key import PublicKey

NOW = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)


def table(*rows: str) -> io.BytesIO:
    """A table of documents, columns parted by blanks here."""
    return io.BytesIO("".join(f"{row}\n" for row in (COLUMNS, *("\t".join(row.split(" ")) for row in rows))).encode())


class Bureau:
    """Gives out files, and knows where its reader keeps them."""

    def __init__(self, home: Path) -> None:
        self.signer = SigningKey.generate()
        self.keys: dict[str, PublicKey] = {self.signer.kid: public_of(self.signer)}
        self.home, self.folder = home, home / "taken-in"

    def whole(self, *rows: str, version: int = 1, at: dt.datetime = NOW, signer: SigningKey | None = None) -> CopyHead:
        return self._write(read_whole(table(*rows)), WHOLE, version, at, "", signer)

    def changes(
        self, *rows: str, after: CopyHead, at: dt.datetime = NOW, version: int = 0, signer: SigningKey | None = None
    ) -> CopyHead:
        built = read_changes(table(*rows))
        return self._write(built, CHANGES, version or after.version + 1, at, after.fingerprint, signer)

    def path(self, head: CopyHead) -> Path:
        return self.home / f"{head.version}.{head.kind}"

    def apply(self, head: CopyHead, at: dt.datetime = NOW) -> CopyHead:
        return self.take(self.path(head), at)

    def take(self, path: Path, at: dt.datetime = NOW) -> CopyHead:
        return apply_file(self.folder, path, key_of=self.keys.get, at=at)

    def open(self) -> OfflineCopy:
        return OfflineCopy(self.folder, key_of=self.keys.get)

    def kept(self) -> Mapping[str, bytes]:
        """The files of the copy, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file()}

    def _write(
        self, built: Built, kind: str, version: int, at: dt.datetime, follows: str, signer: SigningKey | None
    ) -> CopyHead:
        head = CopyHead(kind=kind, version=version, issued_at=at, issuer="KG-NCB", types=built.types, follows=follows)
        return write_copy_file(self.path(head), head, built.words, signers=[signer or self.signer])
