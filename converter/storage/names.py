"""Names: which member names are unsafe, which names collide, and names that every system can hold.

See docs/formats/containers.md, "Names".
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from converter.digests import sha256
from converter.patterns import pattern
from converter.storage.known_names import Names

__all__ = [
    "SEGMENT_BYTES",
    "Unique",
    "check_member",
    "fold",
    "leads_out",
    "safe_segment",
    "without_controls",
]

SEGMENT_BYTES: Final = 240
"""Length of a made name in UTF-8: file systems hold 255, the rest is room for a number and an ending."""

_DRIVE: Final = pattern(r"[A-Za-z]:(?! )")
_CONTROLS: Final = pattern(r"[\x00-\x1f\x7f-\x9f]")


def check_member(name: str) -> str:
    r"""Why a member's name is unsafe ("is an absolute path"); "" when nothing is wrong with it.

    `\` counts as `/`. What is only unusual (`foo../bar`, `...`, a colon inside a name) is fine.
    """
    name = name.replace("\\", "/")
    if not name:
        return "is empty"
    if _CONTROLS.search(name):
        return "holds control characters"
    return leads_out(name) or ("has a segment '.'" if "." in _stripped(name) else "")


def leads_out(path: str) -> str:
    r"""Why a path does not stay in its folder ("is an absolute path"); "" where it does. `\` counts as `/`."""
    path = path.replace("\\", "/")
    if path.startswith("//"):
        return "is a network path"
    if path.startswith("/"):
        return "is an absolute path"
    if _DRIVE.match(path):
        return "names a drive"
    if path.partition("/")[0] == "~":
        return "names a home folder"
    return "leaves its folder ('..')" if ".." in _stripped(path) else ""


def _stripped(path: str) -> set[str]:
    return {segment.strip(" ") for segment in path.split("/")}


def without_controls(name: str) -> str:
    """A name with `_` for each control character."""
    return _CONTROLS.sub("_", name)


def fold(name: str) -> str:
    """The key under which two names are one for a file system that ignores case and Unicode form."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


_BLANKS: Final = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_COLON_BLANK: Final = pattern(r" ?:(?= )")
_RESERVED: Final = pattern(
    r"(?P<stem>con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])"
    r"(?P<rest> *(?:\..*)?)",
    re.IGNORECASE | re.DOTALL,
)
_EXTENSION: Final = pattern(r"\.[A-Za-z0-9]{1,16}\Z")


@cache
def _replaced() -> dict[int, str | None]:
    return {
        **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)]),  # controls
        **dict.fromkeys([0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]),
        **dict.fromkeys([*range(0xD800, 0xE000), *range(0xEF80, 0xF000)], "_"),  # bytes that are no UTF-8
        **dict.fromkeys(map(ord, "\t\n\x0b\x0c\r\x85\u2028\u2029"), " "),
        **dict.fromkeys(map(ord, "/\\:|"), "-"),
        **dict.fromkeys(map(ord, "*?<>"), "_"),
        ord('"'): "'",
    }


def safe_segment(text: str, *, limit_bytes: int = SEGMENT_BYTES, empty: str = "Untitled", avoid: str = "") -> str:
    """A name for one file or folder that every system can hold, as near to `text` as that allows.

    Text is brought to NFC; separators and `:` `|` become `-`, `* ? < >` and the characters of `avoid` become `_`,
    `"` becomes `'`; controls and direction marks go; blanks around it and dots at its end go; a dot in front and a lone
    `~` become `_`; a device name of Windows gets a `_`. What is longer than `limit_bytes` (at least 32) in UTF-8 is cut
    and gets a digest of the whole text, and keeps its extension. Nothing left: `empty`. A safe name stays as it is.
    """
    name = _COLON_BLANK.sub(" -", unicodedata.normalize("NFC", text)).translate(_replaced())
    if avoid:
        name = name.translate(dict.fromkeys(map(ord, avoid), "_"))
    name = unicodedata.normalize("NFC", name).lstrip(_BLANKS).rstrip(_BLANKS + ".")
    if name.startswith(".") or name == "~":
        name = "_" + name[1:]
    reserved = _RESERVED.fullmatch(name)
    if reserved:
        name = f"{reserved['stem']}_{reserved['rest']}"
    return _shorten(name or empty, text, limit_bytes)


def _shorten(name: str, text: str, limit_bytes: int) -> str:
    if len(name.encode()) <= limit_bytes:
        return name
    found = _EXTENSION.search(name)
    extension = found[0] if found else ""
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    ending = f"-{digest}{extension}"
    return _cut(name.removesuffix(extension), limit_bytes - len(ending)) + ending


def _cut(name: str, limit_bytes: int) -> str:
    """The longest start of a name that fits, without half a character and without a joiner at its end."""
    name = name.encode()[:limit_bytes].decode(errors="ignore")
    while name and (name[-1] in "\u200c\u200d" or unicodedata.combining(name[-1])):
        name = name[:-1]
    return name.rstrip(_BLANKS + ".")


class Unique:
    """Hands out names that are unique in their folder under `fold`: `Name`, `Name 2`, `Name 3`."""

    def __init__(self, *, limit_bytes: int = 255) -> None:
        self._limit_bytes = limit_bytes
        self._taken: Names[int] = Names()
        self._next: dict[tuple[str, str, str], int] = {}

    def reserve(self, name: str, folder: str = "") -> bool:
        """Take exactly this name; False when it is taken already."""
        return self._taken.add_new(f"{folder}\0{fold(name)}", 0)

    def take(self, stem: str, folder: str = "", *, extension: str = "") -> str:
        """Take `stem + extension` or the next free `stem N + extension`; the name that was taken.

        `folder` is any key; a file and a folder in one folder share its names.
        """
        name = self._fit(stem, extension)
        if self.reserve(name, folder):
            return name
        key = (folder, fold(stem), extension)
        number = self._next.get(key, 2)
        while not self.reserve(name := self._fit(stem, f" {number}{extension}"), folder):
            number += 1
        self._next[key] = number + 1
        return name

    def _fit(self, stem: str, ending: str) -> str:
        if len(stem.encode("utf-8", "surrogatepass")) + len(ending.encode()) <= self._limit_bytes:
            return stem + ending
        return _cut(stem, self._limit_bytes - len(ending.encode())) + ending
