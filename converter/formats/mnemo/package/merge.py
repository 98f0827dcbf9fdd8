"""Merging into a package: all of it anew, with what comes (docs/formats/mnemo.md, "Merging into a package")."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Final

from converter.errors import InputError, InternalFaultError, ItemError, TargetError
from converter.findings.problems import Problems
from converter.formats.entries import is_residue
from converter.formats.front import Part, Rendered, TargetContext
from converter.formats.mnemo.notes import folder_text
from converter.formats.mnemo.package.layout import RESIDUE, ROOT, Layout, fold, laid_out
from converter.formats.mnemo.package.manifest import MANIFEST
from converter.formats.mnemo.package.manifest_text import ListedAsset
from converter.formats.mnemo.package.merge_manifest import ManifestEdit
from converter.formats.mnemo.package.merge_payloads import MergedPayloads
from converter.formats.mnemo.package.packing import QUICK, level_for
from converter.formats.mnemo.package.spool import Spool
from converter.formats.mnemo.package.units import KNOWN_SCHEMAS
from converter.formats.mnemo.view import OuterView, text_form
from converter.model.facts import PayloadFact
from converter.model.items import Folder
from converter.model.moment import Moment
from converter.storage.archive import ZipReader, ZipWriter
from converter.storage.digest import copy_digest
from converter.storage.faults import writing
from converter.storage.limits import DEFAULT_LIMITS, NO_LIMITS
from converter.text.json_text import Members, parse

__all__ = ["PackageMerge", "open_merge"]

_KNOWN_FILES: Final = frozenset(
    ("NOTES.DB", "FLASHCARDS.DB", "MINDMAPS.DB", "DATA.JSON", "SETTINGS.JSON", "PROOFING.JSON")
)
"""Names of files that payloads are read from, whatever the case of their letters."""

_DEPTH: Final = DEFAULT_LIMITS.json_depth
_NOTES: Final = f"{ROOT}/notes"
_LOSSES: Final = {
    "package-has-junk": "there are bytes around its archive that belong to no member",
    "member-damaged": "a member of its archive cannot be unpacked",
}
_HINT: Final = "Import it in Mnemo and export it again, or convert into a new package."


def open_merge(present: Path, staging: Path, _context: TargetContext) -> PackageMerge:
    """Begin a package at `staging` that holds all that the one at `present` does.

    Raises TargetError where that one cannot be written anew without loss.
    """
    with _lossless(present):
        return PackageMerge(present, staging)


class PackageMerge:
    """A package that exists, written anew with what comes besides."""

    def __init__(self, present: Path, staging: Path) -> None:
        self._present, self._path = present, staging
        self._writer: ZipWriter | None = None
        self._zip = ZipReader(present, NO_LIMITS, same=fold)
        try:
            self._open()
        except BaseException:
            self._zip.close()
            raise
        self._names = {fold(name): name for name in self._zip.members}
        self._new: dict[str, str] = {}
        self._assets: list[ListedAsset] = []
        self._owners: dict[str, str | int | None] = {}

    def _open(self) -> None:
        _check_archive(self._zip, self._present)
        self._manifest = ManifestEdit(self._zip.read(MANIFEST), _DEPTH)
        self._before = self._laid_out(self._zip.members)
        with writing(self._path):
            folder = tempfile.TemporaryDirectory(prefix=f"{self._path.name}.", suffix=".parts", dir=self._path.parent)
            self._parts, self._spool = folder, Spool(Path(folder.name) / "files")
        self._payloads = MergedPayloads(self._manifest, self._before.shares, self._unpacked, Path(folder.name))

    def _laid_out(self, names: Iterable[str]) -> Layout:
        return laid_out(self._manifest.read(), [name for name in names if name != MANIFEST])

    def _unpacked(self, member: str, path: Path) -> None:
        with self._zip.open(member) as source, writing(path), path.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)

    def folder(self, folder: Folder, _path: str) -> None:
        """Add a folder, or replace the one of its key."""
        with _lossless(self._present):
            self._payloads.note_row("Folders", folder.key if folder.id is None else folder.id, folder_text(folder))

    def note(self, rendered: Rendered) -> None:
        """Add a note as `render` gave it, or replace the one of its key."""
        with _lossless(self._present):
            self._payloads.note_row("Notes", rendered.key, rendered.data.decode("ascii"))

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:  # noqa: ARG002
        """Add a file below `payloads/notes`, or replace it. A package keeps no file times."""
        name = f"{_NOTES}/{path}"
        self._payloads.needs_notes()
        self._take(name, stream, "notes")
        with self._spool.open(name) as held:
            size, sha256 = copy_digest(held, _Nothing())
        self._assets.append(ListedAsset(name, size, sha256))

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Take a payload whole: its entry where there is none for these files, and its files.

        `members` names each by the key or the name of its `MemberFact`. Files that are there are replaced, others of
        that payload stay.
        """
        keys = {member.name: member.key for member in fact.members} | {m.key: m.key for m in fact.members}
        owner = self._entry(fact)
        for name, opened in members:
            with opened as stream:
                if fact.type == "residue":
                    self.residue(stream)
                else:
                    self._take(keys[name], stream, owner)

    def _entry(self, fact: PayloadFact) -> int | None:
        """The number of the entry to which the files of a payload belong; None for files that none covers."""
        value = parse(fact.entry, _DEPTH).value if fact.entry else None
        if not isinstance(value, Members):
            return None
        view = OuterView(value, "", Problems(""))
        kind, folder = text_form(view.find("payloadType")), _folder(text_form(view.find("path")))
        for number, entry in enumerate(self._manifest.read()):
            if entry.payload_type.lower() == kind.lower() and _folder(entry.path) == folder:
                count = view.whole("itemCount", entry.item_count)
                self._manifest.count(number, count)
                return number
        return self._manifest.add(fact.entry)

    def part(self, part: Part) -> None:
        """Add a deck, a folder of decks, a map or a setting, or replace the one of its key.

        Raises ItemError where the package keeps such items in a way that is only read here.
        """
        if why := self._payloads.refuses(part):
            raise ItemError(f"{part.kind}/{part.key}: {why}")
        with _lossless(self._present):
            self._payloads.part(part)

    def residue(self, lines: IO[bytes]) -> None:
        """Keep this residue beside the notes, in place of what was there."""
        if RESIDUE in self._zip.members:
            with _lossless(self._present), self._zip.open(RESIDUE) as stream:
                if not is_residue(stream):
                    raise TargetError(f"{RESIDUE} of {self._present} is no residue: another program wrote it.")
        self._take(RESIDUE, lines, None)

    def _take(self, name: str, stream: IO[bytes], owner: str | int | None) -> None:
        """Keep a file that is to be in the package; `owner` is the type, or the number, of its entry."""
        key = fold(name)
        if key in self._new or name == MANIFEST:
            raise InternalFaultError(f"two files of the package are named {name!r}: the plan let it pass")
        with writing(self._path):
            self._spool.add(name, stream)
        self._new[key] = name
        self._owners[name] = owner

    def finish(self) -> None:
        """Write the archive: what was there in its order, what is new behind it, and the manifest last."""
        with _lossless(self._present):
            for number, name, path in self._payloads.finished():
                with path.open("rb") as stream:
                    self._take(name, stream, number)
            self._check_owners()
            writer = self._writer = ZipWriter(self._path)
            for name, member in self._zip.members.items():
                if name != MANIFEST:
                    self._write(writer, self._new.pop(fold(name), name), name, member.size)
            for name in sorted(self._new.values(), key=lambda name: (name == RESIDUE, name)):
                self._write(writer, name, name, 0)
            for asset in sorted(self._assets, key=lambda asset: asset.path):
                self._manifest.list_asset(asset)
            writer.add(MANIFEST, self._manifest.data(), level=QUICK)
            writer.close()
            self._writer = None
        self._drop()

    def _write(self, writer: ZipWriter, name: str, old: str, size: int) -> None:
        """Write a file: the new one of this name, else the old one."""
        if name in self._spool:
            with self._spool.open(name) as stream:
                writer.add_stream(name, stream, level=level_for(name, self._spool.size(name)))
        else:
            with self._zip.open(old) as stream:
                writer.add_stream(name, stream, level=level_for(name, size))

    def _check_owners(self) -> None:
        """Every file belongs to the entry that it belonged to; new ones to those that they are meant for."""
        names = [self._new.get(fold(name), name) for name in self._zip.members]
        names += [name for key, name in self._new.items() if key not in self._names]
        after, before = self._laid_out(names), _owners(self._before)
        entries = self._manifest.read()
        for name, number in _owners(after).items():
            old = self._names.get(fold(name), "")
            meant = self._owners.get(name, before.get(old))
            kind = entries[number].payload_type.lower() if number is not None else ""
            moved = old in before and number != before[old] and old != RESIDUE
            stray = meant is None and _is_stray(kind, name)
            if name != RESIDUE and (moved or not (stray or meant in (number, kind))):
                raise TargetError(
                    f"{self._present}: its manifest puts files of {ROOT} where they are not looked for ({name}).",
                    hint=_HINT,
                )

    def abandon(self) -> None:
        """Let go of everything without completing it."""
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None
        self._drop()

    def _drop(self) -> None:
        self._payloads.close()
        self._zip.close()
        self._spool.close()
        self._parts.cleanup()


