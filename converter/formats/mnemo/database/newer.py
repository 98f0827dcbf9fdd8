"""Decks and maps of application 0.8, which keeps them in tables of their own (docs/formats/mnemo.md, "Library of 0.8").

Live rows are read into the items of today's interchange form. What that form cannot say stays with the tables, which
travel as residue: no library of 0.8 is ever written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from converter.errors import ItemError
from converter.findings.finding import Finding, Location
from converter.formats.front import Opener, Part
from converter.formats.mnemo.database.layout import TABLE, is_newer_table, name_of, piece
from converter.formats.mnemo.database.store import Store, table_from
from converter.formats.mnemo.newer_maps import plain_map
from converter.formats.mnemo.spelling import packed, stored
from converter.model.facts import Fact, JunkFact, MemberFact, PayloadFact, UnitFact
from converter.text.json_text import JsonTextError

__all__ = ["NEWER_CARDS", "NEWER_MAPS", "newer_facts", "newer_parts"]

NEWER_CARDS: Final = "flashcards-0.8"
NEWER_MAPS: Final = "mindmaps-0.8"

_DERIVED: Final = ("flashcardcardsfts", "mindmapsearch")
"""Indexes of texts, which the application makes anew."""

_DEPTH: Final = 1000
_CARDS: Final = (("decks", "FlashcardDecks"), ("folders", "FlashcardFolders"))
_MAPS: Final = (("maps", "Mindmaps"),)
_Row = Mapping[str, Any]


def newer_facts(store: Store) -> Iterator[Fact | Finding]:
    """Decks, their folders and maps that are not in the trash, and the tables themselves."""
    there = {name.lower(): name for name, kind in store.objects.items() if kind == "table" and is_newer_table(name)}
    for kind, items, further in (
        (NEWER_CARDS, _CARDS, ("FlashcardCards", "FlashcardScheduling")),
        (NEWER_MAPS, _MAPS, ()),
    ):
        found = [(unit, there[table.lower()]) for unit, table in items if table.lower() in there]
        if not found:
            continue
        units: list[UnitFact] = []
        for unit, table in found:
            for row in _rows(store, table):
                key, title = str(row.get("id")), str(row.get("name") or row.get("title") or "")
                if row.get("trashid") is None:
                    units.append(UnitFact(kind=unit, key=key, title=title))
                else:
                    yield JunkFact(key=key, kind=unit, told=True)
                    where = Location(table=table, row=key)
                    yield Finding(code="trash-left-out", item=f"{unit}/{key}", location=where)
        tables = [table for _, table in found] + [there[name.lower()] for name in further if name.lower() in there]
        yield PayloadFact(key=kind, type=kind, members=tuple(map(_member, tables)), units=tuple(units))
    kept = [name for folded, name in sorted(there.items()) if not folded.startswith(_DERIVED)]
    for name in kept:
        yield PayloadFact(
            key=piece(TABLE, name),
            type="newer",
            members=(_member(name),),
            units=(UnitFact(kind="records", key=piece(TABLE, name), title=name),),
        )


def _member(table: str) -> MemberFact:
    return MemberFact(key=piece(TABLE, table), name=piece(TABLE, table))


def _rows(store: Store, name: str) -> Iterator[_Row]:
    table = store.table(name)
    names = [column[0].lower() for column in table.columns]
    return (dict(zip(names, row, strict=True)) for row in store.item_rows(table))


def newer_parts(fact: PayloadFact, opened: Opener) -> Iterator[Part]:
    """The items of one of these payloads; one that cannot be said in today's form is left out."""
    tables: dict[str, list[_Row]] = {}
    for member in fact.members:
        with opened(member.key) as stream:
            table, rows = table_from(iter(stream.readline, b""))
            names = [column[0] for column in table.columns]
            tables[name_of(TABLE, member.key).lower()] = [dict(zip(names, row, strict=True)) for row in rows]
    made = _maps(tables) if fact.type == NEWER_MAPS else _decks_and_folders(tables)
    for kind, key, title, value in made:
        try:
            data = packed(kind, stored(kind, json.dumps(value).encode(), _DEPTH)).encode()
        except (ItemError, JsonTextError):
            continue
        group = fact.type.partition("-")[0]
        yield Part(group=group, kind=kind, key=key, title=title, data=data)


