"""The floor of a conversion: what it must move at the least, and nothing between.

A program of its own: floor.py SOURCE MADE TARGET, where MADE is a finished target. It reads the source and writes to
TARGET what is in MADE, which it holds before its clock starts. It says how many seconds that took.

* A folder: the bytes of its files are read; files of the same names and sizes are written.
* A package: its members are unpacked, and the rows of its databases read; rows are put into new databases, each in one
  transaction, and packed with all other members.
* A database: its rows are read; they are put into a new one in one transaction. Files beside it as in a folder.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from converter.formats.mnemo.package.packing import QUICK

_CHUNK = 1 << 20
_SQLITE = b"SQLite format 3\0"

Table = tuple[str, str, list[tuple[Any, ...]]]
"""A table: its name, the statement that makes it, and its rows."""


def main(source: Path, made: Path, target: Path) -> float:
    """Read, write; the seconds that it took."""
    write = writing(made, target)
    began = time.perf_counter()
    read(source)
    write()
    return time.perf_counter() - began


def read(source: Path) -> None:
    """Read all of a source and keep none."""
    if source.is_dir():
        read_files(source)
    elif is_database(source):
        read_rows(source)
        read_files(source.parent, but=source)
    else:
        with zipfile.ZipFile(source) as archive, tempfile.TemporaryDirectory(dir=source.parent) as folder:
            for name in archive.namelist():
                if name.endswith(".db"):
                    read_rows(Path(archive.extract(name, folder)))
                else:
                    archive.read(name)


def writing(made: Path, target: Path) -> Callable[[], None]:
    """What writes again all that is in a finished target."""
    if made.is_dir():
        return partial(write_files, target, sizes(made))
    if is_database(made):
        rows, beside = read_rows(made), sizes(made.parent, but=made)

        def write_library() -> None:
            write_rows(target, rows)
            write_files(target.parent, beside)

        return write_library
    packed, databases = _unpacked(made)
    return partial(write_package, target, packed, databases)


def is_database(path: Path) -> bool:
    """Whether a file is an SQLite database."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def files(root: Path, but: Path | None = None) -> list[str]:
    """Every file below a folder, except one."""
    found = (os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names)  # noqa: PTH118
    return [path for path in found if path != str(but)]


def sizes(root: Path, but: Path | None = None) -> list[tuple[str, int]]:
    """Paths in a folder, and how large each file is."""
    return [(os.path.relpath(path, root), Path(path).stat().st_size) for path in files(root, but)]


def read_files(root: Path, but: Path | None = None) -> None:
    """Read every byte below a folder."""
    for path in files(root, but):
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  a path for each file would weigh on the floor
            while file.read(_CHUNK):
                pass


def write_files(root: Path, listed: list[tuple[str, int]]) -> None:
    """Write files of these sizes; their bytes are noise, which no file system can shrink."""
    noise = memoryview(os.urandom(_CHUNK))
    folders = set()
    for name, size in listed:
        path = f"{root}/{name}"
        folder = path.rpartition("/")[0]
        if folder not in folders:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            folders.add(folder)
        with open(path, "wb", buffering=0) as file:  # noqa: PTH123
            left = size
            while left:
                left -= file.write(noise[:left])


def read_rows(path: Path) -> list[Table]:
    """All rows of a database."""
    database = sqlite3.connect(path)
    try:
        tables = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        return [(name, sql, database.execute(f'SELECT * FROM "{name}"').fetchall()) for name, sql in tables]
    finally:
        database.close()


def write_rows(path: Path, tables: list[Table]) -> None:
    """Put rows into a new database, in one transaction and, as the converter does, without a journal."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    with database:
        database.execute("BEGIN")
        for name, sql, rows in tables:
            database.execute(sql)
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    database.close()


def write_package(target: Path, packed: list[tuple[zipfile.ZipInfo, bytes]], databases: dict[str, list[Table]]) -> None:
    """Make databases of rows, and pack them with all other members, at the level that the converter packs at."""
    made = target.with_suffix(".db")
    with zipfile.ZipFile(target, "w") as archive:
        for member, data in packed:
            archive.writestr(member, data, member.compress_type, QUICK)
        for name, tables in databases.items():
            write_rows(made, tables)
            archive.write(made, name, zipfile.ZIP_DEFLATED, QUICK)
            made.unlink()


def _unpacked(package: Path) -> tuple[list[tuple[zipfile.ZipInfo, bytes]], dict[str, list[Table]]]:
    """The members of a package that are no databases, and the rows of those that are."""
    packed, databases = [], {}
    with zipfile.ZipFile(package) as archive, tempfile.TemporaryDirectory(dir=package.parent) as folder:
        for member in archive.infolist():
            if member.filename.endswith(".db"):
                databases[member.filename] = read_rows(Path(archive.extract(member, folder)))
            else:
                packed.append((member, archive.read(member)))
    return packed, databases


if __name__ == "__main__":
    print(main(*map(Path, sys.argv[1:])))
