"""Tables, both ways (docs/formats/siyuan.md, "Tables")."""

from __future__ import annotations

import re

from converter.findings.problems import Problems
from converter.formats.siyuan.escape import attribute, attribute_list, plain_attribute
from converter.formats.siyuan.inline import inline_runs
from converter.formats.siyuan.marks import inline_nodes
from converter.formats.siyuan.tree import Node
from converter.formats.siyuan.written import AnyNode, BlockNode, Plain, TableCell
from converter.model.blocks import Attrs, Cell, Row, Table, TableColumn
from converter.patterns import pattern

__all__ = ["read_table", "table_node"]

_ALIGNS = ("", "left", "center", "right")
_WIDTH = pattern(r"width: (\d{1,5}(?:\.\d+)?)px;", re.ASCII)
_COVERED = "fn__none"
_EMPTY = Cell()
_SAID = ("colspan", "rowspan", "id", "updated")


def read_table(node: Node, own: str | None, attrs: Attrs, problems: Problems, at: str) -> Table:
    """A table; cells that a merged one covers are left out."""
    head = next((child for child in node.below if child.type == "NodeTableHead"), None)
    if head is None or not head.below:
        problems.add("block-completed", at, what="a table without a head")
    lines = [line for child in node.below for line in (child.below if child.type == "NodeTableHead" else [child])]
    grid = [[cell for cell in line.below if cell.type == "NodeTableCell"] for line in lines]
    if not any(grid):
        problems.add("block-completed", at, what="a table without cells")
        grid = [[Node(type="NodeTableCell")]]
    width = max(map(len, grid))
    aligns = _aligns(node)
    aligns += [0] * (width - len(aligns))
    rows = _rows(grid, width, aligns, problems, at)
    widths = _widths(dict(attrs).get("colgroup", ""), width)
    if widths is not None:
        attrs = tuple(pair for pair in attrs if pair[0] != "colgroup")
    columns = tuple(
        TableColumn(align=_ALIGNS[aligns[place]], width=widths[place] if widths is not None else 0.0)
        for place in range(width)
    )
    return Table(columns=columns, rows=rows, id=own, attrs=attrs)


def _rows(grid: list[list[Node]], width: int, aligns: list[int], problems: Problems, at: str) -> tuple[Row, ...]:
    """The rows, filled up where they are short; a hidden cell that no other covers is a cell like any other."""
    covered: set[tuple[int, int]] = set()
    rows: list[Row] = []
    for number, nodes in enumerate(grid):
        cells: list[Cell] = []
        for place, node in enumerate(nodes):
            if covered and (number, place) in covered and _is_hidden(node):
                if inline_runs(node.children, problems, at, cell=True):
                    problems.add("text-dropped", at, what="the text of a cell that another covers")
                continue
            cell = _cell(node, aligns[place], problems, at)
            cells.append(cell)
            if cell.rowspan > 1 or cell.colspan > 1:
                covered |= {
                    (line, column)
                    for line in range(number, min(number + cell.rowspan, len(grid)))
                    for column in range(place, min(place + cell.colspan, width))
                }
        cells += [_EMPTY] * (width - len(nodes))
        rows.append(Row(cells=tuple(cells), header=not rows))
    return tuple(rows)


def _is_hidden(node: Node) -> bool:
    return _COVERED in node.attributes.get("class", "").split()


def _aligns(node: Node) -> list[int]:
    """The alignment of each column: that of its first cell, which counts, else the table's."""
    head = next((child for child in node.below if child.type == "NodeTableHead"), None)
    line = head.below[0] if head is not None and head.below else next(iter(node.below), None)
    cells = [cell.table_cell_align for cell in line.below] if line is not None else []
    return [_known(align) for align in (cells or node.table_aligns or [])]


def _known(align: int) -> int:
    return align if 0 <= align < len(_ALIGNS) else 0


