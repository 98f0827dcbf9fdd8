"""What links and pictures of a package name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from converter.formats.front import Found
from converter.formats.mnemo.links import names, resolve
from converter.formats.places import Places
from converter.model.facts import Anchor, LinkFact

NOTES = {"n1": ["b1", "b 2"], "a/b": []}
ASSETS = [
    "payloads/notes/assets/images/Old.PNG",
    "payloads/notes/assets/images/0a.png",
    "payloads/notes/assets/note-assets/0a.png",
    "payloads/notes/assets/note-assets/0A.png",
    "payloads/notes/assets/images/37349c1c.jpg",
    "payloads/notes/assets/files/list one.csv",
]
IMAGES = "payloads/notes/assets/images/"
NOTE_ASSETS = "payloads/notes/assets/note-assets/"
FILES = "payloads/notes/assets/files/"
MISSING, OUTSIDE = Found("missing"), Found("outside")


class _Lookup:
    def __init__(self) -> None:
        self._named: dict[str, list[str]] = {}
        for key in ASSETS:
            for name in names("assets", key):
                self._named.setdefault(name, []).append(key)

    def has_note(self, key: str) -> bool:
        return key in NOTES

    def notes_named(self, name: str) -> Sequence[str]:
        return [name] if name in NOTES else []

    def has_asset(self, key: str) -> bool:
        return key in ASSETS

    def assets_named(self, name: str) -> Sequence[str]:
        return self._named.get(name, [])

    def places(self, key: str) -> Places:
        return Places([Anchor(name) for name in NOTES[key]])


def _found(form: str, target: str, place: str = "", block: str = "") -> Found:
    return resolve(_Lookup(), "n1", LinkFact(form, target, place, block))


def test_names_of_notes_and_files() -> None:
    assert names("note", "n1") == ("n1",)
    assert names("asset", f"{IMAGES}Old.PNG") == ("old.png", "stem:old")
    assert names("assets", f"{FILES}.hidden") == (".hidden", "stem:.hidden")


@pytest.mark.parametrize(
    ("form", "target", "place", "found"),
    [
        ("page", "n1", "", Found("note", "n1")),
        ("page", "gone", "", MISSING),
        ("page", "", "", MISSING),
        ("reference", "n1", "b1", Found("note", "n1", "b1")),
        ("reference", "n1", "b9", Found("note", "n1", "", place_missing=True)),
        ("link", "mnemo://note/n1", "", Found("note", "n1")),
        ("link", "mnemo://note/n1#b%202", "", Found("note", "n1", "b 2")),
        ("link", "mnemo://file/list%20one.csv#row=3", "", Found("asset", f"{FILES}list one.csv", "row=3")),
        ("link", "mnemo://note/a%2Fb", "", Found("note", "a/b")),
        ("link", "mnemo://note/gone", "", MISSING),
        ("link", "mnemo://file/list one.csv", "", Found("asset", f"{FILES}list one.csv")),
        ("link", "mnemo://file/List%20one.csv", "", Found("asset", f"{FILES}list one.csv")),
        ("link", "mnemo://file/gone.csv", "", MISSING),
        ("link", "[[Gone]]", "", MISSING),
        ("link", "https://example.org/n1", "", OUTSIDE),
        ("link", "n1", "", OUTSIDE),
    ],
)
def test_notes_and_files(form: str, target: str, place: str, found: Found) -> None:
    assert _found(form, target, place) == found


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("0a.png", Found("asset", f"{NOTE_ASSETS}0a.png")),
        ("0A.png", Found("asset", f"{NOTE_ASSETS}0A.png")),
        ("/home/x/.local/share/Mnemo/images/old.png", Found("asset", f"{IMAGES}Old.PNG")),
        ("C:\\Users\\a\\AppData\\Local\\Mnemo\\images\\Old.PNG", Found("asset", f"{IMAGES}Old.PNG")),
        ("attachment:37:old.png", Found("asset", f"{IMAGES}Old.PNG")),
        ("attachment:37:old.webp", Found("asset", f"{IMAGES}Old.PNG")),
        ("attachment:37349c1c:gone.webp", Found("asset", f"{IMAGES}37349c1c.jpg")),
        ("asset:0a.png", Found("asset", f"{NOTE_ASSETS}0a.png")),
        ("list%20one.csv", Found("asset", f"{FILES}list one.csv")),
        ("gone.png", MISSING),
        ("", OUTSIDE),
        ("https://example.org/0a.png", OUTSIDE),
        ("data:image/png;base64,AA==", OUTSIDE),
    ],
)
def test_pictures(target: str, found: Found) -> None:
    assert _found("image", target) == found


def test_a_picture_is_found_through_its_block_last() -> None:
    assert _found("image", "gone.png", block="37349c1c") == Found("asset", f"{IMAGES}37349c1c.jpg")
    assert _found("image", "0a.png", block="37349c1c") == Found("asset", f"{NOTE_ASSETS}0a.png")
    assert _found("image", "gone.png", block="nowhere") == MISSING
