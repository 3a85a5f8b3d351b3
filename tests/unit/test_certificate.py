"""The certificates that a node makes: what they are for, and that both ends of a connection take the one for nodes."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from elchi.seal.certificate import (
    certificate_bytes,
    certificate_ends_at,
    make_certificate,
    make_exchange_certificate,
)

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
PASSPHRASE = "a passphrase that a machine made"


def uses_of(pem: bytes) -> list[x509.ObjectIdentifier]:
    extension = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    return list(extension.value)


def test_that_of_the_console_is_for_browsers() -> None:
    certificate, _ = make_certificate(["elchi.example", "10.1.2.3"], organisation="Border Service", now=NOW)
    assert uses_of(certificate) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert certificate_ends_at(certificate) == NOW - dt.timedelta(hours=1) + dt.timedelta(days=730)


def test_that_for_nodes_serves_both_who_calls_and_who_is_called(tmp_path: Path) -> None:
    keys = {}
    for party in ("KZ-KOR-1", "KG-AKJ-1"):
        certificate, key = make_exchange_certificate(party, passphrase=PASSPHRASE, now=NOW)
        assert uses_of(certificate) == [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        (tmp_path / f"{party}.crt").write_bytes(certificate)
        (tmp_path / f"{party}.key").write_bytes(key)
        keys[party] = certificate

    def context(kind: int, own: str, other: str) -> ssl.SSLContext:
        made = ssl.SSLContext(kind)
        made.check_hostname, made.verify_mode = False, ssl.CERT_REQUIRED
        made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        made.load_verify_locations(cadata=certificate_bytes(keys[other]))
        made.load_cert_chain(tmp_path / f"{own}.crt", tmp_path / f"{own}.key", password=PASSPHRASE)
        return made

    server = context(ssl.PROTOCOL_TLS_SERVER, "KZ-KOR-1", "KG-AKJ-1")
    client = context(ssl.PROTOCOL_TLS_CLIENT, "KG-AKJ-1", "KZ-KOR-1")
    assert shake_hands(server, client) == (
        certificate_bytes(keys["KG-AKJ-1"]),
        certificate_bytes(keys["KZ-KOR-1"]),
    )


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[bytes | None, bytes | None]:
    """Give the certificate that each end has seen."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [server.wrap_bio(there, back, server_side=True), client.wrap_bio(back, there)]
    waiting = list(reversed(ends))
    for _ in range(10):
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                continue
    assert waiting == []
    return ends[0].getpeercert(binary_form=True), ends[1].getpeercert(binary_form=True)


def test_its_key_opens_with_the_passphrase_only(tmp_path: Path) -> None:
    certificate, key = make_exchange_certificate("KZ-KOR-1", passphrase=PASSPHRASE, now=NOW)
    (tmp_path / "crt").write_bytes(certificate)
    (tmp_path / "key").write_bytes(key)
    with pytest.raises(ssl.SSLError):
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(tmp_path / "crt", tmp_path / "key", password="another")
