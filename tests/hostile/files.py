"""Families D, E and F of the catalogue, as far as they concern folders, databases and lines of JSON."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.hostile.case import FOUND, LIMITED, REFUSED, Case, Maker
from tests.mnemo.library import DDL, build_library, note_row

HEADER = b'{"kind":"archive","schema":"mnemo-converter/archive-1"}\n'
_DEEP = 100_000


def vault(files: Mapping[str, bytes | str]) -> Maker:
    """Makes a folder of Markdown."""

    def make(folder: Path) -> Path:
        root = folder / "vault"
        for name, data in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
        root.mkdir(exist_ok=True)
        return root

    return make


def note(data: bytes | str) -> Maker:
    """Makes a folder of one note."""
    return vault({"n.md": data})


def links(folder: Path) -> Path:
    """A vault with links to a file outside, to a folder outside, and to itself."""
    root = vault({"n.md": "[[passwd]] ![](out/secret.png)"})(folder)
    (folder / "outside").mkdir()
    (folder / "outside" / "secret.md").write_text("secret", encoding="utf-8")
    (root / "passwd.md").symlink_to("/etc/passwd")
    (root / "out").symlink_to(folder / "outside")
    (root / "loop").symlink_to(root)
    return root


def special(folder: Path) -> Path:
    """A vault with a pipe, a socket, and a link to nowhere."""
    root = vault({"n.md": "text"})(folder)
    os.mkfifo(root / "pipe.md")
    (root / "gone.md").symlink_to(root / "nowhere")
    here = os.open(".", os.O_RDONLY)
    os.chdir(root)
    try:
        with closing(socket.socket(socket.AF_UNIX)) as listening:
            listening.bind("socket.md")
    finally:
        os.fchdir(here)
        os.close(here)
    return root


def library(
    *titles: str, rows: Mapping[str, object] | None = None, after: Iterable[str] = (), name: str = "mnemo.db"
) -> Maker:
    """Makes a `mnemo.db` of notes."""

    def make(folder: Path) -> Path:
        held: dict[str, object] = {"notes_index": [f"n{at}" for at, _ in enumerate(titles)]}
        held |= {f"note_n{at}": note_row(f"n{at}", title) for at, title in enumerate(titles)}
        return build_library(folder / name, held | dict(rows or {}), after=after)

    return make


def changed(make_first: Maker, change: object) -> Maker:
    """Makes a source and changes the bytes of its file."""

    def make(folder: Path) -> Path:
        path = make_first(folder)
        path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
        return path

    return make


def logged(folder: Path) -> Path:
    """A library whose newest rows lie in its log, copied while it was open."""
    path = library("Moss")(folder / "app")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("UPDATE Storage SET Value = replace(Value, 'Moss', 'Fern')")
        connection.commit()
        for ending in ("", "-wal"):
            (folder / f"mnemo.db{ending}").write_bytes(Path(f"{path}{ending}").read_bytes())
    return folder / "mnemo.db"


def journal(folder: Path) -> Path:
    """A library in the middle of a change."""
    path = library("Moss")(folder)
    path.with_name("mnemo.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    return path


def made(*statements: str, name: str = "mnemo.db") -> Maker:
    """Makes a database by these statements."""

    def make(folder: Path) -> Path:
        return build_library(folder / name, ddl=statements)

    return make


def lines(*rows: object, header: bytes = HEADER) -> Maker:
    """Makes an archive of JSON Lines: bytes as they stand."""

    def make(folder: Path) -> Path:
        path = folder / "in.jsonl"
        told = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
        path.write_bytes(header + b"".join(row + b"\n" for row in told))
        return path

    return make


def line(key: str = "n", **more: object) -> dict[str, object]:
    """A note as a line."""
    return {"kind": "note", "key": key, "title": "Moss", "blocks": [], **more}


_ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
_PATHOLOGICAL = {
    "emphasis": "*a **a " * 5000,
    "brackets": "[" * 20_000,
    "links": "[a](" * 10_000,
    "back-ticks": "".join("`" * (at % 300) + "x" for at in range(1000)),
    "lists": "- " * 2_000,
    "html": "<!--" * 5_000,
    "entities": "&" * 50_000,
    "underscores": "_" * 50_000,
    "pipes": "|" * 5_000 + "\n" + "|-" * 5_000 + "|",
}
_FRONT = {
    "unterminated": "---\ntitle: x\n\ntext",
    "a rule": "---\n\ntext",
    "dots": "---\ntitle: x\n...\ntext",
    "tabs": "---\ntitle:\tx\n\tb: c\n---\ntext",
    "a list": "---\n- a\n- b\n---\ntext",
    "empty": "---\n---\ntext",
    "only comments": "---\n# no\n---\ntext",
    "null": "---\ntitle:\ntags:\n---\ntext",
    "TOML": '+++\ntitle = "x"\n+++\ntext',
    "Python object": "---\na: !!python/object/apply:os.system ['touch /tmp/hostile']\n---\ntext",
    "custom tag": "---\na: !mine x\n---\ntext",
    "a circle": "---\na: &a [*a]\n---\ntext",
    "the same twice": "---\na: 1\na: 2\n---\ntext",
    "odd values": "---\na: no\nb: 017\nc: 12:30:45\nd: 2024-01-02\ne: 1_000\nf: [[x]]\n1: y\n---\ntext",
    "parser error": "---\na: [[Note A]], b\n---\ntext",
}
_TEXTS = {
    "byte-order mark": b"\xef\xbb\xbf# A",
    "UTF-16": "# A\nä".encode("utf-16"),
    "Latin-1": b"caf\xe9 and more",
    "GBK": "图书馆".encode("gbk"),
    "no encoding": bytes(range(128, 256)),
    "NUL": b"a\0b",
    "line ends": b"a\r\nb\rc\nd\xe2\x80\xa8e",
}
_NAMES = {
    "only an ending": ".md",
    "two dots": "..md",
    "a blank": " .md",
    "emoji": "🎉.md",
    "long": "n" * 251 + ".md",
    "dots": "a.b.md",
    "upper case": "N.MD",
}
_ODD_LINKS = (
    "[[a]] [[ ]] [[a]]] [[a#h1#h2]] [[a#^id]] ![[n]] [[n]] [x](../../../../etc/passwd) "
    "![](file:///etc/passwd) ![](/etc/passwd) [y](javascript:alert(1))"
)
_ENDLESS = (
    "CREATE VIEW Storage AS WITH RECURSIVE r(Key, Value) AS "
    "(SELECT 'note_1', 'x' UNION ALL SELECT Key, Value FROM r) SELECT * FROM r"
)

_FOLDERS: list[Case] = [
    *(Case("D01" if what != "line ends" else "D02", what, note(data), notes=1) for what, data in _TEXTS.items()),
    *(Case("D03", what, note(text), notes=1) for what, text in _FRONT.items()),
    Case("D05", "aliases of aliases", note(f"---\n{_ALIASES}---\ntext"), notes=1),
    Case("D05", "10 MB of front matter", note("---\na: " + "x" * 10_000_000 + "\n---\ntext"), notes=1),
    Case("D08", "odd links", note(_ODD_LINKS), notes=1),
    Case(
        "D09",
        "by case and form",
        vault({"A.md": "1", "b/a.md": "2", "é.md": "3", "e\u0301.md": "4", "n.md": "[[a]] [[É]]"}),
        notes=5,
    ),
    Case("D12", "circle of embeds", vault({"a.md": "![[b]]", "b.md": "![[a]]", "c.md": "![[c]]"}), notes=3),
    Case("D14", "unclosed fence", note("```\n" + "x" * 1_000_000), notes=1),
    *(Case("D17", what, note(text), notes=1) for what, text in _PATHOLOGICAL.items()),
    Case("D17", "quotes", note(">" * 5_000), notes=1),
    Case(
        "D18",
        "scripts",
        note("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1))"),
        notes=1,
    ),
    Case("D19", "links that leave the folder", links, codes=("symlink-skipped",), notes=1),
    Case(
        "D20",
        "folders of applications",
        vault({"n.md": "x", ".obsidian/a.json": "{", ".git/HEAD": "x", ".trash/o.md": "x"}),
        codes=("junk-skipped",),
        notes=1,
    ),
    *(Case("D21", what, vault({name: "text"})) for what, name in _NAMES.items()),
    Case(
        "D22",
        "a limit on files",
        vault({f"{at}.md": "x" for at in range(20)}),
        LIMITED,
        text="files",
        options=("--limits", "files=10"),
    ),
    Case(
        "D22",
        "a limit on one note",
        note("x" * 70_000),
        FOUND,
        notes=0,
        codes=("item-unreadable",),
        options=("--limits", "note_bytes=50K"),
    ),
    Case("D23", "pipe, socket, dead link", special, codes=("file-skipped", "symlink-skipped"), notes=1),
    Case("A13", "folders in folders", vault({"d/" * 150 + "n.md": "x"}), LIMITED, text="depth"),
]
_FILES: list[Case] = [
    Case(
        "E01",
        "text",
        changed(library("Moss"), lambda _: b"Dear diary, this is no database at all"),
        REFUSED,
        text="not an SQLite database",
    ),
    Case("E01", "header only", changed(library("Moss"), lambda data: data[:100]), REFUSED, text="malformed"),
    Case(
        "E01",
        "random bytes",
        changed(library("Moss"), lambda _: bytes((at * 151 + 7) % 256 for at in range(8192))),
        REFUSED,
        text="encrypted",
    ),
    Case("E01", "nothing", changed(library("Moss"), lambda _: b""), notes=0),
    Case(
        "E02",
        "without its end",
        changed(library(*map(str, range(50))), lambda data: data[:-777]),
        REFUSED,
        text="damaged",
    ),
    Case(
        "E02",
        "a page overwritten",
        changed(library(*map(str, range(50))), lambda data: data[:8192] + b"\xff" * 4096 + data[12288:]),
        REFUSED,
        text="damaged",
    ),
    Case("E03", "rows in the log", logged, notes=1),
    Case("E03", "a hot journal", journal, REFUSED, text="middle of a change"),
    Case("E05", "no Storage", made("CREATE TABLE Foo (A)", name="mnemo.db"), notes=0),
    Case(
        "E05",
        "renamed columns",
        made("CREATE TABLE Storage (K, V)", *DDL[1:]),
        REFUSED,
        text="no columns Key and Value",
    ),
    Case(
        "E06",
        "a view",
        made("CREATE TABLE T (Key, Value)", "CREATE VIEW Storage AS SELECT * FROM T", *DDL[1:]),
        REFUSED,
        text="is a view",
    ),
    Case(
        "E06",
        "triggers",
        library("Moss", after=("CREATE TRIGGER t AFTER UPDATE ON Storage BEGIN DELETE FROM Storage; END",)),
        notes=1,
    ),
    Case("E07", "endless", made(_ENDLESS, *DDL[1:]), REFUSED, text="is a view"),
    Case(
        "E08",
        "no UTF-8",
        library("Moss", rows={"note_n0": json.dumps(note_row("n0", "caf@")).encode().replace(b"@", b"\xe9")}),
        codes=("invalid-utf8", "row-not-text"),
        notes=1,
    ),
    Case("E11", "no JSON", library("Moss", "Fern", rows={"note_n1": "{oops"}), FOUND, notes=1),
    Case("E11", "JSON of another type", library("Moss", "Fern", rows={"note_n1": "[1]"}), FOUND, notes=1),
    Case("E11", "keys by case", library("Moss", rows={"NOTE_N0": "{}"}), notes=1),
    Case(
        "E16", "circle of notes", library("Moss", rows={"note_n0": note_row("n0", "Moss", ParentNoteId="n0")}), notes=1
    ),
    Case(
        "E17",
        "another product",
        made("CREATE TABLE notes (id, text)", "PRAGMA user_version=7", "PRAGMA application_id=42", name="other.db"),
        REFUSED,
        text="no format that is known",
    ),
    Case("B20", "a line that is no JSON", lines(line(), b"{oops"), FOUND, codes=("line-unreadable",), notes=1),
    Case(
        "B20",
        "a line that is too deep",
        lines(line(), b'{"kind":"note","key":"d","blocks":' + b"[" * _DEEP + b"]" * _DEEP + b"}"),
        FOUND,
        notes=1,
    ),
    Case(
        "A02",
        "a line that is cut",
        changed(lines(line(), line("m")), lambda data: data[:-20]),
        FOUND,
        codes=("line-unreadable",),
        notes=1,
    ),
    Case("A01", "no header", lines(line(), header=b""), REFUSED, text="no format that is known"),
    Case(
        "B04", "a newer schema of lines", lines(line(), header=HEADER.replace(b"-1", b"-2")), REFUSED, text="version 2"
    ),
    Case("B11", "two lines of one key", lines(line(), line()), codes=("duplicate-id",), notes=2),
]

CASES = [replace(case, to="out.mnemo") for case in _FOLDERS] + _FILES
