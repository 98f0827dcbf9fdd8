"""Write what is generated from the code: `docs/codes/`, `docs/pairs.md`, and `schemas/` but for `manifest-1.json`.

Run `python docs/generate.py` after changing the table of codes, a profile or the published models; `--check` only says
what is out of date and exits with 1.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from converter.findings.codes import CODES, SEVERITIES  # noqa: E402 - found by the line above
from converter.findings.published import json_schema  # noqa: E402
from converter.findings.wording import page  # noqa: E402
from converter.formats.json.schema import archive_schema  # noqa: E402
from converter.formats.mnemo.schemas import mnemo_schemas  # noqa: E402
from converter.formats.registry import REGISTRY  # noqa: E402
from converter.formats.siyuan.schema import document_schema  # noqa: E402
from converter.pipeline.pairs import PairRow, pair_table  # noqa: E402

__all__ = ["generated", "out_of_date"]


def generated() -> dict[str, str]:
    """Give the text of every generated file by its path in the project."""
    files = {f"docs/codes/{code.name}.md": page(code) for code in CODES.values()}
    files["docs/codes/README.md"] = _list_of_codes()
    files["docs/pairs.md"] = _pairs()
    files |= {f"schemas/{name}.json": _schema(made) for name, made in _schemas().items()}
    return files


def _schemas() -> dict[str, dict[str, object]]:
    made = {name: json_schema(name) for name in ("lines-1", "plan-1", "report-1")}
    return made | mnemo_schemas() | {"archive-1": archive_schema(), "sy-document-1": document_schema()}


def _schema(made: dict[str, object]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def out_of_date() -> list[str]:
    """Name the files that are not what would be generated, and pages of codes that no longer exist."""
    files = generated()
    stale = [name for name, text in files.items() if _text(ROOT / name) != text]
    left = [f"docs/codes/{path.name}" for path in sorted((ROOT / "docs" / "codes").glob("*.md"))]
    return stale + [name for name in left if name not in files]


def main() -> int:
    """Write the files, or with `--check` compare them."""
    if "--check" in sys.argv[1:]:
        stale = out_of_date()
        sys.stdout.writelines(f"out of date: {name}\n" for name in stale)
        return int(bool(stale))
    files = generated()
    for name in out_of_date():
        text = files.get(name)
        if text is None:
            (ROOT / name).unlink()
        else:
            (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}\n")
    return 0


def _list_of_codes() -> str:
    lines = ["# Codes of findings", "", "Each finding of a report carries one of these codes.", ""]
    for severity in SEVERITIES:
        lines += [f"## {severity}", ""]
        lines += [
            f"- [`{code.name}`]({code.name}.md): {code.template('*{}*')}"
            for code in CODES.values()
            if code.severity == severity
        ]
        lines.append("")
    return "\n".join(lines)


def _pairs() -> str:
    """What becomes of every concept on the way between two formats, from the tables that conversions work from."""
    lines = [
        "# From each format to each other",
        "",
        "`mnemo-converter formats --pair A B` prints the same with every row. What has a code here never happens",
        "without a finding of that code in the report. For packages the tables are those of `--mnemo-target compat`.",
        "",
    ]
    for source in REGISTRY:
        for target in REGISTRY:
            lines += _pair(source.id, target.id)
    return "\n".join(lines)


def _pair(source: str, target: str) -> list[str]:
    rows = pair_table(source, target)
    exact = sorted({row.concept for row in rows if row.outcome == "exact"})
    lines = [f"## {source} → {target}", "", f"Kept as it is: {', '.join(exact)}.", ""]
    others = [row for row in rows if row.outcome != "exact"]
    if others:
        lines += ["| Of | What | Outcome | Code | Why |", "|---|---|---|---|---|", *map(_pair_row, others), ""]
    return lines


def _pair_row(row: PairRow) -> str:
    concept = f"{row.concept} in {row.context}" if row.context else row.concept
    code = f"[`{row.code}`](codes/{row.code}.md)" if row.code else ""
    return f"| {row.kind} | {concept} | {row.outcome} | {code} | {row.sentence} |"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
