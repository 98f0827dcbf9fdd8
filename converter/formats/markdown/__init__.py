"""A folder of Markdown: paths, links, attachments. The text itself is `converter.text.markdown`'s."""

from __future__ import annotations

from converter.formats.front import Format
from converter.formats.markdown.detect import detect
from converter.formats.markdown.index import open_source
from converter.formats.markdown.judge import judge
from converter.formats.markdown.links import names, resolve
from converter.formats.markdown.locate import locate_links
from converter.formats.markdown.profile import profile
from converter.formats.markdown.read import keeps, read
from converter.formats.markdown.relink import link_keys, relink, relink_file
from converter.formats.markdown.segments import frame, pieces, segments
from converter.formats.markdown.write import open_merge, open_target, render

__all__ = ["FORMAT"]

FORMAT = Format(
    id="markdown",
    title="folder of Markdown",
    system="markdown",
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
    segments=segments,
    pieces=pieces,
    frame=frame,
    gap="\n\n",
    keeps=keeps,
    relink=relink,
    link_keys=link_keys,
    linking=(".canvas",),
    relink_file=relink_file,
    locate_links=locate_links,
    judge=judge,
)
