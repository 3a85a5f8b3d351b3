"""A name in any script: parse, transliterate, compare, explain."""

from elchi.names.compare import Comparison, TokenReason, compare
from elchi.names.similarity import Rule

__all__ = ["Comparison", "Rule", "TokenReason", "compare"]
