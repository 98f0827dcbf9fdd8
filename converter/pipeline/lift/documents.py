"""SiYuan's own shapes, read as what they mean."""

from __future__ import annotations

import re

import msgspec

from converter.model.blocks import Block, Blocks, Callout, Column, Columns, Embed, has_text, same_blocks
from converter.model.callouts import CALLOUTS
from converter.model.items import Note, Property
from converter.model.profile import Profile
from converter.model.runs import plain_text
from converter.patterns import pattern
from converter.pipeline.law import Answers
from converter.text.frontmatter import property_of

__all__ = ["blank_documents", "callout_defaults", "document_attributes", "embed_by_id", "super_columns"]

_BY_ID = pattern(r"\s*select \* from blocks where id\s*=\s*'(\d{14}-[0-9a-z]{7})'\s*;?\s*", re.IGNORECASE | re.ASCII)
_SYSTEM = ("custom-sy-", "custom-avs", "custom-riff-", "custom-dailynote-", "custom-hidden")
_SCREEN = frozenset(("scroll",))


def document_attributes(note: Note, _source: Profile, _answers: Answers) -> Note:
    """Attributes of a document are properties; some of them are facts that other systems have a place for."""
    values = {name: value for name, value in note.attrs if name not in _SCREEN}
    favorite = values.get("bookmark") == "favorite"
    if favorite:
        del values["bookmark"]
    title = "" if values.pop("custom-sy-title-empty", "") == "true" else note.title
    icon, cover = note.icon, note.cover
    if not icon:
        icon = values.pop("custom-icon", "")
    if not cover:
        cover = values.pop("custom-cover", "")
    properties = tuple(property_of(_name(name), value) for name, value in values.items())
    return msgspec.structs.replace(
        note,
        title=title,
        attrs=(),
        properties=(*note.properties, *_distinct(properties)),
        favorite=favorite,
        icon=icon,
        cover=cover,
    )


def _name(attribute: str) -> str:
    """`custom-` is SiYuan's word for what is the user's own."""
    return attribute if attribute.startswith(_SYSTEM) else attribute.removeprefix("custom-") or attribute


def _distinct(properties: tuple[Property, ...]) -> list[Property]:
    found = {one.name: one for one in reversed(properties)}
    return [one for one in properties if found[one.name] is one]


def blank_documents(note: Note, _source: Profile, answers: Answers) -> Note:
    """A document cannot be without a block; one empty paragraph is none."""
    if len(note.blocks) != 1 or has_text(note.blocks) or any(name != "updated" for name, _ in note.blocks[0].attrs):
        return note
    answers.written(note.blocks[0])
    return msgspec.structs.replace(note, blocks=())


def callout_defaults(block: Block) -> Block:
    """A title and an icon that a callout has by its type need not be said."""
    if not isinstance(block, Callout):
        return block
    title, icon = CALLOUTS.get(block.type.upper(), (block.type.capitalize(), ""))
    if plain_text(block.title) == title and (not icon or block.icon == icon):
        return msgspec.structs.replace(block, title=(), icon="" if block.icon == icon else block.icon)
    return block


def embed_by_id(block: Block) -> Block:
    """A query for one block is an embed of it."""
    found = _BY_ID.fullmatch(block.query) if isinstance(block, Embed) and block.query else None
    return msgspec.structs.replace(block, query="", target=found[1]) if found else block


def super_columns(note: Note, _source: Profile, answers: Answers) -> Note:
    """Blocks side by side stand in columns; a stack among them is one column."""
    blocks = _with_columns(note.blocks, answers)
    return note if blocks is note.blocks else msgspec.structs.replace(note, blocks=blocks)


def _with_columns(blocks: Blocks, answers: Answers) -> Blocks:
    made = tuple([_columns(block, answers) if block.children else block for block in blocks])
    return blocks if same_blocks(made, blocks) else made


def _columns(block: Block, answers: Answers) -> Block:
    children = _with_columns(block.children, answers)
    if isinstance(block, Columns) and block.layout == "col":
        children = tuple(_column(child, answers) for child in children)
    if children is block.children:
        return block
    made = msgspec.structs.replace(block, children=children)
    answers.became(block, made)
    return made


def _column(block: Block, answers: Answers) -> Column:
    if not isinstance(block, Columns) or block.layout != "row":
        return Column(children=(block,))
    column = Column(children=block.children, id=block.id, attrs=block.attrs)
    answers.became(block, column)
    return column
