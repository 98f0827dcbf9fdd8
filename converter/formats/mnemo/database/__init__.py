"""Mnemo's library: the database `mnemo.db`, with its pictures beside it."""

from __future__ import annotations

from converter.formats.front import Format
from converter.formats.mnemo.database.detect import detect
from converter.formats.mnemo.database.index import open_source
from converter.formats.mnemo.database.join import join_file
from converter.formats.mnemo.database.judge import judge
from converter.formats.mnemo.database.layout import COMPANIONS
from converter.formats.mnemo.database.merge import open_merge
from converter.formats.mnemo.database.parts import parts
from converter.formats.mnemo.database.profile import profile
from converter.formats.mnemo.database.write import open_target, render
from converter.formats.mnemo.links import names, resolve
from converter.formats.mnemo.part_ids import part_ids, part_said
from converter.formats.mnemo.passing import stored_body
from converter.formats.mnemo.read import read_stored
from converter.formats.mnemo.relink import locate_links, own_ids, relink, relink_file
from converter.formats.mnemo.segments import stored_frame, stored_pieces, stored_segments
from converter.storage.exclusive import database_in_use

__all__ = ["FORMAT"]

FORMAT = Format(
    id="mnemo-db",
    title="library of Mnemo (mnemo.db)",
    system="mnemo",
    single_file=True,
    detect=detect,
    open_source=open_source,
    read=read_stored,
    names=names,
    resolve=resolve,
    profile=profile,
    render=render,
    open_target=open_target,
    segments=stored_segments,
    pieces=stored_pieces,
    frame=stored_frame,
    gap=",",
    body=stored_body,
    beside=lambda _name: COMPANIONS,
    parts=parts,
    open_merge=open_merge,
    merges="database",
    in_use=database_in_use,
    relink=relink,
    relink_file=relink_file,
    own_ids=own_ids,
    part_ids=part_ids,
    part_said=part_said,
    join_file=join_file,
    locate_links=locate_links,
    judge=judge,
)
