"""Values that mean nothing: told when they are read, kept on the way into an archive, mended on every other way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from converter import Options, convert
from converter.model.blocks import Columns, Image, Paragraph, Sketch, Table, TableColumn
from converter.model.domain import mended
from converter.model.items import Note
from converter.model.runs import FractionRun, ImageRun, Reference, Style, TextRun
from tests.json.archives import archive, note_line, read_note
from tests.pipeline.test_cases import SHORT

ODD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "columns", "layout": "heap"}, "layout"),
    ({"kind": "columns", "ratio": 7.0}, "ratio"),
    ({"kind": "columns", "ratio": "nan"}, "ratio"),
    ({"kind": "image", "target": "a.png", "align": "up"}, "align"),
    ({"kind": "image", "target": "a.png", "crop": '"}],"injected":["'}, "crop"),
    ({"kind": "image", "target": "a.png", "width": -5}, "width"),
    ({"kind": "image", "target": "a.png", "height": "inf"}, "height"),
    ({"kind": "list", "marker": "→", "children": [{"kind": "item"}]}, "marker"),
    ({"kind": "list", "children": [{"kind": "item", "checked": True, "mark": "done"}]}, "mark"),
    ({"kind": "media", "media": "smell", "target": "a.mp4"}, "media"),
    ({"kind": "callout", "type": "note", "fold": "?"}, "fold"),
    ({"kind": "table", "columns": [{"align": "justify"}], "rows": [{"cells": [{}]}]}, "align"),
    ({"kind": "paragraph", "runs": [{"kind": "fraction", "numerator": 1, "denominator": 0}]}, "denominator"),
    ({"kind": "paragraph", "runs": [{"kind": "fraction", "numerator": 2**40, "denominator": 1}]}, "numerator"),
    ({"kind": "paragraph", "runs": [{"kind": "image", "target": "a.png", "width": -1}]}, "width"),
    (
        {"kind": "paragraph", "runs": [{"kind": "text", "text": "x", "reference": {"target": "n", "shows": "?"}}]},
        "shows",
    ),
]


@pytest.mark.parametrize(("block", "member"), ODD, ids=[f"{block['kind']}-{member}" for block, member in ODD])
def test_a_value_that_means_nothing(block: dict[str, Any], member: str, tmp_path: Path) -> None:
    line = note_line("n", blocks=[block])
    _, found = read_note(json.dumps(line).encode())
    assert [(finding.code, dict(finding.details)["member"]) for finding in found] == [("value-repaired", member)]

    source = archive(tmp_path / "a.jsonl", line)
    for to in ("json", "markdown", "mnemo", "siyuan"):
        with convert(Options(source=str(source), target=str(tmp_path / to), target_format=to, residue=False)) as report:
            assert report.fault is None, (to, report.fault)
            assert report.verification.status == "passed"
            assert report.tally.law_breaks() == []
    assert json.loads(SHORT["json"](tmp_path / "json")[1])["blocks"] == [block]


def test_items_outside_of_a_list_are_one(tmp_path: Path) -> None:
    items = [{"kind": "item", "runs": [{"kind": "text", "text": text}]} for text in "ab"]
    source = archive(tmp_path / "a.jsonl", note_line("n", blocks=[{"kind": "quote", "children": items}, *items]))

    for to in ("markdown", "siyuan", "mnemo"):
        with convert(Options(source=str(source), target=str(tmp_path / to), target_format=to, residue=False)) as report:
            assert report.fault is None, (to, report.fault)

    assert SHORT["markdown"](tmp_path / "markdown") == {"n.md": "> - a\n> - b\n\n- a\n- b\n"}


def test_what_is_sound_stays_the_same_object() -> None:
    runs = (
        TextRun(text="x", style=Style(reference=Reference("n"))),
        FractionRun(numerator=1, denominator=2),
        ImageRun(target="a.png", width=3),
    )
    blocks = (
        Paragraph(runs=runs),
        Table(columns=(TableColumn(align="left", width=1.5),)),
        Columns(),
        Sketch(source=""),
    )
    note = Note(key="n", title="n", blocks=(*blocks, Image(target="a.png", crop='{"x":1}')))

    assert mended(note) == (note, ())
    assert mended(note)[0] is note


def test_only_what_is_odd_is_made_anew() -> None:
    kept, odd = Paragraph(runs=(TextRun(text="x"),)), Columns(layout="heap", children=(Paragraph(),))
    made, found = mended(Note(key="n", title="n", order=2**40, blocks=(kept, odd)))

    assert found == ("order", "layout")
    assert made.order == 2**31 - 1
    assert made.blocks[0] is kept
    assert made.blocks[1] == msgspec.structs.replace(odd, layout="col")
