"""JSON text with the place of each of its strings, to change some of them and touch no other byte.

`edited` is the way in: it parses, lets a function gather changes on a `Patch`, and gives the bytes back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from converter.patterns import pattern
from converter.text.json_text import mend

__all__ = ["Change", "Entries", "Patch", "Place", "Spot", "decoded", "edited", "patched", "places", "strings"]

Change: TypeAlias = tuple[int, int, str]
"""What stands from the first place up to the second gives way to the text."""

_BLANKS: Final = pattern(r"[ \t\r\n]*")
_STRING: Final = r'"((?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+)"[ \t\r\n]*'
_MEMBER: Final = r'"([^"\\\x00-\x1f]*+)"[ \t\r\n]*:[ \t\r\n]*(true|false|null)[ \t\r\n]*'
_FLAT: Final = r"\{[ \t\r\n]*(?:" + _MEMBER.replace("(", "(?:") + r"(?:,[ \t\r\n]*(?=\")|(?=\})))*+\}"
"""An object in which nothing has a place: what a text looks like is said by many of them."""
_MEMBERS: Final = pattern(_MEMBER)
_STEP: Final = pattern(
    rf"(?:{_STRING}:[ \t\r\n]*)?(?:{_STRING}|({_FLAT})[ \t\r\n]*|([{{\[])[ \t\r\n]*"
    r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)[ \t\r\n]*)"
    r"((?:[}\]][ \t\r\n]*)*)(?:(,)[ \t\r\n]*)?"
)
"""A value or its beginning, with the name before it, what it closes, and the comma behind."""
_UNIT: Final = pattern(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u.{4}|\\.|.", re.DOTALL)
_BOM: Final = "\ufeff"


class Spot:
    """A string of a JSON text: what stands between its quotation marks, and where that begins.

    A number is `bare`: a string without quotation marks, as patient readers take it.
    """

    __slots__ = ("_text", "bare", "raw", "start")

    def __init__(self, raw: str, start: int, *, bare: bool = False) -> None:
        self.raw = raw
        self.start = start
        self.bare = bare
        self._text: str | None = None

    @property
    def text(self) -> str:
        """What the string says; half a surrogate pair is U+FFFD."""
        if self._text is None:
            raw = self.raw
            self._text = mend(json.loads(f'"{raw}"')) if "\\" in raw else raw if raw.isascii() else mend(raw)
        return self._text

    def offsets(self) -> list[int]:
        """Where each character of `text` stands in the JSON text, and at last the end."""
        if "\\" not in self.raw:
            return list(range(self.start, self.start + len(self.raw) + 1))
        return [self.start + unit.start() for unit in _UNIT.finditer(self.raw)] + [self.start + len(self.raw)]


class Entries:
    """An object: its members in the order of the text, repeated names included."""

    __slots__ = ("pairs",)

    def __init__(self) -> None:
        self.pairs: list[tuple[Spot, Place]] = []

    def named(self, *names: str) -> Iterator[Place]:
        """The values of all members of these names, which are given in lower case; case does not count."""
        for name, value in self.pairs:
            if name.text.lower() in names:
                yield value


class _Flat(Entries):
    """An object without strings and numbers, whose members are read when somebody asks for them."""

    __slots__ = ("_start", "_text")

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start

    @property
    def pairs(self) -> list[tuple[Spot, Place]]:  # type: ignore[override]
        """Its members."""
        members = _MEMBERS.finditer(self._text)
        return [(Spot(member[1], self._start + member.start(1)), member[2]) for member in members]

    def named(self, *names: str) -> Iterator[Place]:
        """The values of all members of these names; mostly there are none."""
        text = self._text.lower()
        if any(name in text for name in names):
            yield from super().named(*names)


Place: TypeAlias = "Entries | list[Place] | Spot | str"
"""What `places` gives: true, false and null are their text."""


def places(text: str) -> Place | None:
    """The value of a JSON text with the places of its strings; None where the text is no JSON."""
    blanks = _BLANKS.match(text)
    at = blanks.end() if blanks is not None else 0
    top: list[Place] = []
    above: Entries | list[Place] = top
    stack: list[Entries | list[Place]] = []
    more = True
    for found in iter(_STEP.scanner(text, at).match, None):  # type: ignore[attr-defined]
        name, string, flat, opening, scalar, closing, comma = found.groups()
        if not more or (name is None) is (type(above) is Entries):
            return None
        value: Place
        if string is not None:
            value = Spot(string, found.start(2))
        elif flat is not None:
            value = _Flat(flat, found.start(3))
        elif opening is not None:
            value = Entries() if opening == "{" else []
        else:
            value = scalar if scalar.isalpha() else Spot(scalar, found.start(5), bare=True)
        if isinstance(above, list):
            above.append(value)
        else:
            above.pairs.append((Spot(name, found.start(1)), value))
        if opening is not None and isinstance(value, (Entries, list)):
            stack.append(above)
            above = value
        more = comma is not None
        if closing:
            outer = _closed(closing, above, stack)
            if outer is None:
                return None
            above = outer
        elif opening:
            more = not more
        if comma and not stack:
            return None
        at = found.end()
    return top[0] if at == len(text) and not more and not stack else None


def _closed(
    signs: str, inner: Entries | list[Place], outer: list[Entries | list[Place]]
) -> Entries | list[Place] | None:
    """What is open once these signs closed what they close; None where they close something else."""
    for sign in signs.split():
        for one in sign:
            if not outer or (one == "]") is not (type(inner) is list):
                return None
            inner = outer.pop()
    return inner


def strings(place: Place | None) -> Iterator[tuple[str, str, Spot]]:
    """All strings below a place in no special order, with the names of two members.

    The first is the member around the object that holds the string, the second the string's own, or its array's.
    """
    stack: list[tuple[str, str, Place | None]] = [("", "", place)]
    while stack:
        outer, name, value = stack.pop()
        if isinstance(value, Spot):
            if not value.bare:
                yield outer, name, value
        elif isinstance(value, list):
            stack += [(outer, name, element) for element in value]
        elif type(value) is Entries:
            stack += [(name, member.text, inner) for member, inner in value.pairs]


def patched(text: str, changes: Iterable[Change]) -> str:
    """The text with these changes, which do not overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(changes):
        parts += [text[at:start], new]
        at = end
    return "".join(parts) + text[at:]


