"""How a run tells how far it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Receives the stages of a run and the items as they pass."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins; `total` items will pass, where that is known."""

    def advance(self, item: str, by: int = 1) -> None:
        """An item has passed."""

    def close(self) -> None:
        """The run is over."""


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, item: str, by: int = 1) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""
