"""What stands at a target before a run: its items by their identity, and how its notes look."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path

from converter.digests import digest_of_bytes
from converter.errors import InputError, ItemError, TargetError
from converter.findings.finding import Finding
from converter.formats.front import Format, Source, SourceContext, Stored
from converter.model.blocks import Image
from converter.model.facts import AssetFact, FolderFact, NoteFact, PayloadFact
from converter.model.items import Note
from converter.model.profile import Profile
from converter.pipeline.into.look import Look, look_of
from converter.pipeline.place.tree import mended
from converter.pipeline.residue.book import ResidueBook
from converter.storage.digest import digest
from converter.storage.names import fold

__all__ = ["Present", "look_into"]


class Present:
    """The items of a target, as its own reader lists them. Bytes are read when they are asked for."""

    def __init__(self, front: Format, source: Source, context: SourceContext, profile: Profile) -> None:
        self.tree = profile.parameters.get("tree", "")
        self.folders: dict[str, FolderFact] = {}
        self.notes: dict[str, NoteFact] = {}
        self.assets: dict[str, AssetFact] = {}
        self.payloads: list[PayloadFact] = []
        self.book = ResidueBook()
        self._front = front
        self._source = source
        self._context = context
        self._ids: dict[str, str] | None = None
        self._digests: dict[str, str] = {}
        self._linked: dict[str, list[str]] | None = None
        for fact in source.facts():
            match fact:
                case FolderFact(key=key):
                    self.folders[key] = fact
                case NoteFact(key=key):
                    self.notes[key] = fact
                case AssetFact(key=key):
                    self.assets[key] = fact
                case PayloadFact():
                    self.payloads.append(fact)
                case _:
                    pass
        self.book.open(source)
        self._pictures = self._picture if profile.parameters.get("pictures") == "absolute" else None
        self._stems = {posixpath.splitext(posixpath.basename(key))[0]: posixpath.basename(key) for key in self.assets}
        self._files = {posixpath.basename(key).lower() for key in self.assets}
        self.parents = mended({key: fact.parent for key, fact in self.folders.items()}, lambda _key, _what: None)
        self._names = {fold(key): key for key in (*self.folders, *self.notes, *self.assets)}

    def close(self) -> None:
        """Let go of the target."""
        self.book.close()
        self._source.close()

    @property
    def source(self) -> Source:
        """The target as a source."""
        return self._source

    def taken(self, path: str) -> str | None:
        """The key of what stands at this path of a tree, whatever the case of its letters."""
        return self._names.get(fold(path))

    def files_named(self, path: str) -> list[str]:
        """The keys of other files that a link to a file at this path can mean, where links do not say the place."""
        if self.tree != "documents":
            return []
        if self._linked is None:
            self._linked = {}
            for key in self.assets:
                for name in self._front.names("asset", key):
                    self._linked.setdefault(name, []).append(key)
        named = dict.fromkeys(key for name in self._front.names("asset", path) for key in self._linked.get(name, ()))
        return [key for key in named if key != path]

    def note_with_id(self, identity: str) -> str | None:
        """The key of the note with this id of its own, where the target's notes have such."""
        if self._ids is None:
            self._ids = dict(self._own_ids())
        return self._ids.get(identity)

    def _own_ids(self) -> Iterator[tuple[str, str]]:
        if self.tree == "documents":
            yield from ((posixpath.basename(key).removesuffix(".sy"), key) for key in self.notes)
        elif self.tree == "paths":
            yield from self._ids_in_files()
        else:
            yield from ((key, key) for key in self.notes)

    def _ids_in_files(self) -> Iterator[tuple[str, str]]:
        """Notes that say an id in their front matter; without an entry of that name there is nothing to read."""
        for stored in self._fetch():
            if isinstance(stored, Stored) and b"id:" in stored.data[:_HEAD]:
                note = self.read(stored)
                if note is not None and note.id:
                    yield note.id, stored.key

    def holders(self) -> dict[str, str]:
        """The keys of the notes by the ids in them, where blocks of the target's notes have ids of their own."""
        own_ids = self._front.own_ids
        if own_ids is None or self.tree != "documents":
            return {}
        fetched = (stored for stored in self._fetch() if isinstance(stored, Stored))
        return {one: stored.key for stored in fetched for one in own_ids(stored.data)}

    def _fetch(self, keys: list[str] | None = None) -> Iterator[Stored | Finding]:
        with _refused_as_target():
            yield from self._source.fetch(keys)

    def read(self, stored: Stored) -> Note | None:
        """A note of the target; None where it cannot be read."""
        try:
            return self._front.read(stored, self._context)[0]
        except (ItemError, RecursionError):
            return None

    def looks(self, keys: Iterable[str]) -> dict[str, Look]:
        """How these notes look; without those that cannot be read."""
        wanted = [key for key in keys if key in self.notes]
        found: dict[str, Look] = {}
        for stored in self._fetch(wanted) if wanted else ():
            if not isinstance(stored, Finding) and (note := self.read(stored)) is not None:
                found[stored.key] = self.look(stored.data, note)
        return found

    def digests(self, without: AbstractSet[str]) -> dict[str, bytes]:
        """Digests of the bytes of all notes but these."""
        stored = (one for one in self._fetch() if isinstance(one, Stored) and one.key not in without)
        return {one.key: digest_of_bytes(one.data) for one in stored}

    def look(self, data: bytes, note: Note) -> Look:
        """How a note of the target's own form looks."""
        return look_of(data, note, placed=self.tree not in ("paths", "documents"), pictures=self._pictures)

    def _picture(self, block: Image) -> str:
        """The name of the file that a picture shows: that of its path, else the one named by the block's id."""
        name = re.split(r"[/\\]", block.target)[-1]
        return name if name.lower() in self._files else self._stems.get(block.id or "", name)

    def expect(self, name: str) -> None:
        """A file of this name comes: pictures that are called so are that one."""
        self._files.add(name.lower())

    def look_at(self, stored: Stored) -> Look | None:
        """How bytes would look in the target; None where it could not read them."""
        note = self.read(stored)
        return None if note is None else self.look(stored.data, note)

    def file_digest(self, key: str) -> str:
        """The SHA-256 of a file of the target; "" where it cannot be read."""
        if key not in self._digests:
            try:
                with self._source.open_asset(key) as stream:
                    self._digests[key] = digest(stream)[1]
            except (ItemError, OSError):
                self._digests[key] = ""
        return self._digests[key]


_HEAD = 65_536


@contextmanager
def _refused_as_target() -> Iterator[None]:
    """Around reading the target: where it is broken or in use, it is the target that is refused."""
    try:
        yield
    except ItemError:
        raise
    except InputError as error:
        raise TargetError(f"Nothing can be merged into the target: {error.message}", hint=error.hint) from error


@contextmanager
def look_into(front: Format, path: Path, context: SourceContext, profile: Profile) -> Iterator[Present]:
    """Open a target that exists to see what it holds. Raises TargetError where it cannot be read."""
    with _refused_as_target():
        source = front.open_source(path, context)
    try:
        with _refused_as_target():
            present = Present(front, source, context, profile)
    except BaseException:
        source.close()
        raise
    try:
        yield present
    finally:
        present.close()
