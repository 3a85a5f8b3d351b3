"""A key on a token signs as one in a file does, and stays there. The token is SoftHSM's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sealing import NOW, TYP, public_of

from elchi.errors import Conflict
from elchi.seal.document import read_document, sign_document
from elchi.seal.token import KeyToken, TokenKey

LIBRARY = next(
    (path for path in map(Path, (os.environ.get("ELCHI_TEST_PKCS11", ""), "/usr/lib/softhsm/libsofthsm2.so",
     "/usr/lib64/pkcs11/libsofthsm2.so")) if path.is_file()), None)  # fmt: skip
TOOL = shutil.which("softhsm2-util")
PIN = "4711-korday"

pytest.importorskip("pkcs11", reason="no python-pkcs11: pip install elchi[token]")
pytestmark = pytest.mark.skipif(
    not (LIBRARY and TOOL), reason="no SoftHSM, which plays the token: apt install softhsm2"
)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> KeyToken:
    """A token of SoftHSM. Its settings are read once a process, when its library is loaded."""
    assert LIBRARY is not None
    assert TOOL is not None
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(config)
    pins = ("--so-pin", "12345678", "--pin", PIN)
    subprocess.run([TOOL, "--init-token", "--free", "--label", "border", *pins], check=True, capture_output=True)
    return KeyToken(LIBRARY, "border", PIN)


@pytest.fixture(scope="module")
def key(token: KeyToken) -> TokenKey:
    return TokenKey.create(token, "seal")


def code(token: KeyToken, label: str = "seal") -> str:
    with pytest.raises(Conflict) as caught:
        TokenKey.open(token, label)
    return caught.value.code


def test_what_it_signs_is_read_like_all_else(token: KeyToken, key: TokenKey) -> None:
    again = TokenKey.open(token, "seal")
    assert (again.kid, again.algorithm, again.public) == (key.kid, "Ed25519", key.public)
    document = sign_document({"a": 1}, typ=TYP, signers=[again])
    known = public_of(key)
    told = read_document(document, typ=TYP, key_of={known.kid: known}.get)
    assert (dict(told.content), told.signed_by) == ({"a": 1}, (key.kid,))
    assert known.is_valid_at(NOW)


def test_it_cannot_be_read_out(token: KeyToken, key: TokenKey) -> None:
    from pkcs11 import Attribute  # noqa: PLC0415  optional

    private = key._private  # noqa: SLF001  that is what a thief would ask
    assert (private[Attribute.SENSITIVE], private[Attribute.EXTRACTABLE]) == (True, False)
    assert PIN not in repr(token)


def test_a_key_is_never_written_over(token: KeyToken, key: TokenKey) -> None:
    with pytest.raises(Conflict, match="key_token_taken"):
        TokenKey.create(token, "seal")
    assert TokenKey.open(token, "seal").kid == key.kid


def test_what_is_not_there_is_told(token: KeyToken, key: TokenKey) -> None:
    assert key.kid
    assert code(token, "other") == "key_token_empty"
    assert code(KeyToken(token.library, "nobody", PIN)) == "key_token_unusable"
    assert code(KeyToken(token.library, "border", "0000")) == "key_token_locked"


def test_a_library_that_is_none_is_told(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from elchi.errors import Conflict\n"
        "from elchi.seal.token import KeyToken, TokenKey\n"
        "try: TokenKey.open(KeyToken(Path(sys.argv[1]), 'border', '1'), 'seal')\n"
        "except Conflict as error: print(error.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "none.so")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "key_token_unusable\n"
