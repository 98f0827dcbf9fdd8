"""Tables of application 0.8: Table, TableRow and TableCell, both ways (docs/formats/mnemo.md, "Tables")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec

from converter.formats.mnemo.records import TablePayload
from converter.model.blocks import Block, Blocks, Cell, Paragraph, Row, Table, TableColumn

__all__ = ["PARTS_OF_TABLES", "CellPart", "Part", "RowPart", "table_from", "table_payload", "unwrapped"]


class RowPart(msgspec.Struct, frozen=True):
    """A TableRow on its way into its table, with what a row cannot hold."""

    row: Row
    misplaced: Blocks = ()


class CellPart(msgspec.Struct, frozen=True):
    """A TableCell on its way into its row."""

    cell: Cell


Part = Block | RowPart | CellPart

PARTS_OF_TABLES: Final = frozenset((RowPart, CellPart))


def table_from(payload: TablePayload, parts: Sequence[Part], common: dict[str, Any]) -> Table:
    """The table of these parts; what is no row, and what was no cell in a row, follows in its children."""
    rows: list[Row] = []
    misplaced: list[Block] = []
    for part in parts:
        if isinstance(part, RowPart):
            header = len(rows) < len(payload.header_rows) and payload.header_rows[len(rows)]
            rows.append(msgspec.structs.replace(part.row, header=header) if header else part.row)
            misplaced += part.misplaced
        else:
            misplaced += unwrapped([part])
    count = max(len(payload.column_widths), len(payload.header_columns), *(len(row.cells) for row in rows), 0)
    columns = tuple(_column(payload, index) for index in range(count))
    return Table(columns=columns, rows=tuple(rows), **{**common, "children": tuple(misplaced)})


def _column(payload: TablePayload, index: int) -> TableColumn:
    widths, headers = payload.column_widths, payload.header_columns
    return TableColumn(
        width=widths[index] if index < len(widths) else 0.0,
        header=index < len(headers) and headers[index],
    )


def unwrapped(parts: Sequence[Part]) -> Blocks:
    """Blocks as they are; rows and cells outside a table as paragraphs that keep their text."""
    if PARTS_OF_TABLES.isdisjoint(map(type, parts)):
        return cast("Blocks", tuple(parts))
    made: list[Block] = []
    for part in parts:
        match part:
            case RowPart(row=row, misplaced=misplaced):
                cells = tuple(_paragraph(cell) for cell in row.cells)
                made.append(Paragraph(id=row.id, attrs=row.attrs, children=(*cells, *misplaced)))
            case CellPart(cell=cell):
                made.append(_paragraph(cell))
            case _:
                made.append(part)
    return tuple(made)


_EMPTY = ("@payload", '{"kind":"empty"}')
"""A payload that is odd for a cell, and what every paragraph has."""


def _paragraph(cell: Cell) -> Paragraph:
    attrs = tuple(pair for pair in cell.attrs if pair != _EMPTY)
    return Paragraph(runs=cell.runs, children=cell.children, id=cell.id, attrs=attrs)


def table_payload(table: Table, *, full_width: bool) -> TablePayload:
    """The payload of a table: one width and flag per column and row; no widths where none is set."""
    widths = tuple(column.width for column in table.columns)
    return TablePayload(
        column_widths=widths if any(widths) else (),
        header_rows=tuple(row.header for row in table.rows),
        header_columns=tuple(column.header for column in table.columns),
        full_width=full_width,
    )
