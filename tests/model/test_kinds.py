"""Every kind of the model, those without a reader too: packed and unpacked, and lowered to every profile."""

from __future__ import annotations

from datetime import UTC

import msgspec
import pytest

from converter.findings.problems import Problems
from converter.formats.markdown.profile import profile as markdown
from converter.formats.mnemo.package.profile import profile as mnemo
from converter.formats.siyuan.document import document_bytes, read_document
from converter.formats.siyuan.workspace.profile import profile as siyuan
from converter.model import blocks as b
from converter.model import items
from converter.model.blocks import Blocks, kind_of, walk
from converter.model.items import Note
from converter.model.moment import Moment, moment_from_ns, parse_moment
from converter.model.order import Output, WorkOrder
from converter.model.profile import Profile
from converter.model.runs import (
    BreakRun,
    EmbedRun,
    FootnoteRun,
    FormulaRun,
    FractionRun,
    ImageRun,
    Link,
    Memo,
    RawRun,
    Reference,
    Style,
    TagRun,
    TextRun,
    plain_text,
)
from converter.pipeline.law import Answers
from converter.pipeline.lower.inside import inside
from converter.pipeline.pair import Pair
from tests.siyuan.structure import document_faults

TEXT = (TextRun(text="text"),)
RUNS = (
    TextRun(text="a", style=Style(1, "red", "swatch1", Link("u", "t"), None, Memo("why"))),
    TextRun(text="Note", style=Style(reference=Reference("Note", "", "title"))),
    FormulaRun(tex="x"),
    FractionRun(numerator=1, denominator=2),
    TagRun(name="tag"),
    ImageRun(target="p.png", alt="p"),
    EmbedRun(target="Note", text="n"),
    FootnoteRun(label="1"),
    RawRun(format="html", source="<b>"),
    RawRun(format="comment", source="c"),
    BreakRun(),
    TextRun(text="end"),
)
CELL = b.Cell(runs=TEXT, children=(b.Paragraph(runs=TEXT),), colspan=2)
EVERYTHING: Blocks = (
    b.Paragraph(runs=RUNS, id="p", attrs=(("custom", "1"),)),
    b.Paragraph(),
    *(b.Heading(level=level, runs=TEXT) for level in range(1, 7)),
    b.List(
        ordered=True,
        start=4,
        children=(b.ListItem(runs=TEXT, children=(b.List(children=(b.ListItem(checked=True),)),)),),
    ),
    b.List(children=(b.ListItem(children=(b.Paragraph(runs=TEXT), b.Code(source="x"))),)),
    b.Quote(children=(b.Paragraph(runs=TEXT), b.Rule())),
    b.Callout(type="tip", icon="💡", title=TEXT, children=(b.Paragraph(runs=TEXT),)),
    b.Code(source="x", language="c", caption="A caption"),
    b.Formula(tex="x\n\ny"),
    b.Table(columns=(b.TableColumn(align="left", width=90),), rows=(b.Row(cells=(CELL,), header=True),)),
    b.Rule(),
    b.Image(target="p.png", alt="alt", title="t", width=10, height=5, align="center", crop="{}"),
    b.Media(media="video", target="v.mp4"),
    b.Html(source="<div>x</div>"),
    b.Columns(children=tuple(b.Column(children=(b.Paragraph(runs=TEXT),)) for _ in range(3))),
    b.Columns(layout="row", children=(b.Paragraph(runs=TEXT),)),
    b.Columns(children=(b.Column(children=(b.Paragraph(runs=TEXT),)), b.Column())),
    b.Page(target="n2"),
    b.Embed(target="Note", place="Head"),
    b.Embed(query="SELECT 1"),
    b.DatabaseView(database="d", columns=(b.TableColumn(),), rows=(b.Row(cells=(b.Cell(runs=TEXT),), header=True),)),
    b.Sketch(source="A -> B", width=3, align="center"),
    b.Footnote(label="1", children=(b.Paragraph(runs=TEXT),)),
    b.DefinitionList(children=(b.Definition(runs=TEXT, children=(b.Paragraph(runs=TEXT),), meanings=(1,)),)),
    b.Raw(format="comment", source="hidden"),
    b.Raw(format="toml", source="a = 1"),
)
PREFIXES = ("20260101000000-test",)
PROFILES = [markdown({}), siyuan({}), *(mnemo({"mnemo_target": name}) for name in ("compat", "0.8", "0.6"))]


