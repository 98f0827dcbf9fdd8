"""What a run depends on besides its source: zone, clock, limits, and what profiles need to know."""

from __future__ import annotations

import os
import time
from datetime import UTC, tzinfo
from pathlib import Path

import msgspec

from converter.errors import UsageError
from converter.formats.front import Format, SourceContext
from converter.formats.registry import format_ids, load
from converter.model.moment import Moment, moment_from_ns, parse_moment
from converter.pipeline.options import Options
from converter.storage.digest import digest
from converter.storage.limits import NO_LIMITS, parse_limits

__all__ = ["clock_of", "file_digest", "origin_of", "profile_options_of", "reading_of", "sound", "unbounded", "version"]


def profile_options_of(options: Options) -> dict[str, str]:
    """What profiles depend on, of the options of a run."""
    return {
        "mnemo_target": options.mnemo_target,
        "images_dir": options.images_dir,
        "number_prefix": "yes" if options.number_prefix else "",
    }


def origin_of(front: Format, path: Path) -> Format:
    """The format that the items came from: the source's own, or what an archive of such items says."""
    said = front.origin(path) if front.origin is not None else ""
    return load(said) if said in format_ids() else front


def reading_of(options: Options) -> SourceContext:
    """What reading depends on besides the bytes; raises `UsageError` for an unknown zone or limit."""
    limits = NO_LIMITS if options.no_limits else parse_limits(options.limits)
    return SourceContext(
        limits=limits,
        zone=_zone(options.timezone),
        dialect=options.dialect,
        strict_unknown=options.strict_unknown,
        salvage=options.salvage,
        skip_unsafe=options.skip_unsafe,
        zip_encoding=options.zip_encoding,
    )


def sound(reading: SourceContext) -> SourceContext:
    """How a target is read: nothing of it is salvaged or left out."""
    return msgspec.structs.replace(reading, salvage=False, skip_unsafe=False, zip_encoding="")


def unbounded(reading: SourceContext) -> SourceContext:
    """How a target is read that this run wrote: limits of size are for what others made; notes grow on their way."""
    depths = {"depth": reading.limits.depth, "json_depth": reading.limits.json_depth}
    limits = msgspec.structs.replace(NO_LIMITS, **depths)
    return msgspec.structs.replace(sound(reading), limits=limits)


def _zone(name: str) -> tzinfo:
    """The zone of that IANA name; without one the system's: `TZ`, else /etc/localtime, else UTC."""
    wanted = name or os.environ.get("TZ", "").removeprefix(":") or _system_zone()
    if wanted.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if not name:
            return UTC
        hint = "Use a name such as Europe/Berlin."
        raise UsageError(f"--timezone {name!r} is no zone that this system knows.", hint=hint) from None


def _system_zone() -> str:
    link = Path("/etc/localtime")
    if link.is_symlink():
        return str(link.readlink()).rpartition("zoneinfo/")[2] or "UTC"
    return "UTC"


def clock_of(planned: str) -> Moment:
    """The run's own time: that of its plan, else `SOURCE_DATE_EPOCH` where it is set, else now."""
    told = parse_moment(planned, UTC) if planned else None
    if told is not None:
        return told
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isascii() and epoch.isdigit():
        return moment_from_ns(int(epoch) * 1_000_000_000)
    return moment_from_ns(time.time_ns())


def version() -> str:
    """The version of this program."""
    from converter import __version__

    return __version__


def file_digest(path: Path) -> str:
    """The SHA-256 of a source that is one file, "" for others."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return digest(stream)[1]
