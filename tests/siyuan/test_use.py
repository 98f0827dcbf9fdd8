"""A workspace that a running application holds is not written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from converter.formats.registry import load

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs flock")


def test_c17_a_workspace_whose_lock_is_held_is_in_use(tmp_path: Path) -> None:
    import fcntl

    in_use = load("siyuan").in_use
    assert in_use is not None
    notebook = tmp_path / "data" / "20240101000000-abcdefg"
    notebook.mkdir(parents=True)
    places = (tmp_path, tmp_path / "data", notebook)
    assert [in_use(place) for place in places] == [""] * 3
    handle = os.open(tmp_path / ".lock", os.O_RDWR | os.O_CREAT)
    assert [in_use(place) for place in places] == [""] * 3
    fcntl.flock(handle, fcntl.LOCK_EX)
    told = f"{tmp_path} is in use: a running SiYuan holds its lock"
    assert [in_use(place) for place in places] == [told] * 3
    assert in_use(tmp_path.parent / "elsewhere") == ""
    os.close(handle)
    assert in_use(notebook) == ""
