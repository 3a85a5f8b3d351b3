"""Keys are named by what they are, and lie in files that a passphrase opens."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.sealing import DAY, NOW, public_of

from elchi.errors import Conflict, ElchiError, InvalidInput, SealBroken
from elchi.seal.canonical import decode_bytes
from elchi.seal.keys import DecryptionKey, PostQuantumSigningKey, SigningKey, lock_key_file
from elchi.seal.public_key import PublicKey, check_signed_at, kid_of

PASSPHRASE = "made by a machine: 8f2c71"
KINDS = [(SigningKey, ""), (PostQuantumSigningKey, ""), (DecryptionKey, ""), (DecryptionKey, "X25519")]


def code_of(error: pytest.ExceptionInfo[ElchiError]) -> str:
    return error.value.code


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_a_key_comes_back_from_its_file(kind: type[SigningKey | DecryptionKey], algorithm: str, tmp_path: Path) -> None:
    made = kind.create(tmp_path / "key.pem", PASSPHRASE, algorithm)
    opened = kind.open(tmp_path / "key.pem", PASSPHRASE)
    assert (opened.kid, opened.public, opened.algorithm) == (made.kid, made.public, made.algorithm)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert b"-----BEGIN PRIVATE KEY" not in (tmp_path / "key.pem").read_bytes()
    with pytest.raises(FileExistsError):
        kind.create(tmp_path / "key.pem", PASSPHRASE)


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_another_passphrase_opens_nothing(
    kind: type[SigningKey | DecryptionKey], algorithm: str, tmp_path: Path
) -> None:
    kind.create(tmp_path / "key.pem", PASSPHRASE, algorithm)
    with pytest.raises(Conflict) as caught:
        kind.open(tmp_path / "key.pem", PASSPHRASE + " ")
    assert code_of(caught) == "key_locked"


def test_a_key_of_another_kind_or_none_is_told(tmp_path: Path) -> None:
    DecryptionKey.create(tmp_path / "key.pem", PASSPHRASE)
    (tmp_path / "text.pem").write_text("a text", encoding="ascii")
    for name in ("key.pem", "text.pem", "missing.pem"):
        with pytest.raises(Conflict) as caught:
            SigningKey.open(tmp_path / name, PASSPHRASE)
        assert code_of(caught) == "key_damaged"


def test_a_file_that_was_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    DecryptionKey.create(path, PASSPHRASE)
    whole = path.read_bytes()
    for cut in (0, 50, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(Conflict):
            DecryptionKey.open(path, PASSPHRASE)


def test_a_short_passphrase_locks_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        SigningKey.create(tmp_path / "key.pem", "nineteen characters")
    assert code_of(caught) == "passphrase_weak"
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_before_is_opened_and_can_be_locked(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    old = Ed25519PrivateKey.generate()
    path.write_bytes(old.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert SigningKey.open(path, PASSPHRASE).public == old.public_key().public_bytes_raw()
    assert [lock_key_file(path, PASSPHRASE), lock_key_file(path, PASSPHRASE)] == [True, False]
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert SigningKey.open(path, PASSPHRASE).public == old.public_key().public_bytes_raw()
    assert [one.name for one in tmp_path.iterdir()] == ["signing.pem"]


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_a_kid_is_the_hash_of_algorithm_and_key(kind: type[SigningKey], algorithm: str) -> None:
    key = kind.generate(algorithm)
    assert decode_bytes(key.kid) == hashlib.sha256(key.algorithm.encode() + b"\0" + key.public).digest()
    assert public_of(key).kid == key.kid


def test_the_same_bytes_under_another_algorithm_are_another_key() -> None:
    assert kid_of("Ed25519", bytes(32)) != kid_of("X25519", bytes(32))


@pytest.mark.parametrize(
    ("algorithm", "length"), [("Ed25519", 31), ("X-Wing", 1_215), ("ML-DSA-65", 32), ("RSA", 32), ("none", 0)]
)
def test_keys_of_another_length_or_algorithm_are_refused(algorithm: str, length: int) -> None:
    with pytest.raises(SealBroken) as caught:
        PublicKey(algorithm=algorithm, public=bytes(length), valid_from=NOW, valid_until=NOW + DAY)
    assert code_of(caught) == "key_unusable"


def test_an_ml_kem_key_out_of_range_is_refused() -> None:
    with pytest.raises(SealBroken):
        PublicKey(algorithm="X-Wing", public=b"\xff" * 1_216, valid_from=NOW, valid_until=NOW + DAY)


@pytest.mark.parametrize("kind", [SigningKey, PostQuantumSigningKey])
def test_a_signature_is_of_these_bytes_by_this_key(kind: type[SigningKey]) -> None:
    key, other = kind.generate(), kind.generate()
    signature = key.sign(b"content")
    assert public_of(key).has_signed(b"content", signature)
    assert not public_of(key).has_signed(b"Content", signature)
    assert not public_of(other).has_signed(b"content", signature)
    assert not public_of(key).has_signed(b"content", signature[:-1])
    assert not public_of(DecryptionKey.generate("X25519")).has_signed(b"content", signature)


@pytest.mark.parametrize(
    ("at", "revoked_at", "code"),
    [
        (NOW, None, ""), (NOW - DAY, None, ""), (NOW - 2 * DAY, None, "key_expired"),
        (NOW + 365 * DAY, None, "key_expired"), (NOW, NOW, "key_revoked"), (NOW - DAY, NOW, ""),
        (NOW + 400 * DAY, NOW, "key_revoked"),
    ],
)  # fmt: skip
def test_what_a_key_signed_counts_only_within_its_time(at: object, revoked_at: object, code: str) -> None:
    key = public_of(SigningKey.generate(), revoked_at=revoked_at)
    told = ""
    try:
        check_signed_at(key, at)  # type: ignore[arg-type]
    except SealBroken as error:
        told = error.code
    assert told == code
