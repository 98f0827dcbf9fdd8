"""Real libraries, wikis and vaults: exit code, law, verification, determinism, and what a person sees."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from converter import Options, convert
from converter.findings.report import Report
from converter.pipeline.session import Session, open_session
from tests.siyuan.structure import dangling_references, workspace_faults
from tests.support import content, package_rows, shared, tree_texts, vault

SOURCES = ("everything", "unknown-payload", "wiki", "vault", "guide", "workshop")
TARGETS = ("mnemo", "markdown", "siyuan", "json")
LEAST = {"everything": 59, "unknown-payload": 59, "wiki": 30, "vault": 600, "guide": 73, "workshop": 55}
WORKSPACES = {"guide": "data/siyuan-guide-en/data", "workshop": "data/siyuan-kernel/workshop/workspace"}
NESTED = re.compile(
    r'"type":"BulletList","order":\d+,"spans":\[[^\]]*\],"payload":\{"kind":"empty"\},"meta":\{\},"children"'
)
"""A list item inside another one, which the default target does not hold: it is the one thing that must change."""
PACKAGES = "data/mnemo/libraries/biology/packages"


def source_of(name: str) -> Path:
    if name == "vault":
        return vault(600)
    if name == "wiki":
        return shared() / "data/wikimind-home/wiki"
    if name in WORKSPACES:
        return shared() / WORKSPACES[name]
    return shared() / PACKAGES / f"{name}.mnemo"


def run(source: Path, target: Path, kind: str, *, verify: bool = True) -> Report:
    return convert(Options(source=str(source), target=str(target), target_format=kind, verify=verify))


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_item_is_accounted_for(source: str, target: str, tmp_path: Path) -> None:
    final = tmp_path / "out"
    with run(source_of(source), final, target) as report:
        assert report.fault is None
        assert report.exit_code in (0, 1)
        assert report.verification.status == "passed"
        assert report.tally.law_breaks() == []
        counts = dict(report.tally.rows())
    assert counts["notes"]["read"] >= LEAST[source]
    pages = 3 if source == "workshop" and target not in ("siyuan", "json") else 0
    assert counts["notes"]["created"] == counts["notes"]["read"] - pages
    assert counts["blocks"]["read"] > 0
    first = content(final)
    if target == "siyuan":
        check_workspace(final / "data", ours=source not in WORKSPACES)

    again = tmp_path / "again"
    with run(source_of(source), again, target, verify=False) as report:
        assert report.fault is None
    assert content(again) == first


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_link_that_had_a_target_has_it_in_the_target(source: str, target: str, tmp_path: Path) -> None:
    path, final = vault(250) if source == "vault" else source_of(source), tmp_path / "out"
    with run(path, final, target, verify=False) as report:
        assert report.fault is None

    before, after = links_by_title(path), links_by_title(final)

    assert sum(map(len, before.values())) > 0
    lost = {
        title: before[title] - after.get(title, set()) for title in before if before[title] - after.get(title, set())
    }
    assert lost == {}


def check_workspace(data: Path, *, ours: bool) -> None:
    """SiYuan opens it without a repair; what we wrote is in its own bytes, and every reference leads somewhere."""
    assert workspace_faults(data, canonical=ours) == []
    if ours:
        assert dangling_references(data) == []


@pytest.mark.slow
@pytest.mark.parametrize("source", WORKSPACES)
def test_a_document_that_nothing_changed_keeps_its_bytes(source: str, tmp_path: Path) -> None:
    path, final = source_of(source), tmp_path / "out"
    with run(path, final, "siyuan") as report:
        assert report.fault is None

    data = path if path.name == "data" else path / "data"
    assert {name: text for name, text in content(final / "data").items() if name in content(data)} == content(data)


def links_by_title(source: Path) -> dict[str, set[str]]:
    """For the title of each note, the titles of the notes that its links lead to; files count by their kind alone.

    The other system is named as the target, so that the links are those of the lifted note: in tables too.
    """
    other = "markdown" if source.is_file() else "mnemo"
    options = Options(source=str(source), target=str(source.parent / "never"), target_format=other)
    session = Session(options, "test")
    with open_session(session), session.report:
        session.index()
        found: dict[str, set[str]] = {}
        for key, entry in session.catalog.notes.items():
            for link in session.catalog.links(key):
                goal = session.source_front.resolve(session.catalog, key, link)
                if goal.kind == "note":
                    found.setdefault(entry.title or "Untitled", set()).add(
                        session.catalog.notes[goal.key].title or "Untitled"
                    )
                elif goal.kind == "asset":
                    found.setdefault(entry.title or "Untitled", set()).add("a file")
    return found


@pytest.mark.slow
def test_a_package_keeps_every_text_of_a_package(tmp_path: Path) -> None:
    source, final = source_of("unknown-payload"), tmp_path / "out.mnemo"
    with run(source, final, "mnemo") as report:
        assert report.fault is None
        assert report.tally.total("lost") == 0

    texts = list(zip(package_rows(final), package_rows(source), strict=True))
    nested = [old for _, old in texts if NESTED.search(old)]
    assert [old for new, old in texts if new != old] == nested
    assert len(nested) == 1
    folders = list(zip(package_rows(final, "Folders"), package_rows(source, "Folders"), strict=True))
    assert [json.loads(old)["name"] for new, old in folders if new != old] == ["Moved from old laptop"]
    kept = {name for name in content(source) if not name.endswith(("manifest.json", "notes.db", "Thumbs.db"))}
    assert kept <= content(final).keys()
    assert all(content(final)[name][:64] == content(source)[name][:64] for name in kept)


@pytest.mark.slow
def test_a_person_sees_what_was_there(tmp_path: Path) -> None:
    final = tmp_path / "out"
    with run(source_of("everything"), final, "markdown") as report:
        assert report.fault is None

    texts = "\n".join(text for name, text in tree_texts(final).items() if name.endswith(".md"))

    assert len(re.findall(r"^#{1,4} ", texts, re.MULTILINE)) >= 70
    assert len(re.findall(r"^\s*- \[[ x]\] ", texts, re.MULTILINE)) >= 17
    assert texts.count("```") >= 2 * 19
    assert texts.count("\n$$\n") >= 2 * 14
    assert len(re.findall(r"!\[[^\]]*\]\([^)]+\)", texts)) >= 14
    assert len(re.findall(r"^\[\[[^\]]+\]\]$", texts, re.MULTILINE)) >= 12
    assert "<u>June</u>" in texts
    assert "==second Friday==" in texts


@pytest.mark.slow
@pytest.mark.parametrize("app", ["compat", "0.8", "0.6"])
def test_a_vault_goes_there_and_back_and_there(app: str, tmp_path: Path) -> None:
    """Each hop is verified by itself: what flattening leaves behind must be sayable again."""
    at = vault(300)
    for number, kind in enumerate(("mnemo", "markdown", "mnemo")):
        final = tmp_path / str(number)
        options = Options(source=str(at), target=str(final), target_format=kind, mnemo_target=app)
        with convert(options) as report:
            assert report.fault is None
            assert dict(report.tally.rows())["notes"]["created"] == 300
        at = final
