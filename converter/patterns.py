"""Patterns that are compiled when they are used first: a run uses a few of those that its modules name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr, Generic, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["pattern"]


class _Later(Generic[AnyStr]):
    """What a compiled pattern does; each of its members is looked up once, and its own from then on."""

    def __init__(self, source: AnyStr, flags: int) -> None:
        self._source: AnyStr = source
        self._flags = flags

    def __getattr__(self, name: str) -> Callable[..., Any]:
        # re keeps what it compiled, so a second member of the same pattern does not compile it again
        member = self.__dict__[name] = getattr(re.compile(self._source, self._flags), name)
        return cast("Callable[..., Any]", member)


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A regular expression, as `re.compile` would give it, without the time that compiling takes until it is used."""
    return cast("re.Pattern[AnyStr]", _Later(source, flags))
