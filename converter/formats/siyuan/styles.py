"""Style sheets of text and pictures (docs/formats/siyuan.md, "Text marks")."""

from __future__ import annotations

import re
from functools import lru_cache

from converter.patterns import pattern

__all__ = ["css_of", "image_attrs", "image_properties", "image_size", "parts_of"]

_DECLARATION = pattern(r"""(?:[^;("']|\([^)]*\)|"[^"]*"|'[^']*'|[("'])+""")
_SIZE = pattern(r"width: (\d{1,5})px;(?: height: (\d{1,5})px;)?", re.ASCII)


@lru_cache(maxsize=1024)
def parts_of(css: str) -> tuple[str, str, str]:
    """The colour, the background and the other declarations of a style."""
    color = background = ""
    others: list[str] = []
    for declaration in _DECLARATION.findall(css):
        name, colon, value = declaration.strip().partition(":")
        value = value.strip()
        if not colon or not value:
            others += [declaration.strip()] if declaration.strip() else []
        elif name == "color" and not color:
            color = value
        elif name == "background-color" and not background:
            background = value
        else:
            others.append(f"{name}: {value}")
    return color, background, " ".join(f"{one};" for one in others)


def css_of(color: str, background: str, css: str) -> str:
    """A style of these parts, in the editor's spelling."""
    parts = [f"color: {color};"] if color else []
    parts += [f"background-color: {background};"] if background else []
    parts += [css] if css else []
    return " ".join(parts)


def image_size(style: str) -> tuple[int, int]:
    """The width and height in pixels where a picture's style says them and nothing else; zeros otherwise."""
    found = _SIZE.fullmatch(style)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def image_attrs(properties: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What a picture's properties say besides a plain size."""
    return tuple(
        (name, value)
        for name, value in sorted(properties.items())
        if not (name == "style" and image_size(value)[0]) and name not in ("id", "updated")
    )


def image_properties(width: int, height: int, attrs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The properties of a picture; a style of its own says more than a size."""
    properties = dict(attrs)
    if width and "style" not in properties:
        properties["style"] = f"width: {width}px;" + (f" height: {height}px;" if height else "")
    return dict(sorted(properties.items()))
