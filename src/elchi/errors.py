"""Every error that Elchi raises, one class a family.

    ElchiError                   code, params, permanent
    ├── InvalidInput        422  what was given cannot be read; params say field, position and rule
    ├── NotAllowed          403  the rules say no
    ├── NotFound            404  there is no such thing
    ├── Conflict            409  it does not fit what is there now
    ├── SealBroken          400  an envelope, a signed document or a proof is not what it should be; never retried
    └── PartnerUnreachable  503  nobody answers there now; the same call may succeed later

An error is a stable code and its parameters; sentences come from elchi.locale. Each code has a line in docs/errors.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar


class ElchiError(Exception):
    """What went wrong, as a code and parameters.

    Args:
        code: stable, lower case, words joined by underscores; listed in docs/errors.md.
        params: JSON values that name the place and the reason. Never a secret, never a person.
    """

    permanent: ClassVar[bool] = True
    """Whether the same call is bound to fail again."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({shown})"

    def __reduce__(self) -> tuple[Callable[..., ElchiError], tuple[type[ElchiError], str, dict[str, object]]]:
        """Let an error cross to another process: the inherited way would give `params` by position."""
        return _make, (type(self), self.code, self.params)


class InvalidInput(ElchiError):
    """What was given cannot be read.

    Params: `field` and `rule`, and where they apply `position` (characters, from 0) and `line` (from 1).
    """


class NotAllowed(ElchiError):
    """The rules of this node or of an agreement say no."""


class NotFound(ElchiError):
    """There is no such thing here."""


class Conflict(ElchiError):
    """It does not fit what is there now: a version, a state, a lock."""


class SealBroken(ElchiError):
    """What was sealed or signed is damaged, forged, not for us, or by a key that does not count.

    The same bytes fail for ever. A partner is told the code alone, and never why a signature was refused.
    """


class PartnerUnreachable(ElchiError):
    """A partner, or what carries to him, does not answer now."""

    permanent: ClassVar[bool] = False


def _make(cls: type[ElchiError], code: str, params: dict[str, object]) -> ElchiError:
    return cls(code, **params)
