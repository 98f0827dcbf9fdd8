"""What a source holds besides notes, read to its end: whether every byte is there and fits its check sum."""

from __future__ import annotations

from collections.abc import Iterator

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Opener
from converter.pipeline.session import Session
from converter.pipeline.work import unreadable
from converter.storage.digest import digest
from converter.storage.faults import reading_item

__all__ = ["damaged_files"]


def damaged_files(session: Session) -> Iterator[Finding]:
    """A finding for each asset, and each member of a payload, that cannot be read."""
    for key in session.catalog.assets:
        yield from _checked(f"assets/{key}", key, session.source.open_asset)
    for payload in session.catalog.payloads:
        for member in payload.members:
            if member.key not in session.returned:
                yield from _checked(f"payloads/{payload.key}", member.key, session.source.open_member)


def _checked(item: str, key: str, opened: Opener) -> Iterator[Finding]:
    try:
        with reading_item(key), opened(key) as stream:
            digest(stream)
    except ItemError as error:
        yield unreadable(item, error)
