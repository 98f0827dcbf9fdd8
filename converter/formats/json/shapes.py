"""The model's types as tables: what encoding, decoding and the schema all work from."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from converter.model import blocks, runs
from converter.model.blocks import Block
from converter.model.moment import Moment
from converter.model.runs import FLAG_NAMES, Run, Style

__all__ = ["BLOCKS", "BOUNDS", "FLAGS", "RUNS", "Member", "Shape", "members_of", "shape_of", "style_members"]

SCALARS = (str, int, float, bool)

BLOCKS: dict[str, type[Block]] = {
    str(kind.__struct_config__.tag): kind
    for kind in vars(blocks).values()
    if isinstance(kind, type) and issubclass(kind, Block) and kind is not Block
}
"""Blocks by the kinds that a file names."""

RUNS: dict[str, type[Run]] = {
    kind.__name__.removesuffix("Run").lower(): kind
    for kind in vars(runs).values()
    if isinstance(kind, type) and issubclass(kind, Run) and kind is not Run
}
"""Runs by the kinds that a file names."""

FLAGS: dict[str, int] = {name: flag for flag, name in FLAG_NAMES.items()}
"""Marks that are there or not, by the members that a file has for them."""

BOUNDS: dict[tuple[str, str], tuple[int, int]] = {
    ("Heading", "level"): (1, 6),
    ("List", "start"): (0, 999_999_999),
    ("Cell", "colspan"): (1, 1_000),
    ("Cell", "rowspan"): (1, 65_534),
}
"""Numbers that mean nothing beyond these, by type and member; the last are those of HTML."""


class Shape(msgspec.Struct, frozen=True):
    """One type: `form` is `str`, `int`, `float`, `bool`, `pair`, `moment`, `list`, `struct`, `block` or `run`.

    `inner` is what a list holds, `struct` the type of a struct.
    """

    form: str
    inner: Shape | None = None
    struct: type[msgspec.Struct] | None = None


class Member(msgspec.Struct, frozen=True):
    """One member of a struct; `default` is `NODEFAULT` where it must be there."""

    name: str
    shape: Shape
    default: Any

    @property
    def required(self) -> bool:
        """Whether it must be there."""
        return self.default is msgspec.NODEFAULT


def shape_of(kind: Any) -> Shape:
    """The shape of an annotation of the model: of blocks, as of runs, one stands for all."""
    if get_origin(kind) in (Union, UnionType):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is tuple:
        first, second = get_args(kind)
        return Shape("pair") if second is str else Shape("list", shape_of(first))
    if kind in SCALARS:
        return Shape(kind.__name__)
    if kind is Moment:
        return Shape("moment")
    if issubclass(kind, Block):
        return Shape("block")
    return Shape("run") if issubclass(kind, Run) else Shape("struct", struct=kind)


@cache
def members_of(kind: type[msgspec.Struct]) -> tuple[Member, ...]:
    """The members of a struct as a file has them; the style of a run is none: its marks are the run's own."""
    fields = (field for field in msgspec.structs.fields(kind) if field.type is not Style)
    order = sorted(fields, key=lambda field: _LAST.get(field.name, 0))
    return tuple(Member(field.name, shape_of(field.type), field.default) for field in order)


_LAST = {"attrs": 1, "runs": 2, "rows": 3, "children": 4, "blocks": 5}
"""Members that hold others come behind those that say something short."""


def style_members() -> tuple[Member, ...]:
    """The marks of a run that have a value."""
    return tuple(member for member in members_of(Style) if member.name != "flags")
