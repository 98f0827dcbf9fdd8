from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from converter.errors import InternalFaultError
from converter.findings.codes import (
    CODES,
    OUTCOMES,
    SEVERITIES,
    Code,
    code_of,
    comparisons,
    containers,
    fallbacks,
    libraries,
    losses,
    merges,
    reading,
    residues,
    verdicts,
    workspaces,
)
from converter.findings.codes import structure as structure_codes
from tests.findings.raised_by import RAISED_BY

ROOT = Path(__file__).parents[2]
TABLES = (
    comparisons,
    containers,
    fallbacks,
    libraries,
    losses,
    merges,
    reading,
    residues,
    structure_codes,
    verdicts,
    workspaces,
)
DETAILS = {
    "what",
    "code",
    "schema",
    "became",
    "encoding",
    "why",
    "id",
    "member",
    "value",
    "expected",
    "type",
    "kind",
    "text",
    "levels",
    "size",
    "listed",
    "counted",
    "version",
    "known",
}
"""The names that details have: one name for one thing, whichever reader reports it."""

each_code = pytest.mark.parametrize("code", CODES.values(), ids=list(CODES))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_code_stands_in_two_tables() -> None:
    names = [code.name for table in TABLES for code in table.CODES]

    assert sorted(names) == list(CODES)


@each_code
def test_an_entry_is_complete(code: Code) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code.name)
    assert code.severity in SEVERITIES
    assert code.outcome in OUTCOMES
    assert set(code.placeholders) <= DETAILS
    assert code.required == ()
    for text in (code.message, code.why, code.fix):
        assert text[0].isupper() or text[0] == "`"
        assert text.endswith(".")


@each_code
def test_a_message_reads_well_with_and_without_details(code: Code) -> None:
    full = code.render((name, "x") for name in code.placeholders)

    for text in (code.render(), full):
        assert not re.search(r"[\[\]{}]|  | ,|,\.|…", text)


@each_code
def test_a_failure_or_loss_is_an_error(code: Code) -> None:
    serious = code.outcome in ("failed", "lost") and code.name not in ("order-lost", "app-state-lost")

    told = code.name in comparisons.COMPARISONS or code.name in ("app-refuses", "source-refused")
    assert (code.severity == "error") == (serious or told)


def test_details_fill_the_message() -> None:
    code = code_of("name-changed")

    assert code.render((("what", "a:b"), ("became", "a b"))) == (
        "The name a:b cannot be a name in the target and became a b."
    )
    assert code.render((("what", "{became} [x]"),)) == "The name {became} [x] cannot be a name in the target."
    assert code.template() == "The name <what> cannot be a name in the target and became <became>."


def test_a_required_detail_that_is_missing_shows() -> None:
    code = Code("x", "info", "none", "Of {what}.", "Why.", "Fix.")

    assert code.required == ("what",)
    assert code.render() == "Of …."


def test_an_unknown_code_is_an_error_of_ours() -> None:
    with pytest.raises(InternalFaultError, match="no-such-code"):
        code_of("no-such-code")


def test_generated_files_are_up_to_date(generate: ModuleType) -> None:
    assert generate.out_of_date() == []


@each_code
def test_each_code_has_a_page(code: Code) -> None:
    text = (ROOT / "docs" / "codes" / f"{code.name}.md").read_text(encoding="utf-8")

    assert text.startswith(f"# {code.name}\n")
    assert code.why in text
    assert code.fix in text


def test_each_code_has_a_fixture() -> None:
    assert sorted(RAISED_BY) == list(CODES)


def test_each_fixture_names_its_code() -> None:
    for code, path in RAISED_BY.items():
        assert code in (ROOT / path).read_text(encoding="utf-8")
