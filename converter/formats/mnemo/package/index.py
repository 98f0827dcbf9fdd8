"""An opened package: what its store holds, and the bytes of its notes (docs/formats/mnemo.md, "Package")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import msgspec

from converter.errors import InputError, ItemError
from converter.findings.finding import Finding, Location
from converter.formats.entries import is_residue
from converter.formats.front import SourceContext, Stored
from converter.formats.mnemo.folders import folder_facts
from converter.formats.mnemo.lost import lost_facts, lost_item, salvaged
from converter.formats.mnemo.package.checked import checked
from converter.formats.mnemo.package.layout import RESIDUE, Share, fold, laid_out
from converter.formats.mnemo.package.manifest import MANIFEST, read_manifest
from converter.formats.mnemo.package.manifest_text import entry_text
from converter.formats.mnemo.package.rebuilt import rebuilt_manifest
from converter.formats.mnemo.package.refused import check_known, without_manifest
from converter.formats.mnemo.package.rows import Database
from converter.formats.mnemo.package.units import KNOWN_SCHEMAS, units_of
from converter.formats.mnemo.package.unpacked import Unpacked
from converter.formats.mnemo.rows import Keys, Row, sniff
from converter.model.facts import AssetFact, Fact, JunkFact, MemberFact, NoteFact, PayloadFact, UnitFact
from converter.storage.archive import ZipReader

if TYPE_CHECKING:
    from converter.formats.mnemo.package.models import AssetEntry, Entry, Manifest

__all__ = ["PackageSource", "open_source"]

_ASSET_FOLDERS: Final = ("ASSETS/IMAGES/", "ASSETS/NOTE-ASSETS/", "ASSETS/FILES/")
_JUNK: Final = frozenset((".ds_store", "thumbs.db", "desktop.ini"))
_JUNK_FOLDER: Final = "__MACOSX/"
_NOTES: Final = "notes"
_DATABASE: Final = "notes.db"
_CHUNK_BYTES: Final = 1024 * 1024
_PAGE_BYTES: Final = 4096
_DATABASES: Final = {"notes": "NOTES.DB", "flashcards": "FLASHCARDS.DB", "mindmaps": "MINDMAPS.DB"}
_LOST_ROWS: Final = {"decks": "decks", "folders": "folders", "maps": "maps"}


def open_source(path: Path, context: SourceContext) -> PackageSource:
    """Open a package. Raises InputError where it is none, or one that cannot be read as a whole."""
    return PackageSource(path, context)


class PackageSource:
    """A `.mnemo` package, opened for reading."""

    def __init__(self, path: Path, context: SourceContext) -> None:
        self._context = context
        self._depth = context.limits.json_depth
        self._residue = False
        self._rebuilt = False
        self._zip = ZipReader(
            path,
            context.limits,
            same=fold,
            skip_unsafe=context.skip_unsafe,
            encoding=context.zip_encoding,
            salvage=context.salvage,
        )
        self._members = self._zip.members
        self._unpacked = Unpacked(self._zip, context.limits)
        self._note_keys: dict[str, list[str]] = {}
        """The keys of the notes in each database, in its order, once all of them are known."""
        try:
            self._open()
        except ItemError as error:
            self.close()
            raise InputError(error.message, hint=error.hint) from None
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        names = list(self._members)
        manifest, self._oddities = self._read_manifest(names)
        self._manifest = manifest
        layout = laid_out(manifest.entries, [name for name in names if name != MANIFEST])
        self._shares = tuple(zip(manifest.entries, layout.shares, strict=True))
        if self._context.salvage:
            self._unpacked.salvaged = frozenset(_databases(self._shares))
        self._folders = Counter(fold(share.folder) for share in layout.shares)
        self._unlisted = layout.unlisted
        self._listed: dict[str, AssetEntry] = {asset.path: asset for asset in manifest.assets}
        if self._context.strict_unknown:
            for entry in manifest.entries:
                check_known(entry)

    def _read_manifest(self, names: list[str]) -> tuple[Manifest, tuple[Finding, ...]]:
        """The manifest; of a broken package that is salvaged one made from its folders."""
        salvaged = rebuilt_manifest(names) if self._context.salvage else None
        if MANIFEST not in self._members:
            if salvaged is None:
                raise without_manifest(names)
            self._rebuilt = True
            return salvaged, (_finding("manifest-rebuilt", "", MANIFEST),)
        try:
            data = self._zip.read(MANIFEST)
        except ItemError as error:
            if salvaged is None:
                raise InputError(error.message, hint=f"{error.hint} --salvage does without it.".strip()) from None
            self._rebuilt = True
            return salvaged, (_finding("manifest-rebuilt", "", MANIFEST),)
        return read_manifest(data, self._depth, strict=self._context.strict_unknown)

    def close(self) -> None:
        """Close the archive and drop what was unpacked."""
        self._zip.close()
        self._unpacked.close()

    @property
    def archive(self) -> ZipReader:
        """The archive itself."""
        return self._zip

    @property
    def unpacked(self) -> Mapping[str, Path]:
        """The members that were read to their end, as files."""
        return self._unpacked.files

    def files(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The type of each payload, in lower case, and its files: full names by the names inside it."""
        return ((_kind(entry), share.files) for entry, share in self._shares)

    def facts(self) -> Iterator[Fact | Finding]:
        """Everything that the package holds: entry by entry, then what no entry covers."""
        yield from self._zip.problems
        yield from self._oddities
        for name in self._members:
            if "../" in name.replace("\\", "/"):
                yield _finding("member-refused", f"payloads/{name}", name)
        if (self._manifest.kind or "").lower() == "backup":
            yield _finding("package-is-backup", "", MANIFEST)
        folder_keys, note_keys, payload_keys = Keys(), Keys(), Keys()
        for entry, share in self._shares:
            yield from self._entry_findings(entry, share)
            if entry.payload_type.lower() == _NOTES:
                yield from self._notes_facts(entry, share, folder_keys, note_keys)
            elif share.files or _kind(entry) not in KNOWN_SCHEMAS:
                yield from self._payload_facts(entry, share, payload_keys)
        for name in self._unlisted:
            yield from self._stray_facts(name)

    def _entry_findings(self, entry: Entry, share: Share) -> Iterator[Finding]:
        kind = _kind(entry)
        if kind not in KNOWN_SCHEMAS:
            yield _finding("payload-unknown", f"payloads/{entry.payload_type}", MANIFEST, type=entry.payload_type)
            return
        if entry.schema_version > KNOWN_SCHEMAS[kind]:
            numbers = {"version": str(entry.schema_version), "known": str(KNOWN_SCHEMAS[kind])}
            yield _finding("schema-newer", f"payloads/{kind}", MANIFEST, type=kind, **numbers)
        if share.moved or entry.path.rstrip("/").endswith("\\"):
            yield _finding("manifest-repaired", f"payloads/{kind}", MANIFEST, what=f"the path {entry.path!r}")
        if share.files:
            return
        twin = self._folders[fold(share.folder)] > 1
        yield _finding("entry-repeated" if twin else "payload-missing", f"payloads/{kind}", MANIFEST, type=kind)

    def _notes_facts(self, entry: Entry, share: Share, folder_keys: Keys, note_keys: Keys) -> Iterator[Fact | Finding]:
        member = _database_of(share)
        if member is not None:
            yield from self._database_facts(entry, member, folder_keys, note_keys)
        elif share.files:
            yield _finding("payload-missing", f"payloads/{_NOTES}", share.folder, type=_NOTES)
        for name, member_name in share.files.items():
            if member_name == member:
                continue
            if not fold(name).startswith(_ASSET_FOLDERS):
                yield from self._stray_facts(member_name)
            elif _is_junk(name):
                yield JunkFact(key=member_name, kind="assets")
            else:
                yield from self._asset_facts(member_name)

    def _database_facts(
        self, entry: Entry, member: str, folder_keys: Keys, note_keys: Keys
    ) -> Iterator[Fact | Finding]:
        try:
            database = Database(self._unpacked.path(member), member, self._context.limits)
        except InputError as error:
            yield _unreadable(f"payloads/{_NOTES}", member, error)
            yield self._single(member)
            return
        yield from self._salvaged(f"payloads/{_NOTES}", member)
        with closing(database):
            try:
                yield from folder_facts(self._folder_rows(database, member), folder_keys, self._depth)
            except InputError as error:
                yield _unreadable("folders/", member, error)
            count = 0
            try:
                for found in self._note_facts(database, member, note_keys):
                    count += isinstance(found, NoteFact)
                    yield found
            except InputError as error:
                yield _unreadable("notes/", member, error)
        if entry.counted and count != entry.item_count:
            yield _mismatch(_NOTES, entry, count)

    def _folder_rows(self, database: Database, member: str) -> Iterator[Row]:
        """The rows of folders; one that is lost is empty, and so a folder of which only the name is missing."""
        yield from database.rows("Folders", "FolderId")
        yield from (Row(key, b"") for key in self._lost(member, "folders"))

    def _lost(self, member: str, table: str) -> Iterator[str]:
        """The keys of the rows that a table has lost."""
        for loss in self._unpacked.losses(member):
            if loss.table.lower() == table:
                yield from loss.keys

    def _salvaged(self, item: str, member: str) -> Iterator[PayloadFact | Finding]:
        """What is said of a database that was read in spite of its damage; notes and their folders are told as such."""
        damage, losses = self._unpacked.damage(member), self._unpacked.losses(member)
        if damage:
            yield salvaged(damage, item, member)
        if item == f"payloads/{_NOTES}":
            told = (_NOTES, "folders")
            losses = tuple(
                msgspec.structs.replace(one, keys=()) if one.table.lower() in told else one for one in losses
            )
        yield from lost_facts(losses, _lost_row, member)

    def _note_facts(self, database: Database, member: str, keys: Keys) -> Iterator[NoteFact | Finding]:
        found: list[str] = []
        for row in database.rows("Notes", "NoteId"):
            if row.null:
                yield Finding(code="row-null", item=f"notes/{row.key}", location=_place(member, row))
                continue
            key, repeated = keys.take(sniff(row.data, "noteId", self._depth).id, row.key)
            if repeated:
                details = (("id", key.rpartition("~")[0]),)
                item = f"notes/{key}"
                yield Finding(code="duplicate-id", item=item, location=_place(member, row), details=details)
            found.append(key)
            yield NoteFact(key=key, size=len(row.data))
        self._note_keys[member] = found
        for lost in self._lost(member, _NOTES):
            yield NoteFact(key=keys.take(None, lost)[0])

    def _asset_facts(self, member: str) -> Iterator[AssetFact | Finding]:
        size = self._members[member].size
        listed = self._listed.get(member)
        if listed is not None and listed.size_bytes not in (0, size):
            sizes = {"size": str(size), "listed": str(listed.size_bytes)}
            yield _finding("asset-mismatch", f"assets/{member}", member, **sizes)
        yield AssetFact(key=member, name=member.rpartition("/")[2], size=size)

    def _payload_facts(self, entry: Entry, share: Share, keys: Keys) -> Iterator[PayloadFact | Finding]:
        kind = _kind(entry)
        text = entry.text
        key, _ = keys.take(entry.payload_type or None, share.folder)
        units: tuple[UnitFact, ...] = (UnitFact(kind="payloads", key=key, title=entry.payload_type),)
        if kind in KNOWN_SCHEMAS:
            try:
                units, broken = units_of(
                    kind, list(share.files), lambda name: self._unpacked.loaded(share.files[name]), self._depth
                )
                if any(fold(name).startswith("ASSETS/") for name in share.files):
                    units += (UnitFact(kind="records", key=f"{kind}/assets", title="assets"),)
                if broken:
                    what = f"{broken} of its rows are not JSON"
                    yield _finding("payload-unreadable", f"payloads/{kind}", share.folder, why=what)
                counted = sum(unit.kind not in ("folders", "records") for unit in units)
                text = entry_text(entry.payload_type, counted) if self._rebuilt else text
                if entry.counted and counted != entry.item_count and kind != "proofing":
                    yield _mismatch(kind, entry, counted)
            except InputError as error:
                yield _unreadable(f"payloads/{kind}", share.folder, error)
            for member in share.files.values():
                yield from self._salvaged(f"payloads/{kind}", member)
        yield PayloadFact(
            key=key,
            type=entry.payload_type,
            members=tuple(self._member(member, name) for name, member in share.files.items()),
            units=units,
            known=kind in KNOWN_SCHEMAS,
            entry=text,
        )

    def _stray_facts(self, member: str) -> Iterator[Fact | Finding]:
        """A file that no entry covers, or that its payload does not know."""
        if _is_junk(member):
            yield JunkFact(key=member, kind="payloads")
            return
        if member == RESIDUE and self._has_residue():
            yield PayloadFact(key=member, type="residue", members=(self._member(member, member),), known=True)
            return
        yield _finding("payload-unlisted", f"payloads/{member}", member, what=member)
        yield self._single(member)

    def _has_residue(self) -> bool:
        try:
            with self._zip.open(RESIDUE) as stream:
                self._residue = is_residue(stream)
        except ItemError:
            return False
        return self._residue

    def open_residue(self) -> AbstractContextManager[IO[bytes]] | None:
        """The residue beside the notes."""
        return self._zip.open(RESIDUE) if self._residue else None

    def _single(self, member: str) -> PayloadFact:
        units = (UnitFact(kind="payloads", key=member),)
        return PayloadFact(key=member, type="", members=(self._member(member, member),), units=units, known=False)

    def _member(self, member: str, name: str) -> MemberFact:
        left = self._unpacked.left(member)
        return MemberFact(key=member, name=name, size=left.stat().st_size if left else self._members[member].size)

    def fetch(self, keys: Sequence[str] | None = None) -> Iterator[Stored | Finding]:
        """The bytes of these notes (all: None), in the store's order. What is unreadable as a whole gives none."""
        wanted = None if keys is None else set(keys)
        taken = Keys()
        for entry, share in self._shares:
            member = _database_of(share) if _kind(entry) == _NOTES else None
            if member is None:
                continue
            try:
                yield from self._stored(member, taken, wanted)
            except InputError:
                continue

    def _stored(self, member: str, keys: Keys, wanted: set[str] | None) -> Iterator[Stored | Finding]:
        known = iter(self._note_keys.get(member, ()))
        with closing(Database(self._unpacked.path(member), member, self._context.limits)) as database:
            for row in database.rows("Notes", "NoteId"):
                if row.null:
                    continue
                key = next(known, None)
                if key is None:
                    key, _ = keys.take(sniff(row.data, "noteId", self._depth).id, row.key)
                else:
                    keys.hold(key)
                if wanted is None or key in wanted:
                    yield Stored(key, row.data, where=_place(member, row))
            for lost in self._lost(member, _NOTES):
                key, _ = keys.take(None, lost)
                if wanted is None or key in wanted:
                    yield lost_item(f"notes/{key}", "Notes", lost, member)

    def open_asset(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A file's bytes; raises ItemError at its end where they are not those that the manifest lists."""
        listed = self._listed.get(key)
        stream = self._zip.open(key)
        if listed is None or not listed.checksum_sha256:
            return stream
        return checked(stream, key, listed.checksum_sha256)

    def open_member(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A member of a payload, by its full name; of a database that is damaged what is left of it."""
        left = self._unpacked.left(key)
        return left.open("rb") if left else self._zip.open(key)

    def on_disk(self, member: str) -> Path:
        """A member unpacked into a temporary file, once; raises ItemError where it is damaged."""
        return self._unpacked.path(member)


def _kind(entry: Entry) -> str:
    return entry.payload_type.lower()


def _database_of(share: Share) -> str | None:
    return next((member for name, member in share.files.items() if fold(name) == _DATABASE.upper()), None)


def _place(member: str, row: Row) -> Location:
    return Location(member=member, table="Notes", row=row.key)


def _is_junk(name: str) -> bool:
    return name.rpartition("/")[2].lower() in _JUNK or name.startswith(_JUNK_FOLDER)


def _finding(code: str, item: str, member: str, **details: str) -> Finding:
    return Finding(code=code, item=item, location=Location(member=member), details=tuple(details.items()))


def _databases(shares: Iterable[tuple[Entry, Share]]) -> Iterator[str]:
    """The members that are databases of their payloads."""
    for entry, share in shares:
        wanted = _DATABASES.get(_kind(entry))
        yield from (member for name, member in share.files.items() if fold(name) == wanted)


def _lost_row(table: str, key: str) -> tuple[str, str]:
    kind = _LOST_ROWS.get(table.lower(), "records")
    return kind, key if kind != "records" else f"{table}/{key}"


def _unreadable(item: str, member: str, error: InputError) -> Finding:
    return _finding("payload-unreadable", item, member, why=error.message)


def _mismatch(kind: str, entry: Entry, count: int) -> Finding:
    numbers = {"counted": str(count), "listed": str(entry.item_count)}
    return _finding("count-mismatch", f"payloads/{kind}", MANIFEST, type=kind, **numbers)