def neutral() -> Profile:
    """A source of another system, which can hold everything."""
    return msgspec.structs.replace(markdown({}), format="model", system="model", parameters={})


@pytest.mark.parametrize("target", PROFILES, ids=lambda profile: profile.title)
def test_every_kind_is_answered_for_in_every_profile(target: Profile) -> None:
    answers = Answers()
    note = Note(key="n1", title="Everything", blocks=EVERYTHING, tags=("one",), aliases=("other",))
    order = WorkOrder(
        key="n1",
        output=Output(key="n1", id="n1", title="Everything", prefixes=PREFIXES),
        identity="n1",
        goals={},
        anchors={},
    )

    lowered = inside(note, order, Pair(neutral(), target), answers)
    counts = answers.counted(note.blocks)

    assert counts.unanswered == ()
    assert counts.read == sum(1 for _ in walk(EVERYTHING)) == counts.written + counts.lost
    kinds = {kind_of(block) for block in walk(lowered.note.blocks)}
    held = {name.partition("@")[0].partition("-")[0] for name, rule in target.blocks.items() if not rule.code}
    assert kinds <= held | {"list", "raw"}


def test_every_kind_becomes_a_sound_document() -> None:
    own = "20260101000000-test000"
    output = Output(key=f"box/{own}.sy", id=own, title="Everything", prefixes=PREFIXES)
    order = WorkOrder(key="n", output=output, identity="n", goals={}, anchors={}, blocks=99)
    note = Note(key="n", title="Everything", blocks=EVERYTHING)
    lowered = inside(note, order, Pair(neutral(), siyuan({})), Answers()).note

    written = document_bytes(lowered, UTC)
    problems = Problems("n")

    assert document_faults(written, f"{own}.sy") == []
    assert read_document(written, own, problems, None, UTC).blocks == lowered.blocks
    assert problems.findings() == ()


def test_fallbacks_of_kinds_without_a_reader_are_reported() -> None:
    order = WorkOrder(
        key="n",
        output=Output(key="n.md", path="n.md", title="n", prefixes=PREFIXES),
        identity="n",
        goals={},
        anchors={},
    )
    note = Note(key="n", title="n", blocks=EVERYTHING)

    codes = {finding.code for finding in inside(note, order, Pair(neutral(), markdown({})), Answers()).findings}

    assert {"memo-as-footnote", "query-as-code", "table-as-html", "view-as-table"} <= codes


def _texts_of(block: b.Block) -> str:
    """What a person can read in a block: its source, its text, its cells, and the memos on them."""
    lines = [block.runs, *(cell.runs for row in getattr(block, "rows", ()) for cell in row.cells)]
    memos = (run.style.memo.text for runs in lines for run in runs if run.style.memo)
    return "\n".join([getattr(block, "source", ""), *map(plain_text, lines), *memos])


@pytest.mark.parametrize("target", PROFILES[:3], ids=lambda profile: profile.format)
def test_no_text_in_a_cell_is_lost(target: Profile) -> None:
    """Blocks in cells keep their text where cells hold none: sources, deeper blocks, and what a memo says."""
    memo = TextRun(text="noted", style=Style(memo=Memo("why")))
    inner = b.Quote(children=(b.Paragraph(runs=(TextRun(text="deep"),)),))
    cell = b.Cell(runs=(memo,), children=(b.Code(source="print(1)"), b.Formula(tex="x^2"), inner))
    table = b.Table(columns=(b.TableColumn(),), rows=(b.Row(cells=(cell,), header=True),))
    order = WorkOrder(
        key="n",
        output=Output(key="n.md", path="n.md", title="n", prefixes=PREFIXES),
        identity="n",
        goals={},
        anchors={},
    )

    lowered = inside(Note(key="n", title="n", blocks=(table,)), order, Pair(neutral(), target), Answers()).note

    texts = "\n".join(_texts_of(block) for block in walk(lowered.blocks))
    wanted = ("noted", "print(1)", "x^2", "deep", "why")
    assert [text for text in wanted if text not in texts.replace("\\", "")] == []


