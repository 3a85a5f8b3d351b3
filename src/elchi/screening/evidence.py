"""What each agreement and difference between a subject and an entry does to the score: tables, then one rule.

What identifies, a name and the marks that met, gives the start; circumstances (birth date, sex, nationality, place of
birth) move it. Each agreement lifts it, each difference lowers it, each by its own figure in hundredths:

    start     1 - (1 - name) x (1 - mark) for each mark
    for       s + s x (1 - s) x lift        what supports nothing supports little: no birth date makes a finding alone
    against   s x (1 - penalty)

So more for never lowers the score and more against never raises it. docs/evidence.md is these tables in words.

A mark that met is a fact about the thing in the traveller's hands: a listed passport under another name may be stolen
or lent. Beside a mark, differences therefore lower the score by little: a number of the same state stays STOP whatever
differs; one whose state the list does not say stays STOP while only the name or only the birth date differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from elchi.lists import Entry
from elchi.names import Comparison, compare
from elchi.screening.circumstances import LIFTS, MAX_SHOWN, circumstances, differs
from elchi.screening.finding import Reason, Weighs
from elchi.screening.keys import Key, KeyKind
from elchi.subjects import Organisation, Person, Subject

NAME: Final = 84
"""What two equal names give, hundredths: below the default threshold of STOP, which wants more than a name."""
WEAK_ALIAS: Final = 90
"""What a name that the list itself calls weak is worth of that."""
NAME_DIFFERS: Final = 0.45
"""Score of names below which they are other names: that a family name is the same does not make them one."""

KIND_DIFFERS: Final = 40
"""What it counts against a name that one is a person and the other a body or machine. A mark is a mark."""
BESIDE_MARK: Final[Mapping[str, int]] = {
    "name_differs": 5,
    "birth_date_differs": 5,
    "sex_differs": 1,
    "nationality_differs": 1,
}
"""Most that a difference counts where a mark has met."""


class Strength(NamedTuple):
    """What a mark that met gives, in hundredths, and from how many characters."""

    same: int
    """Given by the same state."""
    unknown: int
    """One side does not say by which."""
    other: int
    """Given by different states."""
    length: int
    """Characters below which it is short."""


STRENGTHS: Final[Mapping[KeyKind, Strength]] = {
    KeyKind.DOCUMENT_NUMBER: Strength(97, 93, 60, 7),
    KeyKind.REGISTRATION_NUMBER: Strength(97, 93, 60, 7),
    KeyKind.NATIONAL_ID: Strength(97, 97, 60, 8),
    KeyKind.PLATE: Strength(93, 90, 60, 5),
    KeyKind.VIN: Strength(97, 97, 97, 8),
    KeyKind.CONTAINER_NUMBER: Strength(97, 97, 97, 10),
    KeyKind.PHONE: Strength(80, 80, 80, 8),
    KeyKind.EMAIL: Strength(80, 80, 80, 6),
}
DOUBTFUL: Final = 60
"""Most that a short mark gives, or the number of a body met by that of a person or paper."""

_BODIES: Final = frozenset(("Organization", "Company", "PublicBody"))
_MACHINES: Final = frozenset(("Vehicle", "Vessel", "Airplane"))
_OTHER_KINDS: Final[Mapping[str, frozenset[str]]] = {
    Person.kind: _BODIES | _MACHINES,
    Organisation.kind: _MACHINES | {"Person"},
}
_NAMES: Final = ("name", "alias", "previousName", "weakAlias")
_NAME_PARTS: Final = ("firstName", "secondName", "middleName", "fatherName", "lastName")


class ListedName(NamedTuple):
    """A name of an entry."""

    text: str
    weak: bool = False
    """Whether the list itself calls it a weak alias."""


class NameMeeting(NamedTuple):
    """The name of a subject, a listed one, and how far they agree."""

    asked: str
    listed: ListedName
    comparison: Comparison

    @property
    def score(self) -> float:
        """0 to 1; of a weak alias less."""
        return self.comparison.score * (WEAK_ALIAS / 100 if self.listed.weak else 1)


class KeyMeeting(NamedTuple):
    """A key of the subject and the entry's own that equals it (`keys.confirm`)."""

    asked: Key
    listed: Key


def listed_names(entry: Entry) -> tuple[ListedName, ...]:
    """Give the names of an entry in a fixed order; where it has none, its parts as one."""
    names = [ListedName(text, name == "weakAlias") for name in _NAMES for text in entry.properties.get(name, ())]
    parts = " ".join(entry.properties[name][0] for name in _NAME_PARTS if name in entry.properties)
    return tuple(names) or ((ListedName(parts),) if parts else ())


def asked_names(subject: Subject) -> tuple[tuple[str, ...], bool]:
    """Give the names that a subject is looked for by, and whether they were cut off at their end."""
    if isinstance(subject, Person):
        return subject.names, subject.name_truncated
    return ((subject.name,) if isinstance(subject, Organisation) and subject.name else ()), False


def meet_name(subject: Subject, entry: Entry) -> NameMeeting | None:
    """Compare the name of a subject with each of an entry and give the best; None where one has none."""
    names, truncated = asked_names(subject)
    meetings = (
        NameMeeting(asked, listed, compare(asked, listed.text, truncated=truncated))
        for asked in names
        for listed in listed_names(entry)
    )
    return max(meetings, key=lambda meeting: meeting.score, default=None)


