"""Workspaces, data folders and notebooks of SiYuan."""

from __future__ import annotations

from converter.formats.front import Format
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
