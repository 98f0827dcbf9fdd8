"""What Markdown can say: predicates that lowering asks, and that `render` relies on.

On its domain `render` is exact: what it writes is read back as what it was.
"""

from __future__ import annotations

import re

from converter.patterns import pattern

__all__ = [
    "anchor_fits",
    "code_span_fits",
    "display_formula_fits",
    "footnote_label_fits",
    "formula_fits",
    "html_block_fits",
    "info_string_fits",
    "is_picture",
    "tag_fits",
    "wikilink_fits",
]

_TAG = pattern(r"(?=[\w/-]*[^\W\d])[\w/-]+")
_PICTURE = pattern(r"\.(png|jpe?g|gif|svg|webp|bmp|avif|tiff?)$", re.IGNORECASE)
_ANCHOR = pattern(r"[A-Za-z0-9-]+")
_LABEL = pattern(r"[^\s\[\]\\^]+")
_UNLINKABLE = pattern(r"[\[\]|#^\\\x00-\x1f]")
_UNPLACEABLE = pattern(r"[\[\]|\\\x00-\x1f]")
_BRACES = pattern(r"\\.|[{}]", re.DOTALL)
_DOLLAR = pattern(r"(?<!\\)(?:\\\\)*\$")
_HTML_NAMES = (
    "address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link "
    "main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead "
    "title tr track ul"
)


_HTML_BLOCK = pattern(rf"</?(?:{_HTML_NAMES.replace(' ', '|')})(?:[\s>]|/>)", re.IGNORECASE)


_HTML_ALONE = pattern(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)*\s*/?>")


def formula_fits(tex: str) -> bool:
    """Whether `$tex$` is read back as this formula."""
    whole = bool(tex) and tex == tex.strip() and "\n" not in tex and not tex.endswith("\\")
    return whole and not _DOLLAR.search(tex) and _balanced(tex)


def _balanced(tex: str) -> bool:
    """Whether every brace of a formula has its other: to the parser a formula ends with its last brace."""
    depth = 0
    for sign in _BRACES.findall(tex):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return not depth


def display_formula_fits(tex: str) -> bool:
    """Whether a formula block is read back as this formula."""
    lines = tex.split("\n")
    return (
        bool(tex.strip())
        and "$$" not in tex
        and not _DOLLAR.search(tex)
        and _balanced(tex)
        and all(line.strip() and line == line.strip() for line in lines)
        and not any(_STARTS_BLOCK.match(line) for line in lines)
    )


_STARTS_BLOCK = pattern(r"[>#|]|[-+*]\s|\d+[.)]\s|```|~~~|=+$|-+$|<[A-Za-z/!?]|:\s|\[\^")


def tag_fits(name: str) -> bool:
    """Whether `#name` is read back as a tag: letters, digits, `_`, `-`, `/`, and not digits alone."""
    return _TAG.fullmatch(name) is not None


def is_picture(name: str) -> bool:
    """Whether an embed of this file is a picture, by its ending."""
    return _PICTURE.search(name) is not None


def wikilink_fits(target: str, place: str) -> bool:
    """Whether `[[target#place]]` names exactly these."""
    if not (target or place) or target != target.strip() or place != place.strip():
        return False
    return not _UNLINKABLE.search(target) and not _UNPLACEABLE.search(place) and not place.startswith("#")


def code_span_fits(text: str) -> bool:
    """Whether a code span can hold the text."""
    return bool(text) and "\n" not in text and "\r" not in text


def anchor_fits(name: str) -> bool:
    """Whether `^name` is a block's name."""
    return _ANCHOR.fullmatch(name) is not None


def footnote_label_fits(label: str) -> bool:
    """Whether `[^label]` is a footnote mark."""
    return _LABEL.fullmatch(label) is not None


def info_string_fits(text: str) -> bool:
    """Whether a fence can carry this info string."""
    return "`" not in text and "\n" not in text and text == text.strip() and "\\" not in text and "&" not in text


def html_block_fits(source: str) -> bool:
    """Whether the HTML is read back as one block of this text: it starts one, and no empty line ends it early."""
    if source != source.strip("\n") or not source.strip() or source[0] in " \t":
        return False
    first = source.split("\n", 1)[0]
    if source.startswith("<!--"):
        return source.find("-->") == len(source.rstrip()) - 3 and "\n\n" not in source.replace(" ", "")
    if any(not line.strip() for line in source.split("\n")):
        return False
    return bool(_HTML_BLOCK.match(source)) or bool(_HTML_ALONE.fullmatch(first.rstrip()))
