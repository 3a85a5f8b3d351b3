"""A date of which a part may be unknown, as passports and lists give them (ICAO 9303-3 4.8, ISO 8601-1 4.3)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from elchi.errors import InvalidInput

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, a year and month, or a full day; `str()` gives ISO 8601: `1961`, `1961-04` or `1961-04-09`."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        rule = None
        if not 1000 <= self.year <= 9999:
            rule = "year_range"
        elif self.day is not None and self.month is None:
            rule = "day_without_month"
        elif self.month is not None and not 1 <= self.month <= 12:
            rule = "month_range"
        elif self.month is not None and self.day is not None:
            try:
                dt.date(self.year, self.month, self.day)
            except ValueError:
                rule = "no_such_day"
        if rule:
            raise InvalidInput("date_invalid", field="date", rule=rule)

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    @classmethod
    def parse(cls, text: str, *, field: str = "date") -> PartialDate:
        """Read ISO 8601 of any precision: YYYY, YYYY-MM or YYYY-MM-DD.

        Raises:
            InvalidInput: `date_invalid` with `field` and `rule`.
        """
        found = _ISO.fullmatch(text.strip())
        if not found:
            raise InvalidInput("date_invalid", field=field, rule="iso_8601")
        year, month, day = (int(part) if part else None for part in found.groups())
        try:
            return cls(year or 0, month, day)
        except InvalidInput as error:
            raise InvalidInput("date_invalid", field=field, rule=error.params["rule"]) from None
