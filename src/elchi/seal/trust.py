"""Whose keys are whose: the key document of a party, and what makes a new version of it trusted.

A party publishes its keys as a signed document with a version. The first one is trusted because two people compared its
fingerprint; each later one because a key signed it that the version before holds and does not revoke. A version that is
older than the one that is trusted is a roll-back; another one under the same number is an equivocation, and is kept as
evidence. A document is fresh for thirty days at most: after that a partner goes on to receive, and holds back what it
would send, so that a thief who keeps a newer version away gains a month and no more (the freeze attack of
Samuel et al., "Survivable Key Compromise in Software Update Systems", CCS 2010).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import SealBroken
from elchi.seal.canonical import decode_bytes, encode_bytes, read_time, write_time
from elchi.seal.document import SignedDocument, read_own_document, sign_document
from elchi.seal.keys import Signer
from elchi.seal.public_key import ALGORITHMS, ENCRYPT, SIGN, PublicKey

KEY_DOCUMENT: Final = "elchi-key-document-1"
"""Kind of document."""
FRESH: Final = dt.timedelta(days=30)
"""How long a version is fresh at most."""
MAX_KEYS: Final = 64
MAX_ADDRESSES: Final = 16
MAX_SPOKEN_FOR: Final = 32
"""Agencies, and offices, for which a party says that it speaks."""
MAX_CERTIFICATES: Final = 4
MAX_CERTIFICATE: Final = 4 << 10
"""Bytes."""
_MAX_VERSION: Final = 1 << 31
_PARTY: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_PREVIOUS: Final = re.compile(r"([0-9a-f]{64})?", re.ASCII)
_ADDRESS: Final = re.compile(r"https://[\x21-\x7e]{1,300}", re.ASCII)
_SLUG: Final = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)
_CONSONANTS: Final = ("bdfghjklmnprstvz", "бдфгхжклмнпрствз")
_VOWELS: Final = ("aiou", "аиоу")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDocument:
    """What a party says of its keys, one version of it."""

    party: str
    """Code of the node."""
    name: str
    """Of the office, for people."""
    version: int
    """From 1."""
    issued_at: dt.datetime
    valid_until: dt.datetime
    """At most `FRESH` later."""
    previous: str = ""
    """`sha256` of the version before; empty in the first one."""
    keys: tuple[PublicKey, ...]
    certificates: tuple[bytes, ...] = ()
    """That it presents to partners, DER; the pin is the whole certificate."""
    addresses: tuple[str, ...] = ()
    """Where it answers, https."""
    agencies: tuple[str, ...] = ()
    """Codes of the directory: for whom it says that it speaks. Its partners' people decide whether that counts."""
    offices: tuple[str, ...] = ()
    """The same of offices."""
    sha256: str = ""
    """Of what was signed, its fingerprint; empty in a document that is not issued yet."""

    def key(self, kid: str) -> PublicKey | None:
        """Give a key by its name."""
        return next((key for key in self.keys if key.kid == kid), None)

    def signing_keys(self, at: dt.datetime) -> tuple[PublicKey, ...]:
        """Give the keys whose signatures count at a time, newest first."""
        return self._keys(SIGN, at)

    def encryption_keys(self, at: dt.datetime) -> tuple[PublicKey, ...]:
        """Give the keys to which may be sealed at a time, best first: X-Wing before X25519, then the newest.

        Who sends uses the first one that he can: what a party publishes is signed, so nobody can take the better one
        away.
        """
        order = list(ALGORITHMS)
        return tuple(sorted(self._keys(ENCRYPT, at), key=lambda key: order.index(key.algorithm)))

    def state(self, at: dt.datetime) -> str:
        """Give `fresh` or `expired`."""
        return "fresh" if at < self.valid_until else "expired"

    def _keys(self, use: str, at: dt.datetime) -> tuple[PublicKey, ...]:
        found = (key for key in self.keys if key.use == use and key.is_valid_at(at))
        return tuple(sorted(found, key=lambda key: key.valid_from, reverse=True))


def issue_key_document(document: KeyDocument, *, signers: Sequence[Signer]) -> bytes:
    """Sign a version.

    Args:
        document: its `previous` is the `sha256` of the version before.
        signers: a key that stands in it unrevoked, and, where that is another one, a key that the version before holds.

    Raises:
        SealBroken: `key_document_invalid`: no reader would take it.
    """
    content = _as_json(document)
    _from_json(content)
    return sign_document(content, typ=KEY_DOCUMENT, signers=signers)


