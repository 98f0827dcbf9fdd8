"""The manifest of a package as a model."""

from __future__ import annotations

import msgspec

__all__ = ["AssetEntry", "Entry", "Manifest"]


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One payload: its type, and the folder below which its files lie.

    `counted` tells whether the manifest says how many items there are; `text` is the entry as compact JSON.
    """

    payload_type: str
    item_count: int
    counted: bool
    schema_version: int
    path: str
    text: str


class AssetEntry(msgspec.Struct, frozen=True, rename="camel"):
    """Size and SHA-256 of a file, as the writer told them (0 and None where it did not)."""

    path: str
    size_bytes: int
    checksum_sha256: str | None


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """What a package says of itself."""

    format: str
    version: int
    created_at_utc: str
    created_by_app_version: str | None
    package_kind: str | None
    kind: str | None
    entries: tuple[Entry, ...]
    assets: tuple[AssetEntry, ...]
