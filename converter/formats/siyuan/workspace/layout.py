"""Which folder of a workspace was given, and what the files below `data` are (docs/formats/siyuan.md, "Workspace")."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import IO

import msgspec

from converter.errors import ItemError
from converter.model.timed_id import is_timed_id
from converter.storage.faults import check_whole
from converter.storage.tree import open_below

__all__ = ["RESIDUE", "RESIDUE_GROUP", "Layout", "Place", "find_layout", "is_document", "is_junk", "place_of"]

RESIDUE_GROUP = "storage/converter"
RESIDUE = f"{RESIDUE_GROUP}/residue.jsonl"
_STATE = frozenset(
    f"storage/{name}.json" for name in ("local", "criteria", "recent-doc", "ref-used", "outline", "bazaar")
)
_SHARED = frozenset(("assets", "emojis", "storage"))
"""Folders of a package that go into the folders of those names in `data`."""

_JUNK = frozenset((".ds_store", "thumbs.db", "desktop.ini", ".git", "__macosx"))


class Layout(msgspec.Struct, frozen=True):
    """Where the files lie: `root` is walked, `prefix` stands before their paths as `data` would see them.

    `workspace` is the folder around `data` where that was given, `what` the words for what it is.
    """

    root: Path
    what: str
    prefix: str = ""
    workspace: Path | None = None

    @property
    def is_package(self) -> bool:
        """Whether it is a folder of documents under a name of its own, as the application exports them."""
        return bool(self.prefix) and not is_timed_id(self.root.name)

    def key(self, rel: str) -> str:
        """The path of a file as `data` would see it: what a package holds beside documents belongs to all notebooks."""
        shared = self.is_package and rel.partition("/")[0] in _SHARED
        return rel if shared else self.prefix + rel

    def open(self, key: str) -> IO[bytes]:
        """Open the file that `data` would see at this path. Raises OSError or ItemError."""
        return open_below(self.root, key.removeprefix(self.prefix))

    def read(self, key: str) -> bytes | None:
        """The bytes of that file; None where it cannot be read."""
        try:
            with self.open(key) as stream:
                return stream.read()
        except (OSError, ItemError):
            return None


def find_layout(path: Path) -> Layout | None:
    """The layout of a workspace, its `data`, or one notebook; None where the folder is none of them."""
    data = path / "data"
    if (path / "conf" / "conf.json").is_file() and data.is_dir():
        return Layout(data, "a workspace with its configuration", workspace=path)
    if data.is_dir() and _holds_notebook(data):
        return Layout(data, "a folder whose data/ holds notebooks", workspace=path)
    notebook = Layout(path, "one notebook folder", prefix=_notebook_id(path) + "/")
    if (path / ".siyuan" / "conf.json").is_file():
        return notebook
    if any((one / ".siyuan").is_dir() for one in _named_by_id(path)):
        return Layout(path, "a data folder that holds notebooks")
    if _holds_documents(path) or (is_timed_id(path.name) and _holds_notebook(path)):
        return notebook
    return Layout(path, "a data folder that holds notebooks") if _holds_notebook(path) else None


def _holds_notebook(data: Path) -> bool:
    return any((one / ".siyuan").is_dir() or _holds_documents(one) for one in _named_by_id(data))


def _named_by_id(folder: Path) -> list[Path]:
    try:
        return [one for one in folder.iterdir() if is_timed_id(one.name) and one.is_dir()]
    except OSError as error:
        check_whole(error, folder)
        return []


def _holds_documents(folder: Path) -> bool:
    return any(is_timed_id(one.stem) for one in folder.glob("*.sy"))


def _notebook_id(path: Path) -> str:
    """The id of a notebook is its folder's name; a renamed copy is told by its first document's time."""
    if is_timed_id(path.name):
        return path.name
    first = min((one.stem for one in path.glob("*.sy") if is_timed_id(one.stem)), default="20000101000000-0000000")
    return f"{first[:14]}-notebok"


def is_junk(rel: str, _folder: bool) -> bool:
    """What file managers and version control leave behind."""
    name = posixpath.basename(rel).lower()
    return name in _JUNK or name.startswith("._")


class Place(msgspec.Struct, frozen=True, gc=False):
    """What a file below `data` is.

    `kind` is `document`, `asset`, `settings` (of a notebook or the workspace), `state` (of the application),
    `database`, `deck`, `part` (of the others in its group) or `file`; `unit` is the key of the unit that it belongs to,
    and `group` that of the payload that travels whole.
    """

    kind: str
    unit: str = ""
    group: str = ""


def is_document(key: str) -> bool:
    """Whether a path below `data` is that of a document: every part of it is an id."""
    *folders, name = key.split("/")
    return bool(folders) and name.endswith(".sy") and all(map(is_timed_id, (*folders, name[:-3])))


def place_of(key: str) -> Place:
    """What the file at this path is."""
    parts = key.split("/")
    if is_document(key):
        return Place("document")
    if "assets" in parts[:-1] and (parts[0] == "assets" or is_timed_id(parts[0])):
        return Place("asset")
    rest = parts[1:] if is_timed_id(parts[0]) else parts
    group = "/".join(parts[: len(parts) - len(rest)] + rest[:2][: max(len(rest) - 1, 1)])
    if rest[0] == ".siyuan":
        return Place("settings", "/".join(parts[: len(parts) - len(rest) + 1]), group)
    if rest[:2] == ["storage", "av"]:
        return Place("database" if key.endswith(".json") else "part", key, group)
    if rest[:2] == ["storage", "riff"]:
        return Place("deck" if key.endswith(".deck") else "part", key, group)
    if key in _STATE:
        return Place("state", key, group)
    return Place("file", group, group)


def outside_data(workspace: Path) -> list[str]:
    """The entries of a workspace beside its `data`, folders with a slash; its own first."""
    try:
        names = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in workspace.iterdir())
    except OSError as error:
        check_whole(error, workspace)
        return []
    return [name for name in names if name.rstrip("/") != "data"]
