"""The manifest of a package as a model; imported only when a package is opened."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

__all__ = ["AssetEntry", "Entry", "Manifest"]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, frozen=True, extra="ignore")


class Entry(_Model):
    """One payload: its type, and the folder below which its files lie.

    `counted` tells whether the manifest says how many items there are; `text` is the entry as compact JSON.
    """

    payload_type: str
    item_count: int
    counted: bool
    schema_version: int
    path: str
    text: str


class AssetEntry(_Model):
    """Size and SHA-256 of a file, as the writer told them (0 and None where it did not)."""

    path: str
    size_bytes: int
    checksum_sha256: str | None


class Manifest(_Model):
    """What a package says of itself."""

    format: Literal["mnemo-package"]
    version: Literal[1]
    created_at_utc: str
    created_by_app_version: str | None
    package_kind: str | None
    kind: str | None
    entries: tuple[Entry, ...]
    assets: tuple[AssetEntry, ...]
