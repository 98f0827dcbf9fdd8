"""Documents of all states of repair, next to what the kernel's own loader makes of them.

Where the kernel refuses a document, so do we; where it repairs one, we say so and write one that needs no repair; where
it loads one untouched, our bytes are the source's. No text is lost on the way, not even where the kernel loses it.
"""

from __future__ import annotations

import html
import json
import os
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from converter import Options, convert
from tests.siyuan.structure import document_faults
from tests.support import shared

BOX = "20240101000000-loader0"
CONF = b'{"name":"Box","sort":0,"icon":"","closed":false,"sortMode":15,"encrypted":false}'

KEPT_THOUGH_REFUSED = {
    "bad-utf8": "the kernel shows it and cannot index it; its bad bytes become U+FFFD, with a finding",
    "list-no-listdata": "the kernel ends while it indexes it; nothing of it is unreadable",
}
CHANGED_THOUGH_LOADED = {
    "children-empty": "no blocks at all: an empty paragraph is written, as the kernel does when it next saves",
    "attr-null": "a null attribute is gone, as after the kernel's next save",
    "heading-0": "level 0 is no heading anywhere else",
    "listitem-text-direct": "text directly in an item gets the paragraph that the editor needs",
    "lower-keys": "keys in the kernel's spelling",
}
UNSAID = {
    "callout-ok": ["Note"],
}
"""Words that another system does not show: the title that a callout of its type has anyway."""

SHOWN = ("data", "textmarktextcontent", "textmarkinlinemathcontent", "callouttitle")
MARKUP = re.compile(r"Marker|OpenParen|CloseParen|Bracket|Bang|Brace|NodeTable|NodeImage$|NodeBr|KramdownSpanIAL")


class Outcome(NamedTuple):
    """What came of a case: the codes of its findings, and the bytes of its document or None."""

    codes: set[str]
    data: bytes | None


def _folder() -> Path:
    return shared() / "data" / "siyuan-engine" / "loader"


def _cases() -> list[str]:
    """The names of all cases; one stands for them where there is no test data."""
    place = Path(os.environ.get("CONVERTER_TEST_DATA", "nowhere"), "data", "siyuan-engine", "loader")
    return sorted(one.name for one in place.iterdir() if one.is_dir()) if place.is_dir() else ["plain"]


@cache
def _verdicts() -> dict[str, Any]:
    return dict(json.loads((_folder() / "kernel-verdicts.json").read_bytes()))


def _status(case: str) -> str:
    return str(_verdicts()[case]["status"])


def _document(case: str) -> Path:
    return next(file for file in sorted((_folder() / case).glob("*.sy")) if file.name != "saved.sy")


@cache
def _converted(case: str, to: str) -> Outcome:
    source = _document(case)
    with tempfile.TemporaryDirectory() as folder:
        notebook = Path(folder) / "w" / "data" / BOX
        (notebook / ".siyuan").mkdir(parents=True)
        (notebook / ".siyuan" / "conf.json").write_bytes(CONF)
        (notebook / source.name).write_bytes(source.read_bytes())
        target = Path(folder) / "out"
        asked = Options(source=str(Path(folder) / "w"), target=str(target), target_format=to, timezone="UTC")
        with convert(asked) as report:
            assert report.fault is None, report.fault
            assert report.verification.status == "passed"
            codes = {finding.code for finding in report.spool}
        files = [file for file in target.rglob("*.sy" if to == "siyuan" else "*.md") if file.is_file()]
        return Outcome(codes, files[0].read_bytes() if files else None)


def _shown(value: Any) -> Iterator[str]:
    """The texts that a document shows, whatever is wrong with its keys and types."""
    if isinstance(value, list):
        for child in value:
            yield from _shown(child)
    if not isinstance(value, dict):
        return
    members = {key.casefold(): content for key, content in value.items()}
    kind = str(members.get("type", ""))
    if not MARKUP.search(kind):
        yield from (html.unescape(members[name]) for name in SHOWN if isinstance(members.get(name), str))
    yield from _shown(members.get("children"))


def _words(data: bytes) -> list[str]:
    """Every word that a document shows, in order."""
    return re.findall(r"\w+", " ".join(_shown(json.loads(data.decode("utf-8", "replace")))))


def _title(data: bytes) -> str:
    """The title of a document as a person sees it."""
    return html.unescape(str(json.loads(data.decode("utf-8", "replace"))["Properties"]["title"]))


@pytest.mark.parametrize("case", _cases())
def test_what_the_kernel_refuses_is_unreadable(case: str) -> None:
    refused = _status(case) in ("error", "crash")
    outcome = _converted(case, "siyuan")

    assert ("item-unreadable" in outcome.codes) == (refused and case not in KEPT_THOUGH_REFUSED)
    assert (outcome.data is None) == ("item-unreadable" in outcome.codes)
    if case in KEPT_THOUGH_REFUSED:
        assert refused
        assert outcome.codes


@pytest.mark.parametrize("case", _cases())
def test_what_the_loader_repairs_is_told_and_written_sound(case: str) -> None:
    outcome, repaired = _converted(case, "siyuan"), _status(case) == "needFix"

    assert not repaired or outcome.codes
    assert not repaired or outcome.data is not None
    if outcome.data is not None and (repaired or outcome.data != _document(case).read_bytes()):
        assert document_faults(outcome.data, _document(case).name, canonical=False) == []


@pytest.mark.parametrize("case", _cases())
def test_what_loads_untouched_keeps_its_bytes(case: str) -> None:
    if _status(case) == "ok":
        same = _converted(case, "siyuan").data == _document(case).read_bytes()
        assert same == (case not in CHANGED_THOUGH_LOADED)


@pytest.mark.parametrize("case", _cases())
def test_no_word_is_lost_within_the_system(case: str) -> None:
    source, outcome = _document(case).read_bytes(), _converted(case, "siyuan")
    if outcome.data is not None:
        assert _words(outcome.data) == _words(source)
        assert _title(outcome.data) == _title(source)


@pytest.mark.parametrize("case", _cases())
def test_no_word_is_lost_on_the_way_to_markdown(case: str) -> None:
    outcome = _converted(case, "markdown")
    assert (outcome.data is None) == (_converted(case, "siyuan").data is None)
    if outcome.data is not None:
        shown = html.unescape(outcome.data.decode())
        missing = [word for word in _words(_document(case).read_bytes()) if word not in shown]
        assert missing == UNSAID.get(case, [])
