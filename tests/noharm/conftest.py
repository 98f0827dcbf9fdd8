from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.noharm.harness import Worker, working


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """The process in which runs are hurt."""
    if sys.platform != "linux":
        pytest.skip("runs are hurt by fork, signals and /proc")
    with working() as made:
        yield made
