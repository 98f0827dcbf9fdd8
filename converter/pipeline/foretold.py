"""What a source's own application would say to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from converter.findings.finding import Finding
from converter.pipeline.select import ONLY
from converter.pipeline.session import Session

__all__ = ["foretold", "misfits", "refusals"]

_PAYLOADS = "payloads"


def foretold(session: Session) -> Iterator[Finding]:
    """All that the application would say; nothing of what is salvaged, for that it would not see."""
    judge, reading = session.source_front.judge, session.reading
    if judge is not None and not (reading.salvage or reading.skip_unsafe):
        yield from judge(Path(session.options.source), reading, session.source)


def misfits(session: Session) -> Iterator[Finding]:
    """What does not fit the published schemas, of a source that is read as it stands."""
    found, reading = session.source_front.misfits, session.reading
    if found is not None and not (reading.salvage or reading.skip_unsafe):
        yield from found(session.source)


def refusals(session: Session) -> Iterator[Finding]:
    """What the application would refuse of what is selected, where the run does what an import of the application does.

    Such a run takes an archive into the data that its own application works with.
    """
    into_work = session.source_front.in_use is None and session.target_front.in_use is not None
    if session.pair.crosses and into_work:
        for finding in foretold(session):
            if finding.code == "app-refuses" and _wanted(session, finding):
                yield finding


def _wanted(session: Session, finding: Finding) -> bool:
    """Whether the application would come upon it; the container itself it opens in any case.

    Folders may be those of notes or of decks.
    """
    kind, _, key = finding.item.partition("/")
    chosen = session.options.only
    if not chosen or not kind:
        return True
    if kind == "folders":
        return bool({"notes", "flashcards"}.intersection(chosen))
    if kind == _PAYLOADS:
        return key.casefold() not in ONLY or key.casefold() in chosen
    return session.selection.kind(kind)
