"""The kinds of targets that the command line writes.

A new kind is a row of `MADE` or `INTO`: its `prepare` fills `source/` and `out/`, its `args` are those of the command
line. One whose target is a folder in which files change has `whole=False`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.cli.runner import invoke
from tests.noharm.harness import Kind

_NOTES = {
    "A.md": "---\ntags: [x]\n---\n# A\n\nTo [[B]] and ![[pic.png]].\n",
    "B.md": "- one\n  - two ^here\n\n> [!note] Old\n> text\n",
    "Deep/Down/C.md": "[[A#A]] and [[B#^here]] and [file](data.bin)\n",
}


def vault(place: Path, word: str = "", size: int = 256 * 4100) -> None:
    """A small vault; its largest file has so many bytes, as many as are large for an archive."""
    for rel, text in _NOTES.items():
        (place / rel).parent.mkdir(parents=True, exist_ok=True)
        (place / rel).write_text(text + word)
    (place / "pic.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (place / "data.bin").write_bytes(bytes(range(256)) * (size // 256))


def _prepared(source: str, old: str) -> Callable[[Path], None]:
    """Fill `source` with a vault, or a package of it; `out` with an earlier conversion into `old`."""

    def prepare(root: Path) -> None:
        made = root.with_name("made")
        vault(root / "source" / "Vault" if source == "Vault" else made / "vault")
        if source != "Vault":
            assert invoke("convert", str(made / "vault"), str(root / "source" / source)).code < 2
        if old:
            vault(made / "earlier", "\nEarlier.\n")
            assert invoke("convert", str(made / "earlier"), *_target(root / "out" / old)).code < 2

    return prepare


def _target(path: Path | str) -> tuple[str, ...]:
    return (str(path), "--to", "siyuan") if "Workspace" in str(path) else (str(path),)


def _kind(name: str, source: str, target: str, *, again: bool = False, more: tuple[str, ...] = ()) -> Kind:
    args = ("convert", f"{{root}}/source/{source}", *_target(f"{{root}}/out/{target}"), "--no-progress", *more)
    return Kind(
        name=name,
        action="cli",
        args=(*args, "--overwrite-output") if again else args,
        target=target,
        prepare=_prepared(source, target if again else ""),
    )


def _merged(target: str, same: bool, more: tuple[str, ...]) -> Callable[[Path], None]:
    """Fill `out` with an earlier conversion; `source` with the notes of today, as a vault or in the target's system.

    Of the notes one has changed, one is as it was, one is new.
    """

    def prepare(root: Path) -> None:
        made, out = root.with_name("made"), root / "out" / target
        vault(made / "earlier", size=1000)
        (made / "earlier" / "Deep" / "Down" / "C.md").unlink()
        assert invoke("convert", str(made / "earlier"), *_target(out), "-q").code < 2
        vault(made / "Vault", size=1000)
        (made / "Vault" / "B.md").write_text("To [[A]] and [[C]], newer.\n")
        (made / "Vault" / "pic.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
        if same:
            shutil.copytree(out.parent, root / "source", dirs_exist_ok=True)
            call = ("convert", str(made / "Vault"), "--into", str(root / "source" / target), *_target(out)[1:])
            assert invoke(*call, "--on-conflict", "overwrite", "--no-backup", "-q").code < 2
        else:
            (made / "Vault").rename(root / "source" / "Vault")
        if "--apply" in more:
            call = _merge(target, same=False, more=("--on-conflict", "overwrite"))
            plan = str(root / "plan.json")
            assert invoke(*(one.format(root=root) for one in call), "--plan", plan).code < 2

    return prepare


def _merge(target: str, *, same: bool, more: tuple[str, ...]) -> tuple[str, ...]:
    source = target if same else "Vault"
    path, *form = _target(f"{{root}}/out/{target}")
    return ("convert", f"{{root}}/source/{source}", "--into", path, *form, "--no-progress", *more)


def _into(title: str, target: str, *more: str, same: bool = False) -> Kind:
    applied = ("convert", *more, "--no-progress") if "--apply" in more else ()
    return Kind(
        name=f"{target}, {title}",
        action="cli",
        args=applied or _merge(target, same=same, more=more),
        target=target,
        prepare=_merged(target, same, more),
        whole="." in target,
    )


def _all_into(target: str) -> tuple[Kind, ...]:
    """Merging into a target: what is added, what is replaced, from another system and from its own."""
    replacing = ("--on-conflict", "overwrite")
    return (
        _into("added from elsewhere", target, "--on-conflict", "duplicate"),
        _into("added from its own", target, "--on-conflict", "duplicate", same=True),
        _into("replaced from elsewhere", target, *replacing),
        _into("replaced from its own", target, *replacing, same=True),
        _into("replaced, no backup", target, *replacing, "--no-backup"),
        _into("by a plan", target, "--apply", "{root}/plan.json"),
    )


MADE = (
    _kind("new package", "Vault", "out.mnemo"),
    _kind("new archive", "Vault", "out.jsonl"),
    _kind("new vault", "notes.mnemo", "Out"),
    _kind("new workspace", "Vault", "Workspace"),
    _kind("new library", "Vault", "mnemo.db"),
    _kind("replaced package", "Vault", "out.mnemo", again=True),
    _kind("replaced archive", "Vault", "out.jsonl", again=True),
    _kind("replaced vault", "notes.mnemo", "Out", again=True),
    _kind("replaced workspace", "Vault", "Workspace", again=True),
    _kind("replaced library", "Vault", "mnemo.db", again=True),
    _kind("replaced package, no backup", "Vault", "out.mnemo", again=True, more=("--no-backup",)),
    _kind("replaced vault, no backup", "notes.mnemo", "Out", again=True, more=("--no-backup",)),
)
INTO = tuple(kind for target in ("out.mnemo", "mnemo.db", "Workspace", "Out") for kind in _all_into(target))
