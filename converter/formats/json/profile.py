"""What an archive in JSON Lines holds: all that the model can say."""

from __future__ import annotations

from collections.abc import Mapping

from converter.formats.json.shapes import BLOCKS, FLAGS, RUNS, style_members
from converter.model.profile import EXACT, Profile, Rule, exact

__all__ = ["profile"]

_BLOCKS: dict[str, Rule] = {
    **exact(*BLOCKS),
    **exact("paragraph-empty", "heading-5", "heading-6", "item-children", "quote-complex", "callout-complex"),
    **exact("code-caption", "formula-odd", "table-spans", "columns-other", "embed-place", "embed-query"),
    **exact("comment", "yaml", "nothing", "raw-siyuan", "children"),
}

_RUNS: dict[str, Rule] = {**exact(*(name for name in RUNS if name != "raw")), **exact("html", "comment", "emoji")}

_MARKS: dict[str, Rule] = exact(*FLAGS, *(member.name for member in style_members()))

_FACTS: dict[str, Rule] = exact(
    "id", "title", "created", "updated", "tags", "aliases", "icon", "cover", "favorite", "properties", "parent"
) | {"children": EXACT, "order": EXACT}


def profile(_options: Mapping[str, str]) -> Profile:
    """The capabilities of an archive."""
    return Profile(
        format="json",
        system="json",
        title="JSON Lines",
        blocks=_BLOCKS,
        runs=_RUNS,
        marks=_MARKS,
        facts=_FACTS,
        outer=exact("folders", "notes", "assets"),
        lifts=("in-bounds", "group-items"),
        parameters={"tree": "keys", "holds": "all", "block_ids": "kept", "children": "note"},
    )
