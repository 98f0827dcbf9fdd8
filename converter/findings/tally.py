"""The two sides of the law: what was read, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.errors import InternalFaultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["DISPOSITIONS", "WRITTEN", "Tally"]

DISPOSITIONS = ("created", "duplicated", "overwritten", "unchanged", "skipped", "carried", "lost", "failed")
"""What can become of a unit of the source: exactly one of these."""

WRITTEN = ("created", "duplicated", "overwritten")
"""The dispositions of units that the run itself put into the target."""

_MEMBERS = ("read", *DISPOSITIONS, "approximated")


class Tally:
    """Counts of units, per kind: how many were read, and how they ended.

    The two sides are told independently: `read` by those who count the source, `end` by those who convert.
    `kinds` fixes the order in which kinds are listed; kinds that are met later follow.
    """

    def __init__(self, kinds: Sequence[str] = ()) -> None:
        self._rows: dict[str, dict[str, int]] = {}
        self._order = tuple(kinds)

    def read(self, kind: str, number: int = 1) -> None:
        """Count units that the source holds."""
        self._row(kind)["read"] += number

    def end(self, kind: str, disposition: str, number: int = 1) -> None:
        """Count what became of units; raises `InternalFaultError` for a disposition that does not exist."""
        if disposition not in DISPOSITIONS:
            raise InternalFaultError(f"There is no disposition {disposition!r}.")
        self._row(kind)[disposition] += number

    def approximated(self, kind: str, number: int = 1) -> None:
        """Count units that were written with a fallback."""
        self._row(kind)["approximated"] += number

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
        for kind, row in other._rows.items():
            mine = self._row(kind)
            for member, number in row.items():
                mine[member] += number

    def rows(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Each kind with its counts: `read`, the dispositions, `written`, `approximated`."""
        kinds = [kind for kind in self._order if kind in self._rows]
        kinds += [kind for kind in self._rows if kind not in self._order]
        for kind in kinds:
            row = self._rows[kind]
            yield (
                kind,
                {
                    "read": row["read"],
                    **{name: row[name] for name in DISPOSITIONS},
                    "written": sum(row[name] for name in WRITTEN),
                    "approximated": row["approximated"],
                },
            )

    def total(self, member: str) -> int:
        """Add up one member over all kinds."""
        return sum(row[member] for _, row in self.rows())

    def law_breaks(self) -> list[str]:
        """Say where the law is broken, a sentence each; nothing where items in are items out and reported."""
        broken = []
        for kind, row in self.rows():
            ends = sum(row[name] for name in DISPOSITIONS)
            if ends != row["read"]:
                broken.append(f"{kind}: {row['read']} were read, {ends} are accounted for.")
            if row["approximated"] > row["written"]:
                broken.append(f"{kind}: {row['approximated']} approximated of {row['written']} written.")
        return broken

    def _row(self, kind: str) -> dict[str, int]:
        if kind not in self._rows:
            self._rows[kind] = dict.fromkeys(_MEMBERS, 0)
        return self._rows[kind]
