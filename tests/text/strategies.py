"""Blocks in Markdown's domain, for property tests."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from converter.model.blocks import (
    Block,
    Callout,
    Cell,
    Code,
    Footnote,
    Formula,
    Heading,
    List,
    ListItem,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
    TableColumn,
)
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
    Link,
    Reference,
    Run,
    Runs,
    Style,
    TextRun,
    merge_runs,
)
from converter.pipeline.lower.finish import with_markdown_lists
from converter.pipeline.lower.fit import fit_runs

SIGNS = "ab1 *_~=#^[]()!|<>&;:$%`\\-+.\"'é中。🎉"
texts = st.text(alphabet=st.sampled_from(SIGNS), min_size=1, max_size=12)
flags = st.lists(
    st.sampled_from([BOLD, ITALIC, STRIKE, HIGHLIGHT, UNDERLINE, SUB, SUP, KEY]), max_size=2, unique=True
).map(sum)
words = st.text(alphabet=st.sampled_from("abc中é"), min_size=1, max_size=6)


def _text_run(text: str, flag: int) -> Run:
    return TextRun(text=text, style=Style(flag))


plain_runs = st.builds(_text_run, texts, flags)
code_runs = st.builds(lambda text, flag: TextRun(text=text, style=Style(flag | CODE)), texts, flags)
link_runs = st.builds(
    lambda text, target: TextRun(text=text, style=Style(link=Link(target))),
    words,
    st.sampled_from(["https://e.org/a(b)", "a b.md", "x.md#y", "mailto:a@b.c", "<odd>", "a&amp;b"]),
)
reference_runs = st.builds(
    lambda name, place: TextRun(
        text=name + (f"#{place}" if place else ""), style=Style(reference=Reference(name, place, "title"))
    ),
    words,
    st.one_of(st.just(""), words),
)


def _fitted(runs: list[Run], *, single_line: bool) -> Runs:
    told: list[Run] = []
    for run in runs:
        told.append(_told_apart(run, told[-1] if told else None))
    return fit_runs(merge_runs(told), single_line=single_line)[0]


def _told_apart(run: Run, before: Run | None) -> Run:
    """Neighbouring links and references of one target stay two by their keys, as the reader says it."""
    style = run.style
    if before is None or (style.link, style.reference) != (before.style.link, before.style.reference):
        return run
    if style.link is not None:
        style = msgspec.structs.replace(style, link=msgspec.structs.replace(style.link, key=1))
    if style.reference is not None:
        style = msgspec.structs.replace(style, reference=msgspec.structs.replace(style.reference, key=1))
    return msgspec.structs.replace(run, style=style)


def inline(*, single_line: bool = False) -> st.SearchStrategy[Runs]:
    """Runs as lowering would hand them over."""
    run = st.one_of(plain_runs, plain_runs, code_runs, link_runs, reference_runs)
    return st.lists(run, min_size=1, max_size=4).map(lambda runs: _fitted(runs, single_line=single_line))


def _table(header: Runs, cells: list[Runs]) -> Block:
    rows = (Row(cells=(Cell(runs=header), Cell()), header=True), *(Row(cells=(Cell(runs=c), Cell())) for c in cells))
    return Table(columns=(TableColumn(), TableColumn(align="right")), rows=rows)


leaf = st.one_of(
    inline().filter(bool).map(lambda runs: Paragraph(runs=runs)),
    st.builds(lambda runs, level: Heading(runs=runs, level=level), inline(single_line=True), st.integers(1, 6)),
    st.builds(lambda text: Code(source=text, language="py"), st.text(alphabet="ab `~\n", max_size=12)),
    st.sampled_from(["a", "\\frac{1}{2}", "a &= b"]).map(lambda tex: Formula(tex=tex)),
    st.just(0).map(lambda _: Rule()),
    st.builds(_table, inline(single_line=True), st.lists(inline(single_line=True), max_size=2)),
)


def _list(items: list[tuple[Runs, list[Block]]], ordered: bool, tight: bool) -> Block:
    made = tuple(ListItem(runs=runs, children=tuple(children), ordered=ordered) for runs, children in items)
    loose = not tight and (len(made) > 1)
    return List(ordered=ordered, marker="." if ordered else "-", tight=not loose, children=made)


def _containers(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(inner, min_size=1, max_size=2)
    items = st.lists(st.tuples(inline().filter(bool), st.lists(inner, max_size=1)), min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda blocks: Quote(children=tuple(blocks))),
        st.builds(
            lambda title, blocks: Callout(type="note", title=title, children=tuple(blocks)),
            inline(single_line=True),
            several,
        ),
        st.builds(_list, items, st.booleans(), st.booleans()),
    )


blocks = st.recursive(leaf, _containers, max_leaves=4)
bodies = st.lists(blocks, max_size=4).map(lambda made: with_markdown_lists(tuple(made)))
footnotes = words.map(lambda label: Footnote(label=label, children=(Paragraph(runs=(TextRun(text="x"),)),)))
