"""The certificates that a node makes for itself.

One for the console, so that it speaks TLS before anybody has given it a better one; and one for other nodes, which know
it whole from its key document and trust nothing else about it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import ssl
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID: Final = dt.timedelta(days=730)
"""Browsers refuse longer ones (825 days, CA/Browser Forum ballot 193)."""
_SLOW: Final = dt.timedelta(hours=1)
"""A clock that is a little slow must not find it not yet valid."""
PINNED: Final = dt.timedelta(days=3650)
"""Of the certificate for other nodes: it counts as long as a key document that is younger than 30 days has it."""


def make_certificate(hosts: Sequence[str], *, organisation: str, now: dt.datetime) -> tuple[bytes, bytes]:
    """Make a self-signed certificate on a new P-256 key, which every browser knows.

    Args:
        hosts: names and addresses under which the node is reached, at least one.
        organisation: to whom it belongs.
        now: from when on it is valid.

    Returns:
        Certificate and key (PKCS #8), both PEM.
    """
    names = [
        x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64]),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
    ]
    uses = [ExtendedKeyUsageOID.SERVER_AUTH]
    certificate, key = _make(names, [_name(host) for host in hosts], uses=uses, begins=now - _SLOW, lasts=VALID)
    return certificate, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make_exchange_certificate(party: str, *, passphrase: str, now: dt.datetime) -> tuple[bytes, bytes]:
    """Make the certificate with which a node meets other nodes, calling them and called by them.

    Args:
        party: code of the node.
        passphrase: locks the key.
        now: from when on it is valid.

    Returns:
        Certificate and locked key (PKCS #8), both PEM.
    """
    names = [x509.NameAttribute(NameOID.COMMON_NAME, party)]
    uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate, key = _make(names, [x509.DNSName(party.lower())], uses=uses, begins=now - _SLOW, lasts=PINNED)
    locked = BestAvailableEncryption(passphrase.encode())
    return certificate, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


def certificate_bytes(pem: bytes) -> bytes:
    """Give a certificate as DER.

    Raises:
        ValueError: this is no certificate.
    """
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


@lru_cache(maxsize=1024)
def named_in_certificate(der: bytes) -> str:
    """Give the common name of a certificate; empty if OpenSSL would not load it, or there is none."""
    try:
        names = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        ssl.create_default_context(cadata=der)
    except (ValueError, OSError, x509.InvalidVersion):  # SSLError is an OSError
        return ""
    return str(names[0].value) if len(names) == 1 else ""


def _make(
    names: Sequence[x509.NameAttribute[str]],
    hosts: Sequence[x509.GeneralName],
    *,
    uses: Sequence[x509.ObjectIdentifier],
    begins: dt.datetime,
    lasts: dt.timedelta,
) -> tuple[bytes, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(x509.Name(names))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM), key


def certificate_fingerprint(pem: bytes) -> str:
    """Give the SHA-256 of a certificate as browsers show it: `AB:CD:...`."""
    return hashlib.sha256(certificate_bytes(pem)).digest().hex(":").upper()


def certificate_ends_at(pem: bytes) -> dt.datetime:
    """Give until when a certificate is valid (UTC).

    Raises:
        ValueError: this is no certificate.
    """
    return x509.load_pem_x509_certificate(pem).not_valid_after_utc


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)
