"""The text of `manifest.json` as the application writes it (docs/formats/mnemo.md, "Manifest")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from converter.formats.mnemo.package.manifest import FORMAT_NAME, VERSION
from converter.model.moment import Moment
from converter.patterns import pattern
from converter.text.json_text import object_text, offset_date, quote

__all__ = ["ListedAsset", "entry_text", "indented", "manifest_text"]

_PIECES: Final = pattern(r'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\[\]{},:"]+')


class ListedAsset(msgspec.Struct, frozen=True, gc=False):
    """What the manifest says of a file: its full name, size and SHA-256."""

    path: str
    size: int
    sha256: str


def entry_text(kind: str, count: int) -> str:
    """The entry of a payload of this type with so many items."""
    return object_text(
        [
            ("payloadType", quote(kind)),
            ("itemCount", str(count)),
            ("schemaVersion", "1"),
            ("path", quote(f"payloads/{kind}")),
            ("capabilities", "[]"),
        ]
    )


def manifest_text(created: Moment, entries: Iterable[str], assets: Sequence[ListedAsset]) -> str:
    """The whole text: two blanks a level, line feeds, none at the end.

    `entries` are compact JSON objects, in their order; assets are sorted by path here.
    """
    listed = (
        object_text(
            [
                ("path", quote(asset.path)),
                ("sizeBytes", str(asset.size)),
                ("checksumSha256", quote(asset.sha256)),
            ]
        )
        for asset in sorted(assets, key=lambda asset: asset.path)
    )
    compact = object_text(
        [
            ("format", quote(FORMAT_NAME)),
            ("version", str(VERSION)),
            ("createdAtUtc", f'"{offset_date(Moment(created.ticks, 0))}"'),
            ("createdByAppVersion", "null"),
            ("packageKind", "null"),
            ("entries", f"[{','.join(entries)}]"),
            ("assets", f"[{','.join(listed)}]"),
        ]
    )
    return indented(compact)


def indented(compact: str) -> str:
    """Compact JSON with two blanks a level; what is empty stays on its line."""
    parts: list[str] = []
    line = "\n"
    before = ""
    for piece in _PIECES.findall(compact):
        opened = before in ("{", "[")
        if piece in ("}", "]"):
            line = line[:-2]
            parts.append(piece if opened else line + piece)
        else:
            parts += (line, piece) if opened else (piece,)
        if piece in ("{", "["):
            line += "  "
        elif piece in (",", ":"):
            parts.append(line if piece == "," else " ")
        before = piece
    return "".join(parts)
