"""Decks and maps between the spelling of packages and that of the library's database.

What the application writes passes both ways without a change but in its names. In a package it reads more generously
than in its database, where one value of the wrong kind costs all flashcards: on the way there such values are mended,
or the item is refused (docs/formats/mnemo.md, "Two spellings").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Final, TypeAlias

from converter.errors import ItemError
from converter.findings.problems import Problems
from converter.formats.mnemo.build import blocks_built
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.render import blocks_text
from converter.formats.mnemo.strict import strict_blocks
from converter.formats.mnemo.tolerant import blocks_from
from converter.formats.mnemo.view import text_form
from converter.model.moment import Moment, parse_moment
from converter.text.json_text import (
    JsonValue,
    Members,
    Number,
    dump,
    is_dotnet_date,
    is_text,
    offset_date,
    parse,
    quote,
)

__all__ = ["misfit", "packed", "stored"]

_Mend: TypeAlias = Callable[[JsonValue, str], JsonValue]


class _Shape:
    """An object: its members as packages name them, each with what its value is."""

    def __init__(self, members: Mapping[str, _Kind], needed: tuple[str, ...] = ()) -> None:
        self.members = {name.lower(): (name, kind) for name, kind in members.items()}
        self.needed = needed


class _Many:
    """An array of objects, or an object of them by keys of its own (`keyed`)."""

    def __init__(self, shape: _Shape, *, keyed: bool = False) -> None:
        self.shape = shape
        self.keyed = keyed


_Kind: TypeAlias = "_Mend | _Shape | _Many"


def packed(kind: str, value: JsonValue) -> str:
    """An item of the database (`decks`, `folders`, `maps`) as a package spells it."""
    return dump(_renamed(value, _SHAPES[kind], Dialect.PACKAGE, kind))


def stored(kind: str, data: bytes, max_depth: int) -> JsonValue:
    """An item as the database spells it; raises ItemError where the application could not read it there."""
    value = parse(data.decode("utf-8", "replace").removeprefix("\ufeff"), max_depth).value
    if not isinstance(value, Members):
        raise ItemError("it is no JSON object")
    return _renamed(value, _SHAPES[kind], Dialect.STORAGE, "")


def misfit(document: JsonValue) -> str:
    """Where in the document of all flashcards a value stands that the application could not read; "" where none does.

    What was practised is not looked at, nor what is inside blocks.
    """
    if not isinstance(document, Members):
        return "the document"
    return _misfit(document, _DOCUMENT, "")


def _misfit(value: JsonValue, kind: _Kind, at: str) -> str:
    if isinstance(kind, _Shape):
        if not isinstance(value, Members):
            return "" if value is None else at
        return next(filter(None, (_misfit_member(name, inner, kind, at) for name, inner in value.pairs)), "")
    if isinstance(kind, _Many):
        if not isinstance(value, list):
            return "" if value is None else at
        return next(filter(None, (_misfit(one, kind.shape, f"{at}/{number}") for number, one in enumerate(value))), "")
    try:
        made = kind(value, at)
    except ItemError:
        return at
    if kind is _texts and isinstance(value, list):
        return next((f"{at}/{number}" for number, one in enumerate(value) if one is not None and not is_text(one)), "")
    fits = value is None or made is value or kind is _blocks or (kind is _place and is_text(value))
    return "" if fits else at


def _misfit_member(name: str, value: JsonValue, shape: _Shape, at: str) -> str:
    """Only members in the database's own spelling are read."""
    own, kind = shape.members.get(name.lower(), ("", None))
    known = kind is not None and Dialect.STORAGE.spelled(own) == name
    return _misfit(value, kind, f"{at}/{name}") if known and kind is not None else ""


def _renamed(value: JsonValue, shape: _Shape, dialect: Dialect, at: str) -> JsonValue:
    if not isinstance(value, Members):
        if value is None or dialect is Dialect.PACKAGE:
            return value
        raise ItemError(f"{at} is no object")
    pairs: list[tuple[str, JsonValue]] = []
    for name, inner in value.pairs:
        own, kind = shape.members.get(name.lower(), (name[:1].lower() + name[1:], None))
        if name.startswith("$"):
            own, kind = name, _as_it_is
        made = inner if kind is None else _made(inner, kind, dialect, f"{at}/{own}")
        pairs.append((own if name.startswith("$") else dialect.spelled(own), made))
    if dialect is Dialect.STORAGE:
        there = {name for name, _ in pairs}
        missing = (dialect.spelled(name) for name in shape.needed)
        pairs += [(name, []) for name in missing if name not in there]
    pairs.sort(key=lambda pair: not pair[0].startswith("$"))
    return Members(pairs)


def _made(value: JsonValue, kind: _Kind, dialect: Dialect, at: str) -> JsonValue:
    if isinstance(kind, _Shape):
        return _renamed(value, kind, dialect, at)
    if not isinstance(kind, _Many):
        made = value if dialect is Dialect.PACKAGE else kind(value, at)
        return _as_date(made) if kind in (_date, _maybe_date) else made
    if kind.keyed and isinstance(value, Members):
        return Members([(name, _renamed(one, kind.shape, dialect, f"{at}/{name}")) for name, one in value.pairs])
    if not kind.keyed and isinstance(value, list):
        return [_renamed(one, kind.shape, dialect, f"{at}/{place}") for place, one in enumerate(value)]
    if value is None and dialect is Dialect.STORAGE:
        return Members([]) if kind.keyed else []
    if dialect is Dialect.STORAGE:
        raise ItemError(f"{at} is of the wrong kind: {_short(value)}")
    return value


