"""Keyed hashes of marks: two look-ups of one document can be told to be the same without keeping its number."""

from __future__ import annotations

import hmac
from functools import cache

from django.conf import settings

from elchi.screening.keys import subject_keys
from elchi.subjects import Subject


def mark_hash(space: str, value: str) -> str:
    """Give the keyed hash of a mark (`elchi.screening.keys.Key`), 32 hexadecimal digits.

    The key is the node's own, so nobody else can try all numbers.
    """
    return hmac.digest(_key(), f"{space}:{value}".encode(), "sha256").hex()[:32]


def marks_of(subject: Subject) -> tuple[str, ...]:
    """Give the keyed hashes of all marks of a subject, in the order of `elchi.screening.keys.subject_keys`."""
    return tuple(dict.fromkeys(mark_hash(key.space, key.value) for key in subject_keys(subject)))


@cache
def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"elchi: marks of subjects", "sha256")
