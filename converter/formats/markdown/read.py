"""From the bytes of a Markdown file to a note: encoding, front matter, body."""

from __future__ import annotations

import posixpath

from converter.findings.finding import Finding, Location
from converter.formats.front import SourceContext, Stored
from converter.formats.markdown.encoding import decoded
from converter.formats.markdown.profile import FRONT_KEYS
from converter.model.blocks import Blocks, Raw
from converter.model.items import Note, Property
from converter.model.moment import Moment, parse_moment
from converter.text.frontmatter import scalar_text, split, string_list
from converter.text.markdown.parse import parse

__all__ = ["keeps", "read"]


def read(stored: Stored, context: SourceContext) -> tuple[Note, tuple[Finding, ...]]:
    """A note as it stands in its file. Nothing in a text file is an error; what was mended is found."""
    findings: list[Finding] = []
    text = _decoded(stored, findings)
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = split(text)
    blocks: Blocks = parse(front.body).blocks
    if front.invalid_source:
        blocks = (Raw(format="yaml", source=front.invalid_source), *blocks)
        findings.append(_finding("front-matter-invalid", stored))
    facts = _Facts(front.entries, context)
    stem = posixpath.basename(stored.path).rsplit(".", 1)[0]
    note = Note(
        key=stored.key,
        id=facts.text("id").strip() or None,
        title=facts.text("title") or stem,
        folder=posixpath.dirname(stored.path) or None,
        created=facts.moment("created"),
        updated=facts.moment("updated"),
        stamp=stored.stamp,
        tags=facts.strings("tags"),
        aliases=facts.strings("aliases"),
        icon=facts.text("icon"),
        cover=facts.text("cover"),
        favorite=facts.text("favorite").lower() == "true",
        front=front.present,
        preamble=front.preamble,
        properties=front.entries,
        attrs=(("newline", "crlf"),) if newline == "\r\n" and (blocks or front.present) else (),
        blocks=blocks,
    )
    return note, tuple(findings)


def keeps(_findings: tuple[Finding, ...]) -> bool:
    """Every file is what its application takes it for: nothing in it needs a repair."""
    return True


def _finding(code: str, stored: Stored, **details: str) -> Finding:
    where = Location(file=stored.path, line=1, column=1)
    return Finding(code=code, item=f"notes/{stored.key}", location=where, details=tuple(details.items()))


def _decoded(stored: Stored, findings: list[Finding]) -> str:
    """The text of the file; an encoding that is none of today's is reported."""
    found = decoded(stored.data)
    if found.repaired:
        where = Location(file=stored.path, line=found.line, column=1)
        details = (("what", found.repaired),)
        finding = Finding(code="encoding-repaired", item=f"notes/{stored.key}", location=where, details=details)
        findings.append(finding)
    return found.text


class _Facts:
    """The facts that front matter gives, by the keys of `FRONT_KEYS`."""

    def __init__(self, entries: tuple[Property, ...], context: SourceContext) -> None:
        self._entries = {entry.name.lower(): entry for entry in reversed(entries)}
        self._zone = context.zone

    def _entry(self, fact: str) -> Property | None:
        for key in FRONT_KEYS[fact]:
            if key in self._entries:
                return self._entries[key]
        return None

    def text(self, fact: str) -> str:
        """A single value as text; "" where there is none."""
        entry = self._entry(fact)
        return "" if entry is None else scalar_text(entry)

    def strings(self, fact: str) -> tuple[str, ...]:
        """A list of texts, each once."""
        entry = self._entry(fact)
        return () if entry is None else tuple(dict.fromkeys(string_list(entry)))

    def moment(self, fact: str) -> Moment | None:
        """A date or a time."""
        text = self.text(fact)
        return parse_moment(text, self._zone) if text else None
