"""A profile: what a format can hold, as data.

The pipeline's `place` and `inside` consult it and nothing else; `formats --pair` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["CONTEXTS", "EXACT", "Profile", "Rule", "exact"]

CONTEXTS = ("top", "item", "quote", "column", "cell")
"""Where a block can stand: at the top, in a list item, in a quote or callout, in a column, in a table cell."""


class Rule(msgspec.Struct, frozen=True):
    """What happens to one concept: nothing (`fallback` empty: the target holds it exactly), or a named fallback.

    `code` is the finding that reports it, "" where nothing of it is lost or shows.
    """

    fallback: str = ""
    code: str = ""

    @property
    def exact(self) -> bool:
        """Whether the target holds the concept as it is."""
        return not self.fallback


EXACT = Rule()


def exact(*names: str) -> dict[str, Rule]:
    """A table in which each of these concepts is exact."""
    return dict.fromkeys(names, EXACT)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The capabilities of one format under given options.

    `format` is the format's id, `system` the application family: between profiles of one system `lift` is not
    applied. `blocks` maps a block kind, or `kind@context` where a context differs, to its rule; `runs`, `marks`
    and `facts` (note-level: `tags`, `aliases`, `order` …) and `outer` (kinds of items) likewise. A kind that is not
    in its table is one that the format's own reader never yields and that no other format may send: lowering it is
    an error of ours. `unsaid` names members that the format cannot say, as `kind.member`, with the words for what is
    lost ("" where nothing that a person sees is). `lifts` names the `⇐` rules that apply when this format is the
    source. `parameters` hold what rules need to know (`block_ids`, `note_link`, `text`, `target`).
    """

    format: str
    system: str
    title: str
    blocks: Mapping[str, Rule]
    runs: Mapping[str, Rule]
    marks: Mapping[str, Rule]
    facts: Mapping[str, Rule]
    outer: Mapping[str, Rule]
    unsaid: Mapping[str, str] = {}
    lifts: tuple[str, ...] = ()
    parameters: Mapping[str, str] = {}

    def block(self, kind: str, context: str) -> Rule | None:
        """The rule for a block kind in a context."""
        return self.blocks.get(f"{kind}@{context}") or self.blocks.get(kind)
