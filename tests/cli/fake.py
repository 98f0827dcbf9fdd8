"""A pipeline that does what the name of its source says: for what the command line does with each outcome.

Run as a program it is the command line on this pipeline, for tests that need a process of their own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import ModuleType

from converter.errors import ConverterError, InputError, InternalFaultError, LimitError, TargetError, UsageError
from converter.findings.finding import Finding
from converter.findings.plan import Plan, PlanItem, PlanOutput
from converter.findings.report import Place, Report
from converter.pipeline.options import Options
from converter.pipeline.progress import Progress

CALLS: list[Options] = []
"""The options of every run, in order."""

_ERRORS: dict[str, BaseException] = {
    "usage": UsageError("The two options exclude each other.", hint="Give one."),
    "refused": InputError("x\x1b[2J is no archive.", hint="Look again."),
    "target": TargetError("The target exists."),
    "full": OSError(28, "No space left on device", "out.mnemo"),
    "limit": LimitError("members is above the limit."),
    "law": InternalFaultError("notes: 3 were read, 2 are accounted for."),
    "memory": MemoryError(),
    "boom": ValueError("not\nhere"),
}


def _run(command: str, options: Options, progress: Progress | None) -> Report:
    CALLS.append(options)
    name = Path(options.source).name
    if name in _ERRORS:
        raise _ERRORS[name]
    report = Report(command=command, fail_on=options.fail_on, dry_run=options.dry_run)
    report.source = Place(path=options.source, format="markdown")
    report.tally.read("notes", 2)
    if name == "late":
        report.blame(InputError("The source changed while it was read."))
    if name in ("slow", "deaf"):
        _work(progress, deaf=name == "deaf")
    if name in ("lossy", "many"):
        for number in range(20_000 if name == "many" else 2):
            report.spool.add(Finding(code="item-unreadable", item=f"notes/{number}"))
    if options.target:
        report.target = Place(path=options.target, format="mnemo")
        report.tally.end("notes", "created", 2)
    return report


def _work(progress: Progress | None, *, deaf: bool) -> None:
    assert progress is not None
    progress.stage("reading", 1000)
    for number in range(1000):
        try:
            if number == 1:
                _say("begun")
            time.sleep(0.02)
            progress.advance(f"notes/{number}\x1b[2J")
        except KeyboardInterrupt:
            if not deaf:
                raise
            _say("heard")


def _say(word: str) -> None:
    sys.stderr.write(f"{word}\n")
    sys.stderr.flush()


def convert(options: Options, progress: Progress | None = None) -> Report:
    return _run("convert", options, progress)


def inspect(options: Options, progress: Progress | None = None) -> Report:
    report = _run("inspect", options, progress)
    report.about = {"producer": "Mnemo 0.8"}
    return report


def diff(options: Options, progress: Progress | None = None) -> Report:
    return _run("diff", options, progress)


def preview(options: Options, progress: Progress | None = None) -> Report:
    report = _run("preview", options, progress)
    if report.target is not None:
        output = PlanOutput(key="a", path="a.md")
        items = [PlanItem(kind="notes", key="A", action="create", outputs=(output,))]
        report.plan = Plan(
            source=report.source,
            target=report.target,
            options={},
            resolved={},
            counts=report.tally,
            items=items,
        )
    return report


def module() -> ModuleType:
    """This pipeline in the place of the real one."""
    made = ModuleType("converter.pipeline.run")
    made.__dict__.update(convert=convert, diff=diff, preview=preview, inspect=inspect)
    return made


__all__ = ["CALLS", "ConverterError", "convert", "diff", "inspect", "module", "preview"]

if __name__ == "__main__":
    from converter.__main__ import main

    sys.modules["converter.pipeline.run"] = module()
    main()
