"""Whole documents, both ways (docs/formats/siyuan.md, "Documents")."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import tzinfo

import msgspec

from converter.errors import ItemError
from converter.findings.problems import Problems
from converter.formats.siyuan.blocks import BlockReader
from converter.formats.siyuan.build import block_nodes
from converter.formats.siyuan.escape import attribute
from converter.formats.siyuan.tree import Members, Node, Root, decode, root_of
from converter.formats.siyuan.written import DocumentNode, encode
from converter.model.items import Note
from converter.model.timed_id import is_timed_id, moment_of, time_text
from converter.patterns import pattern

__all__ = ["document_bytes", "read_document"]

_SPEC = "2"
_LONGEST = 9
_COVER = pattern(r'background-image:\s?url\("([^"\\]+)"\)')
_EMOJI = pattern(r"[0-9a-f]{1,6}(?:-[0-9a-f]{1,6})*")
_SAID = frozenset(("title", "icon", "tags", "alias", "title-img", "updated", "type"))


def read_document(
    data: bytes,
    name: str,
    problems: Problems,
    databases: Mapping[str, bytes] | None,
    zone: tzinfo,
    *,
    strict: bool = False,
) -> Note:
    """The note of a document; `name` is the id that its file is named by, which counts.

    `databases` are the files of those that it shows; None for a document alone, which shows them without their tables.
    Raises ItemError for what the kernel refuses. The note's key and place are the caller's to fill in.
    """
    root = root_of(data)
    if root is not None:
        found = problems.apart()
        with suppress(msgspec.DecodeError, UnicodeDecodeError, ItemError):
            note = _note(root, name, BlockReader(found, databases, zone, strict=strict), zone)
            problems.join(found)
            return note
    return _note(_decoded(data, problems), name, BlockReader(problems, databases, zone, strict=strict), zone)


def _note(root: Node | Root, name: str, reader: BlockReader, zone: tzinfo) -> Note:
    _check_root(root, name, reader.problems)
    attrs = dict(reader.attrs(root.attributes, ""))
    if not root.children:
        reader.problems.add("document-repaired", "", what="a document without blocks")
    cover = _COVER.fullmatch(attrs.get("title-img", "").strip().rstrip(";"))
    kept = tuple((name, value) for name, value in attrs.items() if name not in _SAID)
    return Note(
        key=name,
        id=name,
        title=attrs.get("title", ""),
        created=moment_of(name, zone) if is_timed_id(name) else None,
        updated=moment_of(attrs.get("updated", ""), zone),
        tags=_listed(attrs.get("tags", "")),
        aliases=_listed(attrs.get("alias", "")),
        icon=_icon(attrs.get("icon", "")),
        cover=cover[1] if cover else "",
        attrs=kept if cover or "title-img" not in attrs else (*kept, ("title-img", attrs["title-img"])),
        blocks=reader.blocks(root.below, ""),
    )


def _decoded(data: bytes, problems: Problems) -> Node:
    try:
        root, odd = decode(data)
    except UnicodeDecodeError:
        problems.add("invalid-utf8", "")
        return _decoded(data.decode("utf-8", "replace").encode(), problems)
    except (msgspec.ValidationError, TypeError) as error:
        raise ItemError(f"SiYuan refuses the document, and so it cannot be read: {error}.") from None
    except ValueError as error:
        if data.startswith(b"SENC"):
            raise ItemError("It is encrypted, and can be read with its notebook's password alone.") from None
        raise ItemError(f"It is no JSON document as SiYuan writes one: {error}.") from None
    if odd:
        problems.add("document-repaired", "", what="names of fields in another case, or values that are null")
    return root


def _check_root(root: Members, name: str, problems: Problems) -> None:
    spec = root.spec
    if spec.isascii() and spec.isdigit() and (len(spec) > _LONGEST or int(spec) > int(_SPEC)):
        raise ItemError(
            f"Its Spec is {spec[:_LONGEST]}, newer than the {_SPEC} that is known here; a newer SiYuan wrote it."
        )
    if spec != _SPEC:
        problems.add("document-upgraded", "/Spec", what=spec or "none")
    if root.type not in ("NodeDocument", ""):
        problems.add("document-repaired", "/Type", what=f"the type {root.type} of the document")
    properties = root.attributes
    if root.id != name or properties.get("id") != name:
        problems.add("document-repaired", "/ID", what="the id of the document, which is that of its file")
    if "title" not in properties or "updated" not in properties:
        problems.add("document-repaired", "/Properties", what="a missing title or time")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _icon(stored: str) -> str:
    """An emoji by its code points as itself; a path stays one."""
    if not _EMOJI.fullmatch(stored):
        return stored
    points = [int(part, 16) for part in stored.split("-")]
    shown = all(0x20 <= point <= 0x10FFFF and not 0xD800 <= point < 0xE000 for point in points)
    return "".join(map(chr, points)) if shown else stored


def _stored_icon(icon: str) -> str:
    """An emoji as its code points; a path as it is."""
    return (
        icon if icon.isascii() or "." in icon or "/" in icon else "-".join(f"{ord(character):x}" for character in icon)
    )


def document_bytes(note: Note, zone: tzinfo) -> bytes:
    """The file of a lowered note, in the kernel's one-line form."""
    values = {name: value for name, value in note.attrs if not name.startswith("@")}
    values |= {"id": note.id or "", "title": note.title, "type": "doc"}
    updated = note.updated or note.created
    values["updated"] = time_text(updated, zone) if updated is not None else (note.id or "")[:14]
    values |= {"icon": _stored_icon(note.icon)} if note.icon else {}
    values |= {"tags": ",".join(note.tags)} if note.tags else {}
    values |= {"alias": ",".join(note.aliases)} if note.aliases else {}
    values |= {"title-img": f'background-image:url("{note.cover}")'} if note.cover else {}
    properties = {name: attribute(value) for name, value in sorted(values.items())}
    return encode(DocumentNode(note.id or "", _SPEC, "NodeDocument", properties, block_nodes(note.blocks)))
