"""Runs at one and the same time, so that ids which tell it are the same."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
