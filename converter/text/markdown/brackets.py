"""What stands between brackets: `[[Target#Place|text]]`, `![[name|300]]`, `![alt|300](…)`. Text in, text out."""

from __future__ import annotations

from converter.model.runs import EmbedRun, ImageRun, Reference
from converter.text.markdown.syntax import BLANKS, IMAGE_NAME, IMAGE_SIZE

__all__ = ["embed_of", "embed_text", "reference_of", "reference_title", "sized_alt", "split_size"]


def reference_of(inside: str, *, shows: str) -> Reference | None:
    """The reference that `[[inside…` names, None where it names nothing."""
    target, _, place = inside.partition("#")
    target, place = target.strip(BLANKS), place.strip(BLANKS)
    if not (target or place) or "\n" in inside or "[" in inside or "]" in inside:
        return None
    return Reference(target, place, shows)


def reference_title(target: str, place: str) -> str:
    """What stands between the brackets of a reference, its text apart."""
    return f"{target}#{place}" if place else target


def split_size(text: str) -> tuple[str, int, int]:
    """An image's text without the size at its end, and the width and height that it asks for (0: none)."""
    head, _, tail = text.rpartition("|")
    if match := IMAGE_SIZE.fullmatch(tail.strip(BLANKS)):
        return head, int(match[1]), int(match[2] or 0)
    return text, 0, 0


def sized_alt(image: ImageRun, *, always_bar: bool) -> str:
    """The inverse of `split_size`; where `always_bar` is False a size without a text needs no `|`."""
    if not image.width:
        return image.alt
    size = f"{image.width}x{image.height}" if image.height else str(image.width)
    return f"{image.alt}|{size}" if image.alt or always_bar else size


def embed_of(inside: str) -> ImageRun | EmbedRun | None:
    """What `![[inside]]` shows, None where it names nothing."""
    name, bar, text = inside.partition("|")
    if bar and name.endswith("\\"):
        name = name[:-1]
    named = reference_of(name, shows="text")
    if named is None:
        return None
    text = " ".join(text.split("\n")).strip(BLANKS)
    if not IMAGE_NAME.search(named.target):
        return EmbedRun(target=named.target, place=named.place, text=text)
    alt, width, height = split_size(text)
    title = reference_title(named.target, named.place)
    return ImageRun(target=title, alt=alt.strip(BLANKS), width=width, height=height, wiki=True)


def embed_text(run: ImageRun | EmbedRun) -> str:
    """The inverse of `embed_of`."""
    if isinstance(run, ImageRun):
        name, text = run.target, sized_alt(run, always_bar=False)
    else:
        name, text = reference_title(run.target, run.place), run.text
    return f"{name}|{text}" if text else name
