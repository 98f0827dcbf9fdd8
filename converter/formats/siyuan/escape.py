"""Escaping inside a document's strings (docs/formats/siyuan.md, "Text marks" and "Attributes")."""

from __future__ import annotations

from converter.text.entities import unescape

__all__ = [
    "ATTRIBUTE",
    "QUOTED",
    "attribute",
    "attribute_list",
    "memo",
    "plain_attribute",
    "plain_memo",
    "plain_text",
    "quoted",
    "text",
]

_NEWLINE = "_esc_newline_"
QUOTED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": _NEWLINE, "{": "&#123;", "}": "&#125;"}
)


def plain_text(stored: str) -> str:
    """The text that a mark's stored text shows."""
    return unescape(stored) if "&" in stored else stored


def text(shown: str) -> str:
    """A mark's text as it is stored."""
    # one after the other: most texts have none of these signs, and `translate` would go through each of them
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(shown: str) -> str:
    """The destination or title of a link as it is stored."""
    return text(shown).replace('"', "&quot;")


def plain_memo(stored: str) -> str:
    """The text of an inline memo, or of an inline formula."""
    return plain_text(stored.replace(_NEWLINE, "\n"))


def memo(shown: str) -> str:
    """An inline memo as it is stored."""
    return quoted(shown).replace("\n", _NEWLINE)


def plain_attribute(stored: str) -> str:
    """The value of an attribute."""
    if "&" not in stored and _NEWLINE not in stored:
        return stored
    value = stored.replace(_NEWLINE, "\n").replace("&#123;", "{").replace("&#125;", "}")
    return unescape(value)


def attribute(value: str) -> str:
    """A value as an attribute stores it."""
    return memo(value).replace("{", "&#123;").replace("}", "&#125;")


def attribute_list(properties: dict[str, str]) -> str:
    """The attributes of a span as text, from stored values: `{: style="width: 60%;"}`; `style` comes first."""
    names = sorted(properties, key=lambda name: (name != "style", name))
    return "{: " + " ".join(f'{name}="{properties[name]}"' for name in names) + "}"