def read_key_document(content: bytes, *, trusted: KeyDocument | None, fingerprint: str = "") -> KeyDocument:
    """Read a key document and decide whether it is to be trusted.

    Args:
        content: signed.
        trusted: the newest version of this party that is trusted already; None at first contact, or for a version that
            was trusted when it was put away.
        fingerprint: what people compared, 64 hexadecimal digits; empty where there is nothing to compare with.

    Returns:
        The document. The same version again is what `trusted` is.

    Raises:
        SealBroken: `document_damaged`, `document_too_large`, `key_document_invalid`, `key_unusable`, `key_unknown`,
            `signature_wrong`; `key_document_untrusted`: no key signed that has a right to; `fingerprint_differs`;
            `key_document_rolled_back`; `key_document_equivocates`.
    """
    found: list[KeyDocument] = []

    def keys_in(told: Mapping[str, Any]) -> Any:
        document = _from_json(told)
        found.append(document)
        return lambda kid: document.key(kid) or (trusted.key(kid) if trusted else None)

    signed = read_own_document(content, typ=KEY_DOCUMENT, keys_in=keys_in)
    document = dataclasses.replace(found[0], sha256=signed.payload_sha256)
    if fingerprint and document.sha256 != fingerprint:
        raise SealBroken("fingerprint_differs", party=document.party)
    if not _has_signed(document, signed):
        raise SealBroken("key_document_untrusted", party=document.party, version=document.version)
    if trusted is not None:
        _check_follows(document, trusted, signed)
    return document


def fingerprint_of_document(content: bytes) -> str:
    """Give the fingerprint of a key document: SHA-256 of what was signed, 64 hexadecimal digits.

    Raises:
        SealBroken: as `read_key_document` at first contact.
    """
    return read_key_document(content, trusted=None).sha256


def fingerprint_groups(fingerprint: str) -> tuple[str, ...]:
    """Give a fingerprint as 12 groups of 5 digits, to be read aloud in any language; 199 bits of it.

    Args:
        fingerprint: 64 hexadecimal digits.
    """
    digits = f"{int(fingerprint, 16) % 10**60:060d}"
    return tuple(digits[at : at + 5] for at in range(0, 60, 5))


def fingerprint_words(fingerprint: str, *, cyrillic: bool = False) -> tuple[str, ...]:
    """Give a fingerprint as 8 words that can be pronounced and mean nothing; its first 128 bits.

    They are the proquints of Wilkerson ("A Proposal for Proquints", 2009): 16 bits a word, consonants and vowels in
    turn. In Cyrillic each letter stands for one Latin letter, so that two desks hear the same word.

    Args:
        fingerprint: 64 hexadecimal digits.
        cyrillic: in which script.
    """
    consonants, vowels = _CONSONANTS[cyrillic], _VOWELS[cyrillic]
    numbers = (int(fingerprint[at : at + 4], 16) for at in range(0, 32, 4))
    return tuple(
        consonants[one >> 12] + vowels[one >> 10 & 3] + consonants[one >> 6 & 15] + vowels[one >> 4 & 3]
        + consonants[one & 15]
        for one in numbers
    )  # fmt: skip


def _has_signed(document: KeyDocument, signed: SignedDocument) -> bool:
    """Tell whether one of the keys that signed stands in a document and is not revoked there."""
    keys = (document.key(kid) for kid in signed.signed_by)
    return any(key is not None and key.use == SIGN and key.revoked_at is None for key in keys)


def _check_follows(document: KeyDocument, trusted: KeyDocument, signed: SignedDocument) -> None:
    told = {"party": trusted.party, "version": document.version, "trusted": trusted.version}
    if document.party != trusted.party:
        raise SealBroken("key_document_untrusted", party=document.party, version=document.version)
    if document.version < trusted.version:
        raise SealBroken("key_document_rolled_back", **told)
    if document.version == trusted.version:
        if document.sha256 != trusted.sha256:
            raise SealBroken("key_document_equivocates", **told)
        return
    if not _has_signed(trusted, signed):
        raise SealBroken("key_document_untrusted", party=document.party, version=document.version)
    if document.version == trusted.version + 1 and document.previous != trusted.sha256:
        raise SealBroken("key_document_equivocates", **told)
    if document.issued_at < trusted.issued_at or _gives_back(document, trusted):
        raise SealBroken("key_document_rolled_back", **told)