class _Nothing:
    """Takes bytes and keeps none."""

    def write(self, data: bytes, /) -> int:
        """Take them."""
        return len(data)


def _folder(path: str) -> str:
    return fold(path.replace("\\", "/").rstrip("/"))


def _is_stray(kind: str, name: str) -> bool:
    """Whether a file among those of a known payload is none that the payload knows."""
    inner = fold(name.removeprefix(f"{ROOT}/{kind}/"))
    return kind in KNOWN_SCHEMAS and inner.rpartition("/")[2] not in _KNOWN_FILES and not inner.startswith("ASSETS/")


def _owners(layout: Layout) -> dict[str, int | None]:
    """The number of the entry of each file."""
    found: dict[str, int | None] = dict.fromkeys(layout.unlisted)
    for number, share in enumerate(layout.shares):
        found.update(dict.fromkeys(share.files.values(), number))
    return found


def _check_archive(archive: ZipReader, present: Path) -> None:
    if archive.skipped:
        member = archive.skipped[0]
        raise TargetError(
            f"{present} cannot be written anew: its member {member.name!r} is no file ({member.unreadable}).",
            hint=_HINT,
        )
    for problem in archive.problems:
        if problem.code in _LOSSES:
            raise TargetError(f"{present} cannot be written anew without loss: {_LOSSES[problem.code]}.", hint=_HINT)


@contextmanager
def _lossless(present: Path) -> Iterator[None]:
    """Around reading the package: what cannot be read cannot be written anew."""
    try:
        yield
    except InputError as error:
        message = f"{present} cannot be written anew without loss: {error.message}"
        raise TargetError(message, hint=error.hint or _HINT) from error
