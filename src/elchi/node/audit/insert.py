"""Inserting rows by a statement that is made once: several hundred times a second Django's own way costs too much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, models

_MOST: Final = 30_000
"""Parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535."""
_PLAIN: Final = (models.CharField, models.TextField, models.IntegerField, models.FloatField, models.ForeignKey)


def insert_row(row: models.Model) -> None:
    """Insert a new row; of one without a key the key is set.

    It does what `row.save(force_insert=True)` does, but for signals, which nothing here listens to.
    """
    database = connections[DEFAULT_DB_ALIAS]
    fields, statement = _statement(type(row), database.vendor)
    values = [
        getattr(row, name) if field is None else field.get_db_prep_save(getattr(row, name), database)
        for name, field in fields
    ]
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        if row.pk is None:
            row.pk = cursor.fetchone()[0]
    row._state.adding = False  # noqa: SLF001  as `save` does


@cache
def _statement(model: type[models.Model], _vendor: str) -> tuple[list[tuple[str, Any]], str]:
    """Give the names of the fields, with those fields whose values a database takes only as they make them."""
    meta: Any = model._meta  # noqa: SLF001  Django documents it
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = [field for field in meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    key = quote(meta.pk.column)
    made = [(field.attname, None if isinstance(field, _PLAIN) else field) for field in fields]
    return made, f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places}) RETURNING {key}"  # noqa: S608


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many new rows, whose values come in the order of the names, by as few statements as there can be.

    Args:
        model: the table.
        names: of columns (`attname`); the others take what the database has for them, which is often nothing.
        rows: values as a row would hold them.
    """
    database = connections[DEFAULT_DB_ALIAS]
    made, begins = _columns(model, tuple(names), database.vendor)
    place = f"({', '.join(['%s'] * len(made))})"
    ready = [
        [
            value if field is None else field.get_db_prep_save(value, database)
            for field, value in zip(made, row, strict=True)
        ]
        for row in rows
    ]
    at_once = _MOST // len(made)
    with database.cursor() as cursor:
        for first in range(0, len(ready), at_once):
            some = ready[first : first + at_once]
            cursor.execute(begins + ", ".join([place] * len(some)), [value for row in some for value in row])


@cache
def _columns(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> tuple[list[Any], str]:
    """Give the fields whose values a database takes only as they make them, None for others, and how to begin."""
    meta: Any = model._meta  # noqa: SLF001  Django documents it
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    by_name = {field.attname: field for field in meta.local_concrete_fields}
    columns = ", ".join(quote(by_name[name].column) for name in names)
    made = [None if isinstance(by_name[name], _PLAIN) else by_name[name] for name in names]
    return made, f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES "  # noqa: S608