def _gives_back(document: KeyDocument, trusted: KeyDocument) -> bool:
    """Tell whether a key that was revoked is not revoked any more, or from later on."""
    for old in trusted.keys:
        new = document.key(old.kid)
        if old.revoked_at and new and (new.revoked_at is None or new.revoked_at > old.revoked_at):
            return True
    return False


def _as_json(document: KeyDocument) -> dict[str, Any]:
    spoken_for = {"agencies": list(document.agencies), "offices": list(document.offices)}
    return {
        "party": document.party,
        "name": document.name,
        "version": document.version,
        "issued_at": write_time(document.issued_at),
        "valid_until": write_time(document.valid_until),
        "previous": document.previous,
        "keys": [_key_as_json(key) for key in document.keys],
        "certificates": [encode_bytes(one) for one in document.certificates],
        "addresses": list(document.addresses),
        **{name: codes for name, codes in spoken_for.items() if codes},
    }


def _key_as_json(key: PublicKey) -> dict[str, str]:
    told = {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "public": encode_bytes(key.public),
        "valid_from": write_time(key.valid_from),
        "valid_until": write_time(key.valid_until),
    }
    if key.revoked_at is not None:
        told["revoked_at"] = write_time(key.revoked_at)
    if key.superseded_by:
        told["superseded_by"] = key.superseded_by
    return told


def _from_json(told: Mapping[str, Any]) -> KeyDocument:
    """Read the content of a key document; what a later version of the protocol adds is passed over."""
    try:
        document = KeyDocument(
            party=_matching(told["party"], _PARTY),
            name=_line(told["name"]),
            version=_number(told["version"]),
            issued_at=read_time(told["issued_at"]),
            valid_until=read_time(told["valid_until"]),
            previous=_matching(told["previous"], _PREVIOUS),
            keys=tuple(_key_from_json(one) for one in _few(told["keys"], MAX_KEYS)),
            certificates=tuple(_certificate(one) for one in _few(told["certificates"], MAX_CERTIFICATES)),
            addresses=tuple(_matching(one, _ADDRESS) for one in _few(told["addresses"], MAX_ADDRESSES)),
            agencies=tuple(_matching(one, _SLUG) for one in _few(told.get("agencies", []), MAX_SPOKEN_FOR)),
            offices=tuple(_matching(one, _SLUG) for one in _few(told.get("offices", []), MAX_SPOKEN_FOR)),
        )
    except KeyError as error:
        raise SealBroken("key_document_invalid", field=str(error.args[0])[:64], rule="field_needed") from None
    except (ValueError, TypeError):
        raise SealBroken("key_document_invalid", field="key_document", rule="document_form") from None
    _check_whole(document)
    return document


def _check_whole(document: KeyDocument) -> None:
    if len({key.kid for key in document.keys}) != len(document.keys):
        raise SealBroken("key_document_invalid", field="keys", rule="each_once")
    if not dt.timedelta() < document.valid_until - document.issued_at <= FRESH:
        raise SealBroken("key_document_invalid", field="valid_until", rule="thirty_days")
    if bool(document.previous) != (document.version > 1):
        raise SealBroken("key_document_invalid", field="previous", rule="version_before")


def _key_from_json(told: Mapping[str, Any]) -> PublicKey:
    key = PublicKey(
        algorithm=_line(told["algorithm"]),
        public=decode_bytes(told["public"]),
        valid_from=read_time(told["valid_from"]),
        valid_until=read_time(told["valid_until"]),
        revoked_at=read_time(told["revoked_at"]) if "revoked_at" in told else None,
        superseded_by=_line(told["superseded_by"]) if "superseded_by" in told else "",
    )
    if told["kid"] != key.kid:
        raise SealBroken("key_unusable", rule="key_name")
    return key


def _matching(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(value)
    return value


def _line(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 200 or not value.isprintable():
        raise ValueError(value)
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 1 <= value < _MAX_VERSION:
        raise ValueError(value)
    return value


def _certificate(value: Any) -> bytes:
    content = decode_bytes(value)
    if not 1 <= len(content) <= MAX_CERTIFICATE:
        raise ValueError(value)
    return content


def _few(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(value)
    return value
