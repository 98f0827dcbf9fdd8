"""Random vaults: no edit, nothing found; one edit, exactly that note and that block found."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diff.archives import converted, differences, make_vault

WORDS = st.text(st.sampled_from("abcdefg"), min_size=1, max_size=6)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
BLOCKS = st.one_of(
    SENTENCES,
    SENTENCES.map("## {}".format),
    SENTENCES.map("> {}".format),
    SENTENCES.map("```\n{}\n```".format),
    st.lists(WORDS, min_size=1, max_size=4).map(lambda words: "\n".join(f"- {word}" for word in words)),
)
NOTES = st.lists(BLOCKS, min_size=1, max_size=8)
VAULTS = st.dictionaries(
    st.tuples(st.sampled_from(("", "One/", "One/Two/", "Three/")), WORDS).map("".join), NOTES, min_size=1, max_size=8
)
FEW = settings(max_examples=25, deadline=None)


def as_files(notes: dict[str, list[str]]) -> dict[str, str | bytes]:
    return {f"{name}.md": "\n\n<!-- -->\n\n".join(blocks) + "\n" for name, blocks in notes.items()}


@FEW
@given(VAULTS, st.sampled_from(("mnemo", "siyuan", "markdown")))
def test_without_an_edit_nothing_is_found(notes: dict[str, list[str]], kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = {f"{name}.md": "\n\n".join(blocks) for name, blocks in notes.items()}
        a = make_vault(Path(folder) / "a", dict(plain))
        b = converted(a, Path(folder) / "b", kind)

        assert differences(a, a) == []
        assert differences(b, b) == []
        assert differences(a, b) == []


@FEW
@given(VAULTS, st.data())
def test_an_edit_is_found_at_its_note_and_block(notes: dict[str, list[str]], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(notes)))
    number = data.draw(st.integers(0, len(notes[name]) - 1))
    changed = dict(notes)
    changed[name] = [*notes[name]]
    changed[name][number] = notes[name][number].replace(notes[name][number].split()[-1], "edited")
    if "edited" not in changed[name][number] or "```" in notes[name][number]:
        changed[name][number] = "edited"
    with tempfile.TemporaryDirectory() as folder:
        a = make_vault(Path(folder) / "a", as_files(notes))
        b = make_vault(Path(folder) / "b", as_files(changed))

        found = differences(a, b)

    assert [(code, item) for code, item, _ in found] == [("item-differs", f"notes/{name}.md")]
    assert found[0][2].startswith(f"/blocks/{number * 2}")


@FEW
@given(VAULTS.filter(lambda notes: len(notes) > 1), st.data())
def test_a_note_of_one_side_is_found(notes: dict[str, list[str]], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(notes)))
    rest = {key: blocks for key, blocks in notes.items() if key != name}
    with tempfile.TemporaryDirectory() as folder:
        a = make_vault(Path(folder) / "a", as_files(notes))
        b = make_vault(Path(folder) / "b", as_files(rest))

        there, back = differences(a, b), differences(b, a)

    assert [item for code, item, _ in there if code == "only-in-a" and item.startswith("notes/")] == [
        f"notes/{name}.md"
    ]
    assert [(code.replace("-b", "-a"), item) for code, item, _ in back] == [(code, item) for code, item, _ in there]
