"""`inside`: one note as the target can hold it, with an answer for every block and a finding for every loss."""

from __future__ import annotations

import msgspec

from converter.findings.finding import Finding
from converter.model.blocks import Block, Paragraph
from converter.model.items import Note, Property
from converter.model.moment import Moment
from converter.model.order import WorkOrder
from converter.model.runs import TextRun
from converter.pipeline.law import Answers
from converter.pipeline.lower.engine import Lowering
from converter.pipeline.lower.fallbacks import WAYS
from converter.pipeline.lower.finish import with_footnotes, with_markdown_lists
from converter.pipeline.lower.ids import with_ids
from converter.pipeline.lower.losses import Losses
from converter.pipeline.pair import Pair
from converter.text.frontmatter import entry
from converter.text.json_text import quote

__all__ = ["Lowered", "inside"]


class Lowered(msgspec.Struct, frozen=True, gc=False):
    """A note that the target holds exactly, and what it took."""

    note: Note
    findings: tuple[Finding, ...]


def inside(note: Note, order: WorkOrder, pair: Pair, answers: Answers, file: str = "") -> Lowered:
    """Lower a note (already lifted where the systems differ) by its work order."""
    losses = Losses(f"notes/{note.key}", file)
    lowering = Lowering(pair, order, losses, answers, WAYS)
    blocks = with_footnotes(lowering, lowering.note(note.blocks))
    facts = _same_facts(note, order) if pair.same_system else _facts(note, order, pair, losses)
    blocks += _tag_paragraph(note, pair, losses)
    body = tuple(blocks)
    if pair.markdown_text:
        body = with_markdown_lists(body)
    if pair.has_ids:
        body = with_ids(body, order.identity)
    return Lowered(msgspec.structs.replace(facts, blocks=body), losses.findings())


def _same_facts(note: Note, order: WorkOrder) -> Note:
    output = order.output
    return msgspec.structs.replace(
        note,
        key=output.key,
        id=output.id if note.id is not None else None,
        title=output.title,
        folder=output.folder,
        parent=output.parent,
        order=output.order,
        blocks=(),
    )


def _facts(note: Note, order: WorkOrder, pair: Pair, losses: Losses) -> Note:
    """The note-level facts as the target keeps them: as members, or as front matter."""
    output = order.output
    ignored = pair.source.parameters.get("ignorable_attrs", "").split()
    _report(losses, "attribute", [name for name, _ in note.attrs if name not in ignored])
    bare = Note(
        key=output.key,
        title=output.title,
        id=output.id,
        folder=output.folder,
        parent=output.parent,
        order=output.order,
        tags=note.tags if pair.fact("tags").exact else (),
        icon=note.icon if pair.fact("icon").exact else "",
        cover=note.cover if pair.fact("cover").exact else "",
        favorite=note.favorite,
        stamp=note.updated or note.stamp,
    )
    if pair.parameter("front_keys"):
        return _with_front(bare, note, order)
    known = pair.source.parameters.get("front_keys", "").split()
    lost = [entry_.name for entry_ in note.properties if entry_.name not in known]
    lost += [name for name in ("icon", "cover") if getattr(note, name) and not pair.fact(name).exact]
    _report(losses, "property", (["aliases"] if note.aliases else []) + lost)
    updated = note.updated or note.stamp or note.created
    created = note.created or note.stamp or updated
    trail = pair.parameter("breadcrumbs") if output.folder_path else ""
    attrs = ((trail, quote(output.folder_path)),) if trail else ()
    return msgspec.structs.replace(bare, created=_utc(created), updated=_utc(updated), attrs=attrs, stamp=None)


def _report(losses: Losses, what: str, names: list[str]) -> None:
    for name in names:
        losses.add("property-lost", what=f"{what} {name}")


def _utc(moment: Moment | None) -> Moment | None:
    return None if moment is None else Moment(moment.ticks, 0)


def _with_front(bare: Note, note: Note, order: WorkOrder) -> Note:
    """Front matter in the target's own words, only for what the source says."""
    created, updated = _utc(note.created), _utc(note.updated)
    values: list[tuple[str, object]] = []
    if order.output.id:
        values.append(("id", order.output.id))
    if order.output.title != order.output.name_in_path:
        values.append(("title", order.output.title))
    values += [("created", created.iso())] if created else []
    values += [("updated", updated.iso())] if updated else []
    values += [("tags", list(note.tags))] if note.tags else []
    values += [("aliases", list(note.aliases))] if note.aliases else []
    values += [(name, text) for name in ("icon", "cover") if (text := getattr(note, name))]
    values += [("favorite", True)] if note.favorite else []
    properties: tuple[Property, ...] = tuple(entry(name, value) for name, value in values)
    return msgspec.structs.replace(
        bare,
        created=created,
        updated=updated,
        aliases=note.aliases,
        properties=properties,
        front=bool(properties),
    )


def _tag_paragraph(note: Note, pair: Pair, losses: Losses) -> list[Block]:
    """Tags as a last paragraph, for a target that shows none."""
    rule = pair.fact("tags")
    if rule.exact or not note.tags or pair.same_system:
        return []
    losses.add(rule.code)
    text = " ".join(f"#{tag}" for tag in note.tags)
    return [Paragraph(runs=(TextRun(text=text),))]
