"""The power goes at one step of a change: what was written stays, nothing after it happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class PowerCut(Exception):
    pass


def _go(*_: Any, **__: Any) -> None:
    raise PowerCut


@contextmanager
def power_cut(place: Any, step: str) -> Iterator[None]:
    """Run what is inside until it comes to `place.step`, which it must."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(place, step, _go)
        with pytest.raises(PowerCut):
            yield
