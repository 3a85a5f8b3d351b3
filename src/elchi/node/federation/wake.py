"""To wake the courier: a datagram to its socket says that something new is due."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from elchi.node.here import here

_LONGEST: Final = 107
"""Bytes of a socket's path that the system takes."""


def socket_path() -> Path:
    """Give where the courier listens."""
    return here().home / "run" / "courier.sock"


def wake_courier(party: str = "") -> None:
    """Have the courier look at once; where none listens, it looks by itself within some seconds.

    Args:
        party: for whom something is due; empty when partners or ways may have changed.
    """
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        with short_path(socket_path()) as path:
            sender.sendto(party.encode("ascii"), path)


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Give a path of a socket that the system takes, however long the folder of the node is called."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
