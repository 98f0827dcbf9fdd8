"""Digests, schemas, and what a file seems to be."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from converter.errors import InternalFaultError, UsageError
from converter.storage import schemas
from converter.storage.digest import CHUNK_BYTES, copy_digest, digest
from converter.storage.sniff import describe


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 1])
def test_digest(size: int) -> None:
    data = bytes(size)
    copy = io.BytesIO()
    expected = (size, hashlib.sha256(data).hexdigest())
    assert digest(io.BytesIO(data)) == expected
    assert copy_digest(io.BytesIO(data), copy) == expected
    assert copy.getvalue() == data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(schemas, "_folder", lambda: tmp_path)
    schemas.schema_names.cache_clear()
    (tmp_path / "thing-1.json").write_text('{"title": "Thing"}')
    (tmp_path / "another-2.json").write_text("[]")
    (tmp_path / "README.md").write_text("")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_schemas() -> None:
    assert schemas.schema_names() == ("another-2", "thing-1")
    assert schemas.load_schema("thing-1") == schemas.load_schema("thing-1.json") == {"title": "Thing"}
    with pytest.raises(UsageError, match=r"There is no schema '\.\./x'\.") as caught:
        schemas.load_schema("../x")
    assert caught.value.hint == "Known schemas: another-2, thing-1."
    schemas.schema_names.cache_clear()


def test_the_schemas_of_the_project_are_found() -> None:
    schemas.schema_names.cache_clear()
    names = schemas.schema_names()
    assert names == tuple(sorted(path.stem for path in (Path(__file__).parents[2] / "schemas").glob("*.json")))
    assert all(isinstance(schemas.load_schema(name), dict) for name in names)


def test_schemas_of_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "converter" / "schemas").mkdir(parents=True)
    (tmp_path / "converter" / "schemas" / "inside-1.json").write_text("[]")
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr("importlib.resources.files", lambda name: tmp_path / name)
    schemas.schema_names.cache_clear()
    try:
        assert schemas.schema_names() == ("inside-1",)
        with pytest.raises(InternalFaultError, match="is not a JSON object"):
            schemas.load_schema("inside-1")
        monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path / "empty")
        schemas.schema_names.cache_clear()
        with pytest.raises(InternalFaultError, match="missing from this installation"):
            schemas.schema_names()
    finally:
        schemas.schema_names.cache_clear()


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\xef\xbb\xbf[1]", "text that looks like JSON"),
        ("ä".encode() * 300, "text"),
        ("ä".encode()[:1] + b"abcdefgh", "unknown binary data"),
        (("x" + "ä" * 300).encode()[:512], "text"),
        (b"PK\x05\x06" + bytes(18), "an empty ZIP archive"),
        (b"\x00\x01", "unknown binary data"),
        (b"%PDF-1.7", "a PDF document"),
    ],
)
def test_describe(head: bytes, what: str) -> None:
    assert describe(head) == what
