"""Family A of the catalogue: archives that are broken or lie, as packages."""

from __future__ import annotations

import bz2
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from tests.hostile.case import FOUND, LIMITED, REFUSED, Case, Maker
from tests.hostile.package import MANIFEST, NOTES_DB, PICTURE, broken, members, package, sound_db, sound_manifest
from tests.mnemo.builders import entry, manifest
from tests.storage.forge import ENCRYPTED, SYMLINK, Archive, Member

IMAGES = "payloads/notes/assets/images"
DEVICE, PIPE, SOCKET = 0o020644 << 16, 0o010644 << 16, 0o140644 << 16


def raw(name: str, data: bytes) -> Maker:
    """Makes a file of these bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def named(name: str | bytes, **fields: Any) -> Maker:
    """Makes the package with one more member of this name."""
    return package(Member(name, b"x", **fields))


def pictures(*names: str | bytes, **fields: Any) -> Maker:
    """Makes the package with more pictures of these names."""
    return package(
        *(Member(_below(name), name if isinstance(name, bytes) else name.encode(), **fields) for name in names)
    )


def _below(name: str | bytes) -> str | bytes:
    return f"{IMAGES}/".encode() + name if isinstance(name, bytes) else f"{IMAGES}/{name}"


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive."""
    data = b"the innermost"
    for _ in range(depth):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", data)
        data = held.getvalue()
    return data


def descriptors(folder: Path) -> Path:
    """A package that was written to a pipe: sizes stand behind the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members():
            archive.writestr(str(member.name), member.data)
        archive.comment = b"\x1b[31mred\x1b[0m \xe2\x80\xae"
    path = folder / "in.mnemo"
    path.write_bytes(pipe.getvalue())
    return path


def overlapping(folder: Path) -> Path:
    """A package in which a thousand records of the directory share one picture's bytes."""
    held = members()
    shared = [
        Member(f"{IMAGES}/{number}.png", b"a picture, as it was", offset=0, hidden=True) for number in range(1000)
    ]
    path = folder / "in.mnemo"
    path.write_bytes(Archive([*held, *shared]).build())
    return path


def _cut(size: int) -> Maker:
    return broken(lambda data: data[:-size])


def _listed_twice() -> Maker:
    return package(Member(MANIFEST, json.dumps(manifest(entry("settings", 1))).encode()))


_UNSAFE = ("../x", "a/../../x", "..\\x", "/abs", "C:\\x", "\\\\server\\x", "~/x", "a/./x", "payloads/notes/../../x")
_SKIPPED = (("symlink", SYMLINK), ("device", DEVICE), ("pipe", PIPE), ("socket", SOCKET))
_ODD_NAMES = (
    ("right to left", "a\u202egnp.exe.png"),
    ("reserved", "CON.png"),
    ("reserved with an ending", "aux.md"),
    ("trailing dot", "p."),
    ("trailing blank", "p.png "),
    ("colon and more", 'a:b*c?d"e<f>g|.png'),
)
_METHODS = ((9, "deflate64"), (93, "zstd"), (20, "zstd (old number)"), (97, "wavpack"), (77, "unknown (number 77)"))
_DATES = (("month 0", 0), ("year 2107", 0xFF9F), ("30 February", 2 << 5 | 30))

