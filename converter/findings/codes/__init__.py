"""The closed table of codes: each finding carries one of these.

A new code is one entry in the module of its area: `containers` (packages and files), `reading` (what stood in a
record or a file), `structure` (folders, names, links, assets), `fallbacks` (what a target cannot hold exactly),
`losses` (what it cannot hold at all), `residues` (what comes back), `workspaces` (SiYuan), `libraries` (Mnemo),
`comparisons` (what two archives do not share), `merges` (what a target had already), `verdicts` (what applications
say).
"""

from __future__ import annotations

from converter.errors import InternalFaultError
from converter.findings.codes import (
    comparisons,
    containers,
    fallbacks,
    libraries,
    losses,
    merges,
    reading,
    residues,
    structure,
    verdicts,
    workspaces,
)
from converter.findings.codes.entry import OUTCOMES, SEVERITIES, Code

__all__ = ["CODES", "OUTCOMES", "SEVERITIES", "Code", "code_of"]

_TABLES = (
    containers,
    reading,
    structure,
    fallbacks,
    losses,
    residues,
    workspaces,
    libraries,
    comparisons,
    merges,
    verdicts,
)

CODES: dict[str, Code] = {
    code.name: code for code in sorted((c for table in _TABLES for c in table.CODES), key=lambda c: c.name)
}
"""Every code by its name, in order of names."""


def code_of(name: str) -> Code:
    """Look up the entry of a code; raises `InternalFaultError` for one that is not in the table."""
    try:
        return CODES[name]
    except KeyError:
        raise InternalFaultError(f"The finding code {name!r} is not in the table of codes.") from None
