from __future__ import annotations

import subprocess
import sys

import pytest

from converter import __version__
from tests.cli.conftest import ROOT, environment

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
import sys
sys.argv[1:] = {args!r}
from converter.__main__ import main
try:
    main()
finally:
    names = [name for name in {heavy!r} if name in sys.modules]
    print(",".join(names), file=sys.stderr)
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
