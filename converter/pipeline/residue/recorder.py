"""What a run writes down for the way back, item by item (docs/residue.md, "Records")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import IO

from converter.formats.front import Format, Stored
from converter.model.facts import FolderFact, PayloadFact
from converter.model.order import Output, WorkOrder
from converter.pipeline.catalog import AssetEntry
from converter.pipeline.pair import Pair
from converter.pipeline.residue.carry import Carrier
from converter.pipeline.residue.collect import Collector
from converter.pipeline.residue.records import AssetRecord, FolderRecord, Header, MadeRecord

__all__ = ["Recorder"]

_PAGE = Output(key="", form="page")


class Recorder:
    """Takes the items of one run as they are written; `carrier` gives the notes theirs. Closed with the run."""

    def __init__(self, source: Format, header: Header, pair: Pair) -> None:
        place = pair.parameter("residue")
        self.carrier = Carrier(source.id, header, in_blocks=place == "blocks", marked=place in ("marks", "beside"))
        self._lines = Collector(header)
        self._pair = pair

    def folder(self, key: str, fact: FolderFact, output: Output | None, title: Callable[[Output], str]) -> None:
        """A folder; `title` says what a note that it became is called."""
        shown = None if output is None else self._shown(output, title)
        record = FolderRecord(
            key=key,
            output=output,
            name=fact.name,
            id=fact.id,
            parent=fact.parent,
            order=fact.order,
            attrs=fact.attrs,
            shown=shown,
        )
        self._lines.add(record)

    def _shown(self, output: Output, title: Callable[[Output], str]) -> str | None:
        if output.form != "folder":
            name = title(output)
        else:
            name = output.path.rpartition("/")[2] if self._pair.parameter("tree") == "paths" else output.title
        return None if name == output.title else name

    def made(self, output: Output, note: str) -> None:
        """A folder that no folder became, and the note for whose sake it is there."""
        self._lines.add(MadeRecord(output=output, note=note))

    def note(self, line: bytes) -> None:
        """The record of a note that was written."""
        self._lines.line(line)

    def hollow(self, stored: Stored, order: WorkOrder) -> None:
        """A note that became a folder."""
        self._lines.line(self.carrier.record(stored, order))

    def page(self, stored: Stored) -> None:
        """A notebook's own page, which nothing stands for."""
        order = WorkOrder(key=stored.key, output=_PAGE, identity=stored.key, goals={}, anchors={})
        self._lines.line(self.carrier.record(stored, order))

    def asset(self, key: str, entry: AssetEntry) -> None:
        """A file, and where it lies."""
        root = self._pair.parameter("asset_root")
        at = tuple(root + path for path in entry.paths)
        copy = entry.way == "duplicated"
        self._lines.add(AssetRecord(key=key, at=at, name=entry.name, stamp=entry.fact.stamp, copy=copy))

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """A payload that travels whole."""
        self._lines.payload(fact, members)

    def finished(self) -> IO[bytes]:
        """All records as lines."""
        return self._lines.finished()

    def close(self) -> None:
        """Let go of the records."""
        self._lines.close()
