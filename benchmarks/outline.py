"""What a generated note is called, where it lies and what others may link to, known before any text is made."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.words import AREAS, NOUNS, TOPICS, phrase

_FIRST_DAY: Final = datetime(2019, 1, 1, tzinfo=UTC)
_MINUTES: Final = 6 * 365 * 24 * 60
_NOTES_A_FOLDER: Final = 25


@dataclass(frozen=True, slots=True)
class Outline:
    """One note: its place, its headings, the id of one block if it has one, and its front matter."""

    number: int
    title: str
    folder: str
    headings: tuple[str, ...]
    anchor: str | None
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    created: datetime

    @property
    def path(self) -> str:
        """The path in the vault, without its suffix."""
        return f"{self.folder}/{self.title}" if self.folder else self.title


def outline(seed: int, number: int) -> Outline:
    """The same note for the same seed and number, however many others there are."""
    chance = random.Random(f"{seed}:{number}:outline")
    return Outline(
        number=number,
        title=f"{phrase(chance).capitalize()} {number}",
        folder=_folder(chance, number),
        headings=tuple(f"{phrase(chance).capitalize()} {part}" for part in "abcd"[: chance.choice((2, 3, 3, 4))]),
        anchor=f"line-{number}" if number % 3 == 0 else None,
        aliases=(f"{phrase(chance)} alias {number}",) if chance.random() < 0.2 else (),
        tags=tuple(sorted({chance.choice(NOUNS) for _ in range(chance.randrange(1, 4))})),
        created=_FIRST_DAY + timedelta(minutes=chance.randrange(_MINUTES)),
    )


def _folder(chance: random.Random, number: int) -> str:
    """A folder up to three deep; the tree grows with the vault, not its folders."""
    leaf = number // _NOTES_A_FOLDER
    topics, part = divmod(leaf, len(AREAS))
    steps = (AREAS[part], TOPICS[topics % len(TOPICS)], f"Part {topics // len(TOPICS) + 1}")
    return "/".join(steps[: chance.choices((0, 1, 2, 3), (1, 6, 20, 73))[0]])
