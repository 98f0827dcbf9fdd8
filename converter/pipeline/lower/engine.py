"""The lowering of one note's blocks: looks up the rule of each block and applies the exact way or the fallback."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

import msgspec

from converter.model.blocks import (
    Block,
    Blocks,
    Definition,
    Heading,
    Image,
    ListItem,
    Paragraph,
    kind_of,
    same_blocks,
    walk,
)
from converter.model.facts import Anchor
from converter.model.order import WorkOrder
from converter.model.profile import Rule
from converter.model.runs import Runs
from converter.model.timed_id import is_timed_id, numbered_id
from converter.pipeline.law import Answers
from converter.pipeline.lower.concepts import CONTAINERS, child_context, concept_of
from converter.pipeline.lower.ids import Numbers
from converter.pipeline.lower.inline import Inline, Piece
from converter.pipeline.lower.losses import Losses
from converter.pipeline.outline import anchor_keys
from converter.pipeline.pair import Pair

__all__ = ["Context", "Fallback", "Lowering", "Ways"]


class Context(msgspec.Struct, frozen=True, gc=False):
    """Where a block stands: the context's name, and how deep in a list that is being flattened."""

    name: str = "top"
    depth: int = 0


Fallback = Callable[["Lowering", Block, Context], list[Block]]
"""Makes target blocks out of one source block."""


class Ways(msgspec.Struct, frozen=True, eq=False):
    """The tables that lowering works from: fallbacks by name, and exact ways of kinds that need their own."""

    fallbacks: dict[str, Fallback]
    exacts: dict[str, Fallback]


class _Course(msgspec.Struct, frozen=True):
    """What becomes of the blocks of one concept in one context. `whole`: its way sees to the children as well."""

    code: str
    way: Fallback
    whole: bool


_Courses = dict[tuple[str, str], _Course]


@lru_cache(maxsize=16)
def _courses(_pair: Pair, _ways: Ways) -> _Courses:
    """The courses by concept and context, found once a run; filled as concepts come up."""
    return {}


_ORDER = "@order"
_SINGLE_LINE = frozenset((Heading, Definition))


