"""The same clock and zone in every test."""

from __future__ import annotations

import pytest

from tests.support import EPOCH


@pytest.fixture(autouse=True)
def _same_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setenv("TZ", "UTC")
    for name in ("MNEMO_CONVERTER_REPORT", "MNEMO_CONVERTER_FAIL_ON"):
        monkeypatch.delenv(name, raising=False)
