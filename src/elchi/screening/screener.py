"""A subject against every list in force: findings with reasons, and a verdict.

Nothing is CLEAR by omission: without a list, and for a subject without a usable name or mark, there is an error.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.lists import BadLine, Entry, ListVersion, LoadPolicy, LoadReport, Store
from elchi.names import Comparison, compare
from elchi.names.tokens import MAX_NAME, Token, alternatives, stretches, tokenise
from elchi.screening.evidence import (
    KeyMeeting,
    ListedName,
    NameMeeting,
    asked_names,
    ceiling,
    least_name,
    meet_name,
    weigh,
)
from elchi.screening.finding import Band, Finding, Screening, ThresholdTable
from elchi.screening.keys import Key, confirm, subject_keys
from elchi.screening.list_index import ListIndex, NameFound, build_index, names_of
from elchi.subjects import Consignment, Document, Person, Subject, Vehicle

PURPOSE: Final = "border_check"
"""The purpose where none is said."""
_ROUNDING: Final = 0.0002
"""By how much a score may differ that was made from the score of a weak alias, rounded otherwise."""


def load_list(
    root: Path,
    name: str,
    items: Iterable[Entry | BadLine],
    *,
    source: Mapping[str, Any],
    now: datetime,
    policy: LoadPolicy | None = None,
) -> LoadReport:
    """Take a new version of a list into the store of a root folder, with its index; see `Store.load`."""
    return Store(root).load(name, items, source=source, now=now, policy=policy, build=build_index)


class _Asked(NamedTuple):
    """One subject made ready: its names as tokens, and its keys."""

    subject: Subject
    names: tuple[tuple[str, tuple[Token, ...]], ...]
    keys: tuple[Key, ...]


class _Candidate(NamedTuple):
    """An entry that a subject met by name, by keys or by both."""

    ordinal: int
    asked: str
    name: NameFound | None
    keys: tuple[Key, ...]


class Screener:
    """Every list in force, opened; what is loaded later is seen by `refreshed`.

    Args:
        indexes: one a list, in order of the lists' names.
        thresholds: from which scores findings are looked at, by list and purpose.
    """

    def __init__(self, indexes: Sequence[ListIndex], thresholds: ThresholdTable) -> None:
        self._indexes = tuple(indexes)
        self._thresholds = thresholds

    @classmethod
    def open(cls, root: Path, *, thresholds: ThresholdTable | None = None) -> Screener:
        """Open every list in force below a root folder."""
        store = Store(root)
        return cls([ListIndex(store.current(name)) for name in store.names()], thresholds or ThresholdTable())

    def refreshed(self, root: Path) -> Screener:
        """Give a screener of the lists in force now; indexes of versions that stayed are shared."""
        store = Store(root)
        opened = {index.version.path: index for index in self._indexes}
        current = [store.current(name) for name in store.names()]
        indexes = [_same(opened.get(version.path), version) or ListIndex(version) for version in current]
        return Screener(indexes, self._thresholds)

    @property
    def lists(self) -> tuple[ListVersion, ...]:
        """The list versions searched, by name."""
        return tuple(index.version for index in self._indexes)

    def screen(
        self,
        subject: Subject,
        *,
        top: int = 10,
        min_score: float | None = None,
        lists: Collection[str] | None = None,
        purpose: str = PURPOSE,
    ) -> Screening:
        """Search the lists for a subject.

        Args:
            subject: with a usable name or at least one mark.
            top: most findings to give.
            min_score: give findings from this score on, whatever their band; without it those of REVIEW and STOP. It
                hides findings, never a verdict.
            lists: names of the lists to search; without it all.
            purpose: chooses the thresholds.

        Raises:
            InvalidInput: `subject_unusable`; `field_too_long` for a name whose end would take no part.
            NotFound: `list_unknown`.
            Conflict: `no_lists`.
        """
        return self.screen_all((subject,), top=top, min_score=min_score, lists=lists, purpose=purpose)

    def screen_all(
        self,
        subjects: Sequence[Subject],
        *,
        top: int = 10,
        min_score: float | None = None,
        lists: Collection[str] | None = None,
        purpose: str = PURPOSE,
    ) -> Screening:
        """Search the lists for several subjects that belong together, as a traveller and his vehicle; see `screen`."""
        asked = [_prepare(part) for subject in subjects for part in _parts(subject)]
        best: dict[tuple[str, str], Finding] = {}
        for index in self._chosen(lists):
            for one in asked:
                for finding in self._findings(index, one, top, min_score, purpose):
                    place = (finding.list, finding.entry)
                    if place not in best or finding.score > best[place].score:
                        best[place] = finding
        findings = sorted(best.values(), key=_order)
        # The verdict is that of all findings, also of those below `min_score` or beyond `top`.
        verdict = max((finding.band for finding in findings), key=lambda band: band.rank, default=Band.CLEAR)
        shown = [
            one for one in findings if (one.band is not Band.CLEAR if min_score is None else one.score >= min_score)
        ]
        return Screening(verdict, tuple(shown[:top]))

    def _chosen(self, lists: Collection[str] | None) -> Sequence[ListIndex]:
        if not self._indexes:
            raise Conflict("no_lists")
        if lists is None:
            return self._indexes
        known = {index.version.name for index in self._indexes}
        for name in sorted(lists):
            if name not in known:
                raise NotFound("list_unknown", field="list", list=name)
        if not lists:
            raise Conflict("no_lists")
        return [index for index in self._indexes if index.version.name in lists]

    def _findings(
        self, index: ListIndex, asked: _Asked, top: int, min_score: float | None, purpose: str
    ) -> Iterator[Finding]:
        thresholds = self._thresholds.at(index.version.name, purpose)
        least = thresholds.review if min_score is None else min(min_score, thresholds.review)
        kept: list[float] = []
        for candidate in _candidates(index, asked, least):
            # Candidates by key come first, then by falling score of the name: once the best that one can become is too
            # little, so it is for all after it.
            if not candidate.keys and candidate.name is not None:
                most = ceiling(asked.subject, candidate.name.score)
                if most < least or (len(kept) >= top and most < sorted(kept)[-top]):
                    return
            finding = _weigh(index, asked.subject, candidate, least)
            if finding is not None and finding.score >= least:
                kept.append(finding.score)
                yield dataclasses.replace(finding, band=thresholds.band(finding.score))


def _same(index: ListIndex | None, version: ListVersion) -> ListIndex | None:
    """Give the index if it is of this version: a list removed and loaded again starts from version 1 too."""
    return index if index is not None and index.version == version else None


def _order(finding: Finding) -> tuple[float, str, str]:
    return (-finding.score, finding.list, finding.entry)


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


def _prepare(subject: Subject) -> _Asked:
    texts, truncated = asked_names(subject)
    if any(len(text) > MAX_NAME for text in texts):
        raise InvalidInput("field_too_long", field="name", rule="max_length", maximum=MAX_NAME)
    parts = [part for text in texts for whole in alternatives(text) for part in stretches(whole)]
    names = tuple((part, tokenise(part, truncated=truncated)) for part in parts)
    usable = tuple((part, tokens) for part, tokens in names if any(_tells(token) for token in tokens))
    keys = subject_keys(subject)
    # "????" is a name that was lost on the way here: the number beside it must not make it CLEAR.
    if not usable and (not keys or (names and not any(tokens for _, tokens in names))):
        raise InvalidInput("subject_unusable", field=subject.kind, rule="needs_name_or_number")
    return _Asked(subject, usable, keys)


def _tells(token: Token) -> bool:
    return not token.particle and not (token.cut and len(token.form) < 2)


def _candidates(index: ListIndex, asked: _Asked, least: float) -> Iterator[_Candidate]:
    """Give the entries that met by key, in order of the list, then those by name, best first.

    Of the latter those that can come to a score of `least`, and perhaps some more.
    """
    by_key: dict[int, list[Key]] = {}
    for key in asked.keys:
        for ordinal in index.find_key(key):
            by_key.setdefault(ordinal, []).append(key)
    by_name: dict[int, tuple[NameFound, str]] = {}
    useful = 0.0 if by_key else least_name(asked.subject, least)
    for text, tokens in asked.names:
        for found in index.find_names(tokens, least=useful):
            if found.ordinal not in by_name or found.score > by_name[found.ordinal][0].score:
                by_name[found.ordinal] = (found, text)
    for ordinal in sorted(by_key):
        name, text = by_name.pop(ordinal, (None, ""))
        yield _Candidate(ordinal, text, name, tuple(by_key[ordinal]))
    for name, text in sorted(by_name.values(), key=lambda pair: (-pair[0].score, pair[0].ordinal)):
        yield _Candidate(name.ordinal, text, name, ())


def _weigh(index: ListIndex, subject: Subject, candidate: _Candidate, least: float) -> Finding | None:
    """Give what an entry comes to; None, or a finding below `least`, where that is too little."""
    entry = index.entry(candidate.ordinal)
    confirmed = ((key, confirm(key, entry)) for key in candidate.keys)
    keys = [KeyMeeting(key, listed) for key, listed in confirmed if listed is not None]
    if candidate.name is None:
        name = meet_name(subject, entry)
    else:
        names = names_of(entry)
        if candidate.name.name >= len(names):
            raise Conflict("list_damaged", list=index.version.name, version=str(index.version.version))
        listed = names[candidate.name.name]
        # Most candidates come to too little: the index has told how far the names agree, and the reasons, which cost
        # a hundred times that, are made for the others.
        told = NameMeeting(candidate.asked, ListedName(listed.text), Comparison(candidate.name.score, ()))
        if weigh(subject, entry, told, keys)[0] + _ROUNDING < least:
            return None
        truncated = isinstance(subject, Person) and subject.name_truncated
        name = NameMeeting(candidate.asked, listed, compare(candidate.asked, listed.text, truncated=truncated))
    if candidate.name is None and not keys:
        return None  # two keys of one hash
    score, reasons = weigh(subject, entry, name, keys)
    caption = name.listed.text if name is not None else entry.caption
    version = index.version
    return Finding(entry.id, version.name, version.version, score, Band.CLEAR, reasons, caption)
