"""New names for what Mnemo's texts name: ids, addresses, paths (docs/formats/mnemo.md, "Names inside items").

Every method gives the text as it is where nothing in it gets a new name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, unquote

from converter.formats.front import LinkKey, Renaming
from converter.formats.mnemo.addresses import FILE_LINK, NOTE_LINK
from converter.patterns import pattern
from converter.text.json_places import Change

__all__ = ["Renames"]

_SCHEME: Final = pattern(r"(?!asset:|attachment:)[A-Za-z][A-Za-z0-9+.-]+:")
_LAST: Final = pattern(r"[/\\:](?=[^/\\:]*$)")
_PICTURE: Final = pattern(r"!\[[^\]\n]*\]\(([^)\n]*)\)")
_PAGE_LINE: Final = pattern(r"^[ \t]*\[\[page:([^\]\n]+)\]\][ \t]*$", re.MULTILINE)
_KEY: Final = pattern(r"(?:(deck):|(path):|session:[0-9]+:)(.+)", re.DOTALL)
_UNSAFE: Final = pattern(r"[%#]")


class Renames:
    """A renaming, asked the way Mnemo's texts name things."""

    def __init__(self, renaming: Renaming, links: Mapping[LinkKey, str]) -> None:
        self._renaming = renaming
        self._links = links

    def item(self, kind: str, key: str) -> str:
        """The new id of an item of a kind."""
        return self._renaming.ids.get(kind, {}).get(key, key)

    def page(self, key: str) -> str:
        """The new id of the note that a block shows."""
        linked = self._links.get(("page", key, "", ""))
        return self.item("notes", key) if linked is None else linked

    def address(self, url: str) -> str:
        """The new address of a link to a note, to a block in it or to a file."""
        linked = self._links.get(("link", url, "", ""))
        if linked is not None:
            return linked
        if url.startswith(NOTE_LINK):
            note, mark, block = url.removeprefix(NOTE_LINK).partition("#")
            return f"{NOTE_LINK}{self._encoded('notes', note)}{mark}{self._encoded('blocks', block)}"
        if not url.startswith(FILE_LINK):
            return url
        if url in self._renaming.files:
            return self._renaming.files[url]
        name, mark, place = url.removeprefix(FILE_LINK).partition("#")
        return FILE_LINK + _encoded(name, self._renaming.files.get) + mark + place

    def _encoded(self, kind: str, text: str) -> str:
        return _encoded(text, self._renaming.ids.get(kind, {}).get)

    def picture(self, path: str, block: str = "") -> str:
        """The new path of a picture: by its whole text, else by its last segment; `block` is the id of its block."""
        linked = self._links.get(("image", path, "", block))
        if linked is not None:
            return linked
        files = self._renaming.files
        if path in files or not path or _SCHEME.match(path):
            return files.get(path, path)
        cut = _LAST.search(path)
        head, name = (path[: cut.end()], path[cut.end() :]) if cut else ("", path)
        new = files.get(name, name)
        return new if _LAST.search(new) else head + new

    def pictures(self, text: str) -> Iterator[Change]:
        """Changes of the paths in a card's text: `![](path)`."""
        for match in _PICTURE.finditer(text):
            new = self.picture(match[1])
            if new != match[1]:
                yield match.start(1), match.end(1), new

    def page_lines(self, text: str) -> Iterator[Change]:
        """Changes of lines that are nothing but `[[page:ID]]`."""
        for match in _PAGE_LINE.finditer(text):
            new = self.item("notes", match[1])
            if new != match[1]:
                yield match.start(1), match.end(1), new

    def statistic(self, key: str) -> str:
        """The new key of a statistic that is kept for a deck, a session with one, or a learning path."""
        match = _KEY.fullmatch(key)
        if match is None:
            return key
        return key[: match.start(3)] + self.item("paths" if match[2] else "decks", match[3])


def _encoded(text: str, find: Callable[[str], str | None]) -> str:
    """The new name of what an address names; percent-encoded where the old one is, or must be."""
    new = find(text)
    if new is not None:
        return quote(new, safe="") if _UNSAFE.search(new) else new
    plain = unquote(text)
    new = find(plain) if plain != text else None
    return text if new is None else quote(new, safe="")
