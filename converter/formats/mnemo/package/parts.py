"""The items of a package's payloads, one by one: pure but for temporary files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from converter.errors import InputError
from converter.formats.front import Opener, Part
from converter.formats.mnemo.package.layout import fold
from converter.formats.mnemo.package.rows import Database
from converter.formats.mnemo.part_ids import keyed, parent_of
from converter.formats.mnemo.rows import Keys, sniff
from converter.model.facts import MemberFact, PayloadFact
from converter.text.json_text import JsonTextError, JsonValue, Members, decode, dump, is_text, parse

__all__ = ["parts"]

_DEPTH = 10_000
_TABLES = (("decks", "Decks", "DeckId"), ("folders", "Folders", "FolderId"))


def parts(fact: PayloadFact, opened: Opener) -> Iterator[Part]:
    """Decks and their folders, maps, settings; what cannot be read is left out. Other payloads have no parts.

    Their keys are their ids: the second of one id, or one without an id, gets its key for it.
    Maps of application 0.8 are no such parts: they are shaped otherwise.
    """
    members = {fold(member.name): member for member in fact.members}
    match fact.type.lower():
        case "flashcards" if "FLASHCARDS.DB" in members:
            yield from _cards(members["FLASHCARDS.DB"], opened)
        case "mindmaps" if "DATA.JSON" in members and "MINDMAPS.DB" not in members:
            yield from _maps(members["DATA.JSON"], opened)
        case "settings" if "SETTINGS.JSON" in members:
            yield from _settings(members["SETTINGS.JSON"], opened)
        case _:
            pass


def _cards(member: MemberFact, opened: Opener) -> Iterator[Part]:
    with tempfile.TemporaryDirectory(prefix="mnemo-converter-") as folder:
        path = Path(folder) / "flashcards.db"
        with opened(member.key) as stream, path.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        try:
            with closing(Database(path, member.name)) as database:
                for kind, table, key in _TABLES:
                    if database.has(table):
                        yield from _rows(database, kind, table, key)
        except InputError:
            return


def _rows(database: Database, kind: str, table: str, key: str) -> Iterator[Part]:
    keys = Keys()
    for row in database.rows(table, key):
        found = sniff(row.data, "id", _DEPTH)
        own, _ = keys.take(found.id, row.key)
        if found.readable and not row.null:
            parent = parent_of(row.data) if kind == "folders" else ""
            part = Part(group="flashcards", kind=kind, key=own, data=row.data, title=found.title, parent=parent)
            yield keyed(part, found.id)


def _maps(member: MemberFact, opened: Opener) -> Iterator[Part]:
    value = _value(opened, member)
    keys = Keys()
    for number, element in enumerate(value if isinstance(value, list) else []):
        data = dump(element).encode()
        found = sniff(data, "id", _DEPTH)
        key, _ = keys.take(found.id, str(number))
        if isinstance(element, Members):
            yield keyed(Part(group="mindmaps", kind="maps", key=key, data=data, title=found.title), found.id)


def _settings(member: MemberFact, opened: Opener) -> Iterator[Part]:
    value = _value(opened, member)
    for name, setting in dict(value.pairs if isinstance(value, Members) else ()).items():
        if setting is None or is_text(setting):
            yield Part(group="settings", kind="settings", key=name, data=dump(setting).encode())


def _value(opened: Opener, member: MemberFact) -> JsonValue:
    with opened(member.key) as stream:
        text, _ = decode(stream.read())
    try:
        return parse(text.removeprefix("\ufeff"), _DEPTH).value
    except JsonTextError:
        return None
