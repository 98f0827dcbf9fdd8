"""What a file is by its first bytes, in words for people: for messages that refuse it."""

from __future__ import annotations

from typing import Final

__all__ = ["HEAD_BYTES", "SQLITE_MAGIC", "ZIP_MAGIC", "describe"]

HEAD_BYTES: Final = 512
SQLITE_MAGIC: Final = b"SQLite format 3\0"
ZIP_MAGIC: Final = b"PK\x03\x04"

_MAGICS: Final = (
    (SQLITE_MAGIC, "an SQLite database"),
    (ZIP_MAGIC, "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"PK\x07\x08", "a part of a ZIP archive in several parts"),
    (b"\x1f\x8b", "gzip data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"BZh", "bzip2 data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
)
_TEXT_CONTROLS: Final = frozenset(b"\t\n\x0b\x0c\r\x1b")


def describe(head: bytes) -> str:
    """What a file with these first bytes (at best `HEAD_BYTES` of them) seems to be: "text", "a PNG image"."""
    if not head:
        return "an empty file (0 bytes)"
    if not head.strip(b"\0"):
        return "nothing but zero bytes"
    for magic, name in _MAGICS:
        if head.startswith(magic):
            return name
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text in UTF-16"
    return _describe_text(head)


def _describe_text(head: bytes) -> str:
    if any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in head):
        return "unknown binary data"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page (a failed download?)"
    if start.startswith((b"{", b"[")):
        return "text that looks like JSON"
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return "text" if error.start > len(head) - 4 else "unknown binary data"
    return "text"
