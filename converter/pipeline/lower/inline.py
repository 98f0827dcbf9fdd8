"""Lowering of runs: marks and run kinds that the target lacks, and the links as the target spells them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from converter.model.blocks import Footnote, Image, Paragraph
from converter.model.runs import (
    CODE,
    FLAG_NAMES,
    PLAIN,
    SUP,
    BreakRun,
    EmbedRun,
    FootnoteRun,
    FormulaRun,
    FractionRun,
    ImageRun,
    Link,
    RawRun,
    Run,
    Runs,
    Style,
    TagRun,
    TextRun,
    merge_runs,
)
from converter.pipeline.lower.fit import fit_runs, trim_edges
from converter.pipeline.lower.links import Links
from converter.text.markdown.domain import code_span_fits, formula_fits, tag_fits

if TYPE_CHECKING:
    from converter.pipeline.lower.engine import Lowering

__all__ = ["Inline", "Piece"]

Piece = Runs | Image
"""A stretch of inline content: runs, or a picture that stands as a block of its own."""

_TAG = re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->|<[?!].*?>", re.DOTALL)


class Inline:
    """Lowers the runs of one note."""

    def __init__(self, lowering: Lowering) -> None:
        self._lowering = lowering
        self._pair = lowering.pair
        self.links = Links(lowering)
        self._styles: dict[Style, tuple[Style, tuple[str, ...]]] = {}
        self.footnotes: dict[str, int] = {}
        self.memos: list[Footnote] = []

    def runs(self, runs: Runs, *, single_line: bool = False) -> Runs:
        """Lowered runs where no picture may stand apart: pictures become their alternative text."""
        flat: list[Run] = []
        for piece in self.pieces(runs, single_line=single_line):
            if isinstance(piece, Image):
                text = piece.alt or piece.target
                flat.append(TextRun(text=text, style=PLAIN))
                self._lowering.loss("detail-lost", what="a picture inside a line")
            else:
                flat.extend(piece)
        return merge_runs(flat)

    def pieces(self, runs: Runs, *, single_line: bool = False) -> list[Piece]:
        """Lowered runs, split around pictures where the target wants them apart; at least one piece."""
        if not runs:
            return [()]
        if not self._pair.markdown_text and _is_plain(runs):
            return [runs]
        pieces: list[Piece] = []
        flat: list[Run] = []
        for run in self._with_memos(runs):
            for made in self._run(run):
                if not isinstance(made, Image):
                    flat.append(made)
                    continue
                pieces += [merge_runs(flat), made]
                flat = []
        pieces.append(merge_runs(flat))
        if len(pieces) > 1:
            pieces = _trimmed(pieces)
        if self._pair.markdown_text:
            pieces = [p if isinstance(p, Image) else self._fit(p, single_line) for p in pieces]
        return pieces

    def _fit(self, runs: Runs, single_line: bool) -> Runs:
        fitted, codes = fit_runs(runs, single_line=single_line)
        for code in codes:
            self._lowering.loss(code)
        return fitted

    def _run(self, run: Run) -> list[Run | Image]:
        style = self._style(run.style)
        match run:
            case TextRun():
                return self._text(run, style)
            case FormulaRun(tex=tex) if self._pair.markdown_text and not formula_fits(tex):
                return self._formula_as_code(tex, style)
            case FractionRun() if not self._pair.runs["fraction"].exact:
                self._lowering.loss(self._pair.runs["fraction"].code)
                return [FormulaRun(tex=f"\\frac{{{run.numerator}}}{{{run.denominator}}}", style=style)]
            case TagRun(name=name) if not (self._pair.runs["tag"].exact and tag_fits(name)):
                self._lowering.loss("tag-as-text", what=f"#{name}")
                return [TextRun(text=f"#{name}", style=style)]
            case ImageRun():
                return [self._image(run, style)]
            case EmbedRun():
                return [self._embed(run, style)]
            case FootnoteRun(label=label) if not self._pair.runs["footnote"].exact:
                self._lowering.loss("footnote-as-text")
                number = self.footnotes.setdefault(label, len(self.footnotes) + 1)
                return [TextRun(text=str(number), style=_with_flags(style, SUP))]
            case RawRun():
                return self._raw(run, style)
            case BreakRun() if not self._pair.runs["break"].exact:
                return [TextRun(text="\n", style=style)]
            case _:
                return [run if style == run.style else msgspec.structs.replace(run, style=style)]

    def _text(self, run: TextRun, style: Style) -> list[Run | Image]:
        text = run.text
        reference = run.style.reference
        if reference is not None and reference.shows == "title":
            text, style = self.links.shown_title(reference, style, text)
        if self._pair.markdown_text and style.flags & CODE and not code_span_fits(text):
            self._lowering.loss("code-newline")
            text = text.replace("\n", " ")
        if text == run.text and style == run.style:
            return [run]
        return [TextRun(text=text, style=style)]

    def _formula_as_code(self, tex: str, style: Style) -> list[Run | Image]:
        self._lowering.loss("formula-as-code")
        text = " ".join(tex.split())
        return [TextRun(text=text, style=_with_flags(style, CODE))]

    def _image(self, run: ImageRun, style: Style) -> Run | Image:
        target = self.links.image(run.target, "", wiki=run.wiki)
        rule = self._pair.runs["image"]
        if rule.exact:
            return msgspec.structs.replace(run, target=target, style=style)
        self._lowering.loss(rule.code)
        return Image(
            target=target,
            alt=run.alt,
            runs=(TextRun(text=run.alt),) if run.alt else (),
            width=float(run.width),
            align="left",
        )

    def _embed(self, run: EmbedRun, style: Style) -> Run:
        if self._pair.runs["embed"].exact:
            target, place = self.links.embed(run.target, run.place)
            return EmbedRun(target=target, place=place, text=run.text, style=style)
        self._lowering.loss(self._pair.runs["embed"].code)
        text, link = self.links.embed_as_link(run)
        return TextRun(text=text, style=msgspec.structs.replace(style, link=link))

    def _raw(self, run: RawRun, style: Style) -> list[Run | Image]:
        rule = self._pair.runs["comment" if run.format == "comment" else "html"]
        if rule.exact:
            return [run if style == run.style else msgspec.structs.replace(run, style=style)]
        self._lowering.loss(rule.code)
        text = "" if run.format == "comment" else _TAG.sub("", run.source)
        return [TextRun(text=text, style=style)] if text else []

    def _style(self, style: Style) -> Style:
        if style is PLAIN or style == PLAIN:
            return PLAIN
        known = self._styles.get(style)
        if known is None:
            known = self._styles[style] = self._lower_style(style)
        for code in known[1]:
            self._lowering.loss(code)
        return known[0]

    def _lower_style(self, style: Style) -> tuple[Style, tuple[str, ...]]:
        codes: list[str] = []
        flags = style.flags
        for flag, name in FLAG_NAMES.items():
            if flags & self._pair.odd_flags & flag:
                rule = self._pair.mark(name)
                codes.append(rule.code)
                flags = flags & ~flag | (CODE if rule.fallback == "as-code" else 0)
        color, background = style.color, style.background
        if color and not self._pair.mark("color").exact:
            color = ""
            codes.append(self._pair.mark("color").code)
        codes += ["color-token" for token in (color, background) if token in self._pair.palette]
        color = self._pair.palette.get(color, color)
        background = self._pair.palette.get(background, background)
        link, reference, code = self.links.marks(style.link, style.reference)
        if link is not None and "link" in self._pair.unsaid:
            codes += ["detail-lost"] if link.title else []
            link = Link(link.target)
        codes += [code] if code else []
        return Style(flags, color, background, link, reference, style.memo), tuple(codes)

    def _with_memos(self, runs: Runs) -> Runs:
        """Memos as footnotes where the target has none: a mark after the last run of each."""
        rule = self._pair.mark("memo")
        if rule.exact or not any(run.style.memo for run in runs):
            return runs
        made: list[Run] = []
        for index, run in enumerate(runs):
            memo = run.style.memo
            made.append(msgspec.structs.replace(run, style=msgspec.structs.replace(run.style, memo=None)))
            following = runs[index + 1].style.memo if index + 1 < len(runs) else None
            if memo is not None and memo != following:
                self._lowering.loss(rule.code)
                label = f"memo-{len(self.memos) + 1}"
                text = Paragraph(runs=(TextRun(text=" ".join(memo.text.split()) or label),))
                self.memos.append(Footnote(label=label, children=(text,)))
                made.append(FootnoteRun(label=label))
        return tuple(made)


def _is_plain(runs: Runs) -> bool:
    return all(isinstance(run, TextRun) and run.style == PLAIN for run in runs)


def _with_flags(style: Style, flags: int) -> Style:
    return msgspec.structs.replace(style, flags=style.flags | flags)


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    """Text beside a picture that stands apart loses its blanks there; empty text goes."""
    made: list[Piece] = []
    last = len(pieces) - 1
    for index, piece in enumerate(pieces):
        if isinstance(piece, Image):
            made.append(piece)
            continue
        text = trim_edges(piece, start=index > 0, end=index < last)
        if text:
            made.append(text)
    return made or [()]
