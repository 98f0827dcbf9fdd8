"""What an exception means for people: a message, a hint, an exit code, and no traceback."""

from __future__ import annotations

import os
from pathlib import Path

from converter.cli import console
from converter.cli.stops import Stopped
from converter.errors import ConverterError
from converter.findings.report import Fault

__all__ = ["fault_of", "show", "show_traceback"]

_DEBUG = "MNEMO_CONVERTER_DEBUG"


def fault_of(error: BaseException) -> Fault:
    """Say what an exception means; where it is an error of ours, how to report it."""
    match error:
        case ConverterError():
            return Fault(error.message, error.hint, error.exit_code)
        case Stopped():
            message = f"Stopped by {error.signal} before the end."
            hint = "The target is as it was, or complete. Run the command again."
            return Fault(message, hint, error.exit_code)
        case MemoryError():
            return Fault("There is not enough memory.", "Close other programs, or convert a part (--include).", 5)
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            return Fault(f"{name}{error.strerror or error}", "Check free space and permissions.", 5)
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1:]
    at = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in place)
    message = f"An error of mnemo-converter itself: {type(error).__name__}: {error}{at}"
    hint = f"Please report it with what `mnemo-converter doctor` prints; {_DEBUG}=1 shows more."
    return Fault(message, hint, 7)


def show(error: BaseException) -> int:
    """Say on standard error why a command ended, and give its exit code."""
    show_traceback()
    fault = fault_of(error)
    console.complain(fault.message, fault.hint)
    return fault.exit_code


def show_traceback() -> None:
    """Print the traceback of the exception at hand for those who asked for it."""
    if os.environ.get(_DEBUG):
        import traceback

        console.note(traceback.format_exc())
