"""Rows that a damaged database has lost, as units that failed (docs/formats/containers.md, "Salvage")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from converter.findings.finding import Finding, Location
from converter.model.facts import PayloadFact, UnitFact
from converter.storage.salvage import Loss

__all__ = ["lost_facts", "lost_item", "salvaged"]

_LOST: Final = ("what", "its row lies in a damaged part of the database")


def salvaged(damage: str, item: str, member: str = "") -> Finding:
    """That a database is damaged, and was read as far as it can be."""
    return Finding(
        code="database-salvaged",
        item=item,
        location=Location(member=member),
        details=(("what", damage.rstrip(".")),),
    )


def lost_item(item: str, table: str, row: str, member: str = "") -> Finding:
    """That the row of an item is lost."""
    where = Location(member=member, table=table, row=row)
    return Finding(code="item-unreadable", item=item, location=where, details=(_LOST,))


def lost_facts(
    losses: Iterable[Loss], named: Callable[[str, str], tuple[str, str]], member: str = ""
) -> Iterator[PayloadFact | Finding]:
    """A unit for each row that is known to be lost, and one for each table of which nobody knows what it has lost.

    `named` gives the kind of a unit and its key, by the table and the key of its row.
    """
    for loss in losses:
        place = "/".join(filter(None, (member, loss.table, "lost rows")))
        units = []
        for row in loss.keys:
            kind, key = named(loss.table, row)
            units.append(UnitFact(kind=kind, key=key, broken=True))
            yield lost_item(f"{kind}/{key}", loss.table, row, member)
        if loss.gap:
            units.append(UnitFact(kind="payloads", key=place, title=f"lost rows of {loss.table}", broken=True))
            why = f"rows of {loss.table} lie in damaged parts of the database, and how many is not known"
            where = Location(member=member, table=loss.table)
            yield Finding(code="payload-unreadable", item=f"payloads/{place}", location=where, details=(("why", why),))
        yield PayloadFact(key=place, type="", units=tuple(units), known=False)
