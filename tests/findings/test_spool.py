from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import InternalFaultError
from converter.findings.codes import CODES, SEVERITIES
from converter.findings.finding import Finding, Location
from converter.findings.spool import CodeCount, Spool

findings = st.builds(
    Finding,
    code=st.sampled_from(["link-missing", "item-unreadable", "junk-skipped", "asset-missing"]),
    item=st.text(st.characters(), max_size=3),
    count=st.integers(1, 5),
    details=st.lists(st.tuples(st.text(max_size=3), st.text(st.characters(), max_size=3)), max_size=2).map(tuple),
    location=st.none() | st.builds(Location, file=st.text(st.characters(), max_size=3), line=st.integers(0, 9)),
)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.lists(findings, max_size=30))
def test_the_spool_holds_one_finding_per_code_and_item_in_order(given_findings: list[Finding]) -> None:
    first: dict[tuple[str, str], Finding] = {}
    places: Counter[tuple[str, str]] = Counter()
    for finding in given_findings:
        first.setdefault((finding.code, finding.item), finding)
        places[finding.code, finding.item] += finding.count

    with Spool() as spool:
        for finding in given_findings:
            spool.add(finding)
        got = list(spool)

    assert {(f.code, f.item): f.count for f in got} == places
    for finding in got:
        kept = first[finding.code, finding.item]
        assert (finding.location, finding.details) == (kept.location, kept.details)
    order = [(SEVERITIES.index(CODES[f.code].severity), f.code, f.item) for f in got]
    assert order == sorted(order)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.lists(findings, max_size=30))
def test_places_are_told_apart_in_the_order_in_which_they_came(given_findings: list[Finding]) -> None:
    wanted: dict[str, dict[Finding, int]] = {}
    for finding in given_findings:
        places = wanted.setdefault(finding.code, {})
        place = msgspec.structs.replace(finding, count=1)
        places[place] = places.get(place, 0) + finding.count

    with Spool() as spool:
        for finding in given_findings:
            spool.add(finding)
        apart = list(spool.places())
        by_code = {code: list(spool.places_of(code)) for code in wanted}

    for code, places in wanted.items():
        told = [msgspec.structs.replace(place, count=count) for place, count in places.items()]
        assert by_code[code] == sorted(told, key=lambda finding: finding.item.encode("utf-8", "surrogatepass"))
        assert by_code[code] == [finding for finding in apart if finding.code == code]
    assert len(apart) == sum(map(len, wanted.values()))


def test_counts_and_the_worst_severity() -> None:
    with Spool() as spool:
        assert spool.worst() == ""
        assert spool.counts_by_code() == {}

        spool.add(Finding(code="junk-skipped", item="archive", count=3))
        assert spool.worst() == "info"

        spool.add(Finding(code="link-missing", item="notes/a", count=2))
        spool.add(Finding(code="link-missing", item="notes/b"))
        assert spool.worst() == "warning"

        assert spool.counts_by_code() == {"link-missing": CodeCount(2, 3), "junk-skipped": CodeCount(1, 3)}
        assert spool.codes == {"link-missing", "junk-skipped"}


def test_findings_of_one_code_can_be_limited() -> None:
    with Spool() as spool:
        for number in range(5):
            spool.add(Finding(code="link-missing", item=f"notes/{number}"))
        spool.add(Finding(code="asset-missing", item="notes/0"))

        assert [f.item for f in spool.of_code("link-missing", 2)] == ["notes/0", "notes/1"]
        assert len(list(spool.of_code("link-missing"))) == 5


def test_an_unknown_code_is_refused() -> None:
    with Spool() as spool, pytest.raises(InternalFaultError, match="no-such-code"):
        spool.add(Finding(code="no-such-code"))


def test_ids_are_listed_by_kind_and_the_first_answer_stays() -> None:
    with Spool() as spool:
        spool.add_id("notes", "b\udcff", "2")
        spool.add_id("notes", "a", "1")
        spool.add_id("notes", "a", "other")
        spool.add_id("decks", "z", "3")

        assert list(spool.ids()) == [("decks", "z", "3"), ("notes", "a", "1"), ("notes", "b\udcff", "2")]


def test_a_spool_in_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.add(Finding(code="link-missing", item="notes/a"))
        assert [f.item for f in spool] == ["notes/a"]
        assert [path.name for path in tmp_path.iterdir()] == ["findings.db"]

    assert list(tmp_path.iterdir()) == []


def test_memory_stays_flat_while_findings_come() -> None:
    def fill(spool: Spool, numbers: range) -> None:
        for number in numbers:
            spool.add(Finding(code="link-missing", item=f"notes/{number:09}", details=(("what", "x" * 20),)))

    with Spool() as spool:
        fill(spool, range(10_000))
        tracemalloc.start()
        fill(spool, range(10_000, 60_000))
        total = sum(1 for _ in spool)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert total == 60_000
    assert peak < 8_000_000


def test_findings_of_several_sources_are_kept_apart() -> None:
    with Spool() as spool:
        for source in ("b", "a", "b"):
            spool.add(Finding(code="link-missing", item="notes/1", location=Location(source=source)))
        spool.add(Finding(code="item-unreadable", item="notes/1", location=Location(source="b")))
        spool.add(Finding(code="junk-skipped", item="archive", location=Location(source="b")))

        assert spool.counts_by_code()["link-missing"] == CodeCount(2, 3)
        assert [(f.item, f.code, f.count) for f in spool.of_source("b")] == [
            ("archive", "junk-skipped", 1),
            ("notes/1", "item-unreadable", 1),
            ("notes/1", "link-missing", 2),
        ]
        assert list(spool.of_source("")) == []
