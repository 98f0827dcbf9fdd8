"""Markdown in the Obsidian dialect: text to blocks and back (docs/formats/markdown.md)."""

from __future__ import annotations

from converter.text.markdown.parse import Parsed, parse
from converter.text.markdown.render import render

__all__ = ["Parsed", "parse", "render"]
