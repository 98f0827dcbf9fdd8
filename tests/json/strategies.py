"""Anything that the model can say, for property tests: made from the annotations of its types alone."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from converter.model import blocks, runs
from converter.model.blocks import AnyBlock, Block
from converter.model.items import Folder, Note
from converter.model.moment import Moment
from converter.model.runs import FLAG_NAMES, AnyRun, Run, Style

TEXT = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["", "\x00", "\n", "\u2028", "\x7f", '"', "\\", "\ufeff", "👩\u200d💻", "kind", "}{"]
)
INTEGERS = st.integers(-(2**63), 2**64 - 1)
TICKS = st.integers(10**12, 3_155_378_975_999_999_999 - 10**12)
MOMENTS = st.builds(Moment, TICKS, st.none() | st.integers(-1439, 1439), st.booleans()) | st.sampled_from(
    [Moment(0), Moment(621_355_968_000_000_000, 0), Moment(621_355_968_000_000_000, None, True)]
)
BOUNDED: dict[tuple[str, str], st.SearchStrategy[int]] = {
    ("Heading", "level"): st.integers(1, 6),
    ("List", "start"): st.integers(0, 999_999_999),
    ("Cell", "colspan"): st.integers(1, 1000),
    ("Cell", "rowspan"): st.integers(1, 65534),
    ("Style", "flags"): st.integers(0, sum(FLAG_NAMES)),
}


def kinds_of(module: Any, base: type) -> list[type[Any]]:
    """The types of a module below a base, by its public names."""
    found = (getattr(module, name) for name in module.__all__)
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, base) and kind is not base]


BLOCK_KINDS = kinds_of(blocks, Block)
RUN_KINDS = kinds_of(runs, Run)


@cache
def instances(kind: type[msgspec.Struct], depth: int) -> st.SearchStrategy[Any]:
    """Anything of this type, with blocks inside blocks up to a depth; members are often as usual."""
    members = {}
    for field in msgspec.structs.fields(kind):
        own = BOUNDED.get((kind.__name__, field.name))
        made = own if own is not None else values(field.type, depth)
        rare = field.default is not msgspec.NODEFAULT and (kind is Style or field.name not in ("runs", "style"))
        members[field.name] = st.just(field.default) | made if rare else made
    return st.builds(kind, **members)


_CLOSED: dict[Any, Any] = {AnyBlock: Block, AnyRun: Run}
"""Closed lists of kinds, by what they all are."""


def values(kind: Any, depth: int) -> st.SearchStrategy[Any]:
    """Anything that fits an annotation."""
    kind = _CLOSED.get(kind, kind)
    if get_origin(kind) in (Union, UnionType):
        (inner,) = (one for one in get_args(kind) if one is not NoneType)
        return st.none() | values(inner, depth)
    if get_origin(kind) is tuple:
        first, second = (_CLOSED.get(one, one) for one in get_args(kind))
        if second is not Ellipsis:
            return st.tuples(values(first, depth), values(second, depth))
        if isinstance(first, type) and issubclass(first, Block) and not depth:
            return st.just(())
        return st.lists(values(first, depth), max_size=2).map(tuple)
    if kind is Moment:
        return MOMENTS
    scalars: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXT,
        int: INTEGERS,
        bool: st.booleans(),
        float: st.floats(allow_nan=False),
    }
    if kind in scalars:
        return scalars[kind]
    if issubclass(kind, Block):
        return st.one_of([instances(one, depth - 1) for one in BLOCK_KINDS])
    if issubclass(kind, Run):
        return st.one_of([instances(one, depth) for one in RUN_KINDS])
    return instances(kind, depth)


def bodies(depth: int = 2) -> st.SearchStrategy[tuple[Block, ...]]:
    return st.lists(st.one_of([instances(kind, depth) for kind in BLOCK_KINDS]), max_size=3).map(tuple)


def notes(depth: int = 2) -> st.SearchStrategy[Note]:
    """Whole notes; the body is drawn apart, so that every kind has its turn."""
    return st.builds(
        lambda note, blocks: msgspec.structs.replace(note, key="n", blocks=blocks), instances(Note, 0), bodies(depth)
    )


FOLDERS = instances(Folder, 0)

__all__ = ["BLOCK_KINDS", "FOLDERS", "RUN_KINDS", "bodies", "instances", "notes"]
