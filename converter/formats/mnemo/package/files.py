"""The files of a package as the application hands them to each payload (docs/formats/mnemo.md, "Files of an entry")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from converter.formats.mnemo.package.layout import fold

__all__ = ["CutError", "files_of", "found"]


class CutError(Exception):
    """The application stops while it cuts the names: `args[0]` says why."""


def files_of(path: str, names: Iterable[str]) -> dict[str, str]:
    """Full names by the names inside the payload, cut as the application cuts them.

    It cuts by the length of the path as it stands, which is one too many for each backslash at its end. Raises CutError
    where that leaves two files with one name, or cuts more than there is.
    """
    prefix = fold(path.replace("\\", "/").rstrip("/") + "/")
    cut = len(path.rstrip("/")) + 1
    files: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if not fold(name).startswith(prefix):
            continue
        if cut > len(name):
            raise CutError(f"the path {path!r} is longer than the name {name!r} below it")
        inner = name[cut:]
        if fold(inner) in taken:
            raise CutError(f"with the path {path!r}, two files have the name {inner!r} in the payload")
        taken.add(fold(inner))
        files[inner] = name
    return files


def found(files: Mapping[str, str], wanted: str) -> str:
    """The full name of a file of a payload, asked for in any case; "" where there is none."""
    key = fold(wanted)
    return next((name for inner, name in files.items() if fold(inner) == key), "")
