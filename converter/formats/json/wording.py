"""What the members of a file mean, for its schema: by name, and by kind and name where they differ."""

from __future__ import annotations

__all__ = ["COMMON", "MARKS", "OWN", "said_of"]

COMMON: dict[str, str] = {
    "align": "`left`, `center` or `right`; absent: as usual.",
    "aliases": "Other names of the note.",
    "alt": "What is shown where the picture is not.",
    "anchor": "The name that links can use for it, without `^`.",
    "attrs": "What the source says besides, in its own terms and order: pairs of name and value.",
    "blocks": "The body, in reading order.",
    "cells": "The cells that are stored; places that a merged cell covers have none.",
    "children": "The blocks inside it.",
    "columns": "One entry for each column of the grid.",
    "cover": "The picture at the head of the note, as its source spells it.",
    "created": "When it was made, where the source says so.",
    "favorite": "Whether it is marked as a favourite.",
    "folder": "The key of the folder that it lies in; absent: the top.",
    "format": "The language of the source text: `yaml`, `comment`, `html`, `json`, or a system's own.",
    "front": "Whether the source had front matter, be it empty.",
    "header": "Whether the source marks it as a heading of the table.",
    "height": "In pixels; absent: natural.",
    "icon": "An emoji, or a picture as its source spells it.",
    "id": "The id that it has in its source.",
    "key": "Its identity in the archive; other lines name it by this.",
    "label": "The label that marks and text of a footnote share.",
    "name": "What people call it.",
    "order": "Its number among its siblings.",
    "ordered": "Whether it is numbered.",
    "parent": "The key of what it lies in; absent: the top.",
    "place": "The place in the target: a heading's text, `^name`, or the id of a block.",
    "preamble": "Text that belongs to the file and not to the note, such as a byte-order mark.",
    "properties": "Free properties, in the order of the source.",
    "rows": "The rows, from the top.",
    "runs": "Its own line of text.",
    "source": "The text as it is written.",
    "stamp": "The time that the store kept, such as that of a file.",
    "tags": "The note's tags, without `#`.",
    "target": "What it names: the key of a note or file of this archive, or an address.",
    "tex": "TeX, without delimiters.",
    "text": "What is shown.",
    "title": "What people call it; at a link or picture the text of its tooltip.",
    "type": "The kind of the callout, as written.",
    "updated": "When it was changed, where the source says so.",
    "width": "In pixels; absent: natural.",
}

OWN: dict[tuple[str, str], str] = {
    ("Callout", "fold"): "`-` where it is folded, `+` where it can be.",
    ("Callout", "title"): "Its title.",
    ("Cell", "colspan"): "How many columns it covers.",
    ("Cell", "fill"): "The colour behind it.",
    ("Cell", "rowspan"): "How many rows it covers.",
    ("Code", "caption"): "The text below it.",
    ("Code", "fenced"): "False for code that is indented.",
    ("Code", "language"): "The language, or the whole line behind a fence.",
    ("Columns", "layout"): "`col`: side by side; `row`: stacked as a group.",
    ("Columns", "ratio"): "The share of the first of two columns.",
    ("DatabaseView", "database"): "The id of the database.",
    ("DatabaseView", "view"): "The id of the view.",
    ("Definition", "meanings"): "How many of the blocks belong to each meaning.",
    ("Embed", "query"): "A query whose results are shown.",
    ("FractionRun", "denominator"): "Below the line.",
    ("FractionRun", "numerator"): "Above the line.",
    ("Heading", "level"): "1 is the highest.",
    ("Image", "crop"): "What of it is shown, in the terms of its source.",
    ("ImageRun", "wiki"): "Whether Markdown spells it `![[name]]`.",
    ("Link", "key"): "Tells apart neighbours that are equal else.",
    ("List", "marker"): "The sign that the source used.",
    ("List", "start"): "The first number.",
    ("List", "tight"): "Whether no blank lines stand between the items.",
    ("ListItem", "checked"): "Whether a task is done; absent: it is no task.",
    ("ListItem", "mark"): "The sign of a task that is neither done nor open.",
    ("Media", "media"): "`audio`, `video`, `iframe` or `widget`.",
    ("Memo", "key"): "Tells apart neighbours that are equal else.",
    ("Property", "text"): "The entry as it stands in front matter, or the JSON of its value.",
    ("Reference", "key"): "Tells apart neighbours that are equal else.",
    ("Reference", "shows"): "`title` where the text follows the title of the target.",
    ("TagRun", "name"): "The tag, without `#`.",
}

MARKS: dict[str, str] = {
    "background": "The colour behind the text: CSS, or a name of the source's theme.",
    "color": "The colour of the text, likewise.",
    "css": "Further declarations of a style sheet.",
    "link": "A link.",
    "memo": "A comment on the text.",
    "no-autolink": "What looks like an address is no link.",
    "reference": "A link by name or id: to a note, a block or a file.",
}


def said_of(kind: str, member: str) -> str:
    """What a member of a type means; "" where its name says it."""
    return OWN.get((kind, member)) or COMMON.get(member, "")
