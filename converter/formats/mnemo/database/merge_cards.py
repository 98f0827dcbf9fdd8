"""Changes to the document of all flashcards: decks and folders put in, every other byte as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from converter.findings.problems import Problems
from converter.formats.mnemo.database.layout import EMPTY_CARDS
from converter.formats.mnemo.rows import Keys
from converter.formats.mnemo.spelling import misfit
from converter.formats.mnemo.view import OuterView
from converter.text.json_places import Change, patched
from converter.text.json_spans import Element, changed_array, element_spans, member_spans
from converter.text.json_text import JsonTextError, Members, dump, mend, parse

__all__ = ["CardsDocument", "unreadable"]

_KINDS: Final = {"folders": "Folders", "decks": "Decks"}
_DEPTH: Final = 64
"""Levels that the application reads."""


def unreadable(data: bytes) -> str:
    """Why the application could not read this document, and would put an empty one in its place; "" where it can."""
    try:
        parsed = parse(data.decode("utf-8", "replace"), _DEPTH)
    except JsonTextError as error:
        return f"it is not JSON at line {error.line}, column {error.column}: {error.message}"
    if parsed.surrogates:
        return "it holds half a surrogate pair"
    where = misfit(parsed.value)
    return f"{where} is of the wrong kind" if where else ""


class CardsDocument:
    """The document, which must be one that the application reads."""

    def __init__(self, data: bytes = EMPTY_CARDS.encode()) -> None:
        """Find its decks and folders; raises ValueError where it is no object of arrays."""
        self._text = data.decode("utf-8", "surrogateescape")
        self._members, self._closed = member_spans(self._text)
        self._groups = {kind: _Group(self._text, *self._span(name)) for kind, name in _KINDS.items()}

    def _span(self, name: str) -> Element:
        """Where the member of this name that counts has its value; an empty place where there is none."""
        found = ((start, end) for member, start, end in reversed(self._members) if member == name)
        return next(found, (self._closed, self._closed))

    def items(self) -> Iterator[tuple[str, str, str]]:
        """Kind, key and text of each deck and folder."""
        for kind, group in self._groups.items():
            for key, number in group.numbers.items():
                yield kind, key, self._text[slice(*group.spans[number])]

    def put(self, kind: str, key: str, text: str) -> None:
        """Add a deck or folder at the end, or replace the one of this key in its place."""
        group = self._groups[kind]
        number = group.numbers.get(key)
        if number is None:
            group.added[key] = text
        elif not _says(self._text[slice(*group.spans[number])], text):
            group.replaced[number] = text

    def data(self) -> bytes:
        """The document as it is now: the same bytes where nothing was changed."""
        changes: list[Change] = []
        missing: list[str] = []
        for kind, group in self._groups.items():
            array = f"[{','.join(group.added.values())}]"
            if group.closed >= 0:
                changes += changed_array(group.spans, group.closed, group.replaced, list(group.added.values()))
            elif group.added and group.start == self._closed:
                missing.append(f'"{_KINDS[kind]}":{array}')
            elif group.added:
                changes.append((group.start, group.end, array))
        if missing:
            changes.append((self._closed, self._closed, ("," if self._members else "") + ",".join(missing)))
        return patched(self._text, changes).encode("utf-8", "surrogateescape")


class _Group:
    """An array of the document, and what is put into it. `closed` is -1 where there is none, or null."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.added: dict[str, str] = {}
        self.replaced: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self.spans: list[Element] = []
        self.closed = -1
        if text[start:end] in ("", "null"):
            return
        self.spans, self.closed = element_spans(text, start)
        keys = Keys()
        for number, (first, last) in enumerate(self.spans):
            key, _ = keys.take(_id_of(text[first:last]), str(number))
            self.numbers[key] = number


def _id_of(text: str) -> str | None:
    value = parse(mend(text), _DEPTH).value
    return OuterView(value, "", Problems("")).only_text("id") if isinstance(value, Members) else None


def _says(old: str, new: str) -> bool:
    """Whether two texts say the same, but for blanks and escapes."""
    return old == new or dump(parse(mend(old), _DEPTH).value) == dump(parse(new, _DEPTH).value)
