"""The first line of a file: what it is, and which version of the schema it follows."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from converter.patterns import pattern

__all__ = ["HEAD_BYTES", "SCHEMA", "header_line", "origin_of", "version_of"]

SCHEMA = "mnemo-converter/archive-1"
HEAD_BYTES = 64 << 10
"""A first line is no longer than this."""

_BOM = b"\xef\xbb\xbf"
_SCHEMA = pattern(r"mnemo-converter/archive-(\d{1,9})", re.ASCII)


class _Header(msgspec.Struct):
    """What counts of a first line."""

    schema: str
    origin: object = ""


def header_line(version: str, origin: str) -> bytes:
    """The first line that we write."""
    header = {"kind": "archive", "schema": SCHEMA, "tool": "mnemo-converter", "version": version, "origin": origin}
    return msgspec.json.encode(header) + b"\n"


def version_of(line: bytes) -> int | None:
    """The major version of the schema that a first line names; None where it is no such line."""
    header = _header_in(line)
    match = _SCHEMA.fullmatch(header.schema) if header is not None else None
    return None if match is None else int(match[1])


def origin_of(path: Path) -> str:
    """The format that the items of a file came from; "" where its first line does not say."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        header = _header_in(stream.readline(HEAD_BYTES))
    return header.origin if header is not None and isinstance(header.origin, str) else ""


def _header_in(line: bytes) -> _Header | None:
    try:
        return msgspec.json.decode(line.removeprefix(_BOM), type=_Header)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
