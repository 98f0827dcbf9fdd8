from __future__ import annotations

from converter.errors import InputError
from converter.findings.finding import Finding, Location
from converter.findings.render_text import render_text
from converter.findings.report import Place, Report, Verification
from tests.findings.samples import plan, rich_report

RICH = r"""
Vault (markdown) became out\x1b[2J.mnemo (mnemo).

            read  created  failed  approximated
  folders      1        1       0             0
  notes    1,234    1,233       1             2

error item-unreadable: 1 item
  notes/n1\xff!payloads/notes/notes.db[Notes:n1]#/blocks/3: The item cannot be read: \x1b]0;x.
  → Open the item in the application that made it, save it again, and convert once more. The source is unchanged.

warning link-missing: 5 items, 7 places
  notes/0.md:3:5: A link to Lost 0 leads nowhere; it is kept as it was written. (and 2 more here)
  notes/1.md:3:5: A link to Lost 1 leads nowhere; it is kept as it was written.
  notes/2.md:3:5: A link to Lost 2 leads nowhere; it is kept as it was written.
  … and 2 more
  → Correct the link in the source, or ignore it: it led nowhere before.

info images-need-directory: 1 item
  Mnemo 0.6 will show placeholders instead of the pictures.
  → Give `--images-dir` with the images directory of the Mnemo that will import the package.

Verified: the target was read again; as planned: 3 items.

All of them: -v, or --report FILE for a machine.
More about one: mnemo-converter explain item-unreadable
"""


def test_the_whole_text() -> None:
    with rich_report() as report:
        assert "\n" + "".join(f"{line}\n" for line in render_text(report)) == RICH


def test_verbose_shows_every_finding_and_what_was_resolved() -> None:
    with rich_report() as report:
        text = "\n".join(render_text(report, verbosity=1))

    assert "notes/4.md:3:5" in text
    assert "… and" not in text
    assert "  timezone: Europe/Vienna" in text
    assert "  only: notes" in text
    assert "images dir:" not in text


def test_a_backup_is_named_at_once() -> None:
    with Report(command="convert", source=Place(path="a"), target=Place(path="b")) as report:
        report.resolved["backup"] = "b.1\x1b.bak"
        report.about["detected"] = "it says so"

        assert list(render_text(report)) == ["a became b.", "What was there before is kept as b.1\\x1b.bak."]


def test_quiet_shows_what_made_the_run_fail() -> None:
    with rich_report() as report:
        lines = list(render_text(report, verbosity=-1))

    assert [line for line in lines if line and not line.startswith("  ")] == ["error item-unreadable: 1 item"]


def test_quiet_says_nothing_about_a_good_run() -> None:
    with Report(command="convert", source=Place(path="a"), target=Place(path="b")) as report:
        report.tally.read("notes")
        report.tally.end("notes", "created")

        assert list(render_text(report, verbosity=-1)) == []


def test_colours_are_the_painters() -> None:
    with rich_report() as report:
        lines = list(render_text(report, paint=lambda style, text: f"<{style}>{text}</>"))

    assert "<error>error</> <bold>item-unreadable</>: 1 item" in lines


def test_a_dry_run_says_that_nothing_was_written() -> None:
    with Report(command="convert", source=Place(path="a"), target=Place(path="b"), dry_run=True) as report:
        assert next(render_text(report)) == "a would become b. Nothing was written."


def test_what_a_source_holds() -> None:
    report = Report(command="inspect", source=Place(path="a.mnemo", format="mnemo"), about={"payloads": ["notes"]})
    with report:
        report.tally.read("notes", 2)

        assert list(render_text(report)) == [
            "a.mnemo (mnemo) holds:",
            "",
            "         read",
            "  notes     2",
            "",
            "  payloads: notes",
        ]


def test_a_run_that_ended_early_is_not_called_done() -> None:
    with Report(command="convert", source=Place(path="a"), target=Place(path="b")) as report:
        report.blame(InputError("no"))

        assert next(render_text(report)) == "convert of a did not come to its end."


def test_a_target_that_differs_is_named() -> None:
    verification = Verification(status="failed", items=2, differences=("notes/a\x1b: gone",))
    with Report(command="convert", source=Place(path="a"), verification=verification) as report:
        assert list(render_text(report))[-2:] == [
            "The target was read again, and is not as planned:",
            "  notes/a\\x1b: gone",
        ]


def test_a_plan_shows_its_first_items() -> None:
    with Report(command="preview", source=Place(path="a"), target=Place(path="b"), plan=plan(30)) as report:
        lines = list(render_text(report))

    assert lines[0] == "a would become b. Nothing was written."
    assert lines[2] == "  create    notes    n0 (Note 0)  →  0.md"
    assert lines[-1] == "  … and 10 more items; -v or --output-format json shows all"


def test_a_verbose_plan_shows_all_items() -> None:
    with Report(command="preview", source=Place(path="a"), target=Place(path="b"), plan=plan(30)) as report:
        lines = list(render_text(report, verbosity=1))

    assert lines[-1] == "  skip      notes    bad\\xff"
    assert len(lines) == 32


VALIDATED = """
2 sources would be refused by their applications: 1 error and 2 warnings.

         checked
  notes        3

  findings     b\\x1b (mnemo)
  ok           a

The application would refuse:

error app-refuses: 1 item
  b: archive: Its application would refuse this: version 9.
  → Export it again, or mend what is named; a conversion by this program reads what can be read.

The application would lose:

warning app-loses: 1 item
  b: notes/1: Its application would lose this.
  → Mend it before the application opens the file, or keep a copy; a conversion by this program keeps it.

Wrong in the source:

warning link-missing: 1 item
  a: notes/1: A link to x leads nowhere; it is kept as it was written.
  → Correct the link in the source, or ignore it: it led nowhere before.

Exit code 1: findings reach --fail-on error.
More about one: mnemo-converter explain app-refuses
"""


def test_a_validation_keeps_apart_what_the_application_would_do() -> None:
    with Report(command="validate", source=Place(path="2 sources")) as report:
        report.tally.read("notes", 3)
        report.about["sources"] = [
            {"path": "a", "format": "", "status": "ok"},
            {"path": "b\x1b", "format": "mnemo", "status": "findings"},
        ]
        for source, code, item, what in (
            ("a", "link-missing", "notes/1", "x"),
            ("b", "app-loses", "notes/1", ""),
            ("b", "app-refuses", "archive", "version 9"),
        ):
            details = (("what", what),) if what else ()
            report.spool.add(Finding(code=code, item=item, location=Location(source=source), details=details))

        assert "\n" + "".join(f"{line}\n" for line in render_text(report)) == VALIDATED


def test_a_sound_source_is_called_so() -> None:
    with Report(command="validate", source=Place(path="a", format="markdown")) as report:
        assert next(render_text(report)) == "a (markdown) is sound."
        report.spool.add(Finding(code="link-missing", item="notes/1"))
        lines = list(render_text(report))

    assert lines[0] == "a (markdown) has no error, and 1 warning."
    assert "Exit code 0: nothing reaches --fail-on error." in lines


def test_of_many_sources_those_that_are_not_sound_come_first() -> None:
    with Report(command="validate", source=Place(path="30 sources")) as report:
        report.about["sources"] = [
            {"path": f"{number}", "format": "", "status": "refused" if number == 29 else "ok"} for number in range(30)
        ]
        short, full = (list(render_text(report, verbosity=verbosity)) for verbosity in (0, 1))

    assert short[2] == full[2] == "  refused      29"
    assert short[-1] == "  … and 10 more sources; -v shows all"
    assert full[-1] == "  ok           28"
