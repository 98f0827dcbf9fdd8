"""Changes to the manifest of a package that exists: what is not changed stays, members of other writers too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.findings.problems import Problems
from converter.formats.mnemo.package.layout import ROOT, fold
from converter.formats.mnemo.package.manifest import read_manifest
from converter.formats.mnemo.package.manifest_text import ListedAsset, indented
from converter.formats.mnemo.view import OuterView
from converter.text.json_text import JsonValue, Members, Number, decode, dump, is_text, parse

if TYPE_CHECKING:
    from converter.formats.mnemo.package.models import Entry

__all__ = ["ManifestEdit"]

_BOM = "\ufeff"


class ManifestEdit:
    """A manifest that is changed. Entries are named by their number; objects count, as for the reader."""

    def __init__(self, data: bytes, max_depth: int) -> None:
        """Parse it; raises InputError as `read_manifest` does."""
        self._depth = max_depth
        self._data = data
        self.entries: tuple[Entry, ...] = read_manifest(data, max_depth, strict=False)[0].entries
        root = parse(decode(data)[0].removeprefix(_BOM), max_depth).value
        self._root = root if isinstance(root, Members) else Members([])
        self._changed = False

    def _objects(self) -> list[Members]:
        return [one for one in self._array("entries") if isinstance(one, Members)]

    def _array(self, name: str) -> list[JsonValue]:
        """The array under this name; one is made where there is none."""
        value = OuterView(self._root, "", Problems("")).find(name)
        if isinstance(value, list):
            return value
        made: list[JsonValue] = []
        _put(self._root, name, made)
        return made

    def count(self, number: int, items: int) -> None:
        """An entry has so many items."""
        self._set(self._objects()[number], "itemCount", Number(str(items)))

    def settle(self, number: int, kind: str) -> str:
        """Let the files of an entry lie where the application writes those of this type; that folder."""
        folder = f"{ROOT}/{kind}"
        self._set(self._objects()[number], "path", folder)
        return folder

    def add(self, entry: str) -> int:
        """A further entry, as compact JSON; its number."""
        self._array("entries").append(parse(entry, self._depth).value)
        self._changed = True
        return len(self._objects()) - 1

    def list_asset(self, asset: ListedAsset) -> None:
        """Size and SHA-256 of a file; the place of one that is listed already stays."""
        assets = self._array("assets")
        for one in assets:
            path = OuterView(one, "", Problems("")).find("path") if isinstance(one, Members) else None
            if isinstance(one, Members) and is_text(path) and fold(path) == fold(asset.path):
                break
        else:
            one = Members([])
            assets.append(one)
        self._set(one, "path", asset.path)
        self._set(one, "sizeBytes", Number(str(asset.size)))
        self._set(one, "checksumSha256", asset.sha256)

    def _set(self, members: Members, name: str, value: str) -> None:
        if OuterView(members, "", Problems("")).find(name) != value:
            _put(members, name, value)
            self._changed = True

    def data(self) -> bytes:
        """The manifest: the same bytes where nothing was changed."""
        return indented(dump(self._root)).encode() if self._changed else self._data

    def read(self) -> tuple[Entry, ...]:
        """The entries as the reader will find them."""
        return read_manifest(self.data(), self._depth, strict=False)[0].entries


def _put(members: Members, name: str, value: JsonValue) -> None:
    """Set the member that counts: the last one of this name in any case."""
    for place in reversed(range(len(members.pairs))):
        found = members.pairs[place][0]
        if found.lower() == name.lower():
            members.pairs[place] = (found, value)
            return
    members.pairs.append((name, value))
