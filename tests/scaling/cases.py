"""Vaults that are large in one way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Fill = Callable[[Path, int], None]


def siblings(root: Path, size: int) -> None:
    """So many notes in one folder."""
    folder = root / "folder"
    folder.mkdir()
    for number in range(size):
        (folder / f"note {number}.md").write_text(f"Text {number}.\n", encoding="utf-8")


def namesakes(root: Path, size: int) -> None:
    """So many folders with a note of one name in each, which all have one and the same id, and links to it."""
    for number in range(size):
        folder = root / f"folder {number}"
        folder.mkdir()
        (folder / "Plan.md").write_text(
            f"---\nid: plan\ntitle: Plan\n---\nText {number}, [[Plan]].\n", encoding="utf-8"
        )
        (folder / "More.md").write_text("[[plan]] ![[None]]\n", encoding="utf-8")
    (root / "Seen.md").write_text("[[PLAN]] " * size, encoding="utf-8")


def links(root: Path, size: int) -> None:
    """So many links to headings of one note, half of them in one note, the others in many."""
    (root / "goal.md").write_text("# Here\n\nText.\n\n# There\n\nMore.\n", encoding="utf-8")
    half = size // 2
    lines = [f"See [[goal#{'There' if number % 2 else 'Here'}]], {number}.\n" for number in range(half)]
    (root / "one.md").write_text("\n".join(lines), encoding="utf-8")
    for number in range(half):
        (root / f"from {number}.md").write_text("See [[goal]] and [more](goal.md#Here).\n", encoding="utf-8")


def nested(root: Path, size: int) -> None:
    """Lists so many levels deep, in a text that is no longer for it."""
    (root / "deep.md").write_text("- " * size + "item\n", encoding="utf-8")


def headings(root: Path, size: int) -> None:
    """So many headings in one note, of which half have one text, and links to the others."""
    texts = [f"# {'Again' if number % 2 else f'Heading {number}'}\n\nText.\n" for number in range(size)]
    seen = [f"[[#Heading {number}]]\n" for number in range(0, size, 2)]
    (root / "headings.md").write_text("\n".join(texts + seen), encoding="utf-8")


def table(root: Path, size: int) -> None:
    """A table of so many rows."""
    rows = [f"| {number} | *two* | [[table]] |" for number in range(size)]
    (root / "table.md").write_text("\n".join(["| a | b | c |", "|---|---|---|", *rows, ""]), encoding="utf-8")


def marks(root: Path, size: int) -> None:
    """So many marks inside each other, and as many signs without a partner, in one paragraph each."""
    signs = ("<u>a" * size + "</u>" * size, "<u>a" * size + "</s>b" * size, "%%a " * size, "==a " * size)
    (root / "marks.md").write_text("\n\n".join(signs) + "\n", encoding="utf-8")


def colons(root: Path, size: int) -> None:
    """So many lines that could be definitions, and as many blocks of code."""
    (root / "colons.md").write_text("word\n:text\n\n```\n:code\n```\n\n" * size, encoding="utf-8")


CASES: dict[str, Fill] = {
    made.__name__: made for made in (siblings, namesakes, links, nested, headings, table, marks, colons)
}
