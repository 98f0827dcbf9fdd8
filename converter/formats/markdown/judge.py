"""What Obsidian would not show of a folder (docs/formats/markdown.md, "What Obsidian does not show")."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

import msgspec

from converter.findings.finding import Finding, Location
from converter.formats.front import Source, SourceContext, Stored
from converter.formats.markdown.encoding import decoded
from converter.formats.markdown.index import open_source
from converter.formats.markdown.links import depth
from converter.formats.markdown.relink import file_places
from converter.model.facts import NoteFact
from converter.patterns import pattern
from converter.storage.names import fold
from converter.text.frontmatter import split
from converter.text.positions import Positions

__all__ = ["judge"]

_ENDING = ".md"
_FORMS = frozenset(("reference", "embed"))
_NO_LINKS = frozenset("#^[]|")
_WIKILINK = pattern(r"\[\[([^\[\]|#\n]+)")


class _Namesakes(msgspec.Struct, frozen=True):
    """Notes of one name: how many, the folders that they are in, and the one that is opened where none is near."""

    count: int
    folders: frozenset[str]
    opened: str


_Shared = dict[str, _Namesakes]
"""By their folded names without ending, of those names that several notes have."""


def judge(path: Path, context: SourceContext, _source: Source | None = None) -> Iterator[Finding]:
    """What Obsidian would leave out or take for something else."""
    source = open_source(path, context)
    keys = [fact.key for fact in source.facts() if isinstance(fact, NoteFact)]
    for key in keys:
        yield from _judge_name(key)
    shared = _shared(keys)
    for stored in source.fetch(keys):
        if isinstance(stored, Stored):
            yield from _judge_text(stored, shared)


def _shared(keys: list[str]) -> _Shared:
    named: dict[str, list[str]] = {}
    for key in keys:
        if key.lower().endswith(_ENDING):
            named.setdefault(_name(key), []).append(key)
    return {name: _namesakes(those) for name, those in named.items() if len(those) > 1}


def _namesakes(keys: list[str]) -> _Namesakes:
    return _Namesakes(len(keys), frozenset(map(posixpath.dirname, keys)), min(keys, key=depth))


def _name(key: str) -> str:
    return fold(posixpath.basename(key)).removesuffix(_ENDING)


def _judge_name(key: str) -> Iterator[Finding]:
    if not key.lower().endswith(_ENDING):
        yield _loses(key, f"a note whose name does not end in {_ENDING} is not shown")
    elif _NO_LINKS & set(posixpath.basename(key)):
        yield _loses(key, "no link leads to a note with one of # ^ [ ] | in its name")


def _judge_text(stored: Stored, shared: _Shared) -> Iterator[Finding]:
    found = decoded(stored.data)
    if found.repaired:
        yield _loses(stored.key, f"text in {found.repaired} is shown as if it were UTF-8", found.line, 1)
    text = found.text
    if split(text.replace("\r\n", "\n").replace("\r", "\n")).invalid_source:
        yield _loses(stored.key, "properties, tags and aliases of front matter that is no mapping in YAML", 1, 1)
    if shared and any(fold(name.strip()).removesuffix(_ENDING) in shared for name in _WIKILINK.findall(text)):
        yield from _judge_links(stored.key, text, shared)


def _judge_links(key: str, text: str, shared: _Shared) -> Iterator[Finding]:
    """Links by a name that several notes have, none of them in the same folder or at the top."""
    near = frozenset(("", posixpath.dirname(key)))
    seen: dict[str, tuple[str, int, int]] = {}
    for place in file_places(text):
        name = fold(place.target.strip()).removesuffix(_ENDING)
        those = shared.get(name)
        if those is not None and not _FORMS.isdisjoint(place.forms) and those.folders.isdisjoint(near):
            target, start, count = seen.get(name, (place.target.strip(), place.start, 0))
            seen[name] = (target, start, count + 1)
    positions = Positions(text)
    for name, (target, start, count) in seen.items():
        those = shared[name]
        what = f"which note the link {target} means; {those.count} have this name, and {those.opened} is taken"
        yield _loses(key, what, *positions.of(start), count)


def _loses(key: str, what: str, line: int = 0, column: int = 0, count: int = 1) -> Finding:
    where = Location(file=key, line=line, column=column)
    return Finding(code="app-loses", item=f"notes/{key}", location=where, details=(("what", what),), count=count)
