"""stub"""

from __future__ import annotations
from pathlib import Path
from collections.abc import Callable
import sqlite3
from converter.storage.commit import CommitResult


class DatabaseUpdate:
    path: Path
    leftovers: tuple[str, ...] = ()

    def __init__(self, final: Path) -> None: ...
    def __enter__(self):
        return self

    def __exit__(self, *a): ...
    def commit(self, apply: Callable[[sqlite3.Connection], None], backup: bool) -> CommitResult: ...
