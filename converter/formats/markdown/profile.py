"""What a folder of Markdown in the Obsidian dialect can hold (docs/formats/markdown.md)."""

from __future__ import annotations

from collections.abc import Mapping

from converter.model.profile import Profile, Rule, exact

__all__ = ["FRONT_KEYS", "profile"]

FRONT_KEYS = {
    "id": ("id",),
    "title": ("title",),
    "created": ("created", "date"),
    "updated": ("updated", "modified", "lastmod"),
    "tags": ("tags", "tag"),
    "aliases": ("aliases", "alias"),
    "icon": ("icon",),
    "cover": ("cover",),
    "favorite": ("favorite",),
}
"""Front matter keys that the model knows, by the fact that they give; the first key is the one that we write."""

_BLOCKS: dict[str, Rule] = {
    **exact("paragraph", "heading", "heading-5", "heading-6", "list", "item", "item-children", "quote"),
    **exact("quote-complex", "callout", "callout-complex", "code", "formula", "table", "html", "footnote"),
    **exact("definitions", "definition", "comment", "yaml", "rule"),
    "paragraph-empty": Rule("nbsp", "empty-block"),
    "children": Rule("follow", "children-follow"),
    "code-caption": Rule("caption-paragraph", "caption-as-text"),
    "formula-odd": Rule("formula-code", "formula-as-code"),
    "table-spans": Rule("table-html", "table-as-html"),
    "image": Rule("image-paragraph"),
    "media": Rule("media-html"),
    "columns": Rule("flatten", "columns-flattened"),
    "columns-other": Rule("flatten", "columns-flattened"),
    "column": Rule("flatten", "columns-flattened"),
    "page": Rule("reference-paragraph", "page-as-link"),
    "embed": Rule("embed-paragraph"),
    "embed-place": Rule("embed-paragraph"),
    "embed-query": Rule("query-code", "query-as-code"),
    "view": Rule("view-table", "view-as-table"),
    "sketch": Rule("sketch-code", "sketch-as-code"),
    "raw": Rule("raw-code", "raw-as-code"),
    "nothing": Rule("drop", "row-null"),
}

_MARKS: dict[str, Rule] = {
    **exact("bold", "italic", "underline", "strike", "code", "highlight", "sub", "sup", "key"),
    **exact("color", "background", "link", "reference"),
    "no-autolink": Rule("drop", "detail-lost"),
    "css": Rule("drop", "detail-lost"),
    "memo": Rule("as-footnote", "memo-as-footnote"),
}

_RUNS: dict[str, Rule] = {
    **exact("text", "formula", "tag", "image", "embed", "footnote", "html", "comment", "break"),
    "emoji": Rule("as-text", "detail-lost"),
    "fraction": Rule("as-formula", "fraction-as-formula"),
}

_FACTS: dict[str, Rule] = {
    **exact("id", "title", "created", "updated", "tags", "aliases", "icon", "cover", "favorite", "properties"),
    **exact("parent", "children"),
    "order": Rule("drop", "order-lost"),
}

_OUTER: dict[str, Rule] = {
    **exact("folders", "notes", "assets"),
}


def profile(options: Mapping[str, str]) -> Profile:
    """The capabilities of the Obsidian dialect; `number_prefix` keeps the order of siblings in file names."""
    return Profile(
        format="markdown",
        system="markdown",
        title="folder of Markdown (Obsidian dialect)",
        blocks=_BLOCKS,
        runs=_RUNS,
        marks=_MARKS,
        facts=_FACTS,
        outer=_OUTER,
        lifts=(
            "front-facts",
            "html-as-shown",
            "image-paragraphs",
            "embed-paragraphs",
            "nbsp-paragraphs",
            "sketch-code",
        ),
        parameters={
            "text": "markdown",
            "colors": "css",
            "tree": "paths",
            "front_keys": " ".join(",".join((fact, *keys)) for fact, keys in FRONT_KEYS.items()),
            "number_prefix": options.get("number_prefix", ""),
            "children": "folder",
            "residue": "marks",
            "ignorable_attrs": "newline",
        },
    )
