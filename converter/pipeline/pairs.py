"""The capability and loss table of two formats: what `formats --pair` prints is what lowering works from."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.findings.codes import code_of
from converter.formats.registry import load
from converter.model.profile import Profile, Rule
from converter.pipeline.pair import Pair

__all__ = ["PairRow", "pair_table"]

_TABLES = ("facts", "blocks", "marks", "runs")


class PairRow(msgspec.Struct, frozen=True, kw_only=True):
    """One concept on its way from one format to another.

    `kind` is the table it stands in (`outer`, `facts`, `blocks`, `marks`, `runs`), `context` where it stands when
    that matters, `outcome` is `exact`, `fallback` (nothing is lost or shows) or that of the code: `approximated`,
    `lost`.
    """

    kind: str
    concept: str
    context: str
    outcome: str
    code: str
    sentence: str


def pair_table(a: str, b: str, options: Mapping[str, str] | None = None) -> list[PairRow]:
    """What becomes of every concept of format `a` in format `b`; raises `UsageError` for an unknown format."""
    source = load(a).profile(options or {})
    target = load(b).profile(options or {})
    same = source.system == target.system
    pair = Pair(source, target)
    rows = [_row("outer", kind, "", pair.outer(kind), same=same) for kind in sorted(source.outer)]
    for table in _TABLES:
        rules: Mapping[str, Rule] = getattr(target, table)
        held = _held(source, table)
        for name in sorted(rules):
            concept, _, context = name.partition("@")
            if concept in held or concept.partition("-")[0] in held:
                rows.append(_row(table, concept, context, rules[name], same=same))
    return rows


def _held(profile: Profile, table: str) -> set[str]:
    """The concepts that a format itself holds: those exact in its own profile, in any context."""
    rules: Mapping[str, Rule] = getattr(profile, table)
    names = {name.partition("@")[0] for name, rule in rules.items() if rule.exact} | {"list", "children"}
    return names | {name.partition("-")[0] for name in names}


def _row(table: str, concept: str, context: str, rule: Rule, *, same: bool) -> PairRow:
    if rule.exact or (same and table in ("facts", "outer")):
        outcome, sentence = "exact", ""
    elif not rule.code:
        outcome, sentence = "fallback", _SILENT.get(rule.fallback, "In the target's own form.")
    else:
        code = code_of(rule.code)
        outcome, sentence = code.outcome, code.why
    return PairRow(
        kind=table,
        concept=concept,
        context=context,
        outcome=outcome,
        code="" if rule.exact else rule.code,
        sentence=sentence,
    )


_SILENT = {
    "bookmark": "As a bookmark of that name.",
    "embed-by-id": "As a query for what it shows.",
    "super-column": "Its only block, or a stack of its blocks.",
    "items": "Each item is a block of its own.",
    "quote-text": "The paragraphs of a quote become its text.",
    "callout-text": "The title becomes the first line.",
    "newline": "A line break inside the text.",
    "dissolve": "Its parts follow one another.",
    "image-paragraph": "A picture alone in a paragraph.",
    "embed-paragraph": "An embed alone in a paragraph.",
    "media-html": "As HTML.",
    "nest-columns": "Nested pairs of columns.",
}
