"""A time stamp counts over what it was made of, from an authority that is trusted."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.time_authority import OPENSSL, TimeAuthority

from elchi.errors import InvalidInput, SealBroken
from elchi.seal.stamp import read_authorities, read_stamp, request_stamp

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl, which plays the authority")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("time") / "authority")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("time") / "stranger", "Someone else")


@pytest.fixture(scope="module")
def token(authority: TimeAuthority) -> bytes:
    return authority.answer(request_stamp(b"a head"))


def test_it_says_when_and_who(authority: TimeAuthority, token: bytes) -> None:
    stamp = read_stamp(token, document=b"a head", authorities=read_authorities(authority.root))
    assert stamp.authority == "CN=Time of tests"
    assert abs(stamp.at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=10)


def test_it_counts_over_nothing_else(authority: TimeAuthority, token: bytes) -> None:
    with pytest.raises(SealBroken, match="stamp_wrong"):
        read_stamp(token, document=b"another head", authorities=read_authorities(authority.root))


def test_who_is_not_trusted_says_nothing(token: bytes, stranger: TimeAuthority) -> None:
    with pytest.raises(SealBroken, match="stamp_wrong"):
        read_stamp(token, document=b"a head", authorities=read_authorities(stranger.root))
    with pytest.raises(SealBroken, match="stamp_wrong"):
        read_stamp(token, document=b"a head", authorities=())


def test_two_requests_differ_and_hold_a_hash_alone() -> None:
    assert request_stamp(b"a head") != request_stamp(b"a head")
    assert b"a head" not in request_stamp(b"a head")


@given(content=st.binary(max_size=2_000), at=st.integers(0, 5_000))
def test_any_bytes_end_in_an_error_of_ours(authority: TimeAuthority, token: bytes, content: bytes, at: int) -> None:
    for one in (content, token[:at] + content):
        if not one.startswith(token):
            with pytest.raises(SealBroken, match="stamp_wrong"):
                read_stamp(one, document=b"a head", authorities=read_authorities(authority.root))


def test_certificates_that_are_none() -> None:
    with pytest.raises(InvalidInput, match="certificate_invalid"):
        read_authorities(b"nothing")
