"""The runs: `convert`, `preview`, `inspect`, `diff`. Each gives a report and never raises what a report can say.

Each imports what it alone needs.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack

import msgspec

from converter.findings.report import Place, Report
from converter.pipeline.options import Options
from converter.pipeline.progress import Progress
from converter.pipeline.running import guarded, run_session
from converter.pipeline.session import Session, open_session
from converter.pipeline.work import deep_recursion

__all__ = ["convert", "diff", "inspect", "preview", "validate"]


def convert(options: Options, progress: Progress | None = None) -> Report:
    """Convert a source into a new target.

    The report says what became of every item; a refusal is in it as `fault`. Only `UsageError` is raised.
    """
    if options.apply:
        return _apply(options, progress)
    if options.plan:
        options = _dry(options)
    return run_session("convert", options, progress, _carry_out)


def _apply(options: Options, progress: Progress | None) -> Report:
    """Run a plan that was saved."""
    from converter.pipeline.apply import planned_options

    report = Report(command="convert", fail_on=options.fail_on)

    def carry_out_plan() -> Report:
        return run_session("convert", planned_options(options), progress, _carry_out)

    return guarded(report, carry_out_plan)


def preview(options: Options, progress: Progress | None = None) -> Report:
    """What `convert` would do: its plan, counts and findings; without a target, what is inside.

    Everything happens but the writing: notes are rendered and thrown away.
    """
    if not options.target:
        return run_session("preview", options, progress, _describe)
    return run_session("preview", _dry(options), progress, _carry_out)


def inspect(options: Options, progress: Progress | None = None) -> Report:
    """Counts, sizes and what produced the source."""
    return run_session("inspect", options, progress, _describe)


def validate(options: Options, progress: Progress | None = None) -> Report:
    """Whether sources are sound, what their applications would say to them, and what they would lose.

    A single source that is refused is in the report as `fault`; of several (`sources`) each has its findings.
    """
    from converter.pipeline.validate import check_source, joined

    sources = options.sources or (options.source,)
    reports = (
        run_session("validate", msgspec.structs.replace(options, source=source, sources=()), progress, check_source)
        for source in sources
    )
    return next(reports) if len(sources) == 1 else joined(reports, options)


def diff(options: Options, progress: Progress | None = None) -> Report:
    """Compare two archives of any formats, `source` and `target`: what only one of them has, and what differs.

    Each difference is a finding of the report, and an error of its own: the exit code is 1 where there is any.
    """
    from converter.pipeline.diff.compare import Comparison

    report = Report(command="diff", fail_on=options.fail_on, source=Place(path=options.source))
    report.target = Place(path=options.target)

    def compare() -> None:
        with ExitStack() as opened:
            a, b = (opened.enter_context(_side(one, progress, opened)) for one in _sides(options))
            report.source, report.target, report.resolved = a.report.source, b.report.source, _resolved(a, b)
            opened.enter_context(deep_recursion())
            Comparison(a, b, report).run()

    return guarded(report, compare)


def _sides(options: Options) -> tuple[Options, Options]:
    """The options of either side: `target` is read as a source is."""
    change = msgspec.structs.replace
    bare = change(options, target="", target_format="", only=(), include=(), exclude=(), tags=())
    return bare, change(bare, source=options.target, source_format=options.target_format)


def _side(options: Options, progress: Progress | None, opened: ExitStack) -> AbstractContextManager[Session]:
    session = Session(options, "diff", progress)
    opened.callback(session.report.close)
    return open_session(session)


def _resolved(a: Session, b: Session) -> dict[str, object]:
    shared = {name: a.report.resolved[name] for name in ("dialect", "timezone", "strict_unknown")}
    return shared | {"detected_a": a.report.about["detected"], "detected_b": b.report.about["detected"]}


def _dry(options: Options) -> Options:
    return msgspec.structs.replace(options, dry_run=True)


def _carry_out(session: Session) -> Report | None:
    from converter.pipeline.detour import carry_out

    return carry_out(session)


def _describe(session: Session) -> None:
    """Index the source and say what is in it; nothing ends, so nothing is lost."""
    session.index()
    catalog, report = session.catalog, session.report
    blocks = sum(note.blocks for note in catalog.notes.values())
    report.tally.read("blocks", blocks)
    report.about["bytes"] = catalog.note_bytes
    report.about["asset_bytes"] = sum(entry.fact.size for entry in catalog.assets.values())
    report.about["links"] = sum(len(catalog.links(key)) for key in catalog.notes)
    report.about["payloads"] = sorted(payload.type for payload in catalog.payloads if payload.type)
