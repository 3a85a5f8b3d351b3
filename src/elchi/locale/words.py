"""Codes with parameters to sentences, from the gettext catalogues beside this file, one for each part of the work.

A language need not have all of them (docs/words.md): what it lacks is said in a language that its officers read too.

A message id is a stable key (`reason.birth_date_same`), a message a text with named parameters. A parameter may say
what it is: `{asked:date}`, `{listed:code}`, `{similarity:percent}`, or the vocabulary that its value is a word of:
`{kind:field}` is the message `field.plate` for the kind `plate`. Nothing here raises: what has no words is shown as the
code that it is.
"""

from __future__ import annotations

import gettext
import re
import string
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

_HERE: Final = files(__package__)
LANGUAGES: Final[tuple[str, ...]] = tuple(
    sorted(folder.name for folder in _HERE.iterdir() if (folder / "LC_MESSAGES").is_dir())
)
"""ISO 639-1 codes of the languages that have words."""

_INSTEAD: Final = {"be": "ru", "kk": "ru", "ky": "ru", "tg": "ru", "tk": "ru", "uk": "ru", "uz": "ru"}
"""What officers who ask for a language without words read sooner than English."""
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?", re.ASCII | re.DOTALL)
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, and marks that turn the direction of what follows: a list or a manifest must not write on the screen."""
_GROUPED_FROM: Final = 10_000
_NO_VALUE: Final = "…"


def best_language(preferred: Sequence[str]) -> str:
    """Give the first language wanted that has words; failing that, one that is read instead; failing that, English.

    Args:
        preferred: language tags or locale names, most wanted first: `ru`, `ru-RU`, `ru_RU.UTF-8`.
    """
    wanted = [re.split(r"[-_.@]", tag.strip().lower(), maxsplit=1)[0] for tag in preferred]
    for code in (*wanted, *(_INSTEAD.get(code, "") for code in wanted)):
        if code in LANGUAGES:
            return code
    return "en"


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Take the language, or what `best_language` gives for it."""
        self.language = best_language([language])
        self._catalogue = _catalogue(self.language)
        self._formatter = _Formatter(self)

    def reason(self, code: str, params: Mapping[str, Any]) -> str:
        """Give the sentence of a reason of a finding (`elchi.screening`)."""
        return self._say(f"reason.{code}", params) or code

    def error(self, code: str, params: Mapping[str, Any]) -> str:
        """Give the sentence of an error: what is wrong, the rule that was broken, and where."""
        told = [self._say(f"error.{code}", params) or code]
        if rule := self._say(f"rule.{params.get('rule')}", {}):
            told.append(rule)
        place = ", ".join(self._place(params))
        return ": ".join(told) + (f" ({place})" if place else "")

    def band(self, name: str) -> str:
        """Give the word of a verdict or band."""
        return self._say(f"band.{name}", {}) or name

    def text(self, key: str, **params: Any) -> str:
        """Give any other message; where it has plural forms, `count` chooses among them."""
        return self._say(key, params) or key

    def number(self, value: float, digits: int | None = None) -> str:
        """Write a number as the language does, with so many decimals; groups of thousands from 10,000."""
        grouped = abs(value) >= _GROUPED_FROM
        text = f"{value:{',' if grouped else ''}{f'.{digits}f' if digits is not None else ''}}"
        marks = {",": self.text("format.thousands"), ".": self.text("format.decimal")}
        return "".join(marks.get(character, character) for character in text)

    def date(self, iso: str) -> str:
        """Write an ISO 8601 date of any precision as the language does; the time of day is left out."""
        found = _DATE.fullmatch(iso)
        if not found:
            return iso
        year, month, day = found.groups()
        months = self.text("format.months").split()
        if month is None or not 1 <= int(month) <= len(months):
            return year if month is None else iso
        params = {"year": year, "month": months[int(month) - 1], "day": int(day or 0)}
        return self.text("format.date" if day else "format.year_month", **params)

    def _place(self, params: Mapping[str, Any]) -> list[str]:
        shown = dict(params)
        if isinstance(position := params.get("position"), int):
            shown["character"] = position + 1
        if "maximum" in params:
            shown["limit"] = params["maximum"]
        names = ("field", "line", "segment", "character", "length", "limit", "allowed", "columns")
        return [self._say(f"place.{name}", shown) or "" for name in names if shown.get(name) is not None]

    def _say(self, key: str, params: Mapping[str, Any]) -> str | None:
        message, count = key, params.get("count")
        if isinstance(count, int):
            message = self._catalogue.ngettext(key, key, count)
        if message == key:
            message = self._catalogue.gettext(key)
        shown = defaultdict(lambda: _NO_VALUE, params)
        return None if message == key else self._formatter.vformat(message, (), shown)


class _Formatter(string.Formatter):
    """Puts parameters into a message."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(value, format_spec)
        if value is None:
            return _NO_VALUE
        if isinstance(value, list | tuple | set | frozenset):
            return ", ".join(self.format_field(part, format_spec) for part in value)
        text = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(value))
        if format_spec == "date":
            return self._words.date(text)
        if format_spec == "code":
            return text.upper()
        return self._words.text(f"{format_spec}.{text}") if self._has(format_spec, text) else text

    def _number(self, value: float, format_spec: str) -> str:
        if format_spec == "percent":
            return self._words.text("format.percent", number=self._words.number(100 * value, 0))
        if format_spec.isdecimal():  # `{day:02}` in the form of a date
            return format(value, format_spec)
        digits = int(format_spec[1]) if re.fullmatch(r"\.\df", format_spec) else None
        return self._words.number(value, digits)

    def _has(self, vocabulary: str, word: str) -> bool:
        key = f"{vocabulary}.{word}"
        return bool(vocabulary) and self._words.text(key) != key


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Give all catalogues of a language as one, and after them those of the language read instead."""
    found = gettext.NullTranslations()
    for code in dict.fromkeys((language, _INSTEAD.get(language, "en"), "en")):
        for path in sorted((_HERE / code / "LC_MESSAGES").iterdir(), key=lambda path: path.name):
            if path.name.endswith(".mo"):
                with path.open("rb") as file:
                    found.add_fallback(gettext.GNUTranslations(file))
    return found
