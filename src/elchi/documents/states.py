"""States and organisations by the three-letter codes of machine-readable travel documents.

The table is `states.tsv` beside this file, one line a code, in the parts of ICAO Doc 9303-3, 8th edition, section 5:
`iso` (ISO 3166-1), `icao` (codes ICAO adds for states and the EU), `organisation`, `person` (no defined nationality),
`specimen`; and two kinds that documents in use carry: `withdrawn` codes and `practice` (in use, assigned by nobody).
Names are the English ones of the Unicode CLDR, or ICAO's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class State:
    """A state, an organisation or a status that a document names where a state would stand."""

    code: str
    """As in the machine-readable zone, without fillers: `KGZ`, and `D` for Germany."""
    alpha2: str
    """ISO 3166-1 alpha-2 (`XK` for Kosovo by common practice); empty for what is no country."""
    kind: str
    name: str

    @property
    def iso(self) -> str:
        """The ISO 3166-1 alpha-3 code of the country: `DEU` for `D`, `GBR` for `GBN`; empty for what has none."""
        return _ISO_OF_ALPHA2.get(self.alpha2, "")


def _read_table() -> Mapping[str, State]:
    lines = Path(__file__).with_name("states.tsv").read_text(encoding="utf-8").splitlines()[1:]
    states = (State(*line.split("\t")) for line in lines)
    return MappingProxyType({state.code: state for state in states})


STATES: Mapping[str, State] = _read_table()
"""Every known code."""

_ISO_OF_ALPHA2 = {state.alpha2: state.code for state in STATES.values() if state.kind == "iso"}


def find_state(code: str) -> State | None:
    """Find a state by its code, by ISO 3166-1 alpha-2 or alpha-3 or as written in an MRZ (`D<<`); None if unknown."""
    code = code.strip().rstrip("<").upper()
    return STATES.get(code) or STATES.get(_ISO_OF_ALPHA2.get(code, ""))
