"""One note on its way back to its origin, by an order that says all there is to know (docs/residue.md, "Validity")."""

from __future__ import annotations

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Stored, TargetContext
from converter.formats.registry import load
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.pipeline.found import AnyFound
from converter.pipeline.law import InnerCounts
from converter.pipeline.residue.book import unused
from converter.pipeline.residue.edits import Edit, Editor
from converter.pipeline.residue.finish import Finisher
from converter.pipeline.residue.way import Back, Way
from converter.pipeline.work import Result, Workshop

__all__ = ["GiveBack"]


class GiveBack:
    """Gives notes back to their origin: what is as it was has its bytes, what was changed is made of both."""

    def __init__(
        self, way: Way, source: str, workshop: Workshop, writing: TargetContext, *, digests: bool = True
    ) -> None:
        """`workshop` makes anew what was changed."""
        target = load(way.origin)
        self.finisher = Finisher(target, way.reading, writing, digests=digests)
        mirror = Workshop(target, way.reading, load(source), writing, way.mirror)
        self.editor = Editor(target, way.mirror.source, mirror, workshop, writing, self.finisher.in_order)

    def note(
        self, stored: Stored, now: AnyFound, order: WorkOrder, back: Back, own: Note | None = None
    ) -> Result | Finding:
        """The note as it was in its origin, with what was changed since; or why its residue is of no use.

        `now` is what reading the note gave, and `own` the note in its origin, where that was read before.
        """
        edit = self._edit(back, own, now, stored.path, order)
        if edit is None:
            return unused(f"notes/{stored.key}", "it does not fit the note")
        changed = edit.changed or back.partial
        stamp = now.facts.updated or now.facts.stamp if changed else back.then.stamp
        rendered, digest = self.finisher.finished(edit.data, back.then, order.output, stamp, own)
        counts = edit.counts or InnerCounts(now.count, now.count, 0, 0)
        told = (*_told(stored.key, edit, changed=changed), *now.findings, *edit.findings)
        return Result(rendered, digest, counts, told, approximated=bool(edit.findings))

    def _edit(self, back: Back, own: Note | None, now: AnyFound, path: str, order: WorkOrder) -> Edit | None:
        try:
            own = own or self.editor.read(back.then)
            return self.editor.edit(back.then, own, now, back.mirrored, order, path, back.retitled)
        except (ItemError, UnicodeError, RecursionError):
            return None


def _told(key: str, edit: Edit, *, changed: bool) -> list[Finding]:
    told = [Finding(code="residue-edited", item=f"notes/{key}")] if changed else []
    if edit.silent:
        told.append(Finding(code="residue-hidden", item=f"notes/{key}", count=edit.silent))
    return told
