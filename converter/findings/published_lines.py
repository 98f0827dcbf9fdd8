"""The report as lines of JSON, as it is published: `schemas/lines-1.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from converter.findings.published import (
    CountsModel,
    DiffModel,
    FindingModel,
    Model,
    PlaceModel,
    PlanItemModel,
    TimingModel,
    VerifyModel,
)
from converter.findings.schema_ids import BASE

__all__ = ["EXAMPLES", "FindingLine", "HeaderLine", "IdLine", "ItemLine", "LinesModel", "SummaryLine"]


class HeaderLine(Model):
    """The first line: what was asked."""

    type: Literal["header"]
    schema_: Literal["https://mnemo-converter.example/schemas/lines-1.json"] = Field(
        alias="schema", description="The schema of every line."
    )
    tool: Literal["mnemo-converter"]
    version: str = Field(description="The version of the tool.", examples=["0.1.0"])
    command: str = Field(description="The command, as in the report.", examples=["validate"])
    source: PlaceModel
    target: PlaceModel | None = None
    dry_run: bool = Field(False, description="Nothing was written; the counts say what would be.")
    resolved: dict[str, Any] = Field(description="What the result depends on besides the source.")


class ItemLine(PlanItemModel):
    """One item of a plan, where the command made one."""

    type: Literal["item"]


class FindingLine(FindingModel):
    """One finding, as in the report."""

    type: Literal["finding"]


class IdLine(Model):
    """An id that the target could not keep."""

    type: Literal["id"]
    kind: str = Field(examples=["notes"])
    old: str
    new: str


class SummaryLine(Model):
    """The last line: how the run ended. Without it the output is not complete."""

    type: Literal["summary"]
    status: Literal["ok", "findings", "refused", "failed", "interrupted"]
    exit_code: int = Field(description="The exit code of the run.", ge=0, le=255)
    message: str | None = Field(None, description="Why the run did not come to its end.")
    hint: str | None = Field(None, description="What one can do about that.")
    findings: dict[str, int] = Field(description="Per severity: how many findings came before.")
    counts: dict[str, CountsModel] = Field(description="Per kind of unit, as in the report.")
    diff: dict[str, DiffModel] | None = Field(None, description="Per kind of item: what `diff` found out.")
    about: dict[str, Any] | None = Field(None, description="What was found out about the source.")
    verify: VerifyModel
    timing: TimingModel


_Line = Annotated[
    HeaderLine | ItemLine | FindingLine | IdLine | SummaryLine,
    Field(discriminator="type"),
]


class LinesModel(RootModel[_Line]):
    """One line of a run's account in JSON Lines: a header, then items and findings, a summary last."""


EXAMPLES: list[dict[str, Any]] = [
    {
        "type": "header",
        "schema": BASE + "lines-1.json",
        "tool": "mnemo-converter",
        "version": "0.1.0",
        "command": "validate",
        "source": {"path": "vault", "format": "markdown"},
        "resolved": {"timezone": "Europe/Vienna"},
    },
    {
        "type": "finding",
        "code": "link-missing",
        "severity": "warning",
        "outcome": "none",
        "message": "A link to Lost leads nowhere; it is kept as it was written.",
        "item": "notes/Projects/Plan.md",
        "location": {"file": "Projects/Plan.md"},
        "count": 2,
        "hint": "Correct the link in the source, or ignore it: it led nowhere before.",
        "details": {"target": "Lost"},
    },
    {
        "type": "summary",
        "status": "ok",
        "exit_code": 0,
        "findings": {"error": 0, "warning": 1, "info": 0},
        "counts": {"notes": {"read": 2}},
        "verify": {"status": "skipped", "items": 0},
        "timing": {"seconds": 0.41},
    },
]
