"""How a run is carried out: with a session of its own, timed, and with whatever it refuses in its report."""

from __future__ import annotations

import time
from collections.abc import Callable

from converter.errors import ConverterError, UsageError
from converter.findings.report import Report
from converter.pipeline.options import Options
from converter.pipeline.progress import Progress
from converter.pipeline.session import Session, open_session
from converter.pipeline.work import deep_recursion

__all__ = ["Work", "guarded", "run_session"]

Work = Callable[[Session], Report | None]
"""What a run does; it may give another report than its session's."""


def run_session(
    command: str, options: Options, progress: Progress | None, work: Work, before: Session | None = None
) -> Report:
    """Open the source, do the work, close it again: the report. The session `before` is open meanwhile."""
    session = Session(options, command, progress, before)

    def carry_out() -> Report | None:
        with open_session(session), deep_recursion():
            other = work(session)
            if (command == "preview" or options.plan) and options.target and other is None:
                from converter.pipeline.plan import plan_of

                session.report.plan = plan_of(session)
            return other

    return guarded(session.report, carry_out)


def guarded(report: Report, work: Callable[[], Report | None]) -> Report:
    """Do the work and time it; what it refuses stands in the report. Only `UsageError` is raised."""
    began = time.monotonic()
    try:
        report = work() or report
    except UsageError:
        report.close()
        raise
    except ConverterError as error:
        report.blame(error)
    except BaseException:
        report.close()
        raise
    report.seconds = time.monotonic() - began
    return report
