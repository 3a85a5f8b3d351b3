"""`elchi init`: make a node, whole or not at all."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
import shutil
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.node import open_node, who_is_here
from elchi.errors import Conflict, InvalidInput
from elchi.locale import Words

LANGUAGES: Final = ("en", "ru", "kk", "ky", "tg", "uz", "tk")
_CODE: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_SIGN_IN_NAME: Final = "administrator"
_USUAL: Final[Mapping[str, tuple[str, str]]] = {
    "KZ": ("kk,ru,en", "Asia/Almaty"),
    "KG": ("ky,ru,en", "Asia/Bishkek"),
    "TJ": ("tg,ru,en", "Asia/Dushanbe"),
    "TM": ("tk,ru,en", "Asia/Ashgabat"),
    "UZ": ("uz,ru,en", "Asia/Tashkent"),
}
"""Languages and time zone of a country, offered where they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a node is to be."""

    code: str
    name: str
    country: str
    organisation: str
    languages: tuple[str, ...]
    time_zone: str
    administrator: str = _SIGN_IN_NAME
    agency: str = ""
    """Code in the directory; empty for a new one that is called as the organisation."""
    settings: Mapping[str, str]
    """For the table `[settings]` of node.toml; what is empty is left out."""
    demo: bool = False

    def check(self) -> None:
        """Do nothing if a node can be this.

        Raises:
            InvalidInput: `node_invalid`.
        """
        if not _CODE.fullmatch(self.code) or len(self.code) > 32:
            raise InvalidInput("node_invalid", field="code", rule="node_code")
        if self.country and not re.fullmatch("[A-Z]{2}", self.country):
            raise InvalidInput("node_invalid", field="country", rule="country_code")
        for field in ("name", "organisation"):
            text = getattr(self, field)
            if not text.strip() or len(text) > 200 or not text.isprintable():
                raise InvalidInput("node_invalid", field=field, rule="text_line")
        if not self.languages or not set(self.languages) <= set(LANGUAGES):
            raise InvalidInput("node_invalid", field="languages", rule="one_of", allowed=list(LANGUAGES))
        if self.time_zone not in zoneinfo.available_timezones():
            raise InvalidInput("node_invalid", field="time_zone", rule="time_zone")


@click.command()
@click.option("--code", help="Short and unique among partners, such as KZ-KOR-1.")
@click.option("--name", help="What the office is called.")
@click.option("--country", help="Two letters; empty for an international body.")
@click.option("--organisation", help="To whom the node belongs.")
@click.option("--languages", metavar="A,B", help="Of its officers, the first being the default.")
@click.option("--time-zone", metavar="ZONE", help="Such as Asia/Almaty.")
@click.option("--administrator", metavar="NAME", help="With which the first administrator signs in.")
@click.option("--agency", metavar="CODE", default="", help="The agency in the directory; else a new one.")
@click.option("--database", metavar="ADDRESS", default="", help="postgresql://...; else SQLite in the folder.")
@click.option("--hosts", metavar="A,B", default="", help="Names under which officers reach the node.")
@click.option("--listen", metavar="ADDRESS:PORT", default="", help="Where it answers; 127.0.0.1:8181 unless said.")
@click.option("--exchange", metavar="ADDRESS:PORT", help="Where nodes of partners call; empty: this node calls them.")
@click.option("--demo", is_flag=True, help="A demo node: for training, on this machine only, never a real one.")
@shared
def init(door: Door, *, database: str, hosts: str, listen: str, demo: bool, agency: str, **given: str | None) -> None:
    """Make a node in the folder ELCHI_HOME.

    Asks on a terminal for what is not given. Makes its keys, a certificate for TLS, the tables, the directory and the
    first administrator, whose password is shown once.
    """
    from elchi.node.here import home_of

    home = home_of(os.environ)
    check_free(home)
    asked = _Asked(door.words, given)
    country = asked.ask("country", "").upper()
    languages, zone = _USUAL.get(country, ("en,ru", "UTC"))
    plan = Plan(
        country=country,
        code=asked.ask("code").upper(),
        name=asked.ask("name"),
        organisation=asked.ask("organisation"),
        languages=tuple(part.strip() for part in asked.ask("languages", languages).split(",") if part.strip()),
        time_zone=asked.ask("time_zone", zone),
        administrator=asked.ask("administrator", _SIGN_IN_NAME),
        agency=agency,
        settings={
            "database": database,
            "hosts": hosts,
            "listen": listen,
            "exchange_listen": asked.ask("exchange", ""),
            "second_factor": "no" if demo else "",
        },
        demo=demo,
    )
    plan.check()
    made = make_node(plan, home)
    door.answer(made, _lines(door.words, made))


def make_node(plan: Plan, home: Path) -> dict[str, Any]:
    """Make a node in a folder that is empty or not there.

    Returns:
        What its administrator has to know, his password among it.
    """
    with apart(home) as folder:
        _write(plan, folder)
        open_node()
        told = _fill(plan)
    return {"home": str(home), "code": plan.code, "demo": plan.demo, **told}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line says, and on a terminal what is typed instead."""

    words: Words
    given: Mapping[str, str | None]

    def ask(self, name: str, usual: str | None = None) -> str:
        value = self.given[name]
        if value is not None:
            return value.strip()
        if sys.stdin.isatty():
            label = self.words.text(f"asked.{name}")
            return str(click.prompt(label, default=usual, err=True)).strip()
        if usual is None:
            raise click.UsageError(f"Give --{name.replace('_', '-')}: there is no terminal to ask at.")
        return usual


