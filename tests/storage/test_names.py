"""Names that every system can hold."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.storage.names import SEGMENT_BYTES, Unique, check_member, fold, safe_segment

RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"} | {
    f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"
}
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.sampled_from("a. -_:/\\*?<>|\"'\t\n\u200b\u202e\u3000\udc80\uef80é\u0301ß~"), max_size=40),
    st.sampled_from(sorted(RESERVED)).flatmap(
        lambda name: st.sampled_from([name, name.upper(), f"{name}.md", f"{name} .x.y"])
    ),
    st.text(st.sampled_from("aé漢👩‍👩‍👧.\u0301"), min_size=60, max_size=400),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Plan", "Plan"),
        ("Größe 漢字 👩‍👩‍👧", "Größe 漢字 👩‍👩‍👧"),
        ("Plan: A", "Plan - A"),
        ("Plan : A", "Plan - A"),
        ("10:30", "10-30"),
        ("a/b\\c|d", "a-b-c-d"),
        ('What "is" this?', "What 'is' this_"),
        ("a*b<c>", "a_b_c_"),
        ("  spaced  ", "spaced"),
        ("etc...", "etc"),
        ("dots . . .", "dots"),
        (".hidden", "_hidden"),
        (".md", "_md"),
        ("~", "_"),
        ("~x", "~x"),
        ("..", "Untitled"),
        ("", "Untitled"),
        ("\t\n", "Untitled"),
        ("\u200b", "Untitled"),
        ("line\nbreak\ttab", "line break tab"),
        ("bell\x07", "bell"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("e\u0301", "é"),
        ("half \ud83d", "half _"),
        ("byte \udcff", "byte _"),
        ("byte \uefff", "byte _"),
        ("CON", "CON_"),
        ("aux.md", "aux_.md"),
        ("NUL.tar.gz", "NUL_.tar.gz"),
        ("nul .txt", "nul_ .txt"),
        ("COM¹", "COM¹_"),
        ("Conference", "Conference"),
        ("com10", "com10"),
    ],
)
def test_safe_segment(text: str, name: str) -> None:
    assert safe_segment(text) == name


def test_safe_segment_of_long_text_keeps_the_extension_and_tells_texts_apart() -> None:
    first, second = (safe_segment("very long " * 60 + end) for end in ("1.md", "2.md"))
    assert first.startswith("very long very long")
    assert first.endswith(".md")
    assert len(first.encode()) <= SEGMENT_BYTES
    assert first != second
    digest = hashlib.sha256(b"x" * 300).hexdigest()[:8]
    assert safe_segment("x" * 300, limit_bytes=32) == "x" * 23 + "-" + digest


def test_safe_segment_avoids_more_and_has_another_name_for_nothing() -> None:
    assert safe_segment("a#b^c[d]", avoid="#^[]") == "a_b_c_d_"
    assert safe_segment("???", avoid="", empty="-") == "___"
    assert safe_segment(". .", empty="none") == "none"


@settings(deadline=None, max_examples=300, derandomize=True)
@given(TEXTS, st.integers(32, 255))
def test_safe_segment_is_safe_and_a_fixpoint(text: str, limit: int) -> None:
    name = safe_segment(text, limit_bytes=limit)
    assert safe_segment(name, limit_bytes=limit) == name
    assert check_member(name) == ""
    assert 0 < len(name.encode()) <= limit
    assert not set(name) & set('/\\:*?"<>|')
    assert "Cc" not in {unicodedata.category(char) for char in name}
    assert name == name.strip(" ").rstrip(".")
    assert not name.startswith(".")
    assert name.split(".")[0].rstrip(" ").lower() not in RESERVED
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(["", "folder"]), st.sampled_from(["", ".md", ".png"])), max_size=12))
def test_unique_names_are_unique_and_safe(wanted: list[tuple[str, str, str]]) -> None:
    unique = Unique()
    taken = [(folder, unique.take(safe_segment(text), folder, extension=ending)) for text, folder, ending in wanted]
    assert len({(folder, fold(name)) for folder, name in taken}) == len(wanted)
    assert all(len(name.encode()) <= 255 for _, name in taken)
    assert all(name.endswith(ending) for (_, name), (_, _, ending) in zip(taken, wanted, strict=True))


def test_unique_counts_per_folder() -> None:
    unique = Unique()
    taken = [unique.take("Name", extension=".md") for _ in range(3)]
    assert taken == ["Name.md", "Name 2.md", "Name 3.md"]
    assert unique.take("NAME", extension=".md") == "NAME 4.md"
    assert unique.take("Name") == "Name"
    assert unique.take("Name", "other", extension=".md") == "Name.md"
    assert unique.reserve("Name 5.md")
    assert not unique.reserve("name 5.MD")
    assert unique.take("Name", extension=".md") == "Name 6.md"


def test_unique_fits_numbers_into_long_names() -> None:
    unique = Unique()
    names = [unique.take("ä" * 127, extension=".md") for _ in range(3)]
    assert [len(name.encode()) for name in names] == [255, 255, 255]
    assert [name.lstrip("ä") for name in names] == [".md", " 2.md", " 3.md"]


def test_unique_is_linear() -> None:
    unique = Unique()
    names = [unique.take("Untitled", extension=".md") for _ in range(100_000)]
    assert names[-1] == "Untitled 100000.md"
    assert len(set(names)) == 100_000


@pytest.mark.parametrize(
    ("left", "right"),
    [("Straße", "STRASSE"), ("É", "e\u0301"), ("a.MD", "A.md"), ("ǆ", "ǅ"), ("\u1e9e", "ß"), ("\u2126", "ω")],
)
def test_fold_joins_names_that_collide(left: str, right: str) -> None:
    assert fold(left) == fold(right)
    assert fold(fold(left)) == fold(left)


def test_fold_keeps_others_apart() -> None:
    assert len({fold(name) for name in ("a", "b", "ä", "a ", "a.")}) == 5
