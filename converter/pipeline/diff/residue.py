"""What conversions leave beside the items for their own use: never content, so never a difference."""

from __future__ import annotations

from converter.model.facts import PayloadFact

__all__ = ["is_own_name", "is_residue"]

_NAMES = frozenset(("converter", "custom-converter"))


def is_residue(payload: PayloadFact) -> bool:
    """Whether a payload is residue: the reader knows it by its schema tag, and counts no unit of it."""
    return payload.type == "residue" and not payload.units


def is_own_name(name: str) -> bool:
    """Whether an attribute of a note or a block is ours."""
    return name in _NAMES
