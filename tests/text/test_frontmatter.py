"""Front matter keeps its text and gives its values."""

from __future__ import annotations

import frontmatter
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.text.frontmatter import RawHandler, body_of, entry, join, scalar_text, split, string_list, value


def test_the_text_between_the_dashes_is_kept() -> None:
    raw = 'title: "x"\n# about the tags\ntags: [a,\n  b]\nnested:\n  c: 1\n\nempty:\n'

    front = split(f"---\n{raw}---\nbody")

    assert "".join(item.text for item in front.entries) == raw
    assert [item.name for item in front.entries] == ["title", "tags", "nested", "empty"]
    assert front.body == "body"


@pytest.mark.parametrize("word", ["no", "yes", "on", "12:30:00", "017", "1_000", "2024-01-02"])
def test_yaml_one_one_does_not_change_words(word: str) -> None:
    front = split(f"---\na: {word}\n---\n")

    assert str(value(front.entries[0])) == word or scalar_text(front.entries[0]) == str(int(word, 10))


@pytest.mark.parametrize("text", ["---\nnot closed", "no front matter", "----\na: b\n----\n", " ---\na: b\n---\n"])
def test_what_is_no_front_matter_is_body(text: str) -> None:
    front = split(text)

    assert (front.present, front.entries, front.body) == (False, (), text)


@pytest.mark.parametrize("raw", ["- a\n- b\n", 'a: "open\n', "just text\n"])
def test_what_is_no_mapping_is_kept_whole(raw: str) -> None:
    front = split(f"---\n{raw}---\nbody")

    assert front.invalid_source == f"---\n{raw}---\n"
    assert front.body == "body"


def test_a_key_that_stands_twice_is_kept_twice() -> None:
    front = split("---\na: 1\na: 2\n---\n")

    assert [item.text for item in front.entries] == ["a: 1\n", "a: 2\n"]


def test_a_bomb_of_aliases_is_not_read() -> None:
    bomb = "a: &a [x]\n" + "".join(f"b{n}: [*a, *a, *a]\n" for n in range(40))

    assert split(f"---\n{bomb}---\n").invalid_source


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("[a, b/c]", ["a", "b/c"]),
        ("a, b c", ["a", "b c"]),
        ("a b", ["a", "b"]),
        ('["#x", 2024]', ["x", "2024"]),
        ("", []),
    ],
)
def test_lists_of_texts(text: str, tags: list[str]) -> None:
    assert string_list(split(f"---\ntags: {text}\n---\n").entries[0]) == tags


@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_every_text_is_read_back_by_both_yamls(text: str) -> None:
    item = entry("title", text)

    assert value(item) == text
    assert yaml.safe_load(item.text) == {"title": text}
    assert split(join((item,)) + "body").entries == (item,)


def test_a_byte_order_mark_is_kept_apart() -> None:
    front = split("\ufeff---\na: 1\n---\nb")

    assert (front.preamble, front.present, front.body) == ("\ufeff", True, "b")


@pytest.mark.parametrize(
    "text", ["---\na: 1\n---\nb\n", "---\n- a\n---\nb\n", "---\na: 1\nb\n", "\ufeff---\na: 1\n...\nb", "b\n", ""]
)
def test_the_body_alone_is_that_of_the_whole(text: str) -> None:
    assert body_of(text) == split(text).body


def test_python_frontmatter_takes_the_handler() -> None:
    values, body = frontmatter.parse("---\nbegin: 12:30\ndraft: no\n---\nbody", handler=RawHandler())

    assert values == {"begin": "12:30", "draft": "no"}
    assert body == "body"
