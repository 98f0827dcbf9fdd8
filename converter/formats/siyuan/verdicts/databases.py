"""What the application does with a database (docs/formats/siyuan.md, "Databases")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from converter.formats.siyuan.numbers import entries, members, text_of
from converter.formats.siyuan.verdicts.gathered import LOSES, REFUSES, REPAIRS, Verdicts

__all__ = ["judge_database"]

_SPEC = 5


def judge_database(data: bytes, verdicts: Verdicts) -> frozenset[str] | None:
    """Note what would happen to a database; the blocks that it has rows for, None where it is not read."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        verdicts.refuse("a database that is no JSON object is not shown")
        return None
    spec = found.get("spec")
    if isinstance(spec, int) and spec > _SPEC:
        verdicts.refuse(f"its spec is {spec}, newer than {_SPEC}: it is not shown", "/spec")
        return None
    _judge_views(found, verdicts)
    return _judge_rows(found, verdicts)


def _judge_views(found: Mapping[str, Any], verdicts: Verdicts) -> None:
    views = entries(found.get("views"))
    if not views:
        verdicts.add(LOSES, "an empty view is saved over a database without views; its cells stay unseen", "/views")
    keys = {text_of(members(members(column).get("key")).get("id")) for column in entries(found.get("keyValues"))}
    for place, view in enumerate(map(members, views)):
        kind = text_of(view.get("type"))
        layout = view.get(kind)
        if not isinstance(layout, dict):
            what = "a view without the object of its type: it is not shown, and no document that shows it is exported"
            verdicts.add(REFUSES, what, f"/views/{place}")
            continue
        name = "columns" if kind == "table" else "fields"
        for number, column in enumerate(entries(layout.get(name))):
            if text_of(members(column).get("id")) not in keys:
                where = f"/views/{place}/{kind}/{name}/{number}"
                verdicts.add(REPAIRS, "a column of a view that the database does not have is taken out", where)


def _judge_rows(found: Mapping[str, Any], verdicts: Verdicts) -> frozenset[str]:
    """Rows are shown by their primary values; the blocks that these are bound to."""
    shown: set[str] = set()
    bound: set[str] = set()
    for _, kind, value in _values(found):
        block = value.get("block")
        if kind == "block" and isinstance(block, dict):
            shown.add(text_of(value.get("blockID")))
            bound.add(text_of(block.get("id")))
    told: set[str] = set()
    for where, _, value in _values(found):
        row = text_of(value.get("blockID"))
        if row and row not in shown and row not in told:
            told.add(row)
            verdicts.add(LOSES, "a row without a primary value is not shown, though it has cells", where)
    return frozenset(bound - {""})


def _values(found: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every stored cell: where it is, the type of its column, and itself."""
    for place, column in enumerate(map(members, entries(found.get("keyValues")))):
        kind = text_of(members(column.get("key")).get("type"))
        for number, value in enumerate(entries(column.get("values"))):
            yield f"/keyValues/{place}/values/{number}", kind, members(value)
