"""Changes to the payloads of a package that are one JSON text: maps and settings. Other bytes of the text stay."""

from __future__ import annotations

from abc import ABC, abstractmethod

from converter.errors import TargetError
from converter.formats.mnemo.rows import Keys, sniff
from converter.storage.limits import DEFAULT_LIMITS
from converter.text.json_places import Change, patched
from converter.text.json_spans import changed_array, element_spans, member_spans
from converter.text.json_text import JsonTextError, dump, parse, quote

__all__ = ["MapList", "MergedDocument", "Settings"]

_DEPTH = DEFAULT_LIMITS.json_depth
_BOM = "\ufeff"


class _Text:
    """A JSON text: the bytes before it, and itself; `null` stands for an empty one."""

    def __init__(self, data: bytes, what: str, empty: str) -> None:
        text = data.decode("utf-8", "surrogateescape")
        self.mark = _BOM if text.startswith(_BOM) else ""
        self.text = text.removeprefix(_BOM)
        if self.text.strip() == "null":
            self.text = empty
        self._what = what

    def refusal(self, why: str) -> TargetError:
        """Say that nothing can be put into this text."""
        return TargetError(f"Nothing can be added to {self._what}: {why}.", hint="Export the package again.")

    def only(self, closed: int) -> None:
        """Check that nothing stands behind the value, which is closed at this place."""
        if self.text[closed + 1 :].strip(" \t\r\n"):
            raise self.refusal("text follows its value")

    def data(self, changes: list[Change]) -> bytes:
        """The bytes with these changes."""
        return (self.mark + patched(self.text, changes)).encode("utf-8", "surrogateescape")


class MergedDocument(ABC):
    """A document that items are put into."""

    def __init__(self, text: _Text, spans: dict[str, tuple[int, int]], closed: int) -> None:
        """`spans` are the places of the values that it holds, by their keys; `closed` is where it ends."""
        text.only(closed)
        self._text = text
        self._spans = spans
        self._closed = closed
        self._replaced: dict[str, str] = {}
        self._added: dict[str, str] = {}

    @property
    def changed(self) -> bool:
        """Whether anything in it is other than it was."""
        return bool(self._replaced or self._added)

    @property
    def items(self) -> int:
        """How many items it holds."""
        return len(self._spans) + len(self._added)

    def put(self, key: str, text: str) -> None:
        """Add an item, or replace the one that has this key."""
        if key not in self._spans:
            self._added[key] = text
        elif not _says(self._text.text[slice(*self._spans[key])], text):
            self._replaced[key] = text

    @abstractmethod
    def data(self) -> bytes:
        """The document as it is now."""


class MapList(MergedDocument):
    """`data.json`: an array of maps."""

    def __init__(self, data: bytes, what: str) -> None:
        """Parse it; raises TargetError where it is no array."""
        text = _Text(data, what, "[]")
        try:
            spans, closed = element_spans(text.text)
        except ValueError:
            raise text.refusal("it is no JSON array") from None
        keys = Keys()
        named: dict[str, tuple[int, int]] = {}
        for number, (start, end) in enumerate(spans):
            found = sniff(text.text[start:end].encode("utf-8", "replace"), "id", _DEPTH)
            named[keys.take(found.id, str(number))[0]] = (start, end)
        super().__init__(text, named, closed)

    def data(self) -> bytes:
        """The document as it is now."""
        spans = list(self._spans.values())
        replaced = {number: self._replaced[key] for number, key in enumerate(self._spans) if key in self._replaced}
        return self._text.data(changed_array(spans, self._closed, replaced, list(self._added.values())))


class Settings(MergedDocument):
    """`settings.json`: an object of settings."""

    def __init__(self, data: bytes, what: str) -> None:
        """Parse it; raises TargetError where it is no object."""
        text = _Text(data, what, "{}")
        try:
            spans, closed = member_spans(text.text)
        except ValueError:
            raise text.refusal("it is no JSON object") from None
        super().__init__(text, {name: (start, end) for name, start, end in spans}, closed)

    def data(self) -> bytes:
        """The document as it is now."""
        changes: list[Change] = [(*self._spans[key], text) for key, text in self._replaced.items()]
        added = ",".join(f"{quote(key)}:{text}" for key, text in self._added.items())
        if added:
            changes.append((self._closed, self._closed, ("," if self._spans else "") + added))
        return self._text.data(changes)


def _says(old: str, new: str) -> bool:
    """Whether two JSON texts say the same, but for blanks and escapes."""
    try:
        return old == new or dump(parse(old, _DEPTH).value) == dump(parse(new, _DEPTH).value)
    except JsonTextError:
        return False
