"""What of a library is neither note nor folder nor picture, in payloads (docs/formats/mnemo.md, "Other rows").

Each payload is one that a package can take, item by item, or one that it cannot take at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from converter.errors import InputError, ItemError
from converter.findings.finding import Finding, Location
from converter.findings.problems import Problems
from converter.formats.mnemo.database.indexes import Listed, Listing
from converter.formats.mnemo.database.layout import (
    CARDS,
    FOLDERS_INDEX,
    HISTORY,
    MAP_ROW,
    MAPS_INDEX,
    NOTES_INDEX,
    PACKED_SETTINGS,
    PATH_ROW,
    PATHS_INDEX,
    RESIDUE_ROW,
    ROW,
    ROW_BLOB,
    ROW_NULL,
    TABLE,
    is_folder_row,
    is_newer_table,
    is_note_row,
    is_secret,
    is_setting,
    piece,
)
from converter.formats.mnemo.database.newer import newer_facts
from converter.formats.mnemo.database.store import Store, StoredRow
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.history import cut_history
from converter.formats.mnemo.rows import Keys, sniff
from converter.formats.mnemo.view import OuterView
from converter.model.facts import Fact, JunkFact, MemberFact, PayloadFact, UnitFact
from converter.text.json_text import JsonTextError, JsonValue, Members, decode, is_text, parse

__all__ = ["payload_facts"]

_STORAGE: Final = "storage"
_VERSION: Final = "dbversion"
_ROW_TABLES: Final = frozenset(("Statistics", "keybind_overrides"))
"""Tables whose rows are units."""


def payload_facts(
    store: Store, rows: dict[str, StoredRow], max_depth: int, *, residue: bool
) -> Iterator[Fact | Finding]:
    """All payloads. Of `rows` those of notes, folders and their indexes belong to none.

    `residue` says that rows named for residue hold such.
    """
    rest = {
        key: row
        for key, row in rows.items()
        if not (is_note_row(key) or is_folder_row(key) or key in (NOTES_INDEX, FOLDERS_INDEX))
        and not (residue and key.startswith(RESIDUE_ROW))
    }
    yield from _cards(store, rest, max_depth)
    yield from _listed(store, rest, "mindmaps", "maps", MAPS_INDEX, MAP_ROW, max_depth)
    yield from _settings(store, rest, max_depth)
    yield from _listed(store, rest, _STORAGE, "records", PATHS_INDEX, PATH_ROW, max_depth)
    for key, row in rest.items():
        yield _payload(key, _STORAGE, [_member(row)], [UnitFact(kind="records", key=key)])
    yield from _tables(store)


def _payload(key: str, kind: str, members: Iterable[MemberFact], units: Iterable[UnitFact]) -> PayloadFact:
    return PayloadFact(key=key, type=kind, members=tuple(members), units=tuple(units))


def _member(row: StoredRow) -> MemberFact:
    name = piece({"null": ROW_NULL, "blob": ROW_BLOB}.get(row.kind, ROW), row.key)
    return MemberFact(key=name, name=name, size=row.size)


def _cards(store: Store, rest: dict[str, StoredRow], max_depth: int) -> Iterator[PayloadFact | Finding]:
    """Decks and their folders, and what was practised, which no package takes."""
    row = rest.pop(CARDS, None)
    if row is None:
        return
    where = Location(table="Storage", row=CARDS)
    try:
        units, problems = _card_units(store.cards if row.is_text else b"null", max_depth)
    except InputError as error:
        yield Finding(
            code="payload-unreadable",
            item="payloads/flashcards",
            location=where,
            details=(("why", error.message),),
        )
        yield _payload(CARDS, "unreadable", [_member(row)], [UnitFact(kind="payloads", key=CARDS)])
        return
    yield from problems
    yield _payload("flashcards", "flashcards", [_member(row)], units)
    history = cut_history(decode(store.cards)[0])[1]
    if history:
        member = MemberFact(key=HISTORY, name=HISTORY, size=len(history))
        yield _payload(HISTORY, _STORAGE, [member], [UnitFact(kind="records", key=HISTORY)])


def _card_units(data: bytes, max_depth: int) -> tuple[list[UnitFact], list[Finding]]:
    try:
        value = parse(decode(data)[0], max_depth).value
    except JsonTextError as error:
        raise InputError(f"not JSON at line {error.line}, column {error.column}: {error.message}") from None
    if not isinstance(value, Members):
        raise InputError("the document of flashcards is no JSON object")
    view = OuterView(value, "", Problems(""))
    units: list[UnitFact] = []
    problems: list[Finding] = []
    for kind, name in (("decks", "decks"), ("folders", "folders")):
        keys = Keys()
        found = view.find(name)
        for number, element in enumerate(found if isinstance(found, list) else []):
            identity, title = _id_and_title(element)
            key, repeated = keys.take(identity, str(number))
            units.append(UnitFact(kind=kind, key=key, title=title, broken=not isinstance(element, Members)))
            if repeated:
                problems.append(Finding(code="duplicate-id", item=f"{kind}/{key}", details=(("id", identity or ""),)))
            if not isinstance(element, Members):
                why = (("why", "it is no JSON object"),)
                problems.append(Finding(code="item-unreadable", item=f"{kind}/{key}", details=why))
    return units, problems


def _id_and_title(element: JsonValue) -> tuple[str | None, str]:
    if not isinstance(element, Members):
        return None, ""
    view = OuterView(element, "", Problems(""))
    return view.only_text("id"), view.only_text("name") or ""


def _listed(
    store: Store,
    rest: dict[str, StoredRow],
    kind: str,
    unit: str,
    index: str,
    prefix: str,
    max_depth: int,
) -> Iterator[PayloadFact | Finding]:
    """Items that have an index: maps, learning paths."""
    listing = Listing(store, rest, index, prefix, unit)
    yield from listing.findings(lambda key: key.startswith(prefix), max_depth)
    listed = rest.pop(index, None)
    if listed is None and not listing.items:
        return
    for item in listing.items:
        del rest[item.row.key]
    members = [_member(row) for row in (listed, *(item.row for item in listing.items)) if row is not None]
    keys = Keys()
    units = [_unit(store, item, unit, keys, max_depth) for item in listing.items]
    yield _payload("mindmaps" if kind == "mindmaps" else index, kind, members, units)


def _unit(store: Store, item: Listed, kind: str, keys: Keys, max_depth: int) -> UnitFact:
    data = store.value(item.row.key) if item.row.is_text else None
    found = sniff(data or b"null", "id", max_depth, Dialect.STORAGE)
    key, _ = keys.take(found.id if kind == "maps" else item.row.key, item.id)
    return UnitFact(kind=kind, key=key, title=found.title)


def _settings(store: Store, rest: dict[str, StoredRow], max_depth: int) -> Iterator[Fact | Finding]:
    """Settings: those that a package takes, and all others; secrets go nowhere."""
    keys = [key for key in rest if is_setting(key)]
    packed: list[StoredRow] = []
    others: list[StoredRow] = []
    for key in keys:
        row = rest.pop(key)
        if is_secret(key):
            yield JunkFact(key=key, kind="settings", told=True)
            yield Finding(code="secret-left-out", item=f"settings/{key}", details=(("what", key),))
        elif key in PACKED_SETTINGS and _is_string(store, row, max_depth):
            packed.append(row)
        else:
            others.append(row)
    for name, kind, found in (("settings", "settings", packed), ("other settings", _STORAGE, others)):
        if found:
            units = [UnitFact(kind="settings", key=row.key) for row in found]
            yield _payload(name, kind, map(_member, found), units)


def _is_string(store: Store, row: StoredRow, max_depth: int) -> bool:
    data = store.value(row.key) if row.is_text else None
    try:
        value = parse(decode(data or b"null")[0], max_depth).value
    except (JsonTextError, ItemError):
        return False
    return is_text(value) and bool(value)


def _tables(store: Store) -> Iterator[Fact | Finding]:
    """Tables of their own: statistics and key bindings row by row, tables that nobody knows as a whole."""
    yield from newer_facts(store)
    for name, kind in store.objects.items():
        if name.lower() in ("storage", _VERSION) or is_newer_table(name):
            continue
        if kind != "table":
            yield _skipped(name, kind)
            continue
        member = piece(TABLE, name)
        yield _payload(member, _STORAGE, [MemberFact(key=member, name=member)], _table_units(store, name, member))
    for name in store.triggers():
        if not is_newer_table(name):
            yield _skipped(name, "trigger")


def _skipped(name: str, kind: str) -> Finding:
    return Finding(code="schema-object-skipped", item="archive", details=(("what", name), ("type", kind)))


def _table_units(store: Store, name: str, member: str) -> Sequence[UnitFact]:
    if name not in _ROW_TABLES:
        return [UnitFact(kind="payloads", key=member, title=name)]
    table = store.table(name)
    keyed = [number for number, column in enumerate(table.columns) if column[3]]
    keys = Keys()
    return [
        UnitFact(kind="records", key=keys.take("/".join([name, *(str(row[at]) for at in keyed)]), "")[0])
        for row in store.item_rows(table)
    ]
