"""A key on a token signs as one in a file does, and stays there. The token is SoftHSM's."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.sealing import NOW, TYP
from tests.soft_token import PIN, needs_token, soft_token
from tests.token_at_work import create, find, refused, secrecy, sign

from elchi.seal.document import read_document
from elchi.seal.public_key import PublicKey, kid_of
from elchi.seal.token import KeyToken

pytest.importorskip("pkcs11", reason="no python-pkcs11: pip install elchi[token]")
pytestmark = needs_token

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyToken]:
    with soft_token(tmp_path_factory.mktemp("token")) as made:
        yield KeyToken(*made)


@pytest.fixture(scope="module")
def call(token: KeyToken) -> Iterator[Call]:
    """Call a function in the one other process that has the token's library."""
    assert os.environ["SOFTHSM2_CONF"]
    assert token
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield lambda work, *args, **given: pool.submit(work, *args, **given).result()


@pytest.fixture(scope="module")
def key(token: KeyToken, call: Call) -> tuple[str, str, bytes]:
    made: tuple[str, str, bytes] = call(create, token, "seal")
    return made


def test_what_it_signs_is_read_like_all_else(token: KeyToken, call: Call, key: tuple[str, str, bytes]) -> None:
    kid, algorithm, public = key
    assert call(find, token, "seal") == key
    assert kid == kid_of(algorithm, public)
    known = PublicKey(algorithm=algorithm, public=public, valid_from=NOW, valid_until=NOW.replace(year=2027))
    told = read_document(call(sign, token, "seal", TYP), typ=TYP, key_of={kid: known}.get)
    assert (dict(told.content), told.signed_by) == ({"a": 1}, (kid,))


def test_it_cannot_be_read_out(token: KeyToken, call: Call, key: tuple[str, str, bytes]) -> None:
    assert call(secrecy, token, "seal") == (True, False)
    assert PIN not in repr(token)


def test_a_key_is_never_written_over(token: KeyToken, call: Call, key: tuple[str, str, bytes]) -> None:
    assert call(refused, token, "seal", new=True) == "key_token_taken"
    assert call(find, token, "seal") == key


def test_what_is_not_there_is_told(token: KeyToken, call: Call, key: tuple[str, str, bytes]) -> None:
    assert call(refused, token, "other") == "key_token_empty"
    assert call(refused, KeyToken(token.library, "nobody", PIN), "seal") == "key_token_unusable"
    assert call(refused, KeyToken(token.library, "border", "0000"), "seal") == "key_token_locked"


def test_a_library_that_is_none_is_told(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        told = pool.submit(refused, KeyToken(tmp_path / "none.so", "border", PIN), "seal").result()
    assert told == "key_token_unusable"
