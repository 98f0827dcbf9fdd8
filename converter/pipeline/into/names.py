"""New names for what comes into a target in which others have its own: the same in every run."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from urllib.parse import unquote

import msgspec

from converter.model.order import Output
from converter.model.timed_id import NUMBERS, Prefixes, is_annotation, is_timed_id, numbered_id
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.pair import Pair
from converter.storage.names import safe_segment

_ID = 22
"""Characters of an id that tells its time."""

__all__ = ["copy_of", "free_path", "numbered_path", "respelled"]


def copy_of(output: Output, kind: str, content: str, number: int, blocks: int, pair: Pair) -> Output:
    """The output of a duplicate: its id follows from the original one and from what it holds.

    In a tree of files the name gets a number. `number` counts the attempts, from 1.
    """
    tree = pair.parameter("tree")
    if tree == "paths":
        path = numbered_path(output.path, number)
        stem = posixpath.basename(path).removesuffix(".md")
        name = stem if "/" not in output.name else path.removesuffix(".md")
        return msgspec.structs.replace(output, key=path, path=path, name=name)
    salt = content if number == 1 else f"{content} {number}"
    if tree == "documents":
        return _document(output, kind, salt, blocks)
    own = derived_id("duplicate", kind, output.key, salt)
    return msgspec.structs.replace(output, key=own, id=own)


def _document(output: Output, kind: str, salt: str, blocks: int) -> Output:
    old = output.id or ""
    prefixes = Prefixes().take(f"duplicate {kind} {old} {salt}", old[:14], 8 * blocks + 64)
    own = numbered_id(prefixes, 0)
    if output.form == "folder":
        return msgspec.structs.replace(output, key=own, id=own, path=own, prefixes=prefixes)
    path = posixpath.join(posixpath.dirname(output.path), f"{own}.sy")
    return msgspec.structs.replace(output, key=path, path=path, id=own, name=own, prefixes=prefixes)


def _other_id(timed_id: str, number: int) -> str:
    """Another id of the same time, the same in every run."""
    prefix = Prefixes().take(f"another {timed_id}", timed_id[:14], 1)
    return numbered_id(prefix, number % NUMBERS)


def numbered_path(path: str, number: int) -> str:
    """The path with a number behind the name of its file: `Notes/Plan 1.md`; an id there becomes another one."""
    folder, name = posixpath.split(path)
    stem, extension = posixpath.splitext(name)
    if is_timed_id(stem[-_ID:]):
        return posixpath.join(folder, f"{stem[:-_ID]}{_other_id(stem[-_ID:], number)}{extension}")
    return posixpath.join(folder, f"{safe_segment(f'{stem} {number}')}{extension}")


def free_path(path: str, is_free: Callable[[str], bool]) -> str:
    """The first numbered path that is free."""
    number = 1
    while not is_free(numbered_path(path, number)):
        number += 1
    return numbered_path(path, number)


def respelled(target: str, old: str, new: str) -> str:
    """The text of a link with the new name of a file in place of its old one, both without folders.

    A link that leaves the extension out leaves it out still; a place in the file, a query and an annotation stay.
    """
    if is_annotation(target):
        above, _, annotation = target.rpartition("/")
        return f"{respelled(above, old, new)}/{annotation}"
    head, name, tail = _divided(target)
    said = unquote(name)
    if old in (name, said):
        return head + new + tail
    stem, extension = posixpath.splitext(old)
    if stem in (name, said):
        shown, own = posixpath.splitext(new)
        return head + (shown if own == extension else new) + tail
    plain, mark, query = name.partition("?")
    return head + new + mark + query + tail if mark and old in (plain, unquote(plain)) else target


def _divided(target: str) -> tuple[str, str, str]:
    """What stands before the name of a file, the name, and the place in it."""
    at = max(target.rfind("/"), target.rfind("\\")) + 1
    name, mark, place = target[at:].partition("#")
    return target[:at], name, mark + place
