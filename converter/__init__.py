"""Convert notes between note systems and account for every item.

The public API; everything is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from converter.pipeline.options import Options
    from converter.pipeline.run import convert, diff, inspect, preview, validate

__all__ = ["Options", "__version__", "convert", "diff", "inspect", "preview", "validate"]

__version__ = "0.1.0"

_HOMES = {
    "Options": "converter.pipeline.options",
    "convert": "converter.pipeline.run",
    "diff": "converter.pipeline.run",
    "inspect": "converter.pipeline.run",
    "preview": "converter.pipeline.run",
    "validate": "converter.pipeline.run",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
