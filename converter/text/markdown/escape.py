"""Escaping: as little as needed, and always enough."""

from __future__ import annotations

import re

from converter.patterns import pattern

__all__ = ["escape_line_starts", "escape_text", "says_itself"]

_SPECIAL = pattern(r"[*`\[\]<~\\=%$&_#|]")

_ALWAYS = pattern(r"[*`\[\]<]|~(?=\S)|(?<=\S)~|\\(?=[!-/:-@\[-`{-~\n]|$)|==|%%|\$(?=\S)|(?<=\S)\$")
_SIGNS = ("$", "~")
_UNDERSCORE = pattern(r"_")
_ENTITY = pattern(r"&(?=#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_TAG = pattern(r"(?<!\S)#(?=[\w/-]*[^\W\d])")
_ANCHOR = pattern(r"(?:^|(?<=[ \n]))\^(?=[A-Za-z0-9-]+$)")
_START = pattern(
    r"(?P<sign>#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=(?==*\s*$)|-(?=[-:|\s]*$)|:(?=[ \t-]|$)|~(?=~~)|\|)"
    r"|(?P<number>\d{1,9})(?=[.)](?:\s|$))"
)


def says_itself(text: str) -> bool:
    """Whether text needs no escape wherever it stands inside a line: most does not."""
    return _SPECIAL.search(text) is None


def escape_text(text: str, *, before: str, after: str, pipes: bool) -> str:
    """Text so that it stays text; `before` and `after` are its neighbours, `pipes` whether it stands in a table."""
    if says_itself(text):
        return text
    text = _ENTITY.sub(r"\\&", _edged(_ALWAYS.sub(_signs, text), before, after))
    text = _underscores(text, before, after)
    if "#" in text:
        text = _TAG.sub(lambda m: "#" if m.start() == 0 and before and not before.isspace() else r"\#", text)
    return text.replace("|", r"\|") if pipes else text


def _signs(match: re.Match[str]) -> str:
    return "".join("\\" + sign for sign in match[0])


def _edged(text: str, before: str, after: str) -> str:
    """A sign of a formula or a strike at the edge of the text, whose other neighbour stands outside of it."""
    if text[-1:] in _SIGNS and not text[-2:-1].strip() and after[:1].strip():
        text = f"{text[:-1]}\\{text[-1]}"
    if text[:1] in _SIGNS and not text[1:2].strip() and before[-1:].strip():
        text = "\\" + text
    return text


def _underscores(text: str, before: str, after: str) -> str:
    """An underscore inside a word needs nothing."""
    if "_" not in text:
        return text
    around = f"{before[-1:] or ' '}{text}{after[:1] or ' '}"

    def one(match: re.Match[str]) -> str:
        at = match.start() + 1
        inside = around[at - 1].isalnum() and around[at + 1].isalnum()
        return "_" if inside else r"\_"

    return _UNDERSCORE.sub(one, text)


def escape_line_starts(text: str) -> str:
    """A block's lines so that none of them starts a block of another kind, and no name is read at the end."""
    whole = "\n".join([_escaped_start(line) for line in text.split("\n")])
    return _ANCHOR.sub(r"\\^", whole) if "^" in whole else whole


def _escaped_start(line: str) -> str:
    match = None if line[:1].isalpha() else _START.match(line)
    if match is None:
        return line
    if match["number"]:
        return f"{match['number']}\\{line[match.end() :]}"
    return "\\" + line
