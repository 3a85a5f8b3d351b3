"""What was presented beside what is listed, field by field: the page on which a person decides. Pure.

The findings of the engine say why; this says what else there is to look at, and which letters differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from elchi.lists import Entry
from elchi.names import Rule, compare
from elchi.names.reading import read_token, style_of
from elchi.screening.circumstances import circumstances
from elchi.screening.evidence import KeyMeeting, listed_names, meet_name, weigh
from elchi.screening.keys import Key, KeyKind, confirm, entry_keys, subject_keys
from elchi.subjects import Consignment, Document, Organisation, Person, Subject, Vehicle

MOST: Final = 12
"""Values of one field that are shown; an entry may have thousands."""
LONGEST: Final = 300
"""Characters of a listed text that are shown."""

_ALIKE: Final = {
    "birth_date_same": "same", "birth_date_swapped": "close", "birth_date_near": "close", "birth_date_year": "close",
    "birth_date_placeholder": "close", "birth_date_differs": "differs", "sex_same": "same", "sex_differs": "differs",
    "nationality_same": "same", "nationality_differs": "differs", "birth_place_same": "close",
    "birth_place_differs": "differs",
}  # fmt: skip
"""What a circumstance of the evidence says of its row."""
_SLIP: Final = 0.6
"""Two numbers that share less are not one number with a slip of the pen."""
_SAME_SOUND: Final = (Rule.SAME, Rule.SOUND)
_STATES: Final = ("nationality", "citizenship", "jurisdiction", "country")
_BESIDE: Final = (
    "birthCountry", "deathDate", "fatherName", "motherName", "address", "position", "height", "weight", "eyeColor",
    "hairColor", "appearance", "ethnicity", "type", "model", "flag", "topics", "program", "notes", "summary",
)  # fmt: skip
"""Properties that nothing is compared with, and that a person looks at."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a value."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A value of one side, with the stretches that differ from the other side."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole value."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both sides."""

    field: str
    """A word of `vocabulary`."""
    asked: tuple[Value, ...]
    listed: tuple[Value, ...]
    likeness: str
    """`same`, `close`, `differs`, or `none` where one side says nothing."""

    @property
    def vocabulary(self) -> str:
        """`field`, or for what only the list says `property`."""
        return "property" if self.field in _BESIDE or self.field == "alias" else "field"


def closest(subjects: Sequence[Subject], entry: Entry) -> Subject:
    """Give the one of several subjects, parts of consignments among them, that an entry is nearest to."""
    return max((part for subject in subjects for part in _parts(subject)), key=lambda part: _score(part, entry))


def compare_with(subject: Subject, entry: Entry) -> tuple[Row, ...]:
    """Lay a subject and an entry side by side.

    Args:
        subject: what was presented; of several see `closest`.
        entry: the listed one.

    Returns:
        Rows in the order of a passport: name, circumstances, marks, and at the end what only the list says.
    """
    rows = [*_name_rows(subject, entry), *_circumstance_rows(subject, entry), *_mark_rows(subject, entry)]
    rows += [Row(name, (), _plain(entry.properties[name]), "none") for name in _BESIDE if name in entry.properties]
    return tuple(row for row in rows if row.asked or row.listed)


def document_key(subject: Subject) -> Key | None:
    """Give the key of a subject's own document, by which a judgement is remembered; None where it has none."""
    keys = subject_keys(subject) if isinstance(subject, Person | Document) else ()
    return next((key for key in keys if key.kind is KeyKind.DOCUMENT_NUMBER), None)


def _parts(subject: Subject) -> Iterator[Subject]:
    if not isinstance(subject, Consignment):
        yield subject
        return
    yield from subject.parties
    yield from subject.vehicles
    if subject.document_number:
        yield Document(document_number=subject.document_number)
    for number in subject.container_numbers:
        yield Vehicle(container_number=number)


def _score(subject: Subject, entry: Entry) -> float:
    confirmed = ((key, confirm(key, entry)) for key in subject_keys(subject))
    keys = [KeyMeeting(key, listed) for key, listed in confirmed if listed is not None]
    return weigh(subject, entry, meet_name(subject, entry), keys)[0]


def _name_rows(subject: Subject, entry: Entry) -> Iterator[Row]:
    met = meet_name(subject, entry)
    names = tuple(name.text for name in listed_names(entry))
    if met is None:
        asked = subject.names if isinstance(subject, Person) else (getattr(subject, "name", ""),)
        yield Row("name", _plain(filter(None, asked)), _plain(names), "none")
        return
    asked_marks: list[tuple[str, set[int]]] = []
    listed_marks: list[tuple[str, set[int]]] = []
    rules = set()
    truncated = isinstance(subject, Person) and subject.name_truncated
    for reason in compare(met.asked, met.listed.text, truncated=truncated).reasons:
        rules.add(reason.rule)
        here, there = _differing(reason.asked, reason.listed, reason.rule)
        asked_marks.append((reason.asked, here))
        listed_marks.append((reason.listed, there))
    likeness = "same" if rules <= set(_SAME_SOUND) else "close" if rules - {None} else "differs"
    yield Row("name", (_marked(met.asked, asked_marks),), (_marked(met.listed.text, listed_marks),), likeness)
    others = tuple(name for name in names if name != met.listed.text)
    if others:
        yield Row("alias", (), _plain(others), "none")


