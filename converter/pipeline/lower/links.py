"""Links as the target spells them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from converter.model.order import Goal
from converter.model.runs import EmbedRun, Link, Reference, Style
from converter.text.markdown.domain import wikilink_fits

if TYPE_CHECKING:
    from converter.pipeline.lower.engine import Lowering

__all__ = ["Links", "relative_path"]

_SAFE = "/!$&'*+,;=:@~-._"


def relative_path(path: str, origin: str) -> str:
    """`path` as a link from the note at `origin`, percent-encoded where Markdown or a URL would stumble."""
    below = posixpath.relpath(path, posixpath.dirname(origin) or ".")
    return "".join(c if ord(c) > 127 else quote(c, safe=_SAFE) for c in below)


class Links:
    """Spells the links of one note by the goals of its work order. A link without a goal stays as written."""

    def __init__(self, lowering: Lowering) -> None:
        self._pair = lowering.pair
        self._order = lowering.order
        self._note_link = lowering.pair.parameter("note_link")
        self._file_link = lowering.pair.parameter("file_link")
        self._paths = lowering.pair.parameter("tree") == "paths"

    def goal(self, form: str, target: str, place: str = "", block: str = "") -> Goal | None:
        """The goal of one link."""
        return self._order.goals.get((form, target, place, block))

    def marks(self, link: Link | None, reference: Reference | None) -> tuple[Link | None, Reference | None, str]:
        """The two link marks of a run in the target, and the code of a fallback."""
        code = ""
        if link is not None:
            link = self._link(link)
        if reference is not None:
            made = self._reference(reference)
            if isinstance(made, Link):
                link, reference, code = made, None, self._pair.mark("reference").code
            else:
                reference = made
        return link, reference, code

    def _link(self, link: Link) -> Link:
        goal = self.goal("link", link.target)
        if goal is None or goal.kind in ("missing", "left"):
            return link
        return Link(self.url(goal), link.title, link.key)

    def url(self, goal: Goal) -> str:
        """A goal as the destination of a link."""
        if goal.kind == "note" and self._note_link:
            return self._note_link + goal.key + (f"#{goal.place}" if goal.place else "")
        if goal.kind == "asset" and self._file_link:
            return self._file_link + quote(goal.name, safe=_SAFE)
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

    def _exact_reference(self, reference: Reference, goal: Goal | None) -> Reference | Link:
        if goal is None or goal.kind in ("missing", "left"):
            fits = wikilink_fits(reference.target, reference.place)
            return reference if fits else Link(_as_destination(reference), "", reference.key)
        name = goal.path if goal.kind == "asset" else goal.name
        if not wikilink_fits(name, goal.place):
            return Link(self.url(goal), "", reference.key)
        return msgspec.structs.replace(reference, target=name, place=goal.place)

    def shown_title(self, reference: Reference, style: Style, text: str) -> tuple[str, Style]:
        """The text of a reference that shows its target's title, and its style.

        Where the target has references, the text is their spelling; elsewhere the title, which then is fixed text.
        """
        made = style.reference
        if made is not None:
            return made.target + (f"#{made.place}" if made.place else ""), style
        goal = self.goal("reference", reference.target, reference.place)
        if goal is None or goal.kind != "note" or not goal.title:
            return text, style
        return goal.title + (f" > {reference.place.lstrip('^')}" if reference.place else ""), style

    def image(self, target: str, block: str, *, wiki: bool = False) -> str:
        """The target of a picture."""
        goal = self.goal("image", target, "", block) or self.goal("image", target)
        if goal is None or goal.kind != "asset":
            return target
        if not self._paths:
            return goal.name
        return goal.path if wiki else relative_path(goal.path, self._order.output.path)

    def embed(self, target: str, place: str) -> tuple[str, str]:
        """Target and place of an embed where the target has embeds."""
        goal = self.goal("embed", target, place)
        if goal is None or goal.kind in ("missing", "left"):
            return target, place
        return (goal.path if goal.kind == "asset" else goal.name), goal.place

    def embed_as_link(self, run: EmbedRun) -> tuple[str, Link]:
        """Text and link that stand for an embed where the target has none."""
        goal = self.goal("embed", run.target, run.place)
        place = f"#{run.place}" if run.place else ""
        written = run.target + place
        if goal is None or goal.kind in ("missing", "left"):
            return run.text or written, Link(f"![[{written}]]")
        return run.text or goal.title or written, Link(self.url(goal))

    def media(self, target: str) -> str:
        """The file or address that a media block shows."""
        goal = self.goal("link", target)
        return target if goal is None or goal.kind in ("missing", "left") else self.url(goal)

    def page(self, target: str) -> Goal | None:
        """The goal of a sub-note or an embedded note."""
        return self.goal("page", target) or self.goal("embed", target)


def _as_destination(reference: Reference) -> str:
    place = f"#{reference.place}" if reference.place else ""
    return "".join(c if ord(c) > 127 else quote(c, safe=_SAFE + "#") for c in reference.target + place)
