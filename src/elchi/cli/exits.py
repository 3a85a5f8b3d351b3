"""The exit codes of every command: the one place that has them. docs/commands.md lists them for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound, PartnerUnreachable, SealBroken
from elchi.screening.finding import Band


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    """Done; of `check`: CLEAR."""
    FAILED = 1
    """Declined at a question, or nobody reads the output any more."""
    INVALID_INPUT = 2
    """What was given cannot be read, the command line included."""
    NOT_ALLOWED = 3
    """The rules say no."""
    NOT_FOUND = 4
    """There is no such thing."""
    CONFLICT = 5
    """It does not fit what is there now."""
    SEAL_BROKEN = 6
    """What was sealed or signed is not what it should be."""
    UNREACHABLE = 7
    """A partner does not answer now; the only one where trying again may help."""
    REVIEW = 10
    """Of `check`: a person compares."""
    STOP = 11
    """Of `check`: the traveller waits."""
    INTERRUPTED = 130
    """Ctrl-C."""


_FAMILIES: Final[Mapping[type[ElchiError], Exit]] = {
    InvalidInput: Exit.INVALID_INPUT,
    NotAllowed: Exit.NOT_ALLOWED,
    NotFound: Exit.NOT_FOUND,
    Conflict: Exit.CONFLICT,
    SealBroken: Exit.SEAL_BROKEN,
    PartnerUnreachable: Exit.UNREACHABLE,
}
_VERDICTS: Final[Mapping[Band, Exit]] = {Band.CLEAR: Exit.DONE, Band.REVIEW: Exit.REVIEW, Band.STOP: Exit.STOP}


def exit_of_error(error: ElchiError) -> Exit:
    """Give the exit code of an error: that of its family."""
    return next((code for family, code in _FAMILIES.items() if isinstance(error, family)), Exit.FAILED)


def exit_of_verdict(verdict: Band) -> Exit:
    """Give the exit code of a verdict of `check`."""
    return _VERDICTS[verdict]
