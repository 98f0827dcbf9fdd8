"""Markdown to blocks and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.model.blocks import Blocks, Callout, Code, Formula, Heading, List, ListItem, Paragraph, Raw, Table
from converter.model.runs import (
    BOLD,
    CODE,
    HIGHLIGHT,
    ITALIC,
    EmbedRun,
    ImageRun,
    Link,
    RawRun,
    Reference,
    TagRun,
    TextRun,
)
from converter.pipeline.verify import first_difference
from converter.text.frontmatter import split
from converter.text.markdown.parse import parse
from converter.text.markdown.render import render
from tests.support import shared, vault
from tests.text.strategies import SIGNS, bodies

RELAXED = settings(deadline=None, max_examples=300, derandomize=True)


def one(text: str) -> object:
    """The only block of a text."""
    (block,) = parse(text).blocks
    return block


def runs(text: str) -> list[tuple[str, object]]:
    """The runs of a one-paragraph text, as (what stands there, its flags or kind)."""
    block = one(text)
    assert isinstance(block, Paragraph)
    return [
        (run.text, run.style.flags) if isinstance(run, TextRun) else (type(run).__name__, run) for run in block.runs
    ]


@RELAXED
@given(bodies)
def test_what_is_rendered_is_read_back(body: Blocks) -> None:
    text = render(body)

    again = parse(text).blocks

    assert again == body, first_difference(body, again) + "\n" + text


@RELAXED
@given(st.text(alphabet=st.sampled_from(SIGNS + "\n"), max_size=80))
def test_a_second_trip_changes_nothing(text: str) -> None:
    once = render(parse(text).blocks)

    assert render(parse(once).blocks) == once


@RELAXED
@given(st.text(max_size=200))
def test_every_text_is_markdown(text: str) -> None:
    assert isinstance(render(parse(text).blocks), str)


@pytest.mark.parametrize("folder", ["data/wikimind-home/wiki", "data/siyuan-engine/export-guide-en/md"])
def test_real_texts_survive_a_trip(folder: str) -> None:
    check_trips(shared() / folder)


def test_a_generated_vault_survives_a_trip() -> None:
    check_trips(vault(300))


def check_trips(folder: Path) -> None:
    paths = sorted(folder.rglob("*.md"))
    assert paths
    for path in paths:
        body = split(path.read_text(encoding="utf-8", errors="replace")).body
        blocks = parse(body).blocks
        again = parse(render(blocks)).blocks
        assert again == blocks, f"{path}: {first_difference(blocks, again)}"


@pytest.mark.parametrize(
    "text",
    [
        "*a **a " * 5000,
        "[" * 20000,
        ">" * 5000 + "a",
        "- " * 2000 + "a",
        "`" * 9999,
        "![[" * 5000,
        "==" * 5000,
        "%%" * 4999,
    ],
)
def test_pathological_texts_end(text: str) -> None:
    blocks = parse(text).blocks

    assert blocks


def test_marks() -> None:
    assert runs("**b** *i* ==h== `c`") == [
        ("b", BOLD),
        (" ", 0),
        ("i", ITALIC),
        (" ", 0),
        ("h", HIGHLIGHT),
        (" ", 0),
        ("c", CODE),
    ]


def test_a_highlight_spans_emphasis() -> None:
    assert runs("==a **b** c==") == [("a ", HIGHLIGHT), ("b", HIGHLIGHT | BOLD), (" c", HIGHLIGHT)]


def test_escaped_signs_are_text() -> None:
    assert runs(r"\==a== \#tag \%%x%%") == [("==a== #tag %%x%%", 0)]


def test_a_tag_and_a_number_sign() -> None:
    block = one("see #a/b and #12")
    assert isinstance(block, Paragraph)

    assert block.runs == (TextRun(text="see "), TagRun(name="a/b"), TextRun(text=" and #12"))


def test_wikilinks() -> None:
    block = one("[[Note]] [[Note#Head|text]]")
    assert isinstance(block, Paragraph)

    references = [run.style.reference for run in block.runs if run.style.reference]

    assert references == [Reference("Note", "", "title"), Reference("Note", "Head", "text")]


def test_neighbouring_equal_links_stay_two() -> None:
    block = one("[a](u)[b](u)")
    assert isinstance(block, Paragraph)

    assert [run.style.link for run in block.runs] == [Link("u"), Link("u", "", 1)]
    assert render((block,)) == "[a](u)[b](u)\n"


def test_pictures_and_embeds() -> None:
    block = one('![alt|30x20](p.png "t") ![[p.png|40]] ![[Note#H]]')
    assert isinstance(block, Paragraph)

    made = [run for run in block.runs if not isinstance(run, TextRun)]

    assert made == [
        ImageRun(target="p.png", alt="alt", title="t", width=30, height=20),
        ImageRun(target="p.png", width=40, wiki=True),
        EmbedRun(target="Note", place="H"),
    ]


def test_comments() -> None:
    assert one("%%all of it%%") == Raw(format="comment", source="all of it")
    assert RawRun(format="comment", source="c **d**") in getattr(one("a %%c **d**%% b"), "runs", ())


def test_a_callout() -> None:
    block = one("> [!warning]- A *title*\n> body")

    assert isinstance(block, Callout)
    assert (block.type, block.fold) == ("warning", "-")
    assert block.title == (TextRun(text="A "), *block.title[1:])
    assert block.children == (Paragraph(runs=(TextRun(text="body"),)),)


def test_names_of_blocks() -> None:
    text = "A line. ^one\n\n- item ^two\n\n| a |\n|---|\n\n^three\n"

    paragraph, items, table = parse(text).blocks

    assert (paragraph.anchor, items.children[0].anchor, table.anchor) == ("one", "two", "three")
    assert isinstance(table, Table)


def test_tasks_in_any_state() -> None:
    block = one("- [ ] a\n- [x] b\n- [/] c\n- d")
    assert isinstance(block, List)

    states = [(item.checked, item.mark) for item in block.children if isinstance(item, ListItem)]

    assert states == [(False, ""), (True, ""), (True, "/"), (None, "")]


def test_code_keeps_its_text() -> None:
    block = one("````md\n```\nx\n```\n````")

    assert block == Code(source="```\nx\n```", language="md")
    assert isinstance(block, Code)
    assert render((block,)) == "````md\n```\nx\n```\n````\n"


def test_formulas() -> None:
    assert one("$$\nx\n$$") == Formula(tex="x")


def test_headings_of_both_kinds() -> None:
    assert one("Title\n=====") == Heading(level=1, runs=(TextRun(text="Title"),))


@pytest.mark.parametrize("name", ["a %% b %% c", "a ==b== c", "a #b", "a ^b"])
def test_signs_in_the_name_of_a_note_are_its_name(name: str) -> None:
    (run,) = one(f"[[{name}]]").runs  # type: ignore[attr-defined]

    assert isinstance(run, TextRun)
    assert run.text == name
    assert run.style.reference is not None


@pytest.mark.parametrize("color", ["red", "var(--" + "x" * 300 + ")"])
def test_a_colour_of_any_length_is_a_mark(color: str) -> None:
    (run,) = one(f'<span style="color: {color};">x</span>').runs  # type: ignore[attr-defined]

    assert isinstance(run, TextRun)
    assert (run.text, run.style.color) == ("x", color)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\#a #b", [r"#a ", "b"]),
        (r"#a\#b", ["a", "#b"]),
        ("&#35;a #b", ["#a ", "b"]),
        ("x#a #b", ["x#a ", "b"]),
        ("**x**#a #b", ["x", "#a ", "b"]),
    ],
)
def test_a_tag_begins_behind_a_blank_and_is_not_escaped(text: str, expected: list[str]) -> None:
    made = one(text).runs  # type: ignore[attr-defined]

    assert [run.name if isinstance(run, TagRun) else run.text for run in made] == expected