_Made = tuple[str, str, str, dict[str, Any]]


def _decks_and_folders(tables: Mapping[str, list[_Row]]) -> Iterator[_Made]:
    schedules = {str(row.get("CardId")): _members(row) for row in tables.get("flashcardscheduling", ())}
    cards: dict[str, list[dict[str, Any]]] = {}
    for row in tables.get("flashcardcards", ()):
        if row.get("TrashId") is None:
            card = {"tags": [], **_members(row)}
            times = schedules.get(str(card.get("id")), {})
            card |= {name: value for name, value in times.items() if name not in ("id", "cardId", "deckId")}
            cards.setdefault(str(card.get("deckId")), []).append(_in_terms_of_old(card, _CARD_MEMBERS))
    for row in tables.get("flashcarddecks", ()):
        deck = _in_terms_of_old({"tags": [], **_members(row)}, _DECK_MEMBERS)
        deck |= {"cards": cards.get(str(deck.get("id")), []), "schedulingAlgorithm": 1}
        if row.get("TrashId") is None:
            yield "decks", str(deck.get("id")), str(deck.get("name") or ""), deck
    for row in tables.get("flashcardfolders", ()):
        folder = _in_terms_of_old(_members(row), _FOLDER_MEMBERS)
        if row.get("TrashId") is None:
            yield "folders", str(folder.get("id")), str(folder.get("name") or ""), folder


_CARD_MEMBERS: Final = (
    "id",
    "deckId",
    "front",
    "back",
    "type",
    "tags",
    "dueDate",
    "stability",
    "difficulty",
    "retrievability",
    "sourceInfo",
    "frontBlocks",
    "backBlocks",
    "reviewCount",
    "lapseCount",
    "leitnerBox",
    "lastReviewedAt",
    "fsrsState",
)
_DECK_MEMBERS: Final = (
    "id",
    "name",
    "folderId",
    "description",
    "tags",
    "lastStudied",
    "retentionScore",
)
_FOLDER_MEMBERS: Final = (
    "id",
    "name",
    "parentId",
    "order",
)
_NUMBERS: Final = frozenset(("type", "order", "retentionScore"))
_UNSET: Final = "0001-01-01T00:00:00+00:00"


def _in_terms_of_old(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The members that the interchange form has, in its order."""
    row = {"order": row.get("sortOrder")} | row
    made = {name: row.get(name) for name in names}
    made |= {name: made[name] or 0 for name in _NUMBERS if name in made}
    if "dueDate" in made:
        made["dueDate"] = made["dueDate"] or row.get("due") or _UNSET
    return made


def _members(row: _Row) -> dict[str, Any]:
    """A row as an object: `TagsJson` is what the text says, under the name `tags`."""
    made: dict[str, Any] = {}
    for name, value in row.items():
        own = name[:1].lower() + name[1:]
        if own.endswith("Json") and isinstance(value, str):
            try:
                made[own.removesuffix("Json")] = json.loads(value)
            except (ValueError, RecursionError):
                continue
        elif not isinstance(value, bytes):
            made.setdefault(own, value)
    return made


def _maps(tables: Mapping[str, list[_Row]]) -> Iterator[_Made]:
    for row in tables.get("mindmaps", ()):
        if row.get("TrashId") is not None:
            continue
        try:
            document = json.loads(row.get("Doc") or "")
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(document, dict):
            value = plain_map(document, str(row.get("Id")), str(row.get("Title") or ""))
            yield "maps", str(row.get("Id")), value["title"], value
