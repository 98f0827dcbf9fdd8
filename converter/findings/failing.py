"""Which findings make a run end with exit code 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["FAIL_ON", "reached"]

FAIL_ON = ("error", "warning", "approximated", "lost", "never")
"""The levels of `--fail-on`. Every one but `never` includes `error`; `approximated` includes `lost`."""

_FAILS = {
    "error": (frozenset({"error"}), frozenset[str]()),
    "warning": (frozenset({"error", "warning"}), frozenset[str]()),
    "lost": (frozenset({"error"}), frozenset({"lost"})),
    "approximated": (frozenset({"error"}), frozenset({"lost", "approximated"})),
    "never": (frozenset[str](), frozenset[str]()),
}


def reached(fail_on: str, severities: Collection[str], outcomes: Collection[str]) -> bool:
    """Whether these severities and outcomes of findings reach the level."""
    failing_severities, failing_outcomes = _FAILS[fail_on]
    return not (failing_severities.isdisjoint(severities) and failing_outcomes.isdisjoint(outcomes))
