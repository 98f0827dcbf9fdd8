"""Codes for what a target cannot hold at all. Text of yours is an error, a matter of order is not."""

from __future__ import annotations

from converter.findings.codes.entry import CARRIED, ERROR, INFO, LOST, Code

__all__ = ["CODES"]


def _lost(name: str, message: str, why: str, fix: str, severity: str = ERROR) -> Code:
    return Code(name, severity, LOST, message, why, fix)


_KEEP = "Keep the source. A target of the same system holds it."

CODES: tuple[Code, ...] = (
    Code(
        "carried",
        INFO,
        CARRIED,
        "Something travels as residue, for DST has no place of its own for it[ ({code})][: {what}].",
        "The target has no place of its own for it. What was left out stands beside the target, or in its blocks where "
        "the application does not show it, and a later conversion puts it back.",
        "Nothing to do. `--no-residue` writes a clean target instead.",
    ),
    _lost(
        "database-lost",
        "A database[, {what},] is not in the target.",
        "The target has no databases. Notes that show one keep the table that it showed.",
        _KEEP,
    ),
    _lost(
        "deck-lost",
        "A deck of flashcards[, {what},] is not in the target.",
        "Flashcards pass within their own system only.",
        _KEEP,
    ),
    _lost("map-lost", "A mindmap[, {what},] is not in the target.", "The target has no mindmaps.", _KEEP),
    _lost(
        "setting-lost",
        "A setting[, {what},] is not in the target.",
        "The target holds no settings of this application.",
        _KEEP,
    ),
    _lost(
        "app-state-lost",
        "Settings or the state of the application[, {what},] are not in the target.",
        "They are about the application, such as the order in which it lists notes or what was open last, and say "
        "nothing that is not in the notes as well.",
        "Nothing to do.",
        INFO,
    ),
    _lost(
        "payload-lost",
        "A part of the source[, {what},] is not in the target.",
        "Nobody here can interpret it, so it can only be passed on whole, and the target is of another system.",
        _KEEP,
    ),
    _lost(
        "property-lost",
        "A property of the note[, {what},] is not in the target.",
        "The target has no properties like this one.",
        "Keep the source, or write what you need into the text of the note.",
    ),
    _lost(
        "comment-dropped",
        "A comment is not in the target.",
        "Comments are hidden in the source, and the target has none. Showing them as text would publish "
        "what was hidden.",
        "Keep the source, or make the comment ordinary text before you convert.",
    ),
    _lost(
        "order-lost",
        "The order among siblings is not kept.",
        "The target sorts by name.",
        "`--number-prefix` puts numbers before the names.",
        INFO,
    ),
)
