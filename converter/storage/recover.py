"""What becomes of a change that a killed run had begun and not ended."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from converter.errors import TargetError
from converter.storage.journal import read_journal, remove_journal
from converter.storage.moves import Mover

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["roll"]


def roll(room: Path, final: Path) -> list[str]:
    """Complete the change that the journal in a room tells of; take it back where staged files are missing.

    Nothing that changed since is destroyed: it is kept as a backup. Gives sentences that say what was done. Raises
    TargetError when the journal cannot be read, or when what it is about is gone.
    """
    journal = read_journal(room, final)
    inside = bool(journal.folders) or any(b"/" in move.place for move in journal.moves)
    if inside and not final.is_dir():
        hint = f"Put {final} back where it was, or remove {room} when you do not need it any more."
        raise TargetError(f"{final} was in the middle of a change, and is gone.", hint=hint)
    mover = Mover(room, final, journal)
    lost = mover.has_lost()
    if lost:
        mover.back()
        told = [f"Took back the change to {final} that it had begun: what was to stand at {lost[0]} is missing."]
    else:
        mover.forward(strict=False)
        told = [f"Completed the change to {final} that it had begun."]
    remove_journal(room)
    asides = {os.fsdecode(move.aside.partition(b"/")[0]) for move in journal.moves if move.aside}
    kept = [backup for backup in (final.with_name(name) for name in sorted(asides)) if os.path.lexists(backup)]
    told += [f"What it replaced is kept in {backup}." for backup in kept]
    told += [f"What had changed meanwhile is kept as {path}." for path in mover.kept]
    return told
