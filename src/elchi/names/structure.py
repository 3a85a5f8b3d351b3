"""What each word of a name is: family, given, patronymic, particle, title ... by tables one can read aloud.

Evidence counts in this order: the fields given, `FAMILY, Given`, a family name in capitals among small letters, words
of `tables/structure`, given names of `tables/given_names.tsv`, and last what is left when all else is known. A word
that none of these decides stays `unknown`: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from elchi.errors import InvalidInput
from elchi.names._name_words import NameWord, SuffixRow, folded, particle_kind, suffix_of, words_of
from elchi.names.given_names import GivenName, given_name
from elchi.names.scripts import script_of

MAX_NAME: Final = 1000
"""Longest name read, characters."""

ROLES: Final = (
    "family",
    "given",
    "patronymic",
    "particle",
    "title",
    "generation",
    "initial",
    "former",
    "alias",
    "unknown",
)
"""`former` is the name before marriage, `alias` what follows an a.k.a.; both include the word that says so."""

_ENDINGS_LOST: Final = {
    "Latn": ("", "y", "i", "iy", "ei", "a", "o", "ya", "ia"),
    "Cyrl": ("", "й", "ий", "ей", "а", "о", "я", "ы", "ё"),
}
"""What a given name loses before a patronymic suffix."""
_ENDINGS_AFTER_SOFT: Final = ("ий", "ья", "ей", "")
"""What it loses where the patronymic has ь: Юрий, Юрьевич; Илья, Ильич."""
_SIGNS: Final = {
    "son": "patronymic",
    "daughter": "patronymic",
    "house": "family",
    "article": "article",
    "servant": "given",
}
_FAMILY: Final = {"family", "weak_family", "nisba"}
_FAITH: Final = {"din", "deen", "dine", "dini", "дин"}
_ALWAYS_PARTICLES: Final = {"al", "el", "ul", "ud", "ur", "de", "del", "van", "von", "аль", "эль", "уль"}


@dataclass(frozen=True, slots=True)
class NameToken:
    """One word of a name.

    Args:
        text: as written; a hyphen before or after is left out where it joins a particle or an ending.
        role: one of ROLES.
        stem: of a patronymic the father's name, of a family or given name what stands before its suffix; else empty.
        suffix: the suffix as written, or empty.
    """

    text: str
    role: str
    stem: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class NameParts:
    """The words of a name in order, and the sex that they agree on: `M`, `F` or nothing."""

    tokens: tuple[NameToken, ...]
    sex: str = ""

    def words(self, role: str) -> tuple[str, ...]:
        """Give the words of one role, in order."""
        return tuple(token.text for token in self.tokens if token.role == role)


@dataclass(slots=True, eq=False)
class _Unit:
    """Words that are one name together: Abd al-Rahman, Jalal ud-Din, van der Berg, Abish uly."""

    words: list[NameWord] = field(default_factory=list)  # all, in order
    core: list[NameWord] = field(default_factory=list)  # those that are no particles
    sign: str = ""  # what its words say: given, patronymic, family, weak_family ...
    role: str = ""
    known: GivenName | None = None
    suffix: SuffixRow | None = None


def parse_name(text: str, *, family: str | None = None, given: str | None = None) -> NameParts:
    """Say what each word of a name is.

    Args:
        text: the whole name in any order; may be empty where the fields are given.
        family: the family name where it is known apart; its words in `text` are family names, the others are not.
        given: the same of given names and patronymics. Without `family` all other words are family names.

    Returns:
        The words in order with their roles. A name without letters gives no words.

    Raises:
        InvalidInput: `name_too_long` over MAX_NAME characters.
    """
    for name, value in (("text", text), ("family", family or ""), ("given", given or "")):
        if len(value) > MAX_NAME:
            raise InvalidInput("name_too_long", field=name, position=MAX_NAME, rule="at_most_1000_characters")
    words = _words_with_sides(text, family or "", given or "")
    units = _units_of([word for word in words if not word.role])
    for unit in units:
        _read_signs(unit)
    _settle_sides(units)
    if units and not any(unit.role for unit in units):
        _settle_by_signs(units)
    for unit in units:
        for word in unit.words:
            word.role = (unit.role or "unknown") if word in unit.core else "particle"
    return NameParts(tuple(_token(word, units) for word in words), _sex(units))


def _words_with_sides(text: str, family: str, given: str) -> list[NameWord]:
    """Split a name into words, and note for each what a field, a comma or capitals say of it."""
    if not text.strip():
        first, last = words_of(given), words_of(family)
        _put_on("given", first)
        _put_on("family", last)
        return last + first
    words = words_of(text)
    if family.strip() or given.strip():
        families = {folded(word.text) for word in words_of(family)}
        firsts = {folded(word.text) for word in words_of(given)}
        for word in words:
            known = folded(word.text) in families if families else folded(word.text) not in firsts
            _put_on("family" if known else "given", [word])
    elif not any(word.side for word in words):
        _read_capitals([word for word in words if not word.role])
    return words


def _put_on(side: str, words: list[NameWord]) -> None:
    for word in words:
        word.side = side


def _read_capitals(names: list[NameWord]) -> None:
    """Take words in capitals among words with small letters for the family name."""
    capitals = [word for word in names if len(word.text) > 1 and word.text.isupper()]
    small = [word for word in names if any(map(str.islower, word.text)) and not particle_kind(word.text)]
    if capitals and small:
        _put_on("given", names)
        _put_on("family", capitals)


# --- units -----------------------------------------------------------------------------------------------------------


def _units_of(words: list[NameWord]) -> list[_Unit]:
    units: list[_Unit] = []
    waiting = _Unit()
    for at, word in enumerate(words):
        kind = _kind(word, after_particle=bool(waiting.words)) if at < len(words) - 1 else ""
        previous = units[-1] if units and not waiting.words else None
        row = suffix_of(word.text, alone=True)
        if row and previous and previous.core[-1].side == word.side:
            previous.words.append(word)
            previous.core.append(word)
            previous.sign, previous.suffix = row.role, row
            continue
        if previous and kind in {"link", "article"} and (kind == "link" or folded(words[at + 1].text) in _FAITH):
            waiting = units.pop()
            waiting.sign = "given"
        elif kind:
            waiting.sign = waiting.sign or _SIGNS.get(kind, "")
        waiting.words.append(word)
        if not kind or kind in {"servant", "parent"}:
            waiting.core.append(word)
        if not kind:
            units.append(waiting)
            waiting = _Unit()
    return units


def _kind(word: NameWord, *, after_particle: bool) -> str:
    """Tell what kind of particle a word is here: short ones only where they are joined, small or after another."""
    kind = particle_kind(word.text)
    sure = word.joined or after_particle or word.text.islower() or folded(word.text) in _ALWAYS_PARTICLES
    return kind if sure or kind in {"son", "daughter", "servant", "parent"} else ""


def _read_signs(unit: _Unit) -> None:
    whole = "".join(word.text for word in unit.words)
    unit.known = given_name("".join(word.text for word in unit.core)) or given_name(whole)
    if not unit.sign and _without_article(whole):
        unit.sign = "article"
    own = unit.suffix or suffix_of(unit.core[-1].text)
    unit.suffix = own if own and (own.stem != "given" or _father(own.stem_in(unit.core[-1].text))) else None
    if unit.sign == "article":
        unit.sign = "" if unit.known else "family"
    elif not unit.sign and unit.known:
        unit.sign = "given"
    elif not unit.sign and unit.suffix:
        unit.sign = "weak_given" if unit.suffix.role == "given" else unit.suffix.role


# --- roles -----------------------------------------------------------------------------------------------------------


def _settle_sides(units: list[_Unit]) -> None:
    """Give the roles that fields, a comma or capitals tell."""
    if not any(word.side for unit in units for word in unit.core):
        return
    after_given = False
    for unit in units:
        side = unit.core[-1].side
        if side == "family":
            unit.role = "family"
        elif side == "given":
            fathers = {"patronymic", "patronymic_or_family"} | ({"family_or_patronymic"} if after_given else set())
            unit.role = "patronymic" if unit.sign in fathers and (after_given or unit.sign == "patronymic") else "given"
            after_given = True


def _settle_by_signs(units: list[_Unit]) -> None:
    for unit in units:
        if unit.sign in {"given", "patronymic"}:
            unit.role = unit.sign
    _settle_families(units)
    for sign in ("family_or_patronymic", "patronymic_or_family"):
        doubtful = [unit for unit in units if unit.sign == sign and not unit.role]
        for unit in doubtful:
            unit.role = _role_of_doubtful(unit, units)
    _settle_weak(units)
    _settle_last(units)


def _settle_families(units: list[_Unit]) -> None:
    """Take a family name's suffix or particle at its word at an end of the name, where no other end contends."""
    ends = [unit for unit in (units[:1] + units[1:][-1:]) if unit.sign == "family"]
    if len(ends) == 1 or len(ends) == len(units):
        for unit in ends:
            unit.role = "family"


