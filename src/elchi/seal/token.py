"""A signing key that never leaves its token (PKCS #11): a smart card, a USB stick, an HSM. It signs like one of a file.

Whoever steals the disk, or breaks into the machine, can sign while the token is there and no longer. Ed25519 (PKCS #11
3.0, EdDSA); X-Wing is in no token yet, so keys to decrypt with stay files. The library of the token's maker is loaded
into this process: name one that you trust, and try it. One that shares Python's OpenSSL may break TLS of the process,
as SoftHSM 2.6 does with its engine. Needs `elchi[token]`.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from elchi.errors import Conflict
from elchi.seal.public_key import ED25519, kid_of

_CURVE: Final = b"\x13\x0cedwards25519"
"""Parameters of the curve, as PKCS #11 3.0 (6.3.8) names it: a PrintableString."""
_PUBLIC: Final = 32
_one_at_a_time: Final = threading.Lock()
"""A session knows one operation at a time."""
_sessions: Final[dict[tuple[Path, str], tuple[str, Any]]] = {}
"""Library and label of a token to its PIN and session: a process signs in to a token once."""


@dataclass(frozen=True, slots=True)
class KeyToken:
    """Where a key is."""

    library: Path
    """Of the token's maker: a shared object."""
    label: str
    """Of the token."""
    pin: str = field(repr=False)


class TokenKey:
    """A private key on a token; a `Signer`."""

    algorithm = ED25519

    def __init__(self, token: KeyToken, private: Any, public: bytes) -> None:
        self._token = token
        self._private = private
        self.public = public
        self.kid = kid_of(ED25519, public)

    @classmethod
    def create(cls, token: KeyToken, label: str) -> Self:
        """Make a key on a token, of which it cannot be read; there it bears a label.

        Raises:
            Conflict: `key_token_unusable`; `key_token_locked`; `key_token_taken`: a key is never written over.
        """
        from pkcs11 import Attribute, KeyType, Mechanism  # noqa: PLC0415  optional

        with _reported(token):
            session = _session(token)
            if _find(session, label, private=True):
                raise Conflict("key_token_taken", label=label)
            curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _CURVE}, local=True)
            public, private = curve.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                store=True,
                label=label,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
            return cls(token, private, _point(public))

    @classmethod
    def open(cls, token: KeyToken, label: str) -> Self:
        """Find a key on a token.

        Raises:
            Conflict: `key_token_unusable`: it is not there, or does not do what is needed; `key_token_locked`: the PIN
                is another one, or was wrong too often; `key_token_empty`: no such key.
        """
        with _reported(token):
            session = _session(token)
            found = [_find(session, label, private=private) for private in (True, False)]
            if any(len(keys) != 1 for keys in found):
                raise Conflict("key_token_empty", label=label)
            return cls(token, found[0][0], _point(found[1][0]))

    def sign(self, content: bytes) -> bytes:
        """Give the signature of bytes, 64 bytes.

        Raises:
            Conflict: `key_token_unusable`: it was pulled out, say. Open the key again when it is back.
        """
        from pkcs11 import Mechanism  # noqa: PLC0415  optional

        with _reported(self._token):
            return bytes(self._private.sign(content, mechanism=Mechanism.EDDSA))


@contextmanager
def _reported(token: KeyToken) -> Iterator[None]:
    """Let nobody else at the token, and make its errors errors of ours."""
    try:
        from pkcs11 import PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error  # noqa: PLC0415  optional
    except ImportError:
        raise Conflict("key_token_unusable", reason="elchi[token]") from None
    with _one_at_a_time:
        try:
            yield
        except (PinIncorrect, PinInvalid, PinLenRange, PinLocked):
            raise Conflict("key_token_locked", token=token.label) from None
        except PKCS11Error as error:
            _sessions.pop((token.library, token.label), None)
            raise Conflict("key_token_unusable", reason=type(error).__name__) from None


def _session(token: KeyToken) -> Any:
    import pkcs11  # noqa: PLC0415  optional

    pin, session = _sessions.get((token.library, token.label), ("", None))
    if session is None:
        found = pkcs11.lib(str(token.library)).get_token(token_label=token.label)
        session = found.open(rw=True, user_pin=token.pin)
        _sessions[token.library, token.label] = token.pin, session
    elif not hmac.compare_digest(pin.encode(), token.pin.encode()):
        raise Conflict("key_token_locked", token=token.label)
    return session


def _find(session: Any, label: str, *, private: bool) -> list[Any]:
    from pkcs11 import Attribute, KeyType, ObjectClass  # noqa: PLC0415  optional

    kind = ObjectClass.PRIVATE_KEY if private else ObjectClass.PUBLIC_KEY
    wanted = {Attribute.CLASS: kind, Attribute.KEY_TYPE: KeyType.EC_EDWARDS, Attribute.LABEL: label}
    return list(session.get_objects(wanted))


def _point(public: Any) -> bytes:
    """Give the public half: tokens tell it bare, or in a DER octet string."""
    from pkcs11 import Attribute  # noqa: PLC0415  optional

    told = bytes(public[Attribute.EC_POINT])
    point = told[2:] if told[:2] == bytes((4, _PUBLIC)) else told
    if len(point) != _PUBLIC:
        raise Conflict("key_token_unusable", reason="EC_POINT")
    return point
