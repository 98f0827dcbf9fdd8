"""Every exception that the converter raises on purpose.

    ConverterError
    ├── UsageError          2  the call itself is wrong
    ├── InputError          3  the source is refused: unknown, broken, unsafe, unsupported version
    │   └── ItemError       –  one item cannot be read; the run goes on and counts it as failed
    ├── TargetError         4  the target is refused: it exists, is in use, or is inside the source
    ├── EnvironmentFaultError 5  input and output, missing space, missing permission
    ├── LimitError          6  an input limit was exceeded
    └── InternalFaultError  7  the law or the verification is broken: an error of ours

Problems in the input that do not stop a run are findings, not exceptions.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "ConverterError",
    "EnvironmentFaultError",
    "InputError",
    "InternalFaultError",
    "ItemError",
    "LimitError",
    "TargetError",
    "UsageError",
]


class ConverterError(Exception):
    """A run cannot go on; the message says what, where, why and what to do."""

    exit_code: ClassVar[int] = 7
    code: ClassVar[str] = "internal-fault"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ConverterError):
    """The call itself is wrong."""

    exit_code = 2
    code = "usage"


class InputError(ConverterError):
    """The source is refused: unknown, broken, unsafe, or of an unsupported version."""

    exit_code = 3
    code = "input-refused"


class ItemError(InputError):
    """One item cannot be read; the run counts it as failed and goes on."""

    code = "item-unreadable"


class TargetError(ConverterError):
    """The target is refused: it exists, is in use, or lies inside the source."""

    exit_code = 4
    code = "target-refused"


class EnvironmentFaultError(ConverterError):
    """Input or output failed: no space, no permission, a broken device."""

    exit_code = 5
    code = "environment"


class LimitError(ConverterError):
    """An input limit was exceeded; the message names the limit and how to raise it."""

    exit_code = 6
    code = "limit-exceeded"


class InternalFaultError(ConverterError):
    """The law or the verification is broken: an error of the converter itself."""

    exit_code = 7
    code = "internal-fault"
