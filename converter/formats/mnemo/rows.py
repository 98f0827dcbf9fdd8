"""What all stores of notes have in common: rows of JSON, looked at before they are read, and their keys."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from converter.findings.problems import Problems
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.view import OuterView
from converter.text.json_text import JsonTextError, Members, decode, parse

__all__ = ["Keys", "Row", "Sniffed", "sniff"]


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row: the value of its key column ("" where there is none) and the bytes of its JSON."""

    key: str
    data: bytes

    @property
    def null(self) -> bool:
        """Whether the row holds the JSON `null`, which the application passes over."""
        return self.data.strip() == b"null"


class Sniffed(msgspec.Struct, frozen=True, gc=False):
    """What a row says of itself at first sight: its id, its title or name, and whether it is JSON at all."""

    id: str | None = None
    title: str = ""
    readable: bool = True


class _Canonical(msgspec.Struct, gc=False, rename="camel"):
    note_id: str | None = None
    folder_id: str | None = None
    id: str | None = None
    title: str | None = None
    name: str | None = None


class _Stored(msgspec.Struct, gc=False, rename="pascal"):
    note_id: str | None = None
    folder_id: str | None = None
    id: str | None = None
    title: str | None = None
    name: str | None = None


_SNIFFERS: Final[dict[Dialect, msgspec.json.Decoder[Any]]] = {
    Dialect.PACKAGE: msgspec.json.Decoder(_Canonical),
    Dialect.STORAGE: msgspec.json.Decoder(_Stored),
}


def sniff(data: bytes, name: str, max_depth: int, dialect: Dialect = Dialect.PACKAGE) -> Sniffed:
    """The id that stands in a row's JSON under `name` (`noteId`, `folderId`, `id`), and its title."""
    try:
        found = _SNIFFERS[dialect].decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _sniff_patiently(data, name, max_depth)
    identity = {"noteId": found.note_id, "folderId": found.folder_id, "id": found.id}[name]
    if identity is None:
        return _sniff_patiently(data, name, max_depth)
    return Sniffed(identity, found.title or found.name or "")


def _sniff_patiently(data: bytes, name: str, max_depth: int) -> Sniffed:
    try:
        value = parse(decode(data)[0].removeprefix("\ufeff"), max_depth).value
    except JsonTextError:
        return Sniffed(readable=False)
    if not isinstance(value, Members):
        return Sniffed(readable=value is None)
    view = OuterView(value, "", Problems(""))
    return Sniffed(view.nullable(name), view.only_text("title") or view.only_text("name") or "")


class Keys:
    """Hands out a key for every row: its id, else its key column; later rows of one id get `~2`, `~3`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, inner: str | None, row_key: str) -> tuple[str, bool]:
        """The key of a row, and whether another row has the same id."""
        wanted = row_key if inner is None else inner
        key, number = wanted, self._next.get(wanted, 2)
        while key in self._taken:
            key = f"{wanted}~{number}"
            number += 1
        self._taken.add(key)
        if key != wanted:
            self._next[wanted] = number
        return key, key != wanted

    def hold(self, key: str) -> None:
        """Let no other row have this key, which one was given before."""
        self._taken.add(key)
