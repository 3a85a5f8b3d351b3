"""A name in any script: parse, transliterate, compare, explain."""

from elchi.names.compare import Comparison, TokenReason, compare
from elchi.names.mrz_name import MrzName, mrz_name
from elchi.names.scripts import script_of
from elchi.names.similarity import Rule
from elchi.names.structure import NameParts, NameToken, parse_name
from elchi.names.transliteration import back_transliterate, systems, transliterate

__all__ = [
    "Comparison",
    "MrzName",
    "NameParts",
    "NameToken",
    "Rule",
    "TokenReason",
    "back_transliterate",
    "compare",
    "mrz_name",
    "parse_name",
    "script_of",
    "systems",
    "transliterate",
]
