"""The oblivious function: the vectors of RFC 9497, A.1.1, and points that are none."""

from __future__ import annotations

import pytest

from elchi.errors import InvalidInput
from elchi.exchange.private_match.oprf import blind, blind_with, derive_key, evaluate, finalise, outputs

KEY = "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e"
BLIND = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
VECTORS = [
    (
        "00",
        "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
        "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
        (
            "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
            "ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6"
        ),
    ),
    (
        "5a" * 17,
        "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
        "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
        (
            "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4"
            "f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73"
        ),
    ),
]


def test_the_key_of_the_vectors_is_derived() -> None:
    assert derive_key(bytes([0xA3]) * 32, b"test key").hex() == KEY


@pytest.mark.parametrize(("given", "element", "evaluated", "output"), VECTORS)
def test_the_vectors_of_the_rfc(given: str, element: str, evaluated: str, output: str) -> None:
    key, told = bytes.fromhex(KEY), bytes.fromhex(given)
    blinded = blind_with(told, bytes.fromhex(BLIND))
    assert blinded.element.hex() == element
    assert [one.hex() for one in evaluate(key, [blinded.element])] == [evaluated]
    assert [one.hex() for one in finalise([blinded], [bytes.fromhex(evaluated)])] == [output]
    assert [one.hex() for one in outputs(key, [told])] == [output]


def test_many_threads_give_what_one_gives() -> None:
    key, told = bytes.fromhex(KEY), [str(at).encode() for at in range(9000)]
    assert outputs(key, told, threads=2) == outputs(key, told)


# RFC 9496, A.2 and A.3: the neutral element, encodings that are not the one, negative, no square, of torsion.
BAD = [
    "00" * 32,
    "00ffffff" + "ff" * 27 + "ff",
    "f3ffffff" + "ff" * 27 + "7f",
    "edffffff" + "ff" * 27 + "7f",
    "01" + "00" * 31,
    "01ffffff" + "ff" * 27 + "7f",
    "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "c9d583e7c4b94f4f4bea8ac7b0ec2c7a95b4a1f4a1f7a4a1f1a7a7a7a7a7a7ff",
    "ecffffff" + "ff" * 27 + "7f",
    "",
    "00",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d7600",
]


@pytest.mark.parametrize("bad", BAD)
def test_points_that_are_none_are_refused_on_both_sides(bad: str) -> None:
    good = blind([b"a"])[0]
    with pytest.raises(InvalidInput) as caught:
        evaluate(bytes.fromhex(KEY), [good.element, bytes.fromhex(bad)])
    assert (caught.value.code, caught.value.params["position"]) == ("element_invalid", 1)
    with pytest.raises(InvalidInput, match="element_invalid"):
        finalise([good], [bytes.fromhex(bad)])


def test_as_many_come_back_as_were_asked() -> None:
    with pytest.raises(InvalidInput) as caught:
        finalise(blind([b"a", b"b"]), [blind([b"a"])[0].element])
    assert caught.value.params == {"field": "evaluated", "rule": "count", "position": 1}


def test_the_same_input_is_never_blinded_alike() -> None:
    assert len({one.element for one in blind([b"same"] * 100)}) == 100


def test_an_input_beyond_measure_is_refused() -> None:
    with pytest.raises(InvalidInput, match="element_invalid"):
        blind([b"a" * 1025])
