"""JSON texts as .NET's System.Text.Json writes them, and reading that keeps what a plain parser forgets.

Reading keeps number literals, repeated names and the order of members; writing gives the exact text of the
default encoder: no blanks, all but a small set of ASCII escaped (docs/formats/mnemo.md, "JSON text").
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from datetime import UTC
from json.encoder import encode_basestring
from typing import Final, TypeAlias, TypeGuard

from converter.model.moment import Moment, parse_moment
from converter.patterns import pattern

__all__ = [
    "JsonTextError",
    "JsonValue",
    "Members",
    "Number",
    "Parsed",
    "decode",
    "depth",
    "dotnet_date",
    "dump",
    "escaped",
    "is_dotnet_date",
    "is_text",
    "is_whole",
    "mend",
    "number_text",
    "object_text",
    "offset_date",
    "parse",
    "quote",
]


class Number(str):
    """A number as it stands in the text (`1.50`, `1e400`)."""

    __slots__ = ()


class Members:
    """An object: its members in the order of the text, repeated names included."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, JsonValue]]) -> None:
        self.pairs = pairs


JsonValue: TypeAlias = "Members | list[JsonValue] | str | bool | None"
"""What `parse` gives: numbers are `Number`, a kind of `str`."""


def is_text(value: JsonValue) -> TypeGuard[str]:
    """Whether the value is a string, not a number."""
    return isinstance(value, str) and not isinstance(value, Number)


class JsonTextError(ValueError):
    """A text is not JSON; `line` and `column` count from 1, 0 where the whole text is meant."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Parsed:
    """A parsed text: its value, its depth, and how many lone surrogates became U+FFFD."""

    __slots__ = ("depth", "surrogates", "value")

    def __init__(self, value: JsonValue, depth: int, surrogates: int) -> None:
        self.value = value
        self.depth = depth
        self.surrogates = surrogates


_STRINGS = pattern(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


_BRACKETS: Final = pattern(r"[\[\]{}]")


_MAYBE_SURROGATE = pattern(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


_SURROGATE: Final = pattern("[\ud800-\udfff]")
_BLANKS: Final = " \t\r\n"


def _refuse_constant(name: str) -> JsonValue:
    raise JsonTextError(f"{name} is no JSON value")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant
)


def decode(data: bytes) -> tuple[str, int]:
    """Bytes of JSON as text, and how many undecodable places became U+FFFD. A byte-order mark stays."""
    try:
        return data.decode(), 0
    except UnicodeDecodeError:
        text = data.decode(errors="replace")
        return text, text.count("\ufffd") - data.count("\ufffd".encode())


def depth(text: str) -> int:
    """How many levels of objects and arrays lie inside each other."""
    level = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        if bracket in "{[":
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest


def parse(text: str, max_depth: int, *, mends: bool = True) -> Parsed:
    """Parse one JSON value; blanks around it are fine, a byte-order mark is not.

    Lone surrogates, in names too, become U+FFFD; without `mends` they stay. Raises JsonTextError for what else is not
    JSON and for more than `max_depth` levels.
    """
    levels = depth(text)
    if levels > max_depth:
        raise JsonTextError(f"{levels:,} levels of nesting are above the limit json_depth={max_depth:,}")
    try:
        value = _DECODER.decode(text.strip(_BLANKS))
    except json.JSONDecodeError as error:
        start = len(text) - len(text.lstrip(_BLANKS))
        before = text[: start + error.pos]
        column = len(before) - before.rfind("\n")
        raise JsonTextError(error.msg, before.count("\n") + 1, column) from None
    except RecursionError:
        raise JsonTextError(f"{levels:,} levels of nesting are more than this Python can read") from None
    surrogates = _mend_all(value) if mends and _MAYBE_SURROGATE.search(text) else 0
    if surrogates and is_text(value):
        value = mend(value)
    return Parsed(value, levels, surrogates)


def is_whole(text: str) -> bool:
    """Whether a text is free of lone surrogates."""
    return text.isascii() or _SURROGATE.search(text) is None


def mend(text: str) -> str:
    """The text with U+FFFD for each lone surrogate."""
    return _SURROGATE.sub("\ufffd", text)


def _mend_all(value: JsonValue) -> int:
    """Mend every string below `value` in place; how many surrogates there were, in `value` itself too."""
    count = len(_SURROGATE.findall(value)) if isinstance(value, str) else 0
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, Members):
            count += sum(len(_SURROGATE.findall(name)) + _lone(inner) for name, inner in node.pairs)
            node.pairs = [(mend(name), _mended(inner)) for name, inner in node.pairs]
            stack += [inner for _, inner in node.pairs]
        elif isinstance(node, list):
            count += sum(map(_lone, node))
            node[:] = map(_mended, node)
            stack += node
    return count


def _lone(value: JsonValue) -> int:
    return len(_SURROGATE.findall(value)) if isinstance(value, str) else 0


def _mended(value: JsonValue) -> JsonValue:
    return mend(value) if is_text(value) else value


class _Escapes(dict[int, "str | int"]):
    """What each character becomes, worked out at its first use."""

    def __missing__(self, code: int) -> str | int:
        self[code] = text = _escape(code)
        return text


_SHORT: Final = {8: r"\b", 9: r"\t", 10: r"\n", 12: r"\f", 13: r"\r", 0x5C: r"\\"}
_UNSAFE_ASCII: Final = frozenset(map(ord, "\"&'+<>`\x7f"))


def _escape(code: int) -> str | int:
    if code in _SHORT:
        return _SHORT[code]
    if 0x20 <= code < 0x80 and code not in _UNSAFE_ASCII:
        return code
    if 0xD800 <= code < 0xE000:
        return r"\uFFFD"
    if code < 0x10000:
        return f"\\u{code:04X}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04X}\\u{0xDC00 + (code & 0x3FF):04X}"


_ESCAPES: Final = _Escapes()
_SAFE: Final = pattern(r"[ !#$%(-*,-;=?-\[\]-_a-~]*")


_FEW: Final = 128
"""Characters of a text that is gone through one by one sooner than by the codec."""
_ESCAPING: Final = "mnemo-converter.escaped"
"""How a codec is told to escape what is beyond ASCII."""
_ASCII_ESCAPES: Final = tuple((chr(code), str(_escape(code))) for code in sorted(_UNSAFE_ASCII) if chr(code) != '"')


def quote(text: str) -> str:
    """A string as JSON text, quotation marks included."""
    if _SAFE.fullmatch(text):
        return f'"{text}"'
    if len(text) > _FEW or text.isascii():
        # the standard encoder is quick and says all but a few ASCII characters the same way
        made = encode_basestring(text)[1:-1]
        if r"\u" not in made:
            made = escaped(made.replace(r"\"", r"\u0022"))
            return f'"{made}"'
    return f'"{text.translate(_ESCAPES)}"'


def escaped(text: str) -> str:
    """JSON in which all else is escaped that the application escapes: the inside of a string, or more than that.

    Quotation marks, backslashes and controls stay as they are, so they have their escapes already. What is escaped
    here must not stand outside of strings.
    """
    for character, escape in _ASCII_ESCAPES:
        text = text.replace(character, escape)
    # the codec finds what is beyond ASCII far sooner than a pattern does
    return text if text.isascii() else text.encode("ascii", _ESCAPING).decode("ascii")


def _escaped_stretch(error: UnicodeError) -> tuple[str, int]:
    """What the codec is to write for a stretch that is beyond ASCII, and where it is to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].translate(_ESCAPES), error.end


