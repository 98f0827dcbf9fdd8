"""Links in front matter: wikilinks in texts, and the cover (docs/formats/markdown.md, "Names inside items")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from converter.formats.markdown.profile import FRONT_KEYS
from converter.model.items import Property
from converter.patterns import pattern
from converter.text.frontmatter import scalar_text
from converter.text.markdown.destinations import Spelling
from converter.text.markdown.domain import is_picture
from converter.text.markdown.link_places import LinkPlace

__all__ = ["front_places"]

_WIKI: Final = pattern(r"(!?)\[\[([^\[\]|#\n]*)(?:#([^\[\]|\n]*))?(?:\|[^\[\]\n]*)?\]\]")
_NESTED: Final = pattern(r"[:,\[-][ \t]*$")
_DOUBLE: Final = pattern(r'\\(["\\/])')


def front_places(entries: tuple[Property, ...], start: int) -> Iterator[LinkPlace]:
    """The links in entries whose texts stand one behind the other from `start` on."""
    covers = FRONT_KEYS["cover"]
    for entry in entries:
        at = start
        for line in entry.text.splitlines(keepends=True):
            yield from _in_line(line, at)
            at += len(line)
        if entry.name.lower() in covers:
            yield from _cover(entry, start)
        start += len(entry.text)


def _in_line(line: str, at: int) -> Iterator[LinkPlace]:
    """The wikilinks of a line; `[[x]]` without quotation marks is a list of lists to YAML, and no link."""
    for found in _WIKI.finditer(line):
        mark = _quotation(line[: found.start()])
        if mark == "#" or (not mark and _NESTED.search(line[: found.start()])):
            continue
        target, place = _said(found[2], mark), _said(found[3] or "", mark)
        forms: tuple[str, ...] = ("reference",)
        if found[1]:
            forms = ("image", "embed") if is_picture(target) else ("embed",)
        start = at + found.start(2)
        yield LinkPlace(forms, target, place, start, start + len(found[2]), Spelling(mark or "wiki"))


def _quotation(before: str) -> str:
    """The quotation mark that is open at the end of a part of a line, `#` in a comment, else ""."""
    mark, last = "", " "
    for place, sign in enumerate(before):
        if mark:
            escaped = mark == '"' and last == "\\"
            mark = "" if sign == mark and not escaped else mark
            sign = "" if escaped else sign
        elif sign == "#" and last in " \t":
            return "#"
        elif sign in "\"'" and (last in " \t[{,'" or not before[:place].strip()):
            mark = sign
        last = sign
    return mark


def _said(raw: str, mark: str) -> str:
    if mark == '"':
        return _DOUBLE.sub(r"\1", raw)
    return raw.replace("''", "'") if mark == "'" else raw


def _cover(entry: Property, start: int) -> Iterator[LinkPlace]:
    """The picture that an entry names with its whole value."""
    cover = scalar_text(entry)
    if not is_picture(cover):
        return
    begin = _comments_end(entry.text)
    for mark in ('"', "'", ""):
        raw = Spelling(mark or "wiki").of(cover)
        at = entry.text.find(f"{mark}{raw}{mark}", entry.text.find(":", begin) + 1)
        if at >= 0:
            at += start + len(mark)
            yield LinkPlace(("image",), cover, "", at, at + len(raw), Spelling(mark or "wiki"))
            return


def _comments_end(text: str) -> int:
    """Where an entry begins behind the comments and blank lines that go with it."""
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            break
        at += len(line)
    return at
