"""New names for what SiYuan's texts name: ids, addresses, paths (docs/formats/siyuan.md, "Names inside items").

Every method gives changes of a text, none where nothing in it gets a new name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from converter.formats.front import LinkKey, Renaming
from converter.model.timed_id import is_timed_id
from converter.patterns import pattern
from converter.text.entities import unescape
from converter.text.json_places import Change

__all__ = ["Renames", "changes_inside"]

_BLOCK = "siyuan://blocks/"
_ID = pattern(r"(?<![0-9A-Za-z-])[0-9]{14}-[0-9a-z]{7}(?![0-9A-Za-z-])")
_ID_PATH = pattern(r"/?[0-9]{14}-[0-9a-z]{7}(?:/[0-9]{14}-[0-9a-z]{7})*(?:\.sy)?/?")
_LIST_ENTRY = pattern(r"[^,\s](?:[^,]*[^,\s])?")
_LITERAL = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
_SQL = pattern(rf"--(?:(?!_esc_newline_)[^\n])*|/\*.*?(?:\*/|$)|({_LITERAL})", re.DOTALL)
_SCRIPT = pattern(
    r"//(?:(?!_esc_newline_)[^\n])*|/\*.*?(?:\*/|$)|('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`)",
    re.DOTALL,
)
_IS_SCRIPT = "//!js"
_ADDRESS = pattern(r"""(?<=\s)(src|data-src|poster|href|data-node-id)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_URL = pattern(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
_UNIT = pattern(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?|.", re.DOTALL)


def changes_inside(
    stored: str, change: Callable[[str], Iterable[Change]], escape: Mapping[int, str]
) -> Iterator[Change]:
    """Changes of a text with entities, from those of the text that it shows; `escape` spells what is new."""
    found = list(change(unescape(stored)))
    if not found:
        return
    at: list[int] = []
    for unit in _UNIT.finditer(stored):
        at += [unit.start()] * len(unescape(unit[0]))
    at.append(len(stored))
    for start, end, new in found:
        yield at[start], at[end], new.translate(escape)


class Renames:
    """A renaming, asked the way SiYuan's texts name things. Ids are unique over all kinds."""

    def __init__(self, renaming: Renaming, links: Mapping[LinkKey, str]) -> None:
        self._kinds = [names for names in renaming.ids.values() if names]
        self._files = renaming.files
        self._links = links

    def item(self, key: str) -> str:
        """The new id of a block, a document, a notebook, a database, a deck or a card."""
        for names in self._kinds:
            if key in names:
                return names[key]
        return key

    def reference(self, key: str) -> str:
        """The new id of what a reference names."""
        linked = self._links.get(("reference", key, "", ""))
        return self.item(key) if linked is None else linked

    def address(self, target: str, *forms: str) -> Iterator[Change]:
        """Changes of a destination: of a block's address, or of an asset's path; `forms` are those of its link."""
        links = (self._links.get((form, target, "", "")) for form in forms)
        linked = next((new for new in links if new is not None), None)
        if linked is not None:
            yield 0, len(target), linked
        elif target.startswith(_BLOCK):
            key = re.split(r"[?#]", target.removeprefix(_BLOCK))[0]
            if self.item(key) != key:
                yield len(_BLOCK), len(_BLOCK) + len(key), self.item(key)
        else:
            yield from self._asset(target)

    def _asset(self, target: str) -> Iterator[Change]:
        """The path itself; without a query or place; that of a PDF whose annotation is named behind it."""
        plain = re.split(r"[?#]", target)[0]
        above, _, last = plain.rpartition("/")
        for path in (target, plain, above if is_timed_id(last) else ""):
            if path and path in self._files:
                yield 0, len(path), self._files[path]
                return

    def id_list(self, text: str) -> Iterator[Change]:
        """Changes of a text that is nothing but ids with commas between them."""
        found = list(_LIST_ENTRY.finditer(text))
        if all(is_timed_id(match[0]) or self.item(match[0]) != match[0] for match in found):
            for match in found:
                if self.item(match[0]) != match[0]:
                    yield match.start(), match.end(), self.item(match[0])

    def anywhere(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Change]:
        """Changes of ids that stand anywhere in a stretch of a text that is no prose."""
        for match in _ID.finditer(text, start, len(text) if end is None else end):
            if self.item(match[0]) != match[0]:
                yield match.start(), match.end(), self.item(match[0])

    def id_path(self, text: str) -> Iterator[Change]:
        """Changes of a text that is an id, or a path of ids."""
        if self.item(text) != text:
            yield 0, len(text), self.item(text)
        elif _ID_PATH.fullmatch(text):
            yield from self.anywhere(text)

    def literals(self, query: str) -> Iterator[Change]:
        """Changes of ids in the strings of a query or a script; its comments are prose."""
        for match in (_SCRIPT if query.startswith(_IS_SCRIPT) else _SQL).finditer(query):
            if match[1]:
                yield from self.anywhere(query, match.start(1), match.end(1))

    def html(self, source: str, escape: Mapping[int, str]) -> Iterator[Change]:
        """Changes of addresses in the attributes of tags."""
        for match in _ADDRESS.finditer(source):
            group = 2 if match[2] is not None else 3
            changes = changes_inside(match[group], partial(self._shown, match[1].lower()), escape)
            for start, end, new in changes:
                yield match.start(group) + start, match.start(group) + end, new

    def _shown(self, attribute: str, shown: str) -> Iterator[Change]:
        if attribute == "data-node-id":
            return self.id_list(shown)
        return self.address(shown, "link" if attribute == "href" else "image", "link")

    def style(self, css: str) -> Iterator[Change]:
        """Changes of paths in CSS: `url("assets/…")`."""
        for match in _URL.finditer(css):
            for start, end, new in self.address(match[1], "image"):
                yield match.start(1) + start, match.start(1) + end, new
