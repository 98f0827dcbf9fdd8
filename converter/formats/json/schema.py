"""The published schema of a line, made from the model's own types: `schemas/archive-1.json`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from converter.formats.json.header import SCHEMA
from converter.formats.json.shapes import BLOCKS, BOUNDS, FLAGS, RUNS, Member, Shape, members_of, style_members
from converter.formats.json.wording import MARKS, said_of
from converter.model.blocks import Block
from converter.model.items import Folder, Note

__all__ = ["archive_schema"]

_ID = "https://mnemo-converter.example/schemas/archive-1.json"
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_SHARED = tuple(member.name for member in members_of(Block))
_LEFT_OUT = {"Folder": ("icon",), **{kind.__name__: _SHARED for kind in BLOCKS.values()}}
"""Members of the model that no line has, or that stand with what all blocks have."""

Schema = dict[str, Any]


def archive_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of one line of an archive."""
    lines = {
        "archive": _header(),
        "folder": _kind("folder", Folder),
        "note": _kind("note", Note),
        "asset": _asset(),
        "residue": _residue(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        "title": "A line of an archive",
        "description": (
            "An archive is a text of JSON documents, one a line, in UTF-8. The first line is of the kind `archive`. "
            "Lines of other kinds than those below may follow; what cannot read them keeps them as they are."
        ),
        **_by_kind(lines, closed=False),
        "$defs": {**lines, **_parts()},
        "examples": [{"kind": "archive", "schema": SCHEMA, "tool": "mnemo-converter", "version": "0.1.0"}],
    }


def _by_kind(
    known: dict[str, Schema], *, closed: bool, prefix: str = "", shared: Mapping[str, Schema] = MappingProxyType({})
) -> Schema:
    """An object whose member `kind` says which of these it is; `shared` are members that all of them have."""
    kind: Schema = {"enum": list(known)} if closed else dict(_TEXT)
    cases = [
        {"if": {"properties": {"kind": {"const": name}}}, "then": {"$ref": f"#/$defs/{prefix}{name}"}} for name in known
    ]
    return {"type": "object", "properties": {"kind": kind, **shared}, "required": ["kind"], "allOf": cases}


def _parts() -> Schema:
    """The definitions of what lines are made of."""
    blocks = {name: _kind(name, kind) for name, kind in BLOCKS.items()}
    runs = {name: _kind(name, kind) for name, kind in RUNS.items()}
    kinds: tuple[type[msgspec.Struct], ...] = (*BLOCKS.values(), *RUNS.values(), Folder, Note)
    shared = {member.name: _member("Block", member) for member in members_of(Block)}
    return {
        "block": _by_kind(blocks, closed=True, prefix="block-", shared=shared),
        **{f"block-{name}": made for name, made in blocks.items()},
        "run": _by_kind(runs, closed=True, prefix="run-", shared=_marks()),
        **{f"run-{name}": made for name, made in runs.items()},
        **{kind.__name__: _struct(kind) for kind in _structs_in(kinds)},
        "moment": _moment(),
        "number": {"anyOf": [{"type": "number"}, {"enum": ["inf", "-inf", "nan"]}]},
        "pair": {"type": "array", "prefixItems": [_TEXT, _TEXT], "minItems": 2, "maxItems": 2},
    }


def _structs_in(kinds: tuple[type[msgspec.Struct], ...]) -> list[type[msgspec.Struct]]:
    """The structs that these hold, each once, by their names."""
    found: dict[str, type[msgspec.Struct]] = {}
    waiting = [member.shape for kind in kinds for member in members_of(kind)]
    waiting += [member.shape for member in style_members()]
    while waiting:
        shape = waiting.pop()
        if shape.inner is not None:
            waiting.append(shape.inner)
        if shape.struct is not None and shape.struct.__name__ not in found:
            found[shape.struct.__name__] = shape.struct
            waiting += [member.shape for member in members_of(shape.struct)]
    return [found[name] for name in sorted(found)]


def _kind(name: str, kind: type[msgspec.Struct]) -> Schema:
    """A struct that says its kind."""
    made = _struct(kind)
    made["properties"] = {"kind": {"const": name}, **made["properties"]}
    made["required"] = ["kind", *made["required"]]
    return made


def _marks() -> Schema:
    """The marks of a run, which are members of its own."""
    flags = {flag: _described({"const": True}, MARKS.get(flag, "")) for flag in FLAGS}
    return flags | {member.name: _described(_of(member.shape), MARKS[member.name]) for member in style_members()}


def _struct(kind: type[msgspec.Struct]) -> Schema:
    name = kind.__name__
    members = [member for member in members_of(kind) if member.name not in _LEFT_OUT.get(name, ())]
    return {
        "description": _docstring(kind),
        "type": "object",
        "properties": {member.name: _member(name, member) for member in members},
        "required": [member.name for member in members if member.required],
    }


def _docstring(kind: type) -> str:
    """The first paragraph of a type's docstring, in one line."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())


def _member(kind: str, member: Member) -> Schema:
    made = _of(member.shape)
    if (kind, member.name) in BOUNDS:
        least, most = BOUNDS[kind, member.name]
        made |= {"minimum": least, "maximum": most}
    made = _described(made, said_of(kind, member.name))
    if isinstance(member.default, str | int | float) and member.default != "":
        made["default"] = member.default
    return made


def _of(shape: Shape) -> Schema:
    match shape.form:
        case "str":
            return dict(_TEXT)
        case "int":
            return {"type": "integer"}
        case "bool":
            return {"type": "boolean"}
        case "float":
            return {"$ref": "#/$defs/number"}
        case "list" if shape.inner is not None:
            return {"type": "array", "items": _of(shape.inner)}
        case "struct" if shape.struct is not None:
            return {"$ref": f"#/$defs/{shape.struct.__name__}"}
        case form:
            return {"$ref": f"#/$defs/{form}"}


def _described(made: Schema, text: str) -> Schema:
    return {"description": text, **made} if text else made


def _moment() -> Schema:
    time = {
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?)?$",
        "examples": ["2026-05-18T10:00:00.5+02:00", "2026-05-18T08:00:00Z", "2026-05-18"],
    }
    parts = {
        "type": "object",
        "description": "What no such text can say: ticks of 100 ns since the year 1, minutes from UTC, a bare day.",
        "properties": {
            "ticks": {"type": "integer"},
            "offset": {"type": "integer"},
            "day": {"const": True},
        },
        "required": ["ticks"],
    }
    return {"description": "A time in ISO 8601; `Z` where its source named no zone.", "anyOf": [time, parts]}


def _header() -> Schema:
    return {
        "description": "The first line.",
        "type": "object",
        "properties": {
            "kind": {"const": "archive"},
            "schema": {"const": SCHEMA, "description": "The form of all lines, and its version."},
            "tool": _described(dict(_TEXT), "What wrote it."),
            "version": _described(dict(_TEXT), "The version of the tool."),
            "origin": _described(dict(_TEXT), "The id of the format that the items came from."),
        },
        "required": ["schema"],
    }


def _asset() -> Schema:
    return {
        "description": "A file. Its bytes stand in `data`, or in the folder beside the archive (`file`).",
        "type": "object",
        "properties": {
            "kind": {"const": "asset"},
            "key": _described({**_TEXT, "minLength": 1}, said_of("", "key")),
            "name": _described(dict(_TEXT), "Its file name."),
            "size": _described(dict(_COUNT), "How many bytes it has."),
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The SHA-256 of its bytes."},
            "stamp": {"$ref": "#/$defs/moment"},
            "file": _described(dict(_TEXT), "Its name in the folder beside the archive."),
            "data": {"type": "string", "contentEncoding": "base64", "description": "Its bytes; the last member."},
        },
        "required": ["kind", "key"],
        "not": {"required": ["file", "data"]},
    }


def _residue() -> Schema:
    return {
        "description": "What a later conversion needs to give the origin again. Nobody else need look at it.",
        "type": "object",
        "properties": {"kind": {"const": "residue"}, "record": {"type": "object"}},
        "required": ["kind", "record"],
    }
