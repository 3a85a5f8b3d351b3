"""The certificate that a node makes for itself, so that it speaks TLS before anybody has given it a better one."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID: Final = dt.timedelta(days=730)
"""Browsers refuse longer ones (825 days, CA/Browser Forum ballot 193)."""


def make_certificate(hosts: Sequence[str], *, organisation: str, now: dt.datetime) -> tuple[bytes, bytes]:
    """Make a self-signed certificate on a new P-256 key, which every browser knows.

    Args:
        hosts: names and addresses under which the node is reached, at least one.
        organisation: to whom it belongs.
        now: from when on it is valid.

    Returns:
        Certificate and key (PKCS #8), both PEM.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    names = [
        x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64]),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
    ]
    # A clock that is a little slow must not find it not yet valid.
    begins = now - dt.timedelta(hours=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(x509.Name(names))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + VALID)
        .add_extension(x509.SubjectAlternativeName([_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), pem


def certificate_fingerprint(pem: bytes) -> str:
    """Give the SHA-256 of a certificate as browsers show it: `AB:CD:...`."""
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    return hashlib.sha256(der).digest().hex(":").upper()


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
