"""The plan as rows: for each item an action and what it becomes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.findings.plan import Plan, PlanItem, PlanOutput
from converter.findings.report import Place
from converter.model.facts import PayloadFact, UnitFact
from converter.model.order import Output
from converter.model.profile import Rule
from converter.pipeline.pair import LOST_CODES
from converter.pipeline.session import Session

__all__ = ["plan_of", "unit_end", "unit_rule"]

_ACTIONS = {
    "created": "create",
    "duplicated": "duplicate",
    "overwritten": "overwrite",
    "unchanged": "keep",
    "skipped": "skip",
    "failed": "fail",
    "lost": "lose",
    "carried": "carry",
}


def plan_of(session: Session) -> Plan:
    """The plan of a session that has been placed; its items are made as they are read."""
    report = session.report
    return Plan(
        source=_with_state(report.source),
        target=_with_state(report.target or Place()),
        options=session.options.planned_as(),
        resolved=report.resolved,
        counts=report.tally,
        items=list(_items(session)),
    )


def _with_state(place: Place) -> Place:
    from converter.pipeline.apply import state_at

    return msgspec.structs.replace(place, state=state_at(place.path, place.format)) if place.path else place


def _items(session: Session) -> Iterator[PlanItem]:
    catalog = session.catalog
    for key, folder in catalog.folders.items():
        yield _item("folders", key, folder.fact.name, folder.end or folder.way, folder.output)
    for key, note in catalog.notes.items():
        yield _item("notes", key, note.title, note.end or note.way, note.output)
    for key, asset in catalog.assets.items():
        outputs = tuple(PlanOutput(key=path, path=path) for path in asset.paths)
        action = _ACTIONS[asset.end or asset.way]
        yield PlanItem(kind="assets", key=key, action=action, title=asset.fact.name, outputs=outputs)
    for payload in catalog.payloads:
        for unit in payload.units:
            action = _ACTIONS[unit_end(session, payload, unit) or "created"]
            yield PlanItem(kind=unit.kind, key=unit.key, action=action, title=unit.title)
    for junk in catalog.junk:
        yield PlanItem(kind=junk.kind, key=junk.key, action="skip")


def _item(kind: str, key: str, title: str, end: str, output: Output | None) -> PlanItem:
    outputs: tuple[PlanOutput, ...] = ()
    if output is not None:
        made = PlanOutput(
            key=output.key,
            id=output.id or "",
            path=output.path,
            title=output.title,
            folder=output.folder or "",
        )
        outputs = (made,)
    return PlanItem(kind=kind, key=key, action=_ACTIONS[end], title=title, outputs=outputs)


def unit_rule(session: Session, payload: PayloadFact, unit: UnitFact) -> Rule:
    """What the target does with a unit of a payload. Folders of a payload go with the payload."""
    kind = "payloads" if unit.kind == "folders" else unit.kind
    rule = session.pair.outer(kind)
    if rule.exact and not session.takes(payload):
        return Rule("drop", LOST_CODES.get(kind, "payload-lost"))
    return rule if rule.exact or not unit.lost else Rule(rule.fallback, unit.lost)


def unit_end(session: Session, payload: PayloadFact, unit: UnitFact) -> str:
    """How a unit of a payload ends: "" (written), `skipped`, `failed`, `carried` in residue, or `lost`.

    What belongs to a folder that only an earlier conversion made is skipped on the way back.
    """
    if not session.selection.kind("decks" if unit.kind == "folders" else unit.kind):
        return "skipped"
    if unit.broken:
        return "failed"
    if unit_rule(session, payload, unit).exact:
        return ""
    if session.restorer is not None and session.restorer.is_ours(unit.key):
        return "skipped"
    return "carried" if session.carries_payloads else "lost"
