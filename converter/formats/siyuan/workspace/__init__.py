"""Workspaces, data folders and notebooks of SiYuan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.formats.front import Format
from converter.formats.later import later

if TYPE_CHECKING:
    from converter.formats.siyuan.relink import locate_links, own_ids, relink, relink_file
    from converter.formats.siyuan.segments import frame, pieces, segments
    from converter.formats.siyuan.workspace.detect import detect
    from converter.formats.siyuan.workspace.index import open_source
    from converter.formats.siyuan.workspace.join import join_file
    from converter.formats.siyuan.workspace.judge import judge
    from converter.formats.siyuan.workspace.links import names, resolve
    from converter.formats.siyuan.workspace.profile import profile
    from converter.formats.siyuan.workspace.read import keeps, read
    from converter.formats.siyuan.workspace.use import in_use
    from converter.formats.siyuan.workspace.write import open_merge, open_target, render
else:
    locate_links = later("converter.formats.siyuan.relink", "locate_links")
    own_ids = later("converter.formats.siyuan.relink", "own_ids")
    relink = later("converter.formats.siyuan.relink", "relink")
    relink_file = later("converter.formats.siyuan.relink", "relink_file")
    frame = later("converter.formats.siyuan.segments", "frame")
    pieces = later("converter.formats.siyuan.segments", "pieces")
    segments = later("converter.formats.siyuan.segments", "segments")
    detect = later("converter.formats.siyuan.workspace.detect", "detect")
    open_source = later("converter.formats.siyuan.workspace.index", "open_source")
    join_file = later("converter.formats.siyuan.workspace.join", "join_file")
    judge = later("converter.formats.siyuan.workspace.judge", "judge")
    names = later("converter.formats.siyuan.workspace.links", "names")
    resolve = later("converter.formats.siyuan.workspace.links", "resolve")
    profile = later("converter.formats.siyuan.workspace.profile", "profile")
    keeps = later("converter.formats.siyuan.workspace.read", "keeps")
    read = later("converter.formats.siyuan.workspace.read", "read")
    in_use = later("converter.formats.siyuan.workspace.use", "in_use")
    open_merge = later("converter.formats.siyuan.workspace.write", "open_merge")
    open_target = later("converter.formats.siyuan.workspace.write", "open_target")
    render = later("converter.formats.siyuan.workspace.write", "render")

__all__ = ["FORMAT"]

FORMAT = Format(
    id="siyuan",
    title="SiYuan workspace, data folder or notebook",
    system="siyuan",
    single_file=False,
    detect=detect,
    open_source=open_source,
    read=read,
    names=names,
    resolve=resolve,
    profile=profile,
    render=render,
    open_target=open_target,
    open_merge=open_merge,
    merges="tree",
    join_file=join_file,
    segments=segments,
    pieces=pieces,
    frame=frame,
    gap=",",
    keeps=keeps,
    relink=relink,
    relink_file=relink_file,
    own_ids=own_ids,
    in_use=in_use,
    locate_links=locate_links,
    judge=judge,
)
