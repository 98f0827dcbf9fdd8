"""What a note says besides its text, as attributes of a document: SiYuan."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from converter.model.items import Note, Property
from converter.model.order import Output
from converter.model.timed_id import settled
from converter.patterns import pattern
from converter.pipeline.lower.lines import as_stored
from converter.pipeline.lower.losses import Losses
from converter.pipeline.pair import Pair
from converter.text.frontmatter import value_text

__all__ = ["with_attributes"]

_OWN = frozenset(("memo", "bookmark", "name"))
_NAME = pattern(r"[a-z][a-z0-9-]*", re.ASCII)
_ODD = pattern(r"[^a-z0-9]+", re.ASCII)
_COVER = pattern(r'(?:assets/|https?://)[^"\\]+')


def with_attributes(bare: Note, note: Note, output: Output, pair: Pair, losses: Losses) -> Note:
    """The note with its facts as a document's attributes, by name."""
    attrs = _Attributes(losses)
    for one in note.properties:
        attrs.take(one)
    if note.favorite:
        attrs.put("bookmark" if "bookmark" not in attrs.values else "custom-favorite", "favorite")
    emoji = _is_emoji(note.icon)
    if note.icon and not emoji:
        attrs.put("custom-icon", note.icon)
    cover = bare.cover if _COVER.fullmatch(bare.cover) else ""
    if bare.cover and not cover:
        attrs.put("custom-cover", bare.cover)
    aliases = tuple(dict.fromkeys(part.strip() for alias in note.aliases for part in alias.split(",") if part.strip()))
    tags = tuple(dict.fromkeys(part.strip() for tag in note.tags for part in tag.split(",") if part.strip()))
    title = _clean(bare.title)
    if not title.strip():
        title = "Untitled"
        attrs.put("custom-sy-title-empty", "true")
    return msgspec.structs.replace(
        bare,
        title=title,
        created=output.created,
        updated=settled(note.updated or note.stamp or output.created, pair.zone),
        tags=tags,
        aliases=aliases,
        icon=note.icon if emoji else "",
        cover=cover,
        favorite=False,
        attrs=tuple(sorted((name, _clean(value)) for name, value in attrs.values.items() if _clean(value))),
    )


def _clean(text: str) -> str:
    """Text as attributes can hold it."""
    return as_stored(text).replace("\r\n", "\n").replace("\r", "\n")


def _is_emoji(icon: str) -> bool:
    """Whether an icon is a picture character: no letter, digit or blank in it, but for the digits of keycaps."""
    if not icon or len(icon) > 16 or not any(ord(character) > 0xFF for character in icon):
        return False
    return not any(unicodedata.category(c)[0] in "LZ" or c in "\x00\r\n" for c in icon)


class _Attributes:
    """Attributes as they are gathered; each name once."""

    def __init__(self, losses: Losses) -> None:
        self.values: dict[str, str] = {}
        self._losses = losses

    def take(self, item: Property) -> None:
        """A property under the name that the target has for it."""
        wanted = item.name or "front-matter"
        name = wanted if wanted in _OWN or wanted.startswith("custom-") else f"custom-{wanted}"
        if not _NAME.fullmatch(name):
            name = "custom-" + (_ODD.sub("-", wanted.lower()).strip("-") or "property")
            self._losses.add("detail-lost", what=f"the spelling of the property {wanted}")
        self.put(name, value_text(item) if item.name else item.text)

    def put(self, name: str, value: str) -> None:
        """A value under this name, or the next free one."""
        free, number = name, 2
        while free in self.values:
            free, number = f"{name}-{number}", number + 1
        self.values[free] = value
