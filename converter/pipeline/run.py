"""The runs: `convert`, `preview`, `inspect`. Each gives a report and never raises what a report can say."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from converter.errors import ConverterError, UsageError
from converter.findings.report import Report
from converter.pipeline.options import Options
from converter.pipeline.plan import plan_of
from converter.pipeline.progress import Progress
from converter.pipeline.session import Session, open_session
from converter.pipeline.transfer import Transfer
from converter.pipeline.work import deep_recursion

__all__ = ["convert", "inspect", "preview"]


def convert(options: Options, progress: Progress | None = None) -> Report:
    """Convert a source into a new target.

    The report says what became of every item; a refusal is in it as `fault`. Only `UsageError` is raised.
    """
    return _run("convert", options, progress, lambda session: Transfer(session).run())


def preview(options: Options, progress: Progress | None = None) -> Report:
    """What `convert` would do: its plan, counts and findings; without a target, what is inside.

    Everything happens but the writing: notes are rendered and thrown away.
    """
    if not options.target:
        return _run("preview", options, progress, _describe)
    return _run("preview", _dry(options), progress, lambda session: Transfer(session).run())


def inspect(options: Options, progress: Progress | None = None) -> Report:
    """Counts, sizes and what produced the source."""
    return _run("inspect", options, progress, _describe)


def _dry(options: Options) -> Options:
    return msgspec.structs.replace(options, dry_run=True)


def _describe(session: Session) -> None:
    """Index the source and say what is in it; nothing ends, so nothing is lost."""
    session.index()
    catalog, report = session.catalog, session.report
    blocks = sum(catalog.outline(key).blocks for key in catalog.notes)
    report.tally.read("blocks", blocks)
    report.about["bytes"] = sum(entry.size for entry in catalog.notes.values())
    report.about["asset_bytes"] = sum(entry.fact.size for entry in catalog.assets.values())
    report.about["links"] = sum(len(catalog.links(key)) for key in catalog.notes)
    report.about["payloads"] = sorted(payload.type for payload in catalog.payloads if payload.type)


def _run(command: str, options: Options, progress: Progress | None, work: Callable[[Session], None]) -> Report:
    began = time.monotonic()
    session = Session(options, command, progress)
    try:
        with open_session(session), deep_recursion():
            work(session)
            if command == "preview" and options.target:
                session.report.plan = plan_of(session)
    except UsageError:
        session.report.close()
        raise
    except ConverterError as error:
        session.report.blame(error)
    except BaseException:
        session.report.close()
        raise
    session.report.seconds = time.monotonic() - began
    return session.report
