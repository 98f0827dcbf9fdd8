"""Two profiles compiled for the way between them."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cached_property

from converter.errors import InternalFaultError
from converter.formats.registry import REGISTRY, load
from converter.model.profile import EXACT, Profile, Rule
from converter.model.runs import FLAG_NAMES

__all__ = ["CONVERTED", "LOST_CODES", "Pair", "takes"]

CONVERTED = ("folders", "notes", "assets")
"""Kinds of units that go from one system to another; all others pass within their own system only."""

LOST_CODES = {"databases": "database-lost", "decks": "deck-lost", "maps": "map-lost", "settings": "setting-lost"}


def takes(profile: Profile, kind: str) -> bool:
    """Whether a format has a place for payloads of this type: those that it names, or all but those with a minus."""
    words = profile.parameters.get("payloads", "*").split()
    return kind.lower() in words or ("*" in words and f"-{kind.lower()}" not in words)


class Pair:
    """What lowering asks of a source profile and a target profile, precomputed once a run."""

    def __init__(self, source: Profile, target: Profile, zone: tzinfo = UTC, *, origin: Profile | None = None) -> None:
        """`origin` is the profile of the format that the items of an archive came from, where that is another one."""
        self.source = source
        self.target = target
        self.origin = origin or source
        self.zone = zone
        self.same_system = source.system == target.system
        self.blocks = dict(target.blocks)
        self.runs = dict(target.runs)
        self.marks = dict(target.marks)

    def block(self, concept: str, kind: str, context: str) -> Rule:
        """The rule for a block in a context: of its concept, else of its kind; none is an error of ours."""
        for name in (f"{concept}@{context}", concept, f"{kind}@{context}", kind):
            rule = self.blocks.get(name)
            if rule is not None:
                return rule
        raise InternalFaultError(f"The profile {self.target.title!r} has no rule for the block {concept!r}.")

    def mark(self, name: str) -> Rule:
        """The rule for a mark."""
        return self.marks.get(name, EXACT)

    def fact(self, name: str) -> Rule:
        """The rule for a note-level fact."""
        return self.target.facts.get(name, EXACT)

    def outer(self, kind: str) -> Rule:
        """The rule for units of a kind: within one system they pass whole, between systems notes and files do."""
        if self.same_system:
            return EXACT
        rule = self.target.outer.get(kind)
        if kind in CONVERTED and rule is not None:
            return rule
        return Rule("drop", LOST_CODES.get(kind, "payload-lost"))

    def takes(self, kind: str) -> bool:
        """Whether the target has a place for payloads of this type, where it is of the source's system."""
        return takes(self.target, kind)

    @cached_property
    def crosses(self) -> bool:
        """Whether items go from one format of a system to another one: payloads item by item."""
        return self.same_system and self.source.format != self.target.format

    def by_parts(self, kind: str) -> bool:
        """Whether payloads of this type pass item by item: each format has its own way to hold them."""
        always = kind in self.parameter("by_parts").split()
        return self.same_system and self.takes(kind) and (always or (self.crosses and takes(self.source, kind)))

    @cached_property
    def unsaid(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Members that the target cannot say, by kind: each with the words for what is lost."""
        made: dict[str, list[tuple[str, str]]] = {}
        for name, what in self.target.unsaid.items():
            kind, _, member = name.partition(".")
            made.setdefault(kind, []).append((member, what))
        return {kind: tuple(members) for kind, members in made.items()}

    @cached_property
    def odd_flags(self) -> int:
        """The style flags that the target does not hold exactly."""
        return sum(flag for flag, name in FLAG_NAMES.items() if not self.mark(name).exact)

    @cached_property
    def has_ids(self) -> bool:
        """Whether blocks of the target have ids."""
        return self.parameter("block_ids") not in ("", "kept")

    @cached_property
    def holds_all(self) -> bool:
        """Whether the target holds the model itself: nothing but the names of things changes on the way."""
        return self.parameter("holds") == "all"

    @cached_property
    def keeps_paths(self) -> bool:
        """Whether items that lay in a tree of files come into one again."""
        return self.origin.parameters.get("tree") == self.parameter("tree") == "paths"

    @cached_property
    def keeps_notebooks(self) -> bool:
        """Whether items that lay in notebooks come into such again."""
        return self.origin.parameters.get("top") == self.parameter("top") == "notebooks"

    @cached_property
    def shows_titles(self) -> bool:
        """Whether references of the source showed the title of what they name, and not its file name."""
        return self.origin.parameters.get("tree") == "documents"

    @cached_property
    def leaves_notebooks(self) -> bool:
        """Whether items that lay in notebooks go where there are none."""
        return self.origin.parameters.get("top") == "notebooks" != self.parameter("top")

    @cached_property
    def timed_ids(self) -> bool:
        """Whether ids of the target tell their time."""
        return self.parameter("block_ids") == "timed"

    @cached_property
    def documents(self) -> bool:
        """Whether the target is a tree of documents in notebooks."""
        return self.parameter("tree") == "documents"

    @cached_property
    def document_text(self) -> bool:
        """Whether the target's text follows SiYuan's rules: flat marks, references by id."""
        return self.parameter("text") == "siyuan"

    @cached_property
    def lines_are_blocks(self) -> bool:
        """Whether the own line of a list item is a paragraph inside it."""
        return self.parameter("item_line") == "paragraph"

    @cached_property
    def names_colors(self) -> bool:
        """Whether colours of a theme, by their names, mean something in the target."""
        return self.parameter("colors") in ("css", "names")

    @cached_property
    def unsafe_attrs(self) -> frozenset[str]:
        """Attributes that an application of the target would stumble over."""
        return frozenset(self.parameter("unsafe_attrs").split())

    @cached_property
    def ignorable_attrs(self) -> frozenset[str]:
        """Attributes of the source's blocks that say nothing which the model does not say."""
        return frozenset(self._of_source("ignorable_block_attrs"))

    @cached_property
    def ignorable_note_attrs(self) -> frozenset[str]:
        """Likewise the attributes of its notes."""
        return frozenset(self._of_source("ignorable_attrs"))

    def _of_source(self, name: str) -> list[str]:
        """The words of a parameter of the source; of those of all formats where it holds what came from any of them."""
        if self.source.parameters.get("holds") != "all":
            return self.source.parameters.get(name, "").split()
        profiles = (load(row.id).profile({}) for row in REGISTRY)
        return [word for profile in profiles for word in profile.parameters.get(name, "").split()]

    @cached_property
    def palette(self) -> dict[str, str]:
        """The source's colour tokens as CSS, where the target takes CSS."""
        if not self.names_colors:
            return {}
        pairs = (token.split("=") for token in self._of_source("palette"))
        return {pair[0]: pair[1] for pair in pairs}

    @cached_property
    def markdown_text(self) -> bool:
        """Whether the target's text is Markdown and must obey its rules of white space."""
        return self.target.parameters.get("text") == "markdown"

    def parameter(self, name: str) -> str:
        """A parameter of the target, "" where it has none."""
        return self.target.parameters.get(name, "")
