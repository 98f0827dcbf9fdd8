"""Lowering of runs: marks and run kinds that the target lacks, and the links as the target spells them."""

from __future__ import annotations

import re
from operator import attrgetter
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
from converter.patterns import pattern
from converter.pipeline.lower.fit import fit_runs, footnotes_apart, has_blank_ends, plain_tags, trim_edges
from converter.pipeline.lower.lines import fit_line, holds_style, holds_text
from converter.pipeline.lower.links import Links, one_line
from converter.text.markdown.domain import code_span_fits, formula_fits, tag_fits

if TYPE_CHECKING:
    from converter.pipeline.lower.engine import Lowering

__all__ = ["Inline", "Piece"]

Piece = Runs | Image
"""A stretch of inline content: runs, or a picture that stands as a block of its own."""

_ALT = pattern(r'\balt="([^"]*)"')
_TAG = pattern(r"</?[A-Za-z][^>]*>|<!--.*?-->|<[?!].*?>", re.DOTALL)


_PLACED = (TextRun, TagRun, FootnoteRun, BreakRun)
"""Runs that Markdown holds in some places only."""


class _Known(msgspec.Struct, frozen=True):
    """A style as it is in the target, the codes of what it lost, and whether the target's lines hold it like that.

    `passes`: text of it needs nothing but a look at its characters.
    """

    style: Style
    codes: tuple[str, ...]
    fits: bool
    passes: bool


