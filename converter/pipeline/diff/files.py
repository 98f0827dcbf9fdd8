"""Assets of both archives, matched by their bytes, else by their names; names are a matter of each system."""

from __future__ import annotations

import msgspec

from converter.pipeline.diff.match import Round, match
from converter.pipeline.diff.side import Side
from converter.storage.names import fold

__all__ = ["Files", "match_files"]


class _File(msgspec.Struct, frozen=True):
    """An asset with what it is known by; `digest` is "" where it cannot be read."""

    key: str
    name: str
    digest: str


class Files(msgspec.Struct):
    """Keys of assets: pairs of equal bytes, of one name and other bytes, and what only one side has.

    `unread` are pairs of one name of which a file cannot be read. Another copy of bytes that both have is one of
    `copies`, and no difference.
    """

    equal: list[tuple[str, str]] = []
    changed: list[tuple[str, str]] = []
    unread: list[tuple[str, str]] = []
    only_a: list[str] = []
    only_b: list[str] = []
    copies: int = 0


def match_files(a: Side, b: Side) -> Files:
    """Match the assets of both sides, and label them."""
    ours, theirs = _files(a), _files(b)
    found = match(ours, theirs, _ROUNDS)
    digests = {one.digest for one in ours if one.digest} & {one.digest for one in theirs if one.digest}
    made = Files()
    for x, y, _ in found.pairs:
        if x.digest and x.digest == y.digest:
            made.equal.append((x.key, y.key))
            label = f"{fold(x.name)} {x.digest[:12]}"
        else:
            (made.changed if x.digest and y.digest else made.unread).append((x.key, y.key))
            label = x.key
        a.labels[x.key] = b.labels[y.key] = label
    by_digest = {x.digest: a.labels[x.key] for x, y, _ in found.pairs if x.digest == y.digest}
    for side, rest, only in ((a, found.only_a, made.only_a), (b, found.only_b, made.only_b)):
        for one in rest:
            if one.digest in digests:
                made.copies += side is a
                side.labels[one.key] = by_digest.get(one.digest, one.digest)
            else:
                only.append(one.key)
    return made


def _files(side: Side) -> list[_File]:
    assets = side.session.catalog.assets
    side.session.progress.stage("Comparing files", len(assets))
    made: list[_File] = []
    for key, entry in assets.items():
        made.append(_File(key, entry.fact.name, side.digest_of(key)))
        side.session.progress.advance(key)
    return made


_ROUNDS = [
    Round[_File]("bytes and key", lambda one: one.digest and f"{one.digest} {one.key}"),
    Round[_File]("bytes and name", lambda one: one.digest and f"{one.digest} {fold(one.name)}", unique=False),
    Round[_File]("bytes", lambda one: one.digest, unique=False),
    Round[_File]("key", lambda one: one.key),
    Round[_File]("name", lambda one: fold(one.name)),
]
