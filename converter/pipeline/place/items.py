"""Folders and notes in the target, by the kind of tree that the target is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.moment import Moment
from converter.pipeline.catalog import Catalog
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import Report
from converter.pipeline.place.tree import build_tree

if TYPE_CHECKING:
    from converter.pipeline.into.known import Known

__all__ = ["place_items"]


def place_items(
    catalog: Catalog, pair: Pair, clock: Moment, name: str, report: Report, known: Known | None = None
) -> None:
    """Give every selected folder and note its output. Broken trees are mended, and reported.

    `name` is what a top of the target is called where it needs one. `known` says what is in the target already.
    """
    tree = pair.parameter("tree")
    if tree == "keys":
        from converter.pipeline.place.same import place_by_keys

        place_by_keys(catalog, pair, report)
        return
    if pair.same_system and tree != "documents":
        from converter.pipeline.place.same import place_as_it_was

        place_as_it_was(catalog, pair, report, known)
        if known is not None and tree == "paths":
            known.settle_paths(catalog)
        return
    roots = build_tree(catalog, pair, report)
    if tree == "paths":
        from converter.pipeline.place.paths import place_paths

        place_paths(roots, catalog, pair, report)
        if known is not None:
            known.settle_paths(catalog)
    elif tree == "documents":
        from converter.pipeline.place.documents import place_documents

        place_documents(roots, catalog, pair, clock, name, report, known)
    else:
        from converter.pipeline.place.rows import place_rows

        place_rows(roots, catalog, report)
