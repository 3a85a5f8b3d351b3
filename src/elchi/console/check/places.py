"""Names of crossings, as officers of both sides call them."""

from __future__ import annotations

from typing import Any

from elchi.locale import Words


def crossing_name(words: Words, crossing: Any) -> str:
    """Give the name of a crossing, of both its sides; empty for none."""
    if crossing is None:
        return ""
    for language in (words.language, "ru" if words.language != "en" else ""):
        names = [name for name in crossing.names.get(language, ()) if name]
        if names:
            return " – ".join(names)
    return " – ".join(filter(None, (crossing.name_a, crossing.name_b)))
