"""A JSON object of a damaged or old note, looked at the way the application looks, and more patiently.

Names are found by their exact spelling, else ignoring case. What the application would refuse takes a default
or its text form, and is reported (docs/formats/mnemo.md, "What reading tolerates").
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from converter.findings.problems import Problems
from converter.formats.mnemo.dialect import Dialect
from converter.patterns import pattern
from converter.text.json_text import JsonValue, Members, Number, dump, is_text

__all__ = ["OuterView", "StoredView", "View", "int32", "text_form"]


_INTEGER: Final = pattern(r"[+-]?[0-9]{1,40}")
_QUOTED_NUMBER: Final = pattern(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,9})?")


def text_form(value: JsonValue) -> str:
    """Any value as a text, as the application converts values that should be texts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(value) if isinstance(value, str) else dump(value)


class View:
    """One object at `pointer`, with the problems of its item."""

    __slots__ = ("members", "pointer", "problems")

    def __init__(self, members: Members, pointer: str, problems: Problems) -> None:
        self.members = members
        self.pointer = pointer
        self.problems = problems

    def _search(self, name: str) -> tuple[JsonValue] | None:
        pairs = self.members.pairs
        for found, value in reversed(pairs):
            if found == name:
                return (value,)
        lower = name.lower()
        for found, value in pairs:
            if len(found) == len(name) and found.isascii() and found.lower() == lower:
                return (value,)
        return None

    def find(self, name: str) -> JsonValue:
        """The last member of exactly this name, else the first that differs in case only; else None."""
        found = self._search(name)
        return found[0] if found else None

    def has(self, name: str) -> bool:
        """Whether there is such a member, null or not."""
        return self._search(name) is not None

    def inner(self, name: str) -> View | None:
        """The object under this name; None where there is no object."""
        value = self.find(name)
        return View(value, self.at(name), self.problems) if isinstance(value, Members) else None

    def at(self, name: str) -> str:
        """The JSON pointer of a member."""
        return f"{self.pointer}/{name.replace('~', '~0').replace('/', '~1')}"

    def text(self, name: str, default: str = "") -> str:
        """A string; null and absence give the default, anything else its text form and a finding."""
        value = self.find(name)
        if value is None:
            return default
        if is_text(value):
            return value
        self.repaired(name, value, "a string")
        return text_form(value)

    def only_text(self, name: str) -> str | None:
        """A string; None for anything else, which the application passes over too."""
        value = self.find(name)
        return value if is_text(value) else None

    def flag(self, name: str) -> bool:
        """Whether JSON `true` stands there; nothing else counts."""
        return self.find(name) is True

    def number(self, name: str, default: float = 0.0) -> float:
        """A finite number; absence gives the default, anything else the number in quotes or the default."""
        found = self._search(name)
        return self.number_from(name, found[0], default) if found else default

    def number_from(self, name: str, value: JsonValue, default: float) -> float:
        """The number that this value of a member stands for, reported where it is not a finite number."""
        if isinstance(value, str) and (isinstance(value, Number) or _QUOTED_NUMBER.fullmatch(value)):
            number = float(value)
            if math.isfinite(number):
                if not isinstance(value, Number):
                    self.bad_number(name, value)
                return number
        self.bad_number(name, value)
        return default

    def integer(self, name: str, default: int) -> int:
        """A 32-bit integer; other numbers and absence give the default, anything else a finding too."""
        found = self._search(name)
        if found is None:
            return default
        value = found[0]
        if not isinstance(value, Number):
            self.bad_number(name, value)
            if not isinstance(value, str):
                return default
        return int32(value, default)

    def unknown(self, known: Iterable[str]) -> None:
        """Report members whose names are not among these (in lower case): the application drops them."""
        for name, _ in self.members.pairs:
            if name.lower() not in known or not name.isascii():
                self.problems.add("unknown-member", self.at(name), member=name)

    def repaired(self, name: str, value: JsonValue, expected: str) -> None:
        """Report a value of a kind that the application refuses."""
        self.problems.add("value-repaired", self.at(name), member=name, value=dump(value), expected=expected)

    def bad_number(self, name: str, value: JsonValue) -> None:
        """Report a number that the application refuses."""
        self.problems.add("number-repaired", self.at(name), member=name, value=dump(value))


class OuterView(View):
    """A note, folder or manifest in a package: names in any case, and the last of several counts."""

    __slots__ = ()

    def _search(self, name: str) -> tuple[JsonValue] | None:
        lower = name.lower()
        found = [
            value
            for member, value in self.members.pairs
            if member == name or (len(member) == len(name) and member.isascii() and member.lower() == lower)
        ]
        if len(found) > 1:
            self.problems.add("member-repeated", self.at(name), member=name)
        return (found[-1],) if found else None

    def nullable(self, name: str) -> str | None:
        """A string or null; anything else its text form and a finding."""
        return self.text(name) if self.find(name) is not None else None

    def whole(self, name: str, default: int = 0) -> int:
        """A 32-bit integer, in quotes too; absence gives the default, anything else the default and a finding."""
        found = self._search(name)
        if found is None:
            return default
        value = found[0]
        if isinstance(value, str):
            number = int32(value, _NO_NUMBER)
            if number != _NO_NUMBER:
                return number
        self.bad_number(name, value)
        return default

    def switch(self, name: str) -> bool:
        """A boolean; absence is false, anything else is read for what it says and reported."""
        found = self._search(name)
        if found is None or isinstance(found[0], bool):
            return bool(found and found[0])
        self.repaired(name, found[0], "true or false")
        return isinstance(found[0], str) and found[0].strip().lower() in ("true", "1")


class StoredView(OuterView):
    """A note or folder in the database: names in one spelling, numbers without quotes.

    Asked for by the names of packages. What is spelled otherwise counts here, and the application passes over it.
    """

    __slots__ = ("_told",)

    def __init__(self, members: Members, pointer: str, problems: Problems) -> None:
        super().__init__(members, pointer, problems)
        self._told = False

    def _search(self, name: str) -> tuple[JsonValue] | None:
        own = Dialect.STORAGE.spelled(name)
        exact = [value for member, value in self.members.pairs if member == own]
        if len(exact) > 1:
            self.problems.add("member-repeated", self.at(own), member=own)
        if exact:
            return (exact[-1],)
        found = super()._search(name)
        if found is not None and not self._told:
            self._told = True
            self.problems.add("spelled-as-package", self.at(name), member=name)
        return found

    def whole(self, name: str, default: int = 0) -> int:
        """A 32-bit integer; one in quotes is read and reported."""
        found = self._search(name)
        if found is not None and is_text(found[0]):
            self.bad_number(name, found[0])
            return int32(found[0], default)
        return super().whole(name, default)


_NO_NUMBER: Final = 2**40


def int32(text: str, default: int) -> int:
    """The integer that a text spells, within 32 bits; else the default."""
    if _INTEGER.fullmatch(text) is None:
        return default
    number = int(text)
    return number if -(2**31) <= number < 2**31 else default
