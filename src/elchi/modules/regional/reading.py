"""A report of a member as the centre counts it: read from the body of kind `report` (docs/protocol/14-operations.md).

What the reader does not know stays in `told`; what does not look like itself is passed over and not guessed. A report
without a day of its event is counted by the day it was sent.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

REPORT: Final = "report"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_STATE: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_BORDER: Final = re.compile(r"[A-Z]{2}-[A-Z]{2}", re.ASCII)
_MAX_GOODS: Final = 100
_MOST_KILOGRAMS: Final = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Goods:
    """What was found of one kind."""

    goods: str
    substance: str
    kilograms: Decimal | None

    def to_json(self) -> dict[str, str]:
        """Give it as JSON values."""
        weight = "" if self.kilograms is None else str(self.kilograms)
        return {"goods": self.goods, "substance": self.substance, "kilograms": weight}


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report as it is counted."""

    event_kind: str
    event_day: dt.date
    border: str
    states: tuple[str, ...]
    goods: tuple[Goods, ...]
    is_led: bool


def read_report(body: Mapping[str, Any], *, country: str, sent_on: dt.date) -> ReadReport:
    """Read a report.

    Args:
        body: of the message.
        country: of who sent it.
        sent_on: day on which it was sent.
    """
    border = _text(body.get("border"), _BORDER)
    route = (
        country, *_states(body.get("departure_country")), *_states(body.get("transit_countries")),
        *_states(body.get("destination_country")), *border.split("-"),
    )  # fmt: skip
    return ReadReport(
        event_kind=_text(body.get("event_kind"), _CODE),
        event_day=_day(body.get("event_date")) or sent_on,
        border=border,
        states=tuple(dict.fromkeys(one for one in route if one)),
        goods=tuple(_goods(body)),
        is_led=body.get("intelligence_led") is True,
    )


def _goods(body: Mapping[str, Any]) -> Iterator[Goods]:
    names, substances, weights = (_several(body.get(one)) for one in ("goods", "substance", "kilogram_equivalent"))
    for place, name in enumerate(names[:_MAX_GOODS]):
        if kind := _text(name, _CODE):
            yield Goods(kind, _text(_at(substances, place), _CODE), _weight(_at(weights, place)))


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


def _weight(value: Any) -> Decimal | None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    try:
        weight = Decimal(str(value)[:40])
    except InvalidOperation:
        return None
    return weight if weight.is_finite() and 0 <= weight < _MOST_KILOGRAMS else None


def _states(value: Any) -> tuple[str, ...]:
    parts = value.split() if isinstance(value, str) else _several(value)
    return tuple(one for one in parts[:20] if _text(one, _STATE))


def _text(value: Any, form: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and form.fullmatch(value) else ""


def _day(value: Any) -> dt.date | None:
    if not isinstance(value, str):
        return None
    try:
        return dt.date.fromisoformat(value if len(value) == 10 else f"{value}-01")
    except ValueError:
        return None
