"""A folder of Markdown: paths, links, attachments. The text itself is `converter.text.markdown`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.formats.front import Format
from converter.formats.later import later

if TYPE_CHECKING:
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
else:
    detect = later("converter.formats.markdown.detect", "detect")
    open_source = later("converter.formats.markdown.index", "open_source")
    judge = later("converter.formats.markdown.judge", "judge")
    names = later("converter.formats.markdown.links", "names")
    resolve = later("converter.formats.markdown.links", "resolve")
    locate_links = later("converter.formats.markdown.locate", "locate_links")
    profile = later("converter.formats.markdown.profile", "profile")
    keeps = later("converter.formats.markdown.read", "keeps")
    read = later("converter.formats.markdown.read", "read")
    link_keys = later("converter.formats.markdown.relink", "link_keys")
    relink = later("converter.formats.markdown.relink", "relink")
    relink_file = later("converter.formats.markdown.relink", "relink_file")
    frame = later("converter.formats.markdown.segments", "frame")
    pieces = later("converter.formats.markdown.segments", "pieces")
    segments = later("converter.formats.markdown.segments", "segments")
    open_merge = later("converter.formats.markdown.write", "open_merge")
    open_target = later("converter.formats.markdown.write", "open_target")
    render = later("converter.formats.markdown.write", "render")

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
