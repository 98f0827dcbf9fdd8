"""What a link in a workspace names (docs/formats/siyuan.md, "Assets" and "Text marks")."""

from __future__ import annotations

import posixpath

from converter.formats.front import Found, Lookup
from converter.model.facts import LinkFact
from converter.model.timed_id import is_timed_id

__all__ = ["names", "resolve"]

_BLOCK = "siyuan://blocks/"


def names(kind: str, key: str) -> tuple[str, ...]:
    """Lookup names: a document's id; of an asset every end of its path that begins with `assets/`."""
    if kind == "note":
        return (posixpath.basename(key).removesuffix(".sy"),)
    parts = key.split("/")
    return tuple("/".join(parts[at:]) for at, part in enumerate(parts[:-1]) if part == "assets")


def resolve(lookup: Lookup, _origin: str, link: LinkFact) -> Found:
    """What the link names: a document or block by its id, or a file below an `assets` folder."""
    target = link.target
    if link.form in ("reference", "embed", "page"):
        return _block(lookup, target)
    if target.startswith(_BLOCK):
        return _block(lookup, target.removeprefix(_BLOCK).partition("?")[0])
    if not target.startswith("assets/"):
        return Found("outside")
    return _asset(lookup, target)


def _block(lookup: Lookup, target: str) -> Found:
    documents = lookup.notes_named(target)
    if documents:
        return Found("note", documents[0])
    holders = lookup.notes_with_block(target)
    return Found("note", holders[0], target) if holders else Found("missing")


def _asset(lookup: Lookup, target: str) -> Found:
    """The file itself; without a query, of which a page counts; a PDF whose annotation is named by an id behind it."""
    plain, _, query = target.partition("?")
    above, _, last = plain.rpartition("/")
    candidates = [(target, ""), (plain, query if query.startswith("page=") else "")]
    candidates += [(above, last)] if is_timed_id(last) else []
    for candidate, place in candidates:
        found = lookup.assets_named(candidate)
        if found:
            return Found("asset", candidate if candidate in found else found[0], place)
    return Found("missing")
