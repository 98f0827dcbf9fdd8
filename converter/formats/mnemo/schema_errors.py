"""Where an object of Mnemo breaks its published schema: sentences with JSON pointers.

The schemas say what application 0.6 refuses (docs/schemas.md). This is slower than decoding by far: it is for small
objects, and for telling what is wrong with one that was refused.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from converter.storage.schemas import load_schema

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

__all__ = ["errors", "first_error"]

_TYPES: Final = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
_SHOWN: Final = 60


def first_error(kind: str, value: object) -> tuple[str, str] | None:
    """The first place where `value` breaks the schema of its kind, and what is wrong there; None where it is valid.

    As `errors`.
    """
    return next(errors(kind, value), None)


def errors(kind: str, value: object) -> Iterator[tuple[str, str]]:
    """Each place where `value` breaks the schema of its kind, and what is wrong there.

    `kind` is `note`, `folder`, `block`, `deck`, `mindmap`, `settings` or `manifest`, or a definition of one of these
    schemas, as `folder/cardFolder`; `value` is what `json.loads` gives. Names are taken in any case, as the application
    takes them (maps of 0.8 excepted). Raises UsageError for an unknown kind.
    """
    validator, names = _validator(kind)
    seen = set()
    try:
        for error in validator.iter_errors(value if _exact(kind, value) else _respelled(value, names)):
            inner = _innermost(error)
            found = _pointer(inner, value), _sentence(inner)
            if found not in seen:
                seen.add(found)
                yield found
    except RecursionError:
        yield "", "it is nested too deeply"


def _exact(kind: str, value: object) -> bool:
    """Whether names in another case are other names: keys of settings, and all of a map of 0.8."""
    newer = isinstance(value, dict) and not value.keys().isdisjoint(("elements", "schemaVersion"))
    return kind == "settings" or (kind == "mindmap" and newer)


@cache
def _validator(kind: str) -> tuple[Draft202012Validator, dict[str, str]]:
    from jsonschema import Draft202012Validator

    name, _, part = kind.partition("/")
    schema = load_schema(f"{name}-1")
    if part:
        schema = {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
    return Draft202012Validator(schema), {name.lower(): name for name in _member_names(schema) if name[:1] != "$"}


def _member_names(schema: object) -> Iterator[str]:
    """The names of all members that a schema knows."""
    left: deque[Any] = deque([schema])
    while left:
        part = left.popleft()
        if isinstance(part, dict):
            members = part.get("properties")
            yield from members if isinstance(members, dict) else ()
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)


def _respelled(value: object, names: dict[str, str]) -> object:
    """The same with the published spelling of each name: a member that is spelled so counts, else the first one."""
    if isinstance(value, list):
        return [_respelled(inner, names) for inner in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, object] = {}
    for name, inner in value.items():
        own = names.get(name.lower()) or name
        if name == own or own not in value:
            made.setdefault(own, _respelled(inner, names))
    return made


def _innermost(error: ValidationError) -> ValidationError:
    """Of alternatives none of which fits, the one that goes deepest: what is no null means the other one."""
    while error.context:
        deepest = max(error.context, key=lambda inner: len(inner.path))
        if len(deepest.path) == 0:
            break
        error = deepest
    return error


def _pointer(error: ValidationError, value: Any) -> str:
    """The place as a JSON pointer, with names as the object itself spells them."""
    steps: list[str] = []
    for step in error.absolute_path:
        if isinstance(value, dict) and isinstance(step, str):
            step = step if step in value else next(name for name in value if name.lower() == step.lower())
        value = value[step]
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return _sound("".join(f"/{step}" for step in steps))


def _sentence(error: ValidationError) -> str:
    """What is wrong: what stands there and what belongs there."""
    wanted, found = _both(error)
    match error.validator:
        case "type":
            return f"{_shown(found)} stands where {_listed(wanted)} belongs"
        case "anyOf":
            return f"{_shown(found)} stands where {_alternatives(error)} belongs"
        case "required":
            missing = [name for name in wanted if name not in found]
            return f"the member {missing[0]} is missing" if len(missing) == 1 else f"{', '.join(missing)} are missing"
        case "const" | "enum":
            known = [wanted] if error.validator == "const" else wanted
            return f"{_shown(found)} is not one of {', '.join(_shown(one) for one in known)}"
        case "minimum" | "maximum":
            return f"{_shown(found)} is out of range"
        case "pattern":
            return f"{_shown(found)} does not have the form that is read here"
        case _:
            return f"{_shown(found)} is not allowed here"


def _both(error: ValidationError) -> tuple[Any, Any]:
    """What the schema asks for, and what stands there."""
    return error.validator_value, error.instance


def _listed(types: str | list[str]) -> str:
    return " or ".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types))


def _alternatives(error: ValidationError) -> str:
    """What each of the alternatives asks for, of the one whose type fits that it is of another form."""
    asked = dict.fromkeys(_asked(inner) for inner in error.context or ())
    return " or ".join(asked)


def _asked(error: ValidationError) -> str:
    match error.validator:
        case "type":
            return _listed(_both(error)[0])
        case "anyOf":
            return _alternatives(error)
        case "pattern":
            return "a text of another form"
        case "minimum":
            return "a greater number"
        case "maximum":
            return "a smaller number"
        case _:
            return "another value"


def _sound(text: str) -> str:
    """A text that can be written: lone surrogates as their escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _shown(value: object) -> str:
    """A value in short."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    text = _sound(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
