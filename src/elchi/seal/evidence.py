"""A log that shows whether it was changed: a hash chain over its lines, and the Merkle tree of RFC 6962."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

START: Final = "0" * 64
"""What the first line of a chain carries as the hash before it."""
_LEAF, _NODE = b"\x00", b"\x01"


def chain_hash(previous: str, line: Mapping[str, Any]) -> str:
    """Give the hash of a line that follows another.

    Args:
        previous: hash of the line before, 64 hexadecimal digits; `START` for the first.
        line: JSON values.

    Returns:
        SHA-256 over both, 64 hexadecimal digits.
    """
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(previous.encode() + b"\n" + text.encode()).hexdigest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Give the root of the Merkle tree over leaves in order (RFC 6962, 2.1); 32 bytes."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(_LEAF + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(_NODE + merkle_root(leaves[:split]) + merkle_root(leaves[split:])).digest()
