"""What the schemas of Mnemo's objects are put together from."""

from __future__ import annotations

from typing import Any, Final

from converter.findings.schema_ids import BASE

__all__ = ["COMMON", "FINITE", "Schema", "described", "document", "maybe", "nullable", "own_spelling", "ref", "text"]

Schema = dict[str, Any]

_LARGEST: Final = 1.7976931348623157e308
FINITE: Final[Schema] = {"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST}
"""A number that a double can hold."""

_DATE: Final = (
    r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,16}|\.(?=[Z+-]))?)?"
    r"(Z|[+-](0[0-9]|1[0-3])(:[0-5][0-9])?|[+-]14(:00)?)?)?$"
)

COMMON: Final[dict[str, Schema]] = {
    "int32": {
        "description": "A whole number of 32 bits. In quotes it is read as well.",
        "anyOf": [
            {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
            {"type": "string", "pattern": "^[+-]?0*[0-9]{1,10}$"},
        ],
    },
    "enumeration": {
        "description": "One of a list of meanings, by its number; never in quotes. A number without a meaning is kept.",
        "type": "integer",
        "minimum": -(2**31),
        "maximum": 2**31 - 1,
    },
    "number": {
        "description": "A number that a double can hold. In quotes it is read as well; infinity could never be saved.",
        "anyOf": [
            FINITE,
            {"type": "string", "pattern": "^[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$"},
        ],
    },
    "date": {
        "description": "A time in ISO 8601: seconds, their fraction and the distance from UTC may be missing.",
        "type": "string",
        "pattern": _DATE,
        "examples": ["2026-05-18T10:00:00Z", "2026-05-18T10:00:00.1234567+02:00"],
    },
}
"""Definitions that several schemas use."""


def text(description: str, *examples: str) -> Schema:
    """A text or null: what the application takes for each of its texts."""
    made: Schema = {"description": description, "type": ["string", "null"]}
    return {**made, "examples": list(examples)} if examples else made


def ref(name: str) -> Schema:
    """A definition of the same schema."""
    return {"$ref": f"#/$defs/{name}"}


def maybe(name: str) -> Schema:
    """A definition of the same schema, or null."""
    return {"anyOf": [{"type": "null"}, ref(name)]}


def nullable(description: str, kind: str, **more: Any) -> Schema:
    """A value of this type, or null."""
    return {"description": description, "type": [kind, "null"], **more}


def described(made: Schema, description: str) -> Schema:
    """The same with a description."""
    return {"description": description, **made}


def own_spelling(*needed: str) -> Schema:
    """Members that must be there, asked for where the names are spelled as packages spell them."""
    return {"if": {"propertyNames": {"pattern": "^[a-z]"}}, "then": {"required": list(needed)}}


def document(name: str, title: str, description: str, root: Schema, examples: list[Any]) -> Schema:
    """A whole schema (draft 2020-12), root and definitions in one."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}{name}.json",
        "title": title,
        "description": description,
        **root,
        "examples": examples,
    }
