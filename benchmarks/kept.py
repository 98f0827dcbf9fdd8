"""The numbers of the last run, kept in the repository: `last.json`, and the tables in README.md."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.rounds import Result

FOLDER: Final = Path(__file__).resolve().parent
_NUMBERS: Final = "last.json"
_README: Final = "README.md"
_MARKS: Final = "<!-- measured, verification {0} -->", "<!-- end of measured, verification {0} -->"


def keep(results: Sequence[Result], command: str, about: dict[str, Any], folder: Path = FOLDER) -> None:
    """Put a run in the place of the one before that verified, or did not, as it did.

    Raises ValueError where the README has no place for it.
    """
    state = "on" if about["verify"] else "off"
    run = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "command": command, **table.as_json(results, **about)}
    numbers, readme = folder / _NUMBERS, folder / _README
    changed = _replaced(readme.read_text(encoding="utf-8"), state, _told(run, results))
    kept = json.loads(numbers.read_bytes()) if numbers.exists() else {}
    kept[f"verification {state}"] = run
    numbers.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    readme.write_text(changed, encoding="utf-8")


def _told(run: dict[str, Any], results: Sequence[Result]) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in run["machine"].items())
    references = ", ".join(
        f"{reference:,.0f}" for reference in dict.fromkeys(result.reference for result in results) if reference
    )
    parser = f"\nmarkdown-it-py parses {references} notes a second." if references else ""
    return f"{run['day']}, {machine}: `{run['command']}`.{parser}\n\n{table.markdown(results)}"


def _replaced(text: str, state: str, told: str) -> str:
    begin, end = (mark.format(state) for mark in _MARKS)
    place = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not place.search(text):
        raise ValueError(f"{_README} has no lines {begin} and {end}")
    return place.sub(lambda _: f"{begin}\n{told}\n{end}", text)