class Lowering:
    """Lowers the blocks of one note for one pair of profiles."""

    def __init__(self, pair: Pair, order: WorkOrder, losses: Losses, answers: Answers, ways: Ways) -> None:
        self.pair = pair
        self.order = order
        self.losses = losses
        self.answers = answers
        self.inline = Inline(self)
        self.numbers = Numbers(order)
        self.footnotes: dict[str, Block] = {}
        self.homes: dict[str, int] = {}
        self.origins: list[int] = []
        self.joined: tuple[int, ...] = ()
        self._ways = ways
        self._courses = _courses(pair, ways)
        self._unsaid = pair.unsaid
        self._has_ids = pair.has_ids
        self.current: Block | None = None
        self._anchors: dict[int, Anchor] = {}
        self._places: dict[int, int] = {}
        self._names = False

    def done(self) -> None:
        """Nothing more is asked: let go of the note now, which parts that know each other would hold."""
        del self.inline

    def note(self, blocks: Blocks) -> list[Block]:
        """Lower the body of a note, block by block."""
        if self.order.anchors:
            self._anchors = anchor_keys(blocks)
        if self.pair.timed_ids and not self.pair.same_system:
            self._places = {id(block): place for place, block in enumerate(walk(blocks), 1)}
        self._names = bool(self._anchors or self._places)
        made: list[Block] = []
        top = Context()
        for position, block in enumerate(blocks):
            self.losses.position = position
            made += self.block(block, top)
            self.origins += [position] * (len(made) - len(self.origins))
        return self.renumbered(blocks, made)

    def blocks(self, blocks: Blocks, context: Context) -> list[Block]:
        """Lower a run of siblings."""
        made: list[Block] = []
        bare = True
        for block in blocks:
            made += self.block(block, context)
            if block.attrs:
                bare = False
        return made if bare else self.renumbered(blocks, made)

    def renumbered(self, source: Blocks, made: list[Block]) -> list[Block]:
        """Siblings that are not what they were stand in the order of their numbers, and are numbered anew."""
        if not _is_numbered(source) or same_blocks(tuple(made), source):
            return made
        numbers = {id(block): dict(block.attrs).get(_ORDER) for block in made}
        placed = [(int(numbers[id(block)] or place), block) for place, block in enumerate(made)]
        ordered = [block for _, block in sorted(placed, key=lambda entry: entry[0])]
        return [
            msgspec.structs.replace(block, attrs=tuple(pair for pair in block.attrs if pair[0] != _ORDER))
            if numbers[id(block)]
            else block
            for block in ordered
        ]

    def block(self, block: Block, context: Context) -> list[Block]:
        """Lower one block; answers for it, and anchors it where links lead to it."""
        concept = concept_of(block, markdown_text=self.pair.markdown_text)
        course = self._courses.get((concept, context.name)) or self._course(concept, block, context)
        outer, self.current = self.current, block
        if course.code:
            self.loss(course.code)
        if course.whole or not block.children:
            made = course.way(self, block, context)
        else:
            made = self._with_children(course.way, block, context)
        self.answers.written(block)
        self.current = outer
        return self.anchored(made, block) if self._names else made

    def _course(self, concept: str, block: Block, context: Context) -> _Course:
        kind = kind_of(block)
        course = self._by_rule(self.pair.block(concept, kind, context.name), kind)
        if kind != "raw":  # there are as many concepts of these as a source makes up
            self._courses[concept, context.name] = course
        return course

    def _by_rule(self, rule: Rule, kind: str) -> _Course:
        ways = self._ways
        way = ways.fallbacks[rule.fallback] if rule.fallback else ways.exacts.get(kind, Lowering.exact)
        return _Course(rule.code, way, kind in CONTAINERS or way is Lowering.exact)

    def _with_children(self, way: Fallback, block: Block, context: Context) -> list[Block]:
        """The block by a way that knows of no children; those are no part of its kind, and seen to for all alike."""
        children, following = self.children(block, context, kind_of(block))
        bare = msgspec.structs.replace(block, children=())
        made = way(self, bare, context)
        if made and made[0] is bare and same_blocks(children, block.children):
            made[0] = block
        elif children and made:
            made[0] = msgspec.structs.replace(made[0], children=(*made[0].children, *children))
        return [*made, *following]

    def speaking_of(self, block: Block) -> _Speaking:
        """Make this the block at hand: losses are its own, and in the end it is answered for."""
        return _Speaking(self, block)

    def loss(self, code: str, **details: str) -> None:
        """Report one fallback in the block at hand and mark that block as approximated."""
        self.losses.add(code, **details)
        if self.current is not None:
            self.answers.approximated(self.current)

    def exact(self, block: Block, context: Context) -> list[Block]:
        """A block of a kind that the target has: its runs and children lowered, itself kept where nothing changes."""
        line: Runs = ()
        if block.runs:
            pieces = self.inline.pieces(block.runs, single_line=type(block) in _SINGLE_LINE)
            first = pieces[0]
            if len(pieces) > 1 or isinstance(first, Image):
                children, following = self.children(block, context, kind_of(block))
                return [*self._split(block, pieces, children), *following]
            if not first and isinstance(block, Paragraph):
                children, following = self.children(block, context, "paragraph")
                return [*self._emptied(block, context, children), *following]
            line = first
        if not block.children:
            return [self.rebuilt(block, runs=line, children=())]
        children, following = self.children(block, context, kind_of(block))
        return [self.rebuilt(block, runs=line, children=children), *following]

    def _emptied(self, block: Paragraph, context: Context, children: Blocks) -> list[Block]:
        """A paragraph of whose text nothing is left."""
        course = self._by_rule(self.pair.block("paragraph-empty", "paragraph", context.name), "paragraph")
        empty = msgspec.structs.replace(block, runs=(), children=children)
        if course.whole or not children:
            return course.way(self, empty, context)
        return self._with_children(course.way, empty, context)

    def children(self, block: Block, context: Context, kind: str) -> tuple[Blocks, list[Block]]:
        """Lowered children, and those that must follow the block because the target cannot nest them."""
        if not block.children:
            return (), []
        name = child_context(kind, context.name)
        inner = context if name == context.name else Context(name, context.depth)
        concept = "item-children" if kind == "item" else "" if kind in CONTAINERS else "children"
        rule = self.pair.block(concept, concept, context.name) if concept else None
        damaged = self.pair.same_system and kind == "image"
        if rule is None or rule.exact or damaged:
            return tuple(self.blocks(block.children, inner)), []
        if rule.code and (kind != "item" or _has_more_than_lists(block)):
            self.loss(rule.code)
        return (), self.blocks(block.children, inner)

    def rebuilt(self, block: Block, *, runs: Runs, children: Blocks) -> Block:
        """The block with lowered content and without what the target cannot hold; itself where nothing changes."""
        changes: dict[str, object] = {}
        if runs is not block.runs and runs != block.runs:
            changes["runs"] = runs
        if not same_blocks(children, block.children):
            changes["children"] = children
        if block.id is not None or block.anchor is not None or block.attrs or block.created or block.updated:
            changes |= self._common(block)
        if self._unsaid and (kind := kind_of(block)) in self._unsaid:
            changes |= self.unsaid(block, kind)
        return msgspec.structs.replace(block, **changes) if changes else block

    def unsaid(self, value: msgspec.Struct, kind: str) -> dict[str, object]:
        """Changes that take back to their defaults what the target cannot say; what shows is reported."""
        changes: dict[str, object] = {}
        for member, what in self._unsaid.get(kind, ()):
            default = _defaults(type(value))[member]
            if getattr(value, member) != default:
                changes[member] = default
                if what:
                    self.loss("detail-lost", what=what)
        return changes

    def _common(self, block: Block) -> dict[str, object]:
        """Changes to what all blocks share: ids, anchors, attributes, times."""
        changes: dict[str, object] = {}
        ids = self.pair.has_ids
        if block.id is not None and not self.keeps_id(block.id):
            changes["id"] = None
        if block.anchor is not None and ids:
            changes["anchor"] = None
        unsafe = self.pair.unsafe_attrs
        if unsafe and block.attrs and self.pair.same_system and any(name in unsafe for name, _ in block.attrs):
            changes["attrs"] = tuple(pair for pair in block.attrs if pair[0] not in unsafe)
            self.loss("detail-lost", what="a payload that older applications refuse")
        if block.attrs and not (self.pair.same_system or self.pair.holds_all):
            changes["attrs"] = ()
            for name in (name for name, _ in block.attrs if name not in self.pair.ignorable_attrs):
                self.loss("detail-lost", what=f"the attribute {name}")
        if (block.created is not None or block.updated is not None) and not self.pair.holds_all:
            changes |= {"created": None, "updated": None}
        return changes

    def keeps_id(self, own: str) -> bool:
        """Whether a block may keep this id in the target."""
        if self.pair.holds_all:
            return True
        if self.pair.same_system or not self.pair.timed_ids:
            return self.pair.has_ids
        return is_timed_id(own) and own not in self.order.dropped

    def anchored(self, made: list[Block], source: Block) -> list[Block]:
        """The blocks, the first of them named as the order wants it where links lead to the source block."""
        if not made or not self._names:
            return made
        first = made[0]
        if first.id if self._has_ids else first.anchor:
            return made
        name = self._name_of(source)
        if not name:
            return made
        replace = msgspec.structs.replace
        named = replace(first, id=name) if self._has_ids else replace(first, anchor=name)
        return [named] if len(made) == 1 else [named, *made[1:]]

    def _name_of(self, source: Block) -> str:
        """The name that the order wants for a block, or the id of its place where ids count blocks; else ""."""
        anchor = self._anchors.get(id(source)) if self._anchors else None
        if anchor is not None and (name := self.order.anchors.get(anchor.key)):
            return name
        place = self._places.get(id(source))
        return "" if place is None else numbered_id(self.order.output.prefixes, place)

    def _split(self, block: Block, pieces: list[Piece], children: Blocks) -> list[Block]:
        """A block around pictures that stand apart: its first text keeps the kind, later text is paragraphs."""
        made: list[Block] = []
        head: Block | None = None
        if isinstance(block, ListItem) and isinstance(pieces[0], Image):
            pieces = [(), *pieces]
        for piece in pieces:
            if isinstance(piece, Image):
                made.append(piece)
            elif head is None:
                head = self.rebuilt(block, runs=piece, children=children)
                made.append(head)
            else:
                made.append(Paragraph(runs=piece))
        return made + (list(children) if head is None else [])


class _Speaking:
    """While it is entered, a block is the one at hand. Where that fails, there is nothing to answer for any more."""

    def __init__(self, lowering: Lowering, block: Block) -> None:
        self._lowering = lowering
        self._block = block
        self._outer = lowering.current

    def __enter__(self) -> None:
        self._lowering.current = self._block

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._lowering.answers.written(self._block)
            self._lowering.current = self._outer


@cache
def _defaults(kind: type[msgspec.Struct]) -> dict[str, object]:
    return {field.name: field.default for field in msgspec.structs.fields(kind)}


def _is_numbered(blocks: Blocks) -> bool:
    """Whether the order of some of these siblings is said by a number."""
    for block in blocks:
        for name, _ in block.attrs:
            if name == _ORDER:
                return True
    return False


def _has_more_than_lists(block: Block) -> bool:
    return any(kind_of(child) not in ("list", "item") for child in block.children)