class Inline:
    """Lowers the runs of one note."""

    def __init__(self, lowering: Lowering) -> None:
        pair = lowering.pair
        self._lowering = lowering
        self._pair = pair
        self.links = Links(lowering)
        self._markdown = pair.markdown_text
        self._documents = pair.document_text
        self._fitted = (self._markdown or self._documents) and not self._as_it_is()
        self._takes_comments = pair.runs["comment"].fallback != "as-memo"
        self._takes_memos = pair.mark("memo").exact
        self._styles: dict[Style, _Known] = {}
        self.footnotes: dict[str, int] = {}
        self._footnote_ids: dict[str, str] = {}
        self.memos: list[Footnote] = []

    def _as_it_is(self) -> bool:
        """Whether lines of the source are lines of the target: documents within their own system."""
        return self._pair.same_system and self._pair.document_text

    def runs(self, runs: Runs, *, single_line: bool = False, cell: bool = False) -> Runs:
        """Lowered runs where no picture may stand apart: pictures become their alternative text."""
        if not runs:
            return ()
        pieces = self.pieces(runs, single_line=single_line, cell=cell)
        if len(pieces) == 1 and self._fitted and not isinstance(pieces[0], Image):
            return pieces[0]
        flat: list[Run] = []
        for piece in pieces:
            if isinstance(piece, Image):
                text = piece.alt or piece.target
                flat.append(TextRun(text=text, style=PLAIN))
                self._lowering.loss("detail-lost", what="a picture inside a line")
            else:
                flat.extend(piece)
        return merge_runs(flat)

    def pieces(self, runs: Runs, *, single_line: bool = False, cell: bool = False) -> list[Piece]:
        """Lowered runs, split around pictures where the target wants them apart; at least one piece.

        `cell` says that they stand in a table cell.
        """
        if not runs:
            return [()]
        apart: list[Piece] = []
        flat: list[Run] = []
        documents, styles = self._documents, self._styles
        plain, fits = True, self._fitted
        for run in self._prepared(runs):
            if isinstance(run, TextRun):
                style = run.style
                if style is not PLAIN and style != PLAIN:
                    plain = False
                    known = styles.get(style)
                    if known is None or not known.passes:
                        run, held = self._marked(run)
                        fits = fits and held
                # ordinary text is seen to be ordinary here, so that no line of it has to be looked at again
                if fits:
                    fits = holds_text(run.text, cell) if documents else run.text.isprintable()
                flat.append(run)
                continue
            plain = False
            for made in self._run(run):
                if isinstance(made, Image):
                    apart += [merge_runs(flat), made]
                    flat = []
                else:
                    flat.append(made)
                    fits = fits and self._holds_run(made)
        if plain and not self._fitted:
            return [runs]
        line = merge_runs(flat)
        if apart:
            return self._fit_apart(_trimmed([*apart, line]), single_line=single_line, cell=cell)
        if self._fitted and not (fits and (self._documents or not has_blank_ends(line))):
            line = self.fit(line, single_line=single_line, cell=cell)
        return [line]

    def _prepared(self, runs: Runs) -> Runs:
        """The runs with comments and memos as something that the target has."""
        if not self._takes_comments and RawRun in map(type, runs):
            runs = self._with_comments(runs)
        return runs if self._takes_memos or not any(map(_memo_of, runs)) else self._with_memos(runs)

    def _fit_apart(self, pieces: list[Piece], *, single_line: bool, cell: bool) -> list[Piece]:
        if not self._fitted:
            return pieces
        return [p if isinstance(p, Image) else self.fit(p, single_line=single_line, cell=cell) for p in pieces]

    def _holds_run(self, run: Run) -> bool:
        """Whether it is plain to see that `fit` would leave alone what is no text."""
        if not self._markdown or isinstance(run, _PLACED):
            return False
        return not run.style.flags & CODE

    def _marked(self, run: TextRun) -> tuple[TextRun, bool]:
        """Text in a style of its own as the target has it, and whether its lines hold the style like that."""
        known = self._known(run.style)
        style = known.style
        if self._markdown and style.flags & CODE:
            style = _with_fixed_text(style)
        return self._text(run, style), known.fits

    def fit(self, runs: Runs, *, single_line: bool, cell: bool) -> Runs:
        """The runs as the target's lines can hold them."""
        if self._pair.document_text:
            fitted, lost = fit_line(runs, cell=cell)
            for what in lost:
                self._lowering.loss("detail-lost", what=what)
            return fitted
        if not self._pair.markdown_text:
            return runs
        runs, tags = plain_tags(runs)
        for tag in tags:
            self._lowering.loss("tag-as-text", what=tag)
        runs = footnotes_apart(merge_runs(list(runs)) if tags else runs)
        fitted, codes = fit_runs(runs, single_line=single_line)
        for code in codes:
            self._lowering.loss(code)
        return fitted

    def _run(self, run: Run) -> list[Run | Image]:
        """What is no text."""
        style = self._style(run.style)
        if self._markdown:
            style = _with_fixed_text(style)
        match run:
            case FormulaRun(tex=tex) if self._pair.markdown_text and not formula_fits(tex):
                return self._formula_as_code(tex, style)
            case FractionRun() if not self._pair.runs["fraction"].exact:
                self._lowering.loss(self._pair.runs["fraction"].code)
                return [FormulaRun(tex=f"\\frac{{{run.numerator}}}{{{run.denominator}}}", style=style)]
            case TagRun(name=name) if not self._holds_tag(name, style):
                self._lowering.loss("tag-as-text", what=f"#{name}")
                return [TextRun(text=f"#{name}", style=style)]
            case ImageRun():
                return [self._image(run, style)]
            case EmbedRun():
                return [self._embed(run, style)]
            case FootnoteRun(label=label) if not self._pair.runs["footnote"].exact:
                return [self._footnote(label, style)]
            case RawRun():
                return self._raw(run, style)
            case BreakRun() if not self._pair.runs["break"].exact and not self._pair.document_text:
                return [TextRun(text="\n", style=style)]
            case _:
                return [run if style == run.style else msgspec.structs.replace(run, style=style)]

    def _holds_tag(self, name: str, style: Style) -> bool:
        free = style.link is None and style.reference is None
        return self._pair.runs["tag"].exact and (not self._pair.markdown_text or (free and tag_fits(name)))

    def _footnote(self, label: str, style: Style) -> Run:
        """A footnote's number, raised; where blocks can be named it leads to the footnote's text."""
        self._lowering.loss("footnote-as-text")
        number = self.footnotes.setdefault(label, len(self.footnotes) + 1)
        style = _with_flags(style, SUP)
        if self._pair.document_text:
            style = msgspec.structs.replace(style, link=None, reference=Reference(self.footnote_id(label), "", "text"))
        return TextRun(text=str(number), style=style)

    def footnote_id(self, label: str) -> str:
        """The id of the block that will hold a footnote's text."""
        if label not in self._footnote_ids:
            self._footnote_ids[label] = self._lowering.numbers.take()
        return self._footnote_ids[label]

    def _text(self, run: TextRun, style: Style) -> TextRun:
        text = run.text
        reference = run.style.reference
        if reference is not None and not (self._pair.same_system or self._pair.holds_all):
            if style.reference is None and style.link is None and self._documents:
                text = self.links.as_written(reference, text)
            elif reference.shows == "title":
                text, style = self.links.shown_title(reference, style, text)
        if self._markdown and style.flags & CODE and not code_span_fits(text):
            self._lowering.loss("code-newline")
            text = text.replace("\n", " ")
        if text == run.text and (style is run.style or style == run.style):
            return run
        return TextRun(text=text, style=style)

    def _formula_as_code(self, tex: str, style: Style) -> list[Run | Image]:
        self._lowering.loss("formula-as-code")
        text = " ".join(tex.split())
        return [TextRun(text=text, style=_with_flags(style, CODE))]

    def _image(self, run: ImageRun, style: Style) -> Run | Image:
        target = self.links.image(run.target, "", wiki=run.wiki)
        rule = self._pair.runs["image"]
        attrs = run.attrs if self._pair.document_text or self._pair.holds_all else ()
        if attrs != run.attrs:
            self._lowering.loss("detail-lost", what="the size or place of a picture")
        if rule.exact:
            title, alt = run.title, run.alt
            if self._pair.markdown_text and not self._pair.same_system:
                title, alt = one_line(title), one_line(alt)
            return msgspec.structs.replace(run, target=target, title=title, alt=alt, style=style, attrs=attrs)
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
        if self._pair.document_text:
            text, found, reference = self.links.embed_as_reference(run)
            return TextRun(text=text, style=msgspec.structs.replace(style, link=found, reference=reference))
        text, link = self.links.embed_as_link(run)
        return TextRun(text=text, style=msgspec.structs.replace(style, link=link))

    def _raw(self, run: RawRun, style: Style) -> list[Run | Image]:
        rule = self._pair.runs[run.format if run.format in self._pair.runs else "html"]
        if rule.exact:
            return [run if style == run.style else msgspec.structs.replace(run, style=style)]
        if run.format == "emoji":
            self._lowering.loss(rule.code, what="a picture used as an emoji")
            alias = _ALT.search(run.source)
            return [TextRun(text=f":{alias[1]}:" if alias else "", style=style)]
        self._lowering.loss(rule.code)
        text = "" if run.format == "comment" else _TAG.sub("", run.source)
        return [TextRun(text=text, style=style)] if text else []

    def _style(self, style: Style) -> Style:
        return PLAIN if style is PLAIN or style == PLAIN else self._known(style).style

    def _known(self, style: Style) -> _Known:
        """A style in the target; what it loses is reported each time."""
        known = self._styles.get(style)
        if known is None:
            known = self._styles[style] = self._learned(style)
        for code in known.codes:
            self._lowering.loss(code)
        return known

    def _learned(self, style: Style) -> _Known:
        lowered, codes = self._lower_style(style)
        fits = not self._documents or holds_style(lowered)
        same = style.reference is None and (lowered is style or lowered == style)
        return _Known(lowered, codes, fits, fits and same and not codes and not (self._markdown and style.flags & CODE))

    def _lower_style(self, style: Style) -> tuple[Style, tuple[str, ...]]:
        pair = self._pair
        if pair.holds_all:
            link, reference, _ = self.links.marks(style.link, style.reference)
            return msgspec.structs.replace(style, link=link, reference=reference), ()
        codes: list[str] = []
        flags, color, background, css = style.flags, style.color, style.background, style.css
        if flags & pair.odd_flags:
            flags = self._flags(flags, codes)
        if css and not pair.mark("css").exact:
            css = ""
            codes.append(pair.mark("css").code)
        if color or background:
            color, background = self._colors(color, background, codes)
        link, reference = style.link, style.reference
        if link is not None or reference is not None:
            link, reference, code = self.links.marks(link, reference)
            if link is not None and "link" in pair.unsaid:
                codes += ["detail-lost"] if link.title else []
                link = Link(link.target)
            codes += [code] if code else []
        if not codes and link is style.link and reference is style.reference:
            return style, ()
        return Style(flags, color, background, link, reference, style.memo, css), tuple(codes)

    def _flags(self, flags: int, codes: list[str]) -> int:
        for flag, name in FLAG_NAMES.items():
            if flags & self._pair.odd_flags & flag:
                rule = self._pair.mark(name)
                codes.append(rule.code)
                flags = flags & ~flag | (CODE if rule.fallback == "as-code" else 0)
        return flags

    def _colors(self, color: str, background: str, codes: list[str]) -> tuple[str, str]:
        pair = self._pair
        if not pair.names_colors and (color.startswith("var(") or background.startswith("var(")):
            color = "" if color.startswith("var(") else color
            background = "" if background.startswith("var(") else background
            codes.append("color-lost")
        if color and not pair.mark("color").exact:
            color = ""
            codes.append(pair.mark("color").code)
        codes += ["color-token" for token in (color, background) if token in pair.palette]
        return pair.palette.get(color, color), pair.palette.get(background, background)

    def _with_comments(self, runs: Runs) -> Runs:
        """Comments as memos on the text before them, where the target has memos and no comments."""
        rule = self._pair.runs["comment"]
        made: list[Run] = []
        for run in runs:
            if not (isinstance(run, RawRun) and _is_comment(run)):
                made.append(run)
                continue
            self._lowering.loss(rule.code)
            text = run.source.strip()
            before = made[-1] if made else None
            if not text:
                continue
            if isinstance(before, TextRun) and before.text.strip() and _takes_memo(before.style):
                style = msgspec.structs.replace(before.style, memo=Memo(text))
                made[-1] = TextRun(text=before.text, style=style)
            else:
                made.append(TextRun(text="…", style=Style(memo=Memo(text))))
        return tuple(made)

    def _with_memos(self, runs: Runs) -> Runs:
        """Memos as footnotes where the target has none: a mark after the last run of each."""
        rule = self._pair.mark("memo")
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


def _with_fixed_text(style: Style) -> Style:
    """The style of what is no plain text: a reference on it cannot show its target's title instead."""
    reference = style.reference
    if reference is None or reference.shows != "title":
        return style
    return msgspec.structs.replace(style, reference=msgspec.structs.replace(reference, shows="text"))


_memo_of = attrgetter("style.memo")


def _is_comment(run: Run) -> bool:
    return isinstance(run, RawRun) and run.format == "comment"


def _takes_memo(style: Style) -> bool:
    return style.memo is None and style.link is None and style.reference is None


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
