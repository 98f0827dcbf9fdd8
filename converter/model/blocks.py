"""Blocks: what a note's body is made of.

Every block may carry runs (its own line of text), children, an id, an anchor, times and free attributes,
because every system hangs text or children on kinds where another has none. A reader makes each block a
fresh object: the law tells blocks apart by identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import is_
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from converter.model.moment import Moment
from converter.model.runs import Runs

__all__ = [
    "AnyBlock",
    "Attrs",
    "Block",
    "Blocks",
    "Callout",
    "Cell",
    "Code",
    "Column",
    "Columns",
    "DatabaseView",
    "Definition",
    "DefinitionList",
    "Embed",
    "Footnote",
    "Formula",
    "Heading",
    "Html",
    "Image",
    "List",
    "ListItem",
    "Media",
    "Page",
    "Paragraph",
    "Quote",
    "Raw",
    "Row",
    "Rule",
    "Sketch",
    "Table",
    "TableColumn",
    "blocks_in_cells",
    "count_blocks",
    "has_text",
    "kind_of",
    "same_blocks",
    "walk",
]

Attrs = tuple[tuple[str, str], ...]
"""Free attributes in the source's own terms: (name, value), in the source's order."""


class Block(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True, tag_field="tag"):
    """What every block has."""

    runs: Runs = ()
    children: Blocks = ()
    id: str | None = None
    anchor: str | None = None
    attrs: Attrs = ()
    created: Moment | None = None
    updated: Moment | None = None


class Paragraph(Block, frozen=True, gc=False, array_like=True, tag="paragraph"):
    """Text; without runs an empty line that someone left on purpose."""


class Heading(Block, frozen=True, gc=False, array_like=True, tag="heading"):
    """A heading of level 1 to 6; what stands below it follows as siblings."""

    level: int


class List(Block, frozen=True, gc=False, array_like=True, tag="list"):
    """A list: its children are items.

    `ordered` lists count from `start`; `marker` is the character that the source used (`-`, `*`, `+`, `.`,
    `)`), `""` where it has none; `tight` is whether the source set no blank lines between items.
    """

    ordered: bool = False
    start: int = 1
    marker: str = ""
    tight: bool = True


class ListItem(Block, frozen=True, gc=False, array_like=True, tag="item"):
    """One item; its own line is `runs`, further blocks are children.

    Outside a `List` (Mnemo, where items stand at the top) it says itself whether it is ordered. `checked`
    is None where the item is no task; `mark` is the character of a task that is neither `x` nor blank.
    """

    ordered: bool = False
    checked: bool | None = None
    mark: str = ""


class Quote(Block, frozen=True, gc=False, array_like=True, tag="quote"):
    """A quotation: blocks, or text of its own (Mnemo)."""


class Callout(Block, frozen=True, gc=False, array_like=True, tag="callout"):
    """An admonition: `type` as written (`note`, `WARNING`), title, icon, `fold` (`""`, `-`, `+`) and body."""

    type: str
    title: Runs = ()
    icon: str = ""
    fold: str = ""


class Code(Block, frozen=True, gc=False, array_like=True, tag="code"):
    """Code without its final line break. `language` is the whole info string; `fenced` is False for indented code.

    `runs` are empty unless the text that an editor shows differs from `source` (Mnemo keeps both).
    """

    source: str
    language: str = ""
    caption: str = ""
    fenced: bool = True


class Formula(Block, frozen=True, gc=False, array_like=True, tag="formula"):
    """A display formula in TeX, without delimiters."""

    tex: str


class Cell(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One cell; `children` are blocks that some systems allow in it."""

    runs: Runs = ()
    children: Blocks = ()
    colspan: int = 1
    rowspan: int = 1
    fill: str = ""
    id: str | None = None
    attrs: Attrs = ()


