"""What a note says besides its text, as the target keeps it."""

from __future__ import annotations

import msgspec

from converter.model.items import Note
from converter.model.moment import Moment
from converter.model.order import WorkOrder
from converter.pipeline.lower.attributes import with_attributes
from converter.pipeline.lower.engine import Lowering
from converter.pipeline.lower.losses import Losses
from converter.text.frontmatter import entry
from converter.text.json_text import quote

__all__ = ["lowered_facts", "same_facts"]


def same_facts(note: Note, order: WorkOrder) -> Note:
    """The facts within one system: as they are, but for the place in the target."""
    output = order.output
    return msgspec.structs.replace(
        note,
        key=output.key,
        id=output.id if note.id is not None or output.id == output.key else None,
        title=output.title,
        folder=output.folder,
        parent=output.parent,
        order=output.order,
        updated=note.updated or output.created,
        blocks=(),
    )


def lowered_facts(note: Note, order: WorkOrder, lowering: Lowering) -> Note:
    """The note-level facts as the target keeps them: as members, as front matter, or as attributes."""
    output, pair, losses = order.output, lowering.pair, lowering.losses
    if pair.holds_all:
        return msgspec.structs.replace(same_facts(note, order), updated=note.updated, cover=_cover(note, lowering))
    ignored = pair.ignorable_note_attrs
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
        cover=_cover(note, lowering) if pair.fact("cover").exact else "",
        favorite=note.favorite,
        stamp=note.stamp or note.updated if pair.keeps_paths else note.updated or note.stamp,
    )
    if pair.parameter("front_keys"):
        return _with_front(bare, note, order)
    if pair.documents:
        return with_attributes(bare, note, output, pair, losses)
    lost = [one.name for one in note.properties]
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
    tags = tuple(dict.fromkeys(tag.strip() for tag in note.tags if tag.strip()))
    # a reader takes one `#` away
    values += [("tags", [f"#{tag}" if tag.startswith("#") else tag for tag in tags])] if tags else []
    aliases = tuple(dict.fromkeys(alias.strip() for alias in note.aliases if alias.strip()))
    values += [("aliases", [f"#{one}" if one.startswith("#") else one for one in aliases])] if aliases else []
    values += [(name, text) for name in ("icon", "cover") if (text := getattr(bare, name))]
    values += [("favorite", True)] if note.favorite else []
    known = {name for name, _ in values}
    further = [one for one in note.properties if one.name and one.name not in known]
    properties = (*(entry(name, value) for name, value in values), *further)
    return msgspec.structs.replace(
        bare,
        created=created,
        updated=updated,
        tags=tags,
        aliases=aliases,
        properties=properties,
        front=bool(properties),
    )


def _cover(note: Note, lowering: Lowering) -> str:
    return lowering.inline.links.image(note.cover, "", wiki=True) if note.cover else ""
