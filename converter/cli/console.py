"""The two streams: results go to standard output, everything for people to standard error.

A reader that goes away (`| head`) ends the output and nothing else; a stream that is closed takes nothing.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "aside",
    "complain",
    "finish",
    "note",
    "paint",
    "prepare",
    "result",
    "result_file",
    "result_json",
    "wants_color",
]

_GONE = (errno.EPIPE, errno.EINVAL, errno.ESHUTDOWN)
_STYLES = {"error": "1;31", "warning": "1;33", "info": "1;36", "bold": "1", "dim": "2"}


def prepare() -> None:
    """Make standard output take every text: data is UTF-8 whatever the locale says."""
    for stream, encoding in ((sys.stdout, "utf-8"), (sys.stderr, None)):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=encoding, errors="backslashreplace")


def result(pieces: Iterable[str]) -> None:
    """Write pieces of a result to standard output."""
    _write(sys.stdout, pieces)


def result_file(path: Path) -> None:
    """Write a file to standard output as it is."""
    from shutil import copyfileobj

    out = sys.stdout
    if out is None:
        return
    out.flush()
    try:
        with path.open("rb") as stream:
            copyfileobj(stream, out.buffer, 1 << 20)
        out.buffer.flush()
    except OSError as error:
        _silence(out)
        if error.errno not in _GONE:
            raise


def aside(pieces: Iterable[str]) -> None:
    """Write pieces of a report to standard error, where standard output is the target's."""
    _write(sys.stderr, pieces)


def result_json(value: Any) -> None:
    """Write a small result as JSON to standard output."""
    import json

    result((json.dumps(value, ensure_ascii=False, indent=2), "\n"))


def note(text: str) -> None:
    """Say something to the person who watches."""
    _write(sys.stderr, (text, "\n"))


def complain(message: str, hint: str = "") -> None:
    """Say what went wrong and what to do; hostile text in it is escaped."""
    from converter.findings.escape import escape_for_terminal

    note(f"error: {escape_for_terminal(message)}")
    if hint:
        note(f"  hint: {escape_for_terminal(hint)}")


def finish() -> None:
    """Send off what is still buffered."""
    for stream in (sys.stdout, sys.stderr):
        _write(stream, ())


def wants_color(mode: str) -> bool:
    """Whether standard output is to be coloured: `always`, `never`, or `auto` (a terminal that can)."""
    if mode != "auto":
        return mode == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()


def paint(style: str, text: str) -> str:
    """Colour text for a terminal."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _write(stream: TextIO | None, pieces: Iterable[str]) -> None:
    if stream is None:
        return
    try:
        for piece in pieces:
            stream.write(piece)
        stream.flush()
    except OSError as error:
        _silence(stream)
        if error.errno not in _GONE:
            raise


def _silence(stream: TextIO) -> None:
    """Let the rest of the output, and what is still buffered, go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
