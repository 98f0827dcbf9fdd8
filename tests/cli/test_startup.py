from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from converter import __version__
from tests.cli.conftest import ROOT, environment
from tests.cli.runner import invoke

HEAVY = (
    "pydantic",
    "jsonschema",
    "tqdm",
    "frontmatter",
    "orjson",
    "msgspec",
    "pyromark",
    "ryaml",
    "sqlite3",
    "tomllib",
    "converter.pipeline",
    "converter.formats",
    "converter.storage",
)
_SAY = """
import atexit, sys
sys.argv[1:] = {args!r}
@atexit.register
def say():
    names = [name for name in {heavy!r} if name in sys.modules]
    print(",".join(names), file=sys.stderr)
from converter.__main__ import main
main()
"""


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["convert", "--help"], ["preview", "--help"]])
def test_nothing_heavy_is_imported(args: list[str]) -> None:
    code = _SAY.format(args=args, heavy=HEAVY)
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )

    assert ended.stderr.strip() == ""


def test_the_module_is_the_same_program() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "converter", "--version"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"mnemo-converter {__version__}\n", "")


LIBRARIES = frozenset(("click", "converter", "msgspec", "orjson", "pyromark", "typing_extensions"))
READS_YAML = frozenset(("ryaml", "cython_runtime"))
"""With front matter to read."""

SELDOM = (
    "tempfile",
    "shutil",
    "zipfile",
    "hashlib",
    "html",
    "zoneinfo",
    "tomllib",
    "difflib",
    "locale",
    "multiprocessing",
    "converter.cli.doctor",
    "converter.cli.explain",
    "converter.findings.published",
    "converter.findings.render_sarif",
    "converter.formats.json",
    "converter.pipeline.apply",
    "converter.pipeline.diff.compare",
    "converter.pipeline.into",
    "converter.pipeline.party",
    "converter.pipeline.processes",
    "converter.pipeline.residue.give_back",
    "converter.pipeline.residue.restore",
    "converter.pipeline.validate",
    "converter.storage.companion",
    "converter.storage.database",
    "converter.storage.recover",
    "converter.storage.salvage",
    "converter.storage.schemas",
    "converter.storage.snapshot",
    "converter.storage.update",
)
"""What a conversion of one note into a new target has no use for."""

_CONVERT = """
import atexit, sys
there = set(sys.modules)
sys.argv[1:] = {args!r}
@atexit.register
def say():
    print(*sorted(set(sys.modules) - there), file=sys.stderr)
from converter.__main__ import main
main()
"""


def imported(folder: Path, *args: str) -> set[str]:
    """The modules that a command imports in this folder."""
    ended = subprocess.run(
        [sys.executable, "-c", _CONVERT.format(args=list(args))],
        cwd=folder,
        env=environment(TZ="UTC"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 1)
    return set(ended.stderr.split())


def libraries(modules: set[str]) -> set[str]:
    """The packages, beside those of Python itself, whose modules these are."""
    tops = {name.partition(".")[0] for name in modules}
    return {name for name in tops - sys.stdlib_module_names if not name.startswith("_")}


def below(modules: set[str], *rooms: str) -> set[str]:
    """Those of the modules that are these, or in them."""
    return {name for name in modules if name.startswith(tuple(room + "." for room in rooms)) or name in rooms}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    made = tmp_path / "Vault"
    made.mkdir()
    (made / "Note.md").write_text("# One\n\nA note with a [[Link]], **bold** and a list.\n\n- a\n- b\n")
    return made


def test_one_note_of_markdown_becomes_siyuan_with_few_modules(vault: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "target")

    report = ("--report", str(tmp_path / "report.json"))
    modules = imported(tmp_path, "convert", str(vault), target, "--from", "markdown", "--to", "siyuan", *report)

    assert libraries(modules) <= LIBRARIES - {"orjson"}
    assert not below(modules, *SELDOM, "converter.formats.mnemo", "converter.text.markdown.render")
    assert not below(modules, "converter.pipeline.lift.documents", "converter.pipeline.lift.legacy")
    assert not below(modules, "converter.formats.siyuan.databases", "converter.formats.siyuan.workspace.judge")


def test_one_note_of_a_package_becomes_markdown_with_few_modules(vault: Path, tmp_path: Path) -> None:
    package = tmp_path / "note.mnemo"
    assert invoke("convert", str(vault), str(package), "--no-residue").code == 0

    modules = imported(
        tmp_path, "convert", str(package), str(tmp_path / "target"), "--from", "mnemo", "--to", "markdown"
    )

    assert libraries(modules) <= LIBRARIES | READS_YAML
    needed = {
        "tempfile",
        "shutil",
        "zipfile",
        "hashlib",
        "html",
        "converter.storage.salvage",
        "converter.storage.snapshot",
    }
    assert not below(modules, *(set(SELDOM) - needed), "converter.formats.siyuan", "converter.formats.mnemo.database")
    assert not below(modules, "converter.formats.mnemo.package.write", "converter.formats.mnemo.package.judge")


def test_detection_imports_only_what_detects(vault: Path, tmp_path: Path) -> None:
    modules = imported(tmp_path, "convert", str(vault), str(tmp_path / "target.jsonl"))

    others = below(modules, "converter.formats.mnemo", "converter.formats.siyuan")
    assert {"converter.formats.mnemo.package.detect", "converter.formats.siyuan.workspace.detect"} <= others
    assert not below(others, "converter.formats.mnemo.read", "converter.formats.siyuan.document")
    assert not below(modules, "pydantic", "jsonschema")
