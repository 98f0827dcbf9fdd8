"""Tables where the target has none, or no such ones."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from converter.model.blocks import (
    Block,
    Blocks,
    Cell,
    Code,
    DatabaseView,
    Html,
    Paragraph,
    Row,
    Table,
    TableColumn,
    walk,
)
from converter.model.profile import EXACT, Profile, Rule
from converter.model.runs import BreakRun, Runs, TextRun, plain_text
from converter.pipeline.lower.engine import Context, Lowering, Ways
from converter.pipeline.pair import Pair
from converter.text.entities import escape

__all__ = ["exact_table", "table_as_code", "table_as_html", "view_as_table"]


_WIDEST = 100_000


def exact_table(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A table where the target has tables: cells lowered, and for Markdown a full grid with one header row."""
    if not isinstance(block, Table):
        return lowering.exact(block, context)
    single = lowering.pair.markdown_text
    documents = lowering.pair.document_text and not lowering.pair.same_system
    if documents:
        block = _document_grid(lowering, block)
    rows = tuple(_row(lowering, row, context, single_line=single) for row in block.rows)
    columns = tuple(_column(lowering, column) for column in block.columns)
    table = msgspec.structs.replace(block, rows=rows, columns=columns)
    if single:
        table = _markdown_grid(lowering, table)
    if lowering.pair.holds_all:
        return [lowering.rebuilt(table, runs=lowering.inline.runs(block.runs), children=())]
    made = lowering.rebuilt(table, runs=(), children=())
    following = [] if not block.runs else lowering.exact(Paragraph(runs=block.runs), context)
    return [made, *following]


def _row(lowering: Lowering, row: Row, context: Context, *, single_line: bool) -> Row:
    cells: list[Cell] = []
    for cell in row.cells:
        runs = lowering.inline.runs(cell.runs, single_line=single_line, cell=True)
        children: Blocks = ()
        if cell.children:
            children = tuple(lowering.blocks(cell.children, Context("cell", context.depth)))
        same = runs is cell.runs and not cell.children
        cells.append(cell if same else msgspec.structs.replace(cell, runs=runs, children=children))
    return msgspec.structs.replace(row, cells=tuple(cells))


def _column(lowering: Lowering, column: TableColumn) -> TableColumn:
    changes = lowering.unsaid(column, "table-column")
    return msgspec.structs.replace(column, **changes) if changes else column


def _markdown_grid(lowering: Lowering, table: Table) -> Table:
    """One header row, equal rows, columns without widths; what that takes away is reported."""
    width = max([len(row.cells) for row in table.rows] + [len(table.columns), 1])
    rows = [Row(cells=_padded(row, width), header=index == 0) for index, row in enumerate(table.rows or (Row(),))]
    columns = [TableColumn(align=column.align) for column in table.columns]
    columns += [TableColumn()] * (width - len(columns))
    if any(row.header != (index == 0) for index, row in enumerate(table.rows)):
        lowering.loss("detail-lost", what="header rows")
    if any(column.width or column.header for column in table.columns):
        lowering.loss("detail-lost", what="column widths or header columns")
    if any(cell.fill for row in table.rows for cell in row.cells):
        lowering.loss("detail-lost", what="colours of cells")
    return msgspec.structs.replace(table, rows=tuple(rows), columns=tuple(columns))


def _document_grid(lowering: Lowering, table: Table) -> Table:
    """One header row, text in cells only, rows that fill the columns; what that takes away is reported."""
    rows: list[Row] = []
    for index, row in enumerate(table.rows or (Row(),)):
        cells = tuple(_text_cell(lowering, cell) for cell in row.cells)
        rows.append(Row(cells=cells, header=index == 0))
    if any(row.header != (index == 0) for index, row in enumerate(table.rows)):
        lowering.loss("detail-lost", what="header rows")
    if any(cell.fill for row in table.rows for cell in row.cells):
        lowering.loss("detail-lost", what="colours of cells")
    filled, width = _filled_rows(rows, len(table.columns))
    columns = [msgspec.structs.replace(one, width=_pixels(one.width)) for one in table.columns[:width]]
    columns += [TableColumn()] * (width - len(columns))
    return msgspec.structs.replace(table, rows=filled, columns=tuple(columns))


def _pixels(width: float) -> float:
    """A width that a style can say; one that nobody could see is none."""
    return float(round(width)) if 1 <= width < _WIDEST else 0.0


def _text_cell(lowering: Lowering, cell: Cell) -> Cell:
    """A cell of text only: what blocks in it say follows on lines of its own."""
    runs = cell.runs
    if cell.children:
        lowering.loss("detail-lost", what="blocks in cells")
        first, *rest = _texts(cell)
        runs = (*first, *(run for text in rest for run in (BreakRun(), *text)))
        for child in cell.children:
            lowering.answers.tree_written(child)
            lowering.answers.approximated(child)
    return Cell(runs=runs, colspan=max(cell.colspan, 1), rowspan=max(cell.rowspan, 1))


