"""The name field of a machine-readable zone, by ICAO Doc 9303: part 3, 4.6, and part 4, 4.2.3 (truncation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from elchi.errors import InvalidInput
from elchi.names.transliteration import transliterate

NAME_WIDTHS: Final = {30: "TD1", 31: "TD2, MRV-B", 39: "TD3, MRV-A"}
"""Characters of the name field, and the documents that have it."""


@dataclass(frozen=True, slots=True)
class MrzName:
    """A name field: `text` fills its width with A to Z and `<`; `truncated` says that letters were left out.

    A reader of a document cannot see that flag: to him every field that ends in a letter may have been truncated.
    """

    text: str
    truncated: bool


def mrz_name(family: str, given: str, width: int, *, system: str = "icao") -> MrzName:
    """Write a name into the field of a machine-readable zone.

    Family names first, then two fillers and the given names. What does not fit is cut in one of the ways that the
    standard leaves to states: given names at the right edge, so that the field ends in a letter if it can; where the
    family names leave no room, they keep their first component, share the rest evenly, and the first given name stays.

    Args:
        family: primary identifier; where it is empty the given names take its place.
        given: secondary identifier, may be empty.
        width: 30 (TD1), 31 (TD2, MRV-B) or 39 (TD3, MRV-A) characters.
        system: one of the `icao` systems of elchi.names.transliteration.

    Raises:
        InvalidInput: `mrz_width_unknown`, `name_empty`, and what transliterate() raises.
    """
    if width not in NAME_WIDTHS:
        raise InvalidInput("mrz_width_unknown", field="width", rule="width_30_31_or_39", width=width)
    if not system.startswith("icao"):
        raise InvalidInput("transliteration_system_unknown", field="system", rule="icao_system", system=system)
    primary = _components(family, system)
    secondary = _components(given, system)
    if not primary:
        primary, secondary = secondary, []
    if not primary:
        raise InvalidInput("name_empty", field="family", rule="letters_of_the_mrz")
    whole = _joined(primary, secondary)
    if len(whole) <= width:
        return MrzName(whole.ljust(width, "<"), truncated=False)
    return MrzName(_truncated(primary, secondary, width).ljust(width, "<"), truncated=True)


def _components(name: str, system: str) -> list[str]:
    written = transliterate(name, system)
    return written.split("<") if written else []


def _joined(primary: list[str], secondary: list[str]) -> str:
    return "<<".join("<".join(part) for part in (primary, secondary) if part)


def _truncated(primary: list[str], secondary: list[str], width: int) -> str:
    if secondary:
        if len(_joined(primary, ["X"])) > width:
            kept = min(len(secondary[0]), width // 4)
            primary = _shared(primary, width - len("<<") - kept)
        return _cut(primary, secondary, width)
    return _cut([], primary, width)


def _shared(components: list[str], room: int) -> list[str]:
    """Shorten components evenly until they fit: the first stays whole where each other can keep a letter."""
    components = components[: (room + 1) // 2]
    letters = room - (len(components) - 1)
    first = min(len(components[0]), letters - (len(components) - 1))
    sizes = [first] + [1] * (len(components) - 1)
    spare = letters - sum(sizes)
    while spare > 0:
        growing = [at for at, size in enumerate(sizes) if size < len(components[at])]
        if not growing:
            break
        for at in growing[:spare]:
            sizes[at] += 1
        spare -= len(growing)
    return [component[:size] for component, size in zip(components, sizes, strict=True)]


def _cut(fixed: list[str], components: list[str], width: int) -> str:
    """Cut at the right edge; where a filler would stand there, the longest component gives a letter for the next."""
    text = _joined(fixed, components)[:width]
    if text[-1] != "<":
        return text
    seen = len(text.rstrip("<").split("<<")[-1].split("<"))
    longest = max(range(seen), key=lambda at: len(components[at]))
    if len(components[longest]) == 1:
        return text
    shorter = [name[:-1] if at == longest else name for at, name in enumerate(components)]
    return _joined(fixed, shorter)[:width]
