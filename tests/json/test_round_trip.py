"""Whatever the model can say is written, read back as the same, valid by the schema, and written the same again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from converter import Options, convert
from converter.findings.problems import Problems
from converter.formats.json.decode import struct_from
from converter.formats.json.encode import line_of, value_of
from converter.formats.json.moments import moment_from, moment_value
from converter.formats.json.schema import archive_schema
from converter.model import items
from converter.model.blocks import Block, ListItem, Paragraph
from converter.model.items import Note
from converter.model.moment import Moment, parse_moment
from converter.model.runs import PLAIN, TextRun
from converter.pipeline.verify import first_difference
from converter.pipeline.work import deep_recursion
from converter.storage.schemas import load_schema
from tests.json.archives import read_note
from tests.json.strategies import BLOCK_KINDS, FOLDERS, MOMENTS, RUN_KINDS, instances, notes
from tests.support import ROOT

many = settings(deadline=None, max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))
some = settings(many, max_examples=25)


def strict_schema() -> Draft202012Validator:
    """The published schema, and nothing beside what it names."""
    schema: dict[str, Any] = load_schema("archive-1")
    for name, made in schema["$defs"].items():
        if made.get("type") == "object" and not name.startswith(("block-", "run-")):
            made["unevaluatedProperties"] = False
    return Draft202012Validator(schema)


SCHEMA = strict_schema()


def check(note: Note) -> dict[str, Any]:
    """Write a note, read it and write it again; the line that came out."""
    line = line_of("note", note)
    again, findings = read_note(line)

    assert again == note, first_difference(note, again)
    assert {finding.code for finding in findings} <= {"value-repaired"}
    assert line_of("note", again) == line
    assert b"\n" not in line
    made: dict[str, Any] = json.loads(line)
    return made


@given(notes())
@many
def test_notes(note: Note) -> None:
    check(note)


@given(notes(depth=1))
@some
def test_lines_are_valid(note: Note) -> None:
    SCHEMA.validate(check(note))


@pytest.mark.parametrize("kind", BLOCK_KINDS, ids=lambda kind: str(kind.__name__))
def test_each_kind_of_block(kind: type[Block]) -> None:
    @given(instances(kind, 1))
    @some
    def run(block: Block) -> None:
        check(Note(key="n", title="", blocks=(block,)))

    run()


@pytest.mark.parametrize("kind", RUN_KINDS, ids=lambda kind: str(kind.__name__))
def test_each_kind_of_run(kind: type[Any]) -> None:
    @given(instances(kind, 0))
    @some
    def run(run_: Any) -> None:
        SCHEMA.validate(check(Note(key="n", title="", blocks=(Paragraph(runs=(run_,)),))))

    run()


ITEMS = sorted(
    (kind for kind in vars(items).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", ITEMS, ids=lambda kind: str(kind.__name__))
def test_the_codec_knows_every_type_of_item(kind: type[msgspec.Struct]) -> None:
    """Decks, maps and databases too, for which no reader gives items yet."""

    @given(instances(kind, 1))
    @some
    def run(item: msgspec.Struct) -> None:
        problems = Problems("x")

        again = struct_from(kind, json.loads(json.dumps(value_of(item))), problems)

        assert again == item
        assert problems.findings() == ()

    run()


@given(FOLDERS)
@some
def test_folders(folder: items.Folder) -> None:
    SCHEMA.validate(json.loads(line_of("folder", msgspec.structs.replace(folder, icon=""))))


@given(MOMENTS)
@many
def test_moments(moment: Moment) -> None:
    assert moment_from(json.loads(json.dumps(moment_value(moment)))) == moment


@pytest.mark.parametrize(
    "text", ["2026-05-18T10:00:00Z", "2026-05-18T10:00:00.1234567+02:00", "2026-05-18", "0001-01-01T00:00:00-23:59"]
)
def test_times_are_texts_as_people_write_them(text: str) -> None:
    moment = moment_from(text)

    assert moment is not None
    assert moment_value(moment) == text
    parsed = parse_moment(text)
    assert parsed is not None
    assert (parsed.ticks, parsed.day) == (moment.ticks, moment.day)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026-13-01",
        "2026-05-18 10:00:00",
        "2026-05-18T10:00:00.12345678Z",
        5,
        [],
        {},
        {"ticks": "1"},
        {"ticks": True},
        {"ticks": 1, "day": 1},
        {"ticks": 1, "offset": "x"},
        {"ticks": -1},
        {"ticks": 2**63},
        {"ticks": 10**15, "offset": 1440},
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:00:00-10:00",
    ],
)
def test_what_is_no_time(value: object) -> None:
    assert moment_from(value) is None


@pytest.mark.parametrize("number", [0.0, -0.0, 1e308, 5e-324, float("inf"), float("-inf")])
def test_numbers(number: float) -> None:
    block = ListItem(id="x", runs=(TextRun(text="x", style=PLAIN),))
    columns = BLOCK_KINDS[[kind.__name__ for kind in BLOCK_KINDS].index("Columns")](ratio=number, children=(block,))
    made = check(Note(key="n", title="", blocks=(columns,)))

    again, _ = read_note(json.dumps(made).encode())
    assert str(again.blocks[0].ratio) == str(number)  # type: ignore[attr-defined]


def test_notes_as_deep_as_the_limit_allows() -> None:
    block: Block = Paragraph(id="leaf", runs=(TextRun(text="x"),))
    for level in range(200):
        block = ListItem(id=str(level), children=(block,))
    with deep_recursion():
        check(Note(key="n", title="", blocks=(block,)))


def test_what_is_as_usual_is_left_out() -> None:
    assert line_of("note", Note(key="n", title="t", blocks=(Paragraph(),))) == (
        b'{"kind":"note","key":"n","title":"t","blocks":[{"kind":"paragraph"}]}'
    )


def test_the_schema_is_sound() -> None:
    published = load_schema("archive-1")
    Draft202012Validator.check_schema(published)

    assert published == archive_schema()
    assert str(published["$id"]).endswith("/archive-1.json")
    validator = Draft202012Validator(published)
    for example in published["examples"]:  # type: ignore[attr-defined]
        validator.validate(example)
    undescribed = {name for name, made in published["$defs"].items() if not made.get("description")}  # type: ignore[attr-defined]
    assert undescribed <= {"block", "run", "number", "pair"}


@given(st.sampled_from([{}, {"kind": 1}, {"kind": "note"}, {"kind": "note", "key": "n", "title": 1}, [], "x"]))
def test_the_schema_refuses_what_is_no_line(line: object) -> None:
    assert not SCHEMA.is_valid(line)


def test_the_example_of_the_documentation_is_an_archive(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "formats" / "json.md").read_text(encoding="utf-8")
    example = page.split("```json\n")[1].split("```")[0].replace("[\n", "[").replace("⟨64 hex⟩", SHA256_OF_XYZ)
    path = tmp_path / "example.jsonl"
    path.write_text(example, encoding="utf-8")

    for line in example.splitlines():
        SCHEMA.validate(json.loads(line))
    with convert(Options(source=str(path), target=str(tmp_path / "out"), target_format="markdown")) as report:
        assert report.fault is None
        assert {finding.code for finding in report.spool} == {"link-missing", "asset-unused"}


SHA256_OF_XYZ = "3608bca1e44ea6c4d268eb6db02260269892c0b42b86bbf1e77a6fa16c3c9282"
