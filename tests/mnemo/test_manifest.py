"""The manifest: what is read, what is mended, what is refused, and the text that is written."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from converter.errors import InputError
from converter.formats.mnemo.package.manifest import read_manifest
from converter.formats.mnemo.package.manifest_text import ListedAsset, entry_text, manifest_text
from converter.model.moment import Moment, parse_moment
from converter.storage.schemas import load_schema
from tests.mnemo.builders import data_path, entry, manifest, needs_data


def _read(value: object, *, strict: bool = False) -> tuple[Any, list[str]]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    found, findings = read_manifest(data, 512, strict=strict)
    return found, [finding.code for finding in findings]


def test_a_plain_manifest() -> None:
    found, codes = _read(manifest(entry("notes", 2)), strict=True)

    assert codes == []
    assert [(e.payload_type, e.item_count, e.schema_version, e.path) for e in found.entries] == [
        ("notes", 2, 1, "payloads/notes")
    ]


def test_an_empty_object_is_a_package_of_nothing() -> None:
    found, codes = _read({})

    assert found.entries == ()
    assert codes == [*["manifest-incomplete"] * 3, "manifest-empty"]


@pytest.mark.parametrize("version", ["1", "01", "+1"])
def test_versions_in_quotes(version: str) -> None:
    assert _read(manifest(entry("notes"), version=version))[1] == []


@pytest.mark.parametrize("version", [2, "2", 0, -1, 1.0, None, "1.0", " 1", "", True, [1], {}, 1.5, 10**20])
def test_other_versions_are_refused(version: object) -> None:
    with pytest.raises(InputError, match="unsupported package version"):
        _read(manifest(version=version))


@pytest.mark.parametrize("format_", [None, "zip", "mnemo-package ", 5, ["mnemo-package"], True])
def test_other_formats_are_refused_before_the_version_is_looked_at(format_: object) -> None:
    with pytest.raises(InputError, match="unsupported package format"):
        _read(manifest(format=format_, version=9))


def test_names_and_format_in_any_case() -> None:
    upper = {name.upper(): value for name, value in manifest().items()}
    upper |= {"FORMAT": "MNEMO-Package", "ENTRIES": [{name.upper(): value for name, value in entry("notes").items()}]}
    found, codes = _read(upper)

    assert [e.payload_type for e in found.entries] == ["notes"]
    assert codes == ["manifest-repaired"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"null", "holds null"),
        (b"[]", r"holds \[\]"),
        (b'"x"', "no object"),
        (b"", "line 1, column 1"),
        (b'{"version":1,}', "line 1, column"),
        (b'{"a":\n// c\n1}', "line 2, column 1"),
        (b"{} x", "line 1, column 4"),
        ("{}".encode("utf-16"), "UTF-16"),
        ("{}".encode("utf-16-le"), "UTF-16"),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", "line 1, column 1"),
        (b'{"a":' * 600, "json_depth"),
        (b'{"entries":{"0":1}}', "entries"),
    ],
)
def test_what_is_no_manifest_says_so(text: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        _read(text)


def test_a_byte_order_mark_is_fine() -> None:
    assert _read(b"\xef\xbb\xbf" + json.dumps(manifest(entry("notes"))).encode())[1] == []


@pytest.mark.parametrize(
    "change",
    [
        {"entries": None},
        {"entries": [None, entry("notes")]},
        {"entries": [entry("notes", itemCount=3.5)]},
        {"entries": [entry("notes", itemCount=2147483648)]},
        {"entries": [entry("notes", path=None)]},
        {"entries": [entry("notes", payloadType=None)]},
        {"entries": [entry("notes", schemaVersion=None)]},
        {"entries": [entry("notes", capabilities="x")]},
        {"entries": [entry("notes", capabilities=[1])]},
        {"createdAtUtc": None},
        {"createdAtUtc": "2026-05-18 20:52:32"},
        {"createdByAppVersion": 6},
        {"packageKind": 1},
        {"assets": {}},
        {"assets": [1]},
    ],
)
def test_what_the_application_refuses_is_mended_and_told(change: dict[str, object]) -> None:
    _, codes = _read(manifest(entry("notes")) | change)

    assert "manifest-repaired" in codes


@pytest.mark.parametrize(
    "change",
    [
        {"entries": [entry("notes", itemCount="3")]},
        {"entries": [entry("notes", itemCount=-1, schemaVersion=99)]},
        {"entries": [entry("notes", capabilities=None)]},
        {"createdAtUtc": "2026-05-18"},
        {"createdByAppVersion": "0.8.1", "kind": "export", "collectionId": None},
        {"assets": None},
        {"unknown": [[1]]},
    ],
)
def test_what_the_application_accepts_is_accepted(change: dict[str, object]) -> None:
    assert _read(manifest(entry("notes")) | change)[1] == []


def test_the_last_of_two_members_counts() -> None:
    found, codes = _read(b'{"version":2,"format":"mnemo-package","Version":1,"createdAtUtc":"2026-05-18","entries":[]}')

    assert found.version == 1
    assert codes == ["member-repeated", "manifest-empty"]


def test_an_entry_is_kept_as_text() -> None:
    given = entry("whiteboards", 2, schemaVersion=3, capabilities=["ink", None], rate=1.5, more={"a": []})
    found, _ = _read(manifest(given))

    assert found.entries[0].text == (
        '{"payloadType":"whiteboards","itemCount":2,"schemaVersion":3,"path":"payloads/whiteboards",'
        '"capabilities":["ink",null],"rate":1.5,"more":{"a":[]}}'
    )


def test_the_text_that_is_written() -> None:
    assets = [ListedAsset("payloads/notes/assets/images/b+.png", 3, "ab" * 32)]
    text = manifest_text(Moment(639_146_952_001_234_567, 120), [entry_text("notes", 2)], assets)

    assert text == (
        '{\n  "format": "mnemo-package",\n  "version": 1,\n  "createdAtUtc": "2026-05-18T10:00:00.1234567+00:00",\n'
        '  "createdByAppVersion": null,\n  "packageKind": null,\n  "entries": [\n    {\n'
        '      "payloadType": "notes",\n      "itemCount": 2,\n      "schemaVersion": 1,\n'
        '      "path": "payloads/notes",\n      "capabilities": []\n    }\n  ],\n  "assets": [\n    {\n'
        '      "path": "payloads/notes/assets/images/b\\u002B.png",\n      "sizeBytes": 3,\n'
        f'      "checksumSha256": "{"ab" * 32}"\n    }}\n  ]\n}}'
    )
    assert not list(Draft202012Validator(load_schema("manifest-1")).iter_errors(json.loads(text)))


def test_nothing_is_written_in_one_line() -> None:
    text = manifest_text(Moment(0, 0), ['{"a":{},"b":"{[,:\\u0022]}"}'], [])

    assert '"a": {},\n      "b": "{[,:\\u0022]}"\n    }\n  ],\n  "assets": []\n}' in text
    assert json.loads(text)["entries"] == [{"a": {}, "b": '{[,:"]}'}]


def test_the_schema_is_one() -> None:
    schema = load_schema("manifest-1")
    Draft202012Validator.check_schema(schema)

    assert not list(Draft202012Validator(schema).iter_errors(manifest(entry("notes"))))
    assert list(Draft202012Validator(schema).iter_errors(manifest(version=2)))


_NAMES = (
    *("format", "version", "Version", "entries", "assets", "payloadType", "path", "itemCount", "capabilities"),
    *("createdAtUtc", "kind", "sizeBytes", "checksumSha256", "schemaVersion", "packageKind"),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["mnemo-package", "notes", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
@settings(deadline=None, max_examples=300, derandomize=True)
def test_nothing_but_our_errors(value: object) -> None:
    for given_ in (value, manifest(value), manifest(entry("notes"), assets=value)):
        try:
            found, _ = _read(given_)
        except InputError:
            continue
        assert all(json.loads(e.text)["payloadType"] == e.payload_type for e in found.entries)


@needs_data
def test_the_application_s_own_text() -> None:
    with zipfile.ZipFile(data_path("libraries", "biology", "packages", "everything.mnemo")) as archive:
        text = archive.read("manifest.json").decode()
    value = json.loads(text)
    created = value["createdAtUtc"]
    moment = parse_moment(created)
    assert moment is not None
    entries = [json.dumps(e, separators=(",", ":")) for e in value["entries"]]

    assert manifest_text(moment, entries, []) == text.replace("\r\n", "\n")
