"""What is left of a damaged SQLite database, as a sound one (docs/formats/containers.md, "Salvage")."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import msgspec

from converter.errors import InputError
from converter.patterns import pattern
from converter.storage.cut_off import mend_head
from converter.storage.rows_left import RowsLeft
from converter.storage.sqlite import (
    check_sound,
    create,
    is_damage,
    open_readonly,
    quoted,
    reading,
    tables,
    writing,
)

if TYPE_CHECKING:
    from pathlib import Path

    from converter.storage.limits import Limits

__all__ = ["Loss", "damage_of", "recover"]

_TYPE: Final = pattern(r"[A-Za-z_][A-Za-z0-9_ ]*(?:\([0-9, ]+\))?")
_INSERT: Final = "INSERT OR IGNORE INTO"


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """What a table has lost: rows of which the keys are still told, and, where `gap`, others of which nothing is."""

    table: str
    keys: tuple[str, ...] = ()
    gap: bool = False


def damage_of(path: Path, limits: Limits) -> str:
    """What is wrong with a database, "" where it is sound.

    Raises InputError for what is no database, is in use, or in the middle of a change.
    """
    try:
        with closing(open_readonly(path, limits)) as connection:
            check_sound(connection, path.name)
    except InputError as error:
        if not is_damage(error):
            raise
        return error.message
    return ""


def recover(damaged: Path, made: Path, limits: Limits) -> tuple[Loss, ...]:
    """Make a sound database of the rows that a damaged one still gives, and tell what it does not.

    `damaged` is a private copy, and is changed. Tables have their columns and keys, and no rules or indexes; views and
    virtual tables are views of nothing. Raises InputError where not even the names of its tables can be read.
    """
    size, rootless = mend_head(damaged, limits)
    losses = [Loss(table=name, gap=True) for name in rootless]
    with closing(open_readonly(damaged, limits)) as source, closing(create(made)) as target:
        with reading(damaged.name):
            kinds = tables(source)
        for name, kind in kinds.items():
            with reading(damaged.name), writing(made):
                if kind != "table":
                    target.execute(f"CREATE VIEW {quoted(name)} AS SELECT NULL")
                else:
                    losses.append(_Copy(source, target, name).made(size))
        with writing(made):
            target.commit()
    return tuple(loss for loss in losses if loss.keys or loss.gap)


class _Copy:
    """One table on its way into the sound database."""

    def __init__(self, source: sqlite3.Connection, target: sqlite3.Connection, name: str) -> None:
        with closing(source.execute(f"PRAGMA table_xinfo({quoted(name)})")) as cursor:
            columns = [row for row in cursor if not row[6]]
        self._source = source
        self._target = target
        self._name = name
        self._columns = tuple(quoted(row[1]) for row in columns)
        keys = [quoted(row[1]) for row in sorted(columns, key=lambda row: int(row[5])) if row[5]]
        self._key = keys[0] if len(keys) == 1 else None
        parts = [_column(*row[1:4]) for row in columns]
        parts += [f"PRIMARY KEY ({', '.join(keys)})"] if keys else []
        target.execute(f"CREATE TABLE {quoted(name)} ({', '.join(parts)})")

    def made(self, size: int) -> Loss:
        """Take every row that there is; of rows that contradict each other the first."""
        left = RowsLeft(self._source, quoted(self._name), self._columns, self._key, size)
        twice = 0
        for row in left.rows():
            twice += not self._insert(row)
        further = list(left.indexed_keys(self._has))
        keys = dict.fromkeys(map(_as_text, (*left.lost_keys, *further)))
        return Loss(table=self._name, keys=tuple(keys), gap=left.gap or twice > 0)

    def _insert(self, row: tuple[Any, ...]) -> bool:
        signs = ", ".join("?" * len(row))
        query = f"{_INSERT} {quoted(self._name)} ({', '.join(self._columns)}) VALUES ({signs})"
        return self._target.execute(query, row).rowcount == 1

    def _has(self, key: object) -> bool:
        query = f"SELECT 1 FROM {quoted(self._name)} WHERE {self._key} IS ?"
        return self._target.execute(query, (key,)).fetchone() is not None


def _column(name: str, kind: str, not_null: int) -> str:
    """A column as a statement says it; of its type only what is one."""
    told = kind if _TYPE.fullmatch(kind) else ""
    return f"{quoted(name)} {told}{' NOT NULL' if not_null else ''}"


def _as_text(key: object) -> str:
    """A key as a text, whatever its type in the database."""
    data = key if isinstance(key, bytes) else str(key).encode("utf-8", "surrogateescape")
    return data.decode(errors="replace")
