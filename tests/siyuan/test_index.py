"""What a folder of SiYuan holds: which folder it is, what its files are, in which order, and what links name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import pytest

from converter import Options, convert
from converter.errors import InputError
from converter.findings.finding import Finding
from converter.formats.front import Found, SourceContext, Stored
from converter.formats.places import Places
from converter.formats.siyuan.workspace import FORMAT
from converter.formats.siyuan.workspace.layout import find_layout, place_of
from converter.model.facts import (
    Anchor,
    AssetFact,
    Fact,
    FolderFact,
    JunkFact,
    LinkFact,
    NoteFact,
    PayloadFact,
)
from converter.storage.limits import DEFAULT_LIMITS

BOX = "20240101000000-notebka"
OTHER = "20240101000100-notebkb"
ONE, TWO, THREE, FOUR = (f"2024010200000{number}-doc{number:04}" for number in range(1, 5))
CONTEXT = SourceContext(limits=DEFAULT_LIMITS, zone=UTC)
CONF = {"name": "Box", "sort": 0, "icon": "", "closed": False, "sortMode": 15, "encrypted": False}


def document(identity: str) -> str:
    """The least document of this id."""
    block = f"{identity[:14]}-p{identity[-6:]}"
    return json.dumps(
        {
            "ID": identity,
            "Spec": "2",
            "Type": "NodeDocument",
            "Properties": {"id": identity, "title": identity[-7:], "type": "doc", "updated": identity[:14]},
            "Children": [{"ID": block, "Type": "NodeParagraph", "Properties": {"id": block}}],
        }
    )


def make(root: Path, *paths: str, **files: object) -> Path:
    """A tree: documents by their paths, other files empty, and files with a content (`__` for `/`) of their own."""
    for path in paths:
        content = document(Path(path).stem) if path.endswith(".sy") else ""
        _put(root / path, content)
    for name, value in files.items():
        _put(root / name.replace("__", "/"), value if isinstance(value, str) else json.dumps(value))
    return root


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def settle(root: Path, notebook: str, order: object = None, **changes: object) -> None:
    """The settings of a notebook, and the order of its documents."""
    _put(root / notebook / ".siyuan" / "conf.json", json.dumps(CONF | changes))
    if order is not None:
        _put(root / notebook / ".siyuan" / "sort.json", order if isinstance(order, str) else json.dumps(order))


def facts(path: Path) -> tuple[list[Fact], list[Finding]]:
    """What a source holds, and what it finds about itself."""
    source = FORMAT.open_source(path, CONTEXT)
    found = list(source.facts())
    source.close()
    return [one for one in found if not isinstance(one, Finding)], [one for one in found if isinstance(one, Finding)]


def keys(path: Path, kind: type[Fact]) -> list[str]:
    """The keys of all facts of a kind, in order."""
    return [fact.key for fact in facts(path)[0] if isinstance(fact, kind)]


def codes(path: Path) -> list[str]:
    """The codes of the findings about a source itself."""
    return [finding.code for finding in facts(path)[1]]


# What a file is by its path.


@pytest.mark.parametrize(
    ("key", "kind", "unit", "group"),
    [
        (f"{BOX}/{ONE}.sy", "document", "", ""),
        (f"{BOX}/{ONE}/{TWO}.sy", "document", "", ""),
        (f"{BOX}/{BOX}.sy", "document", "", ""),
        (f"{BOX}/{ONE}/note.sy", "file", f"{BOX}/{ONE}", f"{BOX}/{ONE}"),
        (f"{BOX}/{ONE}/folder/{TWO}.sy", "file", f"{BOX}/{ONE}/folder", f"{BOX}/{ONE}/folder"),
        (f"{ONE}.sy", "file", f"{ONE}.sy", f"{ONE}.sy"),
        ("assets/a.png", "asset", "", ""),
        ("assets/sub/a.png", "asset", "", ""),
        (f"assets/{ONE}.sy", "asset", "", ""),
        (f"{BOX}/assets/a.png", "asset", "", ""),
        (f"{BOX}/{ONE}/assets/{TWO}.sy", "asset", "", ""),
        ("templates/assets/a.png", "file", "templates/assets", "templates/assets"),
        (f"{BOX}/.siyuan/conf.json", "settings", f"{BOX}/.siyuan", f"{BOX}/.siyuan"),
        (".siyuan/syncignore", "settings", ".siyuan", ".siyuan"),
        (f"storage/av/{ONE}.json", "database", f"storage/av/{ONE}.json", "storage/av"),
        ("storage/av/blocks.msgpack", "part", "storage/av/blocks.msgpack", "storage/av"),
        (f"storage/riff/{ONE}.deck", "deck", f"storage/riff/{ONE}.deck", "storage/riff"),
        (f"storage/riff/{ONE}.cards", "part", f"storage/riff/{ONE}.cards", "storage/riff"),
        (f"{BOX}/storage/av/{ONE}.json", "database", f"{BOX}/storage/av/{ONE}.json", f"{BOX}/storage/av"),
        ("templates/a.md", "file", "templates", "templates"),
        ("snippets/conf.json", "file", "snippets", "snippets"),
        ("storage/local.json", "state", "storage/local.json", "storage"),
        ("storage/petal/p/data.json", "file", "storage/petal", "storage/petal"),
        ("loose.txt", "file", "loose.txt", "loose.txt"),
    ],
)
def test_files_by_their_paths(key: str, kind: str, unit: str, group: str) -> None:
    place = place_of(key)

    assert (place.kind, place.unit, place.group) == (kind, unit, group)


# Which folder it is.


def test_folders_that_are_known(tmp_path: Path) -> None:
    data = make(tmp_path / "w" / "data", f"{BOX}/{ONE}.sy")
    settle(data, BOX)
    make(tmp_path / "w", conf__conf="")

    assert _prefix(tmp_path / "w") == ("", data)
    assert _prefix(data) == ("", data)
    assert _prefix(data / BOX) == (f"{BOX}/", data / BOX)
    assert all(FORMAT.detect(path) is not None for path in (tmp_path / "w", data, data / BOX))


def _prefix(path: Path) -> tuple[str, Path]:
    layout = find_layout(path)
    assert layout is not None
    return layout.prefix, layout.root


def test_a_workspace_is_known_by_its_settings_alone(tmp_path: Path) -> None:
    make(tmp_path, conf__conf="", data__assets__a="")
    (tmp_path / "conf" / "conf").rename(tmp_path / "conf" / "conf.json")

    assert _prefix(tmp_path) == ("", tmp_path / "data")
    assert "workspace-settings-skipped" in codes(tmp_path)


def test_a_renamed_copy_of_a_notebook_is_one(tmp_path: Path) -> None:
    make(tmp_path / "My notes", f"{TWO}.sy", f"{ONE}.sy")
    _put(tmp_path / "My notes" / ".siyuan" / "conf.json", json.dumps(CONF))
    made = f"{ONE[:14]}-notebok"

    assert _prefix(tmp_path / "My notes")[0] == f"{made}/"
    assert keys(tmp_path / "My notes", FolderFact) == [made]
    assert keys(tmp_path / "My notes", NoteFact) == [f"{made}/{name}.sy" for name in (TWO, ONE)]


@pytest.mark.parametrize("name", [BOX, "My notes"])
def test_a_notebook_whose_documents_have_children_is_one(tmp_path: Path, name: str) -> None:
    make(tmp_path / name, f"{TWO}.sy", f"{ONE}.sy", f"{ONE}/{THREE}.sy")
    _put(tmp_path / name / ".siyuan" / "conf.json", json.dumps(CONF))

    assert len(keys(tmp_path / name, FolderFact)) == 1
    assert len(keys(tmp_path / name, NoteFact)) == 3


def test_a_folder_of_documents_is_a_notebook_of_its_name(tmp_path: Path) -> None:
    """As the application exports documents: what stands beside them belongs to all notebooks."""
    made = f"{ONE[:14]}-notebok"
    make(tmp_path / "Notes", f"{ONE}.sy", "assets/a.png", f"storage/av/{TWO}.json", "emojis/own/a.png")

    assert [fact.name for fact in facts(tmp_path / "Notes")[0] if isinstance(fact, FolderFact)] == ["Notes"]
    assert keys(tmp_path / "Notes", NoteFact) == [f"{made}/{ONE}.sy"]
    assert keys(tmp_path / "Notes", AssetFact) == ["assets/a.png"]
    assert keys(tmp_path / "Notes", PayloadFact) == ["emojis/own", "storage/av"]
    assert codes(tmp_path / "Notes") == []


def test_a_notebook_whose_documents_have_no_parents_is_known_by_its_name(tmp_path: Path) -> None:
    make(tmp_path / BOX, f"{ONE}/{TWO}.sy")

    assert keys(tmp_path / BOX, NoteFact) == [f"{BOX}/{ONE}/{TWO}.sy"]
    assert codes(tmp_path / BOX) == ["notebook-repaired", "parent-document-missing"]


def test_a_notebook_without_settings_is_known_by_its_name(tmp_path: Path) -> None:
    make(tmp_path / BOX, f"{ONE}.sy")

    assert _prefix(tmp_path / BOX)[0] == f"{BOX}/"
    assert codes(tmp_path / BOX) == ["notebook-repaired"]


@pytest.mark.parametrize(
    "paths",
    [
        (),
        ("data/x.txt",),
        ("a.md", "b/c.md"),
        (f"{BOX}/note.txt",),
        (f"notes/{ONE}.sy",),
        (f"20240101000000-NOTEBKA/{ONE}.sy",),
    ],
)
def test_folders_that_are_none(tmp_path: Path, paths: tuple[str, ...]) -> None:
    make(tmp_path / "x", *paths)
    (tmp_path / "x").mkdir(exist_ok=True)

    assert find_layout(tmp_path / "x") is None
    assert FORMAT.detect(tmp_path / "x") is None
    with pytest.raises(InputError, match="no SiYuan workspace, no data folder of one and no notebook"):
        FORMAT.open_source(tmp_path / "x", CONTEXT)


def test_a_file_is_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"{}")

    assert FORMAT.detect(tmp_path / "a") is None
    with pytest.raises(InputError):
        FORMAT.open_source(tmp_path / "a", CONTEXT)


@pytest.mark.parametrize("inside", ["", "data"])
def test_an_empty_data_folder_is_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / "w" / inside).mkdir(parents=True)
    for source_format in ("", "siyuan"):
        asked = Options(
            source=str(tmp_path / "w"),
            target=str(tmp_path / "out"),
            target_format="markdown",
            source_format=source_format,
        )
        with convert(asked) as report:
            assert report.exit_code == 3
            assert report.fault is not None
            assert str(tmp_path / "w") in report.fault.message
            assert report.fault.hint
    assert not (tmp_path / "out").exists()


# The order of notebooks and documents.


def test_siblings_stand_by_number_and_the_newer_first(tmp_path: Path) -> None:
    make(tmp_path, *(f"{BOX}/{name}.sy" for name in (ONE, TWO, THREE, FOUR)))
    settle(tmp_path, BOX, {ONE: 2, THREE: -1, "20230101000000-goneone": 1})

    assert keys(tmp_path, NoteFact) == [f"{BOX}/{name}.sy" for name in (THREE, FOUR, TWO, ONE)]


@pytest.mark.parametrize("order", ["", "no json", "[]", "\ufeff{}"])
def test_an_order_that_is_none_is_none(tmp_path: Path, order: str) -> None:
    make(tmp_path, *(f"{BOX}/{name}.sy" for name in (ONE, TWO)))
    settle(tmp_path, BOX, order)

    assert keys(tmp_path, NoteFact) == [f"{BOX}/{TWO}.sy", f"{BOX}/{ONE}.sy"]


def test_an_order_with_a_value_that_is_no_number_is_none(tmp_path: Path) -> None:
    make(tmp_path, *(f"{BOX}/{name}.sy" for name in (ONE, TWO)))
    settle(tmp_path, BOX, {ONE: -1, TWO: "2"})

    assert keys(tmp_path, NoteFact) == [f"{BOX}/{TWO}.sy", f"{BOX}/{ONE}.sy"]


def test_parents_stand_before_their_children(tmp_path: Path) -> None:
    make(tmp_path, f"{BOX}/{ONE}.sy", f"{BOX}/{ONE}/{FOUR}.sy", f"{BOX}/{TWO}.sy", f"{BOX}/{ONE}/{FOUR}/{THREE}.sy")
    settle(tmp_path, BOX, {ONE: 1, TWO: 2})
    names = (ONE, f"{ONE}/{FOUR}", f"{ONE}/{FOUR}/{THREE}", TWO)

    assert keys(tmp_path, NoteFact) == [f"{BOX}/{name}.sy" for name in names]
    assert _placed(tmp_path) == {
        ONE: (BOX, None, 1),
        FOUR: (BOX, f"{BOX}/{ONE}.sy", None),
        THREE: (BOX, f"{BOX}/{ONE}/{FOUR}.sy", None),
        TWO: (BOX, None, 2),
    }


def _placed(path: Path) -> dict[str, tuple[str | None, str | None, int | None]]:
    """Folder, parent and number of every document, by its id."""
    source = FORMAT.open_source(path, CONTEXT)
    list(source.facts())
    stored = [one for one in source.fetch() if isinstance(one, Stored)]
    return {Path(one.key).stem: (one.folder, one.parent, one.order) for one in stored}


def test_notebooks_stand_by_their_numbers(tmp_path: Path) -> None:
    make(tmp_path, f"{BOX}/{ONE}.sy", f"{OTHER}/{TWO}.sy")
    settle(tmp_path, BOX, sort=2, name="B")
    settle(tmp_path, OTHER, sort=1, name="A")
    folders = [fact for fact in facts(tmp_path)[0] if isinstance(fact, FolderFact)]

    assert [(fact.key, fact.name, fact.order) for fact in folders] == [(OTHER, "A", 1), (BOX, "B", 2)]


def test_a_folder_without_its_document_is_one(tmp_path: Path) -> None:
    make(tmp_path, f"{BOX}/{ONE}/{TWO}/{THREE}.sy")
    settle(tmp_path, BOX)
    folders = {fact.key: fact.parent for fact in facts(tmp_path)[0] if isinstance(fact, FolderFact)}

    assert folders == {BOX: None, f"{BOX}/{ONE}.sy": BOX, f"{BOX}/{ONE}/{TWO}.sy": f"{BOX}/{ONE}.sy"}
    assert codes(tmp_path) == ["parent-document-missing"] * 2
    assert _placed(tmp_path) == {THREE: (f"{BOX}/{ONE}/{TWO}.sy", None, None)}


# Notebooks that are not in order.


@pytest.mark.parametrize("content", ["", "{", "[]", "\ufeff{}"])
def test_broken_settings_are_those_of_an_untitled_notebook(tmp_path: Path, content: str) -> None:
    make(tmp_path, f"{BOX}/{ONE}.sy")
    _put(tmp_path / BOX / ".siyuan" / "conf.json", content)
    (folder,) = (fact for fact in facts(tmp_path)[0] if isinstance(fact, FolderFact))

    assert folder.name == "Untitled"
    assert codes(tmp_path) == ["notebook-repaired"]


def test_an_encrypted_notebook_is_skipped_whole(tmp_path: Path) -> None:
    make(tmp_path, f"{BOX}/{ONE}.sy", f"{BOX}/assets/a.png", f"{OTHER}/{TWO}.sy")
    settle(tmp_path, BOX, encrypted=True, boxCrypt={"spec": 1})
    settle(tmp_path, OTHER)

    assert keys(tmp_path, FolderFact) == [OTHER]
    assert keys(tmp_path, NoteFact) == [f"{OTHER}/{TWO}.sy"]
    assert keys(tmp_path, AssetFact) == []
    assert keys(tmp_path, JunkFact) == [BOX]
    assert codes(tmp_path) == ["notebook-encrypted"]


def test_an_encrypted_notebook_without_settings_is_known_by_its_files(tmp_path: Path) -> None:
    (tmp_path / BOX).mkdir()
    (tmp_path / BOX / f"{ONE}.sy").write_bytes(b"SENC\x01\x01\x0c" + bytes(40))

    assert keys(tmp_path, NoteFact) == []
    assert codes(tmp_path) == ["notebook-encrypted"]


# Files that are no documents.


def test_a_link_in_the_tree_is_told_and_not_followed(tmp_path: Path) -> None:
    outside = make(tmp_path / "outside", f"{THREE}.sy", "a.png")
    data = make(tmp_path / "data", f"{BOX}/{ONE}.sy")
    settle(data, BOX)
    (data / BOX / f"{THREE}.sy").symlink_to(outside / f"{THREE}.sy")
    (data / BOX / ONE).symlink_to(outside)
    (data / OTHER).symlink_to(outside)

    assert keys(data, NoteFact) == [f"{BOX}/{ONE}.sy"]
    assert keys(data, FolderFact) == [BOX]
    assert codes(data) == ["symlink-skipped"] * 3
    assert sorted(keys(data, JunkFact)) == sorted([f"{BOX}/{THREE}.sy", f"{BOX}/{ONE}", OTHER])


def test_a_document_in_an_assets_folder_is_an_asset(tmp_path: Path) -> None:
    make(tmp_path, f"{BOX}/{ONE}.sy", f"{BOX}/assets/{TWO}.sy", f"assets/{THREE}.sy", f"{BOX}/{ONE}/assets/{FOUR}.sy")
    settle(tmp_path, BOX)

    assert keys(tmp_path, NoteFact) == [f"{BOX}/{ONE}.sy"]
    assert keys(tmp_path, AssetFact) == [
        f"assets/{THREE}.sy",
        f"{BOX}/{ONE}/assets/{FOUR}.sy",
        f"{BOX}/assets/{TWO}.sy",
    ]
    assert codes(tmp_path) == []


def test_a_document_of_another_name_is_told(tmp_path: Path) -> None:
    make(tmp_path, f"{BOX}/{ONE}.sy", f"{BOX}/note.sy", f"{ONE}.sy")
    settle(tmp_path, BOX)

    assert keys(tmp_path, NoteFact) == [f"{BOX}/{ONE}.sy"]
    assert codes(tmp_path) == ["document-name-odd"] * 2


def test_junk_is_no_file_of_the_workspace(tmp_path: Path) -> None:
    make(tmp_path, f"{BOX}/{ONE}.sy", f"{BOX}/.DS_Store", ".git/config", f"{BOX}/._{ONE}.sy")
    settle(tmp_path, BOX)

    assert sorted(keys(tmp_path, JunkFact)) == sorted([f"{BOX}/.DS_Store", f"{BOX}/._{ONE}.sy", ".git"])
    assert keys(tmp_path, PayloadFact) == [f"{BOX}/.siyuan"]


def test_every_file_is_counted_once(tmp_path: Path) -> None:
    paths = ("storage/av/x.json", "storage/riff/a.deck", "storage/riff/a.cards", "templates/a.md", "emojis/b/c.png")
    make(tmp_path, f"{BOX}/{ONE}.sy", "assets/a.png", "loose.txt", *paths)
    settle(tmp_path, BOX, {})
    found = facts(tmp_path)[0]
    members = [member.key for fact in found if isinstance(fact, PayloadFact) for member in fact.members]

    assert sorted(members) == sorted([f"{BOX}/.siyuan/conf.json", f"{BOX}/.siyuan/sort.json", "loose.txt", *paths])
    assert keys(tmp_path, AssetFact) == ["assets/a.png"]


# Links.

ASSETS = [
    "assets/a.png",
    "assets/sub/b.png",
    "assets/odd?name.png",
    "assets/doc-20240101000000-abcdefg.pdf",
    f"{BOX}/assets/a.png",
    f"{BOX}/assets/n.png",
    f"{BOX}/{ONE}/assets/d.png",
    f"{BOX}/{ONE}/assets/assets/e.png",
]
BLOCK = "20240101000000-blk0001"


class _Lookup:
    """The index of two documents, one of which holds a block, and a few assets."""

    def has_note(self, key: str) -> bool:
        return key in (f"{BOX}/{ONE}.sy", f"{BOX}/{TWO}.sy")

    def notes_named(self, name: str) -> Sequence[str]:
        return [f"{BOX}/{name}.sy"] if name in (ONE, TWO) else []

    def notes_with_block(self, block: str) -> Sequence[str]:
        return [f"{BOX}/{TWO}.sy"] if block == BLOCK else []

    def has_asset(self, key: str) -> bool:
        return key in ASSETS

    def assets_named(self, name: str) -> Sequence[str]:
        return [key for key in ASSETS if name in FORMAT.names("asset", key)]

    def places(self, _key: str) -> Places:
        return Places([Anchor(BLOCK)])


def resolved(form: str, target: str) -> tuple[str, str, str]:
    """What a link of a document names: its kind, key and place."""
    goal: Found = FORMAT.resolve(_Lookup(), f"{BOX}/{ONE}.sy", LinkFact(form, target))
    return goal.kind, goal.key, goal.anchor


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("assets/a.png", "assets/a.png"),
        ("assets/a.png?box=20240101000000-notebka", "assets/a.png"),
        ("assets/sub/b.png", "assets/sub/b.png"),
        ("assets/odd?name.png", "assets/odd?name.png"),
        ("assets/n.png", f"{BOX}/assets/n.png"),
        ("assets/n.png?x", f"{BOX}/assets/n.png"),
        ("assets/d.png", f"{BOX}/{ONE}/assets/d.png"),
        ("assets/e.png", f"{BOX}/{ONE}/assets/assets/e.png"),
    ],
)
@pytest.mark.parametrize("form", ["link", "image"])
def test_assets_are_looked_for_in_three_places(form: str, target: str, key: str) -> None:
    assert resolved(form, target) == ("asset", key, "")


def test_an_annotation_is_in_its_file() -> None:
    pdf = "assets/doc-20240101000000-abcdefg.pdf"

    assert resolved("link", f"{pdf}/20240101000000-annotat")[:2] == ("asset", pdf)
    assert resolved("link", f"{pdf}/none")[0] == "missing"


@pytest.mark.parametrize("target", ["assets/none.png", "assets/A.png", "assets/b.png", "assets/"])
def test_assets_that_are_missing(target: str) -> None:
    assert resolved("image", target) == ("missing", "", "")


@pytest.mark.parametrize("target", ["https://e.org", "emojis/a.png", "/assets/a.png", "", "file:///assets/a.png"])
def test_links_that_lead_out(target: str) -> None:
    assert resolved("link", target) == ("outside", "", "")


@pytest.mark.parametrize(
    ("form", "target", "goal"),
    [
        ("reference", TWO, ("note", f"{BOX}/{TWO}.sy", "")),
        ("reference", BLOCK, ("note", f"{BOX}/{TWO}.sy", BLOCK)),
        ("reference", THREE, ("missing", "", "")),
        ("link", f"siyuan://blocks/{TWO}", ("note", f"{BOX}/{TWO}.sy", "")),
        ("link", f"siyuan://blocks/{BLOCK}?focus=1", ("note", f"{BOX}/{TWO}.sy", BLOCK)),
        ("link", "siyuan://blocks/", ("missing", "", "")),
        ("link", "siyuan://plugins/x", ("outside", "", "")),
    ],
)
def test_documents_and_blocks(form: str, target: str, goal: tuple[str, str, str]) -> None:
    assert resolved(form, target) == goal


def test_lookup_names() -> None:
    assert FORMAT.names("note", f"{BOX}/{ONE}/{TWO}.sy") == (TWO,)
    assert FORMAT.names("asset", f"{BOX}/assets/assets/a.png") == ("assets/assets/a.png", "assets/a.png")


def test_a_notebook_of_the_guide_is_told(tmp_path: Path) -> None:
    make(tmp_path, f"20210808180117-6v0mkxr/{ONE}.sy")
    settle(tmp_path, "20210808180117-6v0mkxr")

    assert codes(tmp_path) == ["guide-notebook"]
