"""Libraries that are read: indexes and rows that disagree, odd rows, odd databases, the library of 0.8."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert
from converter.findings.finding import Finding
from converter.formats.registry import load
from converter.model.facts import AssetFact, FolderFact, JunkFact, NoteFact, PayloadFact
from converter.pipeline.detect import detect_source
from tests.mnemo.builders import CONTEXT, block_json
from tests.mnemo.library import DDL, build_library, compact, note_row

FRONT = load("mnemo-db")


class Found:
    """What a library holds: the titles of its notes in order, its other facts by kind, the codes by item."""

    def __init__(self, path: Path) -> None:
        source = FRONT.open_source(path, CONTEXT)
        try:
            facts = list(source.facts())
            stored = [one for one in source.fetch() if not isinstance(one, Finding)]
        finally:
            source.close()
        self.notes = [fact.key for fact in facts if isinstance(fact, NoteFact)]
        self.folders = [fact.key for fact in facts if isinstance(fact, FolderFact)]
        self.assets = [fact.key for fact in facts if isinstance(fact, AssetFact)]
        self.junk = [(fact.kind, fact.key) for fact in facts if isinstance(fact, JunkFact)]
        self.payloads = [fact for fact in facts if isinstance(fact, PayloadFact)]
        self.codes = {(one.code, one.item) for one in facts if isinstance(one, Finding)}
        self.texts = {one.key: FRONT.read(one, CONTEXT) for one in stored}

    @property
    def units(self) -> set[tuple[str, str, str]]:
        """Type of payload, kind and key of every unit."""
        return {(fact.type, unit.kind, unit.key) for fact in self.payloads for unit in fact.units}


def _found(tmp_path: Path, rows: Mapping[str, Any] | Iterable[tuple[str, Any]] = (), **how: Any) -> Found:
    return Found(build_library(tmp_path / "mnemo.db", rows, **how))


def test_notes_and_folders_come_in_the_order_of_their_indexes(tmp_path: Path) -> None:
    rows = {
        "note_a": note_row("a"),
        "note_folder_f": {"FolderId": "f", "Name": "F", "ParentId": None, "Order": 0},
        "note_b": note_row("b"),
        "notes_index": ["b", "a"],
        "note_folders_index": ["f"],
    }

    found = _found(tmp_path, rows)

    assert (found.notes, found.folders, found.codes) == (["b", "a"], ["f"], set())


def test_an_index_and_the_rows_may_disagree(tmp_path: Path) -> None:
    """What an index does not name is read last; what it names and is not there, or names twice, is told."""
    rows = {
        "notes_index": ["a", "gone", "a", "folder_f"],
        "note_a": note_row("a"),
        "note_lost": note_row("lost"),
        "note_folder_f": {"FolderId": "f", "Name": "F", "ParentId": None, "Order": 0},
    }

    found = _found(tmp_path, rows)

    assert found.notes == ["a", "lost"]
    assert found.folders == ["f"]
    assert found.codes == {
        ("index-entry-missing", "notes/gone"),
        ("index-entry-missing", "notes/folder_f"),
        ("duplicate-id", "notes/a"),
        ("row-orphan", "notes/lost"),
        ("row-orphan", "folders/f"),
    }


@pytest.mark.parametrize("index", ["{}", "null", "[1]", "[", None, b"[]", '["a"]\0'])
def test_an_index_that_the_application_cannot_read_names_nothing(tmp_path: Path, index: object) -> None:
    found = _found(tmp_path, {"notes_index": index, "note_a": note_row("a")})

    assert found.notes == ["a"]
    assert found.codes == {("index-unreadable", "archive"), ("row-orphan", "notes/a")}


def test_the_id_inside_a_row_wins(tmp_path: Path) -> None:
    found = _found(tmp_path, {"notes_index": ["a"], "note_a": note_row("b")})

    assert (found.notes, found.codes) == (["b"], {("row-key-differs", "notes/b")})


def test_two_rows_may_hold_one_id(tmp_path: Path) -> None:
    found = _found(tmp_path, {"notes_index": ["a", "b"], "note_a": note_row("b"), "note_b": note_row("b", "Second")})

    assert found.notes == ["b", "b~2"]
    assert found.texts["b~2"][0].title == "Second"
    assert ("duplicate-id", "notes/b~2") in found.codes


def test_a_row_spelled_as_packages_are_is_read(tmp_path: Path) -> None:
    row = {"noteId": "a", "title": "Moss", "blocks": [block_json("Text", "Green")], "createdAt": "2026-05-18T10:00:00Z"}

    note, findings = _found(tmp_path, {"notes_index": ["a"], "note_a": row}).texts["a"]

    assert (note.id, note.title, len(note.blocks)) == ("a", "Moss", 1)
    assert [finding.code for finding in findings] == ["spelled-as-package"]


def test_the_database_reads_no_number_in_quotes(tmp_path: Path) -> None:
    note, findings = _found(tmp_path, {"notes_index": ["a"], "note_a": note_row("a", Order="3")}).texts["a"]

    assert note.order == 3
    assert [finding.code for finding in findings] == ["number-repaired"]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (None, {("row-not-text", "notes/a")}),
        ("null", {("row-null", "notes/a")}),
    ],
)
def test_a_row_without_a_note_is_none(tmp_path: Path, value: object, codes: set[tuple[str, str]]) -> None:
    found = _found(tmp_path, {"notes_index": ["a"], "note_a": value})

    assert (found.notes, found.codes) == ([], codes)


def test_bytes_are_read_as_text(tmp_path: Path) -> None:
    found = _found(tmp_path, {"notes_index": ["a"], "note_a": compact(note_row("a", "Moss")).encode()})

    assert found.texts["a"][0].title == "Moss"
    assert found.codes == {("row-not-text", "notes/a")}


def test_text_that_is_no_utf8_is_mended(tmp_path: Path) -> None:
    text = compact(note_row("a", "M\\u006f?ss")).encode().replace(b"?", b"\xff")
    change = f"UPDATE Storage SET Value = CAST(x'{text.hex()}' AS TEXT) WHERE Key = 'note_a'"

    note, findings = _found(tmp_path, {"notes_index": ["a"], "note_a": ""}, after=[change]).texts["a"]

    assert note.title == "M\\u006f\ufffdss"
    assert [finding.code for finding in findings] == ["invalid-utf8"]


@pytest.mark.parametrize("pragma", ["encoding='UTF-16le'", "encoding='UTF-16be'", "page_size=1024", "user_version=7"])
def test_databases_with_other_settings_are_read(tmp_path: Path, pragma: str) -> None:
    rows = {"notes_index": ["ä"], "note_ä": note_row("ä", "Möss")}

    found = _found(tmp_path, rows, before=[f"PRAGMA {pragma}"])

    assert found.texts["ä"][0].title == "Möss"
    assert found.codes == set()


def test_further_tables_and_columns_do_no_harm(tmp_path: Path) -> None:
    more = [
        "ALTER TABLE Storage ADD COLUMN Extra TEXT",
        "CREATE TABLE Mine (x, y REAL)",
        "INSERT INTO Mine VALUES (x'00ff', 0.1), (NULL, 1e300), ('text', -0.0)",
    ]

    found = _found(tmp_path, {"notes_index": ["a"], "note_a": note_row("a")}, after=more)

    assert (found.notes, found.codes) == (["a"], set())
    assert found.units == {("storage", "payloads", "Tables/Mine")}


def test_a_library_without_any_table_is_empty(tmp_path: Path) -> None:
    empty = tmp_path / "mnemo.db"
    empty.touch()

    found = Found(empty)

    assert (found.notes, found.payloads, found.codes) == ([], [], set())
    assert detect_source(empty)[0].id == "mnemo-db"


def test_more_rows_than_are_looked_up_at_once(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(700)]
    rows = {f"note_{name}": note_row(name) for name in names}
    backwards = [*reversed(names[:600])]

    found = _found(tmp_path, {"notes_index": backwards, **rows})

    assert found.notes == [*backwards, *names[600:]]
    assert [(key, note.title) for key, (note, _) in found.texts.items()] == [
        (key, f"Note {key}") for key in found.notes
    ]


def test_rows_of_any_kind_beside_each_other(tmp_path: Path) -> None:
    rows = {"note_a": note_row("a", "First"), "note_b": None, "note_d": b"{}", "note_ä": note_row("ä")}

    found = _found(
        tmp_path, rows, after=["UPDATE Storage SET Key = CAST(x'6e6f74655ff0' AS TEXT) WHERE Key = 'note_a'"]
    )

    assert [(key, note.title) for key, (note, _) in found.texts.items()][-2:] == [("d", ""), ("ä", "Note ä")]
    assert [note.title for note, _ in found.texts.values()].count("First") == 1


def test_storage_without_a_key_may_hold_a_row_twice(tmp_path: Path) -> None:
    ddl = ("CREATE TABLE Storage (Key TEXT, Value TEXT)",)
    rows = [("notes_index", ["a"]), ("note_a", note_row("a", "First")), ("note_a", note_row("a", "Second"))]

    found = _found(tmp_path, rows, ddl=ddl, after=["INSERT INTO Storage VALUES (NULL, '1')"])

    assert [note.title for note, _ in found.texts.values()] == ["First"]
    assert found.codes == {("duplicate-id", "records/note_a"), ("row-not-text", "records/")}
    assert found.junk == [("records", "note_a"), ("records", "row 2")]


@pytest.mark.parametrize(
    "ddl",
    [
        "CREATE VIEW Storage (Key, Value) AS WITH n (i) AS (VALUES (1) UNION ALL SELECT i FROM n) SELECT i, i FROM n",
        "CREATE TABLE Storage (Name TEXT, Text TEXT)",
    ],
)
def test_a_storage_that_is_no_table_of_rows_is_refused(tmp_path: Path, ddl: str) -> None:
    path = build_library(tmp_path / "mnemo.db", ddl=(ddl,))

    with convert(Options(source=str(path), target=str(tmp_path / "x.mnemo"))) as report:
        assert report.fault is not None
        assert report.fault.exit_code == 3
        assert "no library of Mnemo" in report.fault.message


def test_what_a_schema_says_is_never_run(tmp_path: Path) -> None:
    more = [
        "CREATE VIEW Look AS SELECT Value FROM Storage",
        "CREATE TRIGGER Act AFTER INSERT ON Storage BEGIN DELETE FROM Storage; END",
    ]

    found = _found(tmp_path, {"notes_index": []}, after=more)

    assert found.codes == {("schema-object-skipped", "archive")}
    assert found.units == set()


def test_secrets_stay_where_they_are(tmp_path: Path) -> None:
    rows = {"Developer.VertexCredentialsPath": "/home/me/key.json", "App.Language": "en"}
    path = build_library(tmp_path / "mnemo.db", rows | {key: compact(value) for key, value in rows.items()})

    for target in ("out.mnemo", "out/mnemo.db", "vault"):
        with convert(Options(source=str(path), target=str(tmp_path / target), timezone="UTC")) as report:
            told = [finding for finding in report.spool if finding.code == "secret-left-out"]
            assert [finding.item for finding in told] == ["settings/Developer.VertexCredentialsPath"]
            assert "key.json" not in repr(list(report.spool))
            assert dict(report.tally.rows())["settings"]["skipped"] == 1
    for file in (tmp_path / "out.mnemo", tmp_path / "out" / "mnemo.db", *(tmp_path / "vault").rglob("*")):
        assert not file.is_file() or b"key.json" not in file.read_bytes()


def test_files_beside_the_database_belong_to_it(tmp_path: Path) -> None:
    for name in ("images/a.png", "images/old/b.png", "files/c.pdf", "images/Thumbs.db", "logs/log.txt", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "images" / "link.png").symlink_to("a.png")

    found = _found(tmp_path)

    assert found.assets == ["images/a.png", "images/old/b.png", "files/c.pdf"]
    assert found.junk == [("assets", "images/Thumbs.db"), ("assets", "images/link.png"), ("assets", "logs")]


def test_a_folder_is_known_by_its_database(tmp_path: Path) -> None:
    build_library(tmp_path / "mnemo.db", {"notes_index": ["a"], "note_a": note_row("a")})

    assert detect_source(tmp_path)[0].id == "mnemo-db"
    assert Found(tmp_path).notes == ["a"]


def test_other_databases_are_no_libraries(tmp_path: Path) -> None:
    path = build_library(tmp_path / "other.db", ddl=("CREATE TABLE t (x)",))

    assert FRONT.detect(path) is None


def test_every_other_row_is_counted_where_it_belongs(tmp_path: Path) -> None:
    rows = {
        "App.Language": '"en"',
        "Theme.Mode": '""',
        "Appearance.Theme": '"Dusk"',
        "learning_paths_index": ["p", "gone"],
        "path_p": {"path_id": "p", "title": "Path"},
        "path_q": {"path_id": "q"},
        "mindmaps_list": ["m"],
        "mindmap_m": {"Id": "m", "Title": "Map"},
        "chat_module_history": {"Version": 1},
        "seed.welcome_note.v1": "true",
        "converter.notes": "somebody's",
        "blob": b"\x00\x01",
        "flashcards.state.v2": {
            "Folders": [{"Id": "f"}],
            "Decks": [{"Id": "d", "Name": "Deck"}, {"Id": "d"}, 7],
            "SessionHistory": [{"DeckId": "d"}],
        },
    }
    tables = [
        "CREATE TABLE keybind_overrides (action_id TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
        "INSERT INTO keybind_overrides VALUES ('global.search', '{}')",
    ]

    found = _found(tmp_path, rows, after=tables)

    assert found.units == {
        ("settings", "settings", "App.Language"),
        ("storage", "settings", "Theme.Mode"),
        ("storage", "settings", "Appearance.Theme"),
        ("storage", "records", "path_p"),
        ("storage", "records", "path_q"),
        ("mindmaps", "maps", "m"),
        ("storage", "records", "chat_module_history"),
        ("storage", "records", "seed.welcome_note.v1"),
        ("storage", "records", "converter.notes"),
        ("storage", "records", "blob"),
        ("flashcards", "decks", "d"),
        ("flashcards", "decks", "d~2"),
        ("flashcards", "decks", "2"),
        ("flashcards", "folders", "f"),
        ("storage", "records", "Flashcards/SessionHistory"),
        ("storage", "records", "keybind_overrides/global.search"),
    }
    assert found.codes == {
        ("index-entry-missing", "records/gone"),
        ("row-orphan", "records/q"),
        ("duplicate-id", "decks/d~2"),
        ("item-unreadable", "decks/2"),
    }


def test_a_library_that_is_open_is_read_with_its_newest_rows(tmp_path: Path) -> None:
    path = tmp_path / "open" / "mnemo.db"
    build_library(path, {"notes_index": ["a"], "note_a": note_row("a")}, before=["PRAGMA journal_mode=WAL"])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE Storage SET Value = ? WHERE Key = 'note_a'", (compact(note_row("a", "New")),))
        before = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.parent.iterdir()}

        with convert(Options(source=str(path), target=str(tmp_path / "vault"))) as report:
            assert report.fault is None

        assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.parent.iterdir()} == before
    assert (tmp_path / "vault" / "New.md").is_file()


NEWER_DDL = (
    *DDL,
    "CREATE TABLE FlashcardSchemaVersion (Version INTEGER)",
    "CREATE TABLE FlashcardFolders (Id TEXT PRIMARY KEY, Name TEXT, ParentId TEXT, SortOrder INTEGER, TrashId TEXT)",
    "CREATE TABLE FlashcardDecks (Id TEXT PRIMARY KEY, Name TEXT, FolderId TEXT, TagsJson TEXT, TrashId TEXT)",
    "CREATE TABLE FlashcardCards (Id TEXT, DeckId TEXT, Front TEXT, Back TEXT, Type INT, TagsJson TEXT, TrashId TEXT)",
    "CREATE TABLE FlashcardScheduling (CardId TEXT PRIMARY KEY, DueDate TEXT, Stability REAL, FsrsState INTEGER)",
    "CREATE TABLE FlashcardReviews (Id INTEGER PRIMARY KEY, CardId TEXT)",
    "CREATE VIRTUAL TABLE FlashcardCardsFts USING fts5(Front)",
    "CREATE TABLE Mindmaps (Id TEXT PRIMARY KEY, Title TEXT, Doc TEXT, TrashId TEXT)",
    "INSERT INTO FlashcardFolders VALUES ('f', 'Biology', NULL, 2, NULL)",
    """INSERT INTO FlashcardDecks VALUES ('d', 'Cells', 'f', '["exam"]', NULL), ('t', 'Old', NULL, '[]', 'trash-1')""",
    "INSERT INTO FlashcardCards VALUES ('c', 'd', 'Q', 'A', 0, '[]', NULL), ('g', 'd', 'Gone', '', 0, '[]', 'trash-2')",
    "INSERT INTO FlashcardScheduling VALUES ('c', '2026-05-18T10:00:00+00:00', 1.5, 2)",
    "INSERT INTO FlashcardReviews VALUES (1, 'c')",
)
NEWER_MAP = {
    "schemaVersion": 2,
    "id": "m",
    "title": "Plan",
    "elements": [
        {"id": "a", "kind": "node", "content": {"$type": "text", "text": "Root"}, "x": 1, "y": 2.5},
        {"id": "b", "kind": "node", "content": {"$type": "math", "latex": "x^2"}, "style": {"color": "#112233"}},
    ],
    "edges": [{"id": "e", "fromId": "a", "toId": "b", "kind": "link", "style": {"line": "dashed"}}],
    "clusters": [{"rootId": "a"}],
}


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A library of application 0.8, with something of every kind in its trash."""
    rows = {
        "notes_index": ["a", "t"],
        "note_a": note_row("a", "Alive"),
        "note_t": note_row("t", "Deleted"),
        "note_folders_index": ["f"],
        "note_folder_f": {"FolderId": "f", "Name": "Deleted too", "ParentId": None, "Order": 0},
        "notes_trash": {"t": "trash-3"},
        "note_folders_trash": {"f": "trash-4"},
    }
    maps = f"INSERT INTO Mindmaps VALUES ('m', 'Plan', '{compact(NEWER_MAP)}', NULL), ('n', 'Old', '{{}}', 'trash-5')"
    return build_library(
        tmp_path / "newer" / "mnemo.db", rows, ddl=(*NEWER_DDL, maps), before=["PRAGMA journal_mode=WAL"]
    )


