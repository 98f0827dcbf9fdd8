from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from converter.storage.known_names import Names


@given(st.lists(st.tuples(st.text("ab", max_size=3), st.sampled_from(("one.md", "two.md", "three.md")))))
def test_each_name_gives_its_keys_in_the_order_in_which_they_came(entered: list[tuple[str, str]]) -> None:
    names, wanted = Names[str](), dict[str, list[str]]()
    for name, key in entered:
        names.add(name, key)
        there = wanted.setdefault(name, [])
        if there != [key]:
            there.append(key)

    assert {name: list(names.keys(name)) for name in wanted} == wanted
    assert names.keys("c") == ()


def test_many_names_are_all_known() -> None:
    names = Names[str]()
    for number in range(5_000):
        names.add(f"n:{number}", f"{number}.md")

    assert all(names.keys(f"n:{number}") == (f"{number}.md",) for number in range(5_000))
    assert not any(names.keys(f"p:{number}") for number in range(5_000))


@given(st.lists(st.text(max_size=8)), st.text(max_size=8))
def test_what_was_mentioned_is_known(texts: list[str], other: str) -> None:
    mentioned = Names[str]()
    for text in texts:
        mentioned.add(text, "")

    assert all(text in mentioned for text in texts)
    assert (other in mentioned) == (other in texts)


def test_a_name_is_entered_once_where_it_must_be_new() -> None:
    names: Names[int] = Names()

    assert [names.add_new(f"n{number % 50}", number) for number in range(100)] == [True] * 50 + [False] * 50
    assert [names.keys(f"n{number}") for number in range(50)] == [(number,) for number in range(50)]