def _as_it_is(value: JsonValue, _at: str) -> JsonValue:
    return value


def _text(value: JsonValue, _at: str) -> JsonValue:
    return value if value is None or is_text(value) else str(text_form(value))


def _place(value: JsonValue, at: str) -> JsonValue:
    """The folder that a folder stands in: none is null, for the application shows no other at the top."""
    return _text(value, at) or None


def _texts(value: JsonValue, at: str) -> JsonValue:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ItemError(f"{at} is no array: {_short(value)}")
    return [_text(one, at) for one in value]


def _by_name(value: JsonValue, at: str) -> JsonValue:
    """An object of texts by keys of its own."""
    if not isinstance(value, Members):
        if value is None:
            return Members([])
        raise ItemError(f"{at} is no object: {_short(value)}")
    return Members([(name, _text(one, at)) for name, one in value.pairs])


def _whole(value: JsonValue, at: str) -> JsonValue:
    """An integer of 32 bits, in quotes too."""
    text = value if isinstance(value, str) else ""
    try:
        number = int(text)
    except ValueError:
        raise ItemError(f"{at} is no integer: {_short(value)}") from None
    if not -(2**31) <= number < 2**31:
        raise ItemError(f"{at} is no integer of 32 bits: {_short(value)}")
    return value if isinstance(value, Number) else Number(number)


def _real(value: JsonValue, at: str) -> JsonValue:
    """A finite number, in quotes too: another one could be read and never be saved again."""
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ItemError(f"{at} is no number that can be stored: {_short(value)}")
    return value if isinstance(value, Number) else Number(str(value).strip())


def _as_date(value: JsonValue) -> JsonValue:
    """A date as the application writes it: its plus sign is not escaped."""
    return Number(quote(value).replace("\\u002B", "+")) if is_text(value) else value


def _date(value: JsonValue, at: str) -> JsonValue:
    if is_text(value) and is_dotnet_date(value):
        return value
    moment = parse_moment(value, UTC) if is_text(value) else None
    if moment is None:
        raise ItemError(f"{at} is no date: {_short(value)}")
    text = offset_date(moment)
    return text if is_dotnet_date(text) else offset_date(Moment(moment.ticks, 0))


def _maybe(mend: _Mend) -> _Mend:
    return lambda value, at: None if value is None else mend(value, at)


_maybe_date = _maybe(_date)


def _blocks(value: JsonValue, at: str) -> JsonValue:
    """Blocks: as they stand where the application reads them, else mended as those of notes are."""
    if value is None or strict_blocks(dump(value).encode()):
        return value
    if not isinstance(value, list):
        raise ItemError(f"{at} is no array of blocks: {_short(value)}")
    text = blocks_text(blocks_built(blocks_from(value, at, Problems("")), Problems("")), at)
    return parse(text, len(text)).value


def _edge_kind(value: JsonValue, at: str) -> JsonValue:
    names = {"hierarchy": "0", "link": "1"}
    known = names.get(value.lower()) if is_text(value) else None
    return Number(known) if known is not None else _whole(value, at)


def _short(value: JsonValue) -> str:
    text = dump(value)
    return text if len(text) <= 80 else text[:79] + "…"


_SOURCE: Final = _Shape(dict.fromkeys(("sourceType", "sourceId", "displayLabel"), _text))
_CARD: Final = _Shape(
    {
        **dict.fromkeys(("id", "deckId", "front", "back"), _text),
        "type": _whole,
        "tags": _texts,
        "dueDate": _date,
        **dict.fromkeys(("stability", "difficulty", "retrievability"), _maybe(_real)),
        "sourceInfo": _SOURCE,
        **dict.fromkeys(("frontBlocks", "backBlocks"), _blocks),
        **dict.fromkeys(("reviewCount", "lapseCount", "leitnerBox"), _maybe(_whole)),
        "lastReviewedAt": _maybe_date,
        "fsrsState": _maybe(_whole),
    },
    ("tags",),
)
_DECK: Final = _Shape(
    {
        **dict.fromkeys(("id", "name", "folderId", "description"), _text),
        "tags": _texts,
        "lastStudied": _maybe_date,
        "retentionScore": _whole,
        "cards": _Many(_CARD),
        "schedulingAlgorithm": _whole,
    },
    ("tags", "cards"),
)
_FOLDER: Final = _Shape({**dict.fromkeys(("id", "name"), _text), "parentId": _place, "order": _whole})
_DOCUMENT: Final = _Shape({"folders": _Many(_FOLDER), "decks": _Many(_DECK)})
_POSITION: Final = _Shape({**dict.fromkeys(("x", "y"), _real), **dict.fromkeys(("width", "height"), _maybe(_real))})
_NODE: Final = _Shape(
    {
        **dict.fromkeys(("id", "nodeType"), _text),
        "content": _Shape({"text": _text}),
        "metadata": _as_it_is,
        "style": _by_name,
    }
)
_EDGE: Final = _Shape({**dict.fromkeys(("id", "fromId", "toId", "type", "label"), _text), "kind": _edge_kind})
_MAP: Final = _Shape(
    {
        "version": _whole,
        **dict.fromkeys(("id", "title", "rootNodeId"), _text),
        "nodes": _Many(_NODE),
        "edges": _Many(_EDGE),
        "layout": _Shape({"algorithm": _text, "nodes": _Many(_POSITION, keyed=True)}),
    }
)
_SHAPES: Final = {"decks": _DECK, "folders": _FOLDER, "maps": _MAP}
