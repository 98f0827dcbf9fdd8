"""An archive as JSON Lines: the model itself, one document a line (docs/formats/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.formats.front import Format
from converter.formats.later import later

if TYPE_CHECKING:
    from converter.formats.json.assets import companion_of
    from converter.formats.json.detect import detect
    from converter.formats.json.header import origin_of
    from converter.formats.json.index import open_source
    from converter.formats.json.links import names, resolve
    from converter.formats.json.profile import profile
    from converter.formats.json.read import keeps, locate_links, read
    from converter.formats.json.segments import frame, pieces, segments
    from converter.formats.json.write import open_target, render
else:
    companion_of = later("converter.formats.json.assets", "companion_of")
    detect = later("converter.formats.json.detect", "detect")
    origin_of = later("converter.formats.json.header", "origin_of")
    open_source = later("converter.formats.json.index", "open_source")
    names = later("converter.formats.json.links", "names")
    resolve = later("converter.formats.json.links", "resolve")
    profile = later("converter.formats.json.profile", "profile")
    keeps = later("converter.formats.json.read", "keeps")
    locate_links = later("converter.formats.json.read", "locate_links")
    read = later("converter.formats.json.read", "read")
    frame = later("converter.formats.json.segments", "frame")
    pieces = later("converter.formats.json.segments", "pieces")
    segments = later("converter.formats.json.segments", "segments")
    open_target = later("converter.formats.json.write", "open_target")
    render = later("converter.formats.json.write", "render")

__all__ = ["FORMAT"]

FORMAT = Format(
    id="json",
    title="JSON Lines",
    system="json",
    single_file=True,
    detect=detect,
    open_source=open_source,
    read=read,
    names=names,
    resolve=resolve,
    profile=profile,
    render=render,
    open_target=open_target,
    segments=segments,
    pieces=pieces,
    frame=frame,
    gap=",",
    keeps=keeps,
    locate_links=locate_links,
    beside=lambda name: (companion_of(name),),
    origin=origin_of,
)
