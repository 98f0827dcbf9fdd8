"""Where assets go, and under which name notes show them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from converter.digests import blake2b
from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.model.moment import Moment
from converter.model.timed_id import NUMBERS, base36, is_timed_id, numbered_id, time_text
from converter.pipeline.catalog import AssetEntry, Catalog
from converter.pipeline.pair import Pair
from converter.pipeline.place.own_paths import OwnPaths, is_note_name, own_path
from converter.pipeline.work import unreadable
from converter.storage.names import Unique, fold, safe_segment

if TYPE_CHECKING:
    from converter.pipeline.into.known import Known

__all__ = ["place_assets"]

Report = Callable[[Finding], None]

_REMOVED = str.maketrans("", "", "~[]()!`&{}=#%$;")
"""Without the characters that the application removes from names of uploaded files."""


def place_assets(
    catalog: Catalog,
    pair: Pair,
    clock: Moment,
    digest: Callable[[str], str],
    report: Report,
    known: Known | None = None,
) -> None:
    """Give every selected asset its place.

    What is `known` from an earlier import has the name that it got then. `digest` gives the SHA-256 of an asset by its
    key; it is asked for pictures only, whose names in a package are digests.
    """
    unique = Unique()
    moves = _Moves(pair, digest, unique, report)
    own_paths = OwnPaths(catalog) if pair.keeps_paths else None
    time = time_text(clock, pair.zone)
    for key, entry in catalog.assets.items():
        if entry.end:
            continue
        if not (entry.shown or entry.named):
            report(Finding(code="asset-unused", item=f"assets/{key}"))
        if pair.parameter("tree") == "keys":
            entry.paths, entry.name = (key,), key
        elif pair.same_system:
            _place_within(entry, pair, moves)
        elif own_paths is not None and own_paths.take(key):
            entry.paths, entry.name = (key,), key
        elif pair.parameter("tree") == "paths":
            _place_in_folder(entry, unique, report)
        elif pair.documents:
            there = known.asset(key) if known is not None else None
            entry.paths, entry.name = ((there,), there) if there is not None else _in_workspace(entry, unique, time)
        else:
            _place_in_package(entry, pair, digest, unique, report)


def _place_within(entry: AssetEntry, pair: Pair, moves: _Moves) -> None:
    """Where the system has it: between its formats in the folder of the same name, under its own name where it can."""
    key, source = entry.fact.key, pair.source.parameters
    path = own_path(key, pair.parameter("asset_root"))
    home = source.get("asset_root", "") + source.get("asset_home", "")
    if pair.crosses and key.lower().startswith(home):
        path = moves.place(key, key[len(home) :])
    entry.paths, entry.name = (path,), path
    folder, _, below = path.partition("/")
    if pair.parameter("pictures") == "absolute" and folder == "images":
        entry.name = f"{pair.parameter('images_dir').rstrip('/')}/{below}"


class _Moves:
    """Places of files in another format of their system; equal files of one name share theirs."""

    def __init__(self, pair: Pair, digest: Callable[[str], str], unique: Unique, report: Report) -> None:
        self._home = pair.parameter("asset_home")
        self._folders = pair.parameter("asset_folders").split()
        self._digest = digest
        self._unique = unique
        self._report = report
        self._holders: dict[tuple[str, str], str] = {}

    def place(self, key: str, rest: str) -> str:
        """The path of a file that lies at `rest` below the folder that holds the files of its own format."""
        above, _, name = rest.rpartition("/")
        first, slash, inner = above.partition("/")
        folder = (first.lower() if first.lower() in self._folders else self._folders[0]) + slash + inner
        if self._unique.reserve(name, folder):
            self._holders[folder, fold(name)] = key
        elif not self._is_copy(key, self._holders.get((folder, fold(name)))):
            stem, extension = posixpath.splitext(name)
            name = self._unique.take(stem, folder, extension=extension)
            details = (("what", posixpath.basename(rest)), ("became", name))
            self._report(Finding(code="name-changed", item=f"assets/{key}", details=details))
        return f"{self._home}{folder}/{name}"

    def _is_copy(self, key: str, holder: str | None) -> bool:
        try:
            return holder is not None and self._digest(holder) == self._digest(key)
        except ItemError:
            return False


def _place_in_folder(entry: AssetEntry, unique: Unique, report: Report) -> None:
    """Beside the notes, in `assets/`; a file that would be taken for a note gets another ending."""
    name = entry.fact.name
    if is_note_name(name):
        name += ".txt"
        details = (("what", entry.fact.name), ("became", name))
        report(Finding(code="name-changed", item=f"assets/{entry.fact.key}", details=details))
    name = _take(unique, name)
    entry.paths, entry.name = (f"assets/{name}",), f"assets/{name}"


def _in_workspace(entry: AssetEntry, unique: Unique, time: str) -> tuple[tuple[str, ...], str]:
    """In `assets/`, under a name that ends in an id."""
    stem, extension = posixpath.splitext(_uploaded(entry.fact.name))
    if not is_timed_id(stem[-22:]):
        number = int.from_bytes(blake2b(entry.fact.key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        stem = f"{stem}-{numbered_id((f'{time}-{base36(number // NUMBERS, 4)}',), number % NUMBERS)}"
    name = unique.take(stem, extension=extension)
    return (f"assets/{name}",), f"assets/{name}"


def _uploaded(name: str) -> str:
    """A file name as the application makes it of one that is uploaded, short enough for an id behind it."""
    stem, extension = posixpath.splitext(safe_segment(name.translate(_REMOVED)))
    kept = stem.encode()[:160].decode(errors="ignore").strip(" ._") or "file"
    return kept + extension


def _place_in_package(
    entry: AssetEntry, pair: Pair, digest: Callable[[str], str], unique: Unique, report: Report
) -> None:
    """Pictures under a name made of their digest, other files under their own."""
    home = pair.parameter("asset_home")
    if not entry.shown:
        name = _take(unique, entry.fact.name)
        entry.paths, entry.name = (f"{home}files/{name}",), name
        return
    try:
        entry.digest = entry.digest or digest(entry.fact.key)
    except ItemError as error:
        report(unreadable(f"assets/{entry.fact.key}", error))
        entry.end = "failed"
        return
    name = entry.digest[:32] + posixpath.splitext(entry.fact.name)[1].lower()
    directory, target = pair.parameter("images_dir"), pair.parameter("target")
    shared = f"{home}images/{name}"
    own = f"{home}note-assets/{name}"
    entry.paths = (shared,) if target == "0.6" else (shared, own) if directory else (own,)
    entry.name = f"{directory.rstrip('/')}/{name}" if directory else name


def _take(unique: Unique, name: str) -> str:
    stem, extension = posixpath.splitext(safe_segment(name))
    return unique.take(stem, extension=extension)
