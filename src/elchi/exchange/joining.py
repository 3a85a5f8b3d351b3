"""How two nodes become partners: each gives the other a short signed file, and two people compare a fingerprint.

    invitation   who we are, our key document, and a number that is used once
    acceptance   the same of the other side, with the number of the invitation that it answers

A file is signed with a key of the key document that it carries, so it proves only that it is whole. Whose it is says
the fingerprint of the key document, read aloud over a telephone number that was known before, or carried on paper. A
file may therefore go by any way, in the open: it holds nothing secret.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import Conflict, InvalidInput
from elchi.seal.canonical import decode_bytes, encode_bytes, read_time, write_time
from elchi.seal.document import KeyOf, read_own_document, sign_document
from elchi.seal.keys import Signer
from elchi.seal.public_key import check_signed_at
from elchi.seal.trust import KeyDocument, read_key_document

JOINING: Final = "elchi-joining-1"
"""Kind of document."""
INVITATION: Final = "invitation"
ACCEPTANCE: Final = "acceptance"
MAX_JOINING: Final = 64 << 10
"""Bytes."""
MAX_RELAYS: Final = 4
_PARTY: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_COUNTRY: Final = re.compile(r"([A-Z]{2})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What one side says of itself."""

    kind: str
    """`invitation` or `acceptance`."""
    party: str
    """Code of the node."""
    organisation: str
    country: str
    """ISO 3166-1 alpha-2; empty for an international body."""
    key_document: bytes
    """Signed (`elchi.seal.trust`)."""
    nonce: str
    """Of the invitation: 128 bits, base64url."""
    to: str = ""
    """Of an acceptance: who invited."""
    issued_at: dt.datetime
    valid_until: dt.datetime
    relays: tuple[str, ...] = ()
    """Codes of nodes that hold a mailbox for it."""
    is_relay: bool = False
    """Whether it offers to hold a mailbox."""


def write_joining(joining: Joining, *, signers: Sequence[Signer]) -> bytes:
    """Sign a file.

    Args:
        joining: what it says.
        signers: keys that stand in its key document.
    """
    content: dict[str, Any] = {
        "kind": joining.kind,
        "party": joining.party,
        "organisation": joining.organisation,
        "country": joining.country,
        "key_document": encode_bytes(joining.key_document),
        "nonce": joining.nonce,
        "to": joining.to,
        "issued_at": write_time(joining.issued_at),
        "valid_until": write_time(joining.valid_until),
        "relays": list(joining.relays),
        "is_relay": joining.is_relay,
    }
    return sign_document(content, typ=JOINING, signers=signers)


def read_joining(content: bytes, *, at: dt.datetime) -> tuple[Joining, KeyDocument]:
    """Read a file of another node; what a later version of the protocol adds is passed over.

    Args:
        content: as `write_joining` makes it; white space around it does not count.
        at: now.

    Returns:
        What it says, and its key document, which **nobody has compared yet**.

    Raises:
        InvalidInput: `joining_invalid`.
        SealBroken: what `read_document` and `read_key_document` raise.
        Conflict: `joining_expired`.
    """
    if len(content) > MAX_JOINING:
        raise InvalidInput("joining_invalid", field="file", rule="too_large")
    found: list[KeyDocument] = []

    def keys_in(told: Mapping[str, Any]) -> KeyOf:
        found.append(read_key_document(_from_json(told).key_document, trusted=None))
        return found[0].key

    signed = read_own_document(content.strip(), typ=JOINING, keys_in=keys_in)
    joining, document = _from_json(signed.content), found[0]
    if document.party != joining.party:
        raise InvalidInput("joining_invalid", field="key_document", rule="same_party")
    if at >= joining.valid_until or document.state(at) != "fresh":
        raise Conflict("joining_expired", party=joining.party, valid_until=joining.valid_until.date().isoformat())
    for kid in signed.signed_by:
        check_signed_at(_known(document, kid), at)
    return joining, document


def _known(document: KeyDocument, kid: str) -> Any:
    return document.key(kid)


def _from_json(told: Mapping[str, Any]) -> Joining:
    try:
        return Joining(
            kind=_one_of(told["kind"], (INVITATION, ACCEPTANCE)),
            party=_matching(told["party"], _PARTY),
            organisation=_line(told["organisation"]),
            country=_matching(told["country"], _COUNTRY),
            key_document=decode_bytes(told["key_document"]),
            nonce=_matching(told["nonce"], _NONCE),
            to=told["to"] and _matching(told["to"], _PARTY),
            issued_at=read_time(told["issued_at"]),
            valid_until=read_time(told["valid_until"]),
            relays=tuple(_matching(one, _PARTY) for one in _few(told["relays"])),
            is_relay=_one_of(told["is_relay"], (True, False)),
        )
    except KeyError as error:
        raise InvalidInput("joining_invalid", field=str(error.args[0])[:64], rule="needed") from None
    except (ValueError, TypeError):
        raise InvalidInput("joining_invalid", field="file", rule="document_form") from None


def _one_of(value: Any, allowed: tuple[Any, ...]) -> Any:
    if not any(value is one or (isinstance(value, str) and value == one) for one in allowed):
        raise ValueError(value)
    return value


def _matching(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(value)
    return value


def _line(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 200 or not value.isprintable():
        raise ValueError(value)
    return value


def _few(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_RELAYS:
        raise ValueError(value)
    return value
