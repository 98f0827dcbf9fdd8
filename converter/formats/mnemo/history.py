"""The practice history inside the document of all flashcards: cut out of it, and put back."""

from __future__ import annotations

from typing import Final

from converter.text.json_spans import member_spans

__all__ = ["cut_history", "put_history"]

_NAME: Final = "SessionHistory"
_EMPTY: Final = "[]"


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
    try:
        members, closed = member_spans(document)
    except ValueError:
        return None
    if document[closed + 1 :].strip():
        return None
    return next(((start, end) for name, start, end in reversed(members) if name == _NAME), None)