def _role_of_doubtful(unit: _Unit, units: list[_Unit]) -> str:
    """Decide -ovich and -zoda, family name or patronymic, by what stands around it."""
    at = units.index(unit)
    others = [other for other in units if other is not unit]
    after_given = at > 0 and units[at - 1].role in {"given", ""}
    has_family = any(other.role == "family" for other in others)
    has_father = any(other.role == "patronymic" for other in others)
    if has_family:
        return "patronymic" if after_given and not has_father else ""
    if has_father or unit.sign == "family_or_patronymic":
        return "family" if unit in (units[0], units[-1]) else ""
    # Ivan Petrovich: father or family, nobody can tell. Ivan Petrovich Kim, Ivan Petrovich Petrovich: one can.
    open_after = any(not other.role for other in units[at + 1 :])
    open_before = at == 2 and not units[0].role
    return "patronymic" if after_given and (open_after or open_before) else ""


def _settle_weak(units: list[_Unit]) -> None:
    """Take -in, -yan at an end, and -i at the last place, for the family name of a name that has a given name."""
    weak = [units[0]] if units[0].sign == "weak_family" else []
    weak += [unit for unit in units[1:][-1:] if unit.sign in {"weak_family", "nisba"}]
    roles = {unit.role for unit in units}
    if len(weak) == 1 and "family" not in roles and "given" in roles and not weak[0].role:
        weak[0].role = "family"
    ended = [unit for unit in units if unit.sign == "weak_given" and not unit.role]
    roles = {unit.role for unit in units}
    if len(ended) == 1 and "given" not in roles and "family" in roles:
        ended[0].role = "given"


