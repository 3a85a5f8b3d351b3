"""The kernel in use: compiled where it could be, else in numpy with the same results (docs/adr/0003)."""

try:
    from elchi.screening._kernel import Segment

    COMPILED = True
except ImportError:
    from elchi.screening.kernel_numpy import Segment  # type: ignore[assignment]

    COMPILED = False

__all__ = ["COMPILED", "Segment"]
