"""Merging into libraries: changes come at once, on the live database; what they do not name stays as it is."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from converter.errors import ItemError, TargetError
from converter.formats.front import Part, Rendered, TargetContext
from converter.formats.mnemo.database import FORMAT
from converter.formats.mnemo.database.index import open_source
from converter.formats.mnemo.database.merge import LibraryMerge, open_merge
from converter.formats.mnemo.database.merge_cards import unreadable
from converter.formats.mnemo.relink import own_ids, relink, relink_file
from converter.model.facts import FolderFact, MemberFact, NoteFact, PayloadFact
from converter.model.items import Folder
from converter.model.moment import Moment
from converter.model.profile import Profile
from tests.mnemo.builders import CONTEXT, data_path, needs_data

PROFILE = Profile(format="mnemo-db", system="mnemo", title="", blocks={}, runs={}, marks={}, facts={}, outer={})
TARGET = TargetContext(profile=PROFILE, clock=Moment(639_146_952_000_000_000, 0), zone=UTC, version="0")
STORAGE = "CREATE TABLE Storage (Key TEXT PRIMARY KEY, Value TEXT)"
DDL = (
    STORAGE,
    "CREATE TABLE DbVersion (Version INTEGER PRIMARY KEY, AppliedAt TEXT)",
    "INSERT INTO DbVersion VALUES (1, '2026-05-18T10:00:00.0000000Z')",
)
CARDS = "flashcards.state.v2"
DECKS = (
    '{ "Folders" : [{"Id":"f","Name":"Lab","ParentId":null,"Order":0}], "Decks":[\n'
    ' {"Id":"d","Name":"Old","FolderId":null,"Description":null,"Tags":[],"Cards":[]} ,'
    '{"Id":"e","Name":"Kept","Tags":[],"Cards":[], "Mine": 1.50}],"SessionHistory":[{"DeckId":"d", "Score": 3}], "X":0}'
)
RESIDUE = '{"schema":"mnemo-converter/residue-1"}\n'

Step = Callable[[LibraryMerge], None]


def _library(
    folder: Path,
    rows: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    *,
    ddl: Iterable[str] = DDL,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
) -> Path:
    """A library with these rows: texts, bytes and None as they stand, anything else as compact JSON."""
    path = folder / "mnemo.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in (*before, *ddl):
            connection.execute(statement)
        for key, value in rows.items() if isinstance(rows, Mapping) else rows:
            told = value if isinstance(value, str | bytes | None) else json.dumps(value, separators=(",", ":"))
            connection.execute("INSERT INTO Storage (Key, Value) VALUES (?, ?)", (key, told))
        for statement in after:
            connection.execute(statement)
    return path


def _row(key: str, title: str = "Old", **members: object) -> dict[str, Any]:
    return {"NoteId": key, "Title": title, "Blocks": [], **members}


def _note(key: str, title: str = "New") -> Rendered:
    return Rendered(key, json.dumps(_row(key, title), separators=(",", ":")).encode())


def _part(kind: str, key: str, **members: object) -> Part:
    return Part(group="", kind=kind, key=key, data=json.dumps({"id": key, **members}).encode())


def _deck(key: str, name: str) -> Part:
    return _part("decks", key, name=name, tags=[], cards=[])


def _gathered(path: Path, *steps: Step) -> LibraryMerge:
    staging = path.parent / "room" / "work"
    staging.mkdir(parents=True, exist_ok=True)
    target = open_merge(path, staging, TARGET)
    for step in steps:
        step(target)
    target.finish()
    return target


def _apply(path: Path, target: LibraryMerge) -> int:
    """Make the changes, as the one who commits does; how many rows changed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            target.apply(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            target.abandon()
            raise
        changes = connection.total_changes
        connection.execute("COMMIT")
    assert not [one for one in (path.parent / "room").iterdir() if one.name != "work"]
    return changes


def _merge(path: Path, *steps: Step) -> int:
    return _apply(path, _gathered(path, *steps))


def _rows(path: Path, table: str = "Storage") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        return connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()


def _values(path: Path) -> dict[str, Any]:
    return {row[1]: row[2] for row in _rows(path)}


def _index(path: Path, name: str = "notes_index") -> list[str | None]:
    found: list[str | None] = json.loads(_values(path)[name])
    return found


def _keys(path: Path, kind: type[Any]) -> list[str]:
    with closing(open_source(path, CONTEXT)) as source:
        return [fact.key for fact in source.facts() if isinstance(fact, kind)]


def test_new_items_come_behind_and_every_other_row_stays(tmp_path: Path) -> None:
    rows = {
        "notes_index": ["b", "a", "gone"],
        "note_a": _row("a"),
        "Odd": b"\0\1",
        "note_b": '{"NoteId":"b", "Title" : "B"}',
        "App.Language": None,
        "note_folders_index": "[]",
    }
    there = _library(tmp_path, rows)
    before, version = _rows(there), _rows(there, "DbVersion")

    _merge(
        there,
        lambda target: target.folder(Folder(key="f", name="Lab", id="f"), "Lab"),
        lambda target: target.note(_note("c")),
        lambda target: target.part(_part("maps", "m", title="Map")),
        lambda target: target.part(Part(group="settings", kind="settings", key="theme.mode", data=b'"Dark"')),
    )

    after = _rows(there)
    indexes = ("notes_index", "note_folders_index")
    assert [row for row in after[: len(before)] if row[1] not in indexes] == [r for r in before if r[1] not in indexes]
    assert [row[1] for row in after[len(before) :]] == [
        "note_folder_f", "note_c", "mindmap_m", "Theme.Mode", "mindmaps_list",
    ]  # fmt: skip
    assert _index(there) == ["b", "a", "gone", "c"]
    assert _index(there, "note_folders_index") == ["f"]
    assert _index(there, "mindmaps_list") == ["m"]
    assert _rows(there, "DbVersion") == version
    assert _keys(there, NoteFact) == ["b", "a", "c"]
    assert _keys(there, FolderFact) == ["f"]


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    there = _library(tmp_path, {CARDS: DECKS})
    steps: tuple[Step, ...] = (
        lambda target: target.note(_note("c")),
        lambda target: target.part(_deck("n", "New")),
        lambda target: target.part(_part("maps", "m", title="Map")),
        lambda target: target.residue(io.BytesIO(RESIDUE.encode())),
        lambda target: target.payload(*_table()),
    )
    assert _merge(there, *steps) > 0
    before = there.read_bytes()

    assert _merge(there, *steps) == 0
    assert there.read_bytes() == before


def test_a_note_is_replaced_in_the_row_that_the_reader_takes_for_it(tmp_path: Path) -> None:
    rows = {"notes_index": ["k", "x", "y"], "note_k": _row("n"), "note_x": _row("d"), "note_y": _row("d")}
    there = _library(tmp_path, rows)

    _merge(there, lambda target: target.note(_note("n")), lambda target: target.note(_note("d~2")))

    values = _values(there)
    assert [row[1] for row in _rows(there)] == [*rows]
    assert json.loads(values["note_k"])["Title"] == json.loads(values["note_y"])["Title"] == "New"
    assert json.loads(values["note_x"]) == rows["note_x"]
    assert _index(there) == ["k", "x", "y"]
    assert _keys(there, NoteFact) == ["n", "d", "d~2"]


def test_a_row_that_holds_another_note_is_never_taken(tmp_path: Path) -> None:
    there = _library(tmp_path, {"notes_index": ["k"], "note_k": _row("n")})
    before = there.read_bytes()

    with pytest.raises(TargetError, match="note_k holds another"):
        _merge(there, lambda target: target.note(_note("k")))

    assert there.read_bytes() == before


@pytest.mark.parametrize("value", [None, "null", b"\1"])
def test_a_row_that_holds_nothing_takes_a_note(tmp_path: Path, value: Any) -> None:
    there = _library(tmp_path, [("notes_index", ["k"]), ("note_k", value)])

    _merge(there, lambda target: target.note(_note("k")))

    assert json.loads(_values(there)["note_k"])["Title"] == "New"
    assert _index(there) == ["k"]


@pytest.mark.parametrize("index", ["[1]", "{", None, "null", ""])
def test_an_index_that_cannot_be_read_is_made_of_the_rows(tmp_path: Path, index: str | None) -> None:
    rows = [("notes_index", index), ("note_b", _row("b")), ("note_folder_f", {}), ("note_a", _row("a"))]
    there = _library(tmp_path, rows)

    _merge(there, lambda target: target.note(_note("c")))

    assert _index(there) == ["b", "a", "c"]


def test_an_index_that_is_missing_is_made_of_the_rows(tmp_path: Path) -> None:
    there = _library(tmp_path, {"note_b": _row("b"), "note_a": _row("a")})

    _merge(there, lambda target: target.note(_note("a")))

    assert _index(there) == ["b", "a"]


def test_an_index_names_nothing_twice(tmp_path: Path) -> None:
    there = _library(tmp_path, {"notes_index": ["a", None, "a"], "note_a": _row("a"), "note_o": _row("o")})

    _merge(there, lambda target: target.note(_note("a")), lambda target: target.note(_note("o")))

    assert _index(there) == ["a", None, "o"]


def test_an_index_stays_as_it_is_spelled_where_nothing_is_new(tmp_path: Path) -> None:
    there = _library(tmp_path, {"notes_index": ' [ "a" ]', "note_a": _row("a")})

    _merge(there, lambda target: target.note(_note("a")))

    assert _values(there)["notes_index"] == ' [ "a" ]'


def test_decks_come_into_the_document_and_every_other_byte_stays(tmp_path: Path) -> None:
    there = _library(tmp_path, {CARDS: DECKS})

    _merge(
        there,
        lambda target: target.part(_deck("d", "New")),
        lambda target: target.part(_deck("n", "More")),
        lambda target: target.part(_part("folders", "g", name="Sea", parentId=None, order=1)),
    )

    made = _values(there)[CARDS]
    old = '{"Id":"d","Name":"Old","FolderId":null,"Description":null,"Tags":[],"Cards":[]}'
    kept = '"Mine": 1.50}'
    expected = DECKS.replace(old, '{"Id":"d","Name":"New","Tags":[],"Cards":[]}')
    expected = expected.replace(kept, kept + ',{"Id":"n","Name":"More","Tags":[],"Cards":[]}')
    expected = expected.replace('"Order":0}]', '"Order":0},{"Id":"g","Name":"Sea","ParentId":null,"Order":1}]')
    assert made == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, '{"Folders":[],"Decks":[NEW],"SessionHistory":[]}'),
        ("{}", '{"Decks":[NEW]}'),
        ('{"Decks":null}', '{"Decks":[NEW]}'),
        ('{"Decks":[ ],"decks":[1]}', '{"Decks":[ NEW],"decks":[1]}'),
    ],
)
def test_a_document_without_decks_takes_some(tmp_path: Path, document: str | None, expected: str) -> None:
    there = _library(tmp_path, {} if document is None else {CARDS: document})

    _merge(there, lambda target: target.part(_deck("n", "New")))

    assert _values(there)[CARDS] == expected.replace("NEW", '{"Id":"n","Name":"New","Tags":[],"Cards":[]}')


