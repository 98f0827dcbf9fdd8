"""The comparison of two archives: both are indexed, their items matched, and every difference is a finding."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.findings.codes import code_of
from converter.findings.difference import DiffCounts
from converter.findings.finding import Finding, Location
from converter.findings.report import Report
from converter.model.items import OUTER_KINDS
from converter.pipeline.diff.facts import named_facts
from converter.pipeline.diff.files import match_files
from converter.pipeline.diff.notes import Difference, differing_notes
from converter.pipeline.diff.payloads import compare_units
from converter.pipeline.diff.places import Place, fact_places, told
from converter.pipeline.diff.side import Side
from converter.pipeline.diff.spots import Spot
from converter.pipeline.diff.trees import Trees, match_trees
from converter.pipeline.session import Session

__all__ = ["Comparison"]

_ONLY = {"only_a": "only-in-a", "only_b": "only-in-b"}


class Comparison:
    """Compares what two sessions have opened, into a report of its own."""

    def __init__(self, a: Session, b: Session, report: Report) -> None:
        self._a = Side(a)
        self._b = Side(b)
        self._report = report
        self._counts = {kind: DiffCounts() for kind in OUTER_KINDS}

    def run(self) -> None:
        """Index, match, compare; then what was found while each side was read."""
        a, b = self._a, self._b
        a.index(b)
        b.index(a)
        a.settle()
        b.settle()
        trees = match_trees(a, b)
        self._files()
        self._folders(trees)
        self._notes(trees)
        self._units()
        self._readings()
        self._report.tally = a.session.report.tally
        self._report.diff = {kind: row for kind, row in self._counts.items() if row != DiffCounts()}

    def _count(self, kind: str, verdict: str, number: int = 1) -> None:
        row = self._counts[kind]
        setattr(row, verdict, getattr(row, verdict) + number)

    def _files(self) -> None:
        found = match_files(self._a, self._b)
        self._count("assets", "equal", len(found.equal) + found.copies)
        self._count("assets", "not_compared", len(found.unread))
        for mine, other in found.changed:
            self._count("assets", "changed")
            self._differs(f"assets/{mine}", [Place("bytes", *self._digests(mine, other))], f"assets/{other}")
        for verdict, keys in (("only_a", found.only_a), ("only_b", found.only_b)):
            for key in keys:
                self._only(verdict, "assets", f"assets/{key}")

    def _digests(self, mine: str, other: str) -> tuple[str, str]:
        both = ((self._a, mine), (self._b, other))
        one, two = (
            f"{side.session.catalog.assets[key].fact.size:,} bytes, {side.digest_of(key)[:12]}" for side, key in both
        )
        return one, two

    def _folders(self, trees: Trees) -> None:
        for x, y in trees.folders:
            places = fact_places(named_facts(x), named_facts(y))
            self._count("folders", "changed" if places else "equal")
            if places:
                self._differs(x.item, places, y.item)
        self._count("folders", "equal", len(trees.empty))
        for verdict, spots in (("only_a", trees.only_a), ("only_b", trees.only_b)):
            notes = (self._a if verdict == "only_a" else self._b).spots.by_note
            for spot in spots:
                kind = "notes" if notes.get(spot.key) is spot and spot.kind == "notes" else "folders"
                self._only(verdict, kind, spot.item, spot)

    def _notes(self, trees: Trees) -> None:
        apart = unread = 0
        for one in differing_notes(self._a, self._b, trees.notes):
            if one.places is None:
                unread += 1
                continue
            apart += 1
            self._note(one, one.places)
        self._count("notes", "changed", apart)
        self._count("notes", "not_compared", unread)
        self._count("notes", "equal", len(trees.notes) - apart - unread)

    def _note(self, one: Difference, places: Sequence[Place]) -> None:
        self._differs(one.a.item, places, one.b.item, one.a)

    def _units(self) -> None:
        for one in compare_units(self._a, self._b):
            kind, item = one.unit.kind, f"{one.unit.kind}/{one.unit.key}"
            if one.verdict in _ONLY:
                title = (("title", one.unit.title),) if one.unit.title not in one.unit.key else ()
                self._only(one.verdict, kind, item, details=title)
                continue
            self._count(kind, one.verdict)
            if one.verdict == "changed":
                self._differs(item, [Place(name, "", "") for name in one.what], item)

    def _only(
        self, verdict: str, kind: str, item: str, spot: Spot | None = None, details: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self._count(kind, verdict)
        if spot is not None and spot.shown() not in spot.key:
            details = (("title", spot.shown()),)
        self._report.spool.add(Finding(code=_ONLY[verdict], item=item, details=details))

    def _differs(self, item: str, places: Sequence[Place], other: str, spot: Spot | None = None) -> None:
        details = [("what", told(places))] if places else []
        if other != item:
            details.append(("other", other))
        if spot is not None and spot.name and spot.name not in spot.key:
            details.append(("title", spot.name))
        pointer = next((place.pointer for place in places if place.pointer), "")
        location = Location(pointer=pointer) if pointer else None
        self._report.spool.add(
            Finding(
                code="item-differs",
                item=item,
                location=location,
                details=tuple(details),
                count=max(len(places), 1),
            )
        )

    def _readings(self) -> None:
        """What was found while one side was read; what both have alike says nothing, unless it stood in the way."""
        mine, others = self._a.session.report.spool, self._b.session.report.spool
        blind = any(row.not_compared for row in self._counts.values())
        for code in sorted(mine.codes | others.codes):
            here = {finding.item for finding in mine.of_code(code)}
            shared = {finding.item for finding in others.of_code(code) if finding.item in here}
            told_of = blind and code_of(code).severity == "error"
            for side, spool in (("A", mine), ("B", others)):
                for finding in spool.places_of(code):
                    if finding.item not in shared or told_of:
                        self._report.spool.add(_on(finding, side))


def _on(finding: Finding, side: str) -> Finding:
    return msgspec.structs.replace(finding, details=(*finding.details, ("side", side)))
