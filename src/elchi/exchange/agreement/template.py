"""Agreements to begin with: patterns of terms and articles, in which the sides, the name and the days are missing.

They are written for Elchi and quote no treaty. Who uses one puts the articles of his own instrument in their place.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from elchi.exchange.agreement.document import FORMAT, Agreement
from elchi.exchange.agreement.read import agreement_from_json
from elchi.exchange.agreement.terms import Side

_NAMES: Final = ("bilateral", "caricc", "interpol")


@dataclass(frozen=True, slots=True)
class Template:
    """One of them."""

    name: str
    title: Mapping[str, str]
    notice: Mapping[str, str]
    """What it is and is not, to be shown beside it, by language."""
    terms: Mapping[str, Any]
    """JSON values of an agreement, but for what `fill` is given."""

    def fill(
        self,
        *,
        agreement_id: str,
        side_a: Side,
        side_b: Side,
        valid_from: dt.date,
        valid_until: dt.date,
    ) -> Agreement:
        """Give the first version of an agreement.

        Raises:
            InvalidInput: `agreement_invalid` with `field` and `rule`.
        """
        return agreement_from_json(
            {
                **self.terms,
                "format": FORMAT,
                "id": agreement_id,
                "version": 1,
                "title": self.title,
                "sides": {"a": side_a.to_json(), "b": side_b.to_json()},
                "valid_from": valid_from.isoformat(),
                "valid_until": valid_until.isoformat(),
            }
        )


@cache
def templates() -> Mapping[str, Template]:
    """Give the templates by name."""
    return MappingProxyType({name: _read(name) for name in _NAMES})


def _read(name: str) -> Template:
    told = json.loads((files(__package__) / "templates" / f"{name}.json").read_text(encoding="utf-8"))
    return Template(name, told.pop("title"), told.pop("notice"), told)
