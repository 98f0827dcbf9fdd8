"""What the text of a run says to the person who called it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.runner import invoke
from tests.mnemo.builders import block_json, entry, make_package, manifest, note_json, notes_database
from tests.support import FIXTURES

LINKS = "See [[One]], [[Two]] and [[Three]].\n"
KEPT = "leads nowhere; it is kept as it was written."


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault in the working directory: six notes, the first of them with three links that lead nowhere."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "Vault"
    folder.mkdir()
    (folder / "0.md").write_text(LINKS, encoding="utf-8")
    for number in range(1, 6):
        (folder / f"{number}.md").write_text("[[Gone]]\n", encoding="utf-8")
    return folder


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in the working directory with one note that its application refuses for three reasons."""
    monkeypatch.chdir(tmp_path)
    note = note_json(block_json(order="1"), block_json(), block_json(spans=[{"kind": "text", "text": 1}]), order=1.5)
    rows = {"payloads/notes/notes.db": notes_database(tmp_path, [("k", note)])}
    return make_package(tmp_path / "x.mnemo", manifest(entry("notes", 1)), rows)


def group(text: str, code: str) -> list[str]:
    """The lines under the heading of a code."""
    _, _, after = text.partition(f" {code}: ")
    lines = after.split("\n\n")[0].splitlines()
    return [line.strip() for line in lines]


@pytest.mark.usefixtures("vault")
def test_a_few_examples_stand_for_all() -> None:
    ended = invoke("validate", "Vault", "--color", "never")

    assert group(ended.out, "link-missing") == [
        "6 items, 8 places",
        f"notes/0.md:1:7: A link to One {KEPT} (and 2 more here)",
        f"A link to Gone {KEPT}",
        "notes/1.md:1:3",
        "notes/2.md:1:3",
        "… and 3 more",
        "→ Correct the link in the source, or ignore it: it led nowhere before.",
    ]
    assert "All of them: -v, or --report FILE for a machine." in ended.out


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("sources", [["Vault"], ["Vault", "Vault/../Vault"]])
def test_verbose_shows_every_place(sources: list[str]) -> None:
    lines = group(invoke("validate", *sources, "-v", "--color", "never").out, "link-missing")

    for source in sources if len(sources) > 1 else [""]:
        about = f"{source}: notes" if source else "notes"
        assert [line for line in lines if line.startswith(about)] == [
            f"{about}/0.md:1:7: A link to One {KEPT}",
            f"{about}/0.md:1:16: A link to Two {KEPT}",
            f"{about}/0.md:1:28: A link to Three {KEPT}",
            *(f"{about}/{number}.md:1:3" for number in range(1, 6)),
        ]


@pytest.mark.usefixtures("vault")
def test_verbose_shows_every_place_of_a_conversion_too() -> None:
    lines = group(invoke("convert", "Vault", "out.mnemo", "-v", "--color", "never").out, "link-missing")

    assert lines[1:4] == [
        f"notes/0.md: A link to One {KEPT}",
        f"notes/0.md: A link to Two {KEPT}",
        f"notes/0.md: A link to Three {KEPT}",
    ]


@pytest.mark.usefixtures("package")
def test_verbose_shows_each_place_that_the_application_refuses() -> None:
    few, all_ = (group(invoke("validate", "x.mnemo", *more).out, "app-refuses") for more in ([], ["-v"]))

    place = "notes/n!payloads/notes/notes.db[Notes:k]#"
    assert few[0] == all_[0] == "1 item, 3 places"
    assert [line.partition(" “Moss”: ")[0] for line in few[1:-1]] == [f"{place}/order"]
    assert [line.partition(" “Moss”: ")[0] for line in all_[1:-1]] == [
        f"{place}/order",
        f"{place}/blocks/0/order",
        f"{place}/blocks/2/spans/0/text",
    ]


def test_an_item_made_of_faults_alone_is_told_of_a_thousand_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = [block_json("NoSuchType", text=str(number)) for number in range(1200)]
    rows = {"payloads/notes/notes.db": notes_database(tmp_path, [("k", note_json(*blocks))])}
    make_package(tmp_path / "x.mnemo", manifest(entry("notes", 1)), rows)

    lines = group(invoke("convert", "x.mnemo", "out", "-v", "--no-verify").out, "unknown-block-type")

    assert lines[0] == "1 item, 1,200 places"
    places = [line for line in lines if line.startswith("notes/n#/blocks/")]
    assert (len(places), places[0]) == (1000, "notes/n#/blocks/0/type “Moss” (×201)")


