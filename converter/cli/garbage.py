"""When Python looks for garbage: not while the program starts, and not when it ends.

What is imported stays to the end, so looking through it again and again is for nothing.
"""

from __future__ import annotations

import gc

__all__ = ["begin", "end", "wait"]


def wait() -> None:
    """Look for no garbage until `begin`: the program starts."""
    gc.disable()


def begin() -> None:
    """Look for garbage from now on, but not among what is there already, where the program waited with it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def end() -> None:
    """Look for no more garbage: the process ends, and everything goes with it."""
    gc.freeze()
