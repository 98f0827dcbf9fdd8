"""The practice history inside the document of all flashcards: cut out of it, and put back."""

from __future__ import annotations

import json
import re
from typing import Final

__all__ = ["cut_history", "put_history"]

_NAME: Final = "SessionHistory"
_EMPTY: Final = "[]"
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


def cut_history(document: str) -> tuple[str, str]:
    """The document with an empty history, and the history; "" where it has none that could be cut out."""
    span = _span(document)
    if span is None:
        return document, ""
    start, end = span
    history = document[start:end]
    if history == _EMPTY or not history.startswith("["):
        return document, ""
    return document[:start] + _EMPTY + document[end:], history


def put_history(document: str, history: str) -> str:
    """The document with this history in the place of its own: the inverse of `cut_history`."""
    span = _span(document) if history else None
    return document if span is None else document[: span[0]] + history + document[span[1] :]


def _span(document: str) -> tuple[int, int] | None:
    """Where the last member of this name has its value; None where the text is no object that has one."""
    found = None
    try:
        at = _after(document, 0, "{")
        while document[at] != "}":
            name, at = _DECODER.raw_decode(document, at)
            start = _after(document, at, ":")
            _, end = _DECODER.raw_decode(document, start)
            if name == _NAME:
                found = start, end
            at = _blanks(document, end)
            if document[at] == "}":
                break
            at = _after(document, at, ",")
    except (ValueError, IndexError, RecursionError):
        return None
    return found if not document[at + 1 :].strip() else None


def _blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return at if match is None else match.end()


def _after(text: str, at: int, sign: str) -> int:
    """The place after this sign and the blanks around it; raises ValueError where another one stands there."""
    at = _blanks(text, at)
    if text[at] != sign:
        raise ValueError(sign)
    return _blanks(text, at + 1)
