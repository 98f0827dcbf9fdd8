from __future__ import annotations

import pickle

import pytest

from converter.formats.later import later
from converter.formats.registry import REGISTRY, load

FUNCTIONS = [
    pytest.param(row.module, function, id=f"{row.id}-{name}")
    for row in REGISTRY
    for name in load(row.id).__struct_fields__
    if isinstance(function := getattr(load(row.id), name), later)
]


@pytest.mark.parametrize(("module", "function"), FUNCTIONS)
def test_every_function_of_a_front_is_there_when_it_is_called(module: str, function: later) -> None:
    system = ".".join(module.split(".")[:3])

    assert callable(function.function)
    assert function.function.__module__.startswith((system, "converter.storage."))


@pytest.mark.parametrize(("module", "function"), FUNCTIONS)
def test_it_travels_to_other_processes(module: str, function: later) -> None:  # noqa: ARG001
    assert pickle.loads(pickle.dumps(function)).function is function.function  # noqa: S301 - just written
