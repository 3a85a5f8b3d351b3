"""The kernel in use: compiled where it could be, else in numpy with the same results (docs/adr/0003)."""

from __future__ import annotations

from collections.abc import Callable

from elchi.screening.name_index import Kernel

Segment: Callable[..., Kernel]
COMPILED: bool
"""Whether the kernel in use is the compiled one."""
try:
    from elchi.screening._kernel import Segment

    COMPILED = True
except ImportError:
    from elchi.screening.kernel_numpy import Segment

    COMPILED = False

__all__ = ["COMPILED", "Segment"]
