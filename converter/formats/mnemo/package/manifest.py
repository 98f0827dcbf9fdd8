"""Reading `manifest.json`: what the application tolerates, and a little more (docs/formats/mnemo.md, "Manifest")."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from converter.errors import InputError
from converter.findings.finding import Finding
from converter.findings.problems import Problems
from converter.formats.mnemo.package.models import Manifest
from converter.formats.mnemo.view import OuterView, int32, text_form
from converter.patterns import pattern
from converter.storage.names import leads_out
from converter.text.json_text import (
    JsonTextError,
    JsonValue,
    Members,
    decode,
    dump,
    is_dotnet_date,
    is_text,
    object_text,
    parse,
    quote,
)

__all__ = ["FORMAT_NAME", "MANIFEST", "VERSION", "read_manifest"]

MANIFEST: Final = "manifest.json"
FORMAT_NAME: Final = "mnemo-package"
VERSION: Final = 1

_APP_DEPTH: Final = 64
_NOT_INT32: Final = 2**40
_SIZE_DIGITS: Final = 19
_DIGEST: Final = pattern("[0-9A-Fa-f]{64}")
_ENTRY_NAMES: Final = ("payloadtype", "itemcount", "schemaversion", "path", "capabilities")


def read_manifest(data: bytes, max_depth: int, *, strict: bool) -> tuple[Manifest, tuple[Finding, ...]]:
    """The manifest of a package, and what was odd about it.

    Raises InputError where it is no JSON object, or names another format or version. What does not satisfy the
    published schema once the oddities are mended is told, and refused under `strict`.
    """
    problems = Problems("", member=MANIFEST)
    view = OuterView(_members(data, max_depth, problems), "", problems)
    _check_format(view)
    _check_version(view)
    mended = _mended(view)
    _check_schema(mended, problems, strict=strict)
    entries = [{**entry, "text": _entry_text(entry)} for entry in mended["entries"]]
    manifest = msgspec.convert({**mended, "entries": entries}, Manifest)
    return manifest, problems.findings()


def _members(data: bytes, max_depth: int, problems: Problems) -> Members:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:2].find(b"\0") >= 0:
        raise InputError(f"{MANIFEST} is UTF-16 text, where Mnemo writes UTF-8", hint="export the package again")
    text, replaced = decode(data)
    if replaced:
        problems.add("manifest-repaired", "", replaced, what="bytes that are not UTF-8")
    try:
        parsed = parse(text.removeprefix("\ufeff"), max_depth)
    except JsonTextError as error:
        place = f", line {error.line}, column {error.column}" if error.line else ""
        raise InputError(f"{MANIFEST}{place}: not JSON: {error.message}", hint="export the package again") from None
    if parsed.depth > _APP_DEPTH:
        problems.add("manifest-repaired", what=f"{parsed.depth} levels of nesting")
    if parsed.surrogates:
        problems.add("manifest-repaired", "", parsed.surrogates, what="lone surrogates")
    if not isinstance(parsed.value, Members):
        shown = dump(parsed.value)[:40]
        raise InputError(f"{MANIFEST} holds {shown} and no object: it is no manifest of a package")
    return parsed.value


def _check_format(view: OuterView) -> None:
    """The format is checked before the version, so that a foreign package is called one."""
    value = view.find("format")
    if not view.has("format"):
        view.problems.add("manifest-incomplete", member="format")
        return
    if not is_text(value) or value.lower() != FORMAT_NAME:
        raise InputError(f"unsupported package format: {MANIFEST} says format {dump(value)}, not {quote(FORMAT_NAME)}")
    if value != FORMAT_NAME:
        view.problems.add("manifest-repaired", "/format", what=f"format is written {value}")


def _check_version(view: OuterView) -> None:
    value = view.find("version")
    if not view.has("version"):
        view.problems.add("manifest-incomplete", member="version")
        return
    number = int32(value, _NOT_INT32) if isinstance(value, str) else _NOT_INT32
    if number == VERSION:
        return
    shown = dump(value)[:40]
    if number == _NOT_INT32:
        raise InputError(f"unsupported package version: {MANIFEST} says version {shown}, which is no whole number")
    hint = "it was written by a newer Mnemo: update this converter" if number > VERSION else ""
    raise InputError(f"unsupported package version {shown} in {MANIFEST}: only {VERSION} is known", hint=hint)


def _mended(view: OuterView) -> dict[str, Any]:
    """The manifest with every member that it should have, of the right kind."""
    entries = view.find("entries")
    if entries is not None and not isinstance(entries, list):
        raise InputError(f"{MANIFEST}: entries is {dump(entries)[:40]}, not an array", hint="export it again")
    if not entries:
        view.problems.add("manifest-empty")
    if entries is None and view.has("entries"):
        view.problems.add("manifest-repaired", "/entries", what="entries is null")
    return {
        "format": FORMAT_NAME,
        "version": VERSION,
        "createdAtUtc": _created(view),
        "createdByAppVersion": _text(view, "createdByAppVersion"),
        "packageKind": _text(view, "packageKind"),
        "kind": _text(view, "kind"),
        "entries": [_entry(inner) for inner in _objects(view, "entries", entries or [])],
        "assets": _assets(view),
    }


def _repaired(view: OuterView, name: str) -> None:
    view.problems.add("manifest-repaired", view.at(name), what=f"{name} is {dump(view.find(name))[:40]}")


def _created(view: OuterView) -> str:
    value = view.only_text("createdAtUtc")
    if value is not None and is_dotnet_date(value):
        return value
    if view.has("createdAtUtc"):
        _repaired(view, "createdAtUtc")
    else:
        view.problems.add("manifest-incomplete", member="createdAtUtc")
    return "0001-01-01T00:00:00+00:00"


def _text(view: OuterView, name: str) -> str | None:
    value = view.find(name)
    if value is not None and view.only_text(name) is None:
        _repaired(view, name)
    return None if value is None else text_form(value)


def _objects(view: OuterView, name: str, elements: list[JsonValue]) -> list[OuterView]:
    found = []
    for index, element in enumerate(elements):
        pointer = f"{view.at(name)}/{index}"
        if isinstance(element, Members):
            found.append(OuterView(element, pointer, view.problems))
        else:
            view.problems.add("manifest-repaired", pointer, what=f"an element of {name} is {dump(element)[:40]}")
    return found


def _entry(view: OuterView) -> dict[str, Any]:
    for name in ("payloadType", "path"):
        if view.only_text(name) is None and view.has(name):
            _repaired(view, name)
    path = view.only_text("path") or ""
    if reason := leads_out(path):
        raise InputError(
            f"{MANIFEST}: the path {quote(path)} of an entry {reason}",
            hint="do not trust this package unless you know who made it",
        )
    count, version = _integer(view, "itemCount"), _integer(view, "schemaVersion")
    return {
        "payloadType": text_form(view.find("payloadType")),
        "itemCount": count or 0,
        "schemaVersion": 1 if version is None else version,
        "path": path,
        "capabilities": _capabilities(view),
        "counted": count is not None,
        "more": [(name, dump(value)) for name, value in view.members.pairs if name.lower() not in _ENTRY_NAMES],
    }


def _capabilities(view: OuterView) -> list[str | None]:
    value = view.find("capabilities")
    if value is None:
        return []
    elements = value if isinstance(value, list) else [value]
    if value is not elements or not all(element is None or is_text(element) for element in elements):
        _repaired(view, "capabilities")
    return [None if element is None else text_form(element) for element in elements]


def _integer(view: OuterView, name: str) -> int | None:
    value = view.find(name)
    if not view.has(name):
        return None
    number = int32(value, _NOT_INT32) if isinstance(value, str) else _NOT_INT32
    if number != _NOT_INT32:
        return number
    _repaired(view, name)
    return None


def _entry_text(entry: dict[str, Any]) -> str:
    """An entry as compact JSON in the application's order, members of other writers at its end."""
    capabilities = [None if name is None else str(name) for name in entry["capabilities"]]
    members = [
        ("payloadType", quote(entry["payloadType"])),
        ("itemCount", str(entry["itemCount"])),
        ("schemaVersion", str(entry["schemaVersion"])),
        ("path", quote(entry["path"])),
        ("capabilities", dump(list(capabilities))),
    ]
    return object_text([*members, *entry["more"]])