def _filled_rows(rows: list[Row], columns: int) -> tuple[tuple[Row, ...], int]:
    """The rows with cells for every place that no merged cell covers, and how many columns there are."""
    if not any(cell.colspan > 1 or cell.rowspan > 1 for row in rows for cell in row.cells):
        return _padded_rows(rows, columns)
    width = max(columns, 1)
    covered: dict[int, dict[int, None]] = {}
    for number, row in enumerate(rows):
        place = 0
        for cell in row.cells:
            while place in covered.get(number, ()):
                place += 1
            for line in range(number, min(number + cell.rowspan, len(rows))):
                covered.setdefault(line, {}).update(dict.fromkeys(range(place, place + cell.colspan)))
            place += cell.colspan
        width = max(width, place, *(one + 1 for one in covered.get(number, {})))
    made: list[Row] = []
    for number, row in enumerate(rows):
        missing = width - len(covered.get(number, ()))
        cells = tuple(msgspec.structs.replace(c, rowspan=min(c.rowspan, len(rows) - number)) for c in row.cells)
        made.append(msgspec.structs.replace(row, cells=(*cells, *[Cell()] * missing)))
    return tuple(made), width


def _padded_rows(rows: list[Row], columns: int) -> tuple[tuple[Row, ...], int]:
    width = max(columns, 1, *(len(row.cells) for row in rows))
    made: list[Row] = []
    for row in rows:
        missing = width - len(row.cells)
        made.append(msgspec.structs.replace(row, cells=(*row.cells, *[Cell()] * missing)) if missing else row)
    return tuple(made), width


def _padded(row: Row, width: int) -> tuple[Cell, ...]:
    cells = [Cell(runs=cell.runs) for cell in row.cells]
    return tuple(cells + [Cell()] * (width - len(cells)))


@lru_cache(maxsize=8)
def _cell_pair(pair: Pair) -> Pair:
    """The same way, with Markdown's text: for a table that travels as Markdown inside a code block."""
    target = pair.target
    everything = dict.fromkeys(target.runs, EXACT) | {
        "fraction": Rule("as-formula", "fraction-as-formula"),
        "footnote": target.runs["footnote"],
        "embed": target.runs["embed"],
    }
    marks = dict.fromkeys(target.marks, EXACT) | {"reference": target.marks["reference"]}
    marks |= {"no-autolink": Rule("drop", "detail-lost"), "memo": target.marks["memo"]}
    profile: Profile = msgspec.structs.replace(
        target,
        runs=everything,
        marks=marks,
        blocks={**target.blocks, "table": EXACT},
        unsaid={},
        parameters={**target.parameters, "text": "markdown", "colors": "css"},
    )
    return Pair(pair.source, profile)


def table_as_code(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """`table-code`: a code block in the language `markdown` that holds the table."""
    if not isinstance(block, Table):
        return lowering.exact(block, context)
    inner = Lowering(_cell_pair(lowering.pair), lowering.order, lowering.losses, lowering.answers, Ways({}, {}))
    inner.inline.footnotes, inner.inline.memos = lowering.inline.footnotes, lowering.inline.memos
    flat = _without_spans(lowering, block)
    with inner.speaking_of(block):
        made = exact_table(inner, msgspec.structs.replace(flat, id=None, anchor=None, attrs=()), context)
    inner.done()
    from converter.text.markdown.render import render

    source = render(tuple(made)).rstrip("\n")
    for row in block.rows:
        for cell in row.cells:
            for child in cell.children:
                lowering.answers.tree_written(child)
    return [Code(source=source, language="markdown")]


def _without_spans(lowering: Lowering, table: Table) -> Table:
    """Merged cells as one filled and several empty ones; blocks in cells as their text."""
    rows: list[Row] = []
    for row in table.rows:
        cells: list[Cell] = []
        for cell in row.cells:
            first, *rest = _texts(cell)
            runs = (*first, *(run for text in rest for run in (BreakRun(), *text)))
            cells += [msgspec.structs.replace(cell, runs=runs, children=(), colspan=1, rowspan=1)]
            cells += [Cell()] * (cell.colspan - 1)
            if cell.colspan > 1 or cell.rowspan > 1 or cell.children:
                lowering.loss("detail-lost", what="merged cells or blocks in cells")
        rows.append(msgspec.structs.replace(row, cells=tuple(cells)))
    return msgspec.structs.replace(table, rows=tuple(rows))


def _texts(cell: Cell) -> list[Runs]:
    """Every text in a cell: its own, then that of each block in it, whether it lies in runs or is a source."""
    texts = [cell.runs]
    for block in walk(cell.children):
        source = getattr(block, "source", "") or getattr(block, "tex", "")
        texts.append(block.runs or ((TextRun(text=source),) if source else ()))
    return [texts[0], *(text for text in texts[1:] if text)]


def table_as_html(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    """`table-html`: an HTML table, for merged cells and blocks in cells."""
    if not isinstance(block, Table):
        return []
    lines = ["<table>"]
    for row in block.rows:
        lines.append("<tr>" + "".join(_html_cell(lowering, cell, header=row.header) for cell in row.cells) + "</tr>")
        for cell in row.cells:
            for child in cell.children:
                lowering.answers.tree_written(child)
                lowering.answers.approximated(child)
    return [Html(source="\n".join([*lines, "</table>"]))]


def _html_cell(lowering: Lowering, cell: Cell, *, header: bool) -> str:
    name = "th" if header else "td"
    spans = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    spans += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    texts = [plain_text(lowering.inline.runs(runs, single_line=True)) for runs in _texts(cell)]
    inside = "<br>".join(escape(text).replace("\n", "<br>") for text in texts if text)
    return f"<{name}{spans}>{inside}</{name}>"


def view_as_table(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """`view-table`: the view of a database as the table that it last showed."""
    if not isinstance(block, DatabaseView):
        return []
    if not block.rows:
        name = f"(database {block.database})"
        return lowering.exact(Paragraph(runs=(TextRun(text=name),)), context)
    table = Table(columns=block.columns, rows=block.rows)
    return lowering.block(table, context)
