"""What the copy is asked by: who issued a document, of which type, with which number; and what may be said of it.

Of each key the copy holds 60 bits of BLAKE2b (RFC 7693) in a word of 64; the last four say what is reported. So two
different documents are taken for one with a probability of keys / 2 ** 60 a look-up: 4.4e-11 with 50 million keys.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b
from typing import Final, NamedTuple

from elchi.documents.passport import normalise_document_number
from elchi.documents.states import find_state
from elchi.errors import InvalidInput

RULES: Final = "1"
"""Of the form of a key and of its hash. A copy by other rules would answer "not reported" to everything."""
CODE: Final = 0xF
"""The bits of a word that say what is reported."""
HASH: Final = (1 << 64) - 1 - CODE
"""The bits of a word that are the hash."""
_USE: Final = b"elchi-document-1"
_KINDS: Final = {"": "", "P": "P", "A": "I", "C": "I", "I": "I", "V": "V"}


class Reported(StrEnum):
    """What the issuing state has reported, most serious first: of two reports of one document the first one counts."""

    STOLEN_BLANK = "stolen_blank"
    """Stolen before it was made out to anybody."""
    STOLEN = "stolen"
    LOST = "lost"
    REVOKED = "revoked"
    INVALID = "invalid"


WITHDRAWN: Final = 0
"""The code of a key that a file of changes takes away."""
CODES: Final[Mapping[str, int]] = {one: code for code, one in enumerate(Reported, WITHDRAWN + 1)}
REPORTED: Final = (None, *Reported)
"""By code; None for what was withdrawn."""


class DocumentKey(NamedTuple):
    """A document, in the only form of it: `key_of_document` makes one. A tuple, because 300,000 a second are made."""

    issuer: str
    """ISO 3166-1 alpha-3, or the code of ICAO 9303-3 of what is no country."""
    kind: str
    """P passport, I identity card, V visa; empty for any."""
    number: str

    @property
    def hashed(self) -> int:
        """Its hash: the upper 60 bits of a word, the last four 0."""
        digest = blake2b("\n".join(self).encode(), digest_size=8, person=_USE).digest()
        return int.from_bytes(digest, "big") & HASH


def key_of_document(issuer: str, document_type: str, document_number: str) -> DocumentKey:
    """Give the key of a document.

    Args:
        issuer: a code of ICAO 9303-3 as in the machine-readable zone, or of ISO 3166-1.
        document_type: first letters of the zone; A and C are identity cards like I (ICAO 9303-5, 4.2.2). May be empty.
        document_number: as printed or read.

    Raises:
        InvalidInput: `document_key_invalid` with `field` and `rule` (`state`, `document_type`); `mark_invalid`.
    """
    return DocumentKey(_issuer(issuer), _kind(document_type), normalise_document_number(document_number))


@functools.lru_cache(maxsize=1_024)
def _issuer(text: str) -> str:
    state = find_state(text[:8])
    if state is None or len(text) > 8:
        raise InvalidInput("document_key_invalid", field="issuer", rule="state")
    return state.iso or state.code


@functools.lru_cache(maxsize=1_024)
def _kind(text: str) -> str:
    letter = text.strip()[:1].upper()
    try:
        return _KINDS[letter]
    except KeyError:
        raise InvalidInput("document_key_invalid", field="document_type", rule="document_type") from None