def test_a_second_lowering_changes_nothing() -> None:
    """What the target holds exactly is lowered to itself (times and identity of the note aside)."""
    target = markdown({})
    order = WorkOrder(
        key="n",
        output=Output(key="n.md", path="n.md", title="n", prefixes=PREFIXES),
        identity="n",
        goals={},
        anchors={},
    )
    first = inside(Note(key="n", title="n", blocks=EVERYTHING), order, Pair(neutral(), target), Answers()).note

    second = inside(first, order, Pair(target, target), Answers()).note

    assert second.blocks == first.blocks


def test_blocks_survive_packing() -> None:
    packed = msgspec.msgpack.encode(EVERYTHING)
    kinds = tuple(getattr(b, name) for name in b.__all__ if isinstance(getattr(b, name), type))
    assert packed
    assert len({kind_of(block) for block in walk(EVERYTHING)}) >= len([k for k in kinds if issubclass(k, b.Block)]) - 2


ITEMS = [
    items.Folder(key="f", name="F"),
    items.Deck(
        key="d", name="D", cards=(items.Card(key="c", front="q", back="a", schedule=items.ReviewState(stability=1.5)),)
    ),
    items.Deck(key="r", name="Riff", cards=(items.Card(key="c", block="20240101000000-aaaaaaa"),)),
    items.MindMap(
        key="m",
        title="M",
        nodes=(items.MapNode(key="n", x=1.0),),
        edges=(items.MapEdge(key="e", origin="n", target="n"),),
    ),
    items.Database(
        key="db",
        name="Books",
        columns=(items.DatabaseColumn(key="k", name="Title", type="block"),),
        rows=(items.DatabaseRow(key="r", cells=(items.DatabaseCell(column="k", text="x"),)),),
        views=(items.DatabaseLayout(key="v", name="All", rows=("r",)),),
    ),
    items.Setting(key="App.Language", value='"de"'),
    items.Asset(key="a", name="a.png", size=3),
    items.User(key="u", name="U"),
    items.Record(kind="learning-path", key="p", value="{}"),
    items.Payload(type="boards", members=("b.json",)),
]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
def test_items_survive_packing(item: msgspec.Struct) -> None:
    packed = msgspec.msgpack.encode(item)

    assert msgspec.msgpack.encode(msgspec.structs.replace(item)) == packed
    assert msgspec.structs.astuple(item) == msgspec.structs.astuple(msgspec.structs.replace(item))


def test_plain_text_is_what_a_person_reads() -> None:
    assert plain_text(RUNS) == "aNotex1/2#tagpn\nend"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-05-18T10:00:00.1234567Z", "2026-05-18T10:00:00.1234567Z"),
        ("2026-05-18 10:00", "2026-05-18T10:00:00Z"),
        ("2026-05-18T10:00:00+0200", "2026-05-18T10:00:00+02:00"),
        ("2026-05-18", "2026-05-18"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_moments(text: str, iso: str) -> None:
    moment = parse_moment(text)

    assert moment is not None
    assert moment.iso() == iso


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-05-18T25:00:00Z"])
def test_what_is_no_moment(text: str) -> None:
    assert parse_moment(text) is None


def test_file_times_are_exact() -> None:
    assert moment_from_ns(1_767_225_600_123_456_700).as_ns() == 1_767_225_600_123_456_700
    assert Moment(0).iso() == "0001-01-01T00:00:00Z"
