"""Notes as SiYuan holds them exactly, for property tests: what lowering hands over, and no more."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from converter.model.blocks import (
    Attrs,
    Block,
    Blocks,
    Callout,
    Cell,
    Code,
    Columns,
    DatabaseView,
    Embed,
    Formula,
    Heading,
    Html,
    List,
    ListItem,
    Media,
    Paragraph,
    Quote,
    Raw,
    Row,
    Rule,
    Table,
    TableColumn,
)
from converter.model.items import Note
from converter.model.runs import (
    BOLD,
    CODE,
    HIGHLIGHT,
    ITALIC,
    KEY,
    STRIKE,
    SUB,
    SUP,
    UNDERLINE,
    BreakRun,
    FormulaRun,
    ImageRun,
    Link,
    Memo,
    RawRun,
    Reference,
    Run,
    Runs,
    Style,
    TagRun,
    TextRun,
    merge_runs,
)
from converter.model.timed_id import base36, moment_of, settled

ZONE: tzinfo = ZoneInfo("Europe/Berlin")
NOTE_ID = "20240115142900-abc1234"
DATABASE = "20240115142900-dadadad"
AWKWARD = (
    "&amp;",
    "&quot;",
    "&amp;lt;",
    "&#123;",
    "<b>",
    "</b>",
    "a & b",
    '"',
    "'",
    "|",
    "\\|",
    "`",
    "```",
    "{: a}",
    "{{",
    "}}",
    "\u2028",
    "\u2029",
    "\u200d",
    "\ufeff",
    "\x7f",
    "\x1b",
    "\t",
    "👩\u200d💻",
    "[a](b)",
    "((c))",
    "#d#",
    "%%",
    "$e$",
    " ",
)
UNSEEN = "\x00\r\u200b"
"""What no text of a document holds: U+0000 is removed, a return is a line break, U+200B is the editor's."""


def texts(*, least: int = 0, lines: bool = True) -> st.SearchStrategy[str]:
    """Text of all kinds; `_esc_newline_` is what a line break is stored as, and so nothing that text can say."""
    free = st.text(st.characters(codec="utf-8", exclude_characters=UNSEEN + ("" if lines else "\n")), max_size=8)
    pieces = st.sampled_from([*AWKWARD, "\n"] if lines else AWKWARD)
    whole = st.lists(free | pieces, min_size=least, max_size=4).map("".join)
    return whole.filter(lambda text: len(text) >= least and "_esc_newline_" not in text)


LINE = texts(least=1, lines=False)
TEXT = texts(least=1)
ANY = texts()
WORD = st.text(st.sampled_from("abcXYZ019é中-_"), min_size=1, max_size=8)
NAME = st.from_regex(r"custom-[a-z][a-z0-9-]{0,8}", fullmatch=True) | st.sampled_from(["memo", "bookmark", "name"])
NODE_IDS = st.from_regex(r"20[0-9]{12}-[0-9a-z]{7}", fullmatch=True)
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])"
STAMPS = st.from_regex(rf"20[0-4][0-9]{_DAY}[01][0-9][0-5][0-9][0-5][0-9]", fullmatch=True)

FLAGS = st.sets(st.sampled_from([BOLD, ITALIC, UNDERLINE, STRIKE, CODE, HIGHLIGHT, SUB, SUP, KEY])).map(sum)
COLORS = st.sampled_from(["", "red", "#102030", "var(--b3-font-color3)", "rgb(1, 2, 3)"])
CSS = st.sampled_from(["", "font-size: 1.4em;", 'font-family: "A & B";', "--b3-parent: <1>; opacity: 0.5;"])
LINKS = st.builds(Link, TEXT, ANY) | st.builds(
    Link,
    st.sampled_from(
        ["https://e.org/?a=1&b=2", "assets/a b.pdf", "siyuan://blocks/20240115143000-abc1234", "<odd>", '"'] * 2
        + ["assets/a.pdf/20240115143000-abc1234"]
    ),
)
REFERENCES = st.builds(Reference, NODE_IDS, st.just(""), st.sampled_from(["title", "text"]))
MEMOS = st.builds(Memo, TEXT)


@st.composite
def styles(draw: st.DrawFn, *, valued: bool = True) -> Style:
    """Any combination of flags and colours with at most one link, reference or memo."""
    mark = draw(st.none() | st.none() | LINKS | REFERENCES | MEMOS) if valued else None
    return Style(
        draw(FLAGS),
        draw(COLORS),
        draw(COLORS),
        mark if isinstance(mark, Link) else None,
        mark if isinstance(mark, Reference) else None,
        mark if isinstance(mark, Memo) else None,
        draw(CSS),
    )


