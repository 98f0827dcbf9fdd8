"""The floor of a conversion: read the same files, write files of the same names and sizes, nothing between.

A program of its own, started for each round: floor.py SOURCE SIZES TARGET, where SIZES lists the files to write (see
`write_sizes`). It imports next to nothing, so that its memory and its start are a floor as well.
"""

from __future__ import annotations

import os
import sys

_CHUNK = 1 << 20


def write_sizes(target: str, sizes: str) -> None:
    """List the files of a finished target: sizes and paths in turn, each ended by a zero byte."""
    with open(sizes, "wb") as out:  # noqa: PTH123  pathlib would weigh on the start of the floor
        for path in files(target):
            name = os.path.relpath(path, target) if os.path.isdir(target) else ""  # noqa: PTH112
            out.write(b"%d\0%s\0" % (os.stat(path).st_size, os.fsencode(name)))  # noqa: PTH116


def files(root: str) -> list[str]:
    """Every file at or below a place."""
    if not os.path.isdir(root):  # noqa: PTH112
        return [root]
    return [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]  # noqa: PTH118


def read_all(source: str) -> None:
    """Read every byte of the source and keep none."""
    for path in files(source):
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            while file.read(_CHUNK):
                pass


def write_all(sizes: str, target: str) -> None:
    """Write the listed files; their bytes are noise, which no file system can shrink."""
    noise = memoryview(os.urandom(_CHUNK))
    with open(sizes, "rb") as listed:  # noqa: PTH123
        fields = listed.read().split(b"\0")
    for size, name in zip(fields[0::2], fields[1::2], strict=False):
        path = os.path.join(target, os.fsdecode(name)) if name else target  # noqa: PTH118
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        with open(path, "wb", buffering=0) as file:  # noqa: PTH123
            left = int(size)
            while left:
                left -= file.write(noise[:left])


if __name__ == "__main__":
    read_all(sys.argv[1])
    write_all(sys.argv[2], sys.argv[3])
