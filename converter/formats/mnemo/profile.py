"""What notes of Mnemo can hold, for each application that may open them (docs/formats/mnemo.md, "Targets")."""

from __future__ import annotations

from collections.abc import Mapping

from converter.model.profile import EXACT, Profile, Rule, exact

__all__ = ["profile_for"]

_PALETTE = (
    "swatch1=#F5F5F5 swatch2=#E6E6FA swatch3=#D8DCEC swatch4=#C4B5FD swatch5=#FADBD8 "
    "swatch6=#E8F5E9 swatch7=#FFF3CD swatch8=#FFE0B2 swatch9=#DBEAFE swatch10=#D1EDDA"
)

_BLOCKS: dict[str, Rule] = {
    **exact(
        "paragraph",
        "paragraph-empty",
        "heading",
        "item",
        "code",
        "formula",
        "rule",
        "image",
        "columns",
        "column",
    ),
    **exact("page", "sketch", "nothing"),
    "heading-5": Rule("clamp-heading", "heading-level"),
    "heading-6": Rule("clamp-heading", "heading-level"),
    "list": Rule("items"),
    "list@item": Rule("items", "list-flattened"),
    "item@item": Rule("flatten-item", "list-flattened"),
    "item-children": Rule("split-item", "item-split"),
    "children": Rule("follow", "children-follow"),
    "quote": Rule("quote-text"),
    "quote-complex": Rule("quote-text", "quote-split"),
    "callout": Rule("callout-quote", "callout-as-quote"),
    "code-caption": Rule("drop-caption", "detail-lost"),
    "table": Rule("table-code", "table-as-code"),
    "media": Rule("html-code", "html-as-code"),
    "html": Rule("html-code", "html-as-code"),
    "columns-other": Rule("flatten", "columns-flattened"),
    "columns@column": Rule("flatten", "columns-flattened"),
    "columns@item": Rule("flatten", "columns-flattened"),
    "columns@quote": Rule("flatten", "columns-flattened"),
    "embed": Rule("page", "embed-as-page"),
    "embed-place": Rule("link-paragraph", "embed-as-link"),
    "embed-query": Rule("query-code", "query-as-code"),
    "view": Rule("view-table", "view-as-table"),
    "footnote": Rule("collect-footnote", "footnote-as-text"),
    "definitions": Rule("dissolve"),
    "definition": Rule("term-and-quote", "definition-as-text"),
    "raw": Rule("raw-code", "raw-as-code"),
    "comment": Rule("drop", "comment-dropped"),
}

_EIGHT: dict[str, Rule] = {
    **exact("item-children", "children", "table", "code-caption"),
    "list@item": Rule("items"),
    "item@item": EXACT,
    "callout": Rule("callout-text"),
    "callout-complex": Rule("callout-text"),
    "columns-other": Rule("nest-columns"),
    "columns@column": EXACT,
}

_MARKS: dict[str, Rule] = {
    **exact("bold", "italic", "underline", "strike", "code", "highlight", "sub", "sup", "no-autolink"),
    **exact("background", "link"),
    "key": Rule("as-code", "key-as-code"),
    "color": Rule("drop", "color-lost"),
    "reference": Rule("as-link", "reference-as-link"),
    "css": Rule("drop", "detail-lost"),
    "memo": Rule("as-footnote", "memo-as-footnote"),
}

_RUNS: dict[str, Rule] = {
    **exact("text", "formula", "fraction"),
    "tag": Rule("as-text", "tag-as-text"),
    "image": Rule("split", "image-split"),
    "embed": Rule("as-link", "embed-as-link"),
    "footnote": Rule("superscript", "footnote-as-text"),
    "html": Rule("as-text", "html-inline"),
    "comment": Rule("drop", "comment-dropped"),
    "break": Rule("newline"),
    "emoji": Rule("as-text", "detail-lost"),
}

_FACTS: dict[str, Rule] = {
    **exact("id", "title", "created", "updated", "order", "favorite", "tags", "icon", "cover", "parent"),
    "aliases": Rule("drop", "property-lost"),
    "properties": Rule("drop", "property-lost"),
    "children": Rule("folder", "note-children-as-folder"),
}

_SIX_FACTS: dict[str, Rule] = {
    "tags": Rule("tag-paragraph", "tags-as-text"),
    "icon": Rule("drop", "property-lost"),
    "cover": Rule("drop", "property-lost"),
}

_UNSAID = {
    "code.fenced": "",
    "item.mark": "the state of a task",
    "table-column.align": "the alignment of columns",
    "link.title": "the title of a link",
    "image.title": "the title of a picture",
    "image.height": "",
    "columns.layout": "",
    "callout.fold": "the fold of a callout",
}

_SAID_ELSEWHERE = "sid ver folderPath blocks title folderId parentNoteId emoji cover createdAt modifiedAt tags"
"""Members of a note in `attrs` that its fields say too, or that only the application's own bookkeeping needs."""

_LEGACY_META = (
    "nativeTwoColumn columnPairId columnSide columnSplitRatio language equationLatex checked reference_note_id "
    "listNumberIndex listNumber listStart @order converter"
)
"""Keys of a block's `meta` that the block itself says as well."""

_OUTER = exact("folders", "notes", "decks", "maps", "settings", "payloads", "assets", "records")


def profile_for(format_id: str, title: str, target: str, parameters: Mapping[str, str]) -> Profile:
    """The capabilities of a format of Mnemo under a target (`compat`, `0.8`, `0.6`), with parameters of its own."""
    eight, six = target == "0.8", target == "0.6"
    return Profile(
        format=format_id,
        system="mnemo",
        title=title,
        blocks=_BLOCKS | _EIGHT if eight else _BLOCKS,
        runs=_RUNS,
        marks=_MARKS | {"color": EXACT} if eight else _MARKS,
        facts=_FACTS | _SIX_FACTS if six else _FACTS,
        outer=_OUTER,
        unsaid=_UNSAID,
        lifts=(
            "order-by-number",
            "content-as-blocks",
            "column-pairs",
            "quote-paragraphs",
            "markdown-tables",
            "group-items",
            "note-links",
            "tag-paragraph",
        ),
        parameters={
            "target": target,
            "block_ids": "guid",
            "note_ids": "guid",
            "number_attrs": "listNumberIndex listNumber",
            "start_attr": "" if six else "listStart",
            "note_link": "mnemo://note/",
            "file_link": "mnemo://file/",
            "palette": _PALETTE,
            "tree": "folders",
            "children": "folder",
            "breadcrumbs": "folderPath",
            "unsafe_attrs": "" if eight else "@payload+",
            "residue": "blocks",
            "ignorable_block_attrs": _LEGACY_META,
            "ignorable_attrs": _SAID_ELSEWHERE,
            **parameters,
        },
    )
