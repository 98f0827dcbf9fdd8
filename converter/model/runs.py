"""Inline content: a flat sequence of runs, each with a style.

Nothing nests: where a system nests emphasis (Markdown), its reader flattens and its writer nests again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

__all__ = [
    "BOLD",
    "CODE",
    "FLAG_NAMES",
    "HIGHLIGHT",
    "ITALIC",
    "KEY",
    "NO_AUTOLINK",
    "PLAIN",
    "STRIKE",
    "SUB",
    "SUP",
    "UNDERLINE",
    "AnyRun",
    "BreakRun",
    "EmbedRun",
    "FootnoteRun",
    "FormulaRun",
    "FractionRun",
    "ImageRun",
    "Link",
    "Memo",
    "RawRun",
    "Reference",
    "Run",
    "Runs",
    "Style",
    "TagRun",
    "TextRun",
    "flagged",
    "merge_runs",
    "plain_text",
]

BOLD = 1
ITALIC = 2
UNDERLINE = 4
STRIKE = 8
CODE = 16
HIGHLIGHT = 32
SUB = 64
SUP = 128
KEY = 256
NO_AUTOLINK = 512
"""The user removed an automatic link here (Mnemo)."""

FLAG_NAMES = {
    BOLD: "bold",
    ITALIC: "italic",
    UNDERLINE: "underline",
    STRIKE: "strike",
    CODE: "code",
    HIGHLIGHT: "highlight",
    SUB: "sub",
    SUP: "sup",
    KEY: "key",
    NO_AUTOLINK: "no-autolink",
}


class Link(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="l"):
    """A link mark: `target` as the system at hand spells it.

    `key` tells apart two neighbouring links of equal target and title (`[a](u)[b](u)`); it is 0 unless needed.
    """

    target: str
    title: str = ""
    key: int = 0


class Reference(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="r"):
    """A mark that names a note or a block: `target` (and `place` inside it) as the system at hand spells it.

    `place` is a heading's text (several joined by `#`), or a block's name after `^`, or a block's id.
    `shows` is `title` where the text follows the target (`[[Note]]`), `text` where it is fixed.
    """

    target: str
    place: str = ""
    shows: str = "text"
    key: int = 0


class Memo(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="m"):
    """A comment on a stretch of text."""

    text: str
    key: int = 0


class Style(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The marks of a run: flags (`BOLD | ITALIC …`), colours as CSS or as the system's token, and valued marks.

    `css` holds further declarations of a style sheet (`font-size: 1.4em;`), as written.
    """

    flags: int = 0
    color: str = ""
    background: str = ""
    link: Link | None = None
    reference: Reference | None = None
    memo: Memo | None = None
    css: str = ""


PLAIN = Style()


class Run(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """What every run has: its style."""

    style: Style = PLAIN


class TextRun(Run, frozen=True, gc=False, array_like=True, tag="t"):
    r"""Text. A line break that the source keeps inside a block is `\n` here."""

    text: str


class FormulaRun(Run, frozen=True, gc=False, array_like=True, tag="f"):
    """An inline formula in TeX, without delimiters."""

    tex: str


class FractionRun(Run, frozen=True, gc=False, array_like=True, tag="q"):
    """A fraction of two integers (Mnemo)."""

    numerator: int
    denominator: int


class TagRun(Run, frozen=True, gc=False, array_like=True, tag="#"):
    """A tag inside text; the name without `#`, levels joined by `/`."""

    name: str


class ImageRun(Run, frozen=True, gc=False, array_like=True, tag="i"):
    """A picture inside text; `target` as the system spells it, sizes in pixels (0: natural).

    `wiki` marks Obsidian's form `![[name|300]]`. `attrs` are what a system says besides (SiYuan's `style`).
    """

    target: str
    alt: str = ""
    title: str = ""
    width: int = 0
    height: int = 0
    wiki: bool = False
    attrs: tuple[tuple[str, str], ...] = ()


class EmbedRun(Run, frozen=True, gc=False, array_like=True, tag="e"):
    """A note, block or file shown in place (`![[Note#Heading|text]]`)."""

    target: str
    place: str = ""
    text: str = ""


class FootnoteRun(Run, frozen=True, gc=False, array_like=True, tag="n"):
    """A footnote mark; the block `Footnote` of the same label holds its text."""

    label: str


class RawRun(Run, frozen=True, gc=False, array_like=True, tag="x"):
    """Source text that the model does not interpret; `format` is `html` or `comment` (its text without `%%`)."""

    format: str
    source: str


class BreakRun(Run, frozen=True, gc=False, array_like=True, tag="b"):
    """A line break that the author forced."""


if TYPE_CHECKING:
    AnyRun: TypeAlias = Run
else:
    AnyRun = TextRun | FormulaRun | FractionRun | TagRun | ImageRun | EmbedRun | FootnoteRun | RawRun | BreakRun

Runs = tuple[AnyRun, ...]
"""Runs of any kind. Decoders get the closed list of kinds from it; for types a run is a `Run`."""


def flagged(runs: Runs, flags: int) -> Runs:
    """The runs with these flags added to their styles."""
    return tuple(
        msgspec.structs.replace(run, style=msgspec.structs.replace(run.style, flags=run.style.flags | flags))
        for run in runs
    )


def plain_text(runs: Runs) -> str:
    r"""The text that a person sees: formulas as their TeX, fractions as `n/d`, breaks as `\n`."""
    parts: list[str] = []
    for run in runs:
        match run:
            case TextRun(text=text) | EmbedRun(text=text):
                parts.append(text)
            case FormulaRun(tex=text) | ImageRun(alt=text):
                parts.append(text)
            case FractionRun(numerator=n, denominator=d):
                parts.append(f"{n}/{d}")
            case TagRun(name=name):
                parts.append("#" + name)
            case BreakRun():
                parts.append("\n")
            case _:
                pass
    return "".join(parts)


def merge_runs(runs: list[Run]) -> Runs:
    """The runs with empty text dropped and neighbouring text of equal style joined.

    This is the one place where runs are merged, so that what is written and what is read back agree.
    """
    before: Style | None = None
    for run in runs:
        if type(run) is not TextRun:
            before = None
            continue
        if not run.text or run.style == before:
            return _merged(runs)
        before = run.style
    return tuple(runs)


def _merged(runs: list[Run]) -> Runs:
    merged: list[Run] = []
    last: TextRun | None = None
    more: list[str] = []
    for run in runs:
        if type(run) is TextRun:
            if not run.text:
                continue
            if last is not None and run.style == last.style:
                more.append(run.text)
                continue
            if last is not None:
                merged.append(_joined(last, more) if more else last)
                more = []
            last = run
        else:
            if last is not None:
                merged.append(_joined(last, more) if more else last)
                last, more = None, []
            merged.append(run)
    if last is not None:
        merged.append(_joined(last, more) if more else last)
    return tuple(merged)


def _joined(first: TextRun, more: list[str]) -> TextRun:
    return TextRun(text=first.text + "".join(more), style=first.style)
