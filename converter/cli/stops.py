"""Stopping: the first signal ends a run cleanly, the second at once."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

__all__ = ["Stopped", "Stops"]

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


class Stopped(KeyboardInterrupt):
    """A signal asked the run to stop; `exit_code` is 130 for an interrupt, 143 for a termination."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number).name
        self.exit_code = 130 if number == signal.SIGINT else 143


class Stops:
    """Turns signals into `Stopped` while the context lasts. A signal that is ignored stays ignored (`nohup`).

    Python swallows an exception that a signal raises in a destructor, and would print it; `check` raises it again.
    """

    def __init__(self) -> None:
        self._number = 0
        self._before: dict[signal.Signals, object] = {}
        self._hook = sys.unraisablehook

    def check(self) -> None:
        """Raise `Stopped` where a signal has come."""
        if self._number:
            raise Stopped(self._number)

    def __enter__(self) -> Self:
        self._hook, sys.unraisablehook = sys.unraisablehook, self._on_unraisable
        for number in _SIGNALS:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN and before is not None:
                self._before[number] = before
                signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]
        sys.unraisablehook = self._hook

    def _on_unraisable(self, raised: sys.UnraisableHookArgs) -> None:
        if not isinstance(raised.exc_value, Stopped):
            self._hook(raised)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's signature
        stopped = Stopped(number)
        if self._number:
            os._exit(stopped.exit_code)
        self._number = number
        raise stopped
