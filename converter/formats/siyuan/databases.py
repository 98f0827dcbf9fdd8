"""A view of a database as a table of texts (docs/formats/siyuan.md, "Databases").

What is not in the files is left out: templates are not evaluated, a rollup of a rollup is empty, and rows of a grouped
view stand in the order of the whole view.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from functools import partial, reduce
from operator import add
from typing import Any

import msgspec

from converter.formats.siyuan.filters import in_order, passes
from converter.formats.siyuan.numbers import (
    TIMES,
    Value,
    entries,
    is_empty,
    members,
    number_of,
    read_value,
    shown,
    text_of,
)
from converter.model.blocks import Cell, Row, TableColumn
from converter.model.moment import EPOCH_TICKS
from converter.model.runs import TextRun
from converter.model.timed_id import moment_of
from converter.patterns import pattern

__all__ = ["related", "shown_table"]

_WIDTH = pattern(r"(\d{1,5}(?:\.\d{1,5})?)px", re.ASCII)
_ALIGNS = frozenset(("left", "center", "right"))
_TICKS_PER_MILLISECOND = 10_000
_ALWAYS_TIMED_BELOW = 4
_FILTERED_IN_LAYOUT_BELOW = 2


class _Key(msgspec.Struct, frozen=True, gc=False):
    """A column of a database, and the object that its type adds."""

    id: str
    name: str
    type: str
    stored: Mapping[str, Any]

    @property
    def settings(self) -> Mapping[str, Any]:
        return members(self.stored.get(self.type))

    @property
    def format(self) -> str:
        return text_of(self.stored.get("numberFormat"))


class _Database(msgspec.Struct, frozen=True, gc=False):
    """A database: its columns, its cells by column and row, the primary cells of the rows that count."""

    id: str
    spec: float
    keys: Mapping[str, _Key]
    cells: Mapping[str, Mapping[str, Mapping[str, Any]]]
    rows: Mapping[str, Mapping[str, Any]]
    views: tuple[Mapping[str, Any], ...]
    view: str


def shown_table(
    data: bytes, view: str, zone: tzinfo, others: Mapping[str, bytes]
) -> tuple[tuple[TableColumn, ...], tuple[Row, ...]]:
    """The table that a view shows: its columns, a row of their names, and its rows.

    `view` is the view that a block names, `others` are the files of related databases by their ids. There is no table
    where the file holds none.
    """
    database = _read(data)
    if database is None:
        return (), ()
    found = _view(database, view)
    layout = members(found.get(text_of(found.get("type"))))
    columns = _columns(database, layout)
    if not columns:
        return (), ()
    values = _Values(database, zone, others)
    lines = [Row(cells=tuple(_cell(key.name) for key, _ in columns), header=True)]
    for number, row in enumerate(_rows(values, found, layout), 1):
        texts = (
            str(number) if key.type == "lineNumber" else shown(values.value(database, row, key), zone)
            for key, _ in columns
        )
        lines.append(Row(cells=tuple(_cell(text) for text in texts)))
    return tuple(column for _, column in columns), tuple(lines)


def related(data: bytes) -> frozenset[str]:
    """The ids of the databases that relation columns name."""
    database = _read(data)
    keys = database.keys.values() if database is not None else ()
    named = (text_of(key.settings.get("avID")) for key in keys if key.type == "relation")
    return frozenset(name for name in named if name)


def _read(data: bytes) -> _Database | None:
    try:
        # whatever is no JSON object is an empty database, and one that nests too deeply is none
        found = members(msgspec.json.decode(data))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    keys: dict[str, _Key] = {}
    cells: dict[str, dict[str, Mapping[str, Any]]] = {}
    for column in entries(found.get("keyValues")):
        stored = members(members(column).get("key"))
        key = _Key(text_of(stored.get("id")), text_of(stored.get("name")), text_of(stored.get("type")), stored)
        keys.setdefault(key.id, key)
        below = cells.setdefault(key.id, {})
        for value in entries(members(column).get("values")):
            row = text_of(members(value).get("blockID"))
            if row:
                below.setdefault(row, members(value))
    primary = next((key.id for key in keys.values() if key.type == "block"), "")
    return _Database(
        id=text_of(found.get("id")),
        spec=number_of(found.get("spec")) or 0,
        keys=keys,
        cells=cells,
        rows={row: cell for row, cell in cells.get(primary, {}).items() if isinstance(cell.get("block"), dict)},
        views=tuple(members(view) for view in entries(found.get("views"))),
        view=text_of(found.get("viewID")),
    )


def _view(database: _Database, wanted: str) -> Mapping[str, Any]:
    """The view of that id, else the one used last, else the first."""
    for name in (wanted, database.view):
        for view in database.views:
            if name and view.get("id") == name:
                return view
    return database.views[0] if database.views else {}


def _columns(database: _Database, layout: Mapping[str, Any]) -> list[tuple[_Key, TableColumn]]:
    """The columns that a layout shows, in its order."""
    found: dict[str, tuple[_Key, TableColumn]] = {}
    for entry in entries(layout.get("columns")) or entries(layout.get("fields")):
        column = members(entry)
        key = database.keys.get(text_of(column.get("id")))
        if key is None or column.get("hidden") is True:
            continue
        align = text_of(column.get("align"))
        width = _WIDTH.fullmatch(text_of(column.get("width")))
        shape = TableColumn(align=align if align in _ALIGNS else "", width=float(width[1]) if width else 0.0)
        found.setdefault(key.id, (key, shape))
    return list(found.values())


def _rows(values: _Values, view: Mapping[str, Any], layout: Mapping[str, Any]) -> list[str]:
    """The rows that a view shows, in its order."""
    database = values.own
    named = entries(view.get("itemIds")) or entries(layout.get("rowIds")) or entries(layout.get("cardIds"))
    listed = [row for row in named if isinstance(row, str) and row in database.rows]
    rows = list(dict.fromkeys((*listed, *database.rows)))
    filters, sorts = view.get("filters"), view.get("sorts")
    if database.spec < _FILTERED_IN_LAYOUT_BELOW:
        filters, sorts = filters or layout.get("filters"), sorts or layout.get("sorts")
    kept = [row for row in rows if passes(filters, partial(values.cell, row), values.zone)]
    return in_order(kept, sorts, values.cell, values.options, values.zone)


def _cell(text: str) -> Cell:
    return Cell(runs=(TextRun(text=text),) if text else ())


class _Values:
    """The values of cells, those of other databases too; each is worked out once."""

    def __init__(self, own: _Database, zone: tzinfo, others: Mapping[str, bytes]) -> None:
        self.own = own
        self.zone = zone
        self._others = others
        self._read: dict[str, _Database | None] = {own.id: own}
        self._known: dict[tuple[str, str, str], Value] = {}

    def cell(self, row: str, column: str) -> Value | None:
        """The value of a row in a column of the database itself; None where there is no such column."""
        key = self.own.keys.get(column)
        return self.value(self.own, row, key) if key is not None else None

    def options(self, column: str) -> Mapping[str, int]:
        """The places of the options of a column."""
        key = self.own.keys.get(column)
        listed = entries(key.stored.get("options")) if key is not None else []
        return {text_of(members(option).get("name")): place for place, option in enumerate(listed)}

    def value(self, database: _Database, row: str, key: _Key) -> Value:
        """The value of a row of a database in a column."""
        place = (database.id, key.id, row)
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._value(database, row, key)
        return known

    def _value(self, database: _Database, row: str, key: _Key) -> Value:
        match key.type:
            case "relation":
                return self._relation(database, row, key)
            case "rollup":
                return self._rollup(database, row, key)
            case "created" | "updated":
                return self._time(database, row, key)
            case "template" | "lineNumber":
                return Value(type=key.type)
            case _:
                return read_value(database.cells[key.id].get(row), key.type, key.format)

    def _database(self, name: str) -> _Database | None:
        if name not in self._read:
            data = self._others.get(name)
            self._read[name] = _read(data) if data is not None else None
        return self._read[name]

    def _relation(self, database: _Database, row: str, key: _Key) -> Value:
        """The related rows that there are; the copies of their texts in the file may be old."""
        other = self._database(text_of(key.settings.get("avID")))
        stored = read_value(database.cells[key.id].get(row), "relation")
        if other is None:
            return Value(type="relation")
        ids = tuple(name for name in dict.fromkeys(stored.ids) if name in other.rows)
        texts = tuple(text_of(members(other.rows[name].get("block")).get("content")) for name in ids)
        return Value(type="relation", ids=ids, texts=texts)

    def _rollup(self, database: _Database, row: str, key: _Key) -> Value:
        relation = database.keys.get(text_of(key.settings.get("relationKeyID")))
        if relation is None or relation.type != "relation":
            return Value(type="rollup")
        other = self._database(text_of(relation.settings.get("avID")))
        source = other.keys.get(text_of(key.settings.get("keyID"))) if other is not None else None
        if other is None or source is None:
            return Value(type="rollup")
        related_rows = self.value(database, row, relation).ids
        if source.type == "rollup":
            # two of them may name each other, and each step multiplies what there is to show
            contents = [Value(type="rollup") for _ in related_rows]
        else:
            contents = [self.value(other, name, source) for name in related_rows]
        operator = text_of(members(key.settings.get("calc")).get("operator"))
        return Value(type="rollup", contents=_calculated(operator, contents, source, self.zone))

    def _time(self, database: _Database, row: str, key: _Key) -> Value:
        """When a row was made or changed.

        A bound row was made when its block was. When the block was changed is not in the file: the time of the cell
        stands for it.
        """
        cell = database.rows.get(row, {})
        block = members(cell.get("block"))
        timed = database.spec < _ALWAYS_TIMED_BELOW or key.settings.get("includeTime") is not False
        if key.type == "updated":
            found = number_of(block.get("updated")) or number_of(cell.get("updatedAt"))
        else:
            bound = "" if cell.get("isDetached") is True else text_of(block.get("id"))
            made = moment_of(bound or row, self.zone)
            ticks = None if made is None else (made.ticks - EPOCH_TICKS) // _TICKS_PER_MILLISECOND
            found = ticks or number_of(block.get("created")) or number_of(cell.get("createdAt"))
        return Value(type=key.type, start=None if found is None else int(found), timed=timed)


def _calculated(operator: str, contents: list[Value], source: _Key, zone: tzinfo) -> tuple[Value, ...]:
    """What a rollup shows of the values of the related rows."""
    if not operator:
        return tuple(contents)
    if operator == "Unique values":
        unique: dict[str, Value] = {}
        for value in contents:
            unique.setdefault(shown(value, zone), value)
        return tuple(unique.values())
    counted = _counted(operator, contents, source, zone)
    if counted is not None:
        return (_number(counted),)
    if operator.startswith("Percent "):
        return _share(operator, contents, source, zone)
    if operator == "Range" and len(contents) < 2:
        return tuple(contents)
    if source.type == "number":
        return _measured(operator, contents, source.format)
    if source.type in TIMES:
        return _timed(operator, contents)
    return ()


def _number(value: float, style: str = "") -> Value:
    return Value(type="number", number=value, format=style)


def _counted(operator: str, contents: list[Value], source: _Key, zone: tzinfo) -> int | None:
    match operator:
        case "Count all":
            return len(contents)
        case "Count values" if source.type == "number":
            return len(contents)
        case "Count values" | "Count not empty":
            return sum(not is_empty(value) for value in contents)
        case "Count empty":
            return sum(is_empty(value) for value in contents)
        case "Count unique values" if source.type == "number":
            # an empty cell and 0 are two values
            return len({shown(value, zone) for value in contents})
        case "Count unique values":
            texts = (value.texts or (shown(value, zone),) for value in contents)
            return len({text for several in texts for text in several if text})
        case "Checked":
            return sum(value.checked for value in contents)
        case "Unchecked":
            return sum(not value.checked for value in contents)
        case _:
            return None


_SHARES = {
    "Percent empty": "Count empty",
    "Percent not empty": "Count not empty",
    "Percent unique values": "Count unique values",
    "Percent checked": "Checked",
    "Percent unchecked": "Unchecked",
}


def _share(operator: str, contents: list[Value], source: _Key, zone: tzinfo) -> tuple[Value, ...]:
    counted = _counted(_SHARES.get(operator, ""), contents, source, zone)
    if counted is None or not contents:
        return ()
    if operator.endswith("checked"):
        # the application shows these two as bare numbers of hundredths
        return (_number(counted * 100 / len(contents)),)
    return (_number(counted / len(contents), "percent"),)


def _measured(operator: str, contents: list[Value], style: str) -> tuple[Value, ...]:
    """What a rollup of numbers says; empty cells count as 0."""
    numbers = sorted(value.number or 0.0 for value in contents)
    # `sum` rounds otherwise from one version of Python to the next
    total = reduce(add, (value.number or 0.0 for value in contents), 0.0)
    if operator == "Sum":
        return (_number(total, style),)
    if not numbers:
        return ()
    middle = len(numbers) // 2
    match operator:
        case "Average":
            found = total / len(numbers)
        case "Median":
            found = numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2
        case "Min":
            found = numbers[0]
        case "Max":
            found = numbers[-1]
        case "Range":
            found = numbers[-1] - numbers[0]
        case _:
            return ()
    return (_number(found, style),)


def _timed(operator: str, contents: Iterable[Value]) -> tuple[Value, ...]:
    """What a rollup of times says; only their starts count."""
    known = [(value.start, value) for value in contents if value.start is not None]
    if not known:
        return ()
    first, earliest = min(known, key=lambda pair: pair[0])
    last, latest = max(known, key=lambda pair: pair[0])
    match operator:
        case "Earliest":
            chosen, end = earliest, None
        case "Latest":
            chosen, end = latest, None
        case "Range" if first != last:
            chosen, end = earliest, last
        case "Range":
            chosen, end = earliest, None
        case _:
            return ()
    return (msgspec.structs.replace(chosen, end=end, span=end is not None),)