def _cell(node: Node, align: int, problems: Problems, at: str) -> Cell:
    properties = node.attributes
    runs = inline_runs(node.children, problems, at, cell=True)
    if not properties and node.table_cell_align == align:
        return Cell(runs=runs)
    if _is_hidden(node):
        problems.add("document-repaired", at, what="a hidden cell that no other covers")
    attrs = [
        (name, plain_attribute(value))
        for name, value in sorted(properties.items())
        if name not in _SAID and value and not (name == "class" and _is_hidden(node))
    ]
    if _known(node.table_cell_align) != align:
        attrs.append(("@align", str(_known(node.table_cell_align))))
    return Cell(
        runs=runs, colspan=_span(properties, "colspan"), rowspan=_span(properties, "rowspan"), attrs=tuple(attrs)
    )


def _span(properties: dict[str, str], name: str) -> int:
    text = properties.get(name, "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _widths(colgroup: str, columns: int) -> list[float] | None:
    """The widths that `colgroup` says; None where it says something else as well."""
    parts = [part.strip() for part in colgroup.split("|")]
    widths: list[float] = []
    for part in parts:
        found = _WIDTH.fullmatch(part)
        if part and found is None:
            return None
        widths.append(float(found[1]) if found else 0.0)
    if any(widths[columns:]):
        return None
    return (widths + [0.0] * columns)[:columns]


def table_node(table: Table, own: str, properties: dict[str, str]) -> BlockNode:
    """The node of a table; `properties` are its stored attributes, completed here."""
    width = len(table.columns)
    aligns = [_ALIGNS.index(column.align) for column in table.columns]
    if "colgroup" not in properties and any(column.width for column in table.columns):
        properties["colgroup"] = "|".join([f"width: {c.width:g}px;" if c.width else "" for c in table.columns])
    lines: list[AnyNode] = [Plain("NodeTableRow", "tr", None, cells or None) for cells in _grid(table, width, aligns)]
    head = Plain("NodeTableHead", "thead", None, lines[:1])
    return BlockNode(own, "NodeTable", table_aligns=aligns, children=[head, *lines[1:]])


def _grid(table: Table, width: int, aligns: list[int]) -> list[list[AnyNode]]:
    """The cells of every row, with those that merged cells cover."""
    covered: dict[int, int] = {}
    lines: list[list[AnyNode]] = []
    name = "th"
    for row in table.rows:
        line: list[AnyNode] = []
        waiting = iter(row.cells)
        while len(line) < width:
            place = len(line)
            if covered and covered.get(place, 0):
                covered[place] -= 1
                line.append(_covered_cell(name, aligns[place]))
                continue
            cell = next(waiting, _EMPTY)
            line.append(_cell_node(cell, name, aligns[place]))
            if cell.colspan > 1 or cell.rowspan > 1:
                right = range(place + 1, min(place + cell.colspan, width))
                line += [_covered_cell(name, aligns[column]) for column in right]
                if cell.rowspan > 1:
                    covered |= dict.fromkeys((place, *right), cell.rowspan - 1)
        lines.append(line)
        name = "td"
    return lines


def _covered_cell(name: str, align: int) -> TableCell:
    properties = {"class": _COVERED}
    listed = Plain("NodeKramdownSpanIAL", attribute_list(properties))
    return TableCell("NodeTableCell", name, align, properties, [listed])


def _cell_node(cell: Cell, name: str, align: int) -> TableCell:
    children = inline_nodes(cell.runs, cell=True)
    if not cell.attrs and cell.colspan <= 1 and cell.rowspan <= 1:
        return TableCell("NodeTableCell", name, align, None, children or None)
    properties = {key: attribute(value) for key, value in cell.attrs if not key.startswith("@")}
    own = dict(cell.attrs).get("@align", "")
    if cell.colspan > 1:
        properties["colspan"] = str(cell.colspan)
    if cell.rowspan > 1:
        properties["rowspan"] = str(cell.rowspan)
    if properties:
        properties = dict(sorted(properties.items()))
        children.insert(0, Plain("NodeKramdownSpanIAL", attribute_list(properties)))
    return TableCell("NodeTableCell", name, int(own) if own.isdigit() else align, properties or None, children or None)
