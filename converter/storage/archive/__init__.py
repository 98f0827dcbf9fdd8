"""ZIP archives: reading what may be hostile, writing what is the same everywhere."""

from __future__ import annotations

from converter.storage.archive.members import MemberInfo, Stamp
from converter.storage.archive.reader import ZipReader
from converter.storage.archive.writer import FIXED_STAMP, ZipWriter

__all__ = ["FIXED_STAMP", "MemberInfo", "Stamp", "ZipReader", "ZipWriter"]
