"""`elchi interpol ask`: one question, online where somebody answers, else from the copy."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.backup import passphrase_of
from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.errors import NotFound
from elchi.modules.interpol.gateway import Guidance, Told, ask_in_turn
from elchi.modules.interpol.mapping import read_mapping
from elchi.modules.interpol.offline.offline_copy import OfflineCopy
from elchi.modules.interpol.offline_commands import read_key
from elchi.modules.interpol.online import OnlineSide
from elchi.modules.interpol.question import Asked, Firearm, OfflineSide, Question, Side
from elchi.subjects.dates import PartialDate
from elchi.subjects.subject import Document, Person, Vehicle

_FILE: Final = click.Path(path_type=Path)
_EXITS: Final = {
    Guidance.NOTHING_REPORTED: Exit.DONE,
    Guidance.REFER: Exit.STOP,
    Guidance.ASK_AGAIN: Exit.REVIEW,
    Guidance.NOBODY_ANSWERED: Exit.UNREACHABLE,
}


@click.command()
@click.option("--number", default="", metavar="NUMBER", help="Of a document.")
@click.option("--issuer", default="", metavar="STATE", help="Of the document: two or three letters.")
@click.option("--type", "document_type", default="", metavar="LETTER", help="Of the document: P, I or V; else any.")
@click.option("--vin", default="", metavar="VIN", help="Of a vehicle.")
@click.option("--plate", default="", metavar="PLATE", help="Of a vehicle.")
@click.option("--serial", default="", metavar="NUMBER", help="Of a firearm.")
@click.option("--name", default="", metavar="NAME", help="Of a person.")
@click.option("--birth-date", default="", metavar="DATE", help="Of the person: YYYY-MM-DD.")
@click.option("--mapping", type=_FILE, metavar="FILE", help="How the online side is asked; without it nobody is.")
@click.option("--passphrase-file", type=_FILE, metavar="FILE", help="Opens its key; else ELCHI_PASSPHRASE, or asked.")
@click.option("--public-key", type=_FILE, metavar="FILE", help="Of the bureau that gives out the copy, PEM.")
@click.option("--country", required=True, metavar="CODE", help="Whose bureau asks: two letters.")
@click.option("--access-point", required=True, metavar="CODE", help="In whose name is asked.")
@click.option("--purpose", default="border_check", metavar="PURPOSE", help="Why.")
@shared
def ask(  # noqa: PLR0913  a command has as many parameters as it has options
    door: Door,
    *,
    mapping: Path | None,
    passphrase_file: Path | None,
    public_key: Path | None,
    country: str,
    access_point: str,
    purpose: str,
    **marks: str,
) -> Exit:
    """Ask INTERPOL's side about a document, a person, a vehicle or a firearm.

    Online first, then the offline copy. Tells what a first line may know, never the record. Not in the folder of a
    node: there every question is written down.
    """
    home = door.home / "interpol"
    question = Question(
        id=str(uuid.uuid4()),
        asked_at=door.now,
        country=country,
        access_point=access_point,
        purpose=purpose,
        subject=_subject(marks),
    )
    with ExitStack() as opened:
        online: Side | None = None
        if mapping:
            read = read_mapping(mapping.read_text(encoding="utf-8"))
            passphrase = passphrase_of(door.words, passphrase_file, new=False)
            online = opened.enter_context(OnlineSide(read, folder=mapping.parent, passphrase=passphrase))
        told = ask_in_turn(question, online=online, offline=_offline(home, public_key, door.now))
    door.answer(_as_dict(told, door.now), _lines(door, told))
    return _EXITS[told.guidance]


def _offline(folder: Path, public_key: Path | None, now: dt.datetime) -> Side | None:
    if public_key is None:
        return None
    try:
        return OfflineSide(OfflineCopy(folder, key_of=read_key(public_key)), now=now)
    except NotFound:
        return None


def _subject(marks: dict[str, str]) -> Asked:
    if marks["number"]:
        return Document(document_number=marks["number"], issuer=marks["issuer"], document_type=marks["document_type"])
    if marks["vin"] or marks["plate"]:
        return Vehicle(vin=marks["vin"], plate=marks["plate"])
    if marks["serial"]:
        return Firearm(serial_number=marks["serial"])
    if marks["name"]:
        born = PartialDate.parse(marks["birth_date"]) if marks["birth_date"] else None
        return Person(name=marks["name"], birth_date=born)
    raise click.UsageError("Give --number, --vin, --plate, --serial or --name.")


def _as_dict(told: Told, now: dt.datetime) -> dict[str, Any]:
    answer = told.answer
    issued_at = answer.copy_issued_at if answer else None
    return {
        "guidance": told.guidance,
        "source": answer.source if answer else None,
        "copy_version": answer.copy_version if answer else None,
        "age_hours": round((now - issued_at) / dt.timedelta(hours=1), 2) if issued_at else None,
        "stale": answer.stale if answer else None,
        "refusals": [dataclasses.asdict(one) for one in told.refusals],
    }


def _lines(door: Door, told: Told) -> Iterator[str]:
    words = door.words
    yield words.text(f"guidance.{told.guidance}")
    for one in told.refusals:
        why = f"{one.code} {one.reason}".strip()
        yield words.text("gateway.refused", source=words.text(f"side.{one.source}"), why=why)
    if told.answer is None:
        return
    yield words.text("gateway.answered", source=words.text(f"side.{told.answer.source}"))
    if told.answer.copy_issued_at:
        hours = max((door.now - told.answer.copy_issued_at) // dt.timedelta(hours=1), 0)
        yield words.text("offline.age", count=hours, version=told.answer.copy_version)
    if told.answer.stale:
        yield words.text("offline.stale")
