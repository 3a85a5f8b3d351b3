"""The index against the definition, and the compiled kernel against the one in numpy: all equal to the bit."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elchi.names.compare import compare_tokens
from elchi.names.similarity import token_similarity
from elchi.names.tokens import Token, encode, joined, tokenise
from elchi.screening import kernel_numpy
from elchi.screening.kernel import COMPILED, Segment
from elchi.screening.name_index import SECTIONS, Kernel, NameIndex, build_sections
from elchi.screening.packing import NEAR, NEAR_BITS, blocks_of, pack, policy, signature_of

compiled_only = pytest.mark.skipif(not COMPILED, reason="the kernel is not compiled here")
both = pytest.mark.parametrize("segment", [pytest.param(Segment, marks=compiled_only), kernel_numpy.Segment])

REGIONAL = """Nurlan Нурлан Nurlon Abdykadyrov Абдыкадыров Abdukadirova Хуршед Xurshed Khourshed Hurşed Muhammad
Мухаммад Magomed محمد احمدی عبدالرحمن Abdurahmon Abdul Rahman Abdulrahman Leonid Leonidovna Леонидовна Karimov Karimova
Каримов Karimzoda Кәрімұлы Ғалымжан Ótkir Oʻktam Жапаров Zhaparov Japarov Чынгыз Chingiz Khan Хан Aitmatov Айтматов
Юсупова Iusupov Gurbanguly Berdimuhamedow Šarīfov Шарифзода Dmitriev Dmitriyev Alexander Aleksandr Искандар"""
PARTICLES = "al el bin bint ibn abd ud née"
SUFFIXES = "kyzy uulu oʻgʻli qizi zoda кызы оглы uly ulla"
ODD = "王小明 习近平 김정은 ნინო Αλέξανδρος Հակոբյան דוד 12 7a 2024 A b Ж Q ’ 1234567890abdulrahmanabdulrah"
POOL = [*REGIONAL.split(), *PARTICLES.split(), *SUFFIXES.split(), *ODD.split()]


def slip(word: str, at: int, letter: str) -> str:
    """Drop, swap, double or replace a letter."""
    place = at % max(len(word), 1)
    return [
        word[:place] + word[place + 1 :],
        word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
    ][at % 4]


pooled = st.sampled_from(POOL)
slipped = st.builds(slip, pooled, st.integers(0, 60), st.sampled_from("aeiouhkqxzvfрлнқғ"))
words = st.one_of(
    pooled,
    slipped,
    st.builds(str.__add__, pooled, pooled),
    st.text("abkxqzjouhv", max_size=12),
    st.text("abdrlmnк習", min_size=30, max_size=45),
)
names = st.builds(str.join, st.sampled_from([" ", " ", "-", ", "]), st.lists(words, max_size=5))
lists = st.lists(names, min_size=1, max_size=10)


def make(segment: Callable[..., Kernel], listed: Sequence[str]) -> Kernel:
    sections = build_sections(listed)
    return segment(*(sections[name] for name in SECTIONS), policy())


def units(tokens: Sequence[Token]) -> Iterator[Token]:
    """Give the tokens, and neighbours read as one."""
    yield from tokens
    for first, second in pairwise(tokens):
        token = joined(first, second)
        if token is not None:
            yield token


def near(kernel: Kernel, token: Token) -> bytes:
    blocks, trusted = blocks_of(token)
    return kernel.near(pack(token), struct.pack(f"<{len(blocks)}I", *blocks), trusted)


def pairs(found: bytes) -> list[tuple[int, int]]:
    return [(first, second) for first, second in struct.iter_unpack("<II", found)]


@compiled_only
@given(listed=lists, asked=names, truncated=st.booleans(), top=st.integers(1, 12), many=st.integers(0, 12))
def test_both_kernels_give_the_same_bytes(
    listed: list[str], asked: str, *, truncated: bool, top: int, many: int
) -> None:
    fast, slow = make(Segment, listed), make(kernel_numpy.Segment, listed)
    tokens = tokenise(asked, truncated=truncated)
    evidence: list[tuple[int, bytes]] = []
    for token in units(tokens):
        assert near(fast, token) == near(slow, token)
        assert fast.halves(pack(token)) == slow.halves(pack(token))
        evidence += [(token.weight, near(fast, token)), (token.weight // 2, fast.halves(pack(token)))]
    if tokens:
        packed = b"".join(map(pack, tokens))
        assert fast.search(packed, tuple(evidence), top, many) == slow.search(packed, tuple(evidence), top, many)


def is_near(asked: Token, listed: Token) -> bool:
    """Say whether an asked word brings the names of a listed one among the candidates, by what the packing promises."""
    blocks, trusted = blocks_of(asked)
    common = set(blocks) & set(blocks_of(listed)[0])
    if not common or listed.cut or (asked.cut and len(asked.form) < 3):
        return False
    one, other = (signature_of(encode(token.form[: token.stem])) for token in (asked, listed))
    apart = one & ~other if asked.cut else one ^ other
    sifted = apart.bit_count() > NEAR_BITS and not common & set(blocks[:trusted])
    return not sifted and token_similarity(asked, listed)[0] >= NEAR


@both
@given(listed=lists, asked=names, truncated=st.booleans())
def test_the_index_gives_the_scores_of_the_definition(
    segment: Callable[..., Kernel], listed: list[str], asked: str, *, truncated: bool
) -> None:
    tokens = tokenise(asked, truncated=truncated)
    scores = {number: compare_tokens(tokens, tokenise(name)).score for number, name in enumerate(listed)}
    hits = NameIndex(build_sections(listed), segment).search(tokens, candidates=len(listed))
    assert [(hit.name, hit.score) for hit in hits] == [(hit.name, scores[hit.name]) for hit in hits]
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.name))
    assert all(hit.score > 0 for hit in hits)
    due = {
        number
        for number, name in enumerate(listed)
        if scores[number] and any(is_near(one, other) for one in units(tokens) for other in tokenise(name))
    }
    assert due <= {hit.name for hit in hits}


@both
@given(listed=lists, asked=st.lists(names, min_size=2, max_size=4), chance=st.randoms(use_true_random=False))
def test_no_search_leaves_a_trace_for_the_next(
    segment: Callable[..., Kernel], listed: list[str], asked: list[str], chance: random.Random
) -> None:
    index = NameIndex(build_sections(listed), segment)
    first = {name: index.search(tokenise(name)) for name in asked}
    chance.shuffle(asked)
    assert {name: index.search(tokenise(name)) for name in asked} == first


@both
@given(listed=lists, asked=names)
def test_a_kernel_says_how_near_words_are_as_the_definition_does(
    segment: Callable[..., Kernel], listed: list[str], asked: str
) -> None:
    kernel, records = make(segment, listed), build_sections(listed)["words"]
    tokens = {pack(token): token for name in listed for token in tokenise(name)}
    for token in units(tokenise(asked)):
        for word, similarity in pairs(near(kernel, token)):
            other = tokens[records[word].tobytes()]
            assert token_similarity(token, other)[0] == similarity
            assert token_similarity(other, token) == token_similarity(token, other)


@both
@given(listed=lists, order=st.randoms(use_true_random=False), asked=names)
def test_the_order_of_a_list_changes_no_score(
    segment: Callable[..., Kernel], listed: list[str], order: random.Random, asked: str
) -> None:
    def found(listed: list[str]) -> list[tuple[float, str]]:
        hits = NameIndex(build_sections(listed), segment).search(tokenise(asked))
        return sorted((hit.score, listed[hit.name]) for hit in hits)

    assert found(order.sample(listed, len(listed))) == found(listed)


def damage(section: Any, chance: random.Random) -> bytes:
    """Change the bytes of a section: none, a few, or all; seldom their number."""
    raw = bytearray(section.tobytes())
    kind = chance.randrange(8)
    if kind == 0 or not raw:
        return bytes(raw)
    if kind == 1:
        return chance.randbytes(len(raw))
    if kind == 2 and chance.random() < 0.2:
        return bytes(raw[: chance.randrange(len(raw))])
    for _ in range(chance.choice((1, 3, 20))):
        raw[chance.randrange(len(raw))] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
    return bytes(raw)


def torture(module: str, seed: int, rounds: int) -> int:
    """Search damaged sections; give how many could be searched at all."""
    segment, chance, searched = import_module(module).Segment, random.Random(seed), 0
    for _ in range(rounds):
        sections = build_sections([" ".join(chance.choices(POOL, k=chance.randrange(6))) for _ in range(12)])
        tokens = tokenise(" ".join(chance.choices(POOL, k=3)))
        if chance.random() < 0.3:
            tokens = tokenise(" ".join(chance.choices(POOL, k=16)))
        try:
            kernel = segment(*(damage(sections[name], chance) for name in SECTIONS), policy())
        except ValueError:
            continue
        packed = [pack(token) for token in units(tokens)]
        if chance.random() < 0.5:
            packed = [damage(np.frombuffer(raw, "u1"), chance).ljust(64, b"\xff") for raw in packed]
        blocks = np.array([block for token in tokens for block in blocks_of(token)[0]], "<u4").tobytes()
        evidence = [(chance.randrange(-5, 999), kernel.near(raw, blocks, chance.randrange(-3, 45))) for raw in packed]
        evidence += [(50, kernel.halves(raw)) for raw in packed]
        asked = b"".join(packed[: len(tokens)])
        kernel.search(asked, tuple(evidence[:64]), chance.choice((1, 3, 100_000)), chance.choice((0, 4, 1 << 31)))
        searched += 1
    return searched


@pytest.mark.parametrize(
    ("module", "rounds"),
    [pytest.param("elchi.screening._kernel", 400, marks=compiled_only), ("elchi.screening.kernel_numpy", 100)],
)
def test_damaged_sections_crash_nothing(module: str, rounds: int) -> None:
    command = [sys.executable, "-W", "error", __file__, module, "1", str(rounds)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert int(ended.stdout) > rounds // 2


if __name__ == "__main__":  # in a process of its own, so that a crash is a failed test
    print(torture(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))  # noqa: T201 - its answer to the test
