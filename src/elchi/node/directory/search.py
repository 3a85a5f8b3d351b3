"""Find an agency, office or crossing by its name in any script: `погран`, `Khorgos`, `Хоргос`, `shegara`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from elchi.errors import InvalidInput
from elchi.names.similarity import token_similarity
from elchi.names.tokens import Token, tokenise
from elchi.node.directory.models import Agency, Crossing, Office
from elchi.node.directory.queries import agencies, crossings, offices

LONGEST: Final = 100
"""Characters of what is looked for."""
_ALIKE: Final = 900
"""Thousandths from which two words are taken for one: spellings pass, other places do not."""
_BEGINNING: Final = 3
"""Letters from which the beginning of a word is enough."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a name was found in."""

    agencies: tuple[Agency, ...]
    offices: tuple[Office, ...]
    crossings: tuple[Crossing, ...]

    @property
    def total(self) -> int:
        """How many."""
        return len(self.agencies) + len(self.offices) + len(self.crossings)


def find_by_name(text: str) -> Found:
    """Give all whose code is the text, or one of whose names has each of its words.

    Raises:
        InvalidInput: `text_too_long`.
    """
    if len(text) > LONGEST:
        raise InvalidInput("text_too_long", field="text", rule="max_length")
    asked = _tokens(text)

    def is_meant(code: str, names: Iterable[str]) -> bool:
        return code.casefold() == text.strip().casefold() or (
            bool(asked) and any(_has_all(asked, _tokens(name)) for name in names)
        )

    return Found(
        tuple(one for one in agencies() if is_meant(one.code, _agency_names(one))),
        tuple(one for one in offices() if is_meant(one.code, (one.name, one.area, *one.names.values()))),
        tuple(one for one in crossings() if is_meant(one.code, _crossing_names(one))),
    )


def _agency_names(agency: Agency) -> Iterable[str]:
    """Give its names, each with that of its country, so that "Uzbekistan border" is found."""
    states = agency.country.names if agency.country else {}
    for language, name in {"en": agency.name, **agency.names}.items():
        yield f"{states.get(language, '')} {name}"


def _crossing_names(crossing: Crossing) -> Iterable[str]:
    yield f"{crossing.name_a} {crossing.name_b}"
    for pair in crossing.names.values():
        yield " ".join(pair)


@lru_cache(maxsize=4096)
def _tokens(name: str) -> tuple[Token, ...]:
    return tokenise(name) if name.strip() else ()


def _has_all(asked: Sequence[Token], held: Sequence[Token]) -> bool:
    return all(any(_is_word(one, other) for other in held) for one in asked)


def _is_word(asked: Token, held: Token) -> bool:
    begins = len(asked.form) >= _BEGINNING and held.form.startswith(asked.form)
    return begins or token_similarity(asked, held)[0] >= _ALIKE
