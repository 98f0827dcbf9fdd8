"""Failing or dying at a chosen file-system call below one folder: for a process that ends afterwards."""

from __future__ import annotations

import builtins
import io
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from converter.storage import system

CALLS = ("open", "mkdir", "rename", "replace", "link", "unlink", "rmdir", "scandir", "listdir", "chmod", "utime")
"""Functions of `os` that take a path first."""
_SQL_CODES = {28: sqlite3.SQLITE_FULL, 5: sqlite3.SQLITE_IOERR, 13: sqlite3.SQLITE_CANTOPEN}


class Faults:
    """Counts the calls that touch what lies below `root`; the one of this number is hurt.

    `mode`: it fails with the error number `code` (`fail`), the process dies there (`kill`), gets the signal `code`
    there, and once more at the next call (`stop`, `stop twice`), or makes the folder `held` beside `root` and waits
    until that is gone (`hold`).
    """

    def __init__(self, root: str, mode: str, number: int, code: int) -> None:
        self.calls = 0
        self.hit = ""
        self._root = os.path.realpath(root)
        self._mode = mode
        self._number = number
        self._code = code

    def tick(self, name: str, path: object, *, sql: bool = False) -> None:
        """One call."""
        self.calls += 1
        if self._mode == "stop twice" and self.calls == self._number + 1:
            os.kill(os.getpid(), self._code)
        if self.calls != self._number:
            return
        self.hit = name
        if self._mode.startswith("stop"):
            os.kill(os.getpid(), self._code)
        if self._mode == "hold":
            self._hold()
        if self._mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._mode == "fail" and sql:
            error = sqlite3.OperationalError(os.strerror(self._code))
            error.sqlite_errorcode = _SQL_CODES[self._code]
            raise error
        if self._mode == "fail":
            raise OSError(self._code, os.strerror(self._code), path)

    def _hold(self) -> None:
        held = os.path.join(os.path.dirname(self._root), "held")  # noqa: PTH118, PTH120  pathlib is patched
        os.mkdir(held)  # noqa: PTH102
        while os.path.exists(held):  # noqa: PTH110
            time.sleep(0.002)

    def concerns(self, path: object) -> bool:
        """Whether a path, or an open file, lies below the folder."""
        if isinstance(path, int):
            try:
                path = os.readlink(f"/proc/self/fd/{path}")  # noqa: PTH115  hot, and patched itself
            except OSError:
                return False
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        name = os.path.abspath(os.fsdecode(path).removeprefix("file://").partition("?")[0])  # noqa: PTH100  no links are to be followed
        return name == self._root or name.startswith(self._root + os.sep)

    def install(self) -> None:
        """Put the counting functions in the places of the real ones."""
        for name in (*CALLS, "fsync", "write"):
            setattr(os, name, self._counting(name, getattr(os, name)))
        builtins.open = io.open = self._opening(io.open)
        sqlite3.connect = self._connecting(sqlite3.connect)
        library = system._called

        def called(name: str, *arguments: object) -> bool:
            paths = [one for one in arguments if isinstance(one, bytes) or (name == "syncfs" and isinstance(one, int))]
            if any(map(self.concerns, paths)):
                self.tick(name, paths[0])
            return library(name, *arguments)

        system._called = called

    def _counting(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if arguments and self.concerns(arguments[0]):
                self.tick(name, arguments[0])
            return function(*arguments, **options)

        return call

    def _opening(self, function: Callable[..., Any]) -> Callable[..., Any]:
        tick = self.tick

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                tick("file.write", self.name)
                return super().write(data)

        def call(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **options: Any) -> Any:
            if isinstance(file, int) or not self.concerns(file):
                return function(file, mode, buffering, *rest, **options)
            self.tick("io.open", file)
            if not set(mode) & set("wax+"):
                return function(file, mode, buffering, *rest, **options)
            raw = Raw(file, mode.replace("b", "").replace("t", ""))
            buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, *rest, **options)

        return call

    def _connecting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        tick = self.tick

        class Counted(sqlite3.Connection):
            def execute(self, *arguments: Any) -> sqlite3.Cursor:
                tick("sql: " + str(arguments[0])[:20], "", sql=True)
                return super().execute(*arguments)

            def executemany(self, *arguments: Any) -> sqlite3.Cursor:
                tick("sql: " + str(arguments[0])[:20], "", sql=True)
                return super().executemany(*arguments)

            def commit(self) -> None:
                tick("sql: commit", "", sql=True)
                super().commit()

            def backup(self, *arguments: Any, **options: Any) -> None:
                tick("sql: backup", "", sql=True)
                super().backup(*arguments, **options)

        def connect(database: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
            if self.concerns(database):
                self.tick("sqlite3.connect", str(database), sql=True)
                options.setdefault("factory", Counted)
            made: sqlite3.Connection = function(database, *arguments, **options)
            return made

        return connect
