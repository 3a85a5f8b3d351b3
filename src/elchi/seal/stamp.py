"""A time that a third party vouches for: tokens of a time-stamping authority (RFC 3161) over signed documents.

What is stamped is the signed head of a log: one token a day or an hour stands for every message before it. The request
holds a hash and nothing else. Who carries it to the authority and brings the answer back (RFC 3161, 3.4: a POST of
`application/timestamp-query`) is the caller's; here both are bytes. A token is kept as the authority's whole answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from elchi.errors import InvalidInput, SealBroken

MAX_TOKEN: Final = 1 << 16
"""Bytes."""
_SHA256: Final = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True, slots=True)
class Stamp:
    """That something was there at a time."""

    at: dt.datetime
    """By the clock of the authority."""
    authority: str
    """Subject of the certificate that signed (RFC 4514)."""


def request_stamp(document: bytes) -> bytes:
    """Make what is sent to an authority for a token over a document; DER."""
    builder = TimestampRequestBuilder().data(document).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()


def read_stamp(token: bytes, *, document: bytes, authorities: Sequence[Certificate]) -> Stamp:
    """Read an authority's answer, which must be a token over this document.

    Args:
        token: the answer, DER.
        document: what was stamped.
        authorities: certificates of the roots that are trusted for it.

    Raises:
        SealBroken: `stamp_wrong`: not granted, over something else, or by an authority that is not trusted.
    """
    try:
        answer = decode_timestamp_response(token[: MAX_TOKEN + 1])
        imprint = answer.tst_info.message_imprint
        if imprint.hash_algorithm.dotted_string != _SHA256:
            raise SealBroken("stamp_wrong", rule="stamp_hash")
        verifier = VerifierBuilder(roots=list(authorities)).build()
        verifier.verify(answer, hashlib.sha256(document).digest())
        return Stamp(answer.tst_info.gen_time, _signer(answer))
    except (ValueError, VerificationError, IndexError):
        raise SealBroken("stamp_wrong", rule="stamp_trusted") from None


def read_authorities(pem: bytes) -> tuple[Certificate, ...]:
    """Read the certificates of authorities.

    Raises:
        InvalidInput: `certificate_invalid`.
    """
    try:
        return tuple(load_pem_x509_certificates(pem))
    except ValueError:
        raise InvalidInput("certificate_invalid", field="authority", rule="certificate") from None


def _signer(answer: TimeStampResponse) -> str:
    """Give the subject of the certificate that signed: that with the serial number the signature names."""
    certificates = [load_der_x509_certificate(one) for one in answer.signed_data.certificates]
    serials = {one.serial_number for one in answer.signed_data.signer_infos}
    return next((one.subject.rfc4514_string() for one in certificates if one.serial_number in serials), "")
