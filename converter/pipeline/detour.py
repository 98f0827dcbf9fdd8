"""A conversion that goes the right way: straight, back to where the archive came from, or by way of that place."""

from __future__ import annotations

from pathlib import Path

import msgspec

from converter.findings.codes import code_of
from converter.findings.codes.entry import NONE
from converter.findings.finding import Finding
from converter.findings.report import Report
from converter.formats.registry import load
from converter.pipeline.options import Options
from converter.pipeline.residue.records import Header
from converter.pipeline.running import run_session
from converter.pipeline.session import Session
from converter.pipeline.transfer import Transfer
from converter.storage.names import safe_segment

__all__ = ["carry_out"]


def carry_out(session: Session) -> Report | None:
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
    from tempfile import TemporaryDirectory

    options, name = session.options, safe_segment(header.name or session.name())
    with TemporaryDirectory(prefix="mnemo-converter-") as folder:
        between = Path(folder) / (f"{name}.part" if load(header.origin).single_file else name)
        session.crew.remember(cuts=session.notes_read.cuts)
        back = run_session("convert", _way_back(options, header, between), session.progress, _bring_back, session)
        with back:
            if back.fault is not None:
                session.report.fault = back.fault
                return session.report
            session.let_go()
            command, onward = session.report.command, _way_forth(options, header, between)
            forth = run_session(command, onward, session.progress, carry_out, session)
            for finding in filter(_tells, back.spool.places()):
                forth.spool.add(finding)
            forth.about["by_way_of"] = {"format": header.origin, "counts": dict(back.tally.rows())}
    return _as_one(session, forth)


def _bring_back(session: Session) -> Report | None:
    """Restore the origin; then nothing of it is held while the conversion goes on.

    What goes on from files there depends on their times, and so does not from when it happens.
    """
    session.untimed = session.clock
    other = carry_out(session)
    session.let_go()
    return other


def _tells(finding: Finding) -> bool:
    """Whether a finding of the way back says what the way forth does not say as well."""
    return finding.code.startswith("residue-") or code_of(finding.code).outcome != NONE


def _as_one(session: Session, forth: Report) -> Report:
    """The report of the second conversion as that of the whole."""
    forth.source = session.report.source
    if forth.plan is not None:
        forth.plan = msgspec.structs.replace(forth.plan, source=forth.source, options=session.options.planned_as())
    session.report.close()
    return forth


def _way_back(options: Options, header: Header, place: Path) -> Options:
    """The options under which all of an archive comes back to its origin; what is selected is selected there."""
    given = header.options
    return msgspec.structs.replace(
        options,
        target=str(place),
        target_format=header.origin,
        dry_run=False,
        into=False,
        plan="",
        planned="",
        residue=True,
        timezone=header.zone,
        mnemo_target=given.get("mnemo_target", options.mnemo_target),
        images_dir=given.get("images_dir", ""),
        number_prefix=bool(given.get("number_prefix")),
        only=(),
        include=(),
        exclude=(),
        tags=(),
    )


def _way_forth(options: Options, header: Header, place: Path) -> Options:
    return msgspec.structs.replace(
        options,
        source=str(place),
        source_format=header.origin,
        notebook=options.notebook or header.name,
        limits=(),
        no_limits=True,
        ignore_residue=True,
        parcels=not options.ignore_residue,
    )
