"""What the application says to payloads of one JSON document: maps and settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from converter.errors import ItemError
from converter.findings.finding import Finding, Location
from converter.findings.problems import Problems
from converter.formats.mnemo.app.objects import MAPS, SETTINGS
from converter.formats.mnemo.app.shapes import Flaw, Shape, at
from converter.formats.mnemo.app.text import value_of
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.package.files import found
from converter.formats.mnemo.package.verdict import Unpacked, loses, missing, refuses
from converter.formats.mnemo.view import OuterView
from converter.text.json_text import JsonValue, Members

__all__ = ["judge_maps", "judge_settings"]

_ALLOWED: Final = frozenset(("app.language", "theme.current", "theme.mode", "ai.llamacpp.serverpath"))
"""Settings that an import takes, in lower case."""


def judge_maps(
    item: str, where: Location, files: Mapping[str, str], unpacked: Unpacked, _newer: bool
) -> Iterator[Finding]:
    """The maps of application 0.6; those of 0.8 lie in a database, and one that cannot be read is left out there."""
    member = found(files, "data.json")
    if not member:
        if not found(files, "mindmaps.db"):
            yield missing(item, where, "data.json")
        return
    value, findings = _document(item, member, unpacked, MAPS)
    yield from findings
    taken: set[str] = set()
    for index, element in enumerate(value if isinstance(value, list) and not findings else ()):
        if isinstance(element, Members):
            yield from _map(OuterView(element, f"/{index}", Problems("")), Location(member=member), index, taken)


def _map(view: OuterView, where: Location, index: int, taken: set[str]) -> Iterator[Finding]:
    identity = view.only_text("id")
    item = f"maps/{index if identity is None else identity}"
    if identity in taken:
        yield _lost(item, where, view.pointer, "an earlier map has the same id, and this one overwrites it")
    taken |= {identity} if identity is not None else set()
    layout = view.find("layout")
    places = OuterView(layout, "", Problems("")).find("nodes") if isinstance(layout, Members) else None
    placed = {name for name, place in places.pairs if place is not None} if isinstance(places, Members) else set()
    known = set()
    for node in _objects(view, "nodes"):
        name = node.only_text("id") or ""
        known.add(name)
        if name not in placed:
            yield _lost(item, where, node.pointer, f"the node {name!r} has no place in the layout, and is never shown")
    for edge in _objects(view, "edges"):
        ends = {edge.only_text("fromId") or "", edge.only_text("toId") or ""}
        for end in sorted(ends - known):
            yield _lost(item, where, edge.pointer, f"the edge leads to {end!r}, which is no node, and is never shown")


def _objects(view: OuterView, name: str) -> Iterator[OuterView]:
    elements = view.find(name)
    for index, element in enumerate(elements if isinstance(elements, list) else ()):
        if isinstance(element, Members):
            yield OuterView(element, at(view.at(name), index), view.problems)


def _lost(item: str, where: Location, pointer: str, what: str) -> Finding:
    return loses(item, Location(member=where.member, pointer=pointer), what)


def judge_settings(
    item: str, where: Location, files: Mapping[str, str], unpacked: Unpacked, _newer: bool
) -> Iterator[Finding]:
    """Settings: texts, of which an import takes a few."""
    member = found(files, "settings.json")
    if not member:
        yield missing(item, where, "settings.json")
        return
    value, findings = _document(item, member, unpacked, SETTINGS)
    yield from findings
    for name, _ in value.pairs if isinstance(value, Members) and not findings else ():
        if name.lower() not in _ALLOWED:
            what = f"the setting {name} is not among those that it takes"
            yield _lost(f"settings/{name}", Location(member=member), at("", name), what)


def _document(item: str, member: str, unpacked: Unpacked, shape: Shape) -> tuple[JsonValue, list[Finding]]:
    """The value of a document, and what stops the application in it. A member that is damaged was told of already."""
    try:
        value = value_of(unpacked.text(member))
    except ItemError:
        return None, []
    flaws = [value] if isinstance(value, Flaw) else list(shape(value, "", Dialect.PACKAGE))
    findings = [refuses(item, Location(member=member, pointer=flaw.pointer), flaw.what) for flaw in flaws]
    return None if isinstance(value, Flaw) else value, findings
