"""`elchi check`: one traveller, vehicle, document or organisation, and the verdict."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from typing import Any, Final

import click

from elchi.cli import show
from elchi.cli.door import Asking, Door, asking, shared
from elchi.cli.exits import exit_of_verdict
from elchi.documents import Check, Fault, Mrz, normalise_vin, read_container, read_mrz, read_vin, suggest_repairs
from elchi.documents.mrz import MRZ_LIMIT
from elchi.errors import InvalidInput
from elchi.screening.answers import answer_as_dict
from elchi.screening.screener import Screener
from elchi.screening.traveller import clean_text, read_state, read_traveller
from elchi.subjects import Document, Organisation, Subject, Vehicle
from elchi.subjects.zone import person_of_zone

_VIN_LENGTH: Final = 17


@click.group()
@shared
def check(_door: Door) -> None:
    """Check one person, document, vehicle or organisation.

    The verdict is the exit code too: 0 CLEAR, 10 REVIEW, 11 STOP.
    """


@check.command()
@click.option("--name", default="", help="The whole name, in any script and order.")
@click.option("--birth-date", default="", metavar="DATE", help="YYYY-MM-DD, YYYY-MM, YYYY or DD.MM.YYYY.")
@click.option("--nationality", default="", metavar="STATE", help="Code of two or three letters.")
@click.option("--sex", default="", help="F, M or X.")
@click.option("--document", default="", metavar="NUMBER", help="Number of the travel document.")
@click.option("--national-id", default="", metavar="NUMBER", help="Identity number.")
@click.option("--birth-place", default="", metavar="PLACE")
@asking
@shared
def person(door: Door, asking: Asking, document: str, **fields: str) -> int:
    """Check a person by name, document or identity number.

    What else is known sharpens the answer.
    """
    return _check(door, asking, read_traveller({**fields, "document_number": document}))


@check.command()
@click.argument("lines", nargs=-1)
@asking
@shared
def mrz(door: Door, asking: Asking, lines: tuple[str, ...]) -> int:
    """Check the holder of a machine-readable zone.

    LINES are the lines of the zone, each in quotation marks; without them it is read from the standard input, up to an
    empty line or the end. Faults of the zone are told, and how misread characters might be repaired.
    """
    text = "\n".join(lines) or _read_zone()
    zone = read_mrz(text, today=door.now.date())
    return _check(door, asking, (person_of_zone(zone),), zone)


@check.command()
@click.option("--plate", default="", help="Registration plate.")
@click.option("--country", default="", metavar="STATE", help="Where it is registered.")
@click.option("--vin", default="", help="Vehicle identification number.")
@click.option("--container", default="", metavar="NUMBER", help="Container number.")
@asking
@shared
def vehicle(door: Door, asking: Asking, plate: str, country: str, vin: str, container: str) -> int:
    """Check a vehicle, trailer, wagon or container by its marks.

    What cannot be right in them is told; they are checked as typed all the same.
    """
    subject = Vehicle(
        plate=clean_text("plate", plate),
        plate_country=read_state(clean_text("country", country)),
        vin=clean_text("vin", vin),
        container_number=clean_text("container_number", container),
    )
    return _check(door, asking, (subject,))


@check.command()
@click.option("--number", required=True, help="As printed in it.")
@click.option("--issuer", default="", metavar="STATE", help="Issuing state, by two or three letters.")
@asking
@shared
def document(door: Door, asking: Asking, number: str, issuer: str) -> int:
    """Check a document by its number."""
    subject = Document(
        document_number=clean_text("document_number", number), issuer=read_state(clean_text("issuer", issuer))
    )
    return _check(door, asking, (subject,))


@check.command()
@click.option("--name", default="", help="The name, in any script.")
@click.option("--registration-number", default="", metavar="NUMBER")
@click.option("--country", default="", metavar="STATE", help="Where it is registered.")
@asking
@shared
def organisation(door: Door, asking: Asking, name: str, registration_number: str, country: str) -> int:
    """Check a company or other body."""
    subject = Organisation(
        name=clean_text("name", name),
        registration_number=clean_text("registration_number", registration_number),
        country=read_state(clean_text("country", country)),
    )
    return _check(door, asking, (subject,))


def _check(door: Door, asking: Asking, subjects: tuple[Subject, ...], zone: Mrz | None = None) -> int:
    screener = Screener.open(door.home, thresholds=door.thresholds)
    screening = screener.screen_all(subjects, **dataclasses.asdict(asking))
    used = [version for version in screener.lists if asking.lists is None or version.name in asking.lists]
    answer: dict[str, Any] = answer_as_dict("", screening)
    del answer["id"]
    answer["lists"] = [show.list_as_dict(version) for version in used]
    lines = [*show.screening(door.words, screening, used, door.now)]
    if isinstance(subjects[0], Vehicle):
        answer["notes"] = [*_notes(subjects[0])]
        lines += show.notes(door.words, answer["notes"])
    if zone:
        repairs = suggest_repairs(zone)
        answer["mrz"] = dataclasses.asdict(zone) | {"suggestions": [dataclasses.asdict(one) for one in repairs]}
        lines += show.zone(door.words, zone, repairs)
    door.answer(answer, lines)
    return exit_of_verdict(screening.verdict)


def _notes(vehicle: Vehicle) -> Iterator[dict[str, Any]]:
    """Give what cannot be right in the marks of a vehicle: faults, and errors for what is no such mark at all."""
    try:
        # What is no VIN of 17 characters may be the chassis number of an old vehicle.
        if vehicle.vin and len(normalise_vin(vehicle.vin)) == _VIN_LENGTH:
            yield from map(dataclasses.asdict, read_vin(vehicle.vin).faults)
    except InvalidInput as error:
        yield {"code": error.code, **error.params}
    try:
        if vehicle.container_number and read_container(vehicle.container_number).check is Check.FAILED:
            yield dataclasses.asdict(Fault("check_digit", "container_number", position=10))
    except InvalidInput as error:
        yield {"code": error.code, **error.params}


def _read_zone() -> str:
    """Read up to an empty line, as an officer with a scanner ends it, or to the end."""
    lines: list[str] = []
    while (line := sys.stdin.readline(MRZ_LIMIT + 1)) and sum(map(len, lines)) <= MRZ_LIMIT:
        if line.strip():
            lines.append(line)
        elif lines:
            break
    return "".join(lines)
