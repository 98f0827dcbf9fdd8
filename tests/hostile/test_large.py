"""Honest sources with one item that is large: files stream, a note costs a known multiple of its size."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.blocks import Writer
from benchmarks.outline import outline
from tests.hostile.bounded import MEGABYTE, bounded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its address space")

ASSET = 300 * MEGABYTE
LITTLE = 200 * MEGABYTE
"""Less than the file, and hardly more than the program itself."""
NOTE = 5_000_000


def vault_with_file(folder: Path) -> Path:
    folder.mkdir()
    (folder / "Note.md").write_text("# Note\n\n[[large.zip]]\n", encoding="utf-8")
    with (folder / "large.zip").open("wb") as file:
        file.truncate(ASSET)
    return folder


def converted(source: Path, target: Path, *options: str, memory: int = LITTLE) -> dict[str, Any]:
    report = bounded("convert", str(source), str(target), *options, memory=memory, seconds=280)
    assert report["exit_code"] in {0, 1}, report
    return report


def text_of(size: int) -> str:
    """Text of blocks of all kinds."""
    writer = Writer(random.Random("large"), [outline(1, 0)], ())  # noqa: S311 - the same text each time
    parts = ["# Large"]
    while size > 0:
        parts.append(writer.any_block())
        size -= len(parts[-1].encode()) + 2
    return "\n\n".join(parts) + "\n"


@pytest.mark.slow
def test_a_large_file_passes_in_pieces(tmp_path: Path) -> None:
    vault, workspace, package = vault_with_file(tmp_path / "vault"), tmp_path / "workspace", tmp_path / "notes.mnemo"
    for report in (
        converted(vault, workspace, "--to", "siyuan"),
        converted(workspace, package, "--to", "mnemo", "--no-verify"),
    ):
        assert report["counts"]["assets"]["read"] == report["counts"]["assets"]["written"] == 1
    back = tmp_path / "back"
    back.mkdir()
    (back / "Other.md").write_text("other\n", encoding="utf-8")
    report = bounded("convert", str(package), "--into", str(back), "--to", "markdown", memory=LITTLE, seconds=280)
    assert report["exit_code"] in {0, 1}
    assert [path.stat().st_size for path in back.rglob("large.zip")] == [ASSET]


@pytest.mark.slow
def test_a_large_note_takes_a_known_multiple_of_its_size(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "Large.md").write_text(text_of(NOTE), encoding="utf-8")
    report = converted(vault, tmp_path / "workspace", "--to", "siyuan", "--jobs", "1", memory=100 * NOTE)
    assert report["counts"]["notes"]["written"] == 1


def test_a_note_may_grow_beyond_the_limit_on_its_way(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    text = text_of(3_000)
    (vault / "Note.md").write_text(text, encoding="utf-8")
    limit = f"note_bytes={len(text.encode())}"
    report = converted(vault, tmp_path / "workspace", "--to", "siyuan", "--limits", limit, memory=2 * LITTLE)
    assert report["counts"]["notes"]["written"] == 1
    assert report["verify"]["status"] == "passed"
    (document,) = (tmp_path / "workspace" / "data").glob("*/*.sy")
    assert document.stat().st_size > len(text.encode())