def test_what_lies_in_the_trash_of_a_newer_library_is_left_out(newer: Path) -> None:
    found = Found(newer)

    assert (found.notes, found.folders) == (["a"], [])
    assert {item for code, item in found.codes if code == "trash-left-out"} == {
        "notes/t",
        "folders/f",
        "decks/t",
        "maps/n",
    }
    assert set(found.junk) == {("notes", "t"), ("folders", "f"), ("decks", "t"), ("maps", "n")}


@pytest.mark.parametrize("target", ["out.mnemo", "out/mnemo.db"])
def test_decks_and_maps_of_a_newer_library_become_items(newer: Path, tmp_path: Path, target: str) -> None:
    with convert(Options(source=str(newer), target=str(tmp_path / target), timezone="UTC")) as report:
        assert report.fault is None
        counts = dict(report.tally.rows())
        assert (counts["decks"]["created"], counts["maps"]["created"]) == (1, 1)
        assert (counts["decks"]["skipped"], counts["maps"]["skipped"]) == (1, 1)
        # seven tables of 0.8; the two maps of the trash are rows that a library has room for
        assert counts["records"]["carried"] == 7 + (2 if target.endswith("mnemo") else 0)

    back = FRONT if target.endswith(".db") else load("mnemo")
    source = back.open_source(tmp_path / target, CONTEXT)
    try:
        payloads = [fact for fact in source.facts() if isinstance(fact, PayloadFact)]
        parts = [part for fact in payloads for part in back.parts(fact, source.open_member)] if back.parts else []
    finally:
        source.close()
    values = {(part.kind, part.key): json.loads(part.data) for part in parts}
    (card,) = values["decks", "d"]["cards"]  # the other one lies in the trash
    assert (card["front"], card["stability"], card["fsrsState"]) == ("Q", 1.5, 2)
    assert values["decks", "d"]["tags"] == ["exam"]
    assert values["folders", "f"]["order"] == 2
    made = values["maps", "m"]
    assert [node["content"]["text"] for node in made["nodes"]] == ["Root", "x^2"]
    assert made["edges"][0]["type"] == "dashed"
    assert made["layout"]["nodes"]["a"] == {"x": 1, "y": 2.5, "width": None, "height": None}


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda data: data[:100], "damaged|malformed|not a database"),
        (lambda data: data[:-777], "damaged"),
        (lambda data: data[:4096] + b"\xff" * 4096 + data[8192:], "damaged|malformed"),
        (lambda data: b"no database" + data[20:], "not an SQLite database"),
    ],
)
def test_a_damaged_database_is_refused(tmp_path: Path, damage: Any, why: str) -> None:
    rows = {"notes_index": [f"n{number}" for number in range(40)]}
    path = build_library(tmp_path / "mnemo.db", rows | {f"note_n{n}": note_row(f"n{n}", "x" * 500) for n in range(40)})
    path.write_bytes(damage(path.read_bytes()))

    with convert(Options(source=str(path), target=str(tmp_path / "out.mnemo"))) as report:
        assert report.fault is not None
        assert report.fault.exit_code == 3
        assert re.search(why, report.fault.message), report.fault.message
    assert not (tmp_path / "out.mnemo").exists()


def test_a_folder_of_pictures_that_is_a_link_is_told(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.png").write_bytes(b"a")
    (tmp_path / "images").symlink_to("elsewhere")

    found = _found(tmp_path)

    assert (found.assets, found.codes) == ([], {("symlink-skipped", "assets/images")})
