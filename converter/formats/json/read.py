"""A note from its line: pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

import msgspec

from converter.errors import ItemError
from converter.findings.finding import Finding, Location
from converter.findings.problems import Problems
from converter.formats.front import LinkKey, SourceContext, Stored
from converter.formats.json.decode import MisfitError, struct_from
from converter.model.domain import mended
from converter.model.items import Note

__all__ = ["keeps", "locate_links", "object_of", "read"]


def read(stored: Stored, context: SourceContext) -> tuple[Note, tuple[Finding, ...]]:
    """The note, and what was wrong in its line. Raises ItemError where the line holds no note.

    Values that the model has no meaning for stay as they are on the way into another archive; lifting mends them.
    """
    problems = Problems(f"notes/{stored.key}")
    value = object_of(stored.data, problems)
    try:
        note = struct_from(Note, {"title": "", **value, "key": stored.key}, problems)
    except MisfitError as error:
        raise ItemError(f"It is no note: {error}.") from None
    for name in mended(note)[1]:
        problems.add("value-repaired", member=name)
    found = problems.findings()
    strange = [one.code for one in found if one.code in _STRANGE]
    if context.strict_unknown and strange:
        raise ItemError("It holds content that is not known, which --strict-unknown refuses.")
    return note, found


def locate_links(stored: Stored, keys: Collection[LinkKey]) -> Iterator[tuple[LinkKey, Location]]:
    """The line of the note, for each of these links."""
    yield from ((key, stored.where) for key in keys if stored.where is not None)


_STRANGE = frozenset(("block-unreadable", "unknown-member", "unknown-payload-kind"))


def object_of(line: bytes, problems: Problems) -> dict[str, Any]:
    """The object that a line is; raises ItemError where it is none. What is no Unicode in it is replaced, and told."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode(errors="replace")
        problems.add("invalid-utf8")
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        value = _with_surrogates(text, problems)
        if value is None:
            raise ItemError(f"Its line is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise ItemError("Its line is no object.")
    _tell_repeated(text, value, problems)
    return value


def _tell_repeated(text: str, value: dict[str, Any], problems: Problems) -> None:
    """Tell of members that an object has twice; what is written as we write it has none."""
    with suppress(ValueError, OverflowError):
        if msgspec.json.encode(value).decode() == text:
            return

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            problems.add("member-repeated", member=next(name for name in names if names.count(name) > 1))
        return made

    json.loads(text, object_pairs_hook=look)


def _with_surrogates(text: str, problems: Problems) -> Any:
    """JSON that names halves of characters, or numbers beyond all bounds; None where it is no JSON."""
    try:
        value = json.loads(text)
        sound = json.dumps(value, ensure_ascii=False).encode(errors="replace")
        made = msgspec.json.decode(sound)
    except ValueError:
        return None
    problems.add("surrogate-replaced")
    return made


def keeps(findings: tuple[Finding, ...]) -> bool:
    """Whether the line may be written as it is: nothing in it that was mended."""
    return all(finding.code in _STRANGE for finding in findings)
