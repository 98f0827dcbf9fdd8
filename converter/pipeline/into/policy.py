"""What becomes of items that the target holds otherwise, as `--on-conflict` says."""

from __future__ import annotations

from converter.findings.finding import Finding
from converter.model.moment import Moment
from converter.pipeline.session import Session

__all__ = ["Policy", "is_newer"]


class Policy:
    """The policy of a run. `refused` are the items at which the run is to stop."""

    def __init__(self, session: Session) -> None:
        self.refused: list[str] = []
        self.name = session.options.on_conflict
        self.duplicates = self.name in ("duplicate", "duplicate-all")
        self._add = session.add

    def replaces(self, *, newer: bool) -> bool:
        """Whether the item takes the place of the one there; `newer`: it was changed after that one."""
        return self.name == "overwrite" or (self.name == "newer" and newer)

    def overwritten(self, item: str) -> None:
        """Say that an item takes the place of the one there."""
        self._add(Finding(code="overwritten", item=item))

    def kept(self, item: str) -> None:
        """Say that the one there stays, and this one is not taken."""
        self._add(Finding(code="kept-existing", item=item, details=(("what", self.name),)))


def is_newer(ours: Moment | None, theirs: Moment | None) -> bool:
    """Whether an item was changed after the one in the target; where either time is unknown, it was not."""
    return ours is not None and theirs is not None and ours.ticks > theirs.ticks
