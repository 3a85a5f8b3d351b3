"""What tests of a token do, each function called in a process of its own.

SoftHSM 2.6 sets an engine in the OpenSSL that it shares with Python: TLS of the same process is broken afterwards.
"""

from __future__ import annotations

from elchi.errors import Conflict
from elchi.seal.document import sign_document
from elchi.seal.token import KeyToken, TokenKey


def create(token: KeyToken, label: str) -> tuple[str, str, bytes]:
    """Make a key; give its kid, algorithm and public half."""
    key = TokenKey.create(token, label)
    return key.kid, key.algorithm, key.public


def find(token: KeyToken, label: str) -> tuple[str, str, bytes]:
    key = TokenKey.open(token, label)
    return key.kid, key.algorithm, key.public


def sign(token: KeyToken, label: str, typ: str) -> bytes:
    return sign_document({"a": 1}, typ=typ, signers=[TokenKey.open(token, label)])


def secrecy(token: KeyToken, label: str) -> tuple[bool, bool]:
    """Tell whether the key is sensitive, and whether it can be taken out."""
    from pkcs11 import Attribute  # noqa: PLC0415  optional

    private = TokenKey.open(token, label)._private  # noqa: SLF001  that is what a thief would ask
    return private[Attribute.SENSITIVE], private[Attribute.EXTRACTABLE]


def refused(token: KeyToken, label: str, *, new: bool = False) -> str:
    """Give the code with which a key is refused."""
    try:
        (TokenKey.create if new else TokenKey.open)(token, label)
    except Conflict as error:
        return error.code
    return ""
