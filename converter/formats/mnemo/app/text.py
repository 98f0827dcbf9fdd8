"""A text of JSON held against a shape: every place in it that would stop the application."""

from __future__ import annotations

from collections.abc import Iterator

from converter.formats.mnemo.app.blocks import DEPTH
from converter.formats.mnemo.app.shapes import Flaw, Shape
from converter.formats.mnemo.dialect import Dialect
from converter.text.json_text import JsonTextError, JsonValue, parse

__all__ = ["flaws_of", "value_of"]


def flaws_of(text: str, shape: Shape, dialect: Dialect = Dialect.PACKAGE) -> Iterator[Flaw]:
    """What stops the application in this text, in the order of the text."""
    value = value_of(text)
    if isinstance(value, Flaw):
        yield value
    else:
        yield from shape(value, "", dialect)


def value_of(text: str) -> JsonValue | Flaw:
    """The value of a text, with its lone surrogates; a flaw where the application's reader stops."""
    if not text.strip():
        return Flaw("", "there is no text, where JSON is needed")
    if text.startswith("\ufeff"):
        return Flaw("", "the text begins with a byte-order mark")
    try:
        return parse(text, DEPTH, mends=False).value
    except JsonTextError as error:
        place = f"line {error.line}, column {error.column}: " if error.line else ""
        message = f"more than {DEPTH} levels of nesting" if "levels of nesting" in error.message else error.message
        return Flaw("", f"it is no JSON at {place}{message}" if place else message)
