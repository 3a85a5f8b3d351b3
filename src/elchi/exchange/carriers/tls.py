"""Mutual TLS between nodes: version 1.3 only, and only with certificates that were pinned.

No authority is asked who somebody is. The certificates of a partner stand in its signed key document; they are the
trust store, each an end of its own chain (X509_V_FLAG_PARTIAL_CHAIN), so that OpenSSL refuses every other in the
handshake. Until when one counts is said by the key document too, so that a wrong clock cuts no link
(X509_V_FLAG_NO_CHECK_TIME).
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from elchi.errors import Conflict, InvalidInput

_NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL; Python gives it no name


@dataclass(frozen=True, slots=True)
class Identity:
    """The certificate that this node presents to partners, and its key (`elchi.seal.certificate`): PEM files."""

    certificate: Path
    key: Path
    passphrase: str = field(default="", repr=False)
    """Of the key; empty if it is not locked."""


def fingerprint_of_certificate(certificate: bytes) -> str:
    """Give the SHA-256 of a certificate (DER), 64 hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def server_context(identity: Identity, certificates: Iterable[bytes]) -> ssl.SSLContext:
    """Make the context of a node that is called. `trust` adds to it while it is in use.

    Args:
        identity: of this node.
        certificates: DER, of who may call.

    Raises:
        Conflict: `key_damaged`: certificate or key cannot be read, or do not belong together.
        InvalidInput: `certificate_invalid`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # A session that goes on would be one of a certificate that is refused by now.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    return _pinned(context, identity, certificates, ("http/1.1",))


def client_context(
    identity: Identity, certificates: Iterable[bytes], *, protocols: Sequence[str] = ("http/1.1",)
) -> ssl.SSLContext:
    """Make the context of a node that calls a partner; as `server_context`. `protocols` are those of ALPN."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the certificate is the name
    return _pinned(context, identity, certificates, protocols)


def trust(context: ssl.SSLContext, certificates: Iterable[bytes]) -> None:
    """Let a context accept certificates (DER) from now on.

    Raises:
        InvalidInput: `certificate_invalid`.
    """
    for certificate in certificates:
        try:
            context.load_verify_locations(cadata=certificate)
        except (ssl.SSLError, ValueError):
            raise InvalidInput("certificate_invalid", field="certificate", rule="certificate") from None


def _pinned(
    context: ssl.SSLContext, identity: Identity, certificates: Iterable[bytes], protocols: Sequence[str]
) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    if protocols:
        context.set_alpn_protocols(protocols)
    try:
        context.load_cert_chain(identity.certificate, identity.key, password=identity.passphrase)
    except (OSError, ValueError):  # SSLError is an OSError
        raise Conflict("key_damaged", file=identity.key.name) from None
    trust(context, certificates)
    return context