codecs.register_error(_ESCAPING, _escaped_stretch)


def number_text(value: float) -> str:
    """A finite double as .NET writes it: `300`, `0.5`, `1E-05`, `1E+17`, `-0`."""
    text = repr(float(value))
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text.removesuffix(".0")
    sign, digits = mantissa.startswith("-"), mantissa.lstrip("-").replace(".", "")
    power = int(exponent)
    if 0 < power < 17:
        return "-" * sign + digits.ljust(power + 1, "0")
    return f"{mantissa}E{'-' if power < 0 else '+'}{abs(power):02d}"


def dump(value: JsonValue) -> str:
    """A parsed value as compact text; number literals as they stood."""
    parts: list[str] = []
    stack: list[JsonValue | _Raw] = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, (_Raw, Number)):
            parts.append(str(node))
        elif isinstance(node, str):
            parts.append(quote(node))
        elif isinstance(node, Members):
            parts.append("{")
            stack.extend(_reversed_members(node))
        elif isinstance(node, list):
            parts.append("[")
            stack.extend(_reversed_elements(node))
        else:
            parts.append("null" if node is None else "true" if node else "false")
    return "".join(parts)


class _Raw(str):
    """Text that stands in the output as it is."""

    __slots__ = ()


def _reversed_members(members: Members) -> list[JsonValue | _Raw]:
    nodes: list[JsonValue | _Raw] = [_Raw("}")]
    for index in range(len(members.pairs) - 1, -1, -1):
        name, value = members.pairs[index]
        nodes += [value, _Raw(("," if index else "") + quote(name) + ":")]
    return nodes


def _reversed_elements(elements: list[JsonValue]) -> list[JsonValue | _Raw]:
    nodes: list[JsonValue | _Raw] = [_Raw("]")]
    for index in range(len(elements) - 1, -1, -1):
        nodes.append(elements[index])
        if index:
            nodes.append(_Raw(","))
    return nodes


def object_text(pairs: Iterable[tuple[str, str]]) -> str:
    """An object from names and the JSON texts of their values."""
    return "{" + ",".join([f"{quote(name)}:{text}" for name, text in pairs]) + "}"


_DATE = pattern(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,16}|\.(?=[Z+-]))?)?(?:Z|[+-](?P<hours>\d{2})(?::(?P<minutes>\d{2}))?)?)?",
    re.ASCII,
)


def is_dotnet_date(text: str) -> bool:
    """Whether .NET's JSON reader takes this text for a date; everything else is only understood by us."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    minutes = int(match["minutes"] or 0)
    distance = int(match["hours"] or 0) * 60 + minutes
    return distance <= 14 * 60 and minutes < 60 and parse_moment(text, UTC) is not None


def dotnet_date(moment: Moment) -> str:
    """A DateTime: seven digits of a second at most, `Z` for UTC, else the distance."""
    return moment.iso() if not moment.day else moment.iso() + "T00:00:00Z"


def offset_date(moment: Moment) -> str:
    """A DateTimeOffset: like a DateTime, but UTC is `+00:00`."""
    text = dotnet_date(moment)
    return text[:-1] + "+00:00" if text.endswith("Z") else text
