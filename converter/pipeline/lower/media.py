"""Audio, video and the like as the HTML that shows them."""

from __future__ import annotations

from converter.model.blocks import Media
from converter.pipeline.lower.engine import Lowering

__all__ = ["PLAYED", "media_source", "player_of"]

PLAYED = ("audio", "video")
"""Kinds of media that are files with a player around them."""

_VIDEO = (".mp4", ".webm", ".ogv", ".mov", ".mkv", ".m4v")
_AUDIO = (".mp3", ".wav", ".m4a", ".ogg", ".flac", ".3gp", ".aac", ".opus")


def player_of(name: str) -> str:
    """`video` or `audio` for the name of a file that is one, else ""."""
    ending = name[name.rfind(".") :].lower()
    return "video" if ending in _VIDEO else "audio" if ending in _AUDIO else ""


def media_source(lowering: Lowering, media: Media) -> str:
    """The HTML of a media block with its file where the target has it: its own, else what shows its file."""
    target = lowering.inline.links.media(media.target)
    if not media.source:
        return f'<{media.media} src="{target}"></{media.media}>'
    return media.source.replace(f'"{media.target}"', f'"{target}"') if media.target else media.source
