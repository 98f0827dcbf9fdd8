"""When Python looks for garbage: not while the program starts, and not when it ends.

What is imported stays to the end, so looking through it again and again is for nothing.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["begin", "leave", "wait"]


def wait() -> None:
    """Look for no garbage until `begin`: the program starts."""
    gc.disable()


def begin() -> None:
    """Look for garbage from now on, but not among what is there already, where the program waited with it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def leave(code: int) -> NoReturn:
    """End the process with this code, and leave it to the system to take everything apart at once.

    Python would do that piece by piece, which takes 3 % of what a small run does. What was registered for the
    end of the process is done.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no other name for it
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)
