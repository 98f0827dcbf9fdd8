"""What a block of any age becomes in the model, case by case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from converter.model.blocks import (
    Block,
    Callout,
    Code,
    Column,
    Columns,
    Formula,
    Heading,
    Image,
    ListItem,
    Page,
    Paragraph,
    Quote,
    Raw,
    Rule,
    Sketch,
    Table,
    kind_of,
    walk,
)
from converter.model.runs import (
    BOLD,
    HIGHLIGHT,
    ITALIC,
    NO_AUTOLINK,
    STRIKE,
    SUB,
    SUP,
    UNDERLINE,
    FormulaRun,
    FractionRun,
    Link,
    Style,
    TextRun,
    plain_text,
)
from tests.mnemo.builders import block_json, note_json, read_block, read_blocks, read_note, span


def _attrs(block: Block) -> dict[str, str]:
    return dict(block.attrs)


def _kind(block: Block) -> tuple[object, ...]:
    match block:
        case Heading(level=level):
            return ("heading", level)
        case ListItem(ordered=ordered, checked=checked):
            return ("item", ordered, checked)
        case _:
            return (kind_of(block),)


TYPES = [
    ("Text", ("paragraph",)),
    ("Heading1", ("heading", 1)),
    ("Heading2", ("heading", 2)),
    ("Heading3", ("heading", 3)),
    ("Heading4", ("heading", 4)),
    ("BulletList", ("item", False, None)),
    ("NumberedList", ("item", True, None)),
    ("Checklist", ("item", False, False)),
    ("Quote", ("quote",)),
    ("Code", ("code",)),
    ("Divider", ("rule",)),
    ("Image", ("image",)),
    ("ColumnGroup", ("column",)),
    ("TwoColumn", ("columns",)),
    ("Equation", ("formula",)),
    ("Page", ("page",)),
    ("Sketch", ("sketch",)),
    ("Callout", ("callout",)),
    ("Table", ("table",)),
]
OLD = [kind for _, kind in TYPES if kind != ("heading", 4)][:14]


@pytest.mark.parametrize(("name", "kind"), TYPES)
def test_types_by_name(name: str, kind: tuple[object, ...]) -> None:
    for spelling in (name, name.upper(), f"\u2003{name.lower()}\n"):
        block, codes = read_block(block_json(spelling))
        assert _kind(block) == kind
        assert "unknown-block-type" not in codes


@pytest.mark.parametrize(("number", "kind"), list(enumerate(OLD)))
def test_numbers_of_the_first_months_have_their_old_meaning(number: int, kind: tuple[object, ...]) -> None:
    block, codes = read_block({"id": "a", "type": number, "content": "x"})

    assert _kind(block) == kind
    assert codes.count("old-block-numbers") == 1


@pytest.mark.parametrize(("number", "kind"), [(n, kind) for n, (_, kind) in enumerate(TYPES[:17])])
def test_numbers_in_a_block_of_today_s_shape(number: int, kind: tuple[object, ...]) -> None:
    block, codes = read_block({"id": "a", "type": number, "spans": [span("x")], "payload": {"kind": "empty"}})

    assert _kind(block) == kind
    assert "old-block-numbers" in codes


@pytest.mark.parametrize(
    ("number", "payload", "kind"),
    [(17, {"kind": "callout"}, "callout"), (18, {"kind": "table"}, "table"), (17, {"kind": "empty"}, "paragraph")],
)
def test_numbers_of_newer_types_count_where_the_payload_agrees(number: int, payload: object, kind: str) -> None:
    block, _ = read_block(block_json(number, payload=payload))

    assert kind_of(block) == kind


def test_table_parts_by_number() -> None:
    cell = block_json(20, "x", payload={"kind": "tableCell"})
    block, _ = read_block(block_json(18, payload={"kind": "table"}, children=[block_json(19, children=[cell])]))

    assert isinstance(block, Table)
    assert plain_text(block.rows[0].cells[0].runs) == "x"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("99", "99"),
        ("-1", "-1"),
        ("Sketch,Heading1", "17"),
        ("Timeline", "Timeline"),
        ("1,2", None),
        ("4.0", None),
        ("Text,", None),
        ("two_column", None),
        ("", None),
        (99, None),
        (1.5, None),
        ([], None),
    ],
)
def test_types_that_nobody_knows_read_as_text(value: object, kept: str | None) -> None:
    block, codes = read_block(block_json(value, "moss"))

    assert isinstance(block, Paragraph)
    assert plain_text(block.runs) == "moss"
    assert _attrs(block).get("@type") == kept
    assert "unknown-block-type" in codes


def test_type_names_are_joined_by_their_bits() -> None:
    assert read_block(block_json("Heading1, Heading2"))[0] == read_block(block_json("Heading3"))[0]
    assert _kind(read_block(block_json("+3"))[0]) == ("heading", 3)


@pytest.mark.parametrize("value", [None, "absent"])
def test_a_missing_type_is_text_without_a_word(value: object) -> None:
    given = block_json(None, "moss")
    if value == "absent":
        del given["type"]
    block, codes = read_block(given)

    assert isinstance(block, Paragraph)
    assert codes == []


def test_names_in_any_case_and_the_exact_one_first() -> None:
    block, _ = read_block({"ID": "y", "id": "x", "TYPE": "Quote", "Spans": [{"TEXT": "t"}]})

    assert block == Quote(id="x", runs=(TextRun(text="t"),))


def test_an_id_that_is_missing_stays_missing_and_one_of_another_kind_is_told() -> None:
    assert read_block(block_json(id=None))[0].id is None
    block, codes = read_block(block_json(id=7))

    assert (block.id, codes) == ("7", ["value-repaired"])


@pytest.mark.parametrize("order", ["1", None, 1.0, 2147483648, True])
def test_an_order_that_is_no_integer_is_the_place_in_the_list(order: object) -> None:
    blocks, codes = read_blocks(block_json(id="a"), block_json(id="b", order=order))

    assert [block.attrs for block in blocks] == [(), ()]
    assert codes == ["number-repaired"]


def test_an_order_that_differs_from_the_place_is_kept() -> None:
    blocks, codes = read_blocks(block_json(order=3), block_json(order=1))

    assert [_attrs(block) for block in blocks] == [{"@order": "3"}, {}]
    assert codes == []


def test_style_flags_colours_and_links() -> None:
    style = {
        "bold": True,
        "italic": True,
        "underline": True,
        "strikethrough": True,
        "subscript": True,
        "superscript": True,
        "suppressAutoLink": True,
        "backgroundColor": "swatch2",
        "foregroundColor": "swatch5",
        "linkUrl": "https://example.org",
    }
    block, codes = read_block(block_json("Text", spans=[span("x", **style)]))
    flags = BOLD | ITALIC | UNDERLINE | STRIKE | SUB | SUP | NO_AUTOLINK

    assert block.runs == (TextRun(text="x", style=Style(flags, "swatch5", "swatch2", Link("https://example.org"))),)
    assert codes == []


@pytest.mark.parametrize("value", ["true", 1, None])
def test_only_true_is_true(value: object) -> None:
    assert read_block(block_json(spans=[span("x", bold=value)]))[0].runs == (TextRun(text="x"),)


@pytest.mark.parametrize("color", ["#FFD7AA", "#5b3717", "#ffff00"])
def test_colours_of_old_highlights(color: str) -> None:
    old, _ = read_block(block_json(spans=[span("x", backgroundColor=color)]))
    both, _ = read_block(block_json(spans=[span("x", backgroundColor=color, highlight=True)]))

    assert old.runs[0].style == Style(HIGHLIGHT)
    assert both.runs[0].style == Style(HIGHLIGHT, background=color)


def test_a_colour_that_is_there_and_empty_is_remembered() -> None:
    block, _ = read_block(block_json(spans=[span("x", backgroundColor="")]))

    assert block.runs == (TextRun(text="x"),)
    assert '"backgroundColor":""' in _attrs(block)["@spans"]


def test_spans_are_joined_and_empty_ones_dropped() -> None:
    spans = [span("a"), span(""), span("b"), span("", bold=True), span("c", bold=True)]

    assert read_block(block_json(spans=spans))[0].runs == (
        TextRun(text="ab"),
        TextRun(text="c", style=Style(BOLD)),
    )
    assert read_block(block_json(spans=[span("", bold=True)]))[0].runs == ()


@pytest.mark.parametrize(
    ("given", "run", "repaired"),
    [
        ({"kind": "fraction", "numerator": 3}, FractionRun(numerator=3, denominator=1), False),
        ({"kind": "Fraction", "numerator": 1, "denominator": 0}, FractionRun(numerator=1, denominator=1), False),
        ({"kind": "fraction", "denominator": 1.5}, FractionRun(numerator=0, denominator=1), False),
        ({"kind": "fraction", "numerator": "2", "denominator": 4}, FractionRun(numerator=2, denominator=4), True),
        ({"latex": "x"}, FormulaRun(tex="x"), False),
        ({"kind": "equation", "latex": "x^2"}, FormulaRun(tex="x^2"), False),
        ({"kind": "foo", "text": "t"}, TextRun(text="t"), False),
        ({"kind": "text", "text": 5}, TextRun(text="5"), True),
        ({"kind": 5, "text": "t"}, TextRun(text="t"), True),
    ],
)
def test_spans_of_other_kinds(given: object, run: object, repaired: bool) -> None:
    block, codes = read_block(block_json(spans=[given]))

    assert block.runs == (run,)
    assert bool(codes) is repaired


def test_spans_win_over_runs_and_these_over_content() -> None:
    runs = [{"text": "R", "style": {"bold": True}}]

    assert read_block({"spans": [], "inlineRuns": runs, "content": "C"})[0].runs == ()
    assert plain_text(read_block({"spans": None, "inlineRuns": runs, "content": "C"})[0].runs) == "R"
    assert plain_text(read_block({"inlineRuns": 5, "content": "C"})[0].runs) == "C"


def test_formulas_of_the_first_months() -> None:
    runs = [{"text": "?", "style": {"equationLatex": latex}} for latex in (" $x^2$ ", "$$y$$", "z")]

    assert read_block({"id": "a", "inlineRuns": runs})[0].runs == (
        FormulaRun(tex="x^2"),
        FormulaRun(tex="y"),
        FormulaRun(tex="z"),
    )


LEGACY: list[tuple[dict[str, Any], Block]] = [
    (
        {"type": "Image", "meta": {"imagePath": "C:\\x\\a.png", "imageAlt": "A", "imageWidth": 12.5}},
        Image(target="C:\\x\\a.png", alt="A", width=12.5),
    ),
    ({"type": "Code", "content": "x", "meta": {}}, Code(source="x")),
    ({"type": "Equation", "meta": {"equationLatex": "E"}}, Formula(tex="E")),
    ({"type": "TwoColumn", "meta": {"columnSplitRatio": -1}}, Columns(ratio=0.5)),
    ({"type": "TwoColumn", "meta": {"columnSplitRatio": 0.05}}, Columns(ratio=0.1)),
    ({"type": "TwoColumn", "meta": {"columnSplitRatio": 0.95}}, Columns(ratio=0.9)),
    ({"type": "TwoColumn", "meta": {"columnSplitRatio": None}}, Columns(ratio=0.5)),
    ({"type": "Page", "meta": {"reference_note_id": "n2"}}, Page(target="n2")),
]


@pytest.mark.parametrize(("given", "expected"), LEGACY)
def test_payloads_that_stood_in_meta(given: dict[str, Any], expected: Block) -> None:
    block, _ = read_block(given)

    assert block == expected or block.attrs
    assert [name for name in _attrs(block) if name.startswith("@")] == []
    for field in ("target", "alt", "width", "source", "tex", "ratio", "align"):
        assert getattr(block, field, None) == getattr(expected, field, None)


def test_a_checked_item_of_the_first_months() -> None:
    block, _ = read_block({"type": "Checklist", "meta": {"checked": True}})

    assert block == ListItem(checked=True, attrs=(("checked", "true"),))
    assert read_block({"type": "Checklist", "payload": None, "meta": {"checked": True}})[0] == ListItem(
        checked=False, attrs=(("checked", "true"), ("@payload", '{"kind":"empty"}'))
    )


@pytest.mark.parametrize("ratio", ["0.3", True, [1]])
def test_a_share_that_is_no_number(ratio: object) -> None:
    block, codes = read_block({"id": "r", "type": "TwoColumn", "meta": {"columnSplitRatio": ratio}})

    assert isinstance(block, Columns)
    assert block.ratio == 0.5
    assert "number-repaired" in codes


PAYLOADS: list[tuple[str, dict[str, Any], dict[str, object], list[str]]] = [
    ("Image", {"kind": "IMAGE", "width": 300}, {"width": 300.0, "align": "left"}, []),
    ("Image", {"kind": "image", "width": "300"}, {"width": 300.0}, ["number-repaired"]),
    ("Image", {"kind": "image", "width": None}, {"width": 0.0}, ["number-repaired"]),
    ("Image", {"kind": "image", "path": 5}, {"target": "5"}, ["value-repaired"]),
    ("Image", {"kind": "image", "path": None, "alt": None}, {"target": "", "alt": ""}, []),
    ("Checklist", {"kind": "checklist", "checked": "true"}, {"checked": False}, []),
    ("Page", {"kind": "page", "reference_note_id": "n"}, {"target": "n"}, []),
    ("Code", {"kind": "code"}, {"language": "csharp"}, []),
    ("Code", {"kind": "code", "language": None}, {"language": "csharp"}, []),
    ("TwoColumn", {"kind": "twoColumn", "splitRatio": "0.3"}, {"ratio": 0.3}, ["number-repaired"]),
    ("Callout", {"kind": "callout", "tone": "", "emoji": ""}, {"type": "note", "icon": ""}, []),
    ("Callout", {"kind": "callout", "tone": "warn", "emoji": "⚠️"}, {"type": "warn", "icon": "⚠️"}, []),
    ("Sketch", {"kind": "sketch", "width": 1e3, "align": "center"}, {"width": 1000.0, "align": "center"}, []),
]


@pytest.mark.parametrize(("name", "payload", "fields", "codes"), PAYLOADS)
def test_payload_members(name: str, payload: object, fields: dict[str, object], codes: list[str]) -> None:
    block, found = read_block(block_json(name, payload=payload))

    assert {field: getattr(block, field) for field in fields} == fields
    assert found == codes


def test_infinite_widths_take_the_default() -> None:
    block = json.dumps(block_json("Image", payload={"kind": "image", "width": "?"})).replace('"?"', "1e400")
    note, findings = read_note(json.dumps(note_json("?")).replace('"?"', block))

    assert getattr(note.blocks[0], "width", None) == 0.0
    assert [finding.code for finding in findings] == ["number-repaired"]


def test_a_payload_of_another_kind_is_kept_beside() -> None:
    block, codes = read_block(block_json("Heading2", "x", payload={"kind": "checklist", "checked": True}))

    assert isinstance(block, Heading)
    assert _attrs(block) == {"@payload": '{"kind":"checklist","checked":true}'}
    assert codes == []


def test_a_payload_of_an_unknown_kind_is_kept_and_told() -> None:
    block, codes = read_block(block_json("Timeline", "moss", payload={"kind": "timeline", "at": [1.50, "é"]}))

    assert plain_text(block.runs) == "moss"
    assert _attrs(block) == {"@type": "Timeline", "@payload+": '{"kind":"timeline","at":[1.5,"\\u00E9"]}'}
    assert sorted(codes) == ["unknown-block-type", "unknown-payload-kind"]


def test_a_newer_payload_in_an_older_type_is_marked_as_newer() -> None:
    block, _ = read_block(block_json("Text", "x", payload={"kind": "callout", "tone": "warn"}))

    assert _attrs(block) == {"@payload+": '{"kind":"callout","emoji":"","tone":"warn"}'}


def test_code_shows_its_text_and_keeps_its_source() -> None:
    same, _ = read_block(block_json("Code", "x = 1", payload={"kind": "code", "language": "py", "source": "x = 1"}))
    blank, _ = read_block(block_json("Code", "", payload={"kind": "code", "language": "py", "source": "x"}))
    other, _ = read_block(block_json("Code", "y", payload={"kind": "code", "language": "py", "source": "x"}))

    assert same == Code(id="b", source="x = 1", language="py")
    assert blank == Code(id="b", source="x", language="py")
    assert other == Code(id="b", source="x", language="py", runs=(TextRun(text="y"),))


def test_code_of_newer_writers() -> None:
    payload = {"kind": "code", "language": "c", "source": "x", "wrap": True, "numbers": True, "caption": "fig"}
    block, codes = read_block(block_json("Code", "x", payload=payload))

    assert isinstance(block, Code)
    assert (block.caption, _attrs(block), codes) == ("fig", {"@wrap": "true", "@numbers": "true"}, [])


def test_a_sketch_is_its_text() -> None:
    block, _ = read_block(block_json("Sketch", "A -> B", payload={"kind": "sketch", "width": 0, "align": "left"}))

    assert block == Sketch(id="b", source="A -> B", align="left")


@pytest.mark.parametrize("name", ["Equation", "Page"])
def test_text_where_the_application_shows_none_is_told(name: str) -> None:
    block, codes = read_block(block_json(name, "hidden"))

    assert block.runs == ()
    assert "text-dropped" in codes


def test_a_divider_and_a_picture_keep_their_text() -> None:
    assert read_block(block_json("Divider", "x"))[0] == Rule(id="b", runs=(TextRun(text="x"),))
    picture, _ = read_block(block_json("Image", "fig. 1", payload={"kind": "image", "path": "a.png"}))
    assert plain_text(picture.runs) == "fig. 1"


@pytest.mark.parametrize(
    ("crop", "kept"),
    [
        ({"x": 0, "y": 0.1, "w": 1, "h": 0.5, "aspect": 2}, True),
        ({"x": 0, "y": 0, "w": 0, "h": 0.5, "aspect": 2}, False),
        ({"x": "0.1", "y": 0, "w": 1, "h": 1, "aspect": 1}, False),
        ("all", False),
    ],
)
def test_crops(crop: object, kept: bool) -> None:
    block, codes = read_block(block_json("Image", payload={"kind": "image", "path": "a.png", "crop": crop}))

    assert isinstance(block, Image)
    assert bool(block.crop) is kept
    assert bool(codes) is not kept


def test_meta_keeps_literals_and_its_last_values() -> None:
    text = '{"id":"b","type":"NumberedList","meta":{"x":1.50,"@a":1,"ü":"é","x2":null,"x":2.0}}'
    raw = json.dumps(note_json("?")).replace('"?"', text)
    note, _ = read_note(raw)

    assert note.blocks[0].attrs == (("x", "2.0"), ("@@a", "1"), ("ü", '"\\u00E9"'), ("x2", "null"))


def test_unknown_members_are_told_with_their_places() -> None:
    note, findings = read_note(note_json(block_json(foo=1, Bar=2), mood="x"))

    assert note.attrs == ()
    assert [(finding.code, finding.count) for finding in findings] == [("unknown-member", 1)] * 3
    places = [finding.location for finding in findings if finding.location is not None]
    assert [(place.row, place.pointer) for place in places] == [
        ("n", "/mood"),
        ("n", "/blocks/0/foo"),
        ("n", "/blocks/0/Bar"),
    ]


def test_elements_that_are_no_blocks_stay_as_they_are() -> None:
    blocks, codes = read_blocks(None, 5, "x", [1], block_json())

    assert blocks[:4] == tuple(Raw(format="mnemo", source=text) for text in ("null", "5", '"x"', "[1]"))
    assert codes == ["block-unreadable"] * 3


def test_two_columns() -> None:
    left = block_json("ColumnGroup", id="l", children=[block_json(id="x")])
    right = block_json("ColumnGroup", id="r", children=[block_json(id="y")])
    row = block_json("TwoColumn", id="row", payload={"kind": "twoColumn", "splitRatio": 0.3}, children=[left, right])
    block, codes = read_block(row)

    assert block == Columns(
        id="row",
        ratio=0.3,
        children=(Column(id="l", children=(Paragraph(id="x"),)), Column(id="r", children=(Paragraph(id="y"),))),
    )
    assert codes == []


def test_children_stay_under_any_block_and_stray_columns_are_told() -> None:
    child = block_json("ColumnGroup", id="g", children=[block_json("Text", "deep", id="d")])
    block, codes = read_block(block_json("Image", children=[child]))

    assert [kind_of(inner) for inner in walk((block,))] == ["image", "column", "paragraph"]
    assert codes == ["stray-column"]


def test_nested_items() -> None:
    inner = block_json("BulletList", "c", id="c")
    block, codes = read_block(block_json("BulletList", "a", children=[block_json("Checklist", "b", children=[inner])]))

    assert [plain_text(item.runs) for item in walk((block,))] == ["a", "b", "c"]
    assert codes == []


def _table(*rows: list[dict[str, Any]], **payload: object) -> dict[str, Any]:
    made = [block_json("TableRow", id=f"r{n}", order=n, children=cells) for n, cells in enumerate(rows)]
    return block_json("Table", id="t", payload={"kind": "table", **payload}, children=made)


def _cell(text: str, fill: str = "", **members: object) -> dict[str, Any]:
    return block_json("TableCell", text, payload={"kind": "tableCell", "fill": fill}, **members)


def test_tables() -> None:
    given = _table(
        [_cell("Ion", id="c0"), _cell("Charge", "blue", id="c1", order=1)],
        [_cell("Na", children=[block_json("Text", "more")])],
        columnWidths=[180, 72.5],
        headerRows=[True, False],
        headerColumns=[False, True],
        fullWidth=True,
    )
    block, codes = read_block(given)

    assert isinstance(block, Table)
    assert [(column.width, column.header) for column in block.columns] == [(180.0, False), (72.5, True)]
    assert [[plain_text(cell.runs) for cell in row.cells] for row in block.rows] == [["Ion", "Charge"], ["Na"]]
    assert [row.header for row in block.rows] == [True, False]
    assert block.rows[0].cells[1].fill == "blue"
    assert [plain_text(inner.runs) for inner in block.rows[1].cells[0].children] == ["more"]
    assert _attrs(block) == {"@fullWidth": "true"}
    assert codes == []


def test_tables_of_older_writers_flag_one_row_and_column() -> None:
    block, _ = read_block(_table([_cell("a")], [_cell("b")], headerRow=True, headerCol=True))
    wins, _ = read_block(_table([_cell("a")], headerRow=True, headerRows=[False]))

    assert isinstance(block, Table)
    assert isinstance(wins, Table)
    assert [row.header for row in block.rows] == [True, False]
    assert [column.header for column in block.columns] == [True]
    assert not wins.rows[0].header


def test_ragged_tables_have_the_widest_row_s_columns() -> None:
    block, _ = read_block(_table([_cell("a"), _cell("b")], [_cell("c")], [_cell("d"), _cell("e"), _cell("f")]))

    assert isinstance(block, Table)
    assert len(block.columns) == 3
    assert [len(row.cells) for row in block.rows] == [2, 1, 3]


def test_parts_of_tables_in_wrong_places_keep_their_text() -> None:
    row = block_json("TableRow", "of a row", id="r", children=[_cell("x"), block_json("Quote", "no cell")])
    blocks, codes = read_blocks(
        _cell("top"),
        block_json("Heading1", "h", children=[block_json("TableRow", children=[_cell("in a heading")])]),
        block_json("Table", payload={"kind": "table"}, children=[block_json("Text", "no row"), row]),
    )
    texts = [plain_text(block.runs) for block in walk(blocks)]
    texts += [
        plain_text(cell.runs) for block in blocks if isinstance(block, Table) for r in block.rows for cell in r.cells
    ]

    for text in ("top", "in a heading", "no row", "of a row", "x", "no cell"):
        assert text in texts
    assert codes == ["stray-table-part"] * 5


def test_more_levels_than_the_application_can_write_are_told() -> None:
    deep = block_json("Text", "x")
    for _ in range(40):
        deep = block_json("BulletList", children=[deep])
    block, codes = read_block(deep)

    assert len(list(walk((block,)))) == 41
    assert "nesting-deep" in codes


def test_callouts_hold_their_text_and_children() -> None:
    block, codes = read_block(
        block_json(
            "Callout", "one\ntwo", payload={"kind": "callout", "tone": "warn"}, children=[block_json("Text", "c")]
        )
    )

    assert isinstance(block, Callout)
    assert plain_text(block.runs) == "one\ntwo"
    assert [plain_text(child.runs) for child in block.children] == ["c"]
    assert codes == []
