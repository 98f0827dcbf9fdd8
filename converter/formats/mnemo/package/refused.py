"""Why a package is refused as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.errors import InputError
from converter.formats.mnemo.package.manifest import MANIFEST
from converter.formats.mnemo.package.units import KNOWN_SCHEMAS

if TYPE_CHECKING:
    from converter.formats.mnemo.package.models import Entry

__all__ = ["check_known", "without_manifest"]


def without_manifest(names: list[str]) -> InputError:
    """No manifest among these members."""
    deeper = next((name for name in names if name.endswith("/" + MANIFEST)), None)
    hint = f"there is one at {deeper}: was a folder packed instead of its contents?" if deeper else ""
    if not hint and any(name.startswith("payloads/") for name in names):
        hint = "an export of Mnemo that failed half-way leaves such a file: export again, or read it with --salvage"
    return InputError(f"{MANIFEST} is missing from the package", hint=hint)


def check_known(entry: Entry) -> None:
    """Raise InputError where `--strict-unknown` refuses a payload: its type or its version is not known."""
    kind = entry.payload_type.lower()
    if kind not in KNOWN_SCHEMAS:
        raise InputError(f"unknown payload type {entry.payload_type!r}, refused by --strict-unknown")
    if entry.schema_version > KNOWN_SCHEMAS[kind]:
        raise InputError(
            f"payload {kind}: schema version {entry.schema_version} is newer than {KNOWN_SCHEMAS[kind]}, "
            "refused by --strict-unknown"
        )
