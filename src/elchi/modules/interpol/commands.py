"""`elchi interpol`: the offline copy, public notices, a simulator of the online side, a trial of any."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
import time
from pathlib import Path
from typing import Final

import click

from elchi.cli.backup import passphrase_of
from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.modules.interpol.ask_command import ask
from elchi.modules.interpol.conformance import Asker, Case, Finding, read_cases, try_side
from elchi.modules.interpol.mapping import SideMapping, read_mapping
from elchi.modules.interpol.notices_commands import notices
from elchi.modules.interpol.offline_commands import offline_copy
from elchi.modules.interpol.online import OnlineSide
from elchi.modules.interpol.simulated import has_certificates, make_certificates, simulator_in
from elchi.modules.interpol.simulator import Fault
from elchi.seal.certificate import make_exchange_certificate

_FILE: Final = click.Path(path_type=Path)
_passphrase = click.option(
    "--passphrase-file", type=_FILE, metavar="FILE", help="Opens the bureau's key; else ELCHI_PASSPHRASE, or asked."
)


@click.group()
@shared
def interpol(door: Door) -> None:
    """Serve the door to INTERPOL: the offline copy, public notices, the online side."""


interpol.add_command(offline_copy)
interpol.add_command(notices)
interpol.add_command(ask)


@interpol.command()
@click.argument("folder", type=_FILE)
@click.option("--port", type=click.IntRange(0, 65_535), default=8460, show_default=True, help="0 for any that is free.")
@click.option("--fault", type=click.Choice(list(Fault)), default=Fault.NONE, help="What it does wrong.")
@_passphrase
@shared
def simulate(door: Door, folder: Path, port: int, fault: Fault, passphrase_file: Path | None) -> None:
    """Run a simulator of the online side, for trials and training.

    In FOLDER it puts what is not there: certificates of both ends, the mapping find_like.toml, invented records. It is
    no copy of INTERPOL's interface, which is not public.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not has_certificates(folder):
        make_certificates(folder, passphrase_of(door.words, passphrase_file, new=True), door.now)
    simulator = simulator_in(folder, port=port)
    simulator.fault = Fault(fault)
    door.answer({"address": simulator.address, "records": len(simulator.records)}, [
        door.words.text("simulator.answers", address=simulator.address)
    ])  # fmt: skip
    try:
        simulator.serve()
    finally:
        simulator.close()


@interpol.command()
@click.argument("mapping", type=_FILE)
@click.argument("cases", type=_FILE)
@click.option("--country", required=True, metavar="CODE", help="Whose bureau asks: two letters.")
@click.option("--access-point", required=True, metavar="CODE", help="In whose name is asked.")
@_passphrase
@shared
def conform(
    door: Door, mapping: Path, cases: Path, country: str, access_point: str, passphrase_file: Path | None
) -> Exit:
    """Try whether an online side does what its mapping says.

    MAPPING is the file that says how it is asked; CASES has what it must find, a JSON object a line. Exit code 5 when
    anything is otherwise.
    """
    read = read_mapping(mapping.read_text(encoding="utf-8"))
    with cases.open(encoding="utf-8") as lines:
        known = read_cases(lines)
    passphrase = passphrase_of(door.words, passphrase_file, new=False)
    asker = Asker(country=country, access_point=access_point, now=lambda: dt.datetime.now(dt.UTC), ticks=time.monotonic)
    findings = _try(read, mapping.parent, passphrase, known, asker)
    passed = sum(one.passed for one in findings)
    words = door.words
    lines_ = [words.text("conform.passed" if one.passed else "conform.failed", **_told(door, one)) for one in findings]
    lines_.append(words.text("conform.sum", count=len(findings), passed=passed))
    door.answer({"findings": [dataclasses.asdict(one) for one in findings], "passed": passed}, lines_)
    return Exit.DONE if passed == len(findings) else Exit.CONFLICT


def _told(door: Door, one: Finding) -> dict[str, object]:
    where = door.words.text(f"matter_tried.{one.matter}")
    return {"where": where, "line": one.line, "found": one.found, "ms": round(1000 * one.seconds)}


def _try(mapping: SideMapping, folder: Path, passphrase: str, cases: list[Case], asker: Asker) -> list[Finding]:
    with (
        tempfile.TemporaryDirectory(prefix="elchi-") as name,
        OnlineSide(mapping, folder=folder, passphrase=passphrase) as side,
    ):
        certificate, key = make_exchange_certificate("STRANGER", passphrase=passphrase, now=asker.now())
        crt, locked = Path(name) / "crt", Path(name) / "key"
        crt.write_bytes(certificate)
        locked.write_bytes(key)
        connection = dataclasses.replace(mapping.connection, tries=1, certificate=str(crt), key=str(locked))
        with OnlineSide(
            dataclasses.replace(mapping, connection=connection), folder=folder, passphrase=passphrase
        ) as stranger:
            return list(try_side(side, stranger, cases, asker))
