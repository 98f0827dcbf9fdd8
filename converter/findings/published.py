"""The report and the plan as they are published: `schemas/report-1.json`, `schemas/plan-1.json`.

Fields may be added within version 1; none changes its meaning.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from converter.findings.schema_ids import BASE

__all__ = [
    "CountsModel",
    "DiffModel",
    "FindingModel",
    "Model",
    "PlaceModel",
    "PlanItemModel",
    "PlanModel",
    "ReportModel",
    "TimingModel",
    "VerifyModel",
    "json_schema",
]


_Count = Field(default=0, ge=0)
_COMMANDS = "convert, preview, validate, inspect or diff"


class Model(BaseModel):
    """A record that is written and never changed."""

    model_config = ConfigDict(frozen=True)


class PlaceModel(Model):
    """A source or a target."""

    path: str = Field(description="The path as it was given.", examples=["vault", "out.mnemo"])
    format: str | None = Field(None, description="The id of its format, where it is known.", examples=["markdown"])
    sha256: str | None = Field(
        None, pattern="^[0-9a-f]{64}$", description="The SHA-256 of its bytes, where it is one file."
    )
    state: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="In plans: a digest of what stood there (bytes of files; names, sizes and times in folders); "
        "without it nothing stood there.",
    )


class CountsModel(Model):
    """Units of one kind. `read` is the sum of the eight dispositions from `created` to `failed`."""

    read: int = Field(ge=0, description="How many the source holds.")
    created: int = _Count
    duplicated: int = _Count
    overwritten: int = _Count
    unchanged: int = _Count
    skipped: int = Field(0, ge=0, description="Left out on purpose: by selection, or as junk.")
    carried: int = Field(0, ge=0, description="Not shown by the target, and kept in it for a later conversion.")
    lost: int = Field(0, ge=0, description="The target cannot hold them; each has a finding.")
    failed: int = Field(0, ge=0, description="They could not be converted; each has a finding.")
    written: int = Field(0, ge=0, description="created + duplicated + overwritten.")
    approximated: int = Field(0, ge=0, description="That part of `written` that needed a fallback.")


class DiffModel(Model):
    """How the items of one kind in two archives go together."""

    equal: int = Field(ge=0, description="In both, and they say the same.")
    changed: int = Field(ge=0, description="In both, and they differ; each has a finding.")
    only_a: int = Field(ge=0, description="Only in the first archive (`source`); each has a finding.")
    only_b: int = Field(ge=0, description="Only in the second archive (`target`); each has a finding.")
    not_compared: int = Field(ge=0, description="In both, and at least one of them cannot be read or interpreted.")


class LocationModel(Model):
    """Where: only the members that apply."""

    source: str | None = Field(None, description="The source, where a run looked at several.")
    file: str | None = Field(None, description="A file, relative to the source.")
    member: str | None = Field(None, description="A member of a package.")
    table: str | None = Field(None, description="A table of a database.")
    row: str | None = Field(None, description="The key of a row.")
    pointer: str | None = Field(None, description="A JSON pointer.")
    line: int | None = Field(None, ge=1, description="A line, from 1.")
    column: int | None = Field(None, ge=1, description="A column, from 1.")


class FindingModel(Model):
    """One problem or one loss; one per code and item."""

    code: str = Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", description="One of the codes that `explain --all` lists.")
    severity: Literal["error", "warning", "info"]
    outcome: Literal["lost", "approximated", "carried", "failed", "skipped", "none"] = Field(
        description="What became of the thing; `none`: it is in the target as it was."
    )
    message: str = Field(description="One sentence, for people.")
    item: str = Field(description="The item as kind and key; empty where the whole run is meant.")
    location: LocationModel | None = Field(None, description="The first place.")
    count: int = Field(ge=1, description="How many places of the item it stands for.")
    hint: str = Field(description="What one can do.")
    details: dict[str, str] | None = Field(None, description="What the message is made of.")


class VerifyModel(Model):
    """Whether the target was read again and compared."""

    status: Literal["passed", "failed", "skipped"]
    items: int = Field(ge=0, description="How many items were compared.")
    differences: list[str] | None = Field(None, description="Items that are not as planned.")
    why: str | None = Field(None, description="Why it was skipped.")


class TimingModel(Model):
    """How long the run took."""

    seconds: float = Field(ge=0)


class ReportModel(Model):
    """What came of one run of mnemo-converter."""

    schema_: Literal["https://mnemo-converter.example/schemas/report-1.json"] = Field(
        alias="schema", description="The schema of this document."
    )
    tool: Literal["mnemo-converter"]
    version: str = Field(description="The version of the tool.", examples=["0.1.0"])
    command: str = Field(description=f"The command: {_COMMANDS}.", examples=["convert"])
    status: Literal["ok", "findings", "refused", "failed", "interrupted"] = Field(
        description="`findings`: done, with findings that reach `--fail-on`."
    )
    exit_code: int = Field(description="The exit code of the run.", ge=0, le=255)
    message: str | None = Field(None, description="Why the run did not come to its end.")
    hint: str | None = Field(None, description="What one can do about that.")
    source: PlaceModel
    target: PlaceModel | None = None
    dry_run: bool = Field(False, description="Nothing was written; the counts say what would be.")
    resolved: dict[str, Any] = Field(description="What the result depends on besides the source.")
    about: dict[str, Any] | None = Field(None, description="What `inspect` found out about the source.")
    counts: dict[str, CountsModel] = Field(description="Per kind of unit; of `diff`: what the first archive holds.")
    diff: dict[str, DiffModel] | None = Field(None, description="Per kind of item: what `diff` found out.")
    ids: dict[str, dict[str, str]] = Field(
        description="Per kind: old id to new id, where the target could not keep the old one."
    )
    findings: list[FindingModel] = Field(description="By severity (highest first), code and item.")
    verify: VerifyModel
    timing: TimingModel


class PlanOutputModel(Model):
    """One thing that an item becomes in the target."""

    key: str
    id: str | None = None
    path: str | None = None
    title: str | None = None
    folder: str | None = Field(None, description="The key of the folder that it lies in.")


class PlanItemModel(Model):
    """One item of the source and what the run would do with it."""

    kind: str = Field(examples=["notes"])
    key: str = Field(description="Its identity in the source.", examples=["Projects/Plan.md"])
    title: str | None = None
    action: str = Field(
        description="create, duplicate, overwrite, keep, skip, carry, lose or fail.", examples=["create"]
    )
    outputs: list[PlanOutputModel] = Field(default_factory=list)


class PlanModel(Model):
    """What a run would do."""

    schema_: Literal["https://mnemo-converter.example/schemas/plan-1.json"] = Field(
        alias="schema", description="The schema of this document."
    )
    tool: Literal["mnemo-converter"]
    version: str = Field(description="The version of the tool.", examples=["0.1.0"])
    source: PlaceModel
    target: PlaceModel
    options: dict[str, Any] = Field(description="The options as they were given.")
    resolved: dict[str, Any] = Field(description="What the result depends on besides the source.")
    counts: dict[str, CountsModel] = Field(description="Per kind of unit: what would become of them.")
    items: list[PlanItemModel]


_EXAMPLES: dict[str, dict[str, Any]] = {
    "report-1": {
        "schema": BASE + "report-1.json",
        "tool": "mnemo-converter",
        "version": "0.1.0",
        "command": "convert",
        "status": "ok",
        "exit_code": 0,
        "source": {"path": "vault", "format": "markdown"},
        "target": {"path": "out.mnemo", "format": "mnemo", "sha256": "0" * 64},
        "resolved": {"timezone": "Europe/Vienna", "mnemo_target": "compat"},
        "counts": {"notes": {"read": 2, "created": 1, "skipped": 1, "written": 1, "approximated": 1}},
        "ids": {"notes": {"20240101120000-abcdefg": "0b6f3a52-9d0e-5c43-8a55-0c6f1df2b1a7"}},
        "findings": [
            {
                "code": "link-missing",
                "severity": "warning",
                "outcome": "none",
                "message": "A link to Lost leads nowhere; it is kept as it was written.",
                "item": "notes/Projects/Plan.md",
                "location": {"file": "Projects/Plan.md", "line": 12, "column": 3},
                "count": 2,
                "hint": "Correct the link in the source, or ignore it: it led nowhere before.",
                "details": {"target": "Lost"},
            }
        ],
        "verify": {"status": "passed", "items": 1},
        "timing": {"seconds": 0.41},
    },
    "plan-1": {
        "schema": BASE + "plan-1.json",
        "tool": "mnemo-converter",
        "version": "0.1.0",
        "source": {"path": "in.mnemo", "format": "mnemo"},
        "target": {"path": "vault", "format": "markdown"},
        "options": {"dialect": "obsidian"},
        "resolved": {"timezone": "UTC"},
        "counts": {"notes": {"read": 1, "created": 1, "written": 1}},
        "items": [
            {
                "kind": "notes",
                "key": "0b6f3a52-9d0e-5c43-8a55-0c6f1df2b1a7",
                "title": "Plan",
                "action": "create",
                "outputs": [{"key": "Projects/Plan.md", "path": "Projects/Plan.md", "title": "Plan"}],
            }
        ],
    },
}


class _Schema(GenerateJsonSchema):
    """Without a title for every field: they would only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - part of the signature
        return False


_MODELS: dict[str, type[Model]] = {"report-1": ReportModel, "plan-1": PlanModel}


def json_schema(name: str) -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of `report-1`, `plan-1` or `lines-1`."""
    if name == "lines-1":
        from converter.findings.published_lines import EXAMPLES, LinesModel

        return _published(name, LinesModel, EXAMPLES)
    return _published(name, _MODELS[name], [_EXAMPLES[name]])


def _published(name: str, model: type[BaseModel], examples: list[dict[str, Any]]) -> dict[str, Any]:
    made = model.model_json_schema(mode="serialization", schema_generator=_Schema)
    made.pop("discriminator", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}{name}.json",
        **made,
        "examples": examples,
    }
