"""`-` as source or target: standard input and output, by way of files, so that a run can go back and forth in them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from converter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.report import Report
    from converter.pipeline.options import Options

__all__ = ["STREAM", "Streams", "streams"]

STREAM = "-"


class Streams:
    """The files of one run that stand for streams."""

    def __init__(self, options: Options, folder: Path) -> None:
        self._asked = options
        self._folder = folder
        self.options = options

    def open(self) -> None:
        """Take in standard input; raises UsageError for a target that cannot go to a stream."""
        asked, changes = self._asked, dict[str, object]()
        if asked.target == STREAM:
            changes["target_format"] = _streamed(asked.target_format)
            changes |= {"target": str(self._folder / "target"), "inline": True}
        if asked.source == STREAM:
            if sys.stdin is None:
                raise UsageError("There is no standard input to read.", hint="Name a file.")
            from shutil import copyfileobj

            spooled = self._folder / "Notes"
            with spooled.open("wb") as out:
                copyfileobj(sys.stdin.buffer, out, 1 << 20)
            changes["source"] = str(spooled)
        self.options = msgspec.structs.replace(asked, **changes)

    def settle(self, report: Report) -> None:
        """Let a report name the streams, not the files that stood for them."""
        if self._asked.source == STREAM:
            report.source = msgspec.structs.replace(report.source, path=STREAM)
            if report.fault is not None:
                message = report.fault.message.replace(self.options.source, "standard input")
                report.fault = msgspec.structs.replace(report.fault, message=message)
        if self._asked.target == STREAM and report.target is not None:
            report.target = msgspec.structs.replace(report.target, path=STREAM)
        if report.plan is not None and self._asked is not self.options:
            asked = {name: getattr(self._asked, name) for name in self._asked.__struct_fields__}
            target = report.target or report.plan.target
            report.plan = msgspec.structs.replace(report.plan, source=report.source, target=target, options=asked)

    @property
    def result(self) -> Path | None:
        """What is to go to standard output; None where nothing is, or nothing was written."""
        written = Path(self.options.target)
        return written if self._asked.target == STREAM and written.is_file() else None


def _streamed(wanted: str) -> str:
    from converter.formats.registry import REGISTRY

    known = [row.id for row in REGISTRY if row.streams]
    if wanted and wanted not in known:
        hint = f"Name a file, or write one of: {', '.join(known)}."
        raise UsageError(f"The format {wanted!r} cannot be written to standard output.", hint=hint)
    return wanted or known[0]


@contextmanager
def streams(options: Options) -> Iterator[Streams]:
    """The options of a run with files in the place of streams; the files vanish with it."""
    if STREAM not in (options.source, options.target):
        yield Streams(options, Path())
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="mnemo-converter-") as folder:
        made = Streams(options, Path(folder))
        made.open()
        yield made
