"""The kernel in numpy, for where the compiled one could not be built: the same bytes, only slower (docs/adr/0003).

Where `_kernel.c` goes through words one by one, this takes a step of the alignment for all of them at once. What is
computed is defined by `elchi.names.similarity` and `elchi.names.compare`; all of it is in whole numbers.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from elchi.names.tokens import BARE, CODES, CUT, MAX_CODES, MAX_TOKENS, Suffix
from elchi.screening.name_index import SECTIONS
from elchi.screening.packing import RECORD

Array = NDArray[Any]

_TABLES: Final = (CODES * CODES, 256, 256, len(Suffix) ** 2)
_PATRONYMIC: Final = np.array([suffix.is_patronymic for suffix in Suffix])
_OTHER_SEX: Final = np.zeros((len(Suffix), len(Suffix)), bool)
for _man, _woman in ((Suffix.FAMILY_M, Suffix.FAMILY_F), (Suffix.PATRONYMIC_M, Suffix.PATRONYMIC_F)):
    _OTHER_SEX[_man, _woman] = _OTHER_SEX[_woman, _man] = True
_MAX_WEIGHT: Final = 100
_MAX_TOP: Final = 100_000
_MAX_EVIDENCE: Final = 4 * MAX_TOKENS
_LEAST_HALF: Final = 3
_NOTHING_FOUND: Final = 500
"""Similarity at which a near word tells nothing for its names."""
_SAME: Final = 1000
_LOW: Final = np.uint64(0xFFFFFFFF)
# A record in numbers wide enough to reckon with.
_WIDE: Final = np.dtype(
    [
        ("n", "i4"),
        ("stem", "i4"),
        ("suffix", "i4"),
        ("flags", "i4"),
        ("group", "i4"),
        ("stem_group", "i4"),
        ("weight", "i4"),
        ("signature", "u8"),
        ("codes", "i4", (MAX_CODES,)),
    ]
)


class _Figures(NamedTuple):
    """The figures of a policy, in the order of `packing.policy`."""

    floor: int
    equivalent: int
    other_name: int
    other_sex: int
    cut_share: int
    cut_growth: int
    cut_letters: int
    min_length: int
    transposed: int
    consonant: int
    nothing: int
    joined_floor: int
    missing: int
    missing_patronymic: int
    extra: int
    extra_patronymic: int
    discount: int
    whole: int
    full: int
    top: int
    near: int
    near_bits: int


_FIGURES: Final = struct.Struct(f"<{len(_Figures._fields)}i")


class _Policy:
    """Costs as arrays to look up in, and the figures."""

    def __init__(self, policy: bytes) -> None:
        if len(policy) != sum(_TABLES) + _FIGURES.size:
            raise ValueError("sections of a segment do not fit together")
        tables = np.frombuffer(policy, "u1", sum(_TABLES)).astype("i4")
        substitution, dropping, dropping_bare, agreement = np.split(tables, np.cumsum(_TABLES)[:-1])
        self.figures = figures = _Figures(*_FIGURES.unpack_from(policy, sum(_TABLES)))
        self.missing = np.where(_PATRONYMIC, figures.missing_patronymic, figures.missing)
        self.extra = np.where(_PATRONYMIC, figures.extra_patronymic, figures.extra)
        self.dropping = np.stack([dropping, dropping_bare])
        self.agreement = agreement.reshape(len(Suffix), len(Suffix))
        self.substitution = np.full((256, 256), figures.consonant, "i4")
        np.fill_diagonal(self.substitution, 0)
        self.substitution[:CODES, :CODES] = substitution.reshape(CODES, CODES)

    def alignments(self, asked: Array, listed: Array, bare: Array) -> Array:
        """Give the costs of turning each beginning of one word into each beginning of the others.

        Returns:
            Costs by letters of the asked word, other word, letters of the other word.
        """
        codes = np.ascontiguousarray(listed["codes"][:, : listed["n"].max(initial=0)])
        spent = np.zeros((len(listed), codes.shape[1] + 1), "i4")
        np.cumsum(self.dropping[bare[:, None], codes], axis=1, out=spent[:, 1:])
        rows = [spent]
        earlier = -1
        for code in asked["codes"][: asked["n"]].tolist():
            above = rows[-1]
            row = above + self.dropping[bare, code][:, None]
            np.minimum(row[:, 1:], above[:, :-1] + self.substitution[code].take(codes), out=row[:, 1:])
            if earlier >= 0:
                swapped = (codes[:, 1:] == earlier) & (codes[:, :-1] == code)
                np.minimum(row[:, 2:], rows[-2][:, :-2] + self.figures.transposed, out=row[:, 2:], where=swapped)
            # A letter added costs the cell to the left and its drop, however many are added in a row.
            rows.append(np.minimum.accumulate(row - spent, axis=1) + spent)
            earlier = code
        return np.stack(rows)

    def similarities(self, asked: Array, listed: Array) -> Array:
        """Give the similarity of one word to others (`elchi.names.similarity.token_similarity`)."""
        figures, each = self.figures, np.arange(len(listed))
        bare = (asked["flags"] | listed["flags"]) & BARE
        costs = self.alignments(asked, listed, bare)

        def beginnings(asked_letters: Array, listed_letters: Array) -> Array:
            dropped = np.maximum(costs[asked_letters, each, 0], costs[0, each, listed_letters])
            length = np.maximum(dropped, figures.min_length)
            similarity = 1000 - 1000 * costs[asked_letters, each, listed_letters] // length
            return np.where(similarity >= figures.floor, similarity, 0)

        forms, stems = beginnings(asked["n"], listed["n"]), beginnings(asked["stem"], listed["stem"])
        suffix, suffixes = asked["suffix"], listed["suffix"]
        forms = np.where((suffix > 0) & (suffixes > 0), (forms + stems) // 2, forms)
        forms[_PATRONYMIC[suffix] != _PATRONYMIC[suffixes]] = 0
        other_sex = np.where(_OTHER_SEX[suffix, suffixes], figures.other_sex, 100)
        forms, stems = forms * other_sex // 100, stems * other_sex // 100
        same_name, other_name = _names(asked["group"], listed["group"])
        same_stem, other_stem = _names(asked["stem_group"], listed["stem_group"])
        other_name |= other_stem & (suffix > 0) & (suffixes > 0)
        forms = np.where(other_name, forms * figures.other_name // 100, forms)
        stems = np.where(other_stem, stems * figures.other_name // 100, stems)
        forms = np.where(same_name, np.maximum(forms, figures.equivalent), forms)
        stems = np.where(same_stem, np.maximum(stems, figures.equivalent), stems)
        stems = np.where((suffix > 0) | (suffixes > 0), stems * self.agreement[suffix, suffixes] // 100, 0)
        shorter = np.minimum(asked["n"], listed["n"])
        cut = _cut(asked) & (asked["n"] < listed["n"]) | _cut(listed) & (listed["n"] < asked["n"])
        share = figures.cut_share + figures.cut_growth * np.minimum(shorter.astype("i4") - 1, figures.cut_letters)
        begun = np.where(cut & (shorter > 0), beginnings(shorter, shorter) * share // 100, 0)
        return np.asarray(np.maximum(np.maximum(forms, stems), begun))

    def told(self, asked: _Units, listed: _Units) -> Array:
        """Give what the agreement of each asked unit with each listed one tells, -1 where they do not agree."""
        figures = self.figures
        told = np.full((len(asked.words), len(listed.words)), -1, "i8")
        for row, one, joined in zip(told, asked.words, asked.joined.tolist(), strict=True):
            eligible = ~(listed.joined | _cut(listed.words)) if joined else ~(listed.joined & _cut(one))
            others = listed.words[eligible]
            similarity = self.similarities(one, others)
            least = np.where(joined | listed.joined[eligible], figures.joined_floor, 0)
            agreement = 1000 * (similarity - figures.nothing) // (1000 - figures.nothing)
            agree = (similarity > figures.nothing) & (similarity >= least)
            row[eligible] = np.where(agree, (one["weight"] + others["weight"]) // 2 * agreement, -1)
        return told

    def score(self, asked: _Units, listed: _Units, told: Array) -> int:
        """Give the score of two names, from 0 to `top` (`elchi.names.compare.compare_tokens`)."""
        figures, agreed, whole, asked_met, listed_met = self.figures, 0, 0, 0, 0
        order = np.argsort(-told, axis=None, kind="stable")
        for at in order[: np.count_nonzero(told >= 0)].tolist():
            one, other = divmod(at, told.shape[1])
            asked_places, listed_places = int(asked.places[one]), int(listed.places[other])
            if asked_met & asked_places or listed_met & listed_places:
                continue
            asked_met |= asked_places
            listed_met |= listed_places
            agreed += int(told[one, other])
            whole += 1000 * ((int(asked.words["weight"][one]) + int(listed.words["weight"][other])) // 2)
        if not agreed:
            return 0
        unmet = int(
            asked.unmet[asked.places & asked_met == 0].sum() + listed.unmet[listed.places & listed_met == 0].sum()
        )
        top = figures.top
        share = top * agreed // (whole + 10 * unmet)
        trusted = top * agreed // (agreed + 1000 * figures.discount) * (figures.full + figures.discount)
        trust = min(top, trusted // figures.full)
        square = share * share // top
        return min(top, max(share * trust // top, square * square // top * figures.whole // 100))


class _Units(NamedTuple):
    """The words of names, and each two neighbours read as one (`elchi.names.compare.units`), name by name."""

    owners: Array
    """Which name each is of, ascending."""
    places: Array
    """The places in its name that each covers, as bits."""
    joined: Array
    unmet: Array
    """What each weighs where it meets nothing; what is joined, nothing."""
    words: Array

    def of(self, owner: int) -> slice:
        """Say where the units of a name are."""
        return slice(*np.searchsorted(self.owners, [owner, owner + 1]).tolist())

    def part(self, units: slice) -> _Units:
        """Give some of the units."""
        return _Units(*(array[units] for array in self))


def _make_units(words: Array, owners: Array, shares: Array) -> _Units:
    first = np.flatnonzero(owners[:-1] == owners[1:])
    possible, together = _join(words[first], words[first + 1])
    first = first[possible]
    places = 1 << np.arange(len(owners)) - np.searchsorted(owners, owners)
    all_owners = np.concatenate([owners, owners[first]])
    order = np.argsort(all_owners, kind="stable")  # the words of a name, then what is joined
    unmet = words["weight"] * shares[words["suffix"]]
    return _Units(
        all_owners[order],
        np.concatenate([places, 3 * places[first]])[order],
        order >= len(owners),
        np.concatenate([unmet, np.zeros_like(first)])[order],
        np.concatenate([words, together[possible]])[order],
    )


def _join(first: Array, second: Array) -> tuple[Array, Array]:
    """Read neighbours as one word (`elchi.names.tokens.joined`); say which may be read so, and give the words."""
    last = first["codes"][np.arange(len(first)), first["n"] - 1]
    start = second["codes"][:, 0]
    kept = first["n"] - ((last == start) & (start < CODES))
    words = np.zeros(len(first), _WIDE)
    words["n"] = kept + second["n"]
    words["stem"] = kept + second["stem"]
    words["suffix"] = second["suffix"]
    words["flags"] = first["flags"] & BARE
    words["weight"] = np.maximum(first["weight"], second["weight"])
    places = np.arange(MAX_CODES)
    moved = np.take_along_axis(second["codes"], np.maximum(places - kept[:, None], 0), axis=1)
    words["codes"] = np.where(places < kept[:, None], first["codes"], moved)
    alike = (first["flags"] ^ second["flags"]) & BARE == 0
    whole = ~(_cut(first) | _cut(second)) & (first["n"] > 0) & (second["n"] > 0)
    return alike & whole & (words["n"] <= MAX_CODES), words


def _names(one: Array, others: Array) -> tuple[Array, Array]:
    """Say which words are forms of one given name, and which of different ones."""
    known = (one != 0) & (others != 0)
    return known & (one == others), known & (one != others)


def _cut(words: Array) -> Array:
    return np.asarray(words["flags"] & CUT != 0)


def _read(records: Array) -> Array:
    """Widen records, with no figure out of range whatever the bytes were."""
    words = np.zeros(len(records), _WIDE)
    for name in _WIDE.names or ():
        words[name] = records[name]
    words["n"] = np.minimum(words["n"], MAX_CODES)
    words["stem"] = np.minimum(words["stem"], words["n"])
    words["suffix"] = np.minimum(words["suffix"], len(Suffix) - 1)
    words["weight"] = np.minimum(words["weight"], _MAX_WEIGHT)
    return words


def _pairs(first: Array, second: Array) -> bytes:
    return np.column_stack([first, second]).astype("<u4").tobytes()


class Segment:
    """The sections of one segment file (`name_index.SECTIONS`).

    Raises:
        ValueError: the sections do not fit together, or an argument is out of range.
    """

    def __init__(self, *sections: bytes | memoryview | Array) -> None:
        kinds = (*SECTIONS.values(), np.dtype("u1"))
        found = [np.frombuffer(section, kind) for section, kind in zip(sections, kinds, strict=True)]
        self._records, self._signatures, self._blocks, self._posting_starts, self._postings = found[:5]
        self._name_starts, self._name_words = found[5:7]
        self._words, self._names = len(self._records), len(self._name_starts) - 1
        if len(self._signatures) != self._words or len(self._posting_starts) != self._words + 1 or self._names < 0:
            raise ValueError("sections of a segment do not fit together")
        self._policy = _Policy(found[7].tobytes())

    def near(self, token: bytes, blocks: bytes, trusted: int, /) -> bytes:
        """Give the words near a token as (word, similarity) pairs of u32, nearest first."""
        (asked,) = _read(np.frombuffer(token, RECORD))
        starts = np.frombuffer(blocks, "<u4").astype("u8") << np.uint64(32)
        firsts = np.searchsorted(self._blocks, starts)
        ends = np.searchsorted(self._blocks, starts | _LOW, side="right")
        found = [np.empty(0, "u8")]
        for at, (first, end) in enumerate(zip(firsts.tolist(), ends.tolist(), strict=True)):
            words = self._blocks[first:end] & _LOW
            words = words[words < self._words]
            found.append(words if at < trusted else words[self._sift(asked, words)])
        words = np.unique(np.concatenate(found))
        listed = _read(self._records[words])
        whole = ~_cut(listed)  # an initial is near to every word that begins with it
        words, similarities = words[whole], self._policy.similarities(asked, listed[whole])
        near = similarities >= self._policy.figures.near
        words, similarities = words[near], similarities[near]
        order = np.argsort(-similarities, kind="stable")
        return _pairs(words[order], similarities[order])

    def _sift(self, asked: Array, words: Array) -> Array:
        listed = self._signatures[words]
        apart = asked["signature"] & ~listed if _cut(asked) else asked["signature"] ^ listed
        return np.asarray(np.bitwise_count(apart) <= self._policy.figures.near_bits)

    def halves(self, token: bytes, /) -> bytes:
        """Give the words that a token begins or ends with, as near words of similarity 1000."""
        (asked,) = np.frombuffer(token, RECORD)
        codes = asked["codes"].tobytes()[: asked["n"]]
        found: list[int] = []
        for at in range(_LEAST_HALF, len(codes) - _LEAST_HALF + 1):
            found += self._exact(codes[:at], asked["flags"] & BARE)
            found += self._exact(codes[at:], asked["flags"] & BARE)
        return _pairs(np.array(found, "u4"), np.full(len(found), _SAME))

    def _exact(self, codes: bytes, bare: int) -> list[int]:
        key, found = codes.ljust(MAX_CODES, b"\0"), []
        listed = self._records["codes"]
        at = bisect_left(range(self._words), key, key=lambda word: listed[word].tobytes())
        while at < self._words and listed[at].tobytes() == key:
            if self._records["flags"][at] & BARE == bare:
                found.append(at)
            at += 1
        return found

    def search(self, tokens: bytes, evidence: tuple[tuple[int, bytes], ...], top: int, many: int, /) -> bytes:
        """Give (score, name) pairs of u32, best first."""
        records = np.frombuffer(tokens, RECORD)
        if not (1 <= len(records) <= MAX_TOKENS and 1 <= top <= _MAX_TOP and len(evidence) <= _MAX_EVIDENCE):
            raise ValueError("1 to 16 tokens, top 1 to 100000, at most 64 pieces of evidence")
        asked = _make_units(_read(records), np.zeros(len(records), "i8"), self._policy.missing)
        names = self._choose(self._gather(evidence, many), top)
        listed = self._load(names)
        told = self._policy.told(asked, listed)
        units = [listed.of(owner) for owner in range(len(names))]
        scores = np.array([self._policy.score(asked, listed.part(part), told[:, part]) for part in units], "i8")
        order = np.lexsort((names, -scores))
        order = order[scores[order] > 0]
        return _pairs(scores[order], names[order])

    def _gather(self, evidence: tuple[tuple[int, bytes], ...], many: int) -> Array:
        """Add up what near words tell for each name that has them, rarer words first."""
        found = np.zeros(self._names, "u4")
        pieces: list[tuple[Array, Array]] = []
        for weight, pairs in evidence:
            near = np.frombuffer(pairs, "<u4").reshape(-1, 2)
            near = near[(near[:, 0] < self._words) & (near[:, 1] > _NOTHING_FOUND) & (near[:, 1] <= _SAME)]
            told = (near[:, 1] - _NOTHING_FOUND) * min(max(weight, 1), _MAX_WEIGHT)
            starts, ends = self._posting_starts[near[:, 0]], self._posting_starts[near[:, 0] + 1]
            postings = [self._postings[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
            names = np.concatenate([np.empty(0, "u4"), *postings])
            pieces.append((names, np.repeat(told, list(map(len, postings)))))
        for names, told in sorted(pieces, key=lambda piece: len(piece[0])):
            known = names < self._names
            latest = np.zeros(self._names, "u4")
            latest[names[known][::-1]] = told[known][::-1]  # of several in one name the nearest, which is the first
            if np.count_nonzero(found) >= many:
                latest[found == 0] = 0
            found += latest
        return found

    def _choose(self, found: Array, top: int) -> Array:
        """Give the `top` names for which most is told, of equals the first."""
        names = np.flatnonzero(found).astype("u8")
        tokens = np.diff(self._name_starts)[names].astype("u8")
        keys = (found[names].astype("u8") << np.uint64(4)) // (tokens + np.uint64(12))
        ranks = keys << np.uint64(32) | _LOW - names
        if len(ranks) > top:
            ranks = np.partition(ranks, -top)[-top:]
        return np.asarray(_LOW - (ranks & _LOW)).astype("i8")

    def _load(self, names: Array) -> _Units:
        words: list[Array] = []
        for name in names.tolist():
            listed = self._name_words[self._name_starts[name] : self._name_starts[name + 1]]
            words.append(listed[listed < self._words][:MAX_TOKENS])
        owners = np.repeat(np.arange(len(names)), list(map(len, words)))
        return _make_units(
            _read(self._records[np.concatenate([np.empty(0, "u4"), *words])]), owners, self._policy.extra
        )
