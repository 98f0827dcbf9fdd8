"""`validate`: whether a source is sound, what its application would say to it, and what it would lose."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain

import msgspec

from converter.findings.finding import Finding, Location
from converter.findings.report import Place, Report
from converter.findings.tally import Tally
from converter.model.items import INNER_KINDS, OUTER_KINDS
from converter.pipeline.foretold import foretold, misfits
from converter.pipeline.located import link_findings
from converter.pipeline.options import Options
from converter.pipeline.place.links import LinkBook
from converter.pipeline.place.tree import parents_of
from converter.pipeline.session import Session
from converter.pipeline.soundness import damaged_files
from converter.storage.names import safe_segment

__all__ = ["check_source", "joined"]

_FILES = ("folders", "notes", "assets")


def check_source(session: Session) -> None:
    """Read everything once, resolve every link, and ask the format what its application would say."""
    session.index(tells=True)
    catalog, add = session.catalog, partial(_add_placed, session)
    parents_of(catalog, add)
    for finding in link_findings(session, LinkBook(catalog, session.pair, session.source_front.resolve)):
        add(finding)
    for key, asset in catalog.assets.items():
        if not (asset.shown or asset.named):
            add(Finding(code="asset-unused", item=f"assets/{key}"))
    for finding in damaged_files(session):
        add(finding)
    if session.pair.source.parameters.get("tree") == "paths":
        _check_names(session)
    session.report.tally.read("blocks", sum(note.blocks for note in catalog.notes.values()))
    for finding in chain(foretold(session), misfits(session)):
        session.add(finding)


def _add_placed(session: Session, finding: Finding) -> None:
    """Take a finding; items of a folder are files, and their keys the paths of these."""
    kind, _, key = finding.item.partition("/")
    if finding.location is None and kind in _FILES and not session.source_front.single_file:
        finding = msgspec.structs.replace(finding, location=Location(file=key))
    session.add(finding)


def _check_names(session: Session) -> None:
    """Names that another system would not take."""
    catalog = session.catalog
    kinds = (("folders", catalog.folders), ("notes", catalog.notes), ("assets", catalog.assets))
    for kind, items in kinds:
        for key in items:
            name = key.rpartition("/")[2]
            if safe_segment(name) != name:
                _add_placed(session, Finding(code="name-not-portable", item=f"{kind}/{key}", details=(("what", name),)))


def joined(reports: Iterable[Report], options: Options) -> Report:
    """One report of several sources: each finding says which of them it is about."""
    whole = Report(command="validate", fail_on=options.fail_on)
    whole.tally = Tally((*OUTER_KINDS, *INNER_KINDS))
    told: list[dict[str, object]] = []
    for report in reports:
        with report:
            whole.tally.merge(report.tally)
            whole.seconds += report.seconds
            whole.resolved = whole.resolved or report.resolved
            path = report.source.path
            number = report.spool.counts_by_severity()
            told.append({"path": path, "format": report.source.format, "status": report.status, "findings": number})
            if report.fault is not None:
                details = (("what", report.fault.message),)
                whole.spool.add(Finding(code="source-refused", location=Location(source=path), details=details))
            for finding in report.spool.places():
                place = msgspec.structs.replace(finding.location or Location(), source=path)
                whole.spool.add(msgspec.structs.replace(finding, location=place))
    whole.source = Place(path=f"{len(told)} sources")
    whole.about["sources"] = told
    return whole
