"""Where links stand in a note that is JSON: found by what renaming them would change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from converter.formats.front import LinkKey
from converter.text.json_places import Patch, Place
from converter.text.json_pointers import Pointed, pointed

__all__ = ["probed"]


def probed(
    text: str, keys: Collection[LinkKey], edit: Callable[[Place, Patch, Mapping[LinkKey, str]], None]
) -> Iterator[tuple[LinkKey, Pointed]]:
    """Each place of these links in the order of the text. `edit` renames links, by the new text of their targets."""
    names = {f"link {number}": key for number, key in enumerate(keys)}
    links = {key: name for name, key in names.items()}
    for one in pointed(text, lambda place, patch: edit(place, patch, links)):
        key = names.get(one.new.strip('"'))
        if key is not None:
            yield key, one
