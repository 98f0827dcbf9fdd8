"""Folders and notes in the target, by the kind of tree that the target is."""

from __future__ import annotations

from converter.pipeline.catalog import Catalog
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import Report
from converter.pipeline.place.paths import place_paths
from converter.pipeline.place.rows import place_rows
from converter.pipeline.place.same import place_as_it_was
from converter.pipeline.place.tree import build_tree

__all__ = ["place_items"]


def place_items(catalog: Catalog, pair: Pair, report: Report) -> None:
    """Give every selected folder and note its output. Broken trees are mended, and reported."""
    if pair.same_system:
        place_as_it_was(catalog, pair, report)
        return
    roots = build_tree(catalog, pair, report)
    if pair.parameter("tree") == "paths":
        place_paths(roots, catalog, pair, report)
    else:
        place_rows(roots, catalog, report)
