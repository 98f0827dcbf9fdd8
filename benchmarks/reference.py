"""How many notes a second markdown-it-py parses on one core: by that, numbers of two machines can be compared.

A program of its own: reference.py VAULT says the number, or nothing where that package is not installed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

STANDARD: Final = 600
"""Notes a second on the machine that numbers are told for."""

_MOST: Final = 400


def parsed_a_second(vault: Path) -> float | None:
    """Parse some notes of a vault; None without the package."""
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        return None
    paths = sorted(vault.rglob("*.md"))
    texts = [path.read_text(encoding="utf-8") for path in paths[:: -(-len(paths) // _MOST)]]
    parse = MarkdownIt("commonmark").enable("table").parse
    began = time.perf_counter()
    for text in texts:
        parse(text)
    return len(texts) / (time.perf_counter() - began)


if __name__ == "__main__":
    print(parsed_a_second(Path(sys.argv[1])) or "")
