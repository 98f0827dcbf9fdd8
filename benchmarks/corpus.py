"""A vault of our own making, the same bytes for the same seed and number of notes.

python -m benchmarks.corpus FOLDER [--notes 1000] [--seed 1]
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.blocks import Writer
from benchmarks.making import made_by_command
from benchmarks.outline import Outline, outline
from benchmarks.pictures import png

if TYPE_CHECKING:
    from collections.abc import Sequence

_PICTURES: Final = "attachments"
_NOTES_A_PICTURE: Final = 25
_BLOCKS_A_SECTION: Final = (2, 3, 3, 4)


def make_vault(folder: Path, notes: int, seed: int) -> None:
    """Write a vault into a folder that does not exist yet."""
    folder.mkdir(parents=True)
    pictures = _make_pictures(folder / _PICTURES, notes, seed)
    outlines = [outline(seed, number) for number in range(notes)]
    for note in outlines:
        writer = Writer(random.Random(f"{seed}:{notes}:{note.number}:text"), outlines, pictures)
        path = folder / f"{note.path}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_text(note, writer).encode())
        # Times of files reach the target, so they belong to what is the same for the same seed.
        os.utime(path, (note.created.timestamp(),) * 2)


def _make_pictures(folder: Path, notes: int, seed: int) -> Sequence[str]:
    folder.mkdir()
    names = [f"picture-{number}.png" for number in range(max(1, notes // _NOTES_A_PICTURE))]
    for name in names:
        (folder / name).write_bytes(png(random.Random(f"{seed}:{name}")))
    return names


def _text(note: Outline, writer: Writer) -> str:
    """A whole note: front matter, its title, an opening, and a section under each heading."""
    chance = writer.chance
    parts = [_front_matter(note), f"# {note.title}", _opening(note, writer)]
    for number, heading in enumerate(note.headings):
        level = "###" if number and chance.random() < 0.25 else "##"
        parts.append(f"{level} {heading}")
        parts.extend(writer.any_block() for _ in range(chance.choice(_BLOCKS_A_SECTION)))
    return "\n\n".join(parts) + "\n"


def _front_matter(note: Outline) -> str:
    lines = ["---", f"created: {note.created:%Y-%m-%dT%H:%M:%SZ}", f"tags: [{', '.join(note.tags)}]"]
    lines += [f"aliases: [{', '.join(note.aliases)}]"] if note.aliases else []
    return "\n".join((*lines, "---"))


def _opening(note: Outline, writer: Writer) -> str:
    """The first block, which bears the id that other notes link to: a paragraph, or the last item of a list."""
    if note.anchor is None:
        return writer.paragraph()
    block = writer.paragraph() if note.number % 2 else writer.numbered()
    return f"{block} ^{note.anchor}"


if __name__ == "__main__":
    made_by_command("corpus", "vault", make_vault)
