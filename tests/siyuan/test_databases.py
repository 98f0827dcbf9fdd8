"""Views of databases as tables: each rule on small databases, and the kernel's own rendering of real ones."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from converter.formats.siyuan.databases import related, shown_table
from converter.formats.siyuan.numbers import formatted, span_text
from converter.model.blocks import Cell, Row, TableColumn
from converter.model.runs import TextRun, plain_text
from tests.support import shared

Json = dict[str, Any]

INDIA = timezone(timedelta(hours=5, minutes=30))
TENTH = 1768280400000  # 2026-01-13 10:30 in India
DAY = 86_400_000


def key(name: str, kind: str, **more: Any) -> Json:
    return {"id": f"k-{name}", "name": name, "type": kind, "icon": "", "desc": "", "numberFormat": ""} | more


def primary(row: str, text: str, **more: Any) -> Json:
    value = {"blockID": row, "type": "block", "isDetached": True, "block": {"content": text}}
    return value | more


def value(row: str, kind: str, member: Any) -> Json:
    return {"blockID": row, "type": kind, ("mSelect" if kind == "select" else kind): member}


def text(row: str, content: str) -> Json:
    return value(row, "text", {"content": content})


def number(row: str, content: float) -> Json:
    return value(row, "number", {"content": content, "isNotEmpty": True})


def date(row: str, start: int, end: int | None = None, *, day: bool = False) -> Json:
    member = {"content": start, "isNotEmpty": True, "isNotTime": day, "hasEndDate": end is not None}
    return value(row, "date", member | {"content2": end or 0, "isNotEmpty2": end is not None})


def options(row: str, *names: str, kind: str = "mSelect") -> Json:
    return value(row, kind, [{"content": name, "color": "1"} for name in names])


def relation(row: str, *rows: str) -> Json:
    return value(row, "relation", {"blockIDs": list(rows), "contents": None})


def database(names: list[str], *columns: tuple[Json, list[Json]], **view: Any) -> Json:
    """A database of spec 5 with a row `r-⟨name⟩` for each name, further columns, and one table view of all."""
    keys = [(key("Name", "block"), [primary(f"r-{name}", name) for name in names]), *columns]
    table = {"columns": [{"id": stored["id"]} for stored, _ in keys]}
    made = {"id": "v", "type": "table", "table": table, "itemIds": [f"r-{name}" for name in names]}
    return {
        "spec": 5,
        "id": "av",
        "keyValues": [{"key": stored, "values": values} for stored, values in keys],
        "viewID": "v",
        "views": [made | view],
    }


def table(
    stored: Json, view: str = "v", others: Mapping[str, Json] | None = None
) -> tuple[tuple[TableColumn, ...], tuple[Row, ...]]:
    files = {name: json.dumps(other).encode() for name, other in (others or {}).items()}
    return shown_table(json.dumps(stored).encode(), view, INDIA, files)


def texts(stored: Json, view: str = "v", others: Mapping[str, Json] | None = None) -> list[list[str]]:
    """The texts of the rows without the head."""
    _, rows = table(stored, view, others)
    return [[plain_text(cell.runs) for cell in row.cells] for row in rows[1:]]


def column(stored: Json, others: Mapping[str, Json] | None = None) -> list[str]:
    """The texts of the last column."""
    return [row[-1] for row in texts(stored, "v", others)]


def names(stored: Json) -> list[str]:
    return [row[0] for row in texts(stored)]


def leaf(name: str, sign: str, kind: str, member: Any, **more: Any) -> Json:
    return {"column": f"k-{name}", "operator": sign, "value": value("", kind, member)} | more


def group(combination: str, *filters: Json) -> Json:
    return {"column": "", "operator": "", "value": None, "combination": combination, "filters": list(filters)}


def test_columns_have_names_alignment_and_width_and_hidden_ones_are_left_out() -> None:
    stored = database(["a"], (key("Note", "text"), [text("r-a", "hello")]), (key("Gone", "text"), []))
    stored["views"][0]["table"]["columns"] = [
        {"id": "k-Note", "align": "right", "width": "120px"},
        {"id": "k-Gone", "hidden": True},
        {"id": "k-unknown"},
        {"id": "k-Name", "align": "justify", "width": "wide"},
        {"id": "k-Note"},
    ]
    columns, rows = table(stored)
    assert columns == (TableColumn(align="right", width=120.0), TableColumn())
    assert rows == (
        Row(cells=(Cell(runs=(TextRun(text="Note"),)), Cell(runs=(TextRun(text="Name"),))), header=True),
        Row(cells=(Cell(runs=(TextRun(text="hello"),)), Cell(runs=(TextRun(text="a"),)))),
    )


def test_an_empty_cell_has_no_runs() -> None:
    _, rows = table(database(["a"], (key("Note", "text"), [])))
    assert rows[1].cells[1] == Cell()


@pytest.mark.parametrize(("wanted", "shown"), [("w", "Note"), ("v", "Name"), ("", "Name"), ("unknown", "Name")])
def test_the_view_that_the_block_names_else_the_last_used_one(wanted: str, shown: str) -> None:
    stored = database(["a"], (key("Note", "text"), []))
    other = {"id": "w", "type": "gallery", "gallery": {"fields": [{"id": "k-Note"}]}}
    stored["views"].insert(0, other)
    assert plain_text(table(stored, wanted)[1][0].cells[0].runs) == shown


def test_the_first_view_where_the_last_used_one_is_gone() -> None:
    assert texts(database(["a"]) | {"viewID": "gone"}, "") == [["a"]]


def test_rows_that_the_order_does_not_name_follow_and_those_without_a_primary_text_are_not_shown() -> None:
    stored = database(["a", "b", "c", "d"])
    stored["views"][0]["itemIds"] = ["r-c", "r-gone", "r-a", "r-c", 7]
    stored["keyValues"][0]["values"][3].pop("block")
    assert names(stored) == ["c", "a", "b"]


@pytest.mark.parametrize(("kind", "member"), [("table", "rowIds"), ("gallery", "cardIds")])
def test_older_files_keep_the_order_in_the_layout(kind: str, member: str) -> None:
    fields = "columns" if kind == "table" else "fields"
    layout = {fields: [{"id": "k-Name"}], member: ["r-b", "r-a"]}
    stored = database(["a", "b"]) | {"spec": 2}
    stored["views"] = [{"id": "v", "type": kind, kind: layout}]
    assert names(stored) == ["b", "a"]


def test_the_oldest_files_keep_filters_and_sorts_in_the_layout() -> None:
    stored = database(["a", "b", "c"]) | {"spec": 1}
    stored["views"][0]["table"] |= {
        "filters": [leaf("Name", "!=", "block", {"content": "b"})],
        "sorts": [{"column": "k-Name", "order": "DESC"}],
    }
    assert names(stored) == ["c", "a"]
    assert names(stored | {"spec": 2}) == ["a", "b", "c"]


def test_grouped_views_show_all_rows_in_the_order_of_the_view() -> None:
    stored = database(["a", "b"], group={"field": "k-Name"}, groups=[{"itemIds": ["r-b"]}], itemIds=["r-b", "r-a"])
    assert names(stored) == ["b", "a"]


@pytest.mark.parametrize("kind", ["text", "url", "email", "phone"])
def test_texts_stay_as_they_are(kind: str) -> None:
    assert column(database(["a"], (key("X", kind), [value("r-a", kind, {"content": " <b>\n& "})]))) == [" <b>\n& "]


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (1234567.891, "", "1234567.891"),
        (-4, "", "-4"),
        (1e-6, "", "0.000001"),
        (1e21, "", "1000000000000000000000"),
        (1234567.891, "commas", "1,234,567.891"),
        (38.5, "commas", "38.5"),
        (3.5, "percent", "350%"),
        (0.0004, "percent", "0.04%"),
        (0.3333333, "percent", "33.33%"),
        (1234567.891, "percent", "123456789.1%"),
        (1234567.891, "USD", "$1,234,567.89"),
        (13.495, "USD", "$13.49"),
        (0.125, "USD", "$0.12"),
        (-4, "CAD", "CA$-4.00"),
        (1234567.891, "ILS", "ILS₪1,234,567.89"),
        (1234567.891, "EUR", "€1.234.567,89"),
        (1234567.891, "CHF", "CHF1\u00a0234\u00a0567,89"),
        (3.5, "RUB", "₽3,50"),
        (1234567.891, "JPY", "¥1,234,568"),
        (3.5, "KRW", "₩4"),
        (-0.5, "KRW", "₩-0"),
        (1.5, "unknown", "1.5"),
    ],
)
def test_numbers_in_their_formats(number: float, style: str, shown: str) -> None:
    assert formatted(number, style) == shown


def test_a_number_is_formatted_by_its_column_and_0_is_no_empty_cell() -> None:
    cells = [number("r-a", 0) | {"formattedContent": "stale"}, number("r-b", 2)]
    empty = value("r-c", "number", {"content": 0, "isNotEmpty": False})
    stored = database(["a", "b", "c", "d"], (key("X", "number", numberFormat="EUR"), [*cells, empty]))
    assert column(stored) == ["€0,00", "€2,00", "", ""]


def test_numbers_of_the_oldest_files_have_no_flags() -> None:
    cells = [value("r-a", "number", {"content": 5}), value("r-b", "number", {"content": 0})]
    assert column(database(["a", "b"], (key("X", "number"), cells)) | {"spec": 0}) == ["5", ""]


def test_a_number_that_nobody_can_count_with_is_none() -> None:
    assert column(database(["a"], (key("X", "number"), [number("r-a", 10**400)]))) == [""]


def test_dates_stand_in_the_zone() -> None:
    cells = [
        date("r-a", TENTH),
        date("r-b", TENTH, day=True),
        date("r-c", TENTH, TENTH + 3 * DAY),
        date("r-d", TENTH, TENTH + 3 * DAY, day=True),
        date("r-e", -19_860_000),
        date("r-f", 10**18),
    ]
    assert column(database(["a", "b", "c", "d", "e", "f"], (key("X", "date"), cells))) == [
        "2026-01-13 10:30",
        "2026-01-13",
        "2026-01-13 10:30 → 2026-01-16 10:30",
        "2026-01-13 → 2026-01-16",
        "1969-12-31 23:59",
        "",
    ]


@pytest.mark.parametrize("kind", ["select", "mSelect"])
def test_options_by_their_names(kind: str) -> None:
    emptied = {"blockID": "r-b", "type": kind}
    stored = database(["a", "b"], (key("X", kind), [options("r-a", "Idea", "Boat", kind=kind), emptied]))
    assert column(stored) == ["Idea, Boat", ""]


def test_files_by_their_names_else_by_those_of_their_targets() -> None:
    files = [
        {"type": "file", "name": "list", "content": "assets/notes.txt"},
        {"type": "image", "name": "", "content": "assets/photo one.png"},
        {"type": "image", "content": "https://example.org/i.png"},
    ]
    stored = database(["a"], (key("X", "mAsset"), [value("r-a", "mAsset", files)]))
    assert column(stored) == ["list, photo one.png, i.png"]


def test_checkboxes_templates_and_line_numbers() -> None:
    ticked = [value("r-a", "checkbox", {"checked": True}), value("r-b", "checkbox", {"checked": False})]
    stored = database(
        ["a", "b"],
        (key("Done", "checkbox"), ticked),
        (key("Sum", "template", template=".action{1}"), [value("r-a", "template", {"content": "1"})]),
        (key("Line", "lineNumber"), []),
        sorts=[{"column": "k-Name", "order": "DESC"}],
    )
    assert texts(stored) == [["b", "", "", "1"], ["a", "✓", "", "2"]]


def test_times_of_rows() -> None:
    free = primary("20260303121000-row0001", "free")
    free["block"] |= {"created": 1772520000599, "updated": TENTH}
    bound = primary("20260303121000-row0002", "bound", isDetached=False)
    bound["block"] |= {"id": "20260113103000-block01", "updated": TENTH}
    old = primary("r-old", "old", createdAt=TENTH, updatedAt=TENTH)
    stored = database(
        [],
        (key("Made", "created", created={"includeTime": True}), []),
        (key("Changed", "updated", updated={"includeTime": False}), []),
    )
    stored["keyValues"][0]["values"] = [free, bound, old]
    assert texts(stored) == [
        ["free", "2026-03-03 12:10", "2026-01-13"],
        ["bound", "2026-01-13 10:30", "2026-01-13"],
        ["old", "2026-01-13 10:30", "2026-01-13"],
    ]
    assert texts(stored | {"spec": 3})[2] == ["old", "2026-01-13 10:30", "2026-01-13 10:30"]


def works(operator: str, *values: Json, kind: str = "number", **more: Any) -> tuple[Json, Json]:
    """A database whose one row is related to all rows of another one, and that other one."""
    other = database(["p", "q", "s"], (key("X", kind, **more), list(values))) | {"id": "other"}
    stored = database(
        ["a"],
        (key("Rel", "relation", relation={"avID": "other"}), [relation("r-a", "r-q", "r-gone", "r-p", "r-s")]),
        (key("Roll", "rollup", rollup=roll("k-X", operator)), []),
    )
    return stored, other


def roll(name: str, operator: str) -> Json:
    return {"relationKeyID": "k-Rel", "keyID": name, "calc": {"operator": operator, "result": None}}


def rolled(operator: str, *values: Json, kind: str = "number", **more: Any) -> str:
    stored, other = works(operator, *values, kind=kind, **more)
    return column(stored, {"other": other})[0]


def test_a_relation_shows_the_rows_that_there_are() -> None:
    stored, other = works("")
    assert texts(stored, "v", {"other": other}) == [["a", "q, p, s", ""]]
    assert texts(stored) == [["a", "", ""]]


def test_a_relation_shows_a_row_once() -> None:
    stored = database(["a"], (key("Rel", "relation", relation={"avID": "av"}), [relation("r-a", "r-a", "r-a")]))
    assert column(stored) == ["a"]


def test_a_relation_within_a_database() -> None:
    stored = database(["a", "b"], (key("Rel", "relation", relation={"avID": "av"}), [relation("r-b", "r-a", "r-b")]))
    assert column(stored) == ["", "a, b"]


def test_the_copies_in_a_relation_do_not_count() -> None:
    stored, other = works("")
    stored["keyValues"][1]["values"][0]["relation"]["contents"] = [primary("r-q", "old name")]
    assert texts(stored, "v", {"other": other})[0][1] == "q, p, s"


@pytest.mark.parametrize(
    ("operator", "shown"),
    [
        ("", "$3.00, $0.00"),
        ("Unique values", "$3.00, $0.00"),
        ("Count all", "3"),
        ("Count values", "3"),
        ("Count unique values", "3"),
        ("Count empty", "1"),
        ("Count not empty", "2"),
        ("Percent empty", "33.33%"),
        ("Percent not empty", "66.67%"),
        ("Percent unique values", "100%"),
        ("Sum", "$3.00"),
        ("Average", "$1.00"),
        ("Median", "$0.00"),
        ("Min", "$0.00"),
        ("Max", "$3.00"),
        ("Range", "$3.00"),
        ("Earliest", ""),
        ("Template", ""),
        ("Unknown", ""),
    ],
)
def test_rollups_of_numbers_take_empty_cells_as_0(operator: str, shown: str) -> None:
    assert rolled(operator, number("r-p", 0), number("r-q", 3), numberFormat="USD") == shown


@pytest.mark.parametrize(
    ("operator", "shown"),
    [
        ("", "2026-01-16 10:30, 2026-01-13"),
        ("Earliest", "2026-01-13"),
        ("Latest", "2026-01-16 10:30"),
        ("Range", "3 days"),
        ("Count values", "2"),
        ("Sum", ""),
    ],
)
def test_rollups_of_dates(operator: str, shown: str) -> None:
    cells = [date("r-p", TENTH, day=True), date("r-q", TENTH + 3 * DAY)]
    assert rolled(operator, *cells, kind="date") == shown


def test_a_range_of_one_date_is_the_date() -> None:
    assert rolled("Range", date("r-p", TENTH), kind="date") == "2026-01-13 10:30"
    assert rolled("Earliest", kind="date") == ""


@pytest.mark.parametrize(
    ("operator", "shown"),
    [("Checked", "1"), ("Unchecked", "2"), ("Percent checked", "33.333333333333336"), ("", "✓")],
)
def test_rollups_of_checkboxes(operator: str, shown: str) -> None:
    cells = [value("r-p", "checkbox", {"checked": True}), value("r-q", "checkbox", {"checked": False})]
    assert rolled(operator, *cells, kind="checkbox") == shown


@pytest.mark.parametrize(
    ("operator", "shown"),
    [("", "One, Two, One, Two"), ("Unique values", "One, Two"), ("Count unique values", "2"), ("Count values", "2")],
)
def test_rollups_of_options(operator: str, shown: str) -> None:
    cells = [options("r-p", "One", "Two"), options("r-q", "One", "Two")]
    assert rolled(operator, *cells, kind="mSelect") == shown


@pytest.mark.parametrize(
    ("operator", "shown"),
    [("Sum", "€0,00"), ("Count all", "0"), ("Average", ""), ("Percent empty", ""), ("Range", ""), ("", "")],
)
def test_rollups_without_related_rows(operator: str, shown: str) -> None:
    stored, other = works(operator, numberFormat="EUR")
    stored["keyValues"][1]["values"] = []
    assert column(stored, {"other": other}) == [shown]


def test_rollups_of_what_is_missing_are_empty() -> None:
    stored, other = works("Count all")
    stored["keyValues"][2]["key"]["rollup"]["keyID"] = "k-gone"
    assert column(stored, {"other": other}) == [""]
    stored["keyValues"][2]["key"]["rollup"] = None
    assert column(stored, {"other": other}) == [""]


def test_rollups_that_name_each_other_end() -> None:
    stored = database(
        ["a"],
        (key("Rel", "relation", relation={"avID": "av"}), [relation("r-a", "r-a")]),
        (key("One", "rollup", rollup=roll("k-Two", "")), []),
        (key("Two", "rollup", rollup=roll("k-One", "Count all")), []),
    )
    assert texts(stored) == [["a", "a", "", "1"]]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "now"),
        (1, "1 day"),
        (2, "2 days"),
        (13, "1 week"),
        (20, "2 weeks"),
        (45, "1 month"),
        (140, "4 months"),
        (400, "1 year"),
        (600, "2 years"),
        (1000, "2 years"),
        (20_521, "a long while"),
    ],
)
def test_lengths_of_time_in_words(days: int, words: str) -> None:
    assert span_text(days * DAY) == words


def test_related_databases() -> None:
    stored = database(
        [],
        (key("A", "relation", relation={"avID": "one"}), []),
        (key("B", "relation", relation={"avID": "two"}), []),
        (key("C", "relation", relation={"avID": ""}), []),
        (key("D", "text", relation={"avID": "three"}), []),
    )
    assert related(json.dumps(stored).encode()) == {"one", "two"}
    assert related(b"{") == frozenset()


def people(*filters: Json, combination: str = "and") -> list[str]:
    """The names that pass, joined."""
    stored = database(
        ["ann", "Bob", "cy"],
        (key("Text", "text"), [text("r-ann", "A boat"), text("r-Bob", "a Boat")]),
        (key("Num", "number"), [number("r-ann", 5), number("r-Bob", -1)]),
        (key("Date", "date"), [date("r-ann", TENTH), date("r-Bob", TENTH + DAY)]),
        (key("One", "select"), [options("r-ann", "x", kind="select"), options("r-Bob", "y", kind="select")]),
        (key("Many", "mSelect"), [options("r-ann", "x", "y"), options("r-Bob", "y")]),
        (key("Done", "checkbox"), [value("r-ann", "checkbox", {"checked": True})]),
        (key("Rel", "relation", relation={"avID": "av"}), [relation("r-ann", "r-ann", "r-Bob")]),
        (key("Roll", "rollup", rollup=roll("k-Num", "")), []),
        (key("Files", "mAsset"), [value("r-ann", "mAsset", [{"name": "plan"}, {"name": "map"}])]),
        (key("Sum", "template"), []),
        filters=[group(combination, *filters)],
    )
    return names(stored)


ALL = ["ann", "Bob", "cy"]


@pytest.mark.parametrize(
    ("sign", "wanted", "kept"),
    [
        ("=", "A boat", ["ann"]),
        ("!=", "A boat", ["Bob", "cy"]),
        ("Contains", "boat", ["ann"]),
        ("Does not contains", "boat", ["Bob", "cy"]),
        ("Starts with", "a", ["Bob"]),
        ("Ends with", "oat", ["ann", "Bob"]),
        ("Is empty", "", ["cy"]),
        ("Is not empty", "", ["ann", "Bob"]),
        ("Contains", "", ALL),
        ("Unknown", "boat", ALL),
    ],
)
def test_filters_of_texts(sign: str, wanted: str, kept: list[str]) -> None:
    assert people(leaf("Text", sign, "text", {"content": wanted})) == kept


@pytest.mark.parametrize(
    ("sign", "wanted", "kept"),
    [
        ("=", 5, ["ann"]),
        ("!=", 5, ["Bob", "cy"]),
        (">", -1, ["ann", "cy"]),
        (">=", -1, ALL),
        ("<", 0, ["Bob"]),
        ("<=", 0, ["Bob", "cy"]),
        ("Is empty", 0, ["cy"]),
        ("Is not empty", 0, ["ann", "Bob"]),
    ],
)
def test_filters_of_numbers_take_an_empty_cell_as_0(sign: str, wanted: float, kept: list[str]) -> None:
    assert people(leaf("Num", sign, "number", number("", wanted)["number"])) == kept


def test_a_filter_without_a_number_lets_all_pass() -> None:
    assert people(leaf("Num", ">", "number", {"content": 0, "isNotEmpty": False})) == ALL


@pytest.mark.parametrize(
    ("sign", "wanted", "kept"),
    [
        ("=", TENTH + 3_600_000, ["ann"]),
        ("!=", TENTH, ["Bob", "cy"]),
        (">", TENTH - 3_600_000, ["Bob"]),
        (">=", TENTH + 3_600_000, ["ann", "Bob"]),
        ("<", TENTH + DAY, ["ann"]),
        ("<=", TENTH - 3_600_000, ["ann"]),
        ("Is empty", TENTH, ["cy"]),
    ],
)
def test_filters_of_dates_count_days_of_the_zone(sign: str, wanted: int, kept: list[str]) -> None:
    assert people(leaf("Date", sign, "date", date("", wanted)["date"])) == kept


def test_dates_between_two_days() -> None:
    assert people(leaf("Date", "Is between", "date", date("", TENTH - DAY, TENTH - 1)["date"])) == ["ann"]
    assert people(leaf("Date", "Is between", "date", date("", TENTH - DAY, TENTH + DAY)["date"])) == ["ann", "Bob"]
    assert people(leaf("Date", "Is between", "date", date("", 10**18, 10**18)["date"])) == []


def test_relative_dates_and_templates_cannot_be_judged() -> None:
    relative = leaf("Date", ">=", "date", {"content": 0}, relativeDate={"count": 1, "unit": 2, "direction": -1})
    assert people(relative) == ALL
    assert people(leaf("Sum", "Is empty", "template", {"content": ""})) == ALL


@pytest.mark.parametrize(
    ("name", "sign", "wanted", "kept"),
    [
        ("One", "=", ["x"], ["ann"]),
        ("One", "=", ["x", "y"], ["ann", "Bob"]),
        ("One", "!=", ["x"], ["Bob", "cy"]),
        ("Many", "Contains", ["x"], ["ann"]),
        ("Many", "Does not contains", ["x"], ["Bob", "cy"]),
        ("Many", "Is empty", [], ["cy"]),
        ("Many", "Contains", [], ALL),
    ],
)
def test_filters_of_options(name: str, sign: str, wanted: list[str], kept: list[str]) -> None:
    assert people(leaf(name, sign, "mSelect", options("", *wanted)["mSelect"])) == kept


def test_filters_of_checkboxes() -> None:
    assert people(leaf("Done", "Is true", "checkbox", {"checked": True})) == ["ann"]
    assert people(leaf("Done", "Is false", "checkbox", {"checked": False})) == ["Bob", "cy"]


@pytest.mark.parametrize(
    ("quantifier", "sign", "kept"),
    [
        ("", ">", ["ann"]),
        ("Any", "<", ["ann"]),
        ("All", ">", []),
        ("All", "<=", ["Bob", "cy"]),
        ("None", ">", ["Bob", "cy"]),
        ("All", "Is empty", ["Bob", "cy"]),
        ("", "Is not empty", ["ann"]),
    ],
)
def test_quantifiers_count_the_values_of_a_rollup(quantifier: str, sign: str, kept: list[str]) -> None:
    wanted = {"contents": [number("", 0)]}
    filters = leaf("Roll", sign, "rollup", wanted, quantifier=quantifier)
    assert people(filters, leaf("Name", "!=", "block", {"content": "zed"})) == kept


def test_filters_of_relations_by_text_and_by_row() -> None:
    assert people(leaf("Rel", "Contains", "relation", {"blockIDs": ["nn"]})) == ["ann"]
    assert people(leaf("Rel", "Contains", "relation", {"blockIDs": ["r-Bob"]})) == ["ann"]
    assert people(leaf("Rel", "Contains", "relation", {"blockIDs": ["r-Bob"]}, quantifier="All")) == []
    assert people(leaf("Rel", "Is empty", "relation", None)) == ["Bob", "cy"]


def test_filters_of_files() -> None:
    plan = [{"name": "plan"}]
    assert people(leaf("Files", "Contains", "mAsset", plan)) == ["ann"]
    assert people(leaf("Files", "Contains", "mAsset", plan, quantifier="All")) == []
    assert people(leaf("Files", "Is not empty", "mAsset", None)) == ["ann"]


def test_groups_join_by_and_or_by_or() -> None:
    five = leaf("Num", "=", "number", number("", 5)["number"])
    boat = leaf("Text", "Contains", "text", {"content": "Boat"})
    assert people(five, boat) == []
    assert people(five, boat, combination="or") == ["ann", "Bob"]
    assert people(leaf("Name", "!=", "block", {"content": "ann"}), group("or", five, boat)) == ["Bob"]


def test_filters_of_unknown_columns_and_empty_groups_say_nothing() -> None:
    boat = leaf("Text", "Contains", "text", {"content": "Boat"})
    assert people(leaf("gone", "=", "text", {"content": "x"})) == ALL
    assert people(leaf("gone", "=", "text", {"content": "x"}), group("or"), boat, combination="or") == ["Bob"]


def test_flat_lists_of_filters_all_count() -> None:
    filters = [leaf("Name", "!=", "block", {"content": "a"}), leaf("Name", "!=", "block", {"content": "b"})]
    assert names(database(["a", "b", "c"], filters=filters)) == ["c"]


def ordered(stored: tuple[Json, list[Json]], order: str = "ASC", rows: str = "abcd") -> str:
    sorts = [{"column": stored[0]["id"], "order": order}]
    return "".join(names(database(list(rows), stored, sorts=sorts)))


def test_numbers_and_dates_sort_by_value_and_empty_cells_come_last() -> None:
    numbers = (key("X", "number"), [number("r-b", 10), number("r-c", 9), number("r-d", 0)])
    assert ordered(numbers) == "dcba"
    assert ordered(numbers, "DESC") == "bcda"
    assert ordered((key("X", "date"), [date("r-a", TENTH), date("r-b", -5)])) == "bacd"


def test_texts_sort_plainly_ignoring_case() -> None:
    cells = [text("r-a", "file 10"), text("r-b", "File 9"), text("r-c", "b"), text("r-d", "")]
    assert ordered((key("X", "text"), cells)) == "cabd"


def test_chinese_texts_sort_by_their_sound() -> None:
    cells = [text("r-a", "张"), text("r-b", "李"), text("r-c", "王"), text("r-d", "Ж")]
    assert ordered((key("X", "text"), cells)) == "dbca"


def test_options_sort_by_their_order_in_the_column() -> None:
    named = key("X", "select", options=[{"name": "late"}, {"name": "early"}])
    cells = [options("r-a", "early", kind="select"), options("r-b", "late", kind="select")]
    assert ordered((named, [*cells, options("r-c", "new", kind="select")])) == "bacd"


def test_checkboxes_sort_unticked_first() -> None:
    cells = [value("r-a", "checkbox", {"checked": True}), value("r-b", "checkbox", {"checked": False})]
    assert ordered((key("X", "checkbox"), cells)) == "bcda"


def test_sorts_count_from_first_to_last_and_keep_what_is_equal_in_order() -> None:
    one = (key("One", "number"), [number("r-a", 1), number("r-b", 2), number("r-c", 1), number("r-d", 2)])
    two = (key("Two", "number"), [number("r-a", 1), number("r-b", 1), number("r-c", 2), number("r-d", 1)])
    sorts = [{"column": "k-One", "order": "DESC"}, {"column": "k-gone"}, {"column": "k-Two", "order": "DESC"}]
    stored = database(["a", "b", "c", "d"], one, two, sorts=[*sorts, {"column": "k-One", "order": "ASC"}])
    assert names(stored) == ["b", "d", "c", "a"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"{}", b"\xff", b'{"views":[]}', b"[" * 100_000, b'{"views":[{"type":"table"}]}'],
)
def test_no_table_where_there_is_none(data: bytes) -> None:
    assert shown_table(data, "", UTC, {}) == ((), ())


def test_deep_groups_of_filters_do_no_harm() -> None:
    filters = leaf("Name", "=", "block", {"content": "b"})
    for _ in range(200):
        filters = group("and", filters)
    assert names(database(["a", "b"], filters=[filters])) == ["a", "b"]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in steps:
        yield (*path, step)
        yield from places(below, (*path, step))


def test_no_malformed_value_raises() -> None:
    stored, other = works("Sum", number("r-p", 1))
    stored["keyValues"] += [
        {"key": key("D", "date"), "values": [date("r-a", TENTH, TENTH + DAY)]},
        {"key": key("M", "created", created={"includeTime": True})},
        {"key": key("S", "select", options=[{"name": "x"}]), "values": [options("r-a", "x", kind="select")]},
        {"key": key("F", "mAsset"), "values": [value("r-a", "mAsset", [{"name": "x"}])]},
        {"key": key("C", "checkbox"), "values": [value("r-a", "checkbox", {"checked": True})]},
    ]
    stored["views"][0]["table"]["columns"] += [{"id": f"k-{name}", "width": "9px"} for name in "DMSFC"]
    stored["views"][0]["sorts"] = [{"column": f"k-{name}", "order": "ASC"} for name in ("D", "M", "S", "F", "Roll")]
    sought = [leaf("D", ">=", "date", date("", TENTH)["date"]), leaf("S", "=", "select", [{"content": "x"}])]
    stored["views"][0]["filters"] = [group("and", *sought, leaf("Roll", "=", "rollup", {"contents": [number("", 1)]}))]
    assert len(texts(stored, "v", {"other": other})) == 1
    odd: list[Any] = [None, True, -1, 10**400, 1e300, "", "x", [], [[]], ["x"], {}, {"x": 1}, [{"content": []}]]
    chosen = random.Random(7)  # noqa: S311
    for which in (stored, other):
        for path in list(places(which)):
            for bad in chosen.sample(odd, 5):
                changed = copy.deepcopy(which)
                node: Any = changed
                for step in path[:-1]:
                    node = node[step]
                node[path[-1]] = bad
                table(changed if which is stored else stored, "v", {"other": other if which is stored else changed})
                related(json.dumps(changed).encode())


KOLKATA = "Asia/Kolkata"
EXCEPTIONS = {
    "F9 Label Contains": "filters by a template, which is not evaluated",
    "This month or later": "filters by a relative date, and there is no clock",
}
NOT_COMPARED = {
    "template": "not evaluated",
    "lineNumber": "not in the rendering",
    "updated": "bound rows have the times of their blocks, which are not in the file",
}


def kernel_text(found: Json, zone: ZoneInfo) -> str:
    """What the kernel's value says; it formats numbers and results itself, the rest is left to the interface."""
    kind = found["type"]
    member = found.get("mSelect" if kind == "select" else kind)
    if kind in ("select", "mSelect"):
        return ", ".join(option["content"] for option in member or [])
    if kind == "mAsset":
        return ", ".join(asset["name"] or asset["content"].split("/")[-1] for asset in member or [])
    if member is None:
        return ""
    if kind in ("relation", "rollup"):
        return ", ".join(filter(None, (kernel_text(content, zone) for content in member["contents"] or [])))
    if kind in ("date", "created", "updated"):
        return member["formattedContent"] or kernel_date(member, zone)
    if kind == "checkbox":
        return "✓" if member["checked"] else ""
    return str(member["formattedContent" if kind == "number" else "content"])