def _settle_last(units: list[_Unit]) -> None:
    """Give the one word left over the one part that is missing."""
    left = [unit for unit in units if not unit.role]
    roles = {unit.role for unit in units}
    if len(left) != 1:
        return
    if "family" in roles and "given" not in roles:
        left[0].role = "given"
    elif "patronymic" in roles and "given" in roles and "family" not in roles:
        left[0].role = "family"


# --- tokens ----------------------------------------------------------------------------------------------------------


def _without_article(word: str) -> str:
    """Take the Arabic article, which is written joined, off a word that has it; else nothing."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else ""


def _token(word: NameWord, units: list[_Unit]) -> NameToken:
    unit = next((unit for unit in units if word in unit.core), None)
    if unit is None or unit.role not in {"family", "given", "patronymic"}:
        return NameToken(word.text, word.role)
    row = unit.suffix
    if unit.role == "family" and _without_article(word.text):
        return NameToken(word.text, word.role, _without_article(word.text))
    if unit.role == "patronymic" and row is not None and row.alone and word is unit.core[-1]:
        return NameToken(word.text, word.role, "", word.text)
    if row is None or (unit.role == "given" and row.role != "given") or word is not unit.core[-1]:
        stem = _father(word.text) if unit.role == "patronymic" else ""
        return NameToken(word.text, word.role, stem)
    stem = row.stem_in(word.text)
    suffix = word.text[len(stem) :]
    if unit.role == "patronymic":
        stem = _father(stem) or stem
    return NameToken(word.text, word.role, stem.rstrip("-"), suffix)


def _father(stem: str) -> str:
    """Find the given name that a patronymic is made of: Serge -> Sergei, Ily -> Ilya; nothing where none is known."""
    for bare, endings in _bare_stems(stem):
        for ending in endings:
            known = given_name(bare + ending) if bare else None
            if known and known.sex != "F":
                return bare + ending
    return ""


def _bare_stems(stem: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    endings = _ENDINGS_LOST.get(script_of(stem), ("",))
    if stem.endswith("ь"):
        yield stem[:-1], _ENDINGS_AFTER_SOFT
    if stem.endswith(("e", "е")):  # Serge is a name, but Sergeevich comes of Sergei
        endings = (*endings[1:], "")
    yield stem, endings
    if stem.endswith("y"):
        yield stem[:-1], endings


def _sex(units: list[_Unit]) -> str:
    votes = set()
    for unit in units:
        if unit.role == "given" and unit.known and unit.known.sex != "U":
            votes.add(unit.known.sex)
        elif unit.suffix and unit.suffix.sex and (unit.role == "patronymic" or unit.suffix.role in _FAMILY):
            # -ovich tells the sex of a patronymic, not of a family name.
            votes.update([unit.suffix.sex] if unit.role in {"family", "patronymic"} else [])
    return votes.pop() if len(votes) == 1 else ""
