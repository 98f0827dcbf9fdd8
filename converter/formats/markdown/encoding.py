"""The encoding of a text file, and its text (docs/formats/markdown.md, "The folder")."""

from __future__ import annotations

import msgspec

__all__ = ["Decoded", "decoded"]

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32", "utf-32-be"),
    (b"\xff\xfe", "utf-16", "utf-16-le"),
    (b"\xfe\xff", "utf-16", "utf-16-be"),
)


class Decoded(msgspec.Struct, frozen=True):
    """A file as text.

    `codec` and `mark` give its bytes back. `repaired` names an encoding that is none of today's, and `line` where it
    shows.
    """

    text: str
    codec: str = "utf-8"
    mark: bytes = b""
    repaired: str = ""
    line: int = 1

    def encoded(self, text: str) -> bytes:
        """Another text in the same encoding; in UTF-8 where that cannot say it."""
        try:
            return self.mark + text.encode(self.codec)
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> Decoded:
    """UTF-8 (its byte-order mark kept as text); UTF-16 and UTF-32 by their marks; else Windows-1252."""
    for mark, name, codec in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(codec), codec, mark, name.upper())
            except UnicodeDecodeError:
                break
    line = 1
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        return Decoded(data.decode("cp1252"), "cp1252", b"", "windows-1252", line)
    except UnicodeDecodeError:
        return Decoded(data.decode("latin-1"), "latin-1", b"", "windows-1252", line)
