"""What `diff` counts: how the items of one kind in two archives go together."""

from __future__ import annotations

import msgspec

__all__ = ["DiffCounts"]


class DiffCounts(msgspec.Struct, kw_only=True):
    """Items of one kind: in both and equal, in both and not, in one only; and pairs that could not be compared."""

    equal: int = 0
    changed: int = 0
    only_a: int = 0
    only_b: int = 0
    not_compared: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything but equal items was counted."""
        return bool(self.changed or self.only_a or self.only_b or self.not_compared)
