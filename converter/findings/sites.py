"""Where findings are on the disk: the file that an annotation is put on, told from the root of a repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from converter.findings.finding import Location
from converter.findings.wording import place_of

if TYPE_CHECKING:
    from converter.findings.finding import Finding
    from converter.findings.report import Report

__all__ = ["Site", "Sites", "sources_of"]

_STREAM = "-"


class Site(msgspec.Struct, frozen=True):
    """A file, and the place in it: line and column of a text, or what `place_of` says of everything else.

    `path` is told from `base`; `exact` says that it is the file itself, and not the folder that was named.
    """

    path: str
    exact: bool = False
    line: int = 0
    column: int = 0
    inside: str = ""


def sources_of(report: Report) -> list[str]:
    """The paths of the sources that a run looked at, as findings name them: "" where there was one."""
    told = report.about.get("sources")
    return [str(one["path"]) for one in told if isinstance(one, dict)] if isinstance(told, list) else [""]


class Sites:
    """Finds the files that findings are about.

    `base` is `root` where all sources lie in it. Otherwise it is the source (the folder that it lies in, where it is a
    file), or the folder that all sources have in common.
    """

    def __init__(self, report: Report, root: str) -> None:
        names = sources_of(report)
        self._sources = {name: _absolute(name or report.source.path) for name in names}
        self.base = _base(_absolute(root), list(self._sources.values()))
        self._sources[""] = _absolute(report.source.path)
        self._target = _absolute(report.target.path) if report.target is not None else None
        self._stream = report.source.path == _STREAM
        self._around: dict[Path, Path] = {}

    def of(self, finding: Finding) -> Site:
        """The site of a finding."""
        location = finding.location or Location()
        path, exact = (_STREAM, True) if self._stream else self._file(self._source_of(finding), location.file)
        text = exact and not (location.member or location.table)
        inside = place_of(msgspec.structs.replace(location, line=0, column=0)).removeprefix("!")
        line, column = (location.line, location.column) if text else (0, 0)
        return Site(path=path, exact=exact, line=line, column=column, inside=inside)

    def _source_of(self, finding: Finding) -> Path:
        if self._target is not None and (finding.code == "only-in-b" or dict(finding.details).get("side") == "B"):
            return self._target
        return self._sources[finding.location.source if finding.location is not None else ""]

    def _file(self, source: Path, name: str) -> tuple[str, bool]:
        """The path of a file of a source, and whether it is the file itself: names never lead further out."""
        if not name:
            return self._told(source), not _is_folder(source)
        found = _absolute(self._folder(source, name) / name)
        return (self._told(found), True) if found.is_relative_to(source.parent) else (self._told(source), False)

    def _folder(self, source: Path, name: str) -> Path:
        """The folder that this name begins in: the source, one in it (such as `data`), or the one around it."""
        known = self._around.get(source, source)
        if not _stands(known / name):
            choices = (source, *_folders(source), source.parent)
            known = next((one for one in choices if _stands(one / name)), source)
        self._around[source] = known
        return known

    def _told(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.base)).as_posix()


def _base(root: Path, sources: list[Path]) -> Path:
    if all(root in source.parents for source in sources):
        return root
    return Path(os.path.commonpath([source if _is_folder(source) else source.parent for source in sources]))


def _absolute(path: str | Path) -> Path:
    """The path from the root of the disk, without `..`; links stay what they are."""
    return Path(os.path.normpath(Path(path).absolute()))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _folders(path: Path) -> list[Path]:
    try:
        return sorted(one for one in path.iterdir() if _is_folder(one))
    except (OSError, ValueError):
        return []


def _stands(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:
        return False
