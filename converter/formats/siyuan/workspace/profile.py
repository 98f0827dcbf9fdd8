"""What a SiYuan workspace can hold (docs/formats/siyuan.md, "Blocks" and "Documents")."""

from __future__ import annotations

from collections.abc import Mapping

from converter.model.profile import Profile, Rule, exact

__all__ = ["profile"]

_BLOCKS: dict[str, Rule] = {
    **exact("paragraph", "paragraph-empty", "heading", "heading-5", "heading-6", "list", "item", "item-children"),
    **exact("quote", "quote-complex", "callout", "callout-complex", "columns", "columns-other", "code", "formula"),
    **exact("table", "table-spans", "rule", "html", "media", "embed-query", "view", "raw-siyuan"),
    "children": Rule("follow", "children-follow"),
    "code-caption": Rule("caption-paragraph", "caption-as-text"),
    "column": Rule("super-column"),
    "comment": Rule("comment-memo", "comment-as-memo"),
    "definitions": Rule("dissolve"),
    "definition": Rule("term-and-quote", "definition-as-text"),
    "embed": Rule("embed-by-id"),
    "embed-place": Rule("embed-by-id"),
    "footnote": Rule("collect-footnote", "footnote-as-text"),
    "image": Rule("image-paragraph"),
    "nothing": Rule("drop", "row-null"),
    "page": Rule("reference-paragraph", "page-as-link"),
    "raw": Rule("raw-code", "raw-as-code"),
    "sketch": Rule("sketch-code", "sketch-as-code"),
    "yaml": Rule("raw-code", "raw-as-code"),
}

_MARKS: dict[str, Rule] = {
    **exact("bold", "italic", "underline", "strike", "code", "highlight", "sub", "sup", "key"),
    **exact("color", "background", "css", "link", "reference", "memo"),
    "no-autolink": Rule("drop", "detail-lost"),
}

_RUNS: dict[str, Rule] = {
    **exact("text", "formula", "tag", "image", "emoji"),
    "break": Rule("newline"),
    "comment": Rule("as-memo", "comment-as-memo"),
    "embed": Rule("as-reference", "embed-as-link"),
    "footnote": Rule("superscript", "footnote-as-text"),
    "fraction": Rule("as-formula", "fraction-as-formula"),
    "html": Rule("as-text", "html-inline"),
}

_FACTS: dict[str, Rule] = {
    **exact("id", "title", "created", "updated", "tags", "aliases", "icon", "cover", "properties", "parent"),
    **exact("children", "order"),
    "favorite": Rule("bookmark"),
}

_OUTER: dict[str, Rule] = {
    **exact("notes", "assets", "databases", "decks", "settings", "payloads"),
    "folders": Rule("document", "folder-as-document"),
}

_UNSAID = {
    "code.fenced": "",
    "callout.fold": "the fold of a callout",
    "columns.ratio": "the widths of columns",
    "table-column.header": "header columns",
    "image.crop": "the crop of a picture",
}

_SCREEN_STATE = "updated fold heading-fold parent-fold scroll"
"""Attributes of blocks that tell when, or how it looked on a screen."""


def profile(_options: Mapping[str, str]) -> Profile:
    """The capabilities of SiYuan 3."""
    return Profile(
        format="siyuan",
        system="siyuan",
        title="SiYuan workspace",
        blocks=_BLOCKS,
        runs=_RUNS,
        marks=_MARKS,
        facts=_FACTS,
        outer=_OUTER,
        unsaid=_UNSAID,
        lifts=(
            "document-attributes",
            "blank-documents",
            "callout-defaults",
            "super-columns",
            "embeds-by-id",
            "image-paragraphs",
        ),
        parameters={
            "text": "siyuan",
            "colors": "names",
            "tree": "documents",
            "top": "notebooks",
            "block_ids": "timed",
            "item_line": "paragraph",
            "ignorable_block_attrs": _SCREEN_STATE,
            "ignorable_attrs": "",
            "children": "note",
            "residue": "beside",
        },
    )
