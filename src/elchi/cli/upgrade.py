"""`elchi upgrade`: after a new version of Elchi was installed."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import click

from elchi.cli.backup import passphrase_of, save_node
from elchi.cli.door import Door, shared
from elchi.cli.node import open_node, who_is_here


@click.command()
@click.option("--backup", "target", type=click.Path(path_type=Path), metavar="FILE", help="Where the backup goes.")
@click.option("--without-backup", is_flag=True, help="Make none: there is one already.")
@click.option("--passphrase-file", type=click.Path(path_type=Path), metavar="FILE", help="Of the backup.")
@shared
def upgrade(door: Door, *, target: Path | None, without_backup: bool, passphrase_file: Path | None) -> None:
    """Bring the node to the version of Elchi that is installed. Stop it first.

    Makes a backup, locks the signing key if it is not locked, changes the tables, makes the keys for partners if there
    are none, collects the files of the pages, adds what is new in the directory, and makes the indexes of lists anew
    where this version reads them otherwise.
    """
    if bool(target) == without_backup:
        raise click.UsageError("Give --backup FILE or --without-backup.")
    open_node()
    from django.core.management import call_command

    from elchi.node.audit.queries import KEY_FILE
    from elchi.node.directory.services import load_reference_data
    from elchi.node.federation.queries.keys import own_key_document
    from elchi.node.federation.services import make_keys
    from elchi.node.here import here, keys_passphrase
    from elchi.node.installation.queries import missing_migrations
    from elchi.node.installation.services import note_upgraded
    from elchi.node.watchlists.queries import live
    from elchi.seal.keys import lock_key_file

    missing = missing_migrations()
    if target:
        save_node(target, passphrase_of(door.words, passphrase_file, new=True))
    lock_key_file(here().keys / KEY_FILE, keys_passphrase())  # once they were not
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    load_reference_data()
    if own_key_document() is None:
        make_keys(by=who_is_here())
    lists = len(live().screener.lists)  # opening a list makes its index anew where that is needed
    note_upgraded(by=who_is_here(), version=version("elchi"), migrations=missing)
    told = {"version": version("elchi"), "migrations": missing, "lists": lists}
    door.answer(told, [door.words.text("upgrade.done", **told)])
