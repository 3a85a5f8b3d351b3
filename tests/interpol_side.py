"""The simulator of INTERPOL's side and a bureau's way to it, with certificates of one run. All records invented."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from elchi.modules.interpol.mapping import SideMapping, read_mapping
from elchi.modules.interpol.online import Means, OnlineSide
from elchi.modules.interpol.question import Asked, Question
from elchi.modules.interpol.simulator import Simulator

RECORDS: list[dict[str, Any]] = [
    {"kind": "document", "recordId": "D-1", "owner": "KGZ", "status": "STOLEN", "number": "AC1234567", "issuer": "KGZ"},
    {"kind": "document", "recordId": "D-2", "owner": "D", "status": "LOST", "number": "C01X00T47", "issuer": "D"},
    {"kind": "document", "recordId": "D-3", "owner": "TJK", "status": "ODD", "number": "400000001", "issuer": "TJK"},
    {"kind": "person", "recordId": "P-1", "owner": "KAZ", "status": "WANTED", "name": "ABDYKADYROV, Temirlan",
     "birthDate": "1979-02-14"},
    {"kind": "person", "recordId": "P-2", "owner": "UZB", "status": "WANTED", "name": "ABDYKADIROV, Temirlan",
     "birthDate": "1979-02-14"},
    {"kind": "vehicle", "recordId": "V-1", "owner": "TKM", "status": "STOLEN", "vin": "1M8GDM9AXKP042788"},
    {"kind": "firearm", "recordId": "F-1", "owner": "UZB", "status": "STOLEN", "serial": "AK-117 004"},
]  # fmt: skip
TEXT = (files("elchi.modules.interpol") / "find_like.toml").read_text(encoding="utf-8")
PASSPHRASE = "a passphrase made by a machine"


def make_certificates(folder: Path, passphrase: str = PASSPHRASE) -> None:
    """Make those of both ends, and of a stranger; the bureau's key is locked."""
    for name, locked in (("side", False), ("bureau", True), ("stranger", False)):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        lock = BestAvailableEncryption(passphrase.encode()) if locked else NoEncryption()
        (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))


class Clock:
    """A clock that goes on only when somebody waits, and remembers the waits."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.passed = 0.0
        self._begin = dt.datetime.now(dt.UTC)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds

    def now(self) -> dt.datetime:
        return self._begin + dt.timedelta(seconds=self.passed)

    @property
    def means(self) -> Means:
        return Means(now=self.now, ticks=lambda: self.passed, sleep=self.sleep, share=lambda: 1.0)


@dataclass
class Desk:
    """A bureau before the simulator."""

    folder: Path
    simulator: Simulator

    def mapping(self, **connection: object) -> SideMapping:
        """The mapping that travels with Elchi, with some values of the connection changed."""
        lines = TEXT.splitlines()
        for name, value in {"address": self.simulator.address, **connection}.items():
            written = f'"{value}"' if isinstance(value, str) else str(value)
            lines = [f"{name} = {written}" if line.startswith(f"{name} = ") else line for line in lines]
        return read_mapping("\n".join(lines))

    def side(self, clock: Clock | None = None, **connection: object) -> OnlineSide:
        means = clock.means if clock else None
        return OnlineSide(self.mapping(**connection), folder=self.folder, passphrase=PASSPHRASE, means=means)


def question(subject: Asked, **changed: Any) -> Question:
    told: dict[str, Any] = {
        "id": "5c9f6f0e-5d55-4a0e-9c5b-6f1d8e3a0b11", "asked_at": dt.datetime.now(dt.UTC), "country": "KG",
        "access_point": "KG-OSH-1", "purpose": "border_check", "subject": subject,
    }  # fmt: skip
    return Question(**{**told, **changed})
