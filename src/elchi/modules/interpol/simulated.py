"""A simulator of the online side with all it needs in one folder: certificates of both ends, a mapping, records."""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import files
from pathlib import Path
from typing import Final

from elchi.modules.interpol.mapping import read_mapping
from elchi.modules.interpol.simulator import Simulator
from elchi.seal.certificate import make_certificate, make_exchange_certificate

MAPPING: Final = "find_like.toml"
_RECORDS: Final = "simulated.jsonl"


def has_certificates(folder: Path) -> bool:
    """Tell whether certificates were made there."""
    return (folder / "bureau.key").exists()


def make_certificates(folder: Path, passphrase: str, now: dt.datetime) -> None:
    """Make the certificates of both ends; the bureau's key is locked."""
    certificate, key = make_certificate(["127.0.0.1", "localhost"], organisation="Simulator", now=now)
    (folder / "side.crt").write_bytes(certificate)
    (folder / "side.key").write_bytes(key)
    (folder / "side.key").chmod(0o600)
    certificate, key = make_exchange_certificate("BUREAU", passphrase=passphrase, now=now)
    (folder / "bureau.crt").write_bytes(certificate)
    (folder / "bureau.key").write_bytes(key)


def simulator_in(folder: Path, *, port: int = 0, mapping: str = MAPPING) -> Simulator:
    """Give a simulator with the certificates in a folder, and put its mapping and records there if they are not.

    Args:
        folder: where `make_certificates` was.
        port: 0 for any that is free.
        mapping: name of the mapping, which is told the address.
    """
    simulator = Simulator(
        [json.loads(line) for line in _shipped(folder, _RECORDS, _RECORDS).splitlines()],
        certificate=folder / "side.crt",
        key=folder / "side.key",
        trusted=folder / "bureau.crt",
        port=port,
    )
    text = _shipped(folder, mapping, MAPPING)
    address = read_mapping(text).connection.address
    (folder / mapping).write_text(text.replace(f'"{address}"', f'"{simulator.address}"'), encoding="utf-8")
    return simulator


def _shipped(folder: Path, name: str, shipped: str) -> str:
    """Give what stands in a file of the folder, which is put there from the package if it is not."""
    path = folder / name
    if not path.exists():
        path.write_bytes((files(__package__ or "") / shipped).read_bytes())
    return path.read_text(encoding="utf-8")