def _assets(view: OuterView) -> list[dict[str, Any]]:
    assets = view.find("assets")
    if assets is not None and not isinstance(assets, list):
        _repaired(view, "assets")
    found = []
    for inner in _objects(view, "assets", assets if isinstance(assets, list) else []):
        size = inner.find("sizeBytes")
        whole = isinstance(size, str) and size.isascii() and size.isdecimal() and len(size) < _SIZE_DIGITS
        found.append(
            {
                "path": inner.text("path"),
                "sizeBytes": int(str(size)) if whole else 0,
                "checksumSha256": inner.only_text("checksumSha256"),
            }
        )
    return found


def _check_schema(mended: dict[str, Any], problems: Problems, *, strict: bool) -> None:
    """Hold the mended manifest against the published schema: what it says is refused, or told.

    Whatever was mended satisfies it, and only digests of files are taken as they stand.
    """
    told = [asset["checksumSha256"] for asset in mended["assets"]]
    if all(digest is None or _DIGEST.fullmatch(digest) for digest in told):
        return
    from converter.formats.mnemo.schema_errors import errors

    for pointer, what in errors("manifest", mended):
        if strict:
            raise InputError(f"{MANIFEST} at {pointer or '/'}: {what}")
        problems.add("manifest-repaired", pointer, what=what)
