"""A manifest for a package that has lost its own: what its folders say (docs/formats/mnemo.md, "Salvage")."""

from __future__ import annotations

from collections.abc import Iterable

from converter.formats.mnemo.package.layout import ROOT
from converter.formats.mnemo.package.manifest import FORMAT_NAME, VERSION
from converter.formats.mnemo.package.manifest_text import entry_text
from converter.formats.mnemo.package.models import Entry, Manifest

__all__ = ["rebuilt_manifest"]


def rebuilt_manifest(names: Iterable[str]) -> Manifest | None:
    """One entry for each folder of a payload, which does not say how many items it has; None where there is none."""
    parts = (name.split("/", 2) for name in names)
    kinds = sorted({part[1] for part in parts if len(part) == 3 and part[0] == ROOT})
    if not kinds:
        return None
    entries = tuple(
        Entry(
            payload_type=kind,
            item_count=0,
            counted=False,
            schema_version=1,
            path=f"{ROOT}/{kind}",
            text=entry_text(kind, 0),
        )
        for kind in kinds
    )
    return Manifest(
        format=FORMAT_NAME,
        version=VERSION,
        created_at_utc="0001-01-01T00:00:00+00:00",
        created_by_app_version=None,
        package_kind=None,
        kind=None,
        entries=entries,
        assets=(),
    )
