"""What the application would say to a workspace.

See docs/formats/siyuan.md, "What the application refuses, repairs and loses". Every file is judged by itself first,
then what files say of each other.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Source, SourceContext
from converter.formats.siyuan.verdicts.databases import judge_database
from converter.formats.siyuan.verdicts.decks import judge_deck
from converter.formats.siyuan.verdicts.documents import Said, judge_document
from converter.formats.siyuan.verdicts.gathered import LOSES, REFUSES, REPAIRS, Verdicts
from converter.formats.siyuan.verdicts.settings import judge_notebook, judge_order, judge_settings
from converter.formats.siyuan.workspace.layout import Layout, find_layout, is_junk, place_of
from converter.formats.siyuan.workspace.notebooks import GUIDES, read_notebook
from converter.model.timed_id import is_timed_id
from converter.storage.tree import open_below, walk

__all__ = ["judge"]

Claims = list[tuple[str, str, str, str]]
"""What blocks say to stand in: the document, the place and the id of a block, and what it names."""


def judge(path: Path, context: SourceContext, _source: Source | None = None) -> Iterator[Finding]:
    """What would happen to a workspace, its data folder or a notebook; nothing where the path is none of them."""
    layout = find_layout(path)
    if layout is not None:
        yield from _Judge(layout, context).findings()


class _Judge:
    """Judges one workspace. Keys are paths below `data`."""

    def __init__(self, layout: Layout, context: SourceContext) -> None:
        self._layout = layout
        walked = walk(layout.root, context.limits, junk=is_junk)
        self._files = [layout.prefix + entry.rel for entry in walked if entry.kind == "file"]
        self._known = frozenset(self._files)
        self._owners: dict[str, str] = {}
        self._rows: Claims = []
        self._cards: Claims = []

    def findings(self) -> Iterator[Finding]:
        """Settings, notebooks, documents, databases, decks; of one notebook alone the latter are not known."""
        yield from self._settings()
        locked = set()
        for name in sorted({key.partition("/")[0] for key in self._files if "/" in key}):
            if is_timed_id(name):
                yield from self._notebook(name)
                if self._is_locked(name):
                    locked.add(name)
        documents = [key for key in self._files if key.endswith(".sy") and key.partition("/")[0] not in locked]
        yield from _misplaced(documents)
        yield from self._documents([key for key in documents if place_of(key).kind == "document"])
        if not self._layout.prefix:
            yield from self._databases(locked)
            yield from self._decks()

    def _bytes(self, key: str) -> bytes | None:
        return self._layout.read(key) if key in self._known else None

    def _settings(self) -> Iterator[Finding]:
        workspace = self._layout.workspace
        if workspace is None or not (workspace / "conf" / "conf.json").is_file():
            return
        verdicts = Verdicts("archive", "conf/conf.json")
        try:
            with open_below(workspace, "conf/conf.json") as stream:
                judge_settings(stream.read(), verdicts)
        except (OSError, ItemError):
            return
        yield from verdicts.findings()

    def _notebook(self, name: str) -> Iterator[Finding]:
        verdicts = Verdicts(f"folders/{name}", f"{name}/.siyuan/conf.json")
        judge_notebook(self._bytes(verdicts.file), verdicts)
        if name in GUIDES:
            verdicts.add(LOSES, "SiYuan deletes this notebook, a copy of its guide, whenever it ends")
        yield from verdicts.findings()
        order = Verdicts(f"folders/{name}", f"{name}/.siyuan/sort.json")
        data = self._bytes(order.file)
        if data is not None:
            judge_order(data, order)
            yield from order.findings()

    def _is_locked(self, name: str) -> bool:
        return read_notebook(self._bytes(f"{name}/.siyuan/conf.json")).encrypted

    def _documents(self, documents: list[str]) -> Iterator[Finding]:
        named: dict[str, str] = {}
        for key in documents:
            data = self._bytes(key)
            if data is None:
                continue
            own = posixpath.basename(key).removesuffix(".sy")
            verdicts = Verdicts(f"notes/{key}", key)
            said = judge_document(data, own, verdicts)
            other = named.setdefault(own, key)
            if other != key:
                verdicts.add(LOSES, "of documents with one id only one is found", name=other)
            self._note(key, own, said, verdicts)
            yield from verdicts.findings()

    def _note(self, key: str, own: str, said: Said, verdicts: Verdicts) -> None:
        """Take down what a document says, and what it cannot have for itself."""
        for block, at in said.ids.items():
            if not at:
                self._owners.setdefault(own, key)
                continue
            other = self._owners.setdefault(block, key)
            if other != key:
                verdicts.add(
                    LOSES, "references to blocks whose ids another document has too lead to either", at, name=other
                )
        for database, at in said.databases.items():
            if not self._layout.prefix and f"storage/av/{database}.json" not in self._known:
                verdicts.add(LOSES, "an empty new database is made for one that is not there", at)
        self._rows += _claims(key, said.ids, said.rows)
        self._cards += _claims(key, said.ids, said.cards)

    def _databases(self, locked: Iterable[str]) -> Iterator[Finding]:
        bound: dict[str, frozenset[str]] = {}
        unread: set[str] = set()
        claimed = {(block, database) for _, _, block, database in self._rows}
        for key in self._files:
            if place_of(key).kind != "database" or key.partition("/")[0] in locked:
                continue
            verdicts = Verdicts(f"databases/{key}", key)
            own = posixpath.basename(key)
            if not key.startswith("storage/"):
                if f"storage/av/{own}" not in self._known:
                    verdicts.add(LOSES, "a database in a notebook's folder is not found, and an empty one is shown")
                yield from verdicts.findings()
                continue
            own = own.removesuffix(".json")
            data = self._bytes(key)
            rows = judge_database(data, verdicts) if data is not None else None
            if rows is None:
                unread.add(own)
            else:
                bound[own] = rows
                for block in sorted(rows):
                    if block in self._owners and (block, own) not in claimed:
                        verdicts.add(LOSES, "a row is bound to a block that does not show it: it lacks custom-avs")
            yield from verdicts.findings()
        what = "a block says that it is a row of a database that has none for it"
        yield from _unmet(self._rows, bound, unread, what)

    def _decks(self) -> Iterator[Finding]:
        held: dict[str, frozenset[str]] = {}
        unread: set[str] = set()
        claimed = {(block, deck) for _, _, block, deck in self._cards}
        for key in self._files:
            stem, dot, ending = key.rpartition(".")
            if posixpath.dirname(key) != "storage/riff" or not dot:
                continue
            own = posixpath.basename(stem)
            verdicts = Verdicts(f"decks/{key}", key)
            if ending == "cards" and f"{stem}.deck" not in self._known:
                verdicts.add(LOSES, "cards without a deck are not loaded until their deck gets a new card")
                unread.add(own)
            data = self._bytes(key) if ending == "deck" else None
            if data is not None:
                blocks = judge_deck(data, self._bytes(f"{stem}.cards"), verdicts)
                if blocks is None:
                    unread.add(own)
                else:
                    held[own] = blocks
                    for block in sorted(blocks):
                        if block in self._owners and (block, own) not in claimed:
                            what = "a card's block shows its answers: it lacks custom-riff-decks"
                            verdicts.add(LOSES, what)
            yield from verdicts.findings()
        what = "a block says that it is a card of a deck that has none for it: it is never asked"
        yield from _unmet(self._cards, held, unread, what)


def _claims(key: str, ids: Mapping[str, str], said: Mapping[str, tuple[str, ...]]) -> Claims:
    return [(key, ids[block], block, name) for block, names in said.items() for name in names]


def _unmet(claims: Claims, held: Mapping[str, frozenset[str]], unread: set[str], what: str) -> Iterator[Finding]:
    """The claims of blocks that what they name does not know of."""
    found: dict[str, Verdicts] = {}
    for key, at, block, name in claims:
        if name not in unread and block not in held.get(name, ()):
            found.setdefault(key, Verdicts(f"notes/{key}", key)).add(LOSES, what, at)
    for verdicts in found.values():
        yield from verdicts.findings()


def _misplaced(documents: list[str]) -> Iterator[Finding]:
    """Documents that are not looked for, and folders of documents that lack theirs."""
    known = frozenset(documents)
    told: set[str] = set()
    for key in documents:
        kind = place_of(key).kind
        folder, _, name = key.rpartition("/")
        if is_timed_id(key.partition("/")[0]) and kind == "file" and not is_timed_id(name.removesuffix(".sy")):
            verdicts = Verdicts(f"payloads/{key}", key)
            verdicts.add(REFUSES, "a document whose file is not named by an id is neither listed nor indexed")
            yield from verdicts.findings()
        above = f"{folder}.sy"
        if kind == "document" and "/" in folder and above not in known and above not in told:
            told.add(above)
            verdicts = Verdicts(f"folders/{above}", above)
            verdicts.add(REPAIRS, "a folder of documents without its own gets one that is called Untitled")
            yield from verdicts.findings()
