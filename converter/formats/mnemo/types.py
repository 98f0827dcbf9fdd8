"""Names and numbers of block types, old and new (docs/formats/mnemo.md, "Block types")."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Final

import msgspec

from converter.patterns import pattern

__all__ = ["DOTNET_BLANKS", "OLD_TYPES", "TYPES", "BlockType", "named_type", "numbered_type", "old_type"]

TYPES: Final = (
    "Text",
    "Heading1",
    "Heading2",
    "Heading3",
    "Heading4",
    "BulletList",
    "NumberedList",
    "Checklist",
    "Quote",
    "Code",
    "Divider",
    "Image",
    "ColumnGroup",
    "TwoColumn",
    "Equation",
    "Page",
    "Sketch",
    "Callout",
    "Table",
    "TableRow",
    "TableCell",
)
"""All types by number; those from 17 on are of application 0.8."""

OLD_TYPES: Final = (*TYPES[:4], *TYPES[5:15])
"""The numbering before 1 May 2026, which had no Heading4: the only one that was ever written as numbers."""

_SIX: Final = 17
_BY_NAME: Final = {name.lower(): number for number, name in enumerate(TYPES)}
_INTEGER: Final = pattern(r"[+-]?[0-9]+")
_NAME: Final = pattern(r"[A-Z][A-Za-z0-9]*")

DOTNET_BLANKS: Final = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What .NET takes for a blank; Python's own idea differs."""


class BlockType(msgspec.Struct, frozen=True):
    """A type as read: its name, what has to be kept of an undefined one, and whether it is unknown."""

    name: str
    kept: str = ""
    unknown: bool = False


_UNKNOWN: Final = BlockType("Text", "", unknown=True)


def named_type(text: str) -> BlockType:
    """Read a type given as a string: a name in any case, an integer, or names joined by commas (bits or-ed).

    An undefined integer stays as text, because the application writes it back; so does a name that has the
    form of a type's name, because 0.8 does. Everything else reads as Text.
    """
    text = text.strip(DOTNET_BLANKS)
    number = _number_of(text)
    if number is None:
        return BlockType("Text", text, unknown=True) if _NAME.fullmatch(text) else _UNKNOWN
    if 0 <= number < _SIX or (text.isalpha() and text.isascii()):
        return BlockType(TYPES[number])
    return BlockType("Text", str(number), unknown=True)


def _number_of(text: str) -> int | None:
    if _INTEGER.fullmatch(text):
        number = int(text) if len(text) < 20 else 2**31
        return number if -(2**31) <= number < 2**31 else None
    names = [name.strip(DOTNET_BLANKS) for name in text.split(",")]
    numbers = [_BY_NAME.get(name.lower()) for name in names if name.isascii()]
    known = [number for number in numbers if number is not None]
    return reduce(or_, known) if len(known) == len(names) else None


def numbered_type(literal: str) -> BlockType:
    """A type given as a number in a block of today's shape."""
    if literal.isdigit() and len(literal) < 3 and int(literal) < len(TYPES):
        return BlockType(TYPES[int(literal)])
    return _UNKNOWN


def old_type(literal: str) -> BlockType:
    """A type given as a number in a block of the first months (eras A and B)."""
    if literal.isdigit() and len(literal) < 3 and int(literal) < len(OLD_TYPES):
        return BlockType(OLD_TYPES[int(literal)])
    return _UNKNOWN
