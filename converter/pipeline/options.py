"""What a run was asked for."""

from __future__ import annotations

import msgspec

__all__ = ["POLICIES", "Options"]

POLICIES = ("duplicate", "duplicate-all", "skip", "overwrite", "newer", "fail")
"""What can become of an item whose id is already in the target."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of one run, as the command line names them (`docs/reference` of each command).

    Paths are text; empty text means "not given". `sources` are those of a run that looks at several. `limits` are
    `KEY=VALUE` pairs. `timezone` is an IANA name, the system's zone when empty. `include` and `exclude` are globs over
    paths in the source. `zip_encoding` is that of names in archives which do not say theirs. `inline` asks for a target
    of one file with nothing beside it. `parcels` reads of ignored residue what travels in it within one system. `into`
    says that the target exists and takes what the source holds, `on_conflict` what becomes of items that are there.
    `plan` names a file for the plan, `apply` a file with the plan to run; then `planned` is a digest of its items, and
    `clock` the time at which it was made. `select` names codes: besides errors, only findings of these are taken.
    `jobs` is how many processes may work, 0: one for each processor.
    """

    source: str
    sources: tuple[str, ...] = ()
    target: str = ""
    source_format: str = ""
    target_format: str = ""
    dialect: str = "obsidian"
    only: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    strict_unknown: bool = False
    salvage: bool = False
    skip_unsafe: bool = False
    zip_encoding: str = ""
    dry_run: bool = False
    verify: bool = True
    overwrite_output: bool = False
    backup: bool = True
    residue: bool = True
    ignore_residue: bool = False
    parcels: bool = False
    limits: tuple[str, ...] = ()
    no_limits: bool = False
    mnemo_target: str = "compat"
    images_dir: str = ""
    timezone: str = ""
    number_prefix: bool = False
    notebook: str = ""
    inline: bool = False
    into: bool = False
    on_conflict: str = "duplicate"
    plan: str = ""
    apply: str = ""
    planned: str = ""
    clock: str = ""
    fail_on: str = "error"
    select: tuple[str, ...] = ()
    jobs: int = 0

    def planned_as(self) -> dict[str, object]:
        """All options that the result depends on, as a plan holds them."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "jobs"}
