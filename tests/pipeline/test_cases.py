"""Every folder of fixtures/cases: what a conversion makes of an input, and what it reports.

A case holds `input/` (a vault or a workspace), `input.jsonl` (an archive), `package.json` (a package, see
`tests.support.build_package`) or `library.json` (rows and files of a library), `options.json` where it needs options
(`input` there names the case whose input it shares), `expected/` (a vault), `expected.jsonl` (an archive) or
`expected.json` (a package, a library or a workspace, in short), and `codes.json`: code → places.
`RECORD_CASES=1` writes what came out; that run fails, so that a recording never passes unseen.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert
from tests.mnemo.library import build_library, stored_rows
from tests.siyuan.short import short_workspace
from tests.siyuan.structure import dangling_references, workspace_faults
from tests.support import FIXTURES, archive_lines, build_package, package_rows, tree_texts

CASES = sorted(path.name for path in (FIXTURES / "cases").iterdir() if path.is_dir())
RECORD = bool(os.environ.get("RECORD_CASES"))


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, tmp_path: Path) -> None:
    case = FIXTURES / "cases" / name
    options: dict[str, Any] = {}
    if (case / "options.json").exists():
        options = json.loads((case / "options.json").read_text(encoding="utf-8"))
    source = case_source(FIXTURES / "cases" / options.pop("input", name), tmp_path)
    to = options.pop("to", "markdown" if source.is_file() else "mnemo")
    target = tmp_path / ("out.mnemo" if to == "mnemo" else "out")
    options = {"residue": False} | options | {"target_format": to}

    with convert(Options(source=str(source), target=str(target), timezone="UTC", **options)) as report:
        assert report.fault is None, report.fault
        assert report.verification.status == "passed"
        codes = {finding.code: 0 for finding in report.spool}
        for finding in report.spool:
            codes[finding.code] += finding.count

    if to == "siyuan":
        _check_soundness(source, target)
    outcome: Any = SHORT[to](target)
    if RECORD:
        _record(case, outcome, codes, target)
        pytest.fail("recorded; look at what was recorded and run again")
    assert outcome == _expected(case)
    assert codes == json.loads((case / "codes.json").read_text(encoding="utf-8"))


def _check_soundness(source: Path, target: Path) -> None:
    """SiYuan must open what we write without a repair; what passes through unread is as the source has it."""
    data = target / "data"
    if not (source / "data").is_dir():
        assert workspace_faults(data) == []
        assert dangling_references(data) == []
        return
    assert set(workspace_faults(data, canonical=False)) <= set(workspace_faults(source / "data", canonical=False))


def _expected(case: Path) -> Any:
    if (case / "expected").is_dir():
        return tree_texts(case / "expected")
    if (case / "expected.jsonl").exists():
        return archive_lines(case / "expected.jsonl")
    return json.loads((case / "expected.json").read_text(encoding="utf-8"))


def case_source(case: Path, tmp_path: Path) -> Path:
    """The input of a case, in a place of its own."""
    if (case / "input").is_dir():
        copy = Path(shutil.copytree(case / "input", tmp_path / "input"))
        for entry in copy.rglob("*"):
            os.utime(entry, (1_767_225_600, 1_767_225_600))
        return copy
    if (case / "input.jsonl").exists():
        return Path(shutil.copy(case / "input.jsonl", tmp_path / f"{case.name}.jsonl"))
    if (case / "library.json").exists():
        return _library(json.loads((case / "library.json").read_text(encoding="utf-8")), tmp_path / case.name)
    description = json.loads((case / "package.json").read_text(encoding="utf-8"))
    return build_package(tmp_path / f"{case.name}.mnemo", description)


def _library(description: dict[str, Any], place: Path) -> Path:
    path = build_library(place / "mnemo.db", description["rows"])
    for name, data in description["files"].items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(base64.b64decode(data))
    return path


def _record(case: Path, outcome: Any, codes: dict[str, int], target: Path) -> None:
    if target.is_dir() and isinstance(outcome, dict) and not (target / "data").is_dir() and "rows" not in outcome:
        shutil.rmtree(case / "expected", ignore_errors=True)
        shutil.copytree(target, case / "expected", ignore=shutil.ignore_patterns(".converter"))
    elif isinstance(outcome, list) and outcome and isinstance(outcome[0], str):
        (case / "expected.jsonl").write_text("".join(f"{line}\n" for line in outcome), encoding="utf-8")
    else:
        text = json.dumps(outcome, indent=1, ensure_ascii=False) + "\n"
        (case / "expected.json").write_text(text, encoding="utf-8")
    (case / "codes.json").write_text(json.dumps(codes, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _short_notes(package: Path) -> list[Any]:
    """The notes of a package in a form that people can read: a block is its type, its text, and what is special."""
    return [_short_note(json.loads(row)) for row in package_rows(package)]


def _short_note(note: dict[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in note.items() if name != "blocks" and value not in (None, "", [], False)}
    return facts | {"blocks": [_short_block(block) for block in note["blocks"] or []]}


def _short_block(block: dict[str, Any]) -> list[Any]:
    short: list[Any] = [block["type"], [_short_span(span) for span in block["spans"]]]
    payload = {name: value for name, value in block["payload"].items() if name != "kind" or value != "empty"}
    short += [extra for extra in (payload, block["meta"]) if extra]
    if block.get("children"):
        short.append([_short_block(child) for child in block["children"]])
    return short


def _short_span(span: dict[str, Any]) -> Any:
    marks = {name: value for name, value in span["style"].items() if value}
    rest = {name: value for name, value in span.items() if name not in ("kind", "style")}
    if span["kind"] == "text" and not marks:
        return span["text"]
    return rest | marks if span["kind"] == "text" else {span["kind"]: list(rest.values())} | marks


def _visible_texts(tree: Path) -> dict[str, str]:
    """The files of a vault without residue, which holds databases as the library at hand writes them."""
    return {name: text for name, text in tree_texts(tree).items() if not name.startswith(".converter/")}


def _rows_and_files(folder: Path) -> dict[str, Any]:
    """The rows of a library, of residue only that it is there, and the files beside it."""
    rows = stored_rows(folder / "mnemo.db")
    shown = {key: "…" if key.startswith("converter.") else value for key, value in rows.items()}
    files = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return {"rows": shown, "files": files}


SHORT: dict[str, Callable[[Path], Any]] = {
    "json": archive_lines,
    "markdown": _visible_texts,
    "mnemo": _short_notes,
    "mnemo-db": _rows_and_files,
    "siyuan": short_workspace,
}
