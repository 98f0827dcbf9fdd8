"""Links as the target spells them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from converter.model.order import Goal
from converter.model.runs import EmbedRun, Link, Reference, Style
from converter.model.timed_id import is_timed_id
from converter.patterns import pattern
from converter.pipeline.outline import ADDRESS
from converter.text.entities import escape, unescape
from converter.text.markdown.domain import wikilink_fits

if TYPE_CHECKING:
    from converter.pipeline.lower.engine import Lowering

__all__ = ["Links", "asset_link", "one_line", "relative_path"]

_BLOCK_LINK = "siyuan://blocks/"
_CONTROL = pattern(r"[\x00-\x1f\x7f]")
_SAFE = "/!$&'*+,;=:@~-._"
_UNSAFE = pattern(r'[\x00-\x20"#%()<>?\[\\\]^`{|}\x7f]')
"""What neither Markdown nor a URL can do without an escape: ASCII but letters, digits and `_SAFE`."""
_UNSAFE_IN_PLACES = pattern(r'[\x00-\x20"%()<>?\[\\\]^`{|}\x7f]')


def relative_path(path: str, origin: str) -> str:
    """`path` as a link from the note at `origin`, percent-encoded where Markdown or a URL would stumble."""
    folder = posixpath.dirname(origin)
    if ".." in path or ".." in folder or path.startswith("/") or folder.startswith("/"):
        below = posixpath.relpath(path, folder or ".")
    else:
        below = posixpath.relpath(f"/{path}", f"/{folder}")  # from a root, or else the working folder is asked for
    return _encoded(below, _UNSAFE)


def _encoded(text: str, unsafe: re.Pattern[str]) -> str:
    """The text with these ASCII characters percent-encoded; all others are for people."""
    return unsafe.sub(lambda found: f"%{ord(found[0]):02X}", text)


class Links:
    """Spells the links of one note by the goals of its work order. A link without a goal stays as written."""

    def __init__(self, lowering: Lowering) -> None:
        self._pair = lowering.pair
        self._order = lowering.order
        self._note_link = lowering.pair.parameter("note_link")
        self._file_link = lowering.pair.parameter("file_link")
        self._paths = lowering.pair.parameter("tree") == "paths"
        self._by_id = lowering.pair.document_text and not lowering.pair.same_system

    def goal(self, form: str, target: str, place: str = "", block: str = "") -> Goal | None:
        """The goal of one link."""
        return self._order.goals.get((form, target, place, block))

    def marks(self, link: Link | None, reference: Reference | None) -> tuple[Link | None, Reference | None, str]:
        """The two link marks of a run in the target, and the code of a fallback."""
        if self._pair.holds_all:
            return link and self._link(link), reference and self._by_key(reference), ""
        code = ""
        if link is not None and self._pair.markdown_text and _CONTROL.search(link.target + link.title):
            link = Link(_CONTROL.sub(lambda found: quote(found[0]), link.target), one_line(link.title), link.key)
        if link is not None and self._by_id:
            link, reference = self._link_by_id(link, reference)
        elif link is not None:
            link = self._link(link)
        elif reference is not None and self._by_id:
            link, reference = self._reference_by_id(reference)
            return link, reference, "" if link or reference else "link-as-text"
        if reference is not None:
            made = reference if self._by_id else self._reference(reference)
            if isinstance(made, Link):
                link, reference, code = made, None, self._pair.mark("reference").code
            else:
                reference = made
        return link, reference, code

    def _link_by_id(self, link: Link, reference: Reference | None) -> tuple[Link | None, Reference | None]:
        """A link to a note is a reference of fixed text where blocks are named by ids."""
        goal = self.goal("link", link.target)
        if goal is None or goal.kind in ("missing", "left"):
            return link, reference
        if goal.kind == "asset":
            return Link(asset_link(goal), link.title, link.key), reference
        return None, Reference(goal.place or goal.name, "", "text", link.key)

    def _reference_by_id(self, reference: Reference) -> tuple[Link | None, Reference | None]:
        """A reference by the id of what it names; to a file it is a link, and one that leads nowhere is text."""
        goal = self.goal("reference", reference.target, reference.place)
        if goal is not None and goal.kind == "note":
            shows = "text" if _is_worded(reference.place) else reference.shows
            return None, Reference(goal.place or goal.name, "", shows, reference.key)
        if goal is not None and goal.kind == "asset":
            return Link(asset_link(goal), "", reference.key), None
        if is_timed_id(reference.target):
            return None, reference
        return (Link(reference.target, "", reference.key), None) if goal is None else (None, None)

    def as_written(self, reference: Reference, text: str) -> str:
        """A reference that leads nowhere, as Markdown spells it."""
        target = reference.target + (f"#{reference.place}" if reference.place else "")
        return f"[[{target}]]" if reference.shows == "title" else f"[[{target}|{text}]]"

    def _link(self, link: Link) -> Link:
        goal = self.goal("link", link.target)
        if goal is None or goal.kind in ("missing", "left"):
            return link
        return Link(self.url(goal), link.title, link.key)

    def url(self, goal: Goal) -> str:
        """A goal as the destination of a link."""
        if self._pair.holds_all:
            return goal.key + (f"#{goal.place}" if goal.place else "")
        if self._by_id:
            return asset_link(goal) if goal.kind == "asset" else f"{_BLOCK_LINK}{goal.place or goal.name}"
        if goal.kind == "note" and self._note_link:
            return self._note_link + goal.key + (f"#{goal.place}" if goal.place else "")
        if goal.kind == "asset" and self._file_link:
            place = "#" + quote(goal.place, safe=_SAFE) if goal.place else ""
            return self._file_link + quote(goal.name, safe=_SAFE) + place
        path = relative_path(goal.path, self._order.output.path)
        return path + ("#" + quote(goal.place, safe=_SAFE + "^") if goal.place else "")

    def _reference(self, reference: Reference) -> Reference | Link:
        goal = self.goal("reference", reference.target, reference.place)
        if self._pair.mark("reference").exact:
            return self._exact_reference(reference, goal)
        if goal is None or goal.kind in ("missing", "left"):
            place = f"#{reference.place}" if reference.place else ""
            return Link(f"[[{reference.target}{place}]]", "", reference.key)
        return Link(self.url(goal), "", reference.key)

    def _by_key(self, reference: Reference) -> Reference:
        """A reference by the key of what it names; one that leads nowhere, or to its own note, stays as written."""
        goal = self.goal("reference", reference.target, reference.place)
        if goal is None or goal.kind in ("missing", "left"):
            return reference
        target = goal.key if reference.target else ""
        return msgspec.structs.replace(reference, target=target, place=reference.place or goal.place)

    def _exact_reference(self, reference: Reference, goal: Goal | None) -> Reference | Link:
        if goal is None or goal.kind in ("missing", "left"):
            fits = wikilink_fits(reference.target, reference.place)
            return reference if fits else Link(_as_destination(reference), "", reference.key)
        name = goal.path if goal.kind == "asset" else goal.name
        place = goal.place or (reference.place if _is_worded(reference.place) else "")
        if not wikilink_fits(name, place):
            return Link(self.url(goal), "", reference.key)
        shows = reference.shows
        if shows == "title" and not _is_worded(reference.place) and (goal.place or self._is_renamed(goal)):
            shows = "text"
        return msgspec.structs.replace(reference, target=name, place=place, shows=shows)

    def _is_renamed(self, goal: Goal) -> bool:
        """Whether a reference that showed a title would show another one by the note's name in the target."""
        return goal.kind == "note" and self._pair.shows_titles and goal.name != goal.title

    def shown_title(self, reference: Reference, style: Style, text: str) -> tuple[str, Style]:
        """The text of a reference that shows its target's title, and its style.

        Where the target has references, the text is their spelling; elsewhere the title, which then is fixed text.
        """
        made = style.reference
        goal = self.goal("reference", reference.target, reference.place)
        if made is not None and not self._by_id:
            spelled = made.target + (f"#{made.place}" if made.place else "")
            return (spelled if made.shows == "title" else text), style
        if goal is None or goal.kind != "note" or not goal.title or (goal.place and not _is_worded(reference.place)):
            return text, style
        places = [part.strip().lstrip("^") for part in reference.place.split("#") if part.strip()]
        return " > ".join([goal.title, *places] if reference.target else places or [goal.title]), style

    def image(self, target: str, block: str, *, wiki: bool = False) -> str:
        """The target of a picture."""
        goal = self.goal("image", target, "", block) or self.goal("image", target)
        if goal is None or goal.kind != "asset":
            return _CONTROL.sub(lambda found: quote(found[0]), target) if self._pair.markdown_text else target
        if not self._paths:
            return goal.name
        return goal.path if wiki else relative_path(goal.path, self._order.output.path)

    def embed(self, target: str, place: str) -> tuple[str, str]:
        """Target and place of an embed where the target has embeds."""
        goal = self.goal("embed", target, place)
        if goal is None or goal.kind in ("missing", "left"):
            return target, place
        if self._pair.holds_all:
            return (goal.key if target else ""), place or goal.place
        return (goal.path if goal.kind == "asset" else goal.name), goal.place or (place if _is_worded(place) else "")

    def embed_as_link(self, run: EmbedRun) -> tuple[str, Link]:
        """Text and link that stand for an embed where the target has none."""
        goal = self.goal("embed", run.target, run.place)
        place = f"#{run.place}" if run.place else ""
        written = run.target + place
        if goal is None or goal.kind in ("missing", "left"):
            return run.text or written, Link(f"![[{written}]]")
        return run.text or goal.title or written, Link(self.url(goal))

    def embed_as_reference(self, run: EmbedRun) -> tuple[str, Link | None, Reference | None]:
        """Text and mark that stand for an embed inside a line of a document."""
        goal = self.goal("embed", run.target, run.place)
        written = run.target + (f"#{run.place}" if run.place else "")
        if goal is None or goal.kind in ("missing", "left"):
            return f"![[{written}]]", None, None
        text = run.text or goal.title or written
        if goal.kind == "asset":
            return text, Link(asset_link(goal)), None
        return text, None, Reference(goal.place or goal.name, "", "text")

    def html(self, source: str) -> str:
        """HTML with the addresses of what it shows and links in the target's spelling."""
        return ADDRESS.sub(lambda found: found[1] + escape(self._address(unescape(found[2]))) + '"', source)

    def _address(self, target: str) -> str:
        goal = self.goal("image", target) or self.goal("link", target)
        return target if goal is None or goal.kind in ("missing", "left") else self.url(goal)

    def media(self, target: str) -> str:
        """The file or address that a media block shows."""
        goal = self.goal("link", target)
        return target if goal is None or goal.kind in ("missing", "left") else self.url(goal)

    def page(self, target: str) -> Goal | None:
        """The goal of a sub-note or an embedded note."""
        return self.goal("page", target) or self.goal("embed", target)


def one_line(text: str) -> str:
    """A text without line breaks and control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def asset_link(goal: Goal) -> str:
    """A file as SiYuan names it: a page of a PDF behind a question mark, an annotation by its id."""
    if is_timed_id(goal.place):
        return f"{goal.path}/{goal.place}"
    return f"{goal.path}?{goal.place}" if goal.place.startswith("page=") else goal.path


def _is_worded(place: str) -> bool:
    """Whether a place is said in words, which show; the id of a block does not."""
    return bool(place) and not is_timed_id(place)


def _as_destination(reference: Reference) -> str:
    place = f"#{reference.place}" if reference.place else ""
    return _encoded(reference.target + place, _UNSAFE_IN_PLACES)
