"""What the application's own import makes of Markdown, and that ours keeps at least as much.

The kernel's import of a folder and that of a vault turned the same inputs into documents
(`siyuan-kernel/import-md`). Everything they kept is in ours too, but for what `import_md_differences.json` names:
case → what the kernel has and ours has not, with the reason (`why`). A difference that is gone must leave the table.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert
from tests.siyuan.kept import Facts, Node, kept, missing
from tests.siyuan.structure import workspace_faults
from tests.support import shared

GROUPS = {
    "as": "attachments",
    "bl": "bom breaks cjk crlf deep deflist empty-items heading-huge headings ordered tables",
    "fm": "basic bom crlf dates invalid not-at-top tags-hash tags-string toml types unclosed",
    "in": "blockids embeds emoji emphasis escapes footnotes html marks siyuan-syntax",
    "nm": "ambiguous folders other-types",
    "zz": "blocks-apart links-apart",
}
CASES = [f"{group}-{name}" for group, names in GROUPS.items() for name in names.split()]
METHODS = {"folder": "/notes/", "vault": "/"}
"""The ways to import, each with what stands before the name of the case in the paths of its documents."""

DIFFERENCES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("import_md_differences.json").read_text("utf-8")
)

MORE = [
    ("bl-bom", "folder vault", "blocks", "note: heading 1"),
    ("bl-breaks", "folder vault", "blocks", "note: rule (×5)"),
    ("bl-breaks", "folder vault", "text", "note: more"),
    ("bl-cjk", "vault", "marks", "note: mark «マーク»"),
    ("bl-headings", "folder vault", "text", "note: Setext one"),
    ("fm-basic", "vault", "front", "A titled note: title=A titled note"),
    ("fm-bom", "folder vault", "front", "BOM title: title=BOM title"),
    ("fm-invalid", "folder vault", "blocks", "note: code yaml"),
    ("fm-types", "folder", "front", 'note: custom-list-key=["x", "y z", 3]'),
    ("fm-types", "folder vault", "front", "note: custom-octal-key=010"),
    ("fm-types", "vault", "front", 'note: custom-quoted-key=say "hi" & <b> {x}'),
    ("fm-unclosed", "folder vault", "text", "note: Body without an end of the front matter."),
    ("in-blockids", "folder", "links", "note: «x» reference to other block «Other para»"),
    ("in-embeds", "folder", "links", "note: embed of Target heading «Part»"),
    ("in-embeds", "folder", "links", "note: «clip.mp4» link to assets/clip.mp4"),
    ("in-footnotes", "folder", "links", "note: «1» reference to note block «First def» (×2)"),
    ("in-footnotes", "vault", "text", "note: and a paragraph"),
    ("in-html", "folder vault", "marks", "note: style color:red «red»"),
    ("in-marks", "folder vault", "marks", "note: mark «mark with bold inside»"),
    ("in-marks", "vault", "marks", "note: kbd «Ctrl»"),
    ("nm-ambiguous", "vault", "links", "c/link: «x» reference to a/Same"),
    ("nm-folders", "folder", "documents", "assets/note"),
    ("nm-other-types", "folder vault", "links", "link: «draw.excalidraw» reference to draw.excalidraw"),
    ("zz-blocks-apart", "folder", "blocks", "note: callout WARNING"),
    ("zz-blocks-apart", "folder", "blocks", "note: task [/] at depth 1"),
    ("zz-blocks-apart", "vault", "marks", "note: tag «tag1»"),
    ("zz-links-apart", "folder", "links", "note: «a» reference to Target heading «Heading one»"),
    ("zz-links-apart", "folder", "links", "sub/Deep: «up» reference to Target heading «Sub»"),
    ("zz-links-apart", "vault", "links", "note: «Deep» reference to sub/Deep"),
]
"""Some of what ours keeps and an import of the kernel does not: case, methods, kind, line."""

Convert = Callable[[str], Path]


def inputs() -> Path:
    return shared() / "data" / "siyuan-kernel" / "import-md"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Makes the data folder that a case becomes, once."""
    done: dict[str, Path] = {}

    def data_of(case: str) -> Path:
        if case not in done:
            target = tmp_path_factory.mktemp("import-md") / case
            options = Options(
                source=str(inputs() / "in" / case),
                target=str(target),
                source_format="markdown",
                target_format="siyuan",
                timezone="UTC",
            )
            with convert(options) as report:
                assert report.fault is None
                assert report.exit_code in (0, 1)
                assert report.verification.status == "passed"
                assert report.tally.law_breaks() == []
            done[case] = target / "data"
        return done[case]

    return data_of


