"""Where two notes differ: the facts by name, the blocks by their paths, each with both sides, shortened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import msgspec

from converter.model.blocks import Block, Blocks, kind_of
from converter.model.moment import Moment
from converter.model.runs import FLAG_NAMES, Link, Reference, Run, plain_text
from converter.patterns import pattern
from converter.pipeline.diff.facts import Sayings, Times, same_time

__all__ = ["Place", "both", "fact_places", "first_path", "places_of", "short", "time_places", "told"]

_LONGEST = 60
_BEFORE = 20
_MOST = 4
_LARGEST = 4_000_000
"""Lines times lines that are aligned; beyond, they are compared one by one."""
_RUN = pattern("Run$")
_encode = msgspec.msgpack.Encoder().encode


class Place(msgspec.Struct, frozen=True):
    """One difference: the fact or the block's path, and what either side says. `pointer` is the path of a block."""

    what: str
    a: str
    b: str
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.a} / {self.b}" if self.a or self.b else self.what


def told(places: Sequence[Place]) -> str:
    """A few of the places, and how many there are besides."""
    text = "; ".join(map(str, places[:_MOST]))
    rest = len(places) - _MOST
    return text if rest <= 0 else f"{text}; {rest:,} more"


def short(value: object, start: int = 0) -> str:
    """A value for people; of a long text what stands near `start`."""
    match value:
        case None | "" | () | []:
            return "nothing"
        case str():
            return f"“{_cut(value, start)}”"
        case bool():
            return "yes" if value else "no"
        case Moment():
            return value.iso()
        case Reference(target=target, place=inside):
            return short(target + inside, start)
        case Link(target=target):
            return short(target, start)
        case Run():
            return f"{_RUN.sub('', type(value).__name__).lower()} {short(plain_text((value,)), start)}"
        case list() | tuple():
            return _cut(", ".join(str(one) for one in value), start)
        case _:
            return _cut(str(value), start)


def _cut(text: str, start: int) -> str:
    if len(text) <= _LONGEST:
        return text
    first = 0 if start < _LONGEST - _BEFORE else start - _BEFORE
    part = text[first : first + _LONGEST - 2]
    return ("…" if first else "") + part + ("…" if first + len(part) < len(text) else "")


def _parting(a: str, b: str) -> int:
    """Where two texts part."""
    least = min(len(a), len(b))
    return next((number for number in range(least) if a[number] != b[number]), least)


def both(a: Any, b: Any) -> tuple[str, str]:
    """Two values for people, each near the place where they part."""
    start = _parting(a, b) if isinstance(a, str) and isinstance(b, str) else 0
    return short(a, start), short(b, start)


def places_of(a: Sayings, b: Sayings) -> list[Place]:
    """All places in which two notes differ."""
    return [*fact_places(a.facts, b.facts), *_blocks(a.blocks, b.blocks)]


def fact_places(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Place]:
    """The facts in which two items differ."""
    names = dict.fromkeys((*a, *b))
    return [Place(name, *both(a.get(name), b.get(name))) for name in names if a.get(name) != b.get(name)]


def time_places(a: Times, b: Times) -> list[Place]:
    """Times that are not the same."""
    pairs = zip(("created", "updated"), a, b, strict=True)
    return [Place(name, short(left), short(right)) for name, left, right in pairs if not same_time(left, right)]


class _Line(msgspec.Struct, frozen=True, eq=False):
    """A block in reading order, without what stands below it."""

    path: str
    block: Block
    data: bytes


def _lines(blocks: Blocks) -> list[_Line]:
    made: list[_Line] = []
    stack = [(0, f"/blocks/{number}", block) for number, block in enumerate(blocks)][::-1]
    while stack:
        depth, path, block = stack.pop()
        alone = msgspec.structs.replace(block, children=())
        made.append(_Line(path, alone, _encode((depth, alone))))
        below = [(depth + 1, f"{path}/{number}", child) for number, child in enumerate(block.children)]
        stack += below[::-1]
    return made


def _blocks(a: Blocks, b: Blocks) -> Iterator[Place]:
    left, right = _lines(a), _lines(b)
    start = 0
    while start < min(len(left), len(right)) and left[start].data == right[start].data:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end].data == right[-1 - end].data:
        end += 1
    left, right = left[start : len(left) - end], right[start : len(right) - end]
    if len(left) * len(right) > _LARGEST:
        yield from _runs_apart(left, right)
        return
    matcher = SequenceMatcher(None, [one.data for one in left], [one.data for one in right], autojunk=False)
    for tag, i, j, k, n in matcher.get_opcodes():
        if tag != "equal":
            yield from _runs_apart(left[i:j], right[k:n])


def _runs_apart(left: Sequence[_Line], right: Sequence[_Line]) -> Iterator[Place]:
    """Stretches that differ, line by line."""
    for number in range(max(len(left), len(right))):
        a = left[number] if number < len(left) else None
        b = right[number] if number < len(right) else None
        if a is not None and b is not None:
            if a.data != b.data:
                yield Place(a.path, *_apart(a.block, b.block), a.path)
        elif a is not None:
            yield Place(a.path, _shown(a.block), "nothing", a.path)
        elif b is not None:
            yield Place(f"{b.path} of B", "nothing", _shown(b.block), b.path)


def _apart(a: Block, b: Block) -> tuple[str, str]:
    """Two blocks that stand for each other: by their texts, else by the first member in which they part."""
    start = _parting(_text(a), _text(b))
    shown = _shown(a, start), _shown(b, start)
    if shown[0] != shown[1]:
        return shown
    path, left, right = first_path(a, b)
    if not path:
        return f"{shown[0]} at its depth", "at another"
    one, other = both(left, right)
    return f"{shown[0]} with {path} {one}", other


def _text(block: Block) -> str:
    return plain_text(block.runs) or str(
        getattr(block, "source", "") or getattr(block, "tex", "") or getattr(block, "target", "")
    )


def _shown(block: Block, start: int = 0) -> str:
    text = _text(block)
    return f"{kind_of(block)} {short(text, start)}" if text else kind_of(block)


def first_path(a: object, b: object, path: str = "") -> tuple[str, object, object]:
    """Where two values of the model part: the path to it, and both values there."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        for number, (left, right) in enumerate(zip_longest(a, b)):
            if left != right:
                return first_path(left, right, f"{path}[{number}]")
    if type(a) is type(b) and isinstance(a, msgspec.Struct):
        for name in a.__struct_fields__:
            left, right = getattr(a, name), getattr(b, name)
            if left != right:
                inner = f"{path}.{name}".lstrip(".")
                return first_path(left, right, inner) if name != "flags" else (inner, _marks(left), _marks(right))
    return path, a, b


def _marks(flags: int) -> list[str]:
    return [name for flag, name in FLAG_NAMES.items() if flags & flag]