PICTURE_ATTRS: st.SearchStrategy[Attrs] = st.sampled_from(
    [(), (("style", "width: 60%;"),), (("parent-style", "display: block;"), ("style", "width: 60%; height: 3px;"))]
)
PICTURES = st.builds(
    lambda target, alt, title, width, attrs: ImageRun(
        target=target.strip() or "assets/a.png", alt=alt, title=title, width=0 if attrs else width, attrs=attrs
    ),
    LINE,
    ANY,
    ANY,
    st.sampled_from([0, 1, 300, 99999]),
    PICTURE_ATTRS,
)
EMOJIS = st.sampled_from(["logo", "a/b c", "é"]).map(
    lambda name: RawRun(format="emoji", source=f'<img alt="{name}" class="emoji" src="/emojis/{name}.png" title="" />')
)


def lines(*, cell: bool = False) -> st.SearchStrategy[Runs]:
    """A line of text; in a cell line breaks are runs of their own."""
    shown = LINE if cell else TEXT
    tag = LINE.filter(lambda name: "|" not in name) if cell else LINE
    run: list[st.SearchStrategy[Run]] = [
        st.builds(TextRun, text=shown),
        st.builds(TextRun, text=shown, style=styles()),
        st.builds(TextRun, text=WORD, style=styles()),
        st.builds(TagRun, name=tag, style=styles()),
        st.builds(FormulaRun, tex=TEXT, style=styles(valued=False)),
        PICTURES,
        EMOJIS,
    ]
    if cell:
        run.append(st.just(BreakRun()))
    return st.lists(st.one_of(run), max_size=4).map(merge_runs)


@st.composite
def attributes(draw: st.DrawFn) -> Attrs:
    """Attributes as a reader gives them: by name, none of them empty."""
    values = draw(st.dictionaries(NAME, TEXT, max_size=2))
    if draw(st.booleans()):
        values["updated"] = draw(STAMPS)
    return tuple(sorted(values.items()))


ATTRS = attributes()


def _more(attrs: Attrs, name: str, value: str) -> Attrs:
    """The attributes with one of the reader's own behind them."""
    return (*attrs, (name, value)) if value else attrs


def _media(kind: str, target: str, attrs: Attrs) -> Media:
    name = "iframe" if kind == "widget" else kind
    source = f'<{name} controls="controls" src="{html.escape(target)}"></{name}>'
    return Media(media=kind, target=target, source=source, attrs=attrs)


