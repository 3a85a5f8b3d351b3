"""Names from one alphabet into another by published systems, both ways as far as each goes.

A system is a table of `tables/transliteration/` listed in `systems.tsv`. A row says: `source` becomes `target` in this
`context`; `back` says when the row may be read backwards. The first row whose context holds wins, the longest source
first. Contexts: `initial`, `final`, `after LETTERS`, `before LETTERS`, `between LETTERS`, joined by spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from elchi.errors import InvalidInput
from elchi.names._tables import read_table
from elchi.names.scripts import script_of

MAX_TEXT: Final = 10_000
"""Characters that one call takes."""

APOSTROPHES: Final = frozenset("'’‘ʼʻ`´ʹʺ")
_SEPARATORS: Final = frozenset("-‐‑‒–—,،،;<")
_DOUBLE: Final = "[DOUBLE]"  # 9303-3 6.C note 3


@dataclass(frozen=True, slots=True)
class _Context:
    initial: bool = False
    final: bool = False
    after: str = ""
    before: str = ""

    def holds(self, previous: str, following: str) -> bool:
        """Say whether it holds between two letters of a word; an empty one is the word's edge."""
        return not (
            (self.initial and previous)
            or (self.final and following)
            or (self.after and not (previous and previous in self.after))
            or (self.before and not (following and following in self.before))
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    source: str
    target: str
    context: _Context
    back: _Context


@dataclass(frozen=True, slots=True)
class _System:
    output: str
    forward: dict[str, tuple[_Rule, ...]]
    backward: dict[str, tuple[_Rule, ...]]
    longest_source: int
    longest_target: int


def systems() -> tuple[str, ...]:
    """Name every system, in the order of `systems.tsv`."""
    return tuple(_listed())


def transliterate(text: str, system: str) -> str:
    """Write a text in the system's target alphabet.

    Letters that the system does not know are kept; under the `icao` systems the result is A to Z and `<` only: blanks,
    hyphens and commas become one filler, apostrophes and other marks are left out, a letter of no table loses its
    marks or, failing that, is left out (9303-3, 4.6). Time grows with the length of the text.

    Args:
        text: at most MAX_TEXT characters.
        system: one of systems().

    Raises:
        InvalidInput: `text_too_long`, `transliteration_system_unknown`.
    """
    table = _checked(text, system)
    if table.output == "mrz":
        return _fillers_for(_forward(unicodedata.normalize("NFKC", text), table))
    return unicodedata.normalize("NFC", _forward(unicodedata.normalize("NFC", text), table))


def back_transliterate(text: str, system: str) -> str:
    """Read a text of the system's target alphabet back into its source alphabet, as far as the table tells.

    Where several letters share one spelling the likelier stands first in the table; `docs/names.md` says which systems
    come back whole. Fillers `<` become blanks.

    Args:
        text: at most MAX_TEXT characters.
        system: one of systems().

    Raises:
        InvalidInput: `text_too_long`, `transliteration_system_unknown`.
    """
    table = _checked(text, system)
    if table.output == "mrz":
        text = " ".join(text.replace("<", " ").split())
    return unicodedata.normalize("NFC", _backward(unicodedata.normalize("NFD", text), table))


def _checked(text: str, system: str) -> _System:
    if len(text) > MAX_TEXT:
        raise InvalidInput("text_too_long", field="text", position=MAX_TEXT, rule="at_most_10000_characters")
    if system not in _listed():
        raise InvalidInput("transliteration_system_unknown", field="system", rule="listed_system", system=system)
    return _load(system)


# --- tables ----------------------------------------------------------------------------------------------------------


def _context_of(words: str) -> _Context:
    """Read a context cell: `final after аеи` and so on; `between аеи` is `after аеи before аеи`."""
    parts = iter(words.split())
    found: dict[str, bool | str] = {}
    for part in parts:
        if part in {"initial", "final"}:
            found[part] = True
        elif part == "between":
            found["after"] = found["before"] = next(parts)
        else:
            found[part] = next(parts)
    return _Context(**found)  # type: ignore[arg-type]  # the tables are ours and tested


def _rows_of(system: str) -> Iterator[dict[str, str]]:
    yield from read_table(f"transliteration/{system}")
    for base in _listed()[system]["bases"].split():
        yield from _rows_of(base)


@cache
def _listed() -> dict[str, dict[str, str]]:
    return {row["system"]: row for row in read_table("transliteration/systems")}


@cache
def _load(system: str) -> _System:
    listed = _listed()[system]
    forward: dict[str, list[_Rule]] = {}
    backward: dict[str, list[_Rule]] = {}
    for row in _rows_of(system):
        one_way = row["back"] == "no"
        source = "".join(map(_lower, row["source"]))
        rule = _Rule(
            source, row["target"].lower(), _context_of(row["context"]), _context_of("" if one_way else row["back"])
        )
        if row["target"] == _DOUBLE:
            rule = replace(rule, target=_DOUBLE)
        forward.setdefault(source, []).append(rule)
        if rule.target and not one_way and script_of(source) in {listed["script"], "Othr"}:
            backward.setdefault(unicodedata.normalize("NFD", rule.target), []).append(rule)
    return _System(
        output=listed["output"],
        forward={source: tuple(rules) for source, rules in forward.items()},
        backward={target: tuple(rules) for target, rules in backward.items()},
        longest_source=max(map(len, forward)),
        longest_target=max(map(len, backward), default=1),
    )


def _lower(letter: str) -> str:
    """Lower one letter to one letter: `İ` stays, since its small form takes two code points."""
    low = letter.lower()
    return low if len(low) == 1 else letter


# --- writing and reading ---------------------------------------------------------------------------------------------


def _letter_before(character: str, previous: str) -> str:
    """Give the letter that the next one follows: this one, or across an accent or apostrophe the one before."""
    if character in APOSTROPHES or unicodedata.combining(character):
        return previous
    return character if character.isalpha() else ""


def _next_letters(text: str) -> list[str]:
    """Give for each place the first letter from there on in the same word, or nothing; one place more than the text."""
    letters = [""]
    for character in reversed(text):
        letters.append(_letter_before(character, letters[-1]))
    return letters[::-1]


def _forward(text: str, table: _System) -> str:
    low = "".join(map(_lower, text))
    following = _next_letters(text)
    written: list[str] = []
    previous = ""
    place = 0
    while place < len(text):
        rule = _rule_at(low, place, previous.lower(), following, table)
        if rule is None:
            character = text[place]
            written.append(character)
            previous = _letter_before(character, previous)
            place += 1
            continue
        chunk = text[place : place + len(rule.source)]
        place += len(chunk)
        if rule.target == _DOUBLE:
            written.append(written[-1] if written and previous else "")
            continue
        written.append(_cased(rule.target, chunk, previous, following[place], turkic=table.output == "turkic"))
        previous = _letter_before(chunk[-1], previous)
    return "".join(written)


def _rule_at(low: str, place: int, previous: str, following: list[str], table: _System) -> _Rule | None:
    for size in range(min(table.longest_source, len(low) - place), 0, -1):
        after = following[place + size].lower()
        for rule in table.forward.get(low[place : place + size], ()):
            if rule.context.holds(previous, after):
                return rule
    return None


def _cased(target: str, chunk: str, previous: str, following: str, *, turkic: bool) -> str:
    """Give a target the case of what it stands for: `Щ` is `Shch` in `Щукин` and `SHCH` in `ЩУКИН` and `БОРЩ`."""
    if not chunk[0].isupper():
        return target
    all_upper = len(chunk) > 1 and chunk[1].isupper()
    if len(chunk) == 1:
        all_upper = following.isupper() if following else previous.isupper()
    large = target.replace("i", "İ") if turkic else target
    return large.upper() if all_upper else large[:1].upper() + target[1:]


def _fillers_for(text: str) -> str:
    """Reduce a text to the name characters of a machine-readable zone (9303-3, 4.3 and 4.6)."""
    out: list[str] = []
    for character in text.upper():
        if "A" <= character <= "Z":
            out.append(character)
        elif character.isspace() or character in _SEPARATORS:
            if out and out[-1] != "<":
                out.append("<")
        else:
            out.extend(bare for bare in unicodedata.normalize("NFKD", character) if "A" <= bare <= "Z")
    return "".join(out).rstrip("<")


def _backward(text: str, table: _System) -> str:
    low, upper = _lowered_parts(text, turkic=table.output == "turkic")
    following = _next_letters(low)
    read: list[str] = []
    previous = ""
    capitals = 0  # how many capitals in a row stand before this place: tells КОНЬ from Нь
    place = 0
    while place < len(low):
        rule, size = _reading_at(low, place, previous, following, table)
        if rule is None:
            character = low[place].upper() if upper[place] else low[place]
            previous = _letter_before(character, previous)
        else:
            cases = [upper[at] for at in range(place, place + size) if low[at] != low[at].upper()]
            after = place + size
            next_upper = bool(following[after]) and any(upper[after : after + 2])
            large = cases[0] if cases else capitals > 1 or (capitals == 1 and next_upper)
            whole = large and (all(cases) if len(cases) > 1 else capitals > 0 or next_upper)
            character = _sized(rule.source, large=large, whole=whole)
            previous = rule.source[-1]
        read.append(character)
        capitals = capitals + 1 if character[-1:].isupper() else 0
        place += size
    return "".join(read)


def _sized(source: str, *, large: bool, whole: bool) -> str:
    if not large:
        return source
    return source.upper() if whole else source[:1].upper() + source[1:]


def _lowered_parts(text: str, *, turkic: bool) -> tuple[str, list[bool]]:
    """Lower and decompose a text; beside each code point whether it was a capital."""
    low: list[str] = []
    upper: list[bool] = []
    special = {"İ": "i", "I": "ı"} if turkic else {"İ": "i"}
    for character in unicodedata.normalize("NFC", text):
        small = special.get(character, _lower(character))
        for part in unicodedata.normalize("NFD", small):
            low.append(part)
            upper.append(small != character)
    return "".join(low), upper


def _reading_at(low: str, place: int, previous: str, following: list[str], table: _System) -> tuple[_Rule | None, int]:
    for size in range(min(table.longest_target, len(low) - place), 0, -1):
        if unicodedata.combining(low[place + size : place + size + 1] or "x"):
            continue  # an accent that the row does not read makes it another letter
        after = following[place + size]
        rules = [rule for rule in table.backward.get(low[place : place + size], ()) if rule.back.holds(previous, after)]
        for rule in rules:
            if _would_write(rule, previous, after, table):
                return rule, size
        if rules:
            return rules[0], size
    return None, 1


def _would_write(rule: _Rule, previous: str, after: str, table: _System) -> bool:
    """Say whether the rule's source, written at this place, gives its target; what follows is not read yet."""
    for other in table.forward[rule.source]:
        if other.context.before:
            if other is rule:
                return True
        elif other.context.holds(previous, after):
            return other.target == rule.target
    return False
