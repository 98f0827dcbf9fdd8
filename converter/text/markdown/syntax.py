"""Lexical facts that reading and writing share: see docs/formats/markdown.md."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from converter.model.runs import BOLD, HIGHLIGHT, ITALIC, KEY, STRIKE, SUB, SUP, UNDERLINE

__all__ = [
    "ANCHOR",
    "ASCII_PUNCTUATION",
    "AUTOLINK",
    "BLANKS",
    "CALLOUT_HEAD",
    "CALLOUT_TYPE",
    "COLOR",
    "EMPTY_TAG",
    "HTML_BREAKS",
    "HTML_MARKS",
    "IMAGE_NAME",
    "IMAGE_SIZE",
    "OTHER",
    "PUNCTUATION",
    "SPAN_TAG",
    "TAG_NAME",
    "TASK_HEAD",
    "TASK_MARK",
    "UNKNOWN",
    "WHITESPACE",
    "char_class",
    "tag_end",
]

BLANKS = " \t"
"""What Markdown strips around lines."""

ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

ANCHOR = r"[A-Za-z0-9-]+"

IMAGE_SIZE = re.compile(r"([1-9][0-9]{0,8})(?:x([1-9][0-9]{0,8}))?")
IMAGE_NAME = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|avif|tiff?)\Z", re.IGNORECASE)

CALLOUT_TYPE = r"[^\W_](?:[^\W_]|(?<=[^\W_])_(?=[^\W_])|[-+./|]|[ ](?![ \]]))*"
CALLOUT_HEAD = re.compile(rf"\[!({CALLOUT_TYPE})\]([-+]?)(?=[ \t]|\Z)")

TASK_MARK = r"[^\s\[\]\\|`$x]"
TASK_HEAD = re.compile(rf"\[({TASK_MARK}|x)\](?=[ \t]|\Z)")

AUTOLINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20\x7f<>]*\Z")

EMPTY_TAG = "<!---->"
"""Stands between two pieces that would run into each other; it is dropped on reading."""

HTML_BREAKS = frozenset(("<br>", "<br/>", "<br />"))
HTML_MARKS = {
    "strong": BOLD,
    "em": ITALIC,
    "u": UNDERLINE,
    "s": STRIKE,
    "del": STRIKE,
    "mark": HIGHLIGHT,
    "sub": SUB,
    "sup": SUP,
    "kbd": KEY,
}
COLOR = r"[^\s\";<>&|\\](?:[^\n\t\";<>&|\\]*[^\s\";<>&|\\])?"
SPAN_TAG = re.compile(
    rf'<span style="(?:color:({COLOR});background-color:({COLOR})|color:({COLOR})|background-color:({COLOR}))">'
)
TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")

WHITESPACE, PUNCTUATION, OTHER, UNKNOWN = range(4)

_WHITESPACE = frozenset(
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


@lru_cache(maxsize=4096)
def char_class(char: str) -> int:
    """How a character counts beside an emphasis mark; the edge of a text (`""`) counts as white space.

    What this Python's Unicode tables do not know yet is `UNKNOWN`: a newer table may call it punctuation.
    """
    if not char or char in _WHITESPACE:
        return WHITESPACE
    category = unicodedata.category(char)
    if category == "Cn":
        return UNKNOWN
    return PUNCTUATION if category[0] in "PS" else OTHER


def _is_tag_char(char: str) -> bool:
    if char.isalnum() or char in "_-/":
        return True
    return char > "\x7f" and unicodedata.category(char)[0] in "SM"


def tag_end(text: str, start: int) -> int:
    """Where the tag name that begins at `start` ends; `start` itself if none does.

    Letters, digits, `_`, `-`, `/` and the symbols and marks beyond ASCII make a name, digits and `/` alone do not.
    """
    end = start
    while end < len(text) and _is_tag_char(text[end]):
        end += 1
    return end if text[start:end].strip("0123456789/") else start
