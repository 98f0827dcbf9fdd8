"""The `.mnemo` package: Mnemo's own file for passing notes, decks and maps on."""

from __future__ import annotations

from converter.formats.front import Format
from converter.formats.mnemo.links import names, resolve
from converter.formats.mnemo.package.detect import detect
from converter.formats.mnemo.package.index import open_source
from converter.formats.mnemo.package.judge import judge
from converter.formats.mnemo.package.merge import open_merge
from converter.formats.mnemo.package.parts import parts
from converter.formats.mnemo.package.profile import profile
from converter.formats.mnemo.package.write import open_target, render
from converter.formats.mnemo.part_ids import part_ids, part_said
from converter.formats.mnemo.passing import body
from converter.formats.mnemo.read import read
from converter.formats.mnemo.relink import locate_links, own_ids, relink, relink_file
from converter.formats.mnemo.segments import frame, pieces, segments

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
)
