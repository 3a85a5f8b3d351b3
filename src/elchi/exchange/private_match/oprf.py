"""An oblivious pseudorandom function: OPRF(ristretto255, SHA-512) of RFC 9497, in its base mode.

One side has a key, the other an input. Together they make the output, and neither learns what the other has: the key
is not told, and the input goes out blinded by a number that is used once. All arithmetic is libsodium's (`rbcl`); here
is no more than the order in which RFC 9497, 3.3.1, and RFC 9380, 5.3.1, have it done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Final

from elchi.errors import InvalidInput

ELEMENT: Final = 32
"""Bytes of an element of the group."""
MAX_INPUT: Final = 1024
"""Bytes of an input; RFC 9497 would take 65,535."""
_CONTEXT: Final = b"OPRFV1-\x00-ristretto255-SHA512"
_TO_GROUP: Final = b"HashToGroup-" + _CONTEXT
_DERIVE: Final = b"DeriveKeyPair" + _CONTEXT
_IDENTITY: Final = bytes(ELEMENT)
_BLOCK: Final = 128
_AT_ONCE: Final = 4096
"""Elements that a thread takes at a time."""


@dataclass(frozen=True, slots=True)
class Blinded:
    """An input on its way to who has the key."""

    input: bytes = field(repr=False)
    blind: bytes = field(repr=False)
    """Secret of who asks: with it the element says what the input is."""
    element: bytes
    """What is sent."""


@cache
def _sodium() -> ModuleType:
    """Give libsodium, which unpacks itself into a file and leaves it: a quarter of a second that few processes need."""
    rbcl = import_module("rbcl")
    Path(rbcl._sodium._name).unlink(missing_ok=True)  # noqa: SLF001
    return rbcl


def derive_key(seed: bytes, info: bytes) -> bytes:
    """Give the key that a seed and a note make: DeriveKeyPair of RFC 9497, 3.2.1.

    Args:
        seed: 32 secret bytes.
        info: for what it is.
    """
    told = seed + len(info).to_bytes(2, "big") + info
    for counter in range(256):
        key: bytes = _sodium().crypto_core_ristretto255_scalar_reduce(_expand(told + bytes([counter]), _DERIVE))
        if key != _IDENTITY:
            return key
    raise ValueError("no key")  # RFC 9497: of a chance that is none


def blind(inputs: Sequence[bytes]) -> tuple[Blinded, ...]:
    """Blind inputs, each with a number of its own.

    Raises:
        InvalidInput: `element_invalid` for an input that is too long.
    """
    return tuple(blind_with(one, _sodium().crypto_core_ristretto255_scalar_random()) for one in inputs)


def blind_with(given: bytes, number: bytes) -> Blinded:
    """Blind an input with a number that must be random and used once: for test vectors, and for `blind`."""
    return Blinded(given, number, _multiply(number, _to_group(given)))


def check_elements(elements: Sequence[bytes]) -> None:
    """Do nothing if all are elements of the group, in the one form, and none the neutral one.

    Raises:
        InvalidInput: `element_invalid` with `position`: with such a point somebody would try to learn of the key
            (RFC 9497, 4.1).
    """
    for position, element in enumerate(elements):
        if (
            len(element) != ELEMENT
            or element == _IDENTITY
            or not _sodium().crypto_core_ristretto255_is_valid_point(element)
        ):
            raise InvalidInput("element_invalid", field="element", rule="element", position=position)


def evaluate(key: bytes, elements: Sequence[bytes]) -> tuple[bytes, ...]:
    """Do what who has the key does for who asks.

    Raises:
        InvalidInput: `element_invalid`; see `check_elements`.
    """
    return tuple(_multiply(key, element, position) for position, element in enumerate(elements))


def finalise(blinded: Sequence[Blinded], evaluated: Sequence[bytes]) -> tuple[bytes, ...]:
    """Take the blind off what came back, and give the outputs, 64 bytes each.

    Raises:
        InvalidInput: `element_invalid`, also with `rule` `count` when there are not as many as were asked.
    """
    if len(blinded) != len(evaluated):
        raise InvalidInput("element_invalid", field="evaluated", rule="count", position=len(evaluated))
    return tuple(
        _output(one.input, _multiply(_sodium().crypto_core_ristretto255_scalar_invert(one.blind), element, position))
        for position, (one, element) in enumerate(zip(blinded, evaluated, strict=True))
    )


def outputs(key: bytes, inputs: Sequence[bytes], *, threads: int = 1) -> tuple[bytes, ...]:
    """Give the outputs of inputs that who has the key has himself.

    Args:
        key: the key.
        inputs: any number.
        threads: that share the work; the library lets go of the interpreter while it multiplies.
    """

    def some(begin: int) -> list[bytes]:
        return [_output(one, _multiply(key, _to_group(one))) for one in inputs[begin : begin + _AT_ONCE]]

    return tuple(chain.from_iterable(_spread(some, range(0, len(inputs), _AT_ONCE), threads)))


def _spread(some: Callable[[int], list[bytes]], begins: range, threads: int) -> list[list[bytes]]:
    if threads < 2 or len(begins) < 2:
        return [some(begin) for begin in begins]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(some, begins))


def _multiply(scalar: bytes, element: bytes, position: int = 0) -> bytes:
    """Multiply; libsodium refuses what is no element in its one form, and what gives the neutral one."""
    if len(element) != ELEMENT or element == _IDENTITY:
        raise InvalidInput("element_invalid", field="element", rule="element", position=position)
    try:
        product: bytes = _sodium().crypto_scalarmult_ristretto255(scalar, element)
    except RuntimeError:
        raise InvalidInput("element_invalid", field="element", rule="element", position=position) from None
    return product


def _to_group(given: bytes) -> bytes:
    if len(given) > MAX_INPUT:
        raise InvalidInput("element_invalid", field="input", rule="max_length", position=0)
    element: bytes = _sodium().crypto_core_ristretto255_from_hash(_expand(given, _TO_GROUP))
    return element


def _output(given: bytes, element: bytes) -> bytes:
    told = len(given).to_bytes(2, "big") + given + len(element).to_bytes(2, "big") + element + b"Finalize"
    return hashlib.sha512(told).digest()


def _expand(told: bytes, purpose: bytes) -> bytes:
    """Give 64 bytes that look random: expand_message_xmd of RFC 9380, 5.3.1, with SHA-512, in its one block."""
    suffix = purpose + bytes([len(purpose)])
    first = hashlib.sha512(bytes(_BLOCK) + told + b"\x00\x40\x00" + suffix).digest()
    return hashlib.sha512(first + b"\x01" + suffix).digest()
