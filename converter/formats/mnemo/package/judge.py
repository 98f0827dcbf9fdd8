"""What the application says to a package: where it stops, and what it passes over in silence.

See docs/formats/mnemo.md, "What the application refuses".
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from converter.errors import ItemError
from converter.findings.finding import Finding, Location
from converter.findings.problems import Problems
from converter.formats.front import Source, SourceContext
from converter.formats.mnemo.app.objects import MANIFEST_SHAPE
from converter.formats.mnemo.app.shapes import Flaw
from converter.formats.mnemo.app.text import flaws_of, value_of
from converter.formats.mnemo.package.files import CutError, files_of
from converter.formats.mnemo.package.index import PackageSource
from converter.formats.mnemo.package.judged import HANDLERS, NEWER
from converter.formats.mnemo.package.layout import fold
from converter.formats.mnemo.package.manifest import MANIFEST
from converter.formats.mnemo.package.verdict import Unpacked, loses, refuses
from converter.formats.mnemo.view import OuterView
from converter.storage.archive import ZipReader
from converter.storage.archive.members import METHODS, MemberInfo
from converter.text.json_text import Members, is_text

__all__ = ["judge"]

_METHODS: Final = (0, 8, 9)
"""Stored, deflate and deflate64."""
_CHUNK_BYTES: Final = 1024 * 1024
_DATABASE: Final = ".db"


def judge(path: Path, context: SourceContext, source: Source | None = None) -> Iterator[Finding]:
    """What the application would refuse in a package, and what it would lose.

    `source` is the same package where it is open already: what was read to its end is not read again.
    """
    if isinstance(source, PackageSource) and not context.zip_encoding:
        yield from _judge(source.archive, source.unpacked)
        return
    with ZipReader(path, context.limits, same=fold) as archive:
        yield from _judge(archive, {})


def _judge(archive: ZipReader, known: Mapping[str, Path]) -> Iterator[Finding]:
    with Unpacked(archive, known) as unpacked:
        if archive.shift:
            what = f"{archive.shift:,} bytes stand in front of the archive, and its directory does not count them"
            yield refuses("", Location(), what)
        yield from _members(archive, known, unpacked)
        try:
            text = archive.read(MANIFEST).decode(errors="surrogateescape").removeprefix("\ufeff")
        except ItemError as error:
            yield refuses("", Location(member=MANIFEST), error.message)
            return
        for flaw in flaws_of(text, MANIFEST_SHAPE):
            yield refuses("", Location(member=MANIFEST, pointer=flaw.pointer), flaw.what)
        yield from _entries(text, [name for name in archive.members if name != MANIFEST], unpacked)


def _members(archive: ZipReader, known: Mapping[str, Path], unpacked: Unpacked) -> Iterator[Finding]:
    """Every member is loaded before anything is imported, also one that nothing needs."""
    for member in archive.members.values():
        name = member.name
        if not name.rpartition("/")[2].strip():
            continue
        if "../" in name or name.startswith("/"):
            yield refuses(
                _item(member), Location(member=name), f"it takes the name {name!r} for a way out of its folder"
            )
        elif member.code not in _METHODS:
            method = METHODS.get(member.code, f"number {member.code}")
            yield refuses(_item(member), Location(member=name), f"it cannot unpack the compression method {method}")
        elif not member.unreadable and name not in known:
            yield from _data(archive, member, unpacked)


def _data(archive: ZipReader, member: MemberInfo, unpacked: Unpacked) -> Iterator[Finding]:
    """The data of a member, read to its end: the application stops where it cannot unpack it, and asks no check sum.

    A database is unpacked for what comes.
    """
    where = Location(member=member.name)
    try:
        if member.name.lower().endswith(_DATABASE):
            unpacked.path(member.name)
            return
        with archive.open(member.name) as stream:
            while stream.read(_CHUNK_BYTES):
                pass
    except ItemError as error:
        if isinstance(error.__cause__, zlib.error):
            yield refuses(_item(member), where, error.message)
        else:
            details = (("what", error.message),)
            yield Finding(code="member-damaged", item=_item(member), location=where, details=details)


def _item(member: MemberInfo) -> str:
    return f"payloads/{member.name}" if member.name != MANIFEST else ""


def _entries(text: str, names: Sequence[str], unpacked: Unpacked) -> Iterator[Finding]:
    """The payloads in the order of the manifest, which is that of the import."""
    manifest = value_of(text)
    if isinstance(manifest, Flaw) or not isinstance(manifest, Members):
        return
    entries = OuterView(manifest, "", Problems("")).find("entries")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Members):
            yield from _entry(OuterView(entry, f"/entries/{index}", Problems("")), names, unpacked)


def _entry(entry: OuterView, names: Sequence[str], unpacked: Unpacked) -> Iterator[Finding]:
    kind = entry.only_text("payloadType") or ""
    item = f"payloads/{kind}"
    at_path = Location(member=MANIFEST, pointer=entry.at("path"))
    handler = HANDLERS.get(kind.lower())
    if handler is None:
        if kind.lower() not in NEWER:
            where = Location(member=MANIFEST, pointer=entry.at("payloadType"))
            yield loses(item, where, f"a payload of the type {kind!r} is skipped")
        return
    path = entry.find("path")
    if not is_text(path) and entry.has("path"):
        if names and path is None:
            yield refuses(item, at_path, "path is null, not a text")
        return
    try:
        files = files_of(str(path or ""), names)
    except CutError as error:
        yield refuses(item, at_path, str(error))
        return
    newer = entry.whole("schemaVersion", 1) > 1
    yield from handler(item, at_path, files, unpacked, newer)
