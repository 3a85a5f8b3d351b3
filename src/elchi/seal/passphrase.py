"""A file of any length locked with a passphrase: scrypt (RFC 7914) makes the key, ChaCha20-Poly1305 (RFC 8439) seals.

    magic     14 bytes   "elchi-locked-1"
    salt      16 bytes
    cost       1 byte    scrypt with N = 2 ** cost, r = 8, p = 1
    pieces               64 KiB each, the last one shorter, sealed one by one: 16 bytes of tag behind each

The nonce of a piece is its number from 0 (11 bytes, big-endian) and one byte that is 1 for the last piece, as in the
STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015) and in age. So pieces can be neither changed, moved, left
out nor cut off at the end. The header is authenticated with each. A key is never used twice: every file has its salt.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from elchi.errors import Conflict, InvalidInput

MIN_PASSPHRASE: Final = 12
"""Characters of a passphrase for a new file."""
_MAGIC: Final = b"elchi-locked-1"
_SALT, _TAG, _PIECE = 16, 16, 1 << 16
_HEADER: Final = len(_MAGIC) + _SALT + 1
_COST: Final = 17
"""128 MiB and about half a second a try."""
_MAX_COST: Final = 20
"""A file of a stranger must not take more than 1 GiB."""


class Locking(io.RawIOBase):
    """Writes a locked file. What is written counts only after `finish`: without it the file cannot be opened."""

    def __init__(self, file: BinaryIO, passphrase: str, *, cost: int = _COST) -> None:
        """Begin.

        Args:
            file: takes the locked bytes.
            passphrase: at least MIN_PASSPHRASE characters.
            cost: see the head of this module.

        Raises:
            InvalidInput: `passphrase_weak`.
        """
        if len(passphrase) < MIN_PASSPHRASE:
            raise InvalidInput("passphrase_weak", field="passphrase", rule="min_length", minimum=MIN_PASSPHRASE)
        self._file = file
        self._header = _MAGIC + os.urandom(_SALT) + bytes([cost])
        self._sealer = _sealer(self._header, passphrase)
        self._waiting = bytearray()
        self._pieces = 0
        file.write(self._header)

    def writable(self) -> bool:
        """Give yes."""
        return True

    def write(self, content: bytes, /) -> int:  # type: ignore[override]  # buffers of other kinds do not come here
        """Take bytes."""
        self._waiting += content
        while len(self._waiting) > _PIECE:
            self._seal(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(content)

    def finish(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._sealer.encrypt(_nonce(self._pieces, last=last), piece, self._header))
        self._pieces += 1


class _Unlocking(io.RawIOBase):
    """Reads a locked file; gives nothing that was not authenticated, and ends only where it was finished."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._header = file.read(_HEADER)
        if len(self._header) < _HEADER or not self._header.startswith(_MAGIC) or self._header[-1] > _MAX_COST:
            raise InvalidInput("locked_file_invalid", field="file", rule="locked_file")
        self._file = file
        self._sealer = _sealer(self._header, passphrase)
        self._piece, self._at, self._pieces = b"", 0, 0
        self._next = file.read(_PIECE + _TAG)
        self._ended = False

    def readable(self) -> bool:
        """Give yes."""
        return True

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]  # buffers of other kinds do not come
        """Give the next bytes."""
        while self._at == len(self._piece) and not self._ended:
            self._open_piece()
        given = self._piece[self._at : self._at + len(buffer)]
        buffer[: len(given)] = given
        self._at += len(given)
        return len(given)

    def _open_piece(self) -> None:
        sealed, self._next = self._next, self._file.read(_PIECE + _TAG)
        self._ended = not self._next
        try:
            self._piece = self._sealer.decrypt(_nonce(self._pieces, last=self._ended), sealed, self._header)
        except InvalidTag:
            raise Conflict("locked_file_refused", piece=self._pieces) from None
        self._at = 0
        self._pieces += 1


def open_locked(file: BinaryIO, passphrase: str) -> BinaryIO:
    """Open a locked file to read what is in it.

    Reading raises Conflict `locked_file_refused` when the passphrase is another one, or the file was changed or cut
    off; what was read to the end was all of it.

    Args:
        file: the locked bytes.
        passphrase: with which it was locked.

    Raises:
        InvalidInput: `locked_file_invalid`: this is no locked file.
    """
    return cast("BinaryIO", io.BufferedReader(cast("io.FileIO", _Unlocking(file, passphrase)), 1 << 20))


def _sealer(header: bytes, passphrase: str) -> ChaCha20Poly1305:
    salt, cost = header[len(_MAGIC) : -1], header[-1]
    key = Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(passphrase.encode())
    return ChaCha20Poly1305(key)


def _nonce(piece: int, *, last: bool) -> bytes:
    return piece.to_bytes(11, "big") + bytes([last])
