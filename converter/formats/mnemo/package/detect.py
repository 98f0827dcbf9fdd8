"""Recognising a package by its bytes, not by its name."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Final

from converter.formats.front import Detection
from converter.formats.mnemo.package.layout import ROOT
from converter.formats.mnemo.package.manifest import FORMAT_NAME, MANIFEST

__all__ = ["detect"]

_SUFFIX: Final = ".mnemo"
_UNREADABLE: Final = (OSError, EOFError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error)
_LOOK: Final = 64 * 1024


def detect(path: Path) -> Detection | None:
    """What makes a file a `.mnemo` package, and how surely; None for what is none."""
    named = path.suffix.lower() == _SUFFIX
    try:
        if not path.is_file():
            return None
        with zipfile.ZipFile(path) as archive:
            return _inside(archive, named=named)
    except _UNREADABLE:
        return Detection("mnemo", f"named {_SUFFIX}, though no ZIP archive that can be read", 30) if named else None


def _inside(archive: zipfile.ZipFile, *, named: bool) -> Detection | None:
    names = archive.namelist()
    if MANIFEST in names:
        with archive.open(MANIFEST) as stream:
            text = stream.read(_LOOK).lower()
        if FORMAT_NAME.encode() in text:
            return Detection("mnemo", f"a ZIP archive whose {MANIFEST} names {FORMAT_NAME}", 100)
        if named:
            return Detection("mnemo", f"a ZIP archive named {_SUFFIX} that holds a {MANIFEST}", 80)
    if any(name.startswith(f"{ROOT}/notes/") for name in names):
        return Detection("mnemo", f"a ZIP archive with a folder {ROOT}/notes", 60)
    return Detection("mnemo", f"a ZIP archive named {_SUFFIX}", 50) if named else None
