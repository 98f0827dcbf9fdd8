"""The items of a library's payloads, one by one, as packages spell them: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from converter.findings.problems import Problems
from converter.formats.front import Opener, Part
from converter.formats.mnemo.database.layout import MAP_ROW, ROW, name_of
from converter.formats.mnemo.database.newer import NEWER_CARDS, NEWER_MAPS, newer_parts
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.part_ids import keyed
from converter.formats.mnemo.rows import Keys, sniff
from converter.formats.mnemo.spelling import packed
from converter.formats.mnemo.view import OuterView
from converter.model.facts import PayloadFact
from converter.text.json_text import JsonTextError, Members, decode, parse

__all__ = ["parts"]

_DEPTH = 10_000


def parts(fact: PayloadFact, opened: Opener) -> Iterator[Part]:
    """Decks and their folders, maps, settings; what cannot be read is left out. Other payloads have no parts.

    Their keys are their ids: the second of one id, or one without an id, gets its key for it.
    """
    made = _PARTS.get(fact.type)
    return iter(()) if made is None else made(fact, opened)


def _cards(fact: PayloadFact, opened: Opener) -> Iterator[Part]:
    for member in fact.members:
        value = _parsed(opened, member.key)
        if not isinstance(value, Members):
            continue
        view = OuterView(value, "", Problems(""))
        for kind in ("decks", "folders"):
            keys = Keys()
            found = view.find(kind)
            for number, element in enumerate(found if isinstance(found, list) else []):
                own = OuterView(element, "", Problems("")) if isinstance(element, Members) else None
                key, _ = keys.take(own.only_text("id") if own is not None else None, str(number))
                if own is not None:
                    data = packed(kind, element).encode()
                    title = own.only_text("name") or ""
                    parent = own.only_text("parentId") or "" if kind == "folders" else ""
                    part = Part(group="flashcards", kind=kind, key=key, data=data, title=title, parent=parent)
                    yield keyed(part, own.only_text("id"))


def _maps(fact: PayloadFact, opened: Opener) -> Iterator[Part]:
    keys = Keys()
    for member in fact.members:
        row = name_of(ROW, member.key) if member.key.startswith(ROW) else ""
        if not row.startswith(MAP_ROW):
            continue
        with opened(member.key) as stream:
            data = stream.read()
        found = sniff(data, "id", _DEPTH, Dialect.STORAGE)
        key, _ = keys.take(found.id, row.removeprefix(MAP_ROW))
        value = _value(data)
        if isinstance(value, Members):
            data = packed("maps", value).encode()
            yield keyed(Part(group="mindmaps", kind="maps", key=key, data=data, title=found.title), found.id)


def _settings(fact: PayloadFact, opened: Opener) -> Iterator[Part]:
    for member in fact.members:
        with opened(member.key) as stream:
            yield Part(group="settings", kind="settings", key=name_of(ROW, member.key), data=stream.read())


def _parsed(opened: Opener, key: str) -> object:
    with opened(key) as stream:
        return _value(stream.read())


def _value(data: bytes) -> object:
    try:
        return parse(decode(data)[0], _DEPTH).value
    except JsonTextError:
        return None


_PARTS: Final[dict[str, Callable[[PayloadFact, Opener], Iterator[Part]]]] = {
    "flashcards": _cards,
    "mindmaps": _maps,
    "settings": _settings,
    NEWER_CARDS: newer_parts,
    NEWER_MAPS: newer_parts,
}
