"""Code that SiYuan draws as charts, and stores escaped at times (docs/formats/siyuan.md, "Blocks")."""

from __future__ import annotations

from converter.formats.siyuan.escape import plain_text, text

__all__ = ["code_text", "stored_code"]

_CHARTS = frozenset(("mermaid", "echarts", "abc", "graphviz", "mindmap", "flowchart", "plantuml", "infographic"))
_JOINED = "\u200d```"


def code_text(data: str, language: str) -> str:
    """The code that a person sees, from what is stored; without its final line break."""
    code = data.removesuffix("\n").replace(_JOINED, "```")
    return plain_text(code) if language in _CHARTS else code


def stored_code(code: str, language: str) -> str:
    """Code as it is stored: fences inside set off by a joiner, charts escaped where an entity would be undone."""
    data = text(code) if language in _CHARTS and "&" in code else code
    return data.replace("```", _JOINED) + "\n"
