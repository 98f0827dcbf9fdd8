"""How time grows with the number of notes: both directions at two sizes, side by side in one run.

    python benchmarks/scaling.py [--notes 500 --notes 5000] [--rounds 3]

The corpus is made here, the same for the same seed. Times are medians of whole conversions, verification included, in
one process; a ratio of times near the ratio of sizes is linear growth.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from converter import Options, convert

WORDS = ["river", "note", "graph", "index", "moon", "tide", "folder", "margin", "proof", "vector", "garden", "bridge"]


def sentence(chance: random.Random, notes: int) -> str:
    """A sentence with marks, links and a formula here and there."""
    words = [chance.choice(WORDS) for _ in range(chance.randrange(8, 20))]
    words[1] = f"**{words[1]}**"
    words[3] = f"[[Note {chance.randrange(notes)}]]"
    if chance.random() < 0.2:
        words[5] = "$x^2$"
    return " ".join(words) + "."


def body(chance: random.Random, notes: int) -> str:
    """A note of a few kilobytes: headings, paragraphs, lists, a table, code."""
    parts = [f"# {chance.choice(WORDS).title()}"]
    for _ in range(chance.randrange(4, 12)):
        parts.append(sentence(chance, notes))
        parts.append("\n".join(f"- {sentence(chance, notes)}" for _ in range(3)))
    parts.append("| a | b |\n|---|---|\n| 1 | 2 |")
    parts.append("```py\nprint(1)\n```")
    return "\n\n".join(parts) + "\n"


def make_vault(folder: Path, notes: int, seed: int = 1) -> Path:
    """A vault of that many notes in folders of a hundred."""
    for number in range(notes):
        place = folder / f"Folder {number // 100}"
        place.mkdir(parents=True, exist_ok=True)
        text = body(random.Random(f"{seed}:{number}"), notes)
        (place / f"Note {number}.md").write_text(text, encoding="utf-8")
    return folder


def seconds(source: Path, target: Path, kind: str) -> float:
    """One whole conversion."""
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    began = time.perf_counter()
    with convert(Options(source=str(source), target=str(target), target_format=kind)) as report:
        if report.fault is not None:
            raise SystemExit(report.fault.message)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print one line for each direction and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        first: dict[str, float] = {}
        for notes in given.notes or [500, 5000]:
            root = Path(folder) / str(notes)
            vault = make_vault(root / "vault", notes)
            for name, source, target, kind in (
                ("markdown→mnemo", vault, root / "out.mnemo", "mnemo"),
                ("mnemo→markdown", root / "out.mnemo", root / "out", "markdown"),
            ):
                took = statistics.median(seconds(source, target, kind) for _ in range(given.rounds))
                growth = took / first.setdefault(name, took)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(
                    f"{name:16} {notes:6} notes  {took:7.2f} s  {notes / took:6.0f} notes/s  x{growth:.1f}  {peak} MB"
                )


if __name__ == "__main__":
    main()
