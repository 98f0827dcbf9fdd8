"""One run from the first to the last line: progress, stopping, report file, printed result, exit code."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

from converter import __version__
from converter.cli import console, garbage
from converter.cli.faults import fault_of, show_traceback
from converter.cli.progress import Bar, Watch, on_terminal
from converter.cli.stops import Stopped, Stops
from converter.cli.streams import STREAM, streams
from converter.errors import UsageError
from converter.findings.report import Place, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from converter.findings.plan import Plan
    from converter.pipeline.options import Options
    from converter.pipeline.progress import Progress

__all__ = ["View", "perform"]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How a run shows itself, as the options of the group "Output" say."""

    output_format: str = "text"
    report: str = ""
    fail_on: str = "error"
    quiet: bool = False
    verbose: int = 0
    no_progress: bool = False
    color: str = "auto"

    @property
    def verbosity(self) -> int:
        """-1 (quiet), 0, or how often `-v` was given."""
        return -1 if self.quiet else self.verbose


def perform(command: str, options: Options, view: View, run: Callable[[Options, Progress], Report]) -> int:
    """Run, write the report, print the result, and return the exit code.

    Whatever a run raises becomes a report and a message; only a `UsageError` passes through.
    """
    _check_report_place(command, options, view)
    began = perf_counter()
    with Stops() as stops, streams(options) as spooled, _run(command, spooled.options, view, run, stops) as report:
        report.seconds = report.seconds or perf_counter() - began
        spooled.settle(report)
        if view.report:
            _write_report(report, Path(view.report))
        if options.plan and report.plan is not None:
            _write_plan(report.plan, Path(options.plan))
        taken = command == "convert" and options.target == STREAM and not options.dry_run
        _print(report, view, console.aside if taken else console.result)
        if spooled.result is not None and report.fault is None:
            console.result_file(spooled.result)
        return report.exit_code


def _run(
    command: str, options: Options, view: View, run: Callable[[Options, Progress], Report], stops: Stops
) -> Report:
    silent = view.quiet or view.no_progress or not on_terminal()
    garbage.begin()
    progress = Watch(stops) if silent else Bar(stops)
    try:
        return _heard(run(options, progress), stops)
    except UsageError:
        raise
    except (Exception, Stopped) as error:  # noqa: BLE001 - whatever it is, there will be a report
        progress.close()
        show_traceback()
        return Report(
            command=command,
            source=Place(path=options.source),
            target=Place(path=options.target) if options.target else None,
            dry_run=options.dry_run,
            fault=fault_of(error),
        )
    finally:
        progress.close()


def _heard(report: Report, stops: Stops) -> Report:
    """A report, unless a signal came that was swallowed."""
    try:
        stops.check()
    except Stopped:
        report.close()
        raise
    return report


def _print(report: Report, view: View, write: Callable[[Iterable[str]], None]) -> None:
    if report.fault is not None:
        console.complain(report.fault.message, report.fault.hint)
    if view.output_format != "text":
        from converter.findings.outputs import rendered

        write(rendered(view.output_format, report, __version__, os.environ.get("GITHUB_WORKSPACE") or "."))
    elif not _is_bare(report):
        from converter.findings.render_text import plain, render_text

        paint = console.paint if console.wants_color(view.color) else plain
        lines = render_text(report, verbosity=view.verbosity, paint=paint)
        write(f"{line}\n" for line in lines)


def _is_bare(report: Report) -> bool:
    """Whether a run ended before there was anything to tell besides its fault."""
    return report.fault is not None and not report.spool.codes and not any(report.tally.rows())


def _check_report_place(command: str, options: Options, view: View) -> None:
    if not view.report:
        return
    report = Path(view.report).resolve()
    read = {options.source: "the source"} | ({options.target: "the second archive"} if command == "diff" else {})
    for name, what in read.items():
        place = Path(name).resolve()
        if report == place or place in report.parents:
            message = f"--report {view.report} lies inside {what}, which is never written to."
            raise UsageError(message, hint="Name a file outside of it.")
    if not options.target:
        return
    target = Path(options.target).resolve()
    if report == target:
        raise UsageError(f"--report {view.report} is the target itself.", hint="Name another file.")
    if options.into and target in report.parents:
        raise UsageError(f"--report {view.report} lies inside the target.", hint="Name a file outside of it.")


def _write_plan(plan: Plan, path: Path) -> None:
    """Save a plan, as a report is."""
    from converter.findings.render_json import plan_json

    _write(plan_json(plan, __version__), path)


def _write_report(report: Report, path: Path) -> None:
    """Write a report beside its place and rename it there; a pipe or device is written to as it is."""
    from converter.findings.render_json import report_json

    _write(report_json(report, __version__), path)


def _write(pieces: Iterable[str], path: Path) -> None:
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(pieces)
    else:
        _write_beside(path.resolve(), pieces)


def _write_beside(path: Path, pieces: Iterable[str]) -> None:
    part = path.with_name(f".{path.name[:50]}.{os.urandom(8).hex()}")
    with part.open("x", encoding="utf-8") as stream:
        try:
            stream.writelines(pieces)
            stream.close()
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
