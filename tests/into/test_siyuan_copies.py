"""Duplicates inside real workspaces: everything that came leads to the right thing, and nothing else changed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.into.merging import Outcome, into, picture
from tests.into.workspaces import Tree, Workspace, block_ids, nodes, renamed
from tests.support import shared

GROWING = ("sort.json", ".cards", "storage/av/blocks.msgpack", "storage/av/relations.msgpack")

PEOPLE, PROJECTS, READINGS = "20260303100700-35qfvm4", "20260303101300-xh6pp89", "20260303102400-tv8fx2p"
BOAT_SHED, FLASHCARDS, MORE_CARDS = "20260303104500-l6czbgu", "20260306210800-jw53nus", "20260306211300-9urjudm"
FORMULAS, DEEP_TWO, DEEP_THREE = "20260302095700-31s9ib7", "20260302103800-0bdpzrx", "20260302104500-5v7e1f0"
FIELD_NOTES, WORKBENCH = "20260302090600-f9aqftx", "20260302090300-ahwo92a"


class Case:
    """A source, a target that was made of it and changed, and what a run made of that."""

    def __init__(self, source: Path, target: Path) -> None:
        self.root, self.place = source, target
        self.source, self.before = Workspace(source), Workspace(target)
        self.pictured = picture(target)
        self.bytes = {name: (target / name).read_bytes() for name in self.pictured}
        self.after = self.before

    def merge(self, policy: str = "duplicate", **options: Any) -> Outcome:
        done = into(self.root, self.place, "siyuan", policy, **options)
        assert done.code in (0, 1) or policy == "fail", done.message
        self.after = Workspace(self.place)
        return done

    def names(self, done: Outcome) -> dict[str, str]:
        """The new ids of all that came under other ones: documents, their blocks in reading order, databases."""
        found = done.ids.get("notes", {}) | done.ids.get("folders", {})
        for item, new in done.became.items():
            if item.startswith("payloads/"):
                found[Path(item).stem] = new
        written = self.written()
        for old, document in self.source.documents.items():
            new = found.get(old, old)
            if self.after.paths[new].relative_to(self.place).as_posix() in written:
                found |= dict(zip(block_ids(document), block_ids(self.after.documents[new]), strict=True))
        return found

    def written(self) -> set[str]:
        """The files that are new or differ."""
        after = picture(self.place)
        assert self.pictured.keys() <= after.keys()
        return {name for name in after if after[name][0] != self.pictured.get(name, ("",))[0]}

    def check_links(self, done: Outcome) -> None:
        """Nothing leads nowhere that did not do so in the source or in the target; no id stands twice."""
        names = self.names(done)
        known = self.before.problems()
        known |= {tuple(names.get(part, part) for part in problem) for problem in self.source.problems()}
        known |= self.source.problems()
        assert self.after.problems() - known == set()

    def check_copies(self, done: Outcome) -> None:
        """Documents and databases that came are those of the source, with the new ids of all that came with them."""
        names = self.names(done)
        for old in self.source.documents:
            new = names.get(old, old)
            path = self.after.paths[new]
            if path.relative_to(self.place).as_posix() in self.written():
                assert self.after.documents[new] == renamed(self.source.documents[old], names)
        for old in self.source.databases:
            if names.get(old, old) != old:
                assert self.after.databases[names[old]] == renamed(self.source.databases[old], names)

    def check_originals(self) -> None:
        """What was there has every byte; what may grow has all that it had."""
        for name in self.written() & self.pictured.keys():
            assert name.endswith(GROWING), name
            before, after = self.bytes[name], (self.place / name).read_bytes()
            read: Callable[[bytes], Any] = json.loads if name.endswith(".json") else msgspec.msgpack.decode
            assert read(before).items() <= read(after).items() or _lists_grew(read(before), read(after))

    def check_cards(self, done: Outcome) -> None:
        """Every card of what came is in its deck, for the block that it became."""
        names = self.names(done)
        for deck, cards in self.source.cards.items():
            there = {card["BID"]: card for card in self.after.cards[deck].values()}
            for card in cards.values():
                block = names.get(card["BID"], card["BID"])
                assert block in there
                if block != card["BID"]:
                    assert there[block]["C"] == card["C"]

    def check_orders(self, done: Outcome) -> None:
        """What came has the number of what it is a copy of."""
        names = self.names(done)
        for notebook, order in self.source.orders.items():
            for old, number in order.items():
                new = names.get(old, old)
                if new in self.after.paths and new not in self.before.paths:
                    home = self.after.paths[new].relative_to(self.after.data).parts[0]
                    assert home != notebook or self.after.orders[home][new] == number

    def check_again(self, policy: str = "duplicate") -> None:
        """A second run has nothing to do."""
        before = picture(self.place)
        again = into(self.root, self.place, "siyuan", policy)
        assert again.written == 0, again
        assert again.findings.get("duplicated") is None
        assert picture(self.place) == before


def _lists_grew(before: dict[str, list[str]], after: dict[str, list[str]]) -> bool:
    return all(set(values) <= set(after[key]) for key, values in before.items())


def change_document(workspace: Workspace, key: str, change: Callable[[Tree], None]) -> None:
    """Change a document of a workspace in place, as the application writes it; it is an old one then."""
    document = json.loads(workspace.paths[key].read_bytes())
    change(document)
    path = workspace.paths[key]
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    os.utime(path, (1_600_000_000, 1_600_000_000))


def say(text: str) -> Callable[[Tree], None]:
    """Let the first text of a document say something else, long ago."""

    def change(document: Tree) -> None:
        first = next(node for node in nodes(document) if node["Type"] == "NodeText")
        first["Data"] = text
        document["Properties"]["updated"] = "20200101000000"

    return change


def change_database(workspace: Workspace, key: str) -> None:
    """Let a database say something else, long ago."""
    path = workspace.data / f"storage/av/{key}.json"
    database = json.loads(path.read_bytes())
    database["name"] += " of before"
    path.write_text(json.dumps(database, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    os.utime(path, (1_600_000_000, 1_600_000_000))


def change_cards(workspace: Workspace, deck: str) -> None:
    """Answer one card of a deck, and take another one out."""
    path = workspace.data / f"storage/riff/{deck}.cards"
    cards = msgspec.msgpack.decode(path.read_bytes())
    first, second, *_ = sorted(cards)
    cards[first]["C"]["Reps"] += 7
    del cards[second]
    path.write_bytes(msgspec.msgpack.encode(cards))
    os.utime(path, (1_600_000_000, 1_600_000_000))


def _workshop() -> Path:
    return shared() / "data" / "siyuan-kernel" / "workshop" / "workspace"


def _guide() -> Path:
    return shared() / "data" / "siyuan-guide-en" / "data"


def _copy(source: Path, target: Path) -> Workspace:
    shutil.copytree(source, target)
    return Workspace(target)


def _changed_workshop(target: Path) -> Case:
    there = _copy(_workshop(), target)
    change_document(there, BOAT_SHED, say("Another roof"))
    change_document(there, FLASHCARDS, say("Other questions"))
    change_document(there, "20260302110700-hcg01w8", say("Other references"))
    change_database(there, READINGS)
    change_cards(there, "20260306211400-1yhvlj6")
    there.paths[FORMULAS].unlink()
    return Case(_workshop(), target)


def _changed_guide(target: Path) -> Case:
    there = _copy(_guide(), target)
    change_document(there, "20200924101256-f8b1sbi", say("Other references"))
    change_document(there, "20201117112518-dott91x", say("Other embeds"))
    change_database(there, "20240208172719-6qv16cr")
    there.paths["20211010212318-3wx2kqb"].unlink()
    return Case(_guide(), target)


@pytest.fixture(params=["workshop", pytest.param("guide", marks=pytest.mark.slow)])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    """A workspace of real data, of which the target has an older version."""
    made = {"workshop": _changed_workshop, "guide": _changed_guide}[request.param]
    return made(tmp_path / "target")


def test_duplicates_lead_to_each_other_and_originals_stay(case: Case) -> None:
    done = case.merge()

    assert done.count("notes", "created") == 1
    case.check_links(done)
    case.check_copies(done)
    case.check_cards(done)
    case.check_orders(done)
    case.check_originals()
    case.check_again()


def test_everything_again_is_a_second_workspace_beside_the_first(case: Case) -> None:
    done = case.merge("duplicate-all")

    assert done.count("notes", "unchanged", "skipped") == 0
    case.check_links(done)
    case.check_copies(done)
    case.check_cards(done)
    case.check_originals()


def test_skip_adds_what_is_missing(case: Case) -> None:
    done = case.merge("skip")

    assert done.count("notes", "created") == 1
    kept = [item for item in done.findings["kept-existing"] if item.startswith("notes/")]
    assert done.count("notes", "skipped") == len(kept)
    assert done.count("databases", "skipped") == 1
    case.check_links(done)
    case.check_orders(done)
    case.check_originals()
    case.check_again("skip")


@pytest.mark.parametrize("policy", ["overwrite", "newer"])
def test_what_is_replaced_is_as_in_the_source_and_the_backup_has_the_old(case: Case, policy: str) -> None:
    done = case.merge(policy)

    assert done.count("notes", "overwritten") in (2, 3)
    assert done.count("databases", "overwritten") == 1
    case.check_links(done)
    case.check_copies(done)
    assert case.after.databases == case.source.databases
    assert case.after.cards == case.source.cards
    replaced = [name for name in case.written() & case.bytes.keys() if not name.endswith(GROWING)]
    assert len(replaced) == done.count("notes", "overwritten") + 1
    for name in replaced:
        assert (Path(done.backup) / name).read_bytes() == case.bytes[name]
    case.check_again(policy)


@pytest.fixture
def there(tmp_path: Path) -> Workspace:
    """A copy of the workshop, to be changed before the workshop comes again."""
    return _copy(_workshop(), tmp_path / "target")


def _merged(there: Workspace, policy: str = "duplicate") -> tuple[Case, Outcome]:
    case = Case(_workshop(), there.data.parent)
    return case, case.merge(policy)


def test_a_document_that_was_moved_stays_and_takes_what_comes_below_it(there: Workspace) -> None:
    deep = there.paths[DEEP_TWO]
    home = there.data / FIELD_NOTES
    there.paths[DEEP_THREE].unlink()
    shutil.rmtree(deep.with_suffix("") / DEEP_THREE)
    deep.rename(home / deep.name)
    deep.with_suffix("").rmdir()

    case, done = _merged(there)

    assert done.count("notes", "created") == 2
    assert done.count("notes", "duplicated") == 0
    assert case.after.paths[DEEP_TWO] == home / deep.name
    assert case.after.paths[DEEP_THREE] == home / DEEP_TWO / f"{DEEP_THREE}.sy"
    assert case.after.problems() <= case.before.problems() | case.source.problems()
    case.check_originals()
    case.check_copies(done)
    case.check_again()


@pytest.mark.parametrize(
    ("policy", "name"), [("duplicate", "Mine"), ("skip", "Mine"), ("overwrite", "Field notes & walks")]
)
def test_a_notebook_of_another_name_is_the_same_notebook(there: Workspace, policy: str, name: str) -> None:
    settings = there.data / FIELD_NOTES / ".siyuan" / "conf.json"
    settings.write_text(json.dumps(json.loads(settings.read_bytes()) | {"name": "Mine", "closed": True}))
    there.paths[MORE_CARDS].unlink()

    case, done = _merged(there, policy)

    assert json.loads(settings.read_bytes())["name"] == name
    assert done.findings["overwritten" if policy == "overwrite" else "kept-existing"][0] == f"folders/{FIELD_NOTES}"
    assert case.after.paths[MORE_CARDS] == there.paths[MORE_CARDS]
    assert len(case.after.orders) == 3
    case.check_links(done)
    case.check_again(policy)


def test_a_duplicate_that_was_changed_since_stays_as_it_is(there: Workspace) -> None:
    change_database(there, READINGS)
    case, first = _merged(there)
    new = first.became[f"payloads/storage/av/{READINGS}.json"]
    change_database(case.after, new)
    case = Case(_workshop(), there.data.parent)

    again = case.merge()

    assert again.became[f"payloads/storage/av/{READINGS}.json"] not in (READINGS, new)
    case.check_originals()
    case.check_links(again)
    case.check_copies(again)
    case.check_again()


def test_blocks_that_were_moved_into_another_document_are_told_apart(there: Workspace) -> None:
    """A document that is gone comes again; a part of it stands in another document."""
    gone, other = FLASHCARDS, FORMULAS
    moved = there.documents[gone]["Children"]
    change_document(there, other, lambda document: document["Children"].extend(moved[:3]))
    there.paths[gone].unlink()

    for policy in ("skip", "duplicate"):
        case, done = _merged(there, policy)
        assert set(case.after.counts.values()) == {1}
        assert gone in case.after.documents
        case.check_links(done)
        case.check_copies(done)
        case.check_cards(done)
        case.check_originals()
        case.check_again(policy)


def test_a_heading_that_became_a_document_stays_one(there: Workspace) -> None:
    """The id of a document that comes is that of a block in the target."""
    document = there.documents[FORMULAS]
    heading = {
        "ID": FORMULAS,
        "Type": "NodeParagraph",
        "Properties": {"id": FORMULAS},
        "Children": document["Children"][:1],
    }
    there.paths[FORMULAS].unlink()
    change_document(there, MORE_CARDS, lambda tree: tree["Children"].append(heading))

    case, done = _merged(there, "skip")

    assert set(case.after.counts.values()) == {1}
    assert len(case.after.documents) == len(case.source.documents)
    case.check_links(done)
    case.check_copies(done)
    case.check_originals()
    case.check_again("skip")


def test_a_card_that_was_answered_stays_and_is_told(there: Workspace) -> None:
    change_cards(there, "20260306211400-1yhvlj6")
    name = "storage/riff/20260306211400-1yhvlj6.cards"

    case, done = _merged(there)

    assert done.findings["kept-existing"] == [f"payloads/{name}"]
    case.check_cards(done)
    case.check_originals()
    again = case.merge()
    assert again.written == 0
    assert again.count("decks", "skipped") == 1

    case, done = _merged(there, "fail")
    assert done.code == 4
    assert name in done.message


def test_a_file_and_what_is_said_about_it_go_together(there: Workspace) -> None:
    """A PDF of other bytes comes in beside the one that is there, and takes its annotations along."""
    guide = there.data / "assets" / "guide-20260302091100-huonjuf.pdf"
    guide.write_bytes(b"%PDF another")

    case, done = _merged(there)

    assert sorted(done.became)[:2] == [f"assets/assets/{guide.name}", f"assets/assets/{guide.name}.sya"]
    new = done.became[f"assets/assets/{guide.name}"]
    assert done.became[f"assets/assets/{guide.name}.sya"] == f"{new}.sya"
    assert guide.read_bytes() == b"%PDF another"
    for name in ("", ".sya"):
        source = _workshop() / "data" / "assets" / f"{guide.name}{name}"
        assert (case.after.data / f"{new}{name}").read_bytes() == source.read_bytes()
    named = {key for key, document in case.after.documents.items() if new in json.dumps(document)}
    assert named == set(done.ids["notes"].values())
    case.check_originals()
    case.check_again()


@pytest.mark.parametrize("policy", ["duplicate", "overwrite"])
def test_a_file_in_a_notebook_is_not_hidden_by_another_of_its_name(there: Workspace, policy: str) -> None:
    """Links say no place: a file in the workspace's own folder would be shown instead."""
    name = "local-20260304090901-zzb8g5b.png"
    (there.data / FIELD_NOTES / "assets" / name).unlink()
    other = there.data / "assets" / name
    other.write_bytes(b"quite another picture")

    case, done = _merged(there, policy)

    new = done.became[f"assets/{FIELD_NOTES}/assets/{name}"]
    assert Path(new).parent == Path(FIELD_NOTES) / "assets"
    assert other.read_bytes() == b"quite another picture"
    assert (case.after.data / new).read_bytes() == (_workshop() / "data" / FIELD_NOTES / "assets" / name).read_bytes()
    case.check_again(policy)