def test_the_flashcards_of_another_library_come_deck_by_deck(tmp_path: Path) -> None:
    there = _library(tmp_path, {CARDS: DECKS})
    other = '{"Folders":[],"Decks":[{"Id":"o","Name":"Other","Tags":[],"Cards":[]}],"SessionHistory":[1]}'

    _merge(there, lambda target: target.payload(*_whole("flashcards", {f"Storage/{CARDS}": other.encode()})))

    made = json.loads(_values(there)[CARDS])
    assert [deck["Id"] for deck in made["Decks"]] == ["d", "e", "o"]
    assert made["SessionHistory"] == json.loads(DECKS)["SessionHistory"]


def _whole(kind: str, members: Mapping[str, bytes]) -> tuple[PayloadFact, Any]:
    fact = PayloadFact(key=kind, type=kind, members=tuple(MemberFact(key=name, name=name) for name in members))
    return fact, [(name, io.BytesIO(data)) for name, data in members.items()]


@pytest.mark.parametrize(
    "document",
    [
        *("", "null", "[]", "\ufeff{}", "{,}", '{"Decks":{}}', '{"Decks":[{"Id":5}]}'),
        *('{"Decks":[{"RetentionScore":"3"}]}', '{"Folders":[{"Name":"\\ud800"}]}', b"{}", None),
    ],
)
def test_flashcards_that_the_application_would_wipe_are_never_touched(tmp_path: Path, document: Any) -> None:
    there = _library(tmp_path, [(CARDS, document)])
    before = there.read_bytes()

    with pytest.raises(TargetError, match="wipes them"):
        open_merge(there, tmp_path / "staging", TARGET)

    assert there.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["mnemo.db"]


