"""White space as Markdown allows it inside a block: the rules of `text.markdown.domain`, applied to runs."""

from __future__ import annotations

import msgspec

from converter.model.runs import CODE, BreakRun, FootnoteRun, Run, Runs, TagRun, TextRun, merge_runs, plain_text
from converter.patterns import pattern

__all__ = ["fit_runs", "footnotes_apart", "has_blank_ends", "plain_tags", "trim_edges"]

_BLANKS = " \t"
_CONTROLS = pattern("[\x00-\x08\x0b-\x1f\x7f]")
_LINES = pattern("\n+")


def trim_edges(runs: Runs, *, start: bool = True, end: bool = True) -> Runs:
    """The runs without blanks, line breaks and forced breaks at the chosen ends."""
    kept = list(runs)
    while kept and start and (trimmed := _trim(kept[0], left=True)) is not kept[0]:
        kept[0:1] = [trimmed] if trimmed is not None else []
    while kept and end and (trimmed := _trim(kept[-1], left=False)) is not kept[-1]:
        kept[-1:] = [trimmed] if trimmed is not None else []
    return tuple(kept)


def _trim(run: Run, *, left: bool) -> Run | None:
    if isinstance(run, BreakRun):
        return None
    if not isinstance(run, TextRun):
        return run
    text = run.text.lstrip(_BLANKS + "\n") if left else run.text.rstrip(_BLANKS + "\n")
    if text == run.text:
        return run
    return msgspec.structs.replace(run, text=text) if text else None


def fit_runs(runs: Runs, *, single_line: bool) -> tuple[Runs, tuple[str, ...]]:
    r"""The runs in Markdown's domain, and the codes of what was lost on the way.

    Repeated line breaks become forced ones; on a single line (heading, cell, title) every line break does. Blanks at
    the ends and beside line breaks cannot be said and go.
    """
    if _is_fit(runs):
        return runs, ()
    codes: set[str] = set()
    broken = _break_lines(runs, single_line, codes)
    trimmed = trim_edges(merge_runs(_trim_beside_breaks(broken, codes)))
    if _visible_length(trimmed) < _visible_length(runs):
        codes.add("blanks-trimmed")
    return trimmed, tuple(sorted(codes))


def plain_tags(runs: Runs) -> tuple[Runs, tuple[str, ...]]:
    """The runs, and the tags that became text: those that touch other text, and formats of code on what is no text."""
    made: list[Run] = []
    lost: list[str] = []
    for place, run in enumerate(runs):
        if isinstance(run, TagRun) and (run.style.flags & CODE or _touches(runs, place)):
            lost.append(f"#{run.name}")
            run = TextRun(text=f"#{run.name}", style=run.style)
        elif not isinstance(run, TextRun) and run.style.flags & CODE:
            run = msgspec.structs.replace(run, style=msgspec.structs.replace(run.style, flags=run.style.flags & ~CODE))
        made.append(run)
    return tuple(made), tuple(lost)


def footnotes_apart(runs: Runs) -> Runs:
    """The runs with an invisible blank where a footnote's mark would be read as the text of the link behind it."""
    if FootnoteRun not in map(type, runs):
        return runs
    made: list[Run] = []
    for place, run in enumerate(runs):
        made.append(run)
        after = runs[place + 1] if place + 1 < len(runs) else None
        if isinstance(run, FootnoteRun) and after is not None and after.style.link is not None:
            made.append(TextRun(text="\u200b"))
    return tuple(made)


def _touches(runs: Runs, place: int) -> bool:
    """Whether the tag at this place stands behind something else than a blank, or before more of a name."""
    before = runs[place - 1] if place else None
    if before is not None and not isinstance(before, BreakRun) and not plain_text((before,))[-1:].isspace():
        return True
    after = plain_text(runs[place + 1 : place + 2])[:1]
    return bool(after) and (after.isalnum() or after in "_/-")


def _is_fit(runs: Runs) -> bool:
    """A quick look that lets ordinary text pass: no line break, no control character, no blank at the ends."""
    if not runs:
        return True
    for run in runs:
        if isinstance(run, BreakRun):
            return False
        if isinstance(run, TextRun) and ("\n" in run.text or _CONTROLS.search(run.text) or not run.text):
            return False
    return not has_blank_ends(runs)


def has_blank_ends(runs: Runs) -> bool:
    """Whether the runs, none of them empty text, begin or end with a blank."""
    if not runs:
        return False
    first, last = runs[0], runs[-1]
    if isinstance(first, TextRun) and first.text[0] in _BLANKS:
        return True
    return isinstance(last, TextRun) and last.text[-1] in _BLANKS


def _break_lines(runs: Runs, single_line: bool, codes: set[str]) -> list[Run]:
    made: list[Run] = []
    for run in runs:
        if not isinstance(run, TextRun):
            made.append(run)
            continue
        text = run.text.replace("\r\n", "\n").replace("\r", "\n")
        if _CONTROLS.search(text):
            codes.add("control-character")
            text = _CONTROLS.sub("", text)
        at = 0
        for match in _LINES.finditer(text):
            made.append(msgspec.structs.replace(run, text=text[at : match.start()]))
            breaks = match.end() - match.start()
            if breaks == 1 and not single_line:
                made.append(msgspec.structs.replace(run, text="\n"))
            else:
                made += [BreakRun(style=run.style) for _ in range(breaks)]
            at = match.end()
        made.append(msgspec.structs.replace(run, text=text[at:]))
    return [run for run in made if not isinstance(run, TextRun) or run.text]


def _trim_beside_breaks(runs: list[Run], codes: set[str]) -> list[Run]:
    """Blanks before and after each line break go; a soft break beside a forced one becomes part of it."""
    made: list[Run] = []
    after_break = True
    for run in runs:
        soft = isinstance(run, TextRun) and run.text == "\n"
        if soft or isinstance(run, BreakRun):
            _drop_blanks_at_end(made, codes)
            if made and _is_break(made[-1]) and (soft or _is_soft(made[-1])):
                if _is_soft(made[-1]):
                    made[-1] = BreakRun(style=run.style)
                made.append(BreakRun(style=run.style))
            else:
                made.append(run)
            after_break = True
            continue
        if after_break and isinstance(run, TextRun):
            text = run.text.lstrip(_BLANKS)
            if len(text) < len(run.text):
                codes.add("blanks-trimmed")
            if not text:
                continue
            run = msgspec.structs.replace(run, text=text)
        made.append(run)
        after_break = False
    return made


def _drop_blanks_at_end(made: list[Run], codes: set[str]) -> None:
    while made and isinstance(made[-1], TextRun) and made[-1].text != "\n":
        text = made[-1].text.rstrip(_BLANKS)
        if text == made[-1].text:
            return
        codes.add("blanks-trimmed")
        if text:
            made[-1] = msgspec.structs.replace(made[-1], text=text)
            return
        made.pop()


def _is_break(run: Run) -> bool:
    return isinstance(run, BreakRun) or _is_soft(run)


def _is_soft(run: Run) -> bool:
    return isinstance(run, TextRun) and run.text == "\n"


def _visible_length(runs: Runs) -> int:
    return sum(len(run.text) if isinstance(run, TextRun) else 1 for run in runs)