CASES: list[Case] = [
    Case("A01", "nothing", raw("in.mnemo", b""), REFUSED, text="empty file (0 bytes)"),
    Case(
        "A01", "nothing, with its format", raw("in.mnemo", b""), REFUSED, text="empty file", options=("--from", "mnemo")
    ),
    Case("A01", "text", raw("in.mnemo", b"Dear diary"), REFUSED, text="it is text"),
    Case("A01", "text named zip", raw("in.zip", b"Dear diary"), REFUSED, text="no format that is known"),
    Case("A01", "page", raw("in.mnemo", b"<!doctype html><p>Not found"), REFUSED, text="HTML page"),
    Case("A01", "zeros", raw("in.mnemo", bytes(4096)), REFUSED, text="nothing but zero bytes"),
    *(Case("A02", f"without its last {size}", _cut(size), REFUSED, text="cannot be read") for size in (1, 10, 60, 300)),
    Case("A02", "half", broken(lambda data: data[: len(data) // 2]), REFUSED, text="cannot be read"),
    Case("A03", "count too high", package(options={"count": 9}), REFUSED, text="damaged"),
    Case("A03", "count too low", package(options={"count": 1}), REFUSED, text="damaged"),
    Case("A03", "offset beyond the end", package(options={"directory_offset": 10**6}), REFUSED, text="cannot be read"),
    Case("A03", "no directory", broken(lambda data: data[: data.index(b"PK\x01\x02")]), REFUSED, text="cannot be read"),
    Case("A04", "junk in front", broken(lambda data: b"#!/bin/sh\n" + data), codes=("package-has-junk",), notes=1),
    Case("A04", "junk behind", broken(lambda data: data + b"junk"), codes=("package-has-junk",), notes=1),
    Case("A04", "two archives", broken(lambda data: data + data), codes=("package-has-junk",), notes=1),
    Case(
        "A04",
        "a picture in front",
        broken(lambda data: b"\x89PNG\r\n\x1a\n" + data),
        codes=("package-has-junk",),
        notes=1,
    ),
    *(Case("A05", name, named(name), REFUSED, text="the name of member") for name in _UNSAFE),
    *(
        Case("A05", f"{name} left out", named(name), codes=("member-unsafe",), notes=1, options=("--skip-unsafe",))
        for name in _UNSAFE
    ),
    *(
        Case(
            "A06",
            name,
            package(Member(f"{IMAGES}/q.png", b"/etc/passwd", attributes=mode)),
            codes=("member-skipped",),
            notes=1,
        )
        for name, mode in _SKIPPED
    ),
    Case("A07", "the database twice", package(Member(NOTES_DB, sound_db())), REFUSED, text="ambiguous"),
    Case("A07", "two manifests", _listed_twice(), REFUSED, text="ambiguous"),
    Case("A07", "T16", package(Member("PAYLOADS/notes/NOTES.DB", sound_db())), REFUSED, text="ambiguous"),
    Case("A08", "two pictures by case", pictures("Q.png", "q.PNG"), REFUSED, text="ambiguous"),
    Case("A09", "two pictures by form", pictures("é.png", "e\u0301.png"), codes=("asset-unused",), notes=1),
    Case("A10", "file and folder of one name", pictures("q", "q/r.png"), codes=("asset-unused",), notes=1),
    Case("A11", "NUL", pictures(b"a\x00b.png"), codes=("member-renamed",), notes=1),
    Case("A11", "escape sequences", pictures("\x1b[31mred.png"), codes=("member-renamed",), notes=1),
    *(Case("A12" if "right" not in what else "A11", what, pictures(name), notes=1) for what, name in _ODD_NAMES),
    Case("A13", "long name", pictures("n" * 300 + ".png"), notes=1),
    Case("A13", "long path", pictures("n" * 200 + "/" + "m" * 200 + ".png"), notes=1),
    Case("A13", "path of 5,000 bytes", pictures("n" * 5000), LIMITED, text="name_bytes"),
    Case("A13", "200 folders deep", pictures("d/" * 200 + "p.png"), LIMITED, text="depth"),
    Case("A14", "cp437", pictures(b"caf\x82.png"), codes=("member-name-guessed",), notes=1),
    Case("A14", "gbk that is named", pictures("图.png".encode("gbk")), notes=1, options=("--zip-encoding", "gbk")),
    Case("A14", "shift-jis", pictures("図.png".encode("shift_jis")), codes=("member-name-guessed",), notes=1),
    Case(
        "A14", "no UTF-8 with the flag", pictures(b"caf\xe9.png", flags=0x800), codes=("member-name-guessed",), notes=1
    ),
    Case(
        "A15",
        "a limit on all bytes",
        package(Member(f"{IMAGES}/q.png", bytes(1 << 20))),
        LIMITED,
        text="total_bytes",
        options=("--limits", "total_bytes=100K"),
    ),
    Case("A16", "a thousand for one", overlapping, REFUSED, text="overlap"),
    Case(
        "A17", "ten archives in each other", package(Member("payloads/notes/assets/files/x.zip", nested(10))), notes=1
    ),
    Case(
        "A18",
        "a limit on members",
        pictures(*map(str, range(20))),
        LIMITED,
        text="members",
        options=("--limits", "members=10"),
    ),
    Case("A19", "declared smaller", package(picture=Member(PICTURE, b"a picture, as it was", size=5)), FOUND, notes=1),
    Case("A19", "declared larger", package(picture=Member(PICTURE, b"a picture, as it was", size=500)), FOUND, notes=1),
    Case(
        "A19",
        "a database declared smaller",
        package(db=Member(NOTES_DB, sound_db(), size=4096)),
        FOUND,
        codes=("payload-unreadable",),
        notes=0,
    ),
    Case("A20", "a picture", package(picture=Member(PICTURE, b"a picture, as it was", crc=7)), FOUND, notes=1),
    Case(
        "A20",
        "the database",
        package(db=Member(NOTES_DB, sound_db(), crc=7)),
        FOUND,
        codes=("payload-unreadable",),
        notes=0,
    ),
    Case("A20", "the manifest", package(manifest=Member(MANIFEST, sound_manifest(), crc=7)), REFUSED, text="damaged"),
    *(
        Case("A21", what, package(picture=Member(PICTURE, b"secret", flags=flags)), REFUSED, text="password-protected")
        for what, flags in (("ZipCrypto", ENCRYPTED), ("strong", 0x41))
    ),
    Case(
        "A21",
        "AES",
        package(picture=Member(PICTURE, b"secret", flags=ENCRYPTED, method=99)),
        REFUSED,
        text="password-protected",
    ),
    *(
        Case(
            "A22",
            name,
            package(picture=Member(PICTURE, b"x", method=code)),
            FOUND,
            codes=("member-damaged",),
            text=name,
            notes=1,
        )
        for code, name in _METHODS
    ),
    *(
        Case("A22", f"{name} is read", package(picture=Member(PICTURE, b"x", method=code, packed=pack(b"x"))), notes=1)
        for name, code, pack in (("stored", 0, bytes), ("bzip2", 12, bz2.compress))
    ),
    Case("A23", "wide end record", package(options={"zip64": True}), notes=1),
    Case("A24", "descriptors and a comment", descriptors, notes=1),
    Case(
        "A24",
        "odd extra fields",
        package(picture=Member(PICTURE, b"p", extra=b"\x01\x00\xff", local_extra=b"\x00")),
        notes=1,
    ),
    *(Case("A25", what, package(picture=Member(PICTURE, b"p", date=date)), notes=1) for what, date in _DATES),
    Case("A26", "second disk", package(options={"disk": 1}), REFUSED, text="several parts"),
    Case(
        "A26",
        "a member on the second disk",
        package(picture=Member(PICTURE, b"p", disk=1)),
        REFUSED,
        text="several parts",
    ),
    Case(
        "A27",
        "junk of systems",
        package(*(Member(name, b"x") for name in ("__MACOSX/._a", ".DS_Store", "Thumbs.db", "desktop.ini"))),
        codes=("junk-skipped",),
        notes=1,
    ),
]