def kernel_date(member: Json, zone: ZoneInfo) -> str:
    form = "%Y-%m-%d" if member["isNotTime"] else "%Y-%m-%d %H:%M"
    ends = [member["content"]] if member["isNotEmpty"] else []
    ends += [member["content2"]] if member["hasEndDate"] and member["isNotEmpty2"] else []
    return " → ".join(datetime.fromtimestamp(end / 1000, zone).strftime(form) for end in ends)


def test_tables_agree_with_the_kernel() -> None:
    place = shared() / "data" / "siyuan-kernel" / "workshop"
    files = {path.stem: path.read_bytes() for path in (place / "workspace/data/storage/av").glob("*.json")}
    zone = ZoneInfo(KOLKATA)
    views = cells = 0
    for line in (place / "views.jsonl").read_text(encoding="utf-8").splitlines():
        rendered = json.loads(line)
        view = rendered["answer"]["view"]
        columns, rows = shown_table(files[rendered["av"]], rendered["viewID"], zone, files)
        shown = [c for c in view.get("columns") or view["fields"] if not c["hidden"]]
        assert [plain_text(cell.runs) for cell in rows[0].cells] == [c["name"] for c in shown]
        assert [c.align for c in columns] == [c.get("align") or "" for c in shown]
        if view.get("groups"):
            # the kernel shows the rows group by group; here they stand in the order of the view
            assert len(rows) - 1 == view.get("rowCount", view.get("cardCount"))
            continue
        if rendered["viewName"] in EXCEPTIONS:
            continue
        views += 1
        cells += compared(rows[1:], view, zone, rendered["viewName"])
    assert (views, cells) == (21, 2571)


