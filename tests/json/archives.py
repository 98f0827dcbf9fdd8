"""Archives written by hand, and read line by line."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

from converter.findings.finding import Finding
from converter.formats.front import SourceContext, Stored
from converter.formats.json.read import read
from converter.model.items import Note
from converter.storage.limits import DEFAULT_LIMITS

CONTEXT = SourceContext(limits=DEFAULT_LIMITS, zone=UTC)
HEADER = {"kind": "archive", "schema": "mnemo-converter/archive-1"}


def read_note(line: bytes, context: SourceContext = CONTEXT) -> tuple[Note, tuple[Finding, ...]]:
    """The note of a line, and what was found in it."""
    return read(Stored("n", line), context)


def note_line(key: str = "n", *texts: str, **members: Any) -> dict[str, Any]:
    """A note of one paragraph for each text."""
    blocks = [{"kind": "paragraph", "runs": [{"kind": "text", "text": text}]} for text in texts]
    return {"kind": "note", "key": key, "title": key, "blocks": blocks} | members


def archive(path: Path, *lines: dict[str, Any] | bytes, header: dict[str, Any] | bytes | None = None) -> Path:
    """A file of these lines; bytes stand as they are."""
    everything = [HEADER if header is None else header, *lines]
    texts = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in everything]
    path.write_bytes(b"".join(text + b"\n" for text in texts))
    return path
