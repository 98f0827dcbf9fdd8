"""Which fixture or test raises each code: read from the cases' own records, and from the tests named here."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ELSEWHERE: dict[str, str] = {
    "app-loses": "tests/siyuan/test_verdicts.py",
    "app-refuses": "tests/siyuan/test_verdicts.py",
    "app-repairs": "tests/siyuan/test_verdicts.py",
    "name-not-portable": "tests/pipeline/test_validate.py",
    "schema-mismatch": "tests/mnemo/test_misfits.py",
    "source-refused": "tests/pipeline/test_validate.py",
    "duplicated": "tests/into/test_policies.py",
    "kept-existing": "tests/into/test_policies.py",
    "overwritten": "tests/into/test_policies.py",
    "residue-edited": "tests/residue/test_edits.py",
    "residue-hidden": "tests/residue/test_edits.py",
    "residue-unused": "tests/residue/test_attacks.py",
    "duplicate-id": "tests/pipeline/test_run.py",
    "file-skipped": "tests/pipeline/test_odd_sources.py",
    "guide-notebook": "tests/siyuan/test_index.py",
    "item-differs": "tests/diff/test_diff.py",
    "index-entry-missing": "tests/mnemo/test_library_read.py",
    "index-unreadable": "tests/mnemo/test_library_read.py",
    "row-key-differs": "tests/mnemo/test_library_read.py",
    "row-not-text": "tests/mnemo/test_library_read.py",
    "row-orphan": "tests/mnemo/test_library_read.py",
    "schema-object-skipped": "tests/mnemo/test_library_read.py",
    "secret-left-out": "tests/mnemo/test_library_read.py",
    "spelled-as-package": "tests/mnemo/test_library_read.py",
    "trash-left-out": "tests/mnemo/test_library_read.py",
    "link-left-selection": "tests/pipeline/test_run.py",
    "invalid-utf8": "tests/pipeline/test_odd_sources.py",
    "archive-salvaged": "tests/hostile/test_salvage.py",
    "database-missing": "tests/hostile/workspaces.py",
    "database-salvaged": "tests/hostile/test_salvaged_databases.py",
    "header-missing": "tests/hostile/test_salvage.py",
    "manifest-rebuilt": "tests/hostile/test_salvage.py",
    "member-duplicate": "tests/storage/test_zip_read.py",
    "member-unsafe": "tests/storage/test_zip_refused.py",
    "asset-mismatch": "tests/pipeline/test_odd_sources.py",
    "manifest-empty": "tests/pipeline/test_odd_sources.py",
    "manifest-incomplete": "tests/pipeline/test_odd_sources.py",
    "member-damaged": "tests/storage/test_zip_read.py",
    "member-name-guessed": "tests/pipeline/test_odd_sources.py",
    "member-refused": "tests/pipeline/test_odd_sources.py",
    "member-renamed": "tests/hostile/archives.py",
    "member-skipped": "tests/pipeline/test_odd_sources.py",
    "memo-as-footnote": "tests/model/test_kinds.py",
    "nesting-deep": "tests/pipeline/test_odd_sources.py",
    "only-in-a": "tests/diff/test_diff.py",
    "only-in-b": "tests/diff/test_diff.py",
    "package-has-junk": "tests/pipeline/test_odd_sources.py",
    "payload-unreadable": "tests/pipeline/test_odd_sources.py",
    "query-as-code": "tests/model/test_kinds.py",
    "reference-to-failed": "tests/pipeline/test_odd_sources.py",
    "symlink-skipped": "tests/pipeline/test_odd_sources.py",
    "table-as-html": "tests/model/test_kinds.py",
    "text-dropped": "tests/mnemo/test_blocks.py",
    "view-as-table": "tests/model/test_kinds.py",
}
"""Code to the test file that sees it raised, for codes that no case in `fixtures/cases` raises."""


def raised_by_cases() -> dict[str, str]:
    """Code to the first case whose record holds it; `tests/pipeline/test_cases.py` proves the records."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "fixtures" / "cases").glob("*/codes.json")):
        for code in json.loads(path.read_text(encoding="utf-8")):
            found.setdefault(code, str(path.relative_to(ROOT)))
    return found


RAISED_BY = ELSEWHERE | raised_by_cases()
"""Code to the file, relative to the project, that converts something and sees the code in the report."""
