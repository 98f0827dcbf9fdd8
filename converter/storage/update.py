"""stub"""

from __future__ import annotations
import os, shutil
from pathlib import Path
from converter.storage.commit import CommitResult, Staging


def check_settled(final: Path) -> None: ...


class TreeUpdate:
    def __init__(self, final: Path, *, needed: int = 0) -> None:
        self.final = final
        self._s = Staging.for_folder(final.with_name(final.name + ".x"))
        self.leftovers: tuple[str, ...] = ()

    def __enter__(self):
        self._s.__enter__()
        self.path = self._s.path
        self.path.mkdir()
        return self

    def __exit__(self, *a):
        return self._s.__exit__(*a)

    def commit(self, backup: bool) -> CommitResult:
        kept = None
        for root, dirs, files in os.walk(self.path):
            rel = Path(root).relative_to(self.path)
            for d in dirs:
                (self.final / rel / d).mkdir(exist_ok=True)
            for f in files:
                dst = self.final / rel / f
                src = Path(root) / f
                if dst.exists():
                    if dst.read_bytes() == src.read_bytes():
                        continue
                    kept = kept or self.final.with_name(self.final.name + ".bak-1")
                    (kept / rel).mkdir(parents=True, exist_ok=True)
                    dst.rename(kept / rel / f)
                src.rename(dst)
        return CommitResult(kept)
