"""The kinds of targets that the command line writes.

A new kind is a row of `KINDS`: its `prepare` fills `source/` and `out/`, its `args` are those of the command line. One
whose target is a folder in which files change has `whole=False`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.runner import invoke
from tests.noharm.harness import Kind

_NOTES = {
    "A.md": "---\ntags: [x]\n---\n# A\n\nTo [[B]] and ![[pic.png]].\n",
    "B.md": "- one\n  - two ^here\n\n> [!note] Old\n> text\n",
    "Deep/Down/C.md": "[[A#A]] and [[B#^here]] and [file](data.bin)\n",
}


def vault(place: Path, word: str = "") -> None:
    """A small vault with a file that is large for an archive."""
    for rel, text in _NOTES.items():
        (place / rel).parent.mkdir(parents=True, exist_ok=True)
        (place / rel).write_text(text + word)
    (place / "pic.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (place / "data.bin").write_bytes(bytes(range(256)) * 4100)


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


KINDS = (
    _kind("new package", "Vault", "out.mnemo"),
    _kind("new archive", "Vault", "out.jsonl"),
    _kind("new vault", "notes.mnemo", "Out"),
    _kind("new workspace", "Vault", "Workspace"),
    _kind("replaced package", "Vault", "out.mnemo", again=True),
    _kind("replaced archive", "Vault", "out.jsonl", again=True),
    _kind("replaced vault", "notes.mnemo", "Out", again=True),
    _kind("replaced workspace", "Vault", "Workspace", again=True),
    _kind("replaced package, no backup", "Vault", "out.mnemo", again=True, more=("--no-backup",)),
    _kind("replaced vault, no backup", "notes.mnemo", "Out", again=True, more=("--no-backup",)),
)
