"""For what files are shared: each use, and what is done with a file that came whole.

A room or a module registers the uses that it has when it starts, as it does its kinds of message. A file for a use that
is in no row here is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from elchi.exchange.file import FileTold
from elchi.exchange.message import Message

if TYPE_CHECKING:
    from elchi.node.federation.models import Partner, SharedFile


class FileUse:
    """What is done with files of a use; subclass it and keep what does not differ."""

    def check(self, told: FileTold, message: Message, partner: Partner) -> None:
        """Do nothing if a partner may send this file; asked for each piece. What is raised refuses it for good."""

    def came(self, file: SharedFile) -> None:
        """Take note, in the transaction that does, that a file is here whole and is the one that was told of."""

    def failed(self, file: SharedFile) -> None:
        """Take note, in the transaction that does, that a file will not come: expired, damaged, withdrawn."""

    def ended(self, file: SharedFile) -> None:
        """Take note, in the transaction that does, how a file of ours ended: `file.state`, `file.code`."""


_uses: Final[dict[str, FileUse]] = {}


def register_use(use: str, done: FileUse) -> None:
    """Have files of a use taken; there is one a use."""
    if _uses.setdefault(use, done) is not done and type(_uses[use]) is not type(done):
        raise ValueError(use)


def use_of(use: str) -> FileUse | None:
    """Give what takes files of a use; None for one that is not known here."""
    return _uses.get(use)