def our_documents(data: Path) -> Iterator[tuple[str, Node]]:
    """The documents of the one notebook, each with the titles from the top down to it."""
    roots = {path.stem: (path, json.loads(path.read_bytes())) for path in data.rglob("*.sy")}
    for path, root in roots.values():
        above = path.relative_to(data).parts[1:-1]
        yield "/".join(roots[identity][1]["Properties"]["title"] for identity in (*above, path.stem)), root


def kernel_documents(method: str, case: str) -> Iterator[tuple[str, Node]]:
    """What the kernel made of a case, without the empty document that stands for its folder."""
    found = json.loads((inputs() / "out" / method / f"{case}.json").read_bytes())
    top = METHODS[method] + case
    for document in found["documents"]:
        if document["hpath"] != top:
            yield document["hpath"].removeprefix(top + "/"), document["sy"]


def both(method: str, case: str, data: Path) -> tuple[dict[str, Facts], dict[str, Facts]]:
    return kept(kernel_documents(method, case)), kept(our_documents(data))


def listed(method: str, case: str) -> Counter[tuple[str, str]]:
    """The differences that the table names: kind and line."""
    return Counter(
        (kind, line)
        for entry in DIFFERENCES.get(case, ())
        for kind, lines in entry.get(method, {}).items()
        for line in lines
    )


def test_the_lists_are_complete() -> None:
    assert sorted(path.name for path in (inputs() / "in").iterdir()) == CASES
    for method in METHODS:
        assert sorted(path.stem for path in (inputs() / "out" / method).glob("*.json")) == CASES
    assert DIFFERENCES.keys() | {case for case, *_ in MORE} <= set(CASES)


def test_every_difference_has_a_reason() -> None:
    for entry in (entry for entries in DIFFERENCES.values() for entry in entries):
        assert entry["why"]
        assert entry.keys() & METHODS.keys()
        assert entry.keys() <= {"why", *METHODS}


@pytest.mark.parametrize("case", CASES)
def test_the_workspace_is_sound(case: str, ours: Convert) -> None:
    assert workspace_faults(ours(case)) == []


@pytest.mark.parametrize("case", CASES)
def test_every_other_file_is_stored(case: str, ours: Convert) -> None:
    """As the kernel stores them, whether a note leads to them or not."""
    source = inputs() / "in" / case
    files = [path for path in source.rglob("*") if path.is_file() and path.suffix != ".md" and path.name != ".keep"]
    stored = [path.read_bytes() for path in (ours(case) / "assets").glob("*")]
    assert [path.name for path in files if path.read_bytes() not in stored] == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("method", METHODS)
def test_ours_keeps_what_the_kernel_keeps(method: str, case: str, ours: Convert) -> None:
    kernel, mine = both(method, case, ours(case))
    found = Counter((kind, line) for kind, lines in missing(kernel, mine).items() for line in lines)

    assert sorted(found - listed(method, case)) == [], "the kernel has these, ours has not, and no reason is listed"
    assert sorted(listed(method, case) - found) == [], "these differences are gone: take them from the table"


@pytest.mark.parametrize(
    ("method", "case", "kind", "line"),
    [(method, case, kind, line) for case, methods, kind, line in MORE for method in methods.split()],
)
def test_ours_keeps_more(method: str, case: str, kind: str, line: str, ours: Convert) -> None:
    kernel, mine = both(method, case, ours(case))
    assert line in missing(mine, kernel).get(kind, ())
