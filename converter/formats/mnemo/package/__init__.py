"""The `.mnemo` package: Mnemo's own file for passing notes, decks and maps on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.formats.front import Format
from converter.formats.later import later

if TYPE_CHECKING:
    from converter.formats.mnemo.links import names, resolve
    from converter.formats.mnemo.package.detect import detect
    from converter.formats.mnemo.package.index import open_source
    from converter.formats.mnemo.package.judge import judge
    from converter.formats.mnemo.package.merge import open_merge
    from converter.formats.mnemo.package.misfits import misfits
    from converter.formats.mnemo.package.parts import parts
    from converter.formats.mnemo.package.profile import profile
    from converter.formats.mnemo.package.write import open_target, render
    from converter.formats.mnemo.part_ids import part_ids, part_said
    from converter.formats.mnemo.passing import body
    from converter.formats.mnemo.read import read
    from converter.formats.mnemo.relink import locate_links, own_ids, relink, relink_file
    from converter.formats.mnemo.segments import frame, pieces, segments
else:
    names = later("converter.formats.mnemo.links", "names")
    resolve = later("converter.formats.mnemo.links", "resolve")
    detect = later("converter.formats.mnemo.package.detect", "detect")
    open_source = later("converter.formats.mnemo.package.index", "open_source")
    judge = later("converter.formats.mnemo.package.judge", "judge")
    open_merge = later("converter.formats.mnemo.package.merge", "open_merge")
    misfits = later("converter.formats.mnemo.package.misfits", "misfits")
    parts = later("converter.formats.mnemo.package.parts", "parts")
    profile = later("converter.formats.mnemo.package.profile", "profile")
    open_target = later("converter.formats.mnemo.package.write", "open_target")
    render = later("converter.formats.mnemo.package.write", "render")
    part_ids = later("converter.formats.mnemo.part_ids", "part_ids")
    part_said = later("converter.formats.mnemo.part_ids", "part_said")
    body = later("converter.formats.mnemo.passing", "body")
    read = later("converter.formats.mnemo.read", "read")
    locate_links = later("converter.formats.mnemo.relink", "locate_links")
    own_ids = later("converter.formats.mnemo.relink", "own_ids")
    relink = later("converter.formats.mnemo.relink", "relink")
    relink_file = later("converter.formats.mnemo.relink", "relink_file")
    frame = later("converter.formats.mnemo.segments", "frame")
    pieces = later("converter.formats.mnemo.segments", "pieces")
    segments = later("converter.formats.mnemo.segments", "segments")

__all__ = ["FORMAT"]

FORMAT = Format(
    id="mnemo",
    title=".mnemo package",
    system="mnemo",
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
    body=body,
    open_merge=open_merge,
    merges="file",
    relink=relink,
    relink_file=relink_file,
    own_ids=own_ids,
    part_ids=part_ids,
    part_said=part_said,
    parts=parts,
    locate_links=locate_links,
    judge=judge,
    misfits=misfits,
)