class Patch:
    """Changes to strings of a JSON text. `spell` gives a text as it stands between quotation marks."""

    def __init__(self, spell: Callable[[str], str]) -> None:
        self._spell = spell
        self.changes: list[Change] = []

    def put(self, spot: Place | None, new: str) -> None:
        """Let a string say something else, which a number then becomes; what is neither stays."""
        if isinstance(spot, Spot) and new != spot.text:
            text = self._spell(new)
            self.changes.append((spot.start, spot.start + len(spot.raw), f'"{text}"' if spot.bare else text))

    def put_in(self, spot: Spot, changes: Iterable[Change]) -> None:
        """Change parts of a string, given by places in what it says."""
        found = list(changes)
        if found:
            at = spot.offsets()
            self.changes += [(at[start], at[end], self._spell(new)) for start, end, new in found]

    def put_below(self, spot: Place | None, edit: Callable[[Place, Patch], None]) -> None:
        """Change a JSON text that stands in a string; what is none stays."""
        below = places(spot.text) if isinstance(spot, Spot) else None
        if below is not None and isinstance(spot, Spot):
            inner = Patch(self._spell)
            edit(below, inner)
            self.put_in(spot, inner.changes)


def edited(data: bytes, spell: Callable[[str], str], edit: Callable[[Place, Patch], None]) -> bytes:
    """The bytes of a JSON text after `edit` has gathered its changes; the same object where there are none.

    A text that is no JSON has no strings to change and comes back as it is, as do bytes that are no UTF-8.
    """
    text, mark = decoded(data)
    place = places(text)
    if place is None:
        return data
    patch = Patch(spell)
    edit(place, patch)
    if not patch.changes:
        return data
    return (mark + patched(text, patch.changes)).encode("utf-8", "surrogateescape")


def decoded(data: bytes) -> tuple[str, str]:
    """The JSON text that bytes are, and the byte-order mark before it; what is no UTF-8 stands as half surrogates."""
    text = data.decode("utf-8", "surrogateescape")
    bare = text.removeprefix(_BOM)
    return bare, text[: len(text) - len(bare)]
