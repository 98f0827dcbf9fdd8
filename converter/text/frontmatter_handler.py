"""A handler for python-frontmatter: it keeps the raw text, and reads values by YAML 1.2.

So `no`, `12:30` and `017` stay what they are (docs/formats/markdown.md, "Front matter").
"""

from __future__ import annotations

import re
from typing import Any

import ryaml
from frontmatter.default_handlers import BaseHandler

__all__ = ["RawHandler"]

_OPEN = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|$)", re.MULTILINE)
_ALIAS = re.compile(r"(?:^|[\s\[{,:-])\*[^\s,\]}]")
_MOST_ALIASES = 64
_MOST_CHARACTERS = 1 << 20


class RawHandler(BaseHandler):  # type: ignore[misc]
    """python-frontmatter's handler, for YAML 1.2."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def detect(self, text: str) -> bool:
        """Whether the text opens front matter and closes it."""
        opened = _OPEN.match(text)
        return opened is not None and _CLOSE.search(text, opened.end()) is not None

    def split(self, text: str) -> tuple[str, str]:
        """The YAML, and what follows it."""
        opened = _OPEN.match(text)
        start = opened.end() if opened else 0
        closed = _CLOSE.search(text, start)
        if closed is None:
            return "", text
        return text[start : closed.start()], text[closed.end() :]

    def load(self, fm: str, **_: object) -> Any:
        """The values; raises `ValueError` for what is no YAML or too much of it."""
        if len(fm) > _MOST_CHARACTERS or len(_ALIAS.findall(fm)) > _MOST_ALIASES:
            raise ValueError("too large")
        return ryaml.loads(fm)
