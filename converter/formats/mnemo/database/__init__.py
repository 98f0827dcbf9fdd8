"""Mnemo's library: the database `mnemo.db`, with its pictures beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.formats.front import Format
from converter.formats.later import later
from converter.formats.mnemo.database.layout import COMPANIONS

if TYPE_CHECKING:
    from converter.formats.mnemo.database.detect import detect
    from converter.formats.mnemo.database.index import open_source
    from converter.formats.mnemo.database.join import join_file
    from converter.formats.mnemo.database.judge import judge
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
else:
    detect = later("converter.formats.mnemo.database.detect", "detect")
    open_source = later("converter.formats.mnemo.database.index", "open_source")
    join_file = later("converter.formats.mnemo.database.join", "join_file")
    judge = later("converter.formats.mnemo.database.judge", "judge")
    open_merge = later("converter.formats.mnemo.database.merge", "open_merge")
    parts = later("converter.formats.mnemo.database.parts", "parts")
    profile = later("converter.formats.mnemo.database.profile", "profile")
    open_target = later("converter.formats.mnemo.database.write", "open_target")
    render = later("converter.formats.mnemo.database.write", "render")
    names = later("converter.formats.mnemo.links", "names")
    resolve = later("converter.formats.mnemo.links", "resolve")
    part_ids = later("converter.formats.mnemo.part_ids", "part_ids")
    part_said = later("converter.formats.mnemo.part_ids", "part_said")
    stored_body = later("converter.formats.mnemo.passing", "stored_body")
    read_stored = later("converter.formats.mnemo.read", "read_stored")
    locate_links = later("converter.formats.mnemo.relink", "locate_links")
    own_ids = later("converter.formats.mnemo.relink", "own_ids")
    relink = later("converter.formats.mnemo.relink", "relink")
    relink_file = later("converter.formats.mnemo.relink", "relink_file")
    stored_frame = later("converter.formats.mnemo.segments", "stored_frame")
    stored_pieces = later("converter.formats.mnemo.segments", "stored_pieces")
    stored_segments = later("converter.formats.mnemo.segments", "stored_segments")
    database_in_use = later("converter.storage.exclusive", "database_in_use")

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
