"""Whatever a Mnemo note can hold is written, read back as the same note, and written the same again."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.findings.problems import Problems
from converter.formats.mnemo.build import blocks_built
from converter.formats.mnemo.notes import members_of, note_text
from converter.formats.mnemo.old_notes import note_record
from converter.formats.mnemo.strict import strict_note
from converter.model.blocks import (
    Block,
    Callout,
    Cell,
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
    Row,
    Rule,
    Sketch,
    Table,
    TableColumn,
    walk,
)
from converter.model.items import Note
from converter.model.moment import Moment
from converter.model.runs import (
    BOLD,
    CODE,
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
    Run,
    Style,
    TextRun,
    merge_runs,
)
from tests.mnemo.builders import read_note

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
WORD = st.text(st.characters(codec="utf-8", exclude_characters=""), min_size=1, max_size=8)
INT32 = st.integers(-(2**31), 2**31 - 1)
WIDTH = st.floats(0, 5000) | st.integers(0, 900).map(float)
FLAGS = st.sets(st.sampled_from([BOLD, ITALIC, UNDERLINE, STRIKE, CODE, HIGHLIGHT, SUB, SUP, NO_AUTOLINK])).map(sum)
BACKGROUND = st.sampled_from(["", "swatch3", "#102030"])
FOREGROUND = st.sampled_from(["", "swatch5"])
META = st.dictionaries(
    WORD, st.sampled_from(["1", "1.50", "true", "null", '"x"', '[1,{"a":"\\u00E9"}]', "{}"]), max_size=2
)


def _meta(values: dict[str, str]) -> tuple[tuple[str, str], ...]:
    taken = ("imagePath", "imageAlt", "imageWidth", "imageAlign", "columnSplitRatio", "reference_note_id")
    return tuple(("@" + k if k.startswith("@") else k, v) for k, v in values.items() if k not in taken)


def styles(*, newer: bool) -> st.SearchStrategy[Style]:
    color = FOREGROUND if newer else st.just("")
    return st.builds(Style, FLAGS, color, BACKGROUND, st.none() | st.builds(Link, TEXT))


def runs(*, newer: bool) -> st.SearchStrategy[tuple[Run, ...]]:
    style = styles(newer=newer)
    run: st.SearchStrategy[Run] = st.one_of(
        st.builds(TextRun, text=TEXT, style=style),
        st.builds(FormulaRun, tex=TEXT, style=style),
        st.builds(FractionRun, numerator=INT32, denominator=st.integers(1, 2**31 - 1), style=style),
    )
    return st.lists(run, max_size=4).map(merge_runs)


def leaves(*, newer: bool) -> st.SearchStrategy[Block]:
    common: dict[str, Any] = {"id": WORD, "attrs": META.map(_meta)}
    text: dict[str, Any] = {**common, "runs": runs(newer=newer)}
    found = [
        st.builds(Paragraph, **text),
        st.builds(Heading, level=st.integers(1, 4), **text),
        st.builds(ListItem, ordered=st.booleans(), **text),
        st.builds(ListItem, checked=st.booleans(), **text),
        st.builds(Quote, **text),
        st.builds(Rule, **text),
        st.builds(Code, source=TEXT, language=TEXT, caption=TEXT if newer else st.just(""), **common),
        st.builds(Image, target=TEXT, alt=TEXT, width=WIDTH, align=st.sampled_from(["", "left", "right"]), **text),
        st.builds(Formula, tex=TEXT, **common),
        st.builds(Page, target=TEXT, **common),
        st.builds(Sketch, source=TEXT, width=WIDTH, align=st.sampled_from(["left", "center"]), **common),
    ]
    if newer:
        found.append(st.builds(Callout, type=WORD, icon=TEXT, **text))
        found.append(tables())
    return st.one_of(found)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    cell = st.builds(Cell, runs=runs(newer=True), fill=st.sampled_from(["", "blue"]), id=WORD, attrs=META.map(_meta))
    rows = tuple(
        Row(
            cells=tuple(draw(cell) for _ in range(width)),
            header=draw(st.booleans()),
            id=draw(WORD),
            attrs=_meta(draw(META)),
        )
        for _ in range(height)
    )
    columns = tuple(TableColumn(width=draw(WIDTH), header=draw(st.booleans())) for _ in range(width))
    return Table(columns=columns, rows=rows, id=draw(WORD), attrs=_meta(draw(META)))


def with_children(block: Block, children: list[Block]) -> Block:
    return msgspec.structs.replace(block, children=tuple(children))


def bodies(*, newer: bool) -> st.SearchStrategy[tuple[Block, ...]]:
    leaf = leaves(newer=newer)
    columns = st.builds(
        lambda left, right, ratio: Columns(
            id="row", ratio=ratio, children=(Column(id="l", children=left), Column(id="r", children=right))
        ),
        st.lists(leaf, max_size=2).map(tuple),
        st.lists(leaf, max_size=2).map(tuple),
        st.floats(0.1, 0.9),
    )
    block = leaf | columns
    if newer:
        nested = st.recursive(leaf, lambda inner: st.builds(with_children, _parents(leaf), st.lists(inner, max_size=2)))
        block = block | nested
    return st.lists(block, max_size=5).map(tuple)


def _parents(leaf: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return leaf.filter(lambda block: not isinstance(block, Table))


MOMENTS = st.builds(Moment, st.integers(1, 3_155_378_975_999_999_999), st.just(0))


def notes(*, newer: bool) -> st.SearchStrategy[Note]:
    more: dict[str, Any] = {"icon": TEXT, "cover": TEXT, "tags": st.lists(TEXT, max_size=3).map(tuple)} if newer else {}
    return st.builds(
        Note,
        key=st.just("n"),
        id=st.just("n"),
        title=TEXT,
        folder=st.none() | WORD,
        parent=st.none() | WORD,
        order=INT32,
        created=MOMENTS,
        updated=MOMENTS,
        favorite=st.booleans(),
        blocks=bodies(newer=newer),
        **more,
    )


def _check(note: Note) -> None:
    written = note_text(note)
    again, _ = read_note(written)

    assert written.isascii()
    assert again == note
    assert note_text(again) == written


@given(notes(newer=False))
@settings(deadline=None, max_examples=250, derandomize=True)
def test_notes_of_application_0_6(note: Note) -> None:
    _check(note)


@given(notes(newer=True))
@settings(deadline=None, max_examples=250, derandomize=True)
def test_notes_of_application_0_8(note: Note) -> None:
    _check(note)


def _has_attrs(block: Block) -> bool:
    rows = block.rows if isinstance(block, Table) else ()
    return bool(block.attrs) or any(row.attrs or any(cell.attrs for cell in row.cells) for row in rows)


@given(notes(newer=True))
@settings(deadline=None, max_examples=150, derandomize=True)
def test_the_quick_and_the_patient_reader_agree(note: Note) -> None:
    data = note_text(note).encode()
    quick = strict_note(data)
    problems = Problems("n")
    patient = note_record(members_of(data, 512, problems), problems)

    assert quick is not None or any(_has_attrs(block) for block in walk(note.blocks)) or b":-0" in data
    if quick is not None:
        assert quick.tags == patient.tags
        assert blocks_built(quick.blocks or [], problems) == blocks_built(patient.blocks or [], problems)
        assert problems.findings() == ()


def test_notes_as_deep_as_the_limit_allows() -> None:
    block: Block = Paragraph(id="leaf", runs=(TextRun(text="x"),))
    for level in range(250):
        block = ListItem(id=str(level), children=(block,))
    note = Note(key="n", id="n", title="", order=0, blocks=(block,), created=Moment(1, 0), updated=Moment(1, 0))
    again, findings = read_note(note_text(note))

    assert again == note
    assert {finding.code for finding in findings} == {"nesting-deep"}
