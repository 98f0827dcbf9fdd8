"""The runs: `convert`, `preview`, `inspect`. Each gives a report and never raises what a report can say."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from converter.errors import ConverterError, UsageError
from converter.findings.report import Report
from converter.formats.registry import load
from converter.pipeline.options import Options
from converter.pipeline.plan import plan_of
from converter.pipeline.progress import Progress
from converter.pipeline.residue.records import Header
from converter.pipeline.session import Session, open_session
from converter.pipeline.transfer import Transfer
from converter.pipeline.work import deep_recursion
from converter.storage.names import safe_segment

__all__ = ["convert", "inspect", "preview"]


def convert(options: Options, progress: Progress | None = None) -> Report:
    """Convert a source into a new target.

    The report says what became of every item; a refusal is in it as `fault`. Only `UsageError` is raised.
    """
    return _run("convert", options, progress, _carry_out)


def preview(options: Options, progress: Progress | None = None) -> Report:
    """What `convert` would do: its plan, counts and findings; without a target, what is inside.

    Everything happens but the writing: notes are rendered and thrown away.
    """
    if not options.target:
        return _run("preview", options, progress, _describe)
    return _run("preview", _dry(options), progress, _carry_out)


def inspect(options: Options, progress: Progress | None = None) -> Report:
    """Counts, sizes and what produced the source."""
    return _run("inspect", options, progress, _describe)


def _carry_out(session: Session) -> Report | None:
    """Carry out a conversion; the report of a second one, where the way leads over the origin of the archive."""
    transfer = Transfer(session)
    transfer.check()
    session.index()
    header = session.origin()
    if header is not None and header.origin != session.target_front.id:
        return _by_way_of(header, session)
    if header is not None:
        session.restore(header)
    transfer.run()
    return None


def _by_way_of(header: Header, session: Session) -> Report:
    """Restore the origin in a temporary place, and convert that: so A → B → C gives what A → C gives."""
    options, name = session.options, safe_segment(header.name or session.name())
    back, forth = session.report, None
    with tempfile.TemporaryDirectory(prefix="mnemo-converter-") as folder:
        between = Path(folder) / (f"{name}.part" if load(header.origin).single_file else name)
        first = _way_back(options, header, between)
        with _run("convert", first, session.progress, _restore) as back:
            if back.fault is not None:
                session.report.fault = back.fault
                return session.report
            second = msgspec.structs.replace(
                options,
                source=str(between),
                source_format=header.origin,
                notebook=options.notebook or header.name,
                limits=(),
                no_limits=True,
                ignore_residue=True,
            )
            forth = _run(session.report.command, second, session.progress, _forth)
            for finding in back.spool:
                forth.spool.add(finding)
            forth.about["by_way_of"] = {"format": header.origin, "counts": dict(back.tally.rows())}
    forth.source = session.report.source
    session.report.close()
    return forth


def _way_back(options: Options, header: Header, place: Path) -> Options:
    """The options under which an archive comes back to its origin; what is selected is selected there."""
    return msgspec.structs.replace(
        options,
        target=str(place),
        target_format=header.origin,
        dry_run=False,
        residue=False,
        timezone=header.zone,
        mnemo_target=header.options.get("mnemo_target", options.mnemo_target),
        images_dir=header.options.get("images_dir", ""),
        number_prefix=bool(header.options.get("number_prefix")),
        only=(),
        include=(),
        exclude=(),
        tags=(),
    )


def _restore(session: Session) -> None:
    transfer = Transfer(session)
    session.index()
    header = session.origin()
    if header is not None:
        session.restore(header)
    transfer.run()


def _forth(session: Session) -> None:
    transfer = Transfer(session)
    session.index()
    transfer.run()


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


def _run(command: str, options: Options, progress: Progress | None, work: Callable[[Session], Report | None]) -> Report:
    began = time.monotonic()
    session = Session(options, command, progress)
    report = session.report
    try:
        with open_session(session), deep_recursion():
            report = work(session) or session.report
            if command == "preview" and options.target and report is session.report:
                report.plan = plan_of(session)
    except UsageError:
        session.report.close()
        raise
    except ConverterError as error:
        session.report.blame(error)
    except BaseException:
        session.report.close()
        raise
    report.seconds = time.monotonic() - began
    return report
