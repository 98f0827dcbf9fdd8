"""A model with other names, made without the code under test: the measure for what a renaming may change."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from converter.formats.front import Renaming
from converter.model.items import Note

__all__ = ["inverse", "moved", "renamed_by"]

_NAMES = frozenset(("id", "key", "folder", "parent", "target", "place", "cover", "database", "view"))


def inverse(renaming: Renaming) -> Renaming:
    """The renaming back."""
    return Renaming(
        ids={kind: {new: old for old, new in names.items()} for kind, names in renaming.ids.items()},
        files={new: old for old, new in renaming.files.items()},
    )


def renamed_by(renaming: Renaming) -> Callable[[str], str]:
    """What becomes of a text that is a name, of whatever kind."""
    new = {old: name for names in (*renaming.ids.values(), renaming.files) for old, name in names.items()}
    return lambda text: new.get(text, text)


def moved(note: Note, new: Callable[[str], str], *more: str) -> Note:
    """The note with `new` applied to the fields that name something, and to `more`; `attrs` are the attributes."""
    found = _moved(note, "", new, _NAMES | set(more))
    assert isinstance(found, Note)
    return found


def _moved(value: Any, name: str, new: Callable[[str], str], names: AbstractSet[str]) -> Any:
    if isinstance(value, msgspec.Struct):
        fields = {field: _moved(getattr(value, field), field, new, names) for field in value.__struct_fields__}
        return type(value)(**fields)
    if isinstance(value, (list, tuple)):
        return type(value)(_moved(element, name if name == "attrs" else "", new, names) for element in value)
    return new(value) if isinstance(value, str) and name in names else value
