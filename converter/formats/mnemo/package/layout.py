"""Which files of a package belong to which entry of its manifest (docs/formats/mnemo.md, "Files of an entry")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from converter.formats.mnemo.package.models import Entry

__all__ = ["RESIDUE", "ROOT", "Layout", "Share", "fold", "laid_out"]

ROOT: Final = "payloads"
RESIDUE: Final = f"{ROOT}/notes/mnemo-converter.jsonl"
"""Where residue lies: an extra file of the notes, which the application ignores."""


class Share(msgspec.Struct, frozen=True):
    """The files of one entry: full names by the names that they have inside the payload, in archive order.

    `folder` is where they were found; `moved` tells that this is not where the entry says.
    """

    folder: str
    files: dict[str, str]
    moved: bool = False


class Layout(msgspec.Struct, frozen=True):
    """One share for each entry, in the manifest's order, and the files that no entry covers."""

    shares: tuple[Share, ...]
    unlisted: tuple[str, ...]


def fold(name: str) -> str:
    """The key under which the application takes two names for one: each character's simple upper case.

    Never from a character outside ASCII to one inside.
    """
    if name.isascii():
        return name.upper()
    return "".join(map(_upper, name))


def _upper(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 and upper.isascii() == character.isascii() else character


def laid_out(entries: Sequence[Entry], names: Iterable[str]) -> Layout:
    """Assign every file to one entry: the one with the longest folder, among equals the first.

    An entry below whose folder nothing lies gets the files of `payloads/<type>`, the place where the application
    writes them, as far as no other entry has them.
    """
    folders = [_folder(entry) for entry in entries]
    files: list[dict[str, str]] = [{} for _ in entries]
    left: list[str] = []
    by_prefix: dict[str, int] = {}
    for index, folder in enumerate(folders):
        if folder:
            by_prefix.setdefault(fold(folder), index)
    for name in names:
        owner = _owner(name, by_prefix)
        if owner is None:
            left.append(name)
        else:
            files[owner][name[len(folders[owner]) + 1 :]] = name
    moved = _found_elsewhere(entries, folders, files, left)
    shares = tuple(
        Share(usual if index in moved else folders[index], files[index], index in moved)
        for index, usual in enumerate(map(_usual, entries))
    )
    taken = {name for index in moved for name in files[index].values()}
    return Layout(shares, tuple(name for name in left if name not in taken))


def _folder(entry: Entry) -> str:
    return entry.path.replace("\\", "/").rstrip("/")


def _usual(entry: Entry) -> str:
    return f"{ROOT}/{entry.payload_type.strip().lower()}"


def _owner(name: str, by_prefix: dict[str, int]) -> int | None:
    """The entry with the longest folder above a file."""
    end = name.rfind("/")
    while end > 0:
        index = by_prefix.get(fold(name[:end]))
        if index is not None:
            return index
        end = name.rfind("/", 0, end)
    return None


def _found_elsewhere(
    entries: Sequence[Entry], folders: list[str], files: list[dict[str, str]], left: list[str]
) -> set[int]:
    """Give entries without files those of their usual folder; which entries got some."""
    below: dict[str, list[str]] = {}
    for name in left:
        below.setdefault(fold("/".join(name.split("/", 2)[:2])), []).append(name)
    moved: set[int] = set()
    for index, entry in enumerate(entries):
        usual = _usual(entry)
        if files[index] or fold(folders[index]) == fold(usual) or not entry.payload_type.strip():
            continue
        found = below.pop(fold(usual), None)
        if found:
            files[index].update((name[len(usual) + 1 :], name) for name in found)
            moved.add(index)
    return moved