def compared(rows: tuple[Row, ...], view: Json, zone: ZoneInfo, name: str) -> int:
    """Compare the rows of a view; the number of cells that were."""
    hidden = [column["hidden"] for column in view.get("columns") or view["fields"]]
    stored = [line.get("cells") or line["values"] for line in view.get("rows") or view.get("cards") or []]
    expected = [[cell["value"] for cell, out in zip(line, hidden, strict=True) if not out] for line in stored]
    assert [plain_text(row.cells[0].runs) for row in rows] == [line[0]["block"]["content"] for line in expected], name
    count = 0
    for row, line in zip(rows, expected, strict=True):
        for cell, found in zip(row.cells, line, strict=True):
            of_template = any(c["type"] == "template" for c in (found.get("rollup") or {}).get("contents") or [])
            if found["type"] not in NOT_COMPARED and not of_template:
                assert plain_text(cell.runs) == kernel_text(found, zone), (name, found)
                count += 1
    return count


def test_databases_of_older_files_have_tables() -> None:
    place = shared() / "data" / "siyuan-guide-en" / "data" / "storage" / "av"
    files = {path.stem: path.read_bytes() for path in place.glob("*.json")}
    shown = {name: shown_table(data, "", UTC, files)[1] for name, data in files.items()}
    found = {name: [[plain_text(cell.runs) for cell in row.cells] for row in rows] for name, rows in shown.items()}
    assert found == {
        "20240208172719-6qv16cr": [
            ["Author", "Works", "Works count"],
            ["Jules Verne", "Twenty Thousand Leagues Under The Sea", "1"],
            ["Liu Cixin", "The Wandering Earth, The Three-Body Problem", "2"],
        ],
        "20240208172742-57vwxqw": [
            ["Book", "Type", "Author"],
            ["Twenty Thousand Leagues Under The Sea", "Science fiction", "Jules Verne"],
            ["The Three-Body Problem", "Science fiction", "Liu Cixin"],
            ["The Wandering Earth", "Science fiction", "Liu Cixin"],
        ],
        "20240208173528-oq4elsj": [
            ["Member", "Food", "Clothing", "Template", "Template accessible fields"],
            ["Vanessa", "200", "200", "", ""],
            ["Daniel", "100", "100", "", ""],
        ],
    }
