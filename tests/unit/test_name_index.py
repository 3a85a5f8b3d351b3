"""The sections of an index, what brings a name among the candidates, and what a kernel refuses."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest

from elchi.names.compare import compare
from elchi.names.tokens import encode, joined, tokenise
from elchi.screening import kernel_numpy
from elchi.screening.kernel import COMPILED, Segment
from elchi.screening.name_index import CANDIDATES, SECTIONS, Kernel, NameIndex, ScoredName, build_sections
from elchi.screening.packing import RECORD, blocks_of, pack, policy, signature_of

SHIFT = [
    "Nurlan Abdykadyrov",  # 0
    "Нурлан Бакытович Абдыкадыров",
    "Bakyt Abdykadyrov",  # 2
    "Khurshed Sharipov",
    "محمد احمدی",  # 4
    "",
    "Abdullatif Rahimi",  # 6
    "王小明",
    "Muhammad Karimov",  # 8
    "Karimova Leyla",
    "N. Toktogulov",  # 10
    "Abdul Latif Rahimi",
]
FAST = pytest.param(Segment, marks=pytest.mark.skipif(not COMPILED, reason="the kernel is not compiled here"))
both = pytest.mark.parametrize("segment", [FAST, kernel_numpy.Segment])
Maker = Callable[..., Kernel]


def index_of(names: list[str], segment: Maker) -> NameIndex:
    return NameIndex(build_sections(names), segment)


def found(asked: str, names: list[str], segment: Maker, *, truncated: bool = False) -> list[int]:
    return [hit.name for hit in index_of(names, segment).search(tokenise(asked, truncated=truncated))]


def test_the_sections_hold_every_word_of_every_name_once() -> None:
    sections = build_sections(["Nurlan Karimov", "", "Karimov Bakyt", "Нурлан Нурлан"])
    assert {name: array.dtype for name, array in sections.items()} == SECTIONS
    words = sections["words"]
    codes = [bytes(word["codes"][: word["n"]]) for word in words]
    assert codes == sorted(encode(form) for form in ("bakit", "karimov", "nurlan"))
    assert sections["name_starts"].tolist() == [0, 2, 2, 4, 6]
    bakyt, karimov, nurlan = range(3)
    assert sections["name_words"].tolist() == [nurlan, karimov, karimov, bakyt, nurlan, nurlan]
    assert sections["posting_starts"].tolist() == [0, 1, 3, 6]
    assert sections["postings"].tolist() == [2, 0, 2, 0, 3, 3]
    assert sections["signatures"].tolist() == words["signature"].tolist()
    assert sections["blocks"].tolist() == sorted(sections["blocks"].tolist())
    assert set((sections["blocks"] & 0xFFFFFFFF).tolist()) == {bakyt, karimov, nurlan}


def test_a_record_is_a_token() -> None:
    (token,) = tokenise("Леонидовна")
    (record,) = np.frombuffer(pack(token), RECORD)
    assert bytes(record["codes"]) == encode(token.form).ljust(32, b"\0")
    assert (record["n"], record["stem"], record["suffix"]) == (len(token.form), token.stem, token.suffix)
    assert (record["flags"], record["weight"]) == (token.flags, token.weight)
    assert (record["group"], record["stem_group"]) == (token.group, token.stem_group)


def test_a_signature_counts_consonants_by_class() -> None:
    def signature(form: str) -> int:
        return signature_of(encode(form))

    assert signature("nurlan") == signature("nirlon") == signature("lurnan")
    assert signature("baba") == signature("papa")
    assert (signature("nurlan") ^ signature("nurla")).bit_count() == 1
    assert (signature("nurlan") ^ signature("nurdan")).bit_count() == 2
    assert signature("aeiou") == signature("") == 0
    assert signature("习") not in (0, signature("近"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Хуршед", "Khourshed"),
        ("محمد", "Magomed"),
        ("Nurlan", "Nurlam"),
        ("Abdykadyrov", "Abdykadymov"),
        ("Karimov", "Karimzoda"),
        ("Leonidovna", "Leonid kyzy"),
        ("داود", "David"),
        ("王小明", "王小明"),
    ],
)
def test_near_words_meet_in_a_block(one: str, other: str) -> None:
    (first,), (second,) = tokenise(one), tokenise(other)
    assert set(blocks_of(first)[0]) & set(blocks_of(second)[0])


def test_equivalent_names_come_first_among_blocks() -> None:
    (token,) = tokenise("Muhammad")
    blocks, trusted = blocks_of(token)
    assert (blocks[0], trusted) == (token.group, 1)
    (other,) = tokenise("王小明")
    assert blocks_of(other)[1] == 0


@both
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("Нурлан Абдыкадыров", [0, 1, 2]),
        ("ABDYKADYROF NURLAN", [0, 1, 2]),
        ("Хуршед Шарипов", [3]),
        ("Muhammad Ahmadi", [4, 8]),
        ("Abdul-Latif Rahimi", [11, 6]),
        ("王小明", [7]),
        ("Wolfgang Schmidt", []),
        ("N.", []),
        ("", []),
    ],
)
def test_the_names_that_sound_alike_are_found_best_first(segment: Maker, asked: str, names: list[int]) -> None:
    assert found(asked, SHIFT, segment) == names


@both
def test_a_score_is_that_of_the_definition(segment: Maker) -> None:
    asked = "Нурлан Абдыкадыров"
    hits = index_of(SHIFT, segment).search(tokenise(asked))
    assert hits == [ScoredName(compare(asked, SHIFT[name]).score, name) for name in (0, 1, 2)]


@both
def test_of_equal_scores_the_first_name_comes_first(segment: Maker) -> None:
    assert found("Karimov Nurlan", ["Petrov Sergey", *["Nurlan Karimov"] * 3], segment) == [1, 2, 3]


@both
def test_a_name_split_is_found_by_its_halves(segment: Maker) -> None:
    listed = ["Nigora Dilshod", "Petrov Sergey"]
    assert found("Nigoradilshod", listed, segment) == [0]
    assert joined(*tokenise(listed[0])) is not None


@both
def test_an_initial_brings_no_names_but_counts_where_others_do(segment: Maker) -> None:
    assert found("Nurlan", SHIFT[10:11], segment) == []
    assert found("Nurlan Toktogulov", SHIFT[10:11], segment) == [0]
    more, less = (index_of(SHIFT, segment).search(tokenise(asked)) for asked in ("N. Toktogulov", "B. Toktogulov"))
    assert [hit.name for hit in more] == [hit.name for hit in less] == [10]
    assert more[0].score > less[0].score


@both
def test_a_truncated_name_is_found_by_its_beginning(segment: Maker) -> None:
    assert found("Toktogul", SHIFT, segment, truncated=True) == [10]


@both
def test_only_the_candidates_asked_for_are_compared(segment: Maker) -> None:
    index = index_of(["Nurlan Karimov"] * 5 + ["Nurlan Petrov"] * 5, segment)
    asked = tokenise("Nurlan Karimov")
    assert [hit.name for hit in index.search(asked, candidates=3)] == [0, 1, 2]
    assert [hit.name for hit in index.search(asked, candidates=7)] == list(range(7))
    assert CANDIDATES > 10
    assert len(index.search(asked)) == 10


def kernel_of(names: list[str], segment: Maker) -> Kernel:
    sections = build_sections(names)
    return segment(*(sections[name] for name in SECTIONS), policy())


def near(kernel: Kernel, text: str) -> tuple[int, bytes]:
    (token,) = tokenise(text)
    blocks, trusted = blocks_of(token)
    return token.weight, kernel.near(pack(token), struct.pack(f"<{len(blocks)}I", *blocks), trusted)


@both
def test_beyond_many_names_a_common_word_brings_no_further_ones(segment: Maker) -> None:
    kernel = kernel_of(["Nurlan Karimov", "Nurlan Petrov", "Nurlan Petrov", "Bakyt Karimov"], segment)
    asked = b"".join(pack(token) for token in tokenise("Nurlan Karimov"))
    evidence = (near(kernel, "Nurlan"), near(kernel, "Karimov"))

    def names(many: int) -> list[int]:
        return [name for _, name in struct.iter_unpack("<II", kernel.search(asked, evidence, 10, many))]

    assert sorted(names(100)) == [0, 1, 2, 3]
    assert sorted(names(2)) == [0, 3]
    assert names(0) == []


@both
def test_near_words_are_given_nearest_first(segment: Maker) -> None:
    sections = build_sections(["Karimov", "Kerimov", "Karimova", "Petrov", "K."])
    kernel = segment(*(sections[name] for name in SECTIONS), policy())
    forms = {bytes(word["codes"][: word["n"]]): at for at, word in enumerate(sections["words"])}
    near_words = list(struct.iter_unpack("<II", near(kernel, "Karimov")[1]))
    assert [word for word, _ in near_words] == [forms[encode(form)] for form in ("karimov", "karimova", "kerimov")]
    assert near_words[0][1] == 1000
    assert [similarity for _, similarity in near_words] == sorted((s for _, s in near_words), reverse=True)


@both
def test_what_does_not_fit_together_is_refused(segment: Maker) -> None:
    sections = build_sections(SHIFT)
    parts = [sections[name].tobytes() for name in SECTIONS]
    for at in (0, 1, 3):
        with pytest.raises(ValueError, match="do not fit together"):
            segment(*parts[:at], parts[at][:-64], *parts[at + 1 :], policy())
    with pytest.raises(ValueError, match="do not fit together"):
        segment(*parts, policy()[:-1])


@both
def test_arguments_out_of_range_are_refused(segment: Maker) -> None:
    kernel = kernel_of(SHIFT, segment)
    token = pack(tokenise("Nurlan")[0])
    for tokens, evidence, top in [
        (b"", (), 1),
        (token[:-1], (), 1),
        (token * 17, (), 1),
        (token, (), 0),
        (token, (), 100_001),
        (token, ((1, b""),) * 65, 1),
    ]:
        with pytest.raises(ValueError, match=r"."):
            kernel.search(tokens, evidence, top, 1)
    for wrong in (b"", token[:-1], token + b"\0"):
        with pytest.raises(ValueError, match=r"."):
            kernel.near(wrong, b"", 0)
        with pytest.raises(ValueError, match=r"."):
            kernel.halves(wrong)


@both
@pytest.mark.parametrize("names", [[], [""], ["", "-"]])
def test_an_index_of_no_names_finds_nothing(segment: Maker, names: list[str]) -> None:
    assert found("Nurlan Karimov", names, segment) == []


@both
def test_among_equally_common_words_the_first_brings_its_names(segment: Maker) -> None:
    kernel = kernel_of(["Nurlan Petrov", "Bakyt Karimov"], segment)
    asked = b"".join(pack(token) for token in tokenise("Nurlan Karimov"))
    (weight, first), (_, second) = near(kernel, "Nurlan"), near(kernel, "Karimov")
    # Copies, because where bytes lie in memory must decide nothing.
    firsts, seconds = ([bytes(bytearray(raw)) for _ in range(20)] for raw in (first, second))
    found = {
        kernel.search(asked, ((weight, one), (weight, other)), 10, 1)
        for one, other in ((min(firsts, key=id), max(seconds, key=id)), (max(firsts, key=id), min(seconds, key=id)))
    }
    assert [name for _, name in struct.iter_unpack("<II", found.pop())] == [0]
    assert found == set()


@both
@pytest.mark.parametrize("similarity", [0, 500, 1001, 0xFFFFFFFF])
def test_evidence_that_tells_nothing_brings_nothing(segment: Maker, similarity: int) -> None:
    kernel = kernel_of(SHIFT, segment)
    evidence = ((50, struct.pack("<8I", 0, similarity, 1, similarity, 2, similarity, 3, similarity)),) * 64
    assert kernel.search(pack(tokenise("Nurlan")[0]), evidence, 100, 100) == b""


@both
def test_the_longest_word_keeps_its_suffix(segment: Maker) -> None:
    longest = "abgdabgdkabgdlabgdmabgdnabgdrabgz"
    (hit,) = index_of([f"{longest} kyzy"], segment).search(tokenise(f"{longest[:-1]}t kyzy"))
    assert hit.score == compare(f"{longest[:-1]}t kyzy", f"{longest} kyzy").score