def leaves() -> st.SearchStrategy[Block]:
    """Blocks without blocks in them."""
    charts = st.sampled_from(["", "py", "mermaid", "echarts", "a b", "中"])
    return st.one_of(
        st.builds(Paragraph, runs=lines(), attrs=ATTRS),
        st.builds(Paragraph, runs=lines(), attrs=ATTRS),
        st.builds(Heading, runs=lines(), level=st.integers(1, 6), attrs=ATTRS),
        st.builds(Rule, attrs=ATTRS),
        st.builds(Code, source=ANY, language=charts, attrs=ATTRS),
        st.builds(Formula, tex=TEXT, attrs=ATTRS),
        st.builds(Embed, query=TEXT, attrs=ATTRS),
        st.builds(Html, source=TEXT.map(lambda text: f"<div>{text}</div>"), attrs=ATTRS),
        st.builds(_media, st.sampled_from(["video", "audio", "iframe", "widget"]), LINE, ATTRS),
        st.builds(
            lambda view, layout, attrs: DatabaseView(
                database=DATABASE, view=view, attrs=_more(attrs, "@layout", layout)
            ),
            st.just("") | NODE_IDS,
            st.sampled_from(["", "gallery", "kanban"]),
            ATTRS,
        ),
        st.builds(Raw, format=WORD.map("siyuan:custom:{}".format), source=ANY, attrs=ATTRS),
        st.builds(Raw, format=st.sampled_from(["siyuan:git-conflict", "siyuan:yaml"]), source=ANY, attrs=ATTRS),
        tables(),
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables whose cells fill the grid; merged ones cover places that no other cell has."""
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    taken: set[tuple[int, int]] = set()
    rows: list[Row] = []
    for y in range(height):
        cells: list[Cell] = []
        for x in range(width):
            if (y, x) not in taken:
                wide = draw(st.integers(1, _free(taken, y, x, width)))
                tall = draw(st.integers(1, height - y))
                taken |= {(y + dy, x + dx) for dy in range(tall) for dx in range(wide)}
                cells.append(Cell(runs=draw(lines(cell=True)), colspan=wide, rowspan=tall, attrs=draw(CELL_ATTRS)))
        rows.append(Row(cells=tuple(cells), header=y == 0))
    column = st.builds(TableColumn, align=st.sampled_from(["", "left", "center", "right"]), width=WIDTHS)
    columns = tuple(draw(column) for _ in range(width))
    return Table(columns=columns, rows=tuple(rows), attrs=draw(ATTRS))


def _free(taken: set[tuple[int, int]], y: int, x: int, width: int) -> int:
    """How many places from here on to the right no merged cell has."""
    return next((column - x for column in range(x, width) if (y, column) in taken), width - x)


WIDTHS = st.sampled_from([0.0, 60.0, 120.5, 99999.0])
CELL_ATTRS: st.SearchStrategy[Attrs] = st.sampled_from([(), (), (("style", "background-color: red;"),)])


def _containers(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(inner, min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.builds(Quote, children=several, attrs=ATTRS),
        st.builds(Columns, layout=st.sampled_from(["col", "row"]), children=several, attrs=ATTRS),
        st.builds(
            lambda word, title, icon, path, children, attrs: Callout(
                type=word,
                title=(TextRun(text=title),) if title else (),
                icon=icon,
                children=children,
                attrs=_more(attrs, "@icon-type", path),
            ),
            st.sampled_from(["NOTE", "WARNING", "bug"]) | WORD,
            ANY,
            st.sampled_from(["", "💡", "❗"]),
            st.sampled_from(["", "1"]),
            several,
            ATTRS,
        ),
        lists(inner),
    )


@st.composite
def lists(draw: st.DrawFn, inner: st.SearchStrategy[Block]) -> List:
    """A list of bullets, numbers or tasks; the items of one begin with a paragraph."""
    ordered, tasks = draw(st.booleans()), draw(st.booleans())
    start = draw(st.sampled_from([1, 1, 0, 7, 1986])) if ordered else 1
    paragraph = st.builds(Paragraph, runs=lines(), attrs=ATTRS)
    items: list[Block] = []
    for place in range(draw(st.integers(1, 3))):
        children = (draw(paragraph), *draw(st.lists(inner, max_size=1)))
        item = ListItem(children=children, attrs=draw(ATTRS))
        if tasks:
            item = draw(_task(item))
        elif ordered and place and draw(st.integers(0, 3)) == 0:
            item = msgspec.structs.replace(item, attrs=_more(item.attrs, "@number", str(start + place + 5)))
        items.append(item)
    return List(
        ordered=ordered,
        start=start,
        marker=draw(st.sampled_from(".)" if ordered else "*-+")),
        tight=draw(st.booleans()),
        children=tuple(items),
        attrs=draw(ATTRS),
    )


def _task(item: ListItem) -> st.SearchStrategy[ListItem]:
    said = st.sampled_from([(False, ""), (True, ""), (True, "-"), (True, "/"), (True, "é")])
    return said.map(lambda pair: msgspec.structs.replace(item, checked=pair[0], mark=pair[1]))


def _numbers() -> Iterator[str]:
    for number in range(36**4):
        yield f"20240115143000-abc{base36(number, 4)}"


def with_ids(blocks: Blocks, numbers: Iterator[str]) -> Blocks:
    """The blocks, each with an id of its own."""
    return tuple(
        msgspec.structs.replace(block, id=next(numbers), children=with_ids(block.children, numbers)) for block in blocks
    )


blocks = st.recursive(leaves(), _containers, max_leaves=4)
bodies = st.lists(blocks, min_size=1, max_size=4).map(lambda made: with_ids(tuple(made), _numbers()))

LISTED = st.lists(
    texts(least=1).filter(lambda text: "," not in text).map(str.strip).filter(bool), max_size=3, unique=True
).map(tuple)
ICONS = st.sampled_from(["", "📔", "👩\u200d💻", "1️⃣", "❤️", "work/logo.png", "api/icon/getDynamicIcon?type=1"])
COVERS = st.sampled_from(["", "assets/a b & c.png", "assets/ü'{1}.png", "https://e.org/?a=1&b=<2>"])
MOMENTS = STAMPS.map(lambda stamp: settled(moment_of(stamp, ZONE), ZONE)).filter(bool)


def notes() -> st.SearchStrategy[Note]:
    """Whole notes; their place in a workspace is no part of a document."""
    common: dict[str, Any] = {"key": st.just(NOTE_ID), "id": st.just(NOTE_ID)}
    return st.builds(
        Note,
        title=TEXT,
        created=st.just(moment_of(NOTE_ID, ZONE)),
        updated=MOMENTS,
        tags=LISTED,
        aliases=LISTED,
        icon=ICONS,
        cover=COVERS,
        attrs=st.dictionaries(NAME, TEXT, max_size=3).map(lambda values: tuple(sorted(values.items()))),
        blocks=bodies,
        **common,
    )
