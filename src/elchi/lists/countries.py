"""Countries by the names that lists give them: ISO 3166-1 alpha-2 in lower case, as FollowTheMoney writes it."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

_WORD = re.compile(r"[^\W_]+")
_SHORT: Mapping[str, str] = {"the": "", "saint": "st"}


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """Give the code of a country, or None when the table does not know the text."""
    return _table().get(_key(text))


@cache
def _table() -> Mapping[str, str]:
    table: dict[str, str] = {}
    lines = (files(__package__) / "countries.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        for name in (row["code"], row["alpha3"], *row["names"].split("|")):
            table.setdefault(_key(name), row["code"])
    table.pop("", None)
    return table


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    words = _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
    return "".join(_SHORT.get(word, word) for word in words)
