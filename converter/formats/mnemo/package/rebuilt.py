"""A manifest for a package that has lost its own: what its folders say (docs/formats/mnemo.md, "Salvage")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from converter.formats.mnemo.package.layout import ROOT
from converter.formats.mnemo.package.manifest_text import entry_text

if TYPE_CHECKING:
    from converter.formats.mnemo.package.models import Manifest

__all__ = ["rebuilt_manifest"]


def rebuilt_manifest(names: Iterable[str]) -> Manifest | None:
    """One entry for each folder of a payload, which does not say how many items it has; None where there is none."""
    from converter.formats.mnemo.package.models import Entry, Manifest

    parts = (name.split("/", 2) for name in names)
    kinds = sorted({part[1] for part in parts if len(part) == 3 and part[0] == ROOT})
    if not kinds:
        return None
    entries = [
        {
            "payloadType": kind,
            "itemCount": 0,
            "counted": False,
            "schemaVersion": 1,
            "path": f"{ROOT}/{kind}",
            "text": entry_text(kind, 0),
        }
        for kind in kinds
    ]
    return Manifest.model_validate(
        {
            "format": "mnemo-package",
            "version": 1,
            "createdAtUtc": "0001-01-01T00:00:00+00:00",
            "createdByAppVersion": None,
            "packageKind": None,
            "kind": None,
            "entries": tuple(Entry.model_validate(entry) for entry in entries),
            "assets": (),
        }
    )