def check_free(home: Path) -> None:
    """Do nothing if a node may be made in a folder.

    Raises:
        Conflict: `node_exists`, `folder_not_empty`.
    """
    if (home / "node.toml").exists():
        raise Conflict("node_exists", field="ELCHI_HOME")
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict("folder_not_empty", field="ELCHI_HOME")


@contextmanager
def apart(home: Path) -> Iterator[Path]:
    """Work in a folder beside, which becomes the folder of the node when all is done, and else is removed."""
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{home.name}.", dir=home.parent))  # 0700
    before = os.environ.get("ELCHI_HOME")
    os.environ["ELCHI_HOME"] = str(folder)
    try:
        yield folder
        if home.exists():
            home.rmdir()
        folder.rename(home)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        if before is None:
            del os.environ["ELCHI_HOME"]
        else:
            os.environ["ELCHI_HOME"] = before


def _write(plan: Plan, folder: Path) -> None:
    """Write what the settings are read from: node.toml and the secret."""
    from elchi.seal.keys import write_new

    told = {name: getattr(plan, name) for name in ("code", "name", "country", "organisation", "time_zone")}
    lines = [f"{name} = {_quoted(value)}" for name, value in told.items()]
    lines.append(f"languages = [{', '.join(map(_quoted, plan.languages))}]")
    lines += ["demo = true"] if plan.demo else []
    lines += ["", "[settings]"]
    lines += [f"{name} = {_quoted(value)}" for name, value in plan.settings.items() if value]
    for name in ("keys", "files", "lists"):
        (folder / name).mkdir(mode=0o700)
    mark = "demo-" if plan.demo else ""  # config.DEMO_MARK
    write_new(folder / "node.toml", ("\n".join(lines) + "\n").encode())
    write_new(folder / "keys" / "secret", (mark + secrets.token_urlsafe(64)).encode())


def _fill(plan: Plan) -> dict[str, Any]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, connections

    from elchi.node.audit.queries import KEY_FILE
    from elchi.node.directory.services import load_reference_data
    from elchi.node.federation.services import make_keys
    from elchi.node.installation.services import note_made
    from elchi.seal.certificate import certificate_fingerprint, make_certificate
    from elchi.seal.keys import SigningKey, write_new

    folder: Path = settings.ELCHI.here.home
    by = who_is_here()
    key = SigningKey.create(settings.ELCHI.here.keys / KEY_FILE, settings.ELCHI.keys_passphrase)
    certificate, private = make_certificate(
        settings.ELCHI.hosts, organisation=plan.organisation, now=dt.datetime.now(dt.UTC)
    )
    write_new(folder / "keys" / "tls.crt", certificate)
    write_new(folder / "keys" / "tls.key", private)
    if connection.introspection.table_names():
        raise Conflict("database_not_empty", field="ELCHI_DATABASE")
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        note_made(by=by, key=key.fingerprint, version=version("elchi"))
        load_reference_data(by=by)
        make_keys(by=by)
        password = _add_administrator(plan)
    except BaseException:
        drop_tables(connection)
        raise
    finally:
        connections.close_all()
    return {
        "administrator": plan.administrator,
        "password": password,
        "certificate": certificate_fingerprint(certificate),
        "key": key.fingerprint,
    }


def _add_administrator(plan: Plan) -> str:
    from elchi.errors import NotFound
    from elchi.node.directory import queries
    from elchi.node.directory.cards import AgencyCard, OfficeCard
    from elchi.node.directory.services import add_agency, add_office
    from elchi.node.officers.cards import OfficerCard
    from elchi.node.officers.rules import Role
    from elchi.node.officers.services import add_officer

    by, code = who_is_here(), plan.code.lower()
    agency = plan.agency or code
    try:
        queries.agency_of(agency)
    except NotFound:
        if plan.agency:
            raise
        add_agency(by=by, code=code, card=AgencyCard(kind="border", name=plan.organisation, country=plan.country))
    kind = "border_liaison_office"
    add_office(by=by, code=code, card=OfficeCard(kind=kind, name=plan.name, country=plan.country, lead=agency))
    _, password = add_officer(
        by=by,
        sign_in_name=plan.administrator,
        card=OfficerCard(name=plan.administrator, agency=agency, office=code, roles=[Role.ADMINISTRATOR]),
        language=plan.languages[0],
    )
    return password


def drop_tables(connection: Any) -> None:
    """Take back what was made in a database that was empty."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")


def _quoted(text: str) -> str:
    """Write a TOML string: JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _lines(words: Words, made: Mapping[str, Any]) -> Iterator[str]:
    yield words.text("init.made", code=made["code"], home=made["home"])
    if made["demo"]:
        yield words.text("init.demo")
    yield words.text("init.password", name=made["administrator"], password=made["password"])
    yield words.text("init.certificate", fingerprint=made["certificate"])
    yield words.text("init.key", fingerprint=made["key"])
    yield words.text("init.next")
