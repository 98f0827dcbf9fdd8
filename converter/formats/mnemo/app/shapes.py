"""Shapes of JSON as the application's reader takes them: each says where a value would stop it.

A shape is a function of a value, its JSON pointer and the spelling (docs/formats/mnemo.md, "Strictness").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.view import int32
from converter.patterns import pattern
from converter.text.json_text import JsonValue, Members, Number, dump, is_dotnet_date, is_text, is_whole

__all__ = [
    "READ",
    "USE",
    "WRITE",
    "Flaw",
    "Shape",
    "anything",
    "at",
    "choice",
    "date",
    "flag",
    "listed",
    "long",
    "mapped",
    "number",
    "optional",
    "present",
    "record",
    "sound_names",
    "sound_text",
    "text",
    "whole",
]

_INTEGER: Final = pattern(r"-?[0-9]{1,40}")
_QUOTED_NUMBER: Final = pattern(r"\+?-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|NaN|-?Infinity")
_NOT_INT32: Final = 2**40
_LONG: Final = 2**63
_SHOWN: Final = 60


READ: Final = "read"
USE: Final = "use"
WRITE: Final = "write"


class Flaw(msgspec.Struct, frozen=True, gc=False):
    """What stops the application at a JSON pointer, and when.

    `READ`: it cannot read the value; `USE`: it reads it, and stops when it takes the object into its library; `WRITE`:
    it cannot save it.
    """

    pointer: str
    what: str
    stage: str = READ


Shape: TypeAlias = Callable[[JsonValue, str, Dialect], Iterator[Flaw]]


def at(pointer: str, name: str | int) -> str:
    """The pointer of a member or an element."""
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"


def _wrong(value: JsonValue, pointer: str, expected: str) -> Flaw:
    shown = dump(value)
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return Flaw(pointer, f"{_named(pointer)} is {shown}, not {expected}")


def _named(pointer: str) -> str:
    name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return f"element {name}" if name.isdecimal() else name or "the text"


def anything(_value: JsonValue, _pointer: str, _dialect: Dialect) -> Iterator[Flaw]:
    """Any value."""
    return iter(())


def sound_text(value: str, pointer: str) -> Iterator[Flaw]:
    """A text that is one: no half of a pair of surrogates, no bytes that are not UTF-8."""
    if not is_whole(value):
        yield Flaw(pointer, "the text holds half a character (a lone surrogate, or bytes that are not UTF-8)")


def sound_names(members: Members, pointer: str) -> Iterator[Flaw]:
    """Names that are texts."""
    for name, _ in members.pairs:
        if not is_whole(name):
            yield Flaw(pointer, "the name of a member holds half a character (a lone surrogate)")


def text(value: JsonValue, pointer: str, _dialect: Dialect) -> Iterator[Flaw]:
    """A text, or null."""
    if is_text(value):
        yield from sound_text(value, pointer)
    elif value is not None:
        yield _wrong(value, pointer, "a text")


def flag(value: JsonValue, pointer: str, _dialect: Dialect) -> Iterator[Flaw]:
    """`true` or `false`."""
    if not isinstance(value, bool):
        yield _wrong(value, pointer, "true or false")


def whole(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
    """An integer of 32 bits; packages may quote it."""
    quoted = is_text(value) and dialect is Dialect.PACKAGE
    plain = isinstance(value, Number) and _INTEGER.fullmatch(value)
    if not (quoted or plain) or int32(str(value), _NOT_INT32) == _NOT_INT32:
        yield _wrong(value, pointer, "a whole number of 32 bits")


def long(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
    """An integer of 64 bits, likewise."""
    bare = str(value).removeprefix("+") if is_text(value) and dialect is Dialect.PACKAGE else value
    if not (isinstance(bare, str) and _INTEGER.fullmatch(bare) and -_LONG <= int(bare) < _LONG):
        yield _wrong(value, pointer, "a whole number")


def choice(value: JsonValue, pointer: str, _dialect: Dialect) -> Iterator[Flaw]:
    """One of a numbered set: an integer, never in quotes; numbers outside of the set are taken."""
    if not (isinstance(value, Number) and _INTEGER.fullmatch(value) and int32(value, _NOT_INT32) != _NOT_INT32):
        yield _wrong(value, pointer, "a whole number without quotes")


def number(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
    """A number; packages may quote it. What is beyond the range of doubles is read, and cannot be written."""
    quoted = is_text(value) and dialect is Dialect.PACKAGE and _QUOTED_NUMBER.fullmatch(value)
    if not isinstance(value, Number) and not quoted:
        yield _wrong(value, pointer, "a number")
    elif not math.isfinite(float(str(value))):
        shown = dump(value)[:_SHOWN]
        yield Flaw(pointer, f"the number {shown} can be read, and never be saved again", WRITE)


def date(value: JsonValue, pointer: str, _dialect: Dialect) -> Iterator[Flaw]:
    """A date as .NET spells it."""
    if not (is_text(value) and is_dotnet_date(value)):
        yield _wrong(value, pointer, "a date such as 2026-05-18T10:00:00Z")


def optional(shape: Shape) -> Shape:
    """The shape, or null."""

    def check(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
        if value is not None:
            yield from shape(value, pointer, dialect)

    return check


def present(shape: Shape) -> Shape:
    """The shape, where null stops the application later on."""

    def check(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
        if value is None:
            yield Flaw(pointer, f"{_named(pointer)} is null, without which it stops", USE)
        yield from shape(value, pointer, dialect)

    return check


def listed(shape: Shape) -> Shape:
    """An array of the shape, or null."""

    def check(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
        if isinstance(value, list):
            for index, element in enumerate(value):
                yield from shape(element, at(pointer, index), dialect)
        elif value is not None:
            yield _wrong(value, pointer, "an array")

    return check


def mapped(shape: Shape) -> Shape:
    """An object whose members all have the shape, or null."""

    def check(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
        if isinstance(value, Members):
            yield from sound_names(value, pointer)
            for name, member in value.pairs:
                yield from shape(member, at(pointer, name), dialect)
        elif value is not None:
            yield _wrong(value, pointer, "an object")

    return check


def record(members: Mapping[str, Shape], *required: str) -> Shape:
    """An object with these members, spelled as packages do, or null; unknown members do no harm.

    A member that comes twice must have its shape each time. `required` members must be there.
    """
    by_dialect = {
        Dialect.PACKAGE: {name.lower(): (name, shape) for name, shape in members.items()},
        Dialect.STORAGE: {Dialect.STORAGE.spelled(name): (name, shape) for name, shape in members.items()},
    }

    def check(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
        if not isinstance(value, Members):
            if value is not None:
                yield _wrong(value, pointer, "an object")
            return
        yield from sound_names(value, pointer)
        known = by_dialect[dialect]
        met = set()
        for spelled, member in value.pairs:
            found = known.get(spelled.lower() if dialect is Dialect.PACKAGE and spelled.isascii() else spelled)
            if found is not None:
                met.add(found[0])
                yield from found[1](member, at(pointer, spelled), dialect)
        for name in required:
            if name not in met:
                yield Flaw(pointer, f"{dialect.spelled(name)} is missing", USE)

    return check
