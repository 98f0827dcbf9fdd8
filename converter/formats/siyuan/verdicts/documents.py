"""What the application does with a document (docs/formats/siyuan.md, "What the loader repairs", "Blocks")."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, NoReturn

import msgspec
import orjson

from converter.formats.siyuan.verdicts.fields import misfit, spelled
from converter.formats.siyuan.verdicts.gathered import LOSES, REFUSES, REPAIRS, Verdicts, position, step
from converter.formats.siyuan.verdicts.nodes import Fields, judge_attributes, judge_node
from converter.model.timed_id import is_timed_id

__all__ = ["Said", "judge_document"]

_SPEC = 2
_LONGEST = 9
_MARK = b"\xef\xbb\xbf"
_MOVED = "it is moved to corrupted/ when its folder is shown"
_UNSEEN = "it is neither indexed nor opened"


class Said(msgspec.Struct):
    """What a document says that counts beyond it.

    `ids` are those of its blocks with their places, `databases` those that it shows, `rows` and `cards` the databases
    and decks that blocks say to stand in.
    """

    ids: dict[str, str] = msgspec.field(default_factory=dict)
    databases: dict[str, str] = msgspec.field(default_factory=dict)
    rows: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    cards: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


def judge_document(data: bytes, name: str, verdicts: Verdicts) -> Said:
    """Note what would happen to a document whose file is named by the id `name`."""
    said = Said()
    value = _value(data, verdicts)
    taken = _taken(value, "", verdicts) if value is not None else None
    if taken is None:
        return said
    if not _walk(taken, said, verdicts, zeros=b"\\u0000" in data):
        return Said()
    if _judge_spec(taken.node.get("Spec") or "", verdicts):
        _judge_root(taken.node, name, verdicts)
    return said


def _value(data: bytes, verdicts: Verdicts) -> Fields | None:
    """The object that a document is; None where the application gets none out of it."""
    try:
        value = orjson.loads(data)
    except ValueError:
        value = _patient(data, verdicts)
        if value is None:
            return None
    if isinstance(value, dict):
        return value
    verdicts.refuse(f"it holds no object, and {_MOVED}")
    return None


def _patient(data: bytes, verdicts: Verdicts) -> Any:
    """The same for what takes a slower reader: half a surrogate pair, bytes that are no UTF-8, a deep nesting."""
    if data.startswith(b"SENC"):
        verdicts.refuse(f"it is encrypted in a notebook that is not, and {_UNSEEN}")
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = position(data, error.start)
        what = "bytes that are no UTF-8: it opens with U+FFFD in their place, and is not indexed"
        verdicts.add(REFUSES, what, line=line, column=column)
        text = data.decode("utf-8", "replace")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if not data.strip():
            verdicts.refuse(f"it is empty, and {_MOVED}")
        elif data.startswith(_MARK):
            verdicts.refuse(f"it begins with a byte-order mark, and {_MOVED}", line=1, column=1)
        else:
            verdicts.refuse(f"it is no JSON ({error.msg}), and {_UNSEEN}", line=error.lineno, column=error.colno)
    except ValueError as error:
        verdicts.refuse(f"it is no JSON ({error}), and {_UNSEEN}")
    except RecursionError:
        pass
    return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


class _Taken(NamedTuple):
    """A node under the loader's names, and the names of members that it does not know."""

    node: dict[str, Any]
    unknown: list[str]


def _walk(root: _Taken, said: Said, verdicts: Verdicts, *, zeros: bool) -> bool:
    """Judge the nodes in reading order; False where one of them refuses the whole document."""
    stack = [(root, "", True)]
    while stack:
        (node, unknown), at, lives = stack.pop()
        below = _below(node, at, verdicts)
        if below is None:
            return False
        if lives:
            for name in unknown:
                verdicts.add(
                    LOSES, "a member of no known name is gone after the next change", at + step(name), name=name
                )
            if zeros and any(isinstance(value, str) and "\0" in value for value in node.values()):
                verdicts.add(REPAIRS, "a zero character is taken out", at)
            _note(node, at, said, verdicts)
            lives = not at or judge_node(node, at, verdicts)
        stack += [(child, f"{at}/Children/{place}", lives) for place, child in reversed(list(enumerate(below)))]
    return True


def _below(node: dict[str, Any], at: str, verdicts: Verdicts) -> list[_Taken] | None:
    """The children, which stay in the node under the loader's names; None where one of them is refused."""
    below: list[_Taken] = []
    for found in node.get("Children") or ():
        child = _taken(found, f"{at}/Children/{len(below)}", verdicts)
        if child is None:
            return None
        below.append(child)
    if below:
        node["Children"] = [child.node for child in below]
    return below


def _taken(found: Fields, at: str, verdicts: Verdicts) -> _Taken | None:
    """A node as the loader takes it; None where it refuses the document for the type of a member."""
    node, unknown = spelled(found)
    wrong = misfit(node)
    if wrong is None:
        return _Taken(node, unknown)
    verdicts.refuse(f"a member that should be {wrong[1]}: {_UNSEEN}", at + wrong[0])
    return None


def _note(node: Fields, at: str, said: Said, verdicts: Verdicts) -> None:
    """Take down what a node says that counts beyond it."""
    properties = node.get("Properties") or {}
    own = node.get("ID") or properties.get("id") or ""
    if own:
        if own in said.ids:
            verdicts.add(REPAIRS, "of blocks with one id all but the first get another", at, name=own)
        elif at and not is_timed_id(own):
            verdicts.add(LOSES, "nothing can refer to a block whose id has another form", at, name=own)
        said.ids.setdefault(own, at)
        if "custom-avs" in properties:
            said.rows[own] = _named(properties["custom-avs"])
        if "custom-riff-decks" in properties:
            said.cards[own] = _named(properties["custom-riff-decks"])
    if node.get("AttributeViewID"):
        said.databases.setdefault(node["AttributeViewID"], at)


def _named(value: str | None) -> tuple[str, ...]:
    return tuple(name for part in (value or "").split(",") if (name := part.strip()))


def _judge_spec(spec: str, verdicts: Verdicts) -> bool:
    """Whether the document is of a spec that this application reads."""
    number = spec.isascii() and spec.isdigit()
    if number and (len(spec) > _LONGEST or int(spec) > _SPEC):
        verdicts.refuse(f"its Spec is {spec[:_LONGEST]}, newer than {_SPEC}: {_UNSEEN}", "/Spec")
        return False
    if not spec or (number and int(spec) < _SPEC):
        verdicts.add(REPAIRS, f"a document of an older Spec becomes one of Spec {_SPEC}", "/Spec")
    return True


def _judge_root(root: Fields, name: str, verdicts: Verdicts) -> None:
    properties = root.get("Properties") or {}
    if not properties.get("id"):
        what = "without an id among the properties of a document nothing in its folder is listed"
        verdicts.add(REFUSES, what, "/Properties")
    if root.get("ID") != name:
        verdicts.add(REPAIRS, "the document gets the id of its file; references to its other id lead nowhere", "/ID")
    if not properties.get("updated"):
        verdicts.add(REPAIRS, "the time of the last change is made from the id", "/Properties")
    judge_attributes(properties, "", verdicts)
    if root.get("Children") is None:
        verdicts.add(REPAIRS, "a document without blocks gets an empty paragraph")
