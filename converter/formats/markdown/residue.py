"""Where residue lies in a folder of Markdown: `.converter/`, which Obsidian does not show."""

from __future__ import annotations

from pathlib import Path

from converter.errors import ItemError
from converter.formats.entries import is_residue
from converter.model.facts import MemberFact, PayloadFact
from converter.storage.tree import open_below

__all__ = ["FOLDER", "NAME", "residue_fact"]

FOLDER = ".converter"
NAME = f"{FOLDER}/residue.jsonl"


def residue_fact(root: Path) -> PayloadFact | None:
    """The residue of a folder, which passes whole to another folder; None where the file there is not ours."""
    try:
        with open_below(root, NAME) as stream:
            if not is_residue(stream):
                return None
    except (OSError, ItemError):
        return None
    size = (root / NAME).stat().st_size
    return PayloadFact(key=FOLDER, type="residue", members=(MemberFact(key=NAME, name=NAME, size=size),))
