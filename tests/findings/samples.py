"""Reports to render: one of a run with everything in it, with names that are meant to do harm."""

from __future__ import annotations

from collections.abc import Iterator

from converter.findings.finding import Finding, Location
from converter.findings.plan import Plan, PlanItem, PlanOutput
from converter.findings.report import Place, Report, Verification
from converter.findings.tally import Tally


def rich_report() -> Report:
    report = Report(
        command="convert",
        source=Place(path="Vault", format="markdown"),
        target=Place(path="out\x1b[2J.mnemo", format="mnemo", sha256="0" * 64),
        resolved={"timezone": "Europe/Vienna", "only": ["notes"], "images_dir": None, "clock": "caf\udce9"},
        verification=Verification(status="passed", items=3),
        seconds=1.23456,
    )
    report.tally = Tally(("folders", "notes"))
    report.tally.read("notes", 1_234)
    report.tally.end("notes", "created", 1_233)
    report.tally.end("notes", "failed")
    report.tally.approximated("notes", 2)
    report.tally.read("folders", 1)
    report.tally.end("folders", "created")
    spool = report.spool
    for number in range(5):
        where = Location(file=f"{number}.md", line=3, column=5)
        details = (("what", f"Lost {number}"),)
        spool.add(Finding(code="link-missing", item=f"notes/{number}.md", location=where, details=details))
    spool.add(Finding(code="link-missing", item="notes/0.md", count=2))
    bad = Location(member="payloads/notes/notes.db", table="Notes", row="n1", pointer="/blocks/3")
    spool.add(Finding(code="item-unreadable", item="notes/n1\udcff", location=bad, details=(("what", "\x1b]0;x"),)))
    spool.add(Finding(code="images-need-directory"))
    spool.add_id("notes", "old", "new")
    spool.add_id("notes", "older\ud800", "newer")
    spool.add_id("decks", "old", "new")
    return report


def plan(items: int) -> Plan:
    counts = Tally()
    counts.read("notes", items)
    counts.end("notes", "created", items)
    return Plan(
        source=Place(path="in.mnemo", format="mnemo"),
        target=Place(path="Vault", format="markdown"),
        options={"only": ("notes",), "dry_run": True},
        resolved={"timezone": "UTC"},
        counts=counts,
        items=_items(items),
    )


def _items(number: int) -> Iterator[PlanItem]:
    for index in range(number - 1):
        output = PlanOutput(key=f"{index}.md", path=f"{index}.md", title=f"Note {index}")
        yield PlanItem(kind="notes", key=f"n{index}", title=f"Note {index}", action="create", outputs=(output,))
    yield PlanItem(kind="notes", key="bad\udcff", action="skip")
