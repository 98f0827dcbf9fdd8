"""The published schemas of Mnemo's objects, as packages spell them: `schemas/note-1.json` and its like."""

from __future__ import annotations

from converter.formats.mnemo.schemas.blocks import block_schema
from converter.formats.mnemo.schemas.cards import deck_schema
from converter.formats.mnemo.schemas.maps import mindmap_schema
from converter.formats.mnemo.schemas.notes import folder_schema, note_schema, settings_schema
from converter.formats.mnemo.schemas.parts import Schema

__all__ = ["mnemo_schemas"]


def mnemo_schemas() -> dict[str, Schema]:
    """The JSON Schemas (draft 2020-12) of Mnemo's objects by their names."""
    return {
        "block-1": block_schema(),
        "deck-1": deck_schema(),
        "folder-1": folder_schema(),
        "mindmap-1": mindmap_schema(),
        "note-1": note_schema(),
        "settings-1": settings_schema(),
    }
