"""Tables that come into a library: made where they are missing, their rows put in by their keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from converter.errors import TargetError
from converter.formats.mnemo.database.layout import OWN_TABLES
from converter.formats.mnemo.database.store import Store
from converter.storage.sqlite import is_broken_text, quoted

__all__ = ["put_tables"]


def put_tables(changes: sqlite3.Connection, gathered: Store, store: Store, live: sqlite3.Connection, name: str) -> None:
    """Put all tables of `gathered`, but those of rows, into the live library of this name; raises TargetError."""
    for table in gathered.objects:
        if table.lower() in ("storage", "dbversion"):
            continue
        there = next((one for one in store.objects if one.lower() == table.lower()), "")
        if there:
            _check(gathered, store, table, there, name)
        else:
            for statement in OWN_TABLES.get(table) or _schema(changes, table):
                live.execute(statement)
        columns = [column for column, *_ in gathered.table(table).columns]
        for row in gathered.table_rows(gathered.table(table)):
            _put(live, there or table, columns, row, name)


def _check(gathered: Store, store: Store, table: str, there: str, name: str) -> None:
    """Refuse a table that does not take these rows as they are."""
    columns = {column.lower() for column, *_ in store.table(there).columns}
    more = [column for column, *_ in gathered.table(table).columns if column.lower() not in columns]
    triggers = store.triggers_on(there)
    why = ""
    if store.objects[there] != "table":
        why = f"it is there as a {store.objects[there]}"
    elif more:
        why = f"the one that is there has no column {more[0]}"
    elif triggers:
        why = f"the one that is there has triggers ({triggers[0]})"
    if why:
        raise TargetError(f"{name}: the table {table} cannot be added to: {why}.", hint="Leave it out with --exclude.")


def _schema(changes: sqlite3.Connection, table: str) -> Iterator[str]:
    with closing(changes.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,))) as cursor:
        yield from (str(sql) for (sql,) in cursor)


def _put(live: sqlite3.Connection, table: str, columns: list[str], row: tuple[Any, ...], name: str) -> None:
    """Put one row in; one that is there with the same values is left alone."""
    told = [one.encode("utf-8", "surrogateescape") if _is_broken(one) else one for one in row]
    signs = ["CAST(? AS TEXT)" if _is_broken(one) else "?" for one in row]
    named = [quoted(column) for column in columns]
    same = " AND ".join(f"{column} IS {sign}" for column, sign in zip(named, signs, strict=True))
    try:
        live.execute(
            f"INSERT OR REPLACE INTO {quoted(table)} ({', '.join(named)}) SELECT {', '.join(signs)} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {quoted(table)} WHERE {same})",
            (*told, *told),
        )
    except sqlite3.IntegrityError as error:
        raise TargetError(f"{name}: the table {table} does not take a row that comes: {error}.") from error


def _is_broken(value: object) -> bool:
    return isinstance(value, str) and is_broken_text(value)
