"""Front matter: YAML 1.2 between two lines of dashes, kept as it stands (docs/formats/markdown.md, "Front matter").

A handler in the form of python-frontmatter's splits it: it keeps the raw text of every entry, and reads values by YAML
1.2, so that `no`, `12:30` and `017` stay what they are.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import msgspec

from converter.model.items import Property
from converter.patterns import pattern

__all__ = [
    "Front",
    "RawHandler",
    "body_of",
    "entry",
    "join",
    "property_of",
    "scalar_text",
    "split",
    "string_list",
    "value",
    "value_text",
]

_OPEN = pattern(r"---[ \t]*\n")
_CLOSE = pattern(r"^(?:---|\.\.\.)[ \t]*(?:\n|$)", re.MULTILINE)
_ALIAS = pattern(r"(?:^|[\s\[{,:-])\*[^\s,\]}]")
_MOST_ALIASES = 64
_MOST_CHARACTERS = 1 << 20


_PLAIN = pattern(r"[^\W\d_][\w./()+%°-]*(?: [\w./()+%°&-]+)*")


_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))


_UNSAFE = pattern("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""Characters that YAML takes in escaped form only, or for line breaks."""


_TIME = pattern(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)?")


class Front(msgspec.Struct, frozen=True):
    """A file, taken apart.

    `entries` hold the exact text of each entry; their texts together are the YAML between the dashes. Front matter
    that is no mapping, or no YAML, is `invalid_source` as a whole, with its dashes. `preamble` is a byte-order mark.
    """

    present: bool
    entries: tuple[Property, ...]
    body: str
    invalid_source: str = ""
    preamble: str = ""


class RawHandler:
    """A handler as python-frontmatter takes them, for YAML 1.2.

    It does without a class of theirs: importing one loads a second reader of YAML, which takes longer than many notes.
    """

    def detect(self, text: str) -> bool:
        """Whether the text opens front matter and closes it."""
        opened = _OPEN.match(text)
        return opened is not None and _CLOSE.search(text, opened.end()) is not None

    def split(self, text: str) -> tuple[str, str]:
        """The YAML, and what follows it."""
        opened = _OPEN.match(text)
        start = opened.end() if opened else 0
        closed = _CLOSE.search(text, start)
        if closed is None:
            return "", text
        return text[start : closed.start()], text[closed.end() :]

    def load(self, fm: str, **_: object) -> Any:
        """The values; raises `ValueError` for what is no YAML or too much of it."""
        if len(fm) > _MOST_CHARACTERS or (fm.count("*") > _MOST_ALIASES and len(_ALIAS.findall(fm)) > _MOST_ALIASES):
            raise ValueError("too large")
        import ryaml

        return ryaml.loads(fm)


_HANDLER = RawHandler()


def body_of(text: str) -> str:
    """The body of a file alone: its front matter is cut off, and not read."""
    text = text.removeprefix("\ufeff")
    return _HANDLER.split(text)[1] if _HANDLER.detect(text) else text


def split(text: str) -> Front:
    """Take a file apart. Front matter that is not closed is text."""
    preamble = "\ufeff" if text.startswith("\ufeff") else ""
    text = text[len(preamble) :]
    if not _HANDLER.detect(text):
        return Front(False, (), text, preamble=preamble)
    raw, body = _HANDLER.split(text)
    entries = _entries(raw)
    if entries is None:
        return Front(False, (), body, text[: len(text) - len(body)], preamble)
    return Front(True, entries, body, preamble=preamble)


def _entries(raw: str) -> tuple[Property, ...] | None:
    """The entries of a mapping by their own text; None where there is none."""
    try:
        values = _HANDLER.load(raw)
    except ValueError:
        values = None
        pieces = _pieces(raw)
        if not _only_repeats(pieces):
            return None
        return tuple(pieces)
    if values is None:
        return (Property("", raw),) if raw.strip() else ()
    if not isinstance(values, dict):
        return None
    pieces = _pieces(raw)
    if [piece.name for piece in pieces] == [str(name) for name in values]:
        return tuple(pieces)
    return (Property("", raw),)


