"""What is known of a subject beside its name and marks, weighed one by one against what an entry says.

Each circumstance that agrees lifts the score and each that differs lowers it (`evidence` says how), by the figures
here, in hundredths. What one of the two does not say, or says in words not known here, is no circumstance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from elchi.errors import InvalidInput
from elchi.lists import Entry
from elchi.names import compare
from elchi.screening.finding import Reason, Weighs
from elchi.screening.keys import country_of
from elchi.subjects import Organisation, PartialDate, Person, Sex, Subject

LIFTS: Final[Mapping[str, int]] = {
    "birth_date_same": 95,
    "birth_date_swapped": 85,
    "birth_date_near": 50,
    "birth_date_year": 25,
    "birth_date_placeholder": 25,
    "birth_place_same": 25,
    "nationality_same": 10,
    "sex_same": 3,
}
PENALTIES: Final[Mapping[str, int]] = {
    "sex_differs": 30,
    "nationality_differs": 15,
}
YEARS_APART: Final = ((0, 20, 10), (1, 25, 10), (2, 30, 25), (3, 45, 45), (10, 55, 55), (20, 65, 65))
"""Penalty of birth_date_differs: years apart at least, where both give a day, where one gives only a year."""

# Whose papers a citizen of a state that is no more may have today.
_SUCCESSORS: Final[Mapping[str, frozenset[str]]] = {
    "su": frozenset(("am", "az", "by", "ee", "ge", "kg", "kz", "lt", "lv", "md", "ru", "tj", "tm", "ua", "uz")),
    "yu": frozenset(("ba", "hr", "me", "mk", "rs", "si", "xk")),
    "an": frozenset(("aw", "bq", "cw", "nl", "sx")),
}
_PAPERS: Final = ("Passport", "Identification")
"""Schemata whose `country` is the state that issued them; that counts with their number."""
_SEXES: Final[Mapping[str, Sex]] = {"male": Sex.MALE, "female": Sex.FEMALE}
MAX_SHOWN: Final = 256
"""Characters of a listed text that a reason shows."""
_MAX_PLACES: Final = 8
_SAME_PLACE: Final = 0.7
_ALIKE: Final = 0.85


class Circumstance(NamedTuple):
    """What agrees or differs, and what it does to the score, in hundredths."""

    reason: Reason
    lift: int = 0
    penalty: int = 0


def circumstances(subject: Subject, entry: Entry) -> list[Circumstance]:
    """Give the circumstances that agree or differ: birth date, sex, nationality, place of birth."""
    pieces: list[Circumstance | None] = []
    if isinstance(subject, Person):
        pieces = [
            _weigh_birth_dates(subject.birth_date, entry.properties.get("birthDate", ())),
            _weigh_sex(subject.sex, entry.properties.get("gender", ())),
            _weigh_nationality(subject.nationality, entry),
            _weigh_birth_place(subject.birth_place, entry.properties.get("birthPlace", ())),
        ]
    elif isinstance(subject, Organisation):
        pieces = [_weigh_nationality(subject.country, entry)]
    return [piece for piece in pieces if piece is not None]


def _same(code: str, asked: str, listed: str) -> Circumstance:
    return Circumstance(Reason(code, {"asked": asked, "listed": listed[:MAX_SHOWN]}, Weighs.FOR), lift=LIFTS[code])


def differs(code: str, asked: str, listed: str, penalty: int) -> Circumstance:
    """Make a difference, as texts on both sides; without a penalty it is told and does not weigh."""
    weighs = Weighs.AGAINST if penalty else Weighs.NEUTRAL
    return Circumstance(Reason(code, {"asked": asked, "listed": listed[:MAX_SHOWN]}, weighs), penalty=penalty)


def _weigh_birth_dates(asked: PartialDate | None, listed: Sequence[str]) -> Circumstance | None:
    """Give what the listed dates say: the one that agrees best, because lists give several where they are not sure."""
    if asked is None:
        return None
    pieces = [_weigh_birth_date(asked, date, text) for text in listed if (date := _date(text))]
    return max(pieces, key=lambda piece: (piece.lift, -piece.penalty), default=None)


@lru_cache(maxsize=1 << 14)
def _date(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text[:10])
    except InvalidInput:
        return None


def _weigh_birth_date(asked: PartialDate, listed: PartialDate, text: str) -> Circumstance:
    years = abs(asked.year - listed.year)
    agreement = _agreement(asked, listed)
    if agreement:
        return _same(f"birth_date_{agreement}", str(asked), text)
    full = asked.day is not None and listed.day is not None and not (_is_placeholder(asked) or _is_placeholder(listed))
    row = next(row for row in reversed(YEARS_APART) if years >= row[0])
    return differs("birth_date_differs", str(asked), text, row[1 if full else 2])


def _agreement(asked: PartialDate, listed: PartialDate) -> str:
    """Name how two dates agree; empty when they differ.

    1 January stands for a day that nobody knew so often that it says no more than its year, on both sides too.
    """
    if asked.year == listed.year and (_is_placeholder(asked) or _is_placeholder(listed)):
        return "placeholder"
    if asked.day is None or listed.day is None:
        months_differ = asked.month is not None and listed.month is not None and asked.month != listed.month
        return "year" if asked.year == listed.year and not months_differ else ""
    if _is_placeholder(asked) or _is_placeholder(listed):
        return ""
    if asked == listed:
        return "same"
    if (asked.year, asked.month, asked.day) == (listed.year, listed.day, listed.month):
        return "swapped"
    differing = (asked.year != listed.year) + (asked.month != listed.month) + (asked.day != listed.day)
    return "near" if differing == 1 and abs(asked.year - listed.year) <= 1 else ""


def _is_placeholder(date: PartialDate) -> bool:
    return date.month == 1 and date.day == 1


def _weigh_sex(asked: Sex | None, listed: Sequence[str]) -> Circumstance | None:
    known = [text for text in listed if text in _SEXES]
    if asked in (None, Sex.UNSPECIFIED) or not known:
        return None
    same = next((text for text in known if _SEXES[text] is asked), "")
    if same:
        return _same("sex_same", str(asked), same)
    return differs("sex_differs", str(asked), known[0], PENALTIES["sex_differs"])


def _weigh_nationality(text: str, entry: Entry) -> Circumstance | None:
    """Weigh the subject's state against the entry's.

    Nationality, citizenship and jurisdiction count both ways. A state that the list merely connects with the entry
    (`country`), or that it was born in, counts for it or excuses; nor does a state against its predecessor, or
    anything against words that name no state known here.
    """
    asked = country_of(text)
    if not asked:
        return None
    own = _states(entry, "nationality", "citizenship", "jurisdiction")
    linked = {} if entry.schema in _PAPERS else _states(entry, "country")
    same = (own | linked).get(asked)
    if same:
        return _same("nationality_same", text, same)
    excused = "" in own or asked in _states(entry, "birthCountry")
    if not own or excused or any(_succeed(asked, state) for state in own):
        return None
    return differs("nationality_differs", text, ", ".join(own.values()), PENALTIES["nationality_differs"])


def _states(entry: Entry, *names: str) -> dict[str, str]:
    """Give the states of some properties and each as written; "" for words that name none."""
    return {country_of(text): text for name in names for text in entry.properties.get(name, ())}


def _succeed(one: str, other: str) -> bool:
    return one in _SUCCESSORS.get(other, ()) or other in _SUCCESSORS.get(one, ())


def _weigh_birth_place(asked: str, listed: Sequence[str]) -> Circumstance | None:
    asked_parts = _places(asked)
    said = [text for text in listed[:_MAX_PLACES] if _places(text)]
    if not (asked_parts and said):
        return None
    for text in said:
        if any(_is_same_place(one, other) for one in asked_parts for other in _places(text)):
            return _same("birth_place_same", asked, text)
    return differs("birth_place_differs", asked, said[0], 0)


def _places(text: str) -> list[str]:
    """Split a place into its parts, without the state: that says no more than the nationality."""
    parts = (part.strip() for part in re.split(r"[,;/()]", text[:MAX_SHOWN]))
    return [part for part in parts if part and not country_of(part)][:_MAX_PLACES]


def _is_same_place(asked: str, listed: str) -> bool:
    """Tell whether two places sound the same, or one is contained in the other (Osh, Osh region)."""
    comparison = compare(asked, listed)
    if comparison.score >= _SAME_PLACE:
        return True
    met = [reason for reason in comparison.reasons if reason.rule is not None]
    unmet = [reason for reason in comparison.reasons if reason.rule is None]
    one_sided = not (any(reason.asked for reason in unmet) and any(reason.listed for reason in unmet))
    return bool(met) and one_sided and all(reason.similarity >= _ALIKE for reason in met)
