"""Progress on the terminal: the stage, the item in hand, how many of how many, and how long it will take."""

from __future__ import annotations

import os
import sys
from time import monotonic
from typing import TYPE_CHECKING

from converter.findings.escape import escape_for_terminal

if TYPE_CHECKING:
    from typing import Any

    from tqdm import tqdm

    from converter.cli.stops import Stops

__all__ = ["Bar", "Watch", "on_terminal"]

_REFRESH = 0.1
_WIDTH = 32


def on_terminal() -> bool:
    """Whether standard error is a terminal that can move its cursor."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class Watch:
    """Progress that shows nothing and only sees to it that a run stops when it was asked to."""

    def __init__(self, stops: Stops) -> None:
        self._stops = stops

    def stage(self, name: str, total: int | None) -> None:  # noqa: ARG002 - a `Progress`
        """Stop here where that was asked for."""
        self._stops.check()

    def advance(self, item: str, by: int = 1) -> None:  # noqa: ARG002 - a `Progress`
        """Stop here where that was asked for."""
        self._stops.check()

    def close(self) -> None:
        """Do nothing: there is nothing on the screen."""


class Bar(Watch):
    """A progress bar on standard error, one stage at a time; it is gone when the run is over."""

    def __init__(self, stops: Stops) -> None:
        super().__init__(stops)
        self._bar: tqdm[Any] | None = None
        self._shown = 0.0

    def stage(self, name: str, total: int | None) -> None:
        """Begin a bar of its own for this stage."""
        super().stage(name, total)
        from tqdm import tqdm

        self.close()
        self._bar = tqdm(
            desc=escape_for_terminal(name),
            total=total,
            file=sys.stderr,
            unit=" items",
            leave=False,
            dynamic_ncols=True,
            mininterval=_REFRESH,
        )

    def advance(self, item: str, by: int = 1) -> None:
        """Show the item in hand, a few times a second."""
        super().advance(item, by)
        if self._bar is None:
            return
        now = monotonic()
        if now - self._shown > _REFRESH:
            self._shown = now
            self._bar.set_postfix_str(escape_for_terminal(item[-_WIDTH:]), refresh=False)
        self._bar.update(by)

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
