"""Tell an archive in JSON Lines by its first line."""

from __future__ import annotations

from pathlib import Path

from converter.formats.front import Detection
from converter.formats.json.header import HEAD_BYTES, version_of

__all__ = ["detect"]


def detect(path: Path) -> Detection | None:
    """A file whose first line names the schema, of whatever version."""
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        version = version_of(stream.readline(HEAD_BYTES))
    return None if version is None else Detection("json", f"a file whose first line names archive-{version}", 95)
