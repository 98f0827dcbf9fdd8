"""What serves in the worker processes of tests."""

from __future__ import annotations

import os
import signal

from converter.errors import ItemError
from converter.pipeline.processes import Serve


def serving() -> Serve:
    """Counts what it was asked; some requests go wrong."""
    seen = 0

    def serve(name: str, said: bytes) -> bytes:
        nonlocal seen
        seen += 1
        if name == "count":
            return seen.to_bytes(4, "big") + said
        if name == "refuse":
            raise ItemError("This cannot be read.", hint="Leave it.")
        if name == "odd":
            raise _UnfitError(lambda: None)
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    return serve


class _UnfitError(Exception):
    """Holds what cannot travel between processes."""
