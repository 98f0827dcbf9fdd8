"""A Markdown file cut where its blocks begin, and the parts of a lowered one (docs/residue.md, "Segments")."""

from __future__ import annotations

from converter.formats.front import Segments, TargetContext
from converter.formats.markdown.write import head_of
from converter.model.blocks import Raw
from converter.model.items import Note
from converter.text.frontmatter import body_of
from converter.text.markdown.parse import Parsed, parse
from converter.text.markdown.render import render as render_body

__all__ = ["frame", "pieces", "segments"]

_BLANK = b" \t\n"


def segments(data: bytes, count: int) -> Segments | None:
    """Cut a file of `count` blocks; None where it cannot be cut: other encodings, mixed line ends, odd front matter."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    clean = text.replace("\r\n", "\n")
    newline = "\r\n" if len(clean) != len(text) else "\n"
    if "\x00" in clean or "\r" in clean or (newline == "\r\n" and clean.count("\n") != len(text) - len(clean)):
        return None
    body = body_of(clean)
    parsed = parse(body)
    if len(parsed.starts) != count:
        return None
    cut = _cut(clean[: len(clean) - len(body)], body.encode("utf-8"), parsed)
    return cut if newline == "\n" else _with_line_ends(cut)


def _cut(front: str, body: bytes, parsed: Parsed) -> Segments:
    """The body at the beginnings of the lines that blocks begin in; definitions of links are in the gaps."""
    if not parsed.starts:
        return Segments(front + body.decode("utf-8"))
    lines = [body.rfind(b"\n", 0, start) + 1 for start in parsed.starts]
    bounds = zip(lines, parsed.ends, [*lines[1:], len(body)], strict=True)
    texts = [body[line : max(line, min(end, after))].rstrip(_BLANK) for line, end, after in bounds]
    tiles = [body[line:after] for line, after in zip(lines, [*lines[1:], len(body)], strict=True)]
    gaps = [tile[len(text) :].decode("utf-8") for tile, text in zip(tiles, texts, strict=True)]
    return Segments(
        front + body[: lines[0]].decode("utf-8"),
        tuple(text.decode("utf-8") for text in texts),
        (*gaps[:-1], ""),
        gaps[-1],
    )


def _with_line_ends(cut: Segments) -> Segments:
    def wide(text: str) -> str:
        return text.replace("\n", "\r\n")

    return Segments(wide(cut.head), tuple(map(wide, cut.texts)), tuple(map(wide, cut.gaps)), wide(cut.tail))


def pieces(note: Note, _context: TargetContext) -> tuple[str, ...]:
    """The text of each block of a lowered note."""
    texts = [render_body((block,)).removesuffix("\n") for block in note.blocks]
    return tuple(text.replace("\n", "\r\n") if ("newline", "crlf") in note.attrs else text for text in texts)


def frame(note: Note, _context: TargetContext) -> tuple[str, str]:
    """What a lowered note has before and after its blocks: front matter, and the last line break."""
    blocks = note.blocks
    head = head_of(note)
    if blocks and isinstance(blocks[0], Raw) and blocks[0].format == "yaml":
        blocks = blocks[1:]
    newline = "\r\n" if ("newline", "crlf") in note.attrs else "\n"
    text = note.preamble + head + ("\n" if head and blocks else "")
    return text.replace("\n", newline), newline if blocks else ""