class Row(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One row of a table; `header` as the system marks it."""

    cells: tuple[Cell, ...] = ()
    header: bool = False
    id: str | None = None
    attrs: Attrs = ()


class TableColumn(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One column: `align` is `""`, `left`, `center` or `right`; `width` in pixels (0: unset)."""

    align: str = ""
    width: float = 0.0
    header: bool = False


class Table(Block, frozen=True, gc=False, array_like=True, tag="table"):
    """A table. Covered cells of a span are not stored."""

    columns: tuple[TableColumn, ...] = ()
    rows: tuple[Row, ...] = ()


class Rule(Block, frozen=True, gc=False, array_like=True, tag="rule"):
    """A thematic break."""


class Image(Block, frozen=True, gc=False, array_like=True, tag="image"):
    """A picture of its own: `target` as the system spells it, `runs` its caption, sizes in pixels (0: natural)."""

    target: str
    alt: str = ""
    title: str = ""
    width: float = 0.0
    height: float = 0.0
    align: str = ""
    crop: str = ""


class Media(Block, frozen=True, gc=False, array_like=True, tag="media"):
    """Audio, video, an iframe, a widget or a file shown in place; `source` is its HTML where it had one."""

    media: str
    target: str
    source: str = ""


class Html(Block, frozen=True, gc=False, array_like=True, tag="html"):
    """A block of HTML, as written."""

    source: str


class Columns(Block, frozen=True, gc=False, array_like=True, tag="columns"):
    """Blocks side by side (`layout` `col`: children are `Column`s) or stacked as a group (`row`)."""

    layout: str = "col"
    ratio: float = 0.5


class Column(Block, frozen=True, gc=False, array_like=True, tag="column"):
    """One column of `Columns`."""


class Page(Block, frozen=True, gc=False, array_like=True, tag="page"):
    """A sub-note shown as a card; `target` is the note as the system spells it."""

    target: str


class Embed(Block, frozen=True, gc=False, array_like=True, tag="embed"):
    """A note, block, file (`target`, `place`) or query shown in place."""

    target: str = ""
    place: str = ""
    text: str = ""
    query: str = ""


class DatabaseView(Block, frozen=True, gc=False, array_like=True, tag="view"):
    """A view of a database; `rows` is the table as last seen, for targets without databases."""

    database: str
    view: str = ""
    columns: tuple[TableColumn, ...] = ()
    rows: tuple[Row, ...] = ()


class Sketch(Block, frozen=True, gc=False, array_like=True, tag="sketch"):
    """A diagram in Mnemo's sketch language."""

    source: str
    width: float = 0.0
    align: str = ""


class Footnote(Block, frozen=True, gc=False, array_like=True, tag="footnote"):
    """The text of a footnote; `FootnoteRun`s of the same label point here."""

    label: str


class DefinitionList(Block, frozen=True, gc=False, array_like=True, tag="definitions"):
    """Terms and what they mean; children are `Definition`s."""


class Definition(Block, frozen=True, gc=False, array_like=True, tag="definition"):
    """One term (`runs`) with one entry of `children` per meaning's blocks; `meanings` counts blocks of each."""

    meanings: tuple[int, ...] = ()


class Raw(Block, frozen=True, gc=False, array_like=True, tag="raw"):
    """Source text that the model does not interpret; `format` names its language (`yaml`, `comment`, `mnemo`)."""

    format: str
    source: str


if TYPE_CHECKING:
    AnyBlock: TypeAlias = Block
else:
    AnyBlock = (
        Paragraph | Heading | List | ListItem | Quote | Callout | Code | Formula | Table | Rule | Image | Media
        | Html | Columns | Column | Page | Embed | DatabaseView | Sketch | Footnote | DefinitionList | Definition | Raw
    )  # fmt: skip

Blocks = tuple[AnyBlock, ...]
"""Blocks of any kind. Decoders get the closed list of kinds from it; for types a block is a `Block`."""

_KINDS: dict[type[Block], str] = {kind: str(kind.__struct_config__.tag) for kind in Block.__subclasses__()}


def kind_of(block: Block) -> str:
    """The kind of a block: `paragraph`, `item`, `formula` and so on."""
    return _KINDS[type(block)]


def has_text(blocks: Blocks) -> bool:
    """Whether the blocks are more than empty paragraphs."""
    return not all(type(one) is Paragraph and not (one.runs or one.children or one.anchor) for one in blocks)


def same_blocks(left: Blocks, right: Blocks) -> bool:
    """Whether these are the very same blocks: the objects themselves, not their equals."""
    return left is right or (len(left) == len(right) and all(map(is_, left, right)))


def walk(blocks: Blocks) -> Iterator[Block]:
    """Every block of the forest in reading order, those in table cells too. Depth is no limit."""
    waiting = list(blocks[::-1])
    while waiting:
        block = waiting.pop()
        yield block
        if block.children:
            waiting += block.children[::-1]
        if type(block) is Table:
            waiting += blocks_in_cells(block)[::-1]


def count_blocks(blocks: Blocks) -> int:
    """How many blocks the forest has, those in table cells too."""
    return sum(1 for _ in walk(blocks))


def blocks_in_cells(table: Table) -> Blocks:
    """The blocks in the cells of a table, row by row."""
    return tuple([child for row in table.rows for cell in row.cells if cell.children for child in cell.children])