def weigh(
    subject: Subject, entry: Entry, name: NameMeeting | None, keys: Sequence[KeyMeeting]
) -> tuple[float, tuple[Reason, ...]]:
    """Give the score of an entry for a subject, and the reasons for and against.

    Args:
        subject: who or what is asked about.
        entry: the listed one.
        name: the best listed name (`meet_name`); None where one of the two has no name.
        keys: the keys that met. Of several of one space (two spellings of one number) the strongest counts.

    Returns:
        Score, 0 to 1 in steps of 0.0001, and the reasons: marks, then the name, then circumstances.
    """
    reasons: list[Reason] = []
    pieces = circumstances(subject, entry)
    doubt = 1.0
    for meeting in _strongest(keys):
        doubt *= 1 - _strength(meeting) / 100
        reasons += _key_reasons(meeting)
    if name is not None and keys and name.score < NAME_DIFFERS:
        pieces.insert(0, differs("name_differs", name.asked, name.listed.text, BESIDE_MARK["name_differs"]))
    elif name is not None:
        doubt *= 1 - NAME / 100 * name.score
        reasons += _name_reasons(name)
    if not keys and entry.schema in _OTHER_KINDS.get(subject.kind, ()):
        pieces.append(differs("kind_differs", subject.kind, entry.schema, KIND_DIFFERS))
    score = 1 - doubt
    for piece in pieces:
        score += score * (1 - score) * piece.lift / 100
    for piece in pieces:
        most = BESIDE_MARK.get(piece.reason.code, 100) if keys else 100
        score *= 1 - min(piece.penalty, most) / 100
    return round(score, 4), (*reasons, *(piece.reason for piece in pieces))


def ceiling(subject: Subject, name_score: float) -> float:
    """Give the most that `weigh` can give for a score of names, without a key, whatever the entry says."""
    return _ceiling(_known(subject), name_score)


def least_name(subject: Subject, least: float) -> float:
    """Give a score of names below which `ceiling` is less than `least`."""
    return _least_name(_known(subject), least)


def _known(subject: Subject) -> tuple[str, ...]:
    """Give the circumstances of a subject that may lift a score, in the order in which they do."""
    known = {"sex_same": False, "nationality_same": False, "birth_place_same": False, "birth_date_same": False}
    if isinstance(subject, Person):
        known["birth_date_same"] = subject.birth_date is not None
        known["sex_same"] = subject.sex is not None
        known["nationality_same"] = bool(subject.nationality)
        known["birth_place_same"] = bool(subject.birth_place)
    elif isinstance(subject, Organisation):
        known["nationality_same"] = bool(subject.country)
    return tuple(code for code, is_known in known.items() if is_known)


def _ceiling(known: tuple[str, ...], name_score: float) -> float:
    score = NAME / 100 * name_score
    for code in known:
        score += score * (1 - score) * LIFTS[code] / 100
    return round(score, 4) + 0.0001  # the rounding and the order of the pieces


@lru_cache(maxsize=1024)
def _least_name(known: tuple[str, ...], least: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(12):  # the ceiling grows with the score
        middle = (low + high) / 2
        low, high = (middle, high) if _ceiling(known, middle) < least else (low, middle)
    return low


def _strongest(keys: Sequence[KeyMeeting]) -> list[KeyMeeting]:
    best: dict[str, KeyMeeting] = {}
    for meeting in keys:
        space = meeting.asked.space
        if space not in best or _strength(meeting) > _strength(best[space]):
            best[space] = meeting
    return [best[space] for space in sorted(best)]


def _strength(meeting: KeyMeeting) -> int:
    asked, listed = meeting
    by_kind = []
    for kind in (asked.kind, listed.kind):
        strength = STRENGTHS[kind]
        if not (asked.country and listed.country):
            by_kind.append(strength.unknown)
        else:
            by_kind.append(strength.same if asked.country == listed.country else strength.other)
    return min(*by_kind, DOUBTFUL if _is_short(meeting) or _is_foreign(meeting) else 100)


def _is_short(meeting: KeyMeeting) -> bool:
    return len(meeting.asked.value) < STRENGTHS[meeting.asked.kind].length


def _is_foreign(meeting: KeyMeeting) -> bool:
    """Tell whether one is the number of a body and the other of a person or paper: two series that never met."""
    body = KeyKind.REGISTRATION_NUMBER
    return (meeting.asked.kind is body) != (meeting.listed.kind is body)


def _key_reasons(meeting: KeyMeeting) -> Iterator[Reason]:
    asked, listed = meeting
    params: dict[str, str | float | int | bool] = {
        "kind": str(asked.kind),
        "asked": asked.text,
        "listed": listed.text[:MAX_SHOWN],
    }
    if asked.kind is not listed.kind:
        params["listed_kind"] = str(listed.kind)
    if asked.country and asked.country == listed.country:
        params["issuer"] = asked.country
    yield Reason("key_same", params, Weighs.FOR)
    if asked.country and listed.country and asked.country != listed.country:
        yield Reason("issuer_differs", {"asked": asked.country, "listed": listed.country}, Weighs.AGAINST)
    if _is_short(meeting):
        yield Reason("key_short", {"kind": str(asked.kind), "asked": asked.text}, Weighs.AGAINST)


def _name_reasons(name: NameMeeting) -> Iterator[Reason]:
    for token in name.comparison.reasons:
        if token.rule is not None:
            met = {"asked": token.asked, "listed": token.listed}
            yield Reason(f"name_{token.rule}", {**met, "similarity": token.similarity}, Weighs.FOR)
        elif token.asked:
            yield Reason("name_missing", {"asked": token.asked}, Weighs.AGAINST)
        else:
            yield Reason("name_extra", {"listed": token.listed}, Weighs.AGAINST)
    if name.listed.weak:
        yield Reason("weak_alias", {"listed": name.listed.text}, Weighs.AGAINST)
