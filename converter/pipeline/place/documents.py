"""Folders and notes in a target of notebooks with documents inside documents: SiYuan."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from converter.findings.finding import Finding
from converter.model.moment import Moment
from converter.model.order import Output
from converter.model.timed_id import Prefixes, is_timed_id, moment_of, numbered_id, time_text
from converter.pipeline.catalog import Catalog
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import Report, changed_id
from converter.pipeline.place.tree import Branch

if TYPE_CHECKING:
    from converter.pipeline.into.known import Known

__all__ = ["place_documents"]

_PREFIX = 19
"""Characters of an id before its number."""


def place_documents(
    roots: list[Branch],
    catalog: Catalog,
    pair: Pair,
    clock: Moment,
    name: str,
    report: Report,
    known: Known | None = None,
) -> None:
    """Give every branch its document. What has no notebook goes into one of this name; folders are documents.

    Ids are kept where they are of the target's form and free. A new one tells the time at which its note was created.
    What is `known` from an earlier import is where it is.
    """
    placer = _Placer(catalog, pair, clock, report, known)
    placer.reserve()
    if pair.keeps_notebooks:
        notebooks = [(placer.notebook(branch), branch.children) for branch in roots if _is_notebook(branch)]
        loose = [branch for branch in roots if not _is_notebook(branch)]
    else:
        notebooks, loose = [], roots
    if loose or not notebooks:
        notebooks.append((placer.made_notebook(name), loose))
    for output, branches in notebooks:
        waiting: list[tuple[Output, list[Branch]]] = [(output, branches)]
        while waiting:
            above, siblings = waiting.pop()
            for number, branch in enumerate(siblings, 1):
                below = placer.document(branch, above, number)
                if branch.children:
                    waiting.append((below, branch.children))


def _is_notebook(branch: Branch) -> bool:
    fact = branch.folder.fact if branch.folder is not None else None
    return fact is not None and fact.parent is None and is_timed_id(fact.key)


class _Placer:
    """Hands out ids and paths."""

    def __init__(self, catalog: Catalog, pair: Pair, clock: Moment, report: Report, known: Known | None) -> None:
        self._catalog = catalog
        self._known = known
        self._same = pair.same_system
        self._block_ids = bool(pair.source.parameters.get("block_ids"))
        self._zone = pair.zone
        self._clock = clock
        self._report = report
        self._prefixes = Prefixes()
        self._taken: set[str] = set()
        self._settled: set[str] = set()

    def reserve(self) -> None:
        """Set apart what ids that are kept already use; an id that stands in two notes stays in the first."""
        seen: set[str] = set()
        for key, entry in self._catalog.notes.items():
            if entry.id and is_timed_id(entry.id):
                self._prefixes.reserve(entry.id)
            if self._same or not self._block_ids or entry.end:
                continue
            own = {anchor.key for anchor in self._catalog.anchors(key) if is_timed_id(anchor.key)}
            entry.dropped = frozenset(own & seen)
            seen |= own
        for one in seen:
            self._prefixes.reserve(one)

    def notebook(self, branch: Branch) -> Output:
        """A notebook of the source, as it is."""
        own = branch.key
        output = Output(key=own, id=own, title=branch.name, path=own, order=branch.order, form="folder")
        if branch.folder is not None:
            branch.folder.output = output
        return output

    def made_notebook(self, name: str) -> Output:
        """The notebook for all that has none."""
        there = self._known.made(name) if self._known is not None else None
        if there is not None:
            self._catalog.made.append(there)
            return there
        own = numbered_id(self._prefixes.take(f"notebook {name}", time_text(self._clock, self._zone), 1), 0)
        output = Output(key=own, id=own, title=name, path=own, form="folder")
        self._catalog.made.append(output)
        return output

    def document(self, branch: Branch, above: Output, number: int) -> Output:
        """The document of a note, or of a folder."""
        path, own, prefixes = self._there(branch) or self._new(branch, above)
        folder, _, rest = path.partition("/")
        output = Output(
            key=path,
            id=own,
            title=branch.name,
            path=path,
            name=own,
            folder=folder,
            parent=f"{posixpath.dirname(path)}.sy" if "/" in rest else None,
            order=self._own_order(branch, own) if self._same else number,
            created=moment_of(own, self._zone),
            prefixes=prefixes,
        )
        if branch.note is not None:
            branch.note.output = output
        elif branch.folder is not None:
            branch.folder.output = output
            self._report(Finding(code="folder-as-document", item=f"folders/{branch.key}"))
        return output

    def _new(self, branch: Branch, above: Output) -> tuple[str, str, tuple[str, ...]]:
        own, prefixes = self._id(branch)
        return f"{above.path.removesuffix('.sy')}/{own}.sy", own, prefixes

    def _there(self, branch: Branch) -> tuple[str, str, tuple[str, ...]] | None:
        """Path, id and prefixes of a document that is in the target already."""
        if self._known is None:
            return None
        note = branch.note
        path = self._known.note(note.key, note.id) if note is not None else self._known.folder(branch.key, branch.id)
        if path is None or path in self._settled:
            return None
        self._settled.add(path)
        own = posixpath.basename(path).removesuffix(".sy")
        self._taken.add(own)
        first = numbered_id((own[:_PREFIX],), 0) == own
        return path, own, (own[:_PREFIX],) if first else self._take(branch)

    def _own_order(self, branch: Branch, own: str) -> int | None:
        """The number that the notebook's own list of numbers has for this id: it is written as it is."""
        return branch.order if branch.note is not None and branch.note.id == own else None

    def _id(self, branch: Branch) -> tuple[str, tuple[str, ...]]:
        """The id of a branch, and the prefixes of new ids below it."""
        wanted = branch.id
        prefixes = self._take(branch)
        if wanted and is_timed_id(wanted) and wanted not in self._taken:
            own = wanted
        else:
            own = numbered_id(prefixes, 0)
            if wanted:
                code = "duplicate-id" if wanted in self._taken else "id-changed"
                self._report(changed_id(code, f"{branch.kind}/{branch.key}", wanted, own))
        self._taken.add(own)
        return own, prefixes

    def _take(self, branch: Branch) -> tuple[str, ...]:
        """Prefixes for a branch's document and blocks: a source block becomes a handful of blocks at most."""
        note = branch.note
        known = note.known if note is not None else None
        blocks = known.blocks if known is not None else 0
        created = (known.created or known.stamp) if known is not None else None
        identity = f"{branch.kind} {branch.key}"
        return self._prefixes.take(identity, time_text(created or self._clock, self._zone), 8 * blocks + 64)
