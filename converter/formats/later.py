"""Functions that are there at once, and whose modules are imported when they are called first.

So whoever looks whether a source is of a format loads what detects it, and whoever reads a format nothing that writes.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["later"]


class later:  # noqa: N801 - it stands for a function
    """A function that does what the one of this name in this module does. It travels between processes as they do."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function itself; its module is imported."""
        found: Callable[..., Any] = getattr(import_module(self._module), self._name)
        return found

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the function."""
        return self.function(*args, **named)

    def __reduce__(self) -> tuple[type[later], tuple[str, str]]:
        return later, (self._module, self._name)
