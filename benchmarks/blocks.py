"""The blocks of a generated note, each as Markdown in the Obsidian dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.words import NOUNS, phrase, words

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from benchmarks.outline import Outline

_CALLOUTS: Final = ("note", "tip", "warning", "question", "example")
_CODE: Final = {
    "python": "def {0}({1}: int) -> int:\n    return {1} * {2}",
    "sh": 'for {0} in {1}*; do\n  echo "${0}" {2}\ndone',
    "json": '{{"{0}": {2}, "{1}": [true, null]}}',
    "": "{0} | {1} <{2}> & `raw`",
}
_FORMULAS: Final = ("x_{{{}}}^2 + y", "\\frac{{a}}{{{}}}", "\\sum_{{i=1}}^{{{}}} i", "e^{{-{}t}}")
_MARKS: Final = ("**{}**", "*{}*", "`{}`", "~~{}~~", "=={}==", "***{}***")


class Writer:
    """Makes blocks for one note of a vault: `notes` are what it may link to, `pictures` what it may show."""

    def __init__(self, chance: random.Random, notes: Sequence[Outline], pictures: Sequence[str]) -> None:
        self.chance = chance
        self.notes = notes
        self.pictures = pictures

    def any_block(self) -> str:
        """A block of some kind; those that notes are mostly made of come more often."""
        return self.chance.choices(_KINDS, _WEIGHTS)[0](self)

    def sentence(self, least: int = 8, most: int = 20) -> str:
        """Words with marks, links, a formula or a tag among them."""
        chance = self.chance
        found = words(chance, least, most)
        found[0] = found[0].capitalize()
        if chance.random() < 0.5:
            found[2] = chance.choice(_MARKS).format(found[2])
        if chance.random() < 0.35:
            found[-2] = self.link()
        if chance.random() < 0.08:
            found[3] = f"${self.formula()}$"
        tag = f" #{chance.choice(NOUNS)}/{chance.choice(NOUNS)}" if chance.random() < 0.08 else ""
        return f"{' '.join(found)}.{tag}"

    def link(self) -> str:
        """A link to another note, a heading or a block of it, or to the web."""
        chance = self.chance
        note = chance.choice(self.notes)
        kind = chance.randrange(8)
        if kind == 0:
            return f"[{phrase(chance)}](https://example.org/{chance.choice(NOUNS)}?page={note.number})"
        if kind == 1:
            return f"[[{note.title}#{chance.choice(note.headings)}]]"
        if kind == 2:
            return f"[[{note.title}#{chance.choice(note.headings)}|{phrase(chance)}]]"
        if kind == 3 and note.anchor:
            return f"[[{note.title}#^{note.anchor}]]"
        if kind == 4:
            return f"[[{note.path}|{phrase(chance)}]]"
        return f"[[{note.title}]]"

    def formula(self) -> str:
        """The inside of a formula."""
        return self.chance.choice(_FORMULAS).format(self.chance.randrange(2, 99))

    def paragraph(self) -> str:
        """One to four sentences, sometimes on several lines."""
        between = self.chance.choice((" ", " ", " ", "\n"))
        return between.join(self.sentence() for _ in range(self.chance.randrange(1, 5)))

    def bullets(self) -> str:
        """A list up to three deep."""
        lines = []
        depth = 0
        for _ in range(self.chance.randrange(3, 6)):
            lines.append(f"{'  ' * depth}- {self.sentence(4, 10)}")
            depth = self.chance.randrange(min(depth + 1, 2) + 1)
        return "\n".join(lines)

    def numbered(self) -> str:
        """A numbered list."""
        return "\n".join(f"{number}. {self.sentence(4, 10)}" for number in range(1, self.chance.randrange(3, 5)))

    def tasks(self) -> str:
        """A list of tasks, done and open, one of them nested."""
        lines = [
            f"- [{self.chance.choice('x ')}] {self.sentence(4, 9)}",
            f"  - [ ] {self.sentence(4, 9)}",
            f"- [{self.chance.choice('x ')}] {self.sentence(4, 9)}",
        ]
        return "\n".join(lines[: self.chance.randrange(2, 4)])

    def table(self) -> str:
        """A table with a link in one of its cells."""
        rows = [
            f"| {self.chance.choice(NOUNS)} | {self.chance.randrange(1000)} | {self.cell()} |"
            for _ in range(self.chance.randrange(2, 6))
        ]
        return "\n".join(("| Name | Count | Remark |", "|---|--:|:-:|", *rows))

    def cell(self) -> str:
        """The text of a cell: plain, marked or a link."""
        noun = self.chance.choice(NOUNS)
        return self.chance.choice((noun, f"**{noun}**", f"[[{self.chance.choice(self.notes).title}]]"))

    def code(self) -> str:
        """A code block in one of a few languages."""
        language, text = self.chance.choice(tuple(_CODE.items()))
        filled = text.format(self.chance.choice(NOUNS), self.chance.choice(NOUNS), self.chance.randrange(100))
        return f"```{language}\n{filled}\n```"

    def callout(self) -> str:
        """A callout with a title, some of them folded."""
        fold = self.chance.choice(("", "", "-"))
        title = f"> [!{self.chance.choice(_CALLOUTS)}]{fold} {phrase(self.chance).capitalize()}"
        return f"{title}\n> {self.sentence()}\n> {self.sentence()}"

    def quote(self) -> str:
        """A quote of one or two paragraphs."""
        return "\n>\n".join(f"> {self.sentence()}" for _ in range(self.chance.randrange(1, 3)))

    def display_formula(self) -> str:
        """A formula on lines of its own."""
        return f"$$\n{self.formula()}\n$$"

    def picture(self) -> str:
        """An embedded picture, with a width or without; a paragraph where the vault has none."""
        if not self.pictures:
            return self.paragraph()
        name = self.chance.choice(self.pictures)
        return self.chance.choice((f"![[{name}]]", f"![[{name}|120]]"))

    def embed(self) -> str:
        """Another note, shown here."""
        return f"![[{self.chance.choice(self.notes).title}]]"

    def rule(self) -> str:
        """A line across."""
        return "---"


_SHARES: Final[dict[Callable[[Writer], str], int]] = {
    Writer.paragraph: 50,
    Writer.bullets: 10,
    Writer.numbered: 4,
    Writer.tasks: 5,
    Writer.table: 4,
    Writer.code: 6,
    Writer.callout: 4,
    Writer.quote: 5,
    Writer.display_formula: 4,
    Writer.picture: 3,
    Writer.embed: 2,
    Writer.rule: 3,
}
_KINDS: Final = tuple(_SHARES)
_WEIGHTS: Final = tuple(_SHARES.values())
