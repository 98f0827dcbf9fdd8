"""Members of a package as files: unpacked once, and of databases that are damaged what is left of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from converter.errors import InputError, ItemError
from converter.storage.archive import ZipReader
from converter.storage.faults import writing
from converter.storage.limits import Limits, exceeded
from converter.storage.salvage import Loss, damage_of, recover

__all__ = ["Unpacked"]

_CHUNK_BYTES: Final = 1024 * 1024
_PAGE_BYTES: Final = 4096


class Unpacked:
    """Temporary files of members, until `close`. `salvaged` are the databases that are read in spite of damage."""

    def __init__(self, archive: ZipReader, limits: Limits) -> None:
        self.salvaged: frozenset[str] = frozenset()
        self._zip = archive
        self._limits = limits
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._paths: dict[str, Path] = {}
        self._damage: dict[str, str] = {}
        self._losses: dict[str, tuple[Loss, ...]] = {}

    def close(self) -> None:
        """Drop what was unpacked."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    @property
    def files(self) -> Mapping[str, Path]:
        """The members that were unpacked, as files."""
        return self._paths

    def path(self, member: str) -> Path:
        """A member as a file; raises ItemError where it is damaged."""
        if member not in self._paths:
            with writing(Path(tempfile.gettempdir()), needed=self._zip.members[member].size):
                self._paths[member] = self._unpack(member)
        return self._paths[member]

    def loaded(self, member: str) -> Path:
        """A member that will be held in memory, as a file; databases never are."""
        size = self._zip.members[member].size
        if size > self._limits.load_bytes and not member.lower().endswith(".db"):
            exceeded(self._limits, "load_bytes", f"the size of {member}", size)
        return self.path(member)

    def left(self, member: str) -> Path | None:
        """What is left of a database that is damaged; None for all other members."""
        if member not in self.salvaged:
            return None
        path = self.path(member)
        return path if member in self._losses else None

    def damage(self, member: str) -> str:
        """What is wrong with a database that was unpacked; "" where it is sound."""
        return self._damage.get(member, "")

    def losses(self, member: str) -> tuple[Loss, ...]:
        """What a database that was unpacked has lost."""
        return self._losses.get(member, ())

    def _unpack(self, member: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="mnemo-converter-")
        path = Path(self._folder.name) / f"{len(self._paths)}.db"
        with path.open("wb") as target:
            if member in self.salvaged:
                self._unpack_left(member, target)
            else:
                with self._zip.open(member) as source:
                    shutil.copyfileobj(source, target, _CHUNK_BYTES)
        return self._left_of(member, path) if member in self.salvaged else path

    def _unpack_left(self, member: str, target: IO[bytes]) -> None:
        """As much of a database as its member gives before it is damaged."""
        try:
            with self._zip.open(member) as source:
                while chunk := source.read(_PAGE_BYTES):
                    target.write(chunk)
        except ItemError as error:
            self._damage[member] = error.message

    def _left_of(self, member: str, path: Path) -> Path:
        """What is left of a database that is damaged; of a sound one, and of what is none, the file itself."""
        with suppress(InputError):
            damage = damage_of(path, self._limits)
            if damage:
                self._damage.setdefault(member, damage)
                made = path.with_suffix(".left")
                self._losses[member] = recover(path, made, self._limits)
                return made
        return path