def _differing(asked: str, listed: str, rule: Rule | None) -> tuple[set[int], set[int]]:
    """Give the places of the letters of two words that differ in sound: all of a word that met none."""
    if rule is None:
        return set(range(len(asked))), set(range(len(listed)))
    if rule in (*_SAME_SOUND, Rule.BEGINNING):
        return set(), set()
    here, there = _sounds(asked), _sounds(listed)
    same_here: set[int] = set()
    same_there: set[int] = set()
    matcher = SequenceMatcher(None, [one[0] for one in here], [one[0] for one in there], autojunk=False)
    for block in matcher.get_matching_blocks():
        for at in range(block.size):
            same_here.update(here[block.a + at][1])
            same_there.update(there[block.b + at][1])
    return set(range(len(asked))) - same_here, set(range(len(listed))) - same_there


def _sounds(word: str) -> list[tuple[str, range]]:
    """Split a word into what sounds as one, with its places: kh, х and x are each one sound."""
    style, at, found = style_of(word), 0, []
    while at < len(word):
        for length in (4, 3, 2, 1):
            piece = word[at : at + length]
            sound = read_token(piece, style).form if piece.isalpha() else ""
            if length == 1 or (len(piece) == length and len(sound) == 1):
                break
        found.append((sound or piece, range(at, at + len(piece))))
        at += len(piece)
    return found


def _marked(text: str, words: Iterable[tuple[str, set[int]]]) -> Value:
    """Mark letters of words within a text; words are in lower case, and each stands somewhere in it."""
    folded = text.lower()
    if len(folded) != len(text):
        return Value((Span(text),))  # one letter became two: no place is sure
    taken = [False] * len(text)
    differs = [False] * len(text)
    for word, places in sorted(words, key=lambda pair: -len(pair[0])):
        start = folded.find(word) if word else -1
        while start >= 0 and any(taken[start : start + len(word)]):
            start = folded.find(word, start + 1)
        if start >= 0:
            taken[start : start + len(word)] = [True] * len(word)
            for place in places:
                differs[start + place] = True
    return Value(_spans(text, differs))


def _spans(text: str, differs: Sequence[bool]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for letter, marked in zip(text, differs, strict=True):
        if spans and spans[-1].differs == marked:
            spans[-1] = Span(spans[-1].text + letter, marked)
        else:
            spans.append(Span(letter, marked))
    return tuple(spans)


def _circumstance_rows(subject: Subject, entry: Entry) -> Iterator[Row]:
    codes = [piece.reason.code for piece in circumstances(subject, entry)]
    likenesses = {code.rpartition("_")[0]: _ALIKE[code] for code in codes}
    states = list(dict.fromkeys(text for name in _STATES for text in entry.properties.get(name, ())))
    if isinstance(subject, Person):
        asked: dict[str, tuple[str, Sequence[str]]] = {
            "birth_date": (str(subject.birth_date or ""), entry.properties.get("birthDate", ())),
            "birth_place": (subject.birth_place, entry.properties.get("birthPlace", ())),
            "sex": (str(subject.sex or ""), entry.properties.get("gender", ())),
            "nationality": (subject.nationality, states),
        }
    elif isinstance(subject, Organisation):
        asked = {"nationality": (subject.country, states)}
    else:
        asked = {}
    for field, (text, listed) in asked.items():
        yield Row(field, _plain((text,) if text else ()), _plain(listed), likenesses.get(field, "none"))


def _mark_rows(subject: Subject, entry: Entry) -> Iterator[Row]:
    asked, listed = _once(subject_keys(subject)), _once(entry_keys(entry))
    for kind in KeyKind:
        here = [key for key in asked if key.kind is kind]
        there = [key for key in listed if key.kind is kind or any(key.meets(one) for one in here)]
        same = any(one.meets(other) for one in here for other in there)
        likeness = "same" if same else "differs" if here and there else "none"
        if likeness == "differs":
            pairs = (_differing_marks(here[0].text, there[0].text), _differing_marks(there[0].text, here[0].text))
            yield Row(kind, (pairs[0], *_texts(here[1:])), (pairs[1], *_texts(there[1:])), likeness)
        else:
            yield Row(kind, _texts(here), _texts(there), likeness)


def _once(keys: Iterable[Key]) -> list[Key]:
    """Leave out the second key that one text gave."""
    return list({(key.kind, key.text): key for key in keys}.values())


def _texts(keys: Iterable[Key]) -> tuple[Value, ...]:
    return _plain(key.text for key in keys)


def _differing_marks(text: str, other: str) -> Value:
    """Mark the letters of a number that another one has not in the same order; all, where most of them differ."""
    text, other = text[:LONGEST], other[:LONGEST]
    matcher = SequenceMatcher(None, text.upper(), other.upper(), autojunk=False)
    differs = [True] * len(text)
    for block in matcher.get_matching_blocks() if matcher.ratio() > _SLIP else ():
        differs[block.a : block.a + block.size] = [False] * block.size
    return Value(_spans(text, differs))


def _plain(texts: Iterable[str]) -> tuple[Value, ...]:
    return tuple(Value((Span(text[:LONGEST]),)) for text, _ in zip(texts, range(MOST), strict=False))
