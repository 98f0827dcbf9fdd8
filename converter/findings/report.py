"""The report of one run: what was asked, what came of it, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import msgspec

from converter.findings.codes import code_of
from converter.findings.difference import DiffCounts
from converter.findings.failing import reached
from converter.findings.spool import Spool
from converter.findings.tally import Tally

if TYPE_CHECKING:
    from types import TracebackType

    from converter.errors import ConverterError
    from converter.findings.plan import Plan

__all__ = ["INTERRUPTED", "Fault", "Place", "Report", "Verification"]

INTERRUPTED = (130, 143)
"""The exit codes of a run that was stopped by the user or by the system."""

_STATUS = {0: "ok", 1: "findings", 3: "refused", 4: "refused", 6: "refused"}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A source or a target: its path as given, its format's id, and its SHA-256 where it is one file.

    `state` is a digest of what stood there when a plan was made.
    """

    path: str = ""
    format: str = ""
    sha256: str = ""
    state: str = ""


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the target was read again: `passed`, `failed`, or `skipped` (`why` says why).

    `items` is how many were compared, `differences` names those that are not as planned.
    """

    status: str = "skipped"
    items: int = 0
    differences: tuple[str, ...] = ()
    why: str = ""


class Fault(msgspec.Struct, frozen=True):
    """Why a run did not come to its end: a message, what to do, and the exit code."""

    message: str
    hint: str
    exit_code: int

    @property
    def told(self) -> str:
        """The message, and what to do in a line of its own."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class Report(msgspec.Struct, kw_only=True):
    """The result of one run. The findings are in the spool, which `close` or the context manager lets go.

    `resolved` is what the result depends on besides the source (zone, image directory, options), `about` what
    `inspect` found out about the source, `plan` what `preview` shows, `diff` what `diff` counted by kind, `seconds` how
    long the run took.
    """

    command: str
    source: Place = msgspec.field(default_factory=Place)
    target: Place | None = None
    fail_on: str = "error"
    dry_run: bool = False
    resolved: dict[str, object] = msgspec.field(default_factory=dict)
    about: dict[str, object] = msgspec.field(default_factory=dict)
    tally: Tally = msgspec.field(default_factory=Tally)
    spool: Spool = msgspec.field(default_factory=Spool)
    verification: Verification = msgspec.field(default_factory=Verification)
    plan: Plan | None = None
    diff: dict[str, DiffCounts] | None = None
    fault: Fault | None = None
    seconds: float = 0.0

    def blame(self, error: ConverterError) -> None:
        """Record why the run could not go on."""
        self.fault = Fault(error.message, error.hint, error.exit_code)

    @property
    def exit_code(self) -> int:
        """The exit code that the run deserves: the fault's own, else 1 where `fail_on` is reached, else 0."""
        if self.fault is not None:
            return self.fault.exit_code
        codes = [code_of(name) for name in self.spool.codes]
        severities = {code.severity for code in codes}
        if self.tally.total("lost") or self.tally.total("failed"):
            severities.add("error")
        outcomes = {code.outcome for code in codes}
        if self.tally.total("approximated"):
            outcomes.add("approximated")
        return int(reached(self.fail_on, severities, outcomes))

    @property
    def status(self) -> str:
        """The run's end in one word: `ok`, `findings`, `refused`, `failed` or `interrupted`."""
        code = self.exit_code
        return "interrupted" if code in INTERRUPTED else _STATUS.get(code, "failed")

    def close(self) -> None:
        """Let go of the findings."""
        self.spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