def _only_repeats(pieces: list[Property]) -> bool:
    """Whether the YAML is refused only because a key stands twice: every entry by itself is sound."""
    names = [piece.name for piece in pieces]
    return bool(pieces) and len(set(names)) < len(names) and "" not in names


def _pieces(raw: str) -> list[Property]:
    """The text cut where entries begin; comments and blank lines go with the entry that follows."""
    pieces: list[list[str]] = []
    waiting: list[str] = []
    for line in raw.splitlines(keepends=True):
        if not line.strip() or line.startswith("#"):
            waiting.append(line)
        elif line[0] in " \t-]}" or (pieces and ":" not in line):
            if pieces:
                pieces[-1] += [*waiting, line]
            else:
                pieces.append([*waiting, line])
            waiting = []
        else:
            pieces.append([*waiting, line])
            waiting = []
    if pieces:
        pieces[-1] += waiting
    return [Property(_name_of("".join(piece)), "".join(piece)) for piece in pieces]


def _name_of(text: str) -> str:
    values = _load(text)
    return str(next(iter(values))) if isinstance(values, dict) and len(values) == 1 else ""


@lru_cache(maxsize=512)
def _load(text: str) -> Any:
    try:
        return _HANDLER.load(text)
    except ValueError:
        return None


def value(item: Property) -> Any:
    """The value of an entry as plain Python; dates and times are text."""
    values = _load(item.text)
    return next(iter(values.values()), None) if isinstance(values, dict) else None


def scalar_text(item: Property) -> str:
    """A single value as text; "" for lists, mappings and nothing."""
    found = value(item)
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found) if isinstance(found, str | int | float) else ""


def string_list(item: Property) -> list[str]:
    """A list of texts, from a list or from text with commas (or, without any, blanks); a `#` in front goes."""
    found = value(item)
    if isinstance(found, str):
        parts: list[Any] = found.split(",") if "," in found else found.split()
    else:
        parts = found if isinstance(found, list) else [] if found is None else [found]
    texts = [str(part).strip() for part in parts if isinstance(part, str | int | float) and not isinstance(part, bool)]
    return [text.removeprefix("#") for text in texts if text.removeprefix("#")]


def value_text(item: Property) -> str:
    """The value of an entry as one text, from which `property_of` makes an entry of an equal value."""
    found = value(item)
    if isinstance(found, str) and found and _load(f"x: {found}") == {"x": found}:
        return found
    if isinstance(found, str) and "\n" in found:
        return found
    return json.dumps(found, ensure_ascii=False, default=str)


def property_of(name: str, text: str) -> Property:
    """An entry of this name for a value's text: a number, a list or a quoted text is what YAML takes it for."""
    values = _load(f"x: {text}") if "\n" not in text else None
    found = values.get("x") if isinstance(values, dict) and len(values) == 1 else None
    return entry(name, text if found is None or isinstance(found, dict) else found) if text != "null" else _null(name)


def _null(name: str) -> Property:
    return Property(name, f"{_scalar(name, flow=False)}: null\n")


def entry(name: str, content: object) -> Property:
    """An entry in canonical YAML that versions 1.1 and 1.2 read alike."""
    if isinstance(content, list):
        text = "[" + ", ".join(_scalar(item, flow=True) for item in content) + "]"
    else:
        text = _scalar(content, flow=False)
    return Property(name, f"{_scalar(name, flow=False)}: {text}\n")


def _scalar(content: object, *, flow: bool) -> str:
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, int | float):
        return json.dumps(content)
    text = str(content)
    if _TIME.fullmatch(text) and not flow:
        return text
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def join(entries: tuple[Property, ...]) -> str:
    """Front matter of these entries, with its dashes. The body follows after an empty line."""
    return "---\n" + "".join(item.text for item in entries) + "---\n"
