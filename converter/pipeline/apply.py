"""Plans that were saved: read again, held against what there is now, and run exactly as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from converter.errors import InputError, TargetError, UsageError
from converter.findings.plan import Plan
from converter.findings.schema_ids import BASE
from converter.formats.registry import load
from converter.pipeline.options import Options
from converter.storage.state import state_of

__all__ = ["check_planned", "planned_options", "state_at"]

_AGAIN = "Make a new plan with --plan."
_MOST = 1 << 30


def state_at(path: str, front_id: str) -> str:
    """The state of a source or a target, with what belongs to it beside it."""
    place = Path(path)
    beside = load(front_id).beside if front_id else None
    return state_of([place, *(place.with_name(name) for name in (beside(place.name) if beside is not None else ()))])


def planned_options(options: Options) -> Options:
    """The options of the plan that `apply` names, which refuse everything but that plan.

    Raises `UsageError` for a file that holds no plan of this version, `InputError` or `TargetError` where the source or
    the target has changed since.
    """
    plan = _read(options.apply)
    try:
        made = msgspec.convert(plan["options"], Options)
        source, target = plan["source"], plan["target"]
        zone, clock = plan["resolved"]["timezone"], plan["resolved"]["clock"]
        digest = _digest(plan["items"])
        states = [(place["path"], place.get("format") or "", place.get("state") or "") for place in (source, target)]
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise _no_plan(options.apply, str(error)) from None
    _check_states(*states)
    return msgspec.structs.replace(
        made,
        apply=options.apply,
        plan="",
        dry_run=False,
        planned=digest,
        timezone=zone,
        clock=clock,
        fail_on=options.fail_on,
        jobs=options.jobs,
    )


def _check_states(source: tuple[str, str, str], target: tuple[str, str, str]) -> None:
    if state_at(*source[:2]) != source[2]:
        raise InputError(f"The source {source[0]} has changed since the plan was made.", hint=_AGAIN)
    if state_at(*target[:2]) != target[2]:
        raise TargetError(f"The target {target[0]} has changed since the plan was made.", hint=_AGAIN)


def _read(name: str) -> dict[str, Any]:
    from converter import __version__

    path = Path(name)
    try:
        if path.stat().st_size > _MOST:
            raise _no_plan(name, "it is too large")
        plan = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"The plan {name} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError):
        raise _no_plan(name, "it is not JSON") from None
    if not isinstance(plan, dict) or plan.get("schema") != BASE + "plan-1.json":
        raise _no_plan(name, "it does not name the schema plan-1")
    if plan.get("version") != __version__:
        hint = f"{_AGAIN} Versions may decide differently."
        raise UsageError(
            f"The plan {name} was made by version {plan.get('version')}, this is {__version__}.", hint=hint
        )
    return plan


def _no_plan(name: str, why: str) -> UsageError:
    return UsageError(f"{name} is no plan: {why}.", hint=_AGAIN)


def check_planned(plan: Plan, options: Options) -> None:
    """Refuse to commit anything but what was planned; raises `TargetError`."""
    from converter.findings.render_json import plan_item

    if _digest(json.loads(plan_item(item)) for item in plan.items) != options.planned:
        raise TargetError(
            f"What would be written now is not what the plan {options.apply} says. Nothing was written.", hint=_AGAIN
        )


def _digest(items: Iterable[Any]) -> str:
    state = sha256()
    for item in items:
        state.update(json.dumps(item, sort_keys=True).encode() + b"\n")
    return state.hexdigest()
