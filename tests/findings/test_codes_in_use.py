"""Every code that the program can raise is in the table: read from its source, so that no path need be run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from converter.findings.codes import CODES

PACKAGE = Path(__file__).parents[2] / "converter"
_COLLECTORS = {"_add", "loss", "complain", "_finding"}
"""Functions whose first argument is a code."""


def raised(tree: ast.AST) -> Iterator[str]:
    """The codes that calls in a module name: in a finding, a rule of a profile, or a collector of findings."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        candidates: list[ast.expr] = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        if name == "Rule":
            candidates += call.args[1:2]
        elif name in _COLLECTORS or (name == "add" and _is_collector(call.func)):
            candidates += call.args[:1]
        for candidate in candidates:
            if isinstance(candidate, ast.Constant) and isinstance(candidate.value, str) and "-" in candidate.value:
                yield candidate.value


def _is_collector(function: ast.expr) -> bool:
    owner = function.value if isinstance(function, ast.Attribute) else function
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name.strip("_") in ("problems", "losses", "codes")


def test_every_code_in_the_source_is_in_the_table() -> None:
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for code in raised(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(code, str(path.relative_to(PACKAGE)))

    assert len(found) > 20
    assert {code: path for code, path in found.items() if code not in CODES} == {}
