"""Files on their way: each read to its end, and copied to its places in the target."""

from __future__ import annotations

from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from converter.errors import ItemError
from converter.formats.front import Target
from converter.pipeline.residue.recorder import Recorder
from converter.pipeline.session import Session
from converter.pipeline.verify import Written
from converter.pipeline.work import unreadable
from converter.storage.digest import copy_digest

if TYPE_CHECKING:
    from converter.pipeline.into.merge import Merge

__all__ = ["copy_files"]

_HELD = 8 << 20
"""Bytes of one file that are held in memory while it passes; more goes to a temporary file beside the target."""


def copy_files(
    session: Session, written: Written, recorder: Recorder | None, merge: Merge | None, target: Target | None
) -> None:
    """Copy every file that the plan gives a place, and count how each ended; without a target only look at them."""
    session.progress.stage("Copying files", len(session.catalog.assets))
    for key, entry in session.catalog.assets.items():
        end = entry.end
        if not end:
            end = entry.way if _copy(session, written, merge, key, entry.paths, target) else "failed"
            if recorder is not None and end != "failed":
                recorder.asset(key, entry)
        session.report.tally.end("assets", end)
        session.progress.advance(key)
    for key, path in merge.copies.pictures() if merge is not None else ():
        _copy(session, written, merge, key, (path,), target)


def _copy(
    session: Session,
    written: Written,
    merge: Merge | None,
    key: str,
    paths: tuple[str, ...],
    target: Target | None,
) -> bool:
    """Copy one file to these places; it is read to its end before a byte of it reaches the target."""
    from tempfile import SpooledTemporaryFile

    root = session.pair.parameter("asset_root")
    stamps = session.restorer.stamps if session.restorer is not None else {}
    room = str(Path(session.options.target).parent) if target is not None else None
    with SpooledTemporaryFile(max_size=_HELD, dir=room) as held:
        try:
            with _opened(session, merge, key) as stream:
                _, found = copy_digest(stream, held)
        except ItemError as error:
            session.add(unreadable(f"assets/{key}", error))
            return False
        stamp = session.catalog.assets[key].fact.stamp or session.untimed
        for path in (path for path in paths if root + path not in written.files):
            written.files[root + path] = found
            if target is not None:
                held.seek(0)
                target.asset(path, held, stamps.get(path, stamp))
    return True


def _opened(session: Session, merge: Merge | None, key: str) -> AbstractContextManager[IO[bytes]]:
    """The bytes of a file; of one that names others, with the names that these have in the target."""
    opened = session.source.open_asset(key)
    if merge is None or not merge.copies.is_linking(key):
        return opened
    with opened as stream:
        return BytesIO(merge.copies.renamed_file(key, stream.read()))
