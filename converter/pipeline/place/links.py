"""What every link of the source leads to, which places need an anchor, and the goals of one note's order."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from converter.digests import blake2b
from converter.findings.finding import Finding
from converter.formats.front import Found, Lookup
from converter.model.facts import Anchor, LinkFact
from converter.model.order import Goal
from converter.model.timed_id import is_timed_id, numbered_id
from converter.pipeline.catalog import Catalog
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.pair import Pair
from converter.storage.scratch import Scratch
from converter.text.markdown.domain import anchor_fits, is_picture, wikilink_fits

__all__ = ["LinkBook"]

_decode = msgspec.msgpack.Decoder(tuple[Found, ...]).decode
_Kept = tuple[tuple[str, ...], dict[str, str]]
"""Keys of anchors of a note that links lead to, and the names of anchors by their keys."""
_decode_kept = msgspec.msgpack.Decoder(tuple[tuple[str, ...], dict[str, str]]).decode
_encode = msgspec.msgpack.Encoder().encode
Report = Callable[[Finding], None]
_NEAR = 128
"""Notes whose names of places are at hand because they were asked for a moment ago."""


class LinkBook:
    """Resolves the links of all notes once and answers for single ones afterwards."""

    def __init__(
        self,
        catalog: Catalog,
        pair: Pair,
        resolve: Callable[[Lookup, str, LinkFact], Found],
        there: Container[str] = (),
    ) -> None:
        """`there` names notes that are in the target, to which links lead as well."""
        self._catalog = catalog
        self._pair = pair
        self._resolve = resolve
        self._there = there if pair.same_system else ()
        self._wanted: dict[str, str | set[str]] = {}
        """Keys of anchors that links lead to, by their note, until these get names: of most notes it is one."""
        self._ids = pair.has_ids
        self._pictures = pair.same_system and pair.parameter("pictures") == "absolute"

    def resolve_all(self, report: Report) -> None:
        """Resolve every link of every note that is converted; report what leads nowhere."""
        for key, entry in self._catalog.notes.items():
            if entry.end:
                continue
            founds: list[Found] = []
            for link in self._catalog.links(key):
                found = self._resolve(self._catalog, key, link)
                founds.append(found)
                self._note_use(link, found)
                fault = self._fault(key, link, found)
                if fault is not None:
                    report(fault)
            needed = founds and (self._pictures or not self._pair.same_system)
            entry.found = self._catalog.scratch.keep(_encode(founds)) if needed else -1
        self._name_anchors()

    def faults(self, key: str) -> Iterator[tuple[LinkFact, Finding]]:
        """What `resolve_all` reports of the links of one note, each with its link."""
        for link in self._catalog.links(key):
            fault = self._fault(key, link, self._resolve(self._catalog, key, link))
            if fault is not None:
                yield link, fault

    def _note_use(self, link: LinkFact, found: Found) -> None:
        if found.kind == "asset":
            asset = self._catalog.assets[found.key]
            shows = link.form == "image" or (link.form == "embed" and is_picture(asset.fact.name))
            asset.shown, asset.named = asset.shown or shows, True
        elif found.kind == "note" and found.anchor:
            self._want(found.key, found.anchor)

    def _want(self, key: str, anchor: str) -> None:
        wanted = self._wanted.setdefault(key, anchor)
        if isinstance(wanted, set):
            wanted.add(anchor)
        elif wanted != anchor:
            self._wanted[key] = {wanted, anchor}

    def _fault(self, key: str, link: LinkFact, found: Found) -> Finding | None:
        code = _code_of(link, found) if link.target not in self._there else ""
        if found.kind == "note" and self._catalog.notes[found.key].end:
            failed = self._catalog.notes[found.key].end == "failed"
            code = "reference-to-failed" if failed else "link-left-selection"
        elif found.kind == "asset" and self._catalog.assets[found.key].end:
            code = "link-left-selection"
        if not code:
            return None
        target = link.target + (f"#{link.place}" if link.place else "")
        return Finding(code=code, item=f"notes/{key}", details=(("what", target),))

    def _name_anchors(self) -> None:
        """Give each place that links lead to its name in the target."""
        if not (self._pair.same_system or self._pair.holds_all):
            for key, wanted in self._wanted.items():
                self._name(key, (wanted,) if isinstance(wanted, str) else tuple(sorted(wanted)))
        self._wanted.clear()

    def name_anchors(self, key: str) -> None:
        """Give the places of one note their names once more: it got another output."""
        wanted = self._kept(key)[0]
        if wanted:
            self._name(key, wanted)

    def _name(self, key: str, wanted: tuple[str, ...]) -> None:
        entry = self._catalog.notes[key]
        output = entry.output
        if output is None:
            self._keep(key, wanted, {})
            return
        names: dict[str, str] = {}
        sought = frozenset(wanted)
        repeated = _repeated_headings(self._catalog.anchors(key))
        for anchor in self._catalog.anchors(key):
            if anchor.key not in sought:
                continue
            if self._ids:
                names[anchor.key] = self._block_id(entry, anchor, output.prefixes)
            elif not _by_heading(anchor, repeated):
                names[anchor.key] = _anchor_name(anchor)
            self._name_host(anchor, names)
        self._keep(key, wanted, names)

    def _keep(self, key: str, wanted: tuple[str, ...], names: dict[str, str]) -> None:
        self._catalog.notes[key].named = self._catalog.scratch.keep(_encode((wanted, names)))

    def _name_host(self, anchor: Anchor, names: dict[str, str]) -> None:
        """An item whose own line is named is one place with it, where items have text of their own."""
        if not anchor.host or anchor.key not in names or self._pair.parameter("item_line") == "paragraph":
            return
        names[anchor.key] = names.setdefault(anchor.host, names[anchor.key])

    def _block_id(self, entry: NoteEntry, anchor: Anchor, prefixes: tuple[str, ...]) -> str:
        if self._pair.timed_ids:
            kept = is_timed_id(anchor.key) and anchor.key not in entry.dropped
            return anchor.key if kept else numbered_id(prefixes, anchor.number)
        own = self._pair.source.parameters.get("block_ids") and not anchor.key.startswith(("#", "^"))
        if own and not entry.salt:
            return anchor.key
        return derived_id("anchor", entry.salt or entry.key, anchor.key)

    def pin(self, key: str, names: Mapping[str, str]) -> None:
        """Let places of a note keep the names that they have already."""
        if names:
            wanted, there = self._kept(key)
            self._keep(key, wanted, {**there, **names})

    def anchors(self, key: str) -> dict[str, str]:
        """The names that places of this note get, by the key of their anchor."""
        return self._kept(key)[1]

    def _kept(self, key: str) -> _Kept:
        place = self._catalog.notes[key].named
        return ((), {}) if place < 0 else _kept_at(self._catalog.scratch, place)

    def goals(self, key: str) -> dict[tuple[str, str, str, str], Goal]:
        """The goals of a note's links. Within one system links stay as written, but for places of pictures."""
        place = self._catalog.notes[key].found
        if place < 0:
            return {}
        goals: dict[tuple[str, str, str, str], Goal] = {}
        for link, found in zip(self._catalog.links(key), _decode(self._catalog.scratch.piece(place)), strict=True):
            shown = link.form == "image" and found.kind == "asset"
            if found.kind != "outside" and (shown or not self._pictures):
                goals[link.form, link.target, link.place, link.block] = self._goal(found)
        return goals

    def _goal(self, found: Found) -> Goal:
        if found.kind == "note":
            return self._note_goal(found)
        if found.kind != "asset":
            return Goal(kind="missing")
        asset = self._catalog.assets[found.key]
        if asset.end and asset.end != "unchanged":
            return Goal(kind="left")
        return Goal(
            kind="asset",
            key=found.key,
            path=asset.paths[0],
            name=asset.name,
            title=asset.fact.name,
            place=found.anchor,
        )

    def _note_goal(self, found: Found) -> Goal:
        output = self._catalog.notes[found.key].output
        if output is None:
            return Goal(kind="left")
        return Goal(
            kind="note",
            key=output.key,
            path=output.path,
            name=output.name,
            title=output.title,
            place=self._place(found),
        )

    def _place(self, found: Found) -> str:
        """The place in the target's terms: a block's id, `^name`, or the text of a heading."""
        if not found.anchor:
            return ""
        if self._pair.holds_all:
            return found.anchor.removeprefix("#")
        name = self.anchors(found.key).get(found.anchor)
        if name is not None:
            return name if self._ids else f"^{name}"
        anchor = self._catalog.places(found.key).with_key(found.anchor)
        return "" if anchor is None else anchor.text


def _code_of(link: LinkFact, found: Found) -> str:
    if found.kind == "missing":
        return "asset-missing" if link.form == "image" else "link-missing"
    return "link-place-missing" if found.place_missing else ""


def _repeated_headings(anchors: Sequence[Anchor]) -> set[str]:
    seen: set[str] = set()
    repeated: set[str] = set()
    for anchor in anchors:
        if anchor.level:
            text = anchor.text.casefold()
            (repeated if text in seen else seen).add(text)
    return repeated


def _by_heading(anchor: Anchor, repeated: set[str]) -> bool:
    """Whether a link can name the place by its heading."""
    text = anchor.text
    plain = bool(anchor.level and text and text.casefold() not in repeated)
    return plain and "\n" not in text and "#" not in text and "^" not in text and wikilink_fits("x", text)


def _anchor_name(anchor: Anchor) -> str:
    """A name for a block in Markdown: its own, else its id, else a digest of it."""
    if anchor.name and anchor_fits(anchor.name):
        return anchor.name
    if anchor_fits(anchor.key):
        return anchor.key
    return blake2b(anchor.key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


@lru_cache(maxsize=_NEAR)
def _kept_at(scratch: Scratch, place: int) -> _Kept:
    return _decode_kept(scratch.piece(place))
