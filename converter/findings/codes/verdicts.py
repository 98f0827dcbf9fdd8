"""Codes for what the application of a source would say to it."""

from __future__ import annotations

from converter.findings.codes.entry import ERROR, INFO, NONE, WARNING, Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "app-loses",
        WARNING,
        NONE,
        "Its application would lose this[: {what}].",
        "The application opens the file and leaves this out, or writes it away at the next change, without a word.",
        "Mend it before the application opens the file, or keep a copy; a conversion by this program keeps it.",
    ),
    Code(
        "app-refuses",
        ERROR,
        NONE,
        "Its application would refuse this[: {what}].",
        "The application stops at this, and imports or opens nothing of what depends on it.",
        "Export it again, or mend what is named; a conversion by this program reads what can be read.",
    ),
    Code(
        "app-repairs",
        INFO,
        NONE,
        "Its application would write this anew[: {what}].",
        "The application opens the file and changes this when it loads it.",
        "Nothing to do.",
    ),
    Code(
        "name-not-portable",
        INFO,
        NONE,
        "Other systems refuse this name[: {what}].",
        "Windows, Android or cloud folders do not take it: a sign, a reserved word, a final dot or space, its length.",
        "Rename it if the files are to go there; a conversion into files changes it by itself.",
    ),
    Code(
        "schema-mismatch",
        WARNING,
        NONE,
        "This does not fit the schema[ {schema}][: {what}].",
        "Its application reads it, or passes over it; a program that goes by the published schemas may not.",
        "Nothing to do for the application itself; `mnemo-converter schema NAME` says what else belongs there.",
    ),
    Code(
        "source-refused",
        ERROR,
        NONE,
        "It cannot be read[: {what}].",
        "One of several sources is not what it should be; the others were checked all the same.",
        "Check the path and the format; `validate` with this source alone says more.",
    ),
)
