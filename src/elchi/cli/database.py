"""A consistent copy of the node's database while it is in use, and back: SQLite by itself, PostgreSQL by its tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from elchi.errors import Conflict

_SQLITE: Final = "database.sqlite3"
_POSTGRESQL: Final = "database.pgdump"


def dump_database(folder: Path) -> Path:
    """Copy the database of the open node into a file of a folder.

    Raises:
        Conflict: `database_refused`, `program_missing`.
    """
    from django.db import connection

    if connection.vendor == "postgresql":
        target = folder / _POSTGRESQL
        _tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return target
    target = folder / _SQLITE
    place = f"file:{connection.settings_dict['NAME']}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)  # in one step: who writes meanwhile is not in it, and does not wait
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Conflict("database_refused", database="sqlite")
    return target


def load_database(folder: Path) -> None:
    """Take the copy in a folder as the database of the open node, which has none yet; the copy is removed.

    Raises:
        Conflict: `backup_other_database`, `database_not_empty`, `database_refused`, `program_missing`.
    """
    from django.db import connection

    copy = folder / (_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)
    if not copy.exists():
        raise Conflict("backup_other_database", field="ELCHI_DATABASE", database=connection.vendor)
    if connection.vendor == "postgresql":
        if connection.introspection.table_names():
            raise Conflict("database_not_empty", field="ELCHI_DATABASE")
        connection.close()
        _tool("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(copy))
        copy.unlink()
    else:
        copy.rename(Path(connection.settings_dict["NAME"]))


def _tool(program: str, *args: str) -> None:
    """Run a tool of PostgreSQL on the node's database; others of the machine cannot read the password there."""
    from django.db import connection

    told: dict[str, Any] = connection.settings_dict
    host = told["HOST"] or told.get("OPTIONS", {}).get("host", "")
    env = {"PGHOST": host, "PGPORT": told["PORT"], "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"]}
    env |= {f"PG{name.upper()}": value for name, value in told.get("OPTIONS", {}).items() if name.startswith("ssl")}
    path = shutil.which(program)
    if path is None:
        raise Conflict("program_missing", program=program)
    command = [path, f"--dbname={told['NAME']}", *args]
    env = {**os.environ, **{name: str(value) for name, value in env.items() if value}}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    if done.returncode:
        # The lines behind it may quote a row.
        reason = next((line for line in done.stderr.splitlines() if "error:" in line), "")[:300]
        raise Conflict("database_refused", database="postgresql", reason=reason)