@needs_data
def test_what_the_application_reads_of_flashcards_is_known() -> None:
    """Every recorded object of the database: read by the application and here, or by neither."""
    wrong = []
    for line in data_path("cards", "objects.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["dialect"] != "storage" or case["type"] not in ("deck", "cardfolder", "card"):
            continue
        text = case["input"] if case["input"].strip() else "!"
        deck = f'{{"Id":"d","Name":"n","Tags":[],"Cards":[{text}]}}' if case["type"] == "card" else text
        folder = case["type"] == "cardfolder"
        document = f'{{"Folders":[{text if folder else ""}],"Decks":[{"" if folder else deck}],"SessionHistory":[]}}'
        if bool(unreadable(document.encode("utf-8", "surrogatepass"))) != bool(case["error"]):
            wrong.append(case["id"])
    assert wrong == []


def _table(rows: int = 1) -> tuple[PayloadFact, Any]:
    columns = [["action_id", "TEXT", True, 1], ["value", "TEXT", True, 0]]
    lines = [{"table": "keybind_overrides", "columns": columns}, *([f"a{n}", "new"] for n in range(rows))]
    return _whole("storage", {"Tables/keybind_overrides": "".join(json.dumps(one) + "\n" for one in lines).encode()})


def test_tables_are_made_where_they_are_missing_and_rows_replaced_by_their_key(tmp_path: Path) -> None:
    there = _library(tmp_path)
    _merge(there, lambda target: target.payload(*_table(1)))
    with closing(sqlite3.connect(there, isolation_level=None)) as connection:
        connection.execute("UPDATE keybind_overrides SET value = 'mine'")
        connection.execute("INSERT INTO keybind_overrides VALUES ('own', 'kept')")

    _merge(there, lambda target: target.payload(*_table(2)))

    assert sorted(row[1:] for row in _rows(there, "keybind_overrides")) == [
        ("a0", "new"),
        ("a1", "new"),
        ("own", "kept"),
    ]


@pytest.mark.parametrize(
    ("ddl", "why"),
    [
        ("CREATE VIEW keybind_overrides AS SELECT 1", "as a view"),
        ("CREATE TABLE keybind_overrides (action_id TEXT PRIMARY KEY)", "no column value"),
        ("CREATE TABLE keybind_overrides (action_id, value, more NOT NULL)", "does not take a row"),
    ],
)
def test_tables_of_another_shape_are_refused(tmp_path: Path, ddl: str, why: str) -> None:
    there = _library(tmp_path, after=[ddl])
    before = there.read_bytes()

    with pytest.raises(TargetError, match=why):
        _merge(there, lambda target: target.payload(*_table()))

    assert there.read_bytes() == before


def test_rows_and_indexes_come_whole(tmp_path: Path) -> None:
    there = _library(tmp_path, {"learning_paths_index": ["p"], "path_p": {}, "App.Language": '"de"'})
    members = {
        "Storage/learning_paths_index": b'["r","lost","q"]',
        "Storage/path_q": b"{}",
        "Storage/path_r": b"{ }",
        "Storage/App.Language": b'"en"',
        "Storage.null/Odd": b"",
        "Storage.blob/Odder": b"\0\xff",
    }

    _merge(there, lambda target: target.payload(*_whole("storage", members)))

    values = _values(there)
    assert _index(there, "learning_paths_index") == ["p", "r", "q"]
    assert (values["App.Language"], values["Odd"], values["Odder"], values["path_r"]) == (
        '"en"',
        None,
        b"\0\xff",
        "{ }",
    )


def test_residue_takes_the_place_of_older_residue(tmp_path: Path) -> None:
    rows = {"converter.residue.000000": RESIDUE, "converter.residue.000001": "more\n", "Other": "x"}
    there = _library(tmp_path, rows)

    _merge(there, lambda target: target.residue(io.BytesIO(RESIDUE.encode() * 2)))

    assert _values(there) == {"converter.residue.000000": RESIDUE * 2, "Other": "x"}


def test_rows_of_another_program_are_no_residue(tmp_path: Path) -> None:
    there = _library(tmp_path, {"converter.residue.000000": "mine"})

    with pytest.raises(TargetError, match="no residue"):
        _merge(there, lambda target: target.residue(io.BytesIO(RESIDUE.encode())))


def test_files_are_staged_as_they_will_stand_beside_the_library(tmp_path: Path) -> None:
    there = _library(tmp_path)

    _gathered(there, lambda target: target.asset("images/x.png", io.BytesIO(b"png"))).abandon()

    assert (tmp_path / "room" / "work" / "images" / "x.png").read_bytes() == b"png"
    assert [path.name for path in (tmp_path / "room").iterdir()] == ["work"]


@pytest.mark.parametrize(
    "before", [(), ("PRAGMA journal_mode=WAL",), ("PRAGMA encoding='UTF-16le'",), ("PRAGMA page_size=512",)]
)
def test_settings_of_the_database_stay(tmp_path: Path, before: tuple[str, ...]) -> None:
    ddl = ("CREATE TABLE Storage (Key TEXT PRIMARY KEY, Value TEXT, More TEXT)", *DDL[1:])
    rows = {"notes_index": ["a"], "note_a": _row("ä")}
    there = _library(tmp_path, rows, ddl=ddl, before=before, after=["UPDATE Storage SET More = 'kept'"])
    pragmas = ("journal_mode", "encoding", "page_size")
    with closing(sqlite3.connect(there)) as connection:
        old = [connection.execute(f"PRAGMA {name}").fetchone() for name in pragmas]

    _merge(there, lambda target: target.note(_note("ä")), lambda target: target.note(_note("é")))

    with closing(sqlite3.connect(there)) as connection:
        assert [connection.execute(f"PRAGMA {name}").fetchone() for name in pragmas] == old
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {row[1]: row[3] for row in _rows(there)} == {"notes_index": "kept", "note_a": "kept", "note_é": None}
    assert json.loads(_values(there)["note_a"])["Title"] == "New"
    assert _index(there) == ["a", "é"]


def test_rows_that_are_no_text_survive(tmp_path: Path) -> None:
    odd = ("'Broken', CAST(x'22ff22' AS TEXT)", "NULL, 1")
    there = _library(tmp_path, after=[f"INSERT INTO Storage VALUES ({one})" for one in odd])
    before = _rows(there)
    members = {"Storage/Other": b'"\xfe"'}

    _merge(there, lambda target: target.payload(*_whole("storage", members)))

    assert _rows(there)[:2] == before
    assert _values(there)["Other"] == '"\udcfe"'


def test_an_empty_file_becomes_a_library(tmp_path: Path) -> None:
    there = tmp_path / "mnemo.db"
    there.touch()

    _merge(there, lambda target: target.note(_note("a")))

    assert _index(there) == ["a"]
    assert _rows(there, "DbVersion") == [(1, 1, "2026-05-18T10:00:00.0000000Z")]


def test_a_library_without_a_version_gets_none(tmp_path: Path) -> None:
    there = _library(tmp_path, ddl=[STORAGE])

    _merge(there, lambda target: target.note(_note("a")))

    with closing(sqlite3.connect(there)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("Storage",)]


@pytest.mark.parametrize(
    ("ddl", "why"),
    [
        ([STORAGE, "CREATE TABLE FlashcardSchemaVersion (Version INTEGER)"], "read here and never written"),
        ([STORAGE, "CREATE TABLE MindmapSchemaVersion (Version INTEGER)"], "read here and never written"),
        (["CREATE VIEW Storage AS SELECT '' AS Key, '' AS Value"], "view"),
        (["CREATE TABLE Storage (Key TEXT, Value TEXT)"], "key of its table"),
        (["CREATE TABLE Storage (Key TEXT PRIMARY KEY, Other TEXT)"], "columns Key and Value"),
        ([STORAGE, "CREATE TRIGGER t AFTER INSERT ON storage BEGIN SELECT 1; END"], "triggers"),
    ],
)
def test_a_library_of_another_shape_is_refused(tmp_path: Path, ddl: list[str], why: str) -> None:
    there = _library(tmp_path, ddl=ddl)
    before = there.read_bytes()

    with pytest.raises(TargetError, match=why):
        open_merge(there, tmp_path / "staging", TARGET)

    assert there.read_bytes() == before


def test_what_became_of_the_library_meanwhile_counts(tmp_path: Path) -> None:
    there = _library(tmp_path, {"note_b": _row("b")})
    target = _gathered(there, lambda target: target.note(_note("a")))
    with closing(sqlite3.connect(there, isolation_level=None)) as connection:
        connection.execute("INSERT INTO Storage VALUES (?, '{')", (CARDS,))

    with pytest.raises(TargetError, match="wipes them"):
        _apply(there, target)

    assert "note_a" not in _values(there)


@pytest.mark.parametrize("key", ["folder_f", "folders_index", "folders_trash"])
def test_no_note_takes_a_row_that_means_something_else(tmp_path: Path, key: str) -> None:
    there = _library(tmp_path)
    staging = tmp_path / "room" / "work"
    staging.mkdir(parents=True)
    target = open_merge(there, staging, TARGET)

    with pytest.raises(TargetError, match="names another row"):
        target.note(_note(key))

    target.abandon()


def test_cards_that_would_cost_all_others_are_refused_or_mended(tmp_path: Path) -> None:
    there = _library(tmp_path, {CARDS: DECKS})
    card = {"id": 5, "dueDate": "2026-05-18T10:00:00+14:01", "stability": "1.5", "type": 0}

    def parts(target: LibraryMerge) -> None:
        with pytest.raises(ItemError, match="decks/bad"):
            target.part(_part("decks", "bad", cards=[{**card, "stability": "NaN"}]))
        target.part(_part("decks", "good", cards=[card]))

    _merge(there, parts)

    assert unreadable(_values(there)[CARDS].encode()) == ""
    made = json.loads(_values(there)[CARDS])["Decks"][-1]["Cards"][0]
    assert made == {"Id": "5", "DueDate": "2026-05-17T19:59:00+00:00", "Stability": 1.5, "Type": 0, "Tags": []}


@needs_data
def test_a_real_library_keeps_all_that_it_holds(tmp_path: Path) -> None:
    there = tmp_path / "mnemo.db"
    shutil.copy(data_path("libraries", "biology", "library", "Mnemo", "mnemo.db"), there)
    old, tables = _rows(there), {name: _rows(there, name) for name in ("DbVersion", "Statistics", "keybind_overrides")}
    notes = _keys(there, NoteFact)

    _merge(
        there,
        lambda target: target.note(_note("quite-new")),
        lambda target: target.part(_deck("new-deck", "New")),
        lambda target: target.part(_part("maps", "new-map", title="New")),
    )

    changed = {"notes_index", "mindmaps_list", CARDS}
    new = _rows(there)
    assert [row for row in new[: len(old)] if row[1] not in changed] == [row for row in old if row[1] not in changed]
    assert [row[1] for row in new[len(old) :]] == ["note_quite-new", "mindmap_new-map"]
    assert set(_keys(there, NoteFact)) == {*notes, "quite-new"}
    assert {name: _rows(there, name) for name in tables} == tables
    values, before = _values(there), {row[1]: row[2] for row in old}
    assert values[CARDS].replace(',{"Id":"new-deck","Name":"New","Tags":[],"Cards":[]}', "") == before[CARDS]


def test_the_record_of_the_format_offers_it() -> None:
    assert FORMAT.merges == "database"
    offered = (FORMAT.open_merge, FORMAT.relink, FORMAT.relink_file, FORMAT.own_ids)
    assert [one.function for one in offered] == [open_merge, relink, relink_file, own_ids]
