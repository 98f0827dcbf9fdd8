"""Packages of documents into a workspace, held against what SiYuan's own import made of the same packages.

The application gives every document a new id and knows nothing of an import before; here ids stay, and the same package
again changes nothing. The documents go into a notebook of the package's own instead of one that was chosen.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from converter.errors import ConverterError
from tests.into.merging import Outcome, into, picture, write
from tests.into.workspaces import ID, Tree, Workspace, nodes
from tests.support import shared

OPEN, CLOSED = "20240115080000-importx", "20240115080000-closed0"
CASES = (
    "asset-places",
    "backup-name",
    "below-document",
    "below-folder-form",
    "broken-document",
    "child-without-parent",
    "custom-emoji",
    "document-auto-no-notebook",
    "document-notebook",
    "duplicate-in-package",
    "no-folder",
    "no-listdata",
    "notebook-auto",
    "notebook-plain",
    "one-document",
    "parent-child",
    "root-id-differs",
    "twice",
    "two-roots",
    "view-missing",
)
OTHERWISE: dict[str, tuple[list[str], str]] = {
    "backup-name": (["/One"], "5.2, 1: the application refuses the name of the folder; what is in it can be read"),
    "below-document": (["/Parent", "/Parent/Child", "/Target"], "no document is chosen; what was there stays apart"),
    "below-folder-form": (
        ["/Parent", "/Parent/Child", "/Target"],
        "5.2, trap a: the application answers that all is well and imports nothing",
    ),
    "broken-document": (
        ["/Good", "/Good too"],
        "5.2: one broken document makes the application refuse all; here it failed, and the others come",
    ),
    "child-without-parent": (["/Orphan"], "5.2, trap d: a folder that holds folders named by ids holds notebooks"),
    "document-auto-no-notebook": (["/One"], "5.2: the application waits to be told a notebook"),
    "no-folder": (["/One"], "5.2, 1: the application wants one folder around the documents"),
    "twice": (["/Parent", "/Parent/Child"], "5.2, trap b: the application makes a second copy of everything"),
}
"""What is there afterwards where that is something else than in the application, and why."""


class Imported:
    """What a package became here and there."""

    def __init__(self, case: str, place: Path) -> None:
        root = shared() / "data" / "siyuan-kernel" / "import-sy"
        self.told: dict[str, Any] = json.loads((root / "out" / f"{case}.json").read_bytes())
        self.target = write(
            place / "workspace",
            {
                f"data/{key}/.siyuan/conf.json": json.dumps({"name": key, "closed": key == CLOSED})
                for key in (OPEN, CLOSED)
            },
        )
        if (root / "in" / case / "workspace").is_dir():
            shutil.copytree(root / "in" / case / "workspace", self.target, dirs_exist_ok=True)
        self.before = picture(self.target)
        with zipfile.ZipFile(root / "in" / case / "package.sy.zip") as archive:
            archive.extractall(place / "package")
        tops = list((place / "package").iterdir())
        self.package = tops[0] if len(tops) == 1 and tops[0].is_dir() else place / "package"

    def run(self) -> Outcome:
        return into(self.package, self.target, "siyuan")

    def told_documents(self) -> dict[str, tuple[str, Tree]]:
        """Documents by their ids, with their title paths, as the application left them; new ones only."""
        return {row["sy"]["ID"]: (row["hpath"], row["sy"]) for row in self.told["documents"] if row["sy"] is not None}

    def documents(self) -> dict[str, tuple[str, Tree]]:
        """The same as they are here."""
        there = Workspace(self.target)
        new = {key for key, path in there.paths.items() if path.relative_to(self.target).as_posix() not in self.before}
        return {key: (title, there.documents[key]) for key, title in there.titles().items() if key in new}


def _said(document: Tree) -> str:
    return "".join(node.get("Data", "") for node in nodes(document) if node["Type"] == "NodeText")


def _texts(documents: dict[str, tuple[str, Tree]]) -> Counter[tuple[str, str]]:
    return Counter((title, _said(document)) for title, document in documents.values())


def _leads(documents: dict[str, tuple[str, Tree]]) -> Counter[tuple[str, str, str]]:
    """What leads where: the title path of a document, how, and the place of the block; an id of no block as it is."""
    places = {
        node["ID"]: f"{title}#{number}"
        for title, document in documents.values()
        for number, node in enumerate(node for node in nodes(document) if "ID" in node)
    }
    return Counter(
        (title, kind, places.get(target, target))
        for title, document in documents.values()
        for kind, target in _named(document)
    )


def _named(document: Tree) -> Iterator[tuple[str, str]]:
    for node in nodes(document):
        yield from (("reference", node[name]) for name in ("TextMarkBlockRefID",) if name in node)
        yield from (("link", target) for target in ID.findall(node.get("TextMarkAHref", "")))
        yield from (("database", node[name]) for name in ("AttributeViewID",) if name in node)
        if node["Type"] == "NodeBlockQueryEmbedScript":
            yield from (("embed", target) for target in ID.findall(node["Data"]))
        if node["Type"] == "NodeLinkDest":
            yield "file", node["Data"]


@pytest.fixture
def imported(request: pytest.FixtureRequest, tmp_path: Path) -> Imported:
    return Imported(request.param, tmp_path)


def _each(*without: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("imported", [case for case in CASES if case not in without], indirect=True)


@_each("two-roots")
def test_the_documents_are_those_of_the_application(imported: Imported) -> None:
    done = imported.run()

    case = imported.told["case"]
    ours, theirs = _texts(imported.documents()), _texts(imported.told_documents())
    if case not in OTHERWISE:
        assert ours == theirs
        assert done.code == 0
        return
    titles = [title for title, _ in Workspace(imported.target).titles().items()]
    expected, _ = OTHERWISE[case]
    assert sorted(Workspace(imported.target).titles().values()) == expected, titles
    assert ours != theirs


@_each("two-roots", "duplicate-in-package", *OTHERWISE)
def test_references_lead_to_what_they_lead_to_in_the_application(imported: Imported) -> None:
    imported.run()

    assert _leads(imported.documents()) == _leads(imported.told_documents())


@pytest.mark.parametrize("imported", ["duplicate-in-package"], indirect=True)
def test_a_reference_to_an_id_that_stands_twice_leads_to_the_first(imported: Imported) -> None:
    """The table of 5.2: in the application it leads to the later one, even from the document of the first."""
    imported.run()

    assert _leads(imported.documents()) == {("/A", "reference", "/A#1"): 1}
    assert _leads(imported.told_documents()) == {("/A", "reference", "/B#1"): 1}


@_each("two-roots")
def test_ids_stay_and_none_stands_twice(imported: Imported) -> None:
    """5.2, 3: the application gives new ones to all; here one gets a new one that another block has already."""
    done = imported.run()

    there = Workspace(imported.target)
    assert set(there.counts.values()) <= {1}
    assert done.ids == {}
    assert {problem[0] for problem in there.problems()} <= {"view of no database"}
    kept = {key: path for key, path in picture(imported.target).items() if key in imported.before}
    assert kept == imported.before, "5.2: the application writes the settings of other notebooks anew"


@_each("two-roots")
def test_the_same_again_changes_nothing(imported: Imported) -> None:
    """5.2, trap b: the application knows no conflicts."""
    imported.run()
    before = picture(imported.target)

    again = imported.run()

    assert again.written == 0
    assert picture(imported.target) == before


@_each("two-roots", "asset-places", *OTHERWISE)
def test_files_go_where_the_application_has_them(imported: Imported) -> None:
    imported.run()

    told = {row.split(" ")[0] for row in imported.told["other_files"]["added"]}
    made = {name.removeprefix("data/") for name in picture(imported.target).keys() - imported.before.keys()}
    assert {name for name in made if name.startswith(("assets/", "emojis/"))} == {
        name for name in told if name.startswith(("assets/", "emojis/"))
    }


@pytest.mark.parametrize("imported", ["parent-child", "notebook-plain", "notebook-auto", "twice"], indirect=True)
def test_documents_have_the_numbers_of_the_package(imported: Imported) -> None:
    imported.run()

    there = Workspace(imported.target)
    (numbers,) = there.orders.values()
    titles = there.titles()
    ours = {(titles[key], number) for key, number in numbers.items()}
    documents = imported.told_documents()
    (theirs,) = imported.told["sort.json"].values()
    assert ours == {(documents[key][0], number) for key, number in theirs.items()}


@pytest.mark.parametrize("imported", ["asset-places"], indirect=True)
def test_files_of_one_name_are_all_kept(imported: Imported) -> None:
    """5.2, 8 and the table: of two files of one name at two places the application keeps one."""
    imported.run()

    told = {row.split(" ")[1] for row in imported.told["other_files"]["added"]}
    made = {digest[:12] for name, (digest, _) in picture(imported.target).items() if name.endswith(".png")}
    assert told < made
    assert len(made) == 4


@pytest.mark.parametrize("imported", ["parent-child"], indirect=True)
def test_a_file_of_the_same_name_that_was_there_stays(imported: Imported) -> None:
    """5.2, trap c: the application writes over it."""
    picture_path = imported.target / "data" / "assets" / "pic-20240115100000-picaaa1.png"
    picture_path.parent.mkdir()
    picture_path.write_bytes(b"other bytes")

    done = imported.run()

    assert picture_path.read_bytes() == b"other bytes"
    (item,) = done.became
    shown = [target for kind, target in _all_named(imported) if kind == "file"]
    assert shown == [done.became[item]]
    package = imported.package / "assets" / picture_path.name
    assert (imported.target / "data" / shown[0]).read_bytes() == package.read_bytes()
    assert imported.run().written == 0


def _all_named(imported: Imported) -> Iterator[tuple[str, str]]:
    for _, document in imported.documents().values():
        yield from _named(document)


@pytest.mark.parametrize("imported", ["no-listdata"], indirect=True)
def test_a_list_without_its_data_gets_it(imported: Imported) -> None:
    """5.2, last line of the table: the application ends over it, and never starts again."""
    done = imported.run()

    assert done.findings["block-completed"]
    found = [node for _, document in imported.documents().values() for node in nodes(document)]
    lists = [node for node in found if node["Type"] in ("NodeList", "NodeListItem")]
    assert lists
    assert all("ListData" in node for node in lists)


@pytest.mark.parametrize("imported", ["two-roots"], indirect=True)
def test_two_folders_are_no_package(imported: Imported) -> None:
    with pytest.raises((AssertionError, ConverterError), match="no format"):
        imported.run()
    assert picture(imported.target) == imported.before


def test_documents_that_are_there_stay_in_their_notebook(tmp_path: Path) -> None:
    """A package of documents of the workspace itself: no notebook is made for them."""
    imported = Imported("parent-child", tmp_path)
    home = imported.target / "data" / OPEN
    for path in imported.package.glob("2*"):
        (shutil.copytree if path.is_dir() else shutil.copy)(path, home / path.name)
    write(imported.target, {"data/assets/pic-20240115100000-picaaa1.png": _picture(imported)})
    before = picture(imported.target)

    assert imported.run().written == 0
    assert picture(imported.target) == before

    child = next(home.glob("2*/2*.sy"))
    child.unlink()
    assert imported.run().count("notes", "created") == 1
    assert child.exists()
    assert len(Workspace(imported.target).documents) == 2
    assert {path.parent.parent.name for path in imported.target.glob("data/*/.siyuan/conf.json")} == {OPEN, CLOSED}


def _picture(imported: Imported) -> bytes:
    return (imported.package / "assets" / "pic-20240115100000-picaaa1.png").read_bytes()
