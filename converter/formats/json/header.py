"""The first line of a file: what it is, and which version of the schema it follows."""

from __future__ import annotations

import re

import msgspec

__all__ = ["HEAD_BYTES", "SCHEMA", "header_line", "version_of"]

SCHEMA = "mnemo-converter/archive-1"
HEAD_BYTES = 64 << 10
"""A first line is no longer than this."""

_BOM = b"\xef\xbb\xbf"
_SCHEMA = re.compile(r"mnemo-converter/archive-(\d{1,9})", re.ASCII)


class _Header(msgspec.Struct):
    """What counts of a first line."""

    schema: str


def header_line(version: str) -> bytes:
    """The first line that we write."""
    header = {"kind": "archive", "schema": SCHEMA, "tool": "mnemo-converter", "version": version}
    return msgspec.json.encode(header) + b"\n"


def version_of(line: bytes) -> int | None:
    """The major version of the schema that a first line names; None where it is no such line."""
    try:
        header = msgspec.json.decode(line.removeprefix(_BOM), type=_Header)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    match = _SCHEMA.fullmatch(header.schema)
    return None if match is None else int(match[1])
