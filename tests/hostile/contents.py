"""Family B of the catalogue: packages whose archive is sound and whose content is not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.hostile.case import FOUND, LIMITED, REFUSED, Case, Maker
from tests.hostile.package import (
    PICTURE,
    members,
    package,
    sound_manifest,
    with_manifest,
    with_notes,
    with_payload,
)
from tests.mnemo.builders import block_json, database, entry, manifest, note_json, span
from tests.storage.forge import Archive, Member

_NOTES = entry("notes", 1)
_DEEP = 100_000


def _no_manifest(*extra: Member) -> Maker:
    return package(*extra, manifest=None)


def _in_a_folder(folder: Path) -> Path:
    path = folder / "in.mnemo"
    path.write_bytes(Archive([Member(f"Export/{member.name!s}", member.data) for member in members()]).build())
    return path


def _listed(**changes: Any) -> Maker:
    """The package with what its manifest says of the picture."""
    data = b"a picture, as it was"
    said = {"path": PICTURE, "sizeBytes": len(data), "checksumSha256": hashlib.sha256(data).hexdigest()}
    asset = {name: value for name, value in (said | changes).items() if value is not None}
    return with_manifest(manifest(_NOTES, assets=[asset]))


def _settings(text: bytes) -> Maker:
    return with_payload("settings", {"settings.json": text})


def _cards(*decks: object) -> Maker:
    def make(folder: Path) -> Path:
        tables = {"Decks": ("DeckId", [(f"d{at}", deck) for at, deck in enumerate(decks)]), "Folders": ("FolderId", [])}
        return with_payload("flashcards", {"flashcards.db": database(tables, folder)})(folder)

    return make


def _maps(*maps: str) -> Maker:
    return with_payload("mindmaps", {"data.json": f"[{','.join(maps)}]".encode()})


def _card(**members_: object) -> dict[str, object]:
    return {"id": "c1", "deckId": "d0", "type": 0, "front": "f", "back": "b", "tags": [], **members_}


def _deck(*cards: object, **members_: object) -> dict[str, object]:
    return {"id": "d0", "folderId": None, "name": "Latin", "tags": [], "cards": list(cards), **members_}


def _map(edges: str, x: str = "0") -> str:
    node = '{"id":"n1","nodeType":"text","content":{"$type":"text","text":"a"}}'
    layout = f'{{"n1":{{"x":{x},"y":0}}}}'
    return f'{{"id":"m","title":"M","nodes":[{node}],"edges":[{edges}],"layout":{{"nodes":{layout}}}}}'


def _edge(start: str, end: str) -> str:
    return f'{{"id":"e{start}{end}","fromId":"{start}","toId":"{end}","kind":0}}'


def _text(*blocks: object, **members_: object) -> Maker:
    return with_notes(note_json(*blocks, **members_))


def _raw_note(text: str) -> Maker:
    return with_notes(text.encode())


def _order(*orders: object) -> Maker:
    blocks = []
    for number, order in enumerate(orders):
        block = block_json("Text", f"t{number}", id=f"b{number}", order=order)
        blocks.append({name: value for name, value in block.items() if name != "order" or order != "-"})
    return _text(*blocks)


_NEWER = manifest(entry("notes", 1, schemaVersion=9))
_UNKNOWN = {"data.bin": b"\x00\x01"}
_FOLDERS = ({"folderId": "a", "name": "A", "parentId": "b"}, {"folderId": "b", "name": "B", "parentId": "a"})

CASES: list[Case] = [
    Case("B01", "no manifest", _no_manifest(), REFUSED, text="manifest.json is missing"),
    Case("B01", "in a folder", _in_a_folder, REFUSED, text="manifest.json is missing"),
    Case("B01", "another case", _no_manifest(Member("Manifest.JSON", sound_manifest())), REFUSED, text="is missing"),
    Case("B02", "not JSON", with_manifest(b"{\n  oops"), REFUSED, text="line 2, column 3"),
    Case(
        "B02",
        "trailing comma",
        with_manifest(b'{"format":"mnemo-package","version":1,}'),
        REFUSED,
        text="line 1, column 39",
    ),
    Case("B02", "comment", with_manifest(b'{\n// note\n"version":1}'), REFUSED, text="line 2, column 1"),
    Case("B02", "UTF-16", with_manifest(sound_manifest().decode().encode("utf-16")), REFUSED, text="UTF-16"),
    Case("B02", "byte-order mark", with_manifest(b"\xef\xbb\xbf" + sound_manifest()), notes=1),
    Case("B02", "null", with_manifest(b"null"), REFUSED, text="no manifest of a package"),
    Case(
        "B03",
        "another format",
        with_manifest(manifest(_NOTES, format="zip")),
        REFUSED,
        text="unsupported package format",
    ),
    Case("B03", "null", with_manifest(manifest(_NOTES, format=None)), REFUSED, text="unsupported package format"),
    Case(
        "B03",
        "another case",
        with_manifest(manifest(_NOTES, format="MNEMO-Package")),
        codes=("manifest-repaired",),
        notes=1,
    ),
    Case(
        "B03",
        "missing",
        with_manifest({name: value for name, value in manifest(_NOTES).items() if name != "format"}),
        codes=("manifest-incomplete",),
        notes=1,
    ),
    *(
        Case(
            "B04",
            repr(version),
            with_manifest(manifest(_NOTES, version=version)),
            REFUSED,
            text="unsupported package version",
        )
        for version in (0, 2, 1.5, None, "1.0", "x")
    ),
    Case(
        "B04",
        "1.0",
        with_manifest(sound_manifest().replace(b'"version": 1', b'"version": 1.0')),
        REFUSED,
        text="version 1.0",
    ),
    Case(
        "B04",
        "ten to the 309",
        with_manifest(sound_manifest().replace(b'"version": 1', b'"version": 1e309')),
        REFUSED,
        text="version 1e309",
    ),
    Case("B04", "the number as text", with_manifest(manifest(_NOTES, version="1")), notes=1),
    Case(
        "B04",
        "missing",
        with_manifest({name: value for name, value in manifest(_NOTES).items() if name != "version"}),
        codes=("manifest-incomplete",),
        notes=1,
    ),
    Case("B05", "kept", with_payload("foo", _UNKNOWN), codes=("payload-unknown",), notes=1, to="out.mnemo"),
    Case("B05", "carried", with_payload("foo", _UNKNOWN), codes=("payload-unknown",), notes=1),
    Case("B05", "strict", with_payload("foo", _UNKNOWN), REFUSED, text="'foo'", options=("--strict-unknown",)),
    *(
        Case("B06", f"path {path}", with_manifest(manifest(entry("notes", 1, path=path))), REFUSED, text="the path")
        for path in ("/etc", "../notes", "payloads/../../notes", "C:\\notes", "..\\notes")
    ),
    Case("B06", "empty path", with_manifest(manifest(entry("notes", 1, path=""))), notes=1),
    Case(
        "B06",
        "path that ends in a backslash",
        with_manifest(manifest(entry("notes", 1, path="payloads\\notes\\"))),
        notes=1,
    ),
    Case(
        "B06",
        "two entries of one path",
        with_manifest(manifest(_NOTES, entry("settings", 1, path="payloads/notes"))),
        codes=("entry-repeated",),
        notes=1,
    ),
    Case(
        "B07",
        "listed but absent",
        with_manifest(manifest(_NOTES, entry("settings", 1))),
        codes=("payload-missing",),
        notes=1,
    ),
    Case("B07", "notes absent", package(db=None), codes=("payload-missing",), notes=0),
    Case(
        "B07", "present but unlisted", package(Member("payloads/x/y.bin", b"x")), codes=("payload-unlisted",), notes=1
    ),
    *(
        Case("B08", str(count), with_manifest(manifest(entry("notes", count))), codes=("count-mismatch",), notes=1)
        for count in (7, -1, 2**31 - 1)
    ),
    Case(
        "B08", "beyond 32 bits", with_manifest(manifest(entry("notes", 10**30))), codes=("manifest-repaired",), notes=1
    ),
    Case("B09", "newer", with_manifest(_NEWER), codes=("schema-newer",), notes=1),
    Case("B09", "newer, strict", with_manifest(_NEWER), REFUSED, text="newer", options=("--strict-unknown",)),
    Case("B10", "check sum", _listed(checksumSha256="0" * 64), FOUND, notes=1),
    Case("B10", "size", _listed(sizeBytes=3), codes=("asset-mismatch",), notes=1),
    Case(
        "B10",
        "upper case",
        _listed(checksumSha256=hashlib.sha256(b"a picture, as it was").hexdigest().upper()),
        notes=1,
    ),
    Case("B10", "no check sum", _listed(checksumSha256=None), notes=1),
    Case("B11", "two of one id", with_notes(note_json(), note_json(title="Fern")), codes=("duplicate-id",), notes=2),
    Case("B11", "no id", _raw_note(json.dumps({k: v for k, v in note_json().items() if k != "noteId"})), notes=1),
    Case("B11", "no GUID", with_notes(note_json(noteId="../../etc/passwd")), notes=1),
    Case("B12", "unknown folder", with_notes(note_json(folderId="nowhere")), codes=("folder-missing",), notes=1),
    Case("B12", "circle", with_notes(note_json(folderId="a"), folders=_FOLDERS), codes=("folder-cycle",), notes=1),
    Case("B12", "circle of notes", with_notes(note_json(parentNoteId="n")), notes=1),
    Case("B13", "same", _order(0, 0, 0), notes=1),
    Case("B13", "negative", _order(-5, 3, -5), notes=1),
    Case("B13", "float", _order(1.5, 1, 0), codes=("number-repaired",), notes=1),
    Case("B13", "missing", _order("-", "-", "-"), notes=1),
    Case("B14", "unknown block", _text(block_json("Hologram", "x")), codes=("unknown-block-type",), notes=1),
    Case("B14", "unknown payload", _text(block_json(payload={"kind": "video"})), notes=1),
    Case("B14", "unknown mark", _text(block_json(spans=[span("x", glow=True)])), notes=1),
    Case("B14", "unknown span", _text(block_json(spans=[{"kind": "foo", "text": "t"}, "text"])), notes=1),
    Case(
        "B15",
        "half a character",
        _raw_note(json.dumps(note_json(title="a\ud800"))),
        codes=("surrogate-replaced",),
        notes=1,
    ),
    Case("B15", "NUL", _text(block_json("Text", "a\0b"), title="a\0b"), notes=1),
    Case("B15", "title of no width", _text(block_json("Text", "x"), title="\u200b\u200d\ufeff"), notes=1),
    Case(
        "B15",
        "bytes that are no UTF-8",
        with_notes(json.dumps(note_json(title="X")).encode().replace(b"X", b"\xff")),
        codes=("invalid-utf8",),
        notes=1,
    ),
    Case("B16", "no back", _cards(_deck({"id": "c1", "deckId": "d0", "type": 0, "front": "f"})), notes=1),
    Case("B16", "cloze without an index", _cards(_deck(_card(type=1, front="{{x}}"))), notes=1),
    Case("B16", "another deck", _cards(_deck(_card(deckId="gone"))), notes=1),
    Case("B16", "year 9999", _cards(_deck(_card(dueDate="9999-12-31T23:59:59Z", stability=1e308))), notes=1),
    Case(
        "B16",
        "NaN",
        _cards(json.dumps(_deck(_card(stability=float("nan"))))),
        FOUND,
        codes=("payload-unreadable",),
        notes=1,
    ),
    Case("B17", "edge to nowhere", _maps(_map(_edge("n1", "n9"))), notes=1),
    Case("B17", "edge to itself", _maps(_map(_edge("n1", "n1"))), notes=1),
    Case("B17", "far away", _maps(_map("", "1e308")), notes=1),
    Case("B17", "NaN", _maps(_map("", "NaN")), FOUND, codes=("payload-unreadable",), notes=1),
    Case("B18", "a key", _settings(b'{"App.Language":"de","AI.ApiKey":"sk-1234567890"}'), notes=1),
    Case(
        "B19",
        "another system",
        _settings(b'{"Editor.Font":"Segoe UI","Paths.Images":"C:\\\\Users\\\\a"}'),
        notes=1,
        to="out.mnemo",
    ),
    Case("B20", "a deep note", _raw_note("[" * _DEEP + "]" * _DEEP), FOUND, codes=("item-unreadable",), notes=0),
    Case(
        "B20", "a deep manifest", with_manifest(b'{"a":' + b"[" * _DEEP + b"]" * _DEEP + b"}"), REFUSED, text="not JSON"
    ),
    Case("B20", "deep settings", _settings(b"[" * _DEEP + b"]" * _DEEP), FOUND, codes=("payload-unreadable",), notes=1),
    Case("B20", "names twice", _raw_note(json.dumps(note_json())[:-1] + ',"title":"Fern"}'), notes=1),
    Case(
        "B20", "NaN", _raw_note(json.dumps(note_json(order=float("nan")))), FOUND, codes=("item-unreadable",), notes=0
    ),
    Case(
        "B20",
        "a number of 5,000 digits",
        _raw_note(json.dumps(note_json(order=0)).replace('"order": 0', '"order": ' + "9" * 5000)),
        notes=1,
    ),
    Case(
        "B20",
        "a limit on one value",
        _text(block_json("Text", "x" * 70_000)),
        LIMITED,
        text="load_bytes",
        options=("--limits", "load_bytes=50K"),
    ),
]