def test_what_is_the_same_for_all_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Vault").mkdir()
    for name in "abcd":
        (tmp_path / "Vault" / f"{name}.md").write_text("- one\n  - two\n", encoding="utf-8")

    lines = group(invoke("preview", "Vault", "out.mnemo", "--mnemo-target", "0.6").out, "list-flattened")

    assert lines == [
        "4 items, 8 places",
        "A nested list became a flat one; spaces at the start of an item show its depth.",
        "notes/a.md#/blocks/0 (×2)",
        "notes/b.md#/blocks/0 (×2)",
        "notes/c.md#/blocks/0 (×2)",
        "… and 1 more",
        lines[-1],
    ]


@pytest.mark.usefixtures("vault")
def test_quiet_begins_with_what_is_wrong() -> None:
    ended = invoke("validate", "Vault", "-q", "--fail-on", "warning", "--color", "never")

    assert ended.out.splitlines()[:3] == ["Wrong in the source:", "", "warning link-missing: 6 items, 8 places"]
    assert invoke("validate", "Vault", "-q").out == ""


@pytest.mark.usefixtures("vault")
def test_numbers_and_switches_are_spelled_for_people(tmp_path: Path) -> None:
    (tmp_path / "Vault" / "long.md").write_text("word " * 500, encoding="utf-8")

    lines = invoke("inspect", "Vault", "-v").out.splitlines()

    assert "  bytes: 2,581" in lines
    assert "  strict unknown: no" in lines


def test_a_comparison_shows_twenty_items_of_each_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, word in (("a", "one"), ("b", "two")):
        (tmp_path / name).mkdir()
        for number in range(23):
            (tmp_path / name / f"{number:02}.md").write_text(word, encoding="utf-8")

    few, all_ = (invoke("diff", "a", "b", "--color", "never", *more).out.splitlines() for more in ([], ["-v"]))

    assert [line.split()[1] for line in few if line.startswith("differs")][-1] == "notes/19.md:"
    assert few[-1] == "…          and 3 more items; -v shows all"
    assert len([line for line in all_ if line.startswith("differs")]) == 23
    assert not [line for line in all_ if line.startswith("…")]


def test_a_place_is_not_named_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_package(tmp_path / "x.mnemo", manifest(entry("notes", 1)), {"payloads/notes/notes.db": b"no database"})

    out = invoke("validate", "x.mnemo", "--color", "never").out

    assert "!payloads/notes/notes.db" in out
    assert "payloads/payloads/notes/notes.db!" not in out


@pytest.mark.parametrize("more", [[], ["-v"], ["-q"]])
def test_text_without_colours_has_none(more: list[str], tmp_path: Path) -> None:
    report = tmp_path / "report.json"

    ended = invoke("validate", str(FIXTURES / "sample-vault"), "--color", "never", "--report", str(report), *more)

    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert json.loads(report.read_text(encoding="utf-8"))["exit_code"] == 0


def test_each_of_several_sources_says_how_many_findings_it_has(vault: Path) -> None:
    (vault.parent / "Other").mkdir()
    (vault.parent / "Other" / "1.md").write_text("One.\n", encoding="utf-8")

    lines = invoke("validate", "Vault", "Other", "nowhere", "--color", "never").out.splitlines()

    assert [line for line in lines if line.startswith(("  ok", "  refused"))] == [
        "  refused      nowhere",
        "  ok           Vault (markdown): 6 warnings",
        "  ok           Other (markdown)",
    ]


def test_findings_of_a_note_name_it_by_its_title(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    note = note_json(block_json("NoSuchType"))
    rows = {"payloads/notes/notes.db": notes_database(tmp_path, [("n", note)])}
    make_package(tmp_path / "x.mnemo", manifest(entry("notes", 1)), rows)

    lines = group(invoke("validate", "x.mnemo", "--color", "never").out, "unknown-block-type")

    assert lines[1].startswith("notes/n#/blocks/0/type “Moss”: ")
