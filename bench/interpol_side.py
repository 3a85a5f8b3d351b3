"""From a zone to the answer, online and with the line cut: `make bench NAME=interpol-side [ARGS="--scans N"]`.

The online side is the simulator that travels with Elchi, on this machine, over TLS with certificates on both ends: what
is timed is ours, not INTERPOL's. Figures, milliseconds of the clock, because an officer waits by it:

    online_p50_ms, online_p95_ms      read the zone, ask online, read the answer
    cut_first_ms                      the first question after the line was cut: all its tries, then the copy
    cut_p95_ms                        the next ones: the circuit is open, the copy answers
    online_cpu_ms                     CPU of a question, the simulator's with it
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from elchi.documents.mrz import MrzFields, read_mrz
from elchi.documents.mrz_layout import MrzFormat
from elchi.documents.mrz_write import write_mrz
from elchi.modules.interpol.gateway import Guidance, Told, ask_in_turn
from elchi.modules.interpol.mapping import read_mapping
from elchi.modules.interpol.offline.build import COLUMNS, read_whole
from elchi.modules.interpol.offline.copy_file import WHOLE, CopyHead, write_copy_file
from elchi.modules.interpol.offline.offline_copy import OfflineCopy, apply_file
from elchi.modules.interpol.online import OPEN_AFTER, OnlineSide
from elchi.modules.interpol.question import OfflineSide, Question, Source
from elchi.modules.interpol.simulator import Simulator
from elchi.seal.certificate import make_certificate, make_exchange_certificate
from elchi.seal.keys import SigningKey
from elchi.seal.public_key import PublicKey
from elchi.subjects.subject import Document

PASSPHRASE = "a passphrase made by a machine"  # noqa: S105  of a key that lives as long as this run
LISTED = "AC1234567"
RECORD = {"kind": "document", "recordId": "1", "owner": "KGZ", "status": "STOLEN", "number": LISTED, "issuer": "KGZ"}


def main() -> None:
    """Print the figures, and the same as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scans", type=int, default=1_000)
    scans = parser.parse_args().scans
    with tempfile.TemporaryDirectory() as name:
        figures = _measure(Path(name), scans)
    print(f"{scans:,} scans")
    for name, value in figures.items():
        print(f"{name:16}{value:>10.2f}")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def _measure(folder: Path, scans: int) -> dict[str, float]:
    _make_certificates(folder)
    copy = _make_copy(folder)
    zones = [zone_of(LISTED if at % 2 else f"R{at:08}") for at in range(scans)]
    paths = folder / "side.crt", folder / "side.key", folder / "bureau.crt"
    with Simulator([RECORD], certificate=paths[0], key=paths[1], trusted=paths[2]) as simulator:
        told = read_mapping((files("elchi.modules.interpol") / "find_like.toml").read_text(encoding="utf-8"))
        connection = replace(told.connection, address=simulator.address, questions_a_minute=100_000)
        online = OnlineSide(replace(told, connection=connection), folder=folder, passphrase=PASSPHRASE)
        begin = time.process_time()
        took = [_scan(zone, online, copy, Source.ONLINE) for zone in zones]
        cpu = time.process_time() - begin
    first = _scan(zones[0], online, copy, Source.OFFLINE)
    for zone in zones[:OPEN_AFTER]:
        _scan(zone, online, copy, Source.OFFLINE)
    cut = [_scan(zone, online, copy, Source.OFFLINE) for zone in zones]
    online.close()
    return {
        "online_p50_ms": _share(took, 50),
        "online_p95_ms": _share(took, 95),
        "cut_first_ms": first,
        "cut_p95_ms": _share(cut, 95),
        "online_cpu_ms": 1000 * cpu / scans,
    }


def _scan(zone: str, online: OnlineSide, copy: OfflineCopy, source: Source) -> float:
    """Give the milliseconds until the answer is there, which must be right and from where it is awaited."""
    begin = time.perf_counter()
    now = dt.datetime.now(dt.UTC)
    read = read_mrz(zone, today=now.date())
    document = Document(document_number=read.document_number, document_type=read.document_type, issuer=read.issuer)
    question = Question(
        id=str(uuid.uuid4()), asked_at=now, country="KG", access_point="KG-OSH-1", purpose="border_check",
        subject=document,
    )  # fmt: skip
    told = ask_in_turn(question, online=online, offline=OfflineSide(copy, now=now))
    took = 1000 * (time.perf_counter() - begin)
    _check(told, source, listed=read.document_number == LISTED)
    return took


def _check(told: Told, source: Source, *, listed: bool) -> None:
    wanted = Guidance.REFER if listed else Guidance.NOTHING_REPORTED
    if told.guidance != wanted or told.answer is None or told.answer.source != source:
        raise SystemExit(f"an answer is wrong: {told}")


def zone_of(number: str) -> str:
    """Give the zone of an invented passport."""
    fields = MrzFields(
        format=MrzFormat.TD3, document_type="P", issuer="KGZ", document_number=number, family_name="NAZARZODA",
        given_names="ZEBO", nationality="KGZ", birth_date="1984-11-03", sex="F", expiry_date="2032-04-15",
    )  # fmt: skip
    return "\n".join(write_mrz(fields))


def _make_copy(folder: Path) -> OfflineCopy:
    signer, now, day = SigningKey.generate(), dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    key = PublicKey(algorithm="Ed25519", public=signer.public, valid_from=now - day, valid_until=now + day)
    key_of: Callable[[str], PublicKey | None] = {key.kid: key}.get
    rows = "".join(f"KGZ\tP\tAD{at:07}\tlost\n" for at in range(100_000))
    built = read_whole(io.BytesIO(f"{COLUMNS}\nKGZ\tP\t{LISTED}\tstolen\n{rows}".encode()))
    head = CopyHead(kind=WHOLE, version=1, issued_at=now, issuer="BENCH", types=built.types)
    write_copy_file(folder / "1.copy", head, built.words, signers=[signer])
    apply_file(folder / "copy", folder / "1.copy", key_of=key_of, at=now)
    return OfflineCopy(folder / "copy", key_of=key_of)


def _make_certificates(folder: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    side = make_certificate(["127.0.0.1"], organisation="Bench", now=now)
    bureau = make_exchange_certificate("BUREAU", passphrase=PASSPHRASE, now=now)
    for name, (certificate, key) in (("side", side), ("bureau", bureau)):
        (folder / f"{name}.crt").write_bytes(certificate)
        (folder / f"{name}.key").write_bytes(key)


def _share(took: list[float], percent: int) -> float:
    return sorted(took)[min(len(took) * percent // 100, len(took) - 1)]


if __name__ == "__main__":
    main()
