"""Calls of the operating system that Python does not offer, each with its way where the system has none."""

from __future__ import annotations

import errno
import os
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import IO

__all__ = [
    "bytes_below",
    "entries_below",
    "exchange",
    "give_back_memory",
    "is_locked",
    "opened_by",
    "read_at",
    "remove",
    "rename_new",
    "sync",
    "sync_folder",
    "sync_folders",
    "trim_memory",
    "try_lock",
]

_LINUX: Final[bool] = sys.platform == "linux"
_RENAME_NOREPLACE: Final = 1
_RENAME_EXCHANGE: Final = 2
_AT_FDCWD: Final = -100
_MANY_FOLDERS: Final = 16
"""From so many folders on, syncing all of a file system at once is cheaper."""
_MALLOC_OPTIONS: Final = (-1, -3)
"""Free bytes at the end of the heap that go back to the system, and what size is asked of the system by itself."""
_LARGE: Final = 512 << 10
_SEEKING: Final = threading.Lock()
_UNSUPPORTED: Final = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


@cache
def _libc(name: str) -> Callable[..., int] | None:
    """A function of the C library on Linux; None where it is not there."""
    if not _LINUX:
        return None
    import ctypes

    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (OSError, AttributeError):
        return None
    return found


def _called(name: str, *arguments: object) -> bool:
    """Call the C library; False where it, or the file system, does not know how. Raises OSError when it fails."""
    function = _libc(name)
    if function is None:
        return False
    import ctypes

    ctypes.set_errno(0)
    if function(*arguments) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code))


def exchange(left: Path, right: Path) -> bool:
    """Swap two names in one step; False where that is not possible."""
    return _called("renameat2", _AT_FDCWD, os.fsencode(left), _AT_FDCWD, os.fsencode(right), _RENAME_EXCHANGE)


def rename_new(path: Path, final: Path) -> None:
    """Rename to a name that must be free. Raises FileExistsError where it is not."""
    if _called("renameat2", _AT_FDCWD, os.fsencode(path), _AT_FDCWD, os.fsencode(final), _RENAME_NOREPLACE):
        return
    if os.path.lexists(final):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final))
    path.rename(final)


def sync(path: Path) -> None:
    """Bring a file or a tree to the disk: a tree with one call for its file system where there is such a call."""
    if path.is_dir():
        _sync_tree(path)
    else:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _sync_tree(root: Path) -> None:
    if _sync_all_of(root):
        return
    for entry in entries_below(root):
        if entry.is_dir(follow_symlinks=False):
            sync_folder(entry.path)
        elif entry.is_file(follow_symlinks=False):
            with open(entry.path, "rb+") as file:  # noqa: PTH123  an entry gives strings
                os.fsync(file.fileno())
    sync_folder(root)


def _sync_all_of(folder: Path) -> bool:
    """Bring all of the file system of a folder to the disk; False where there is no such call."""
    if _libc("syncfs") is None:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        return _called("syncfs", handle)
    finally:
        os.close(handle)


def entries_below(root: Path) -> Iterator[os.DirEntry[str]]:
    """Everything below a folder, folders first, however deep it is. What cannot be read is left out."""
    pending = [os.fspath(root)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                found = list(entries)
        except OSError:
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            yield entry


def give_back_memory() -> None:
    """From now on large memory that is freed goes back at once, in processes that begin as copies of this one as well.

    These are the C library's own numbers, which it raises to those of the largest thing that was ever freed: what came
    and went with one large note would be held until the end.
    """
    function = _libc("mallopt")
    if function is not None:
        for option in _MALLOC_OPTIONS:
            function(option, _LARGE)


def trim_memory() -> None:
    """Give back what is free between what is held: worth it when much was let go of."""
    function = _libc("malloc_trim")
    if function is not None:
        function(0)


def bytes_below(root: Path, enough: int) -> int:
    """Bytes of the files below a folder, counted until there are `enough`. Links are not followed."""
    found = 0
    for entry in entries_below(root):
        with suppress(OSError):
            if entry.is_file(follow_symlinks=False):
                found += entry.stat(follow_symlinks=False).st_size
        if found >= enough:
            break
    return found


def read_at(file: IO[bytes], offset: int, size: int) -> bytes:
    """Read from a place in a file, whatever others read of it meanwhile."""
    if hasattr(os, "pread"):
        data: bytes = os.pread(file.fileno(), size, offset)
        return data
    with _SEEKING:
        file.seek(offset)
        return file.read(size)


def remove(path: Path) -> None:
    """Remove a file or a tree, as far as the system lets us."""
    if path.is_dir() and not path.is_symlink():
        folders = [os.fspath(path)]
        for entry in entries_below(path):
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                with suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108  an entry gives strings
        for folder in reversed(folders):
            with suppress(OSError):
                os.rmdir(folder)  # noqa: PTH106
    else:
        with suppress(OSError):
            path.unlink()


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Bring a folder's own entries to the disk, where folders can be synced."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:  # some network file systems refuse it, and there is nothing else to do
            raise
    finally:
        os.close(handle)


def sync_folders(folders: Sequence[Path]) -> None:
    """Bring the entries of folders of one file system to the disk."""
    if len(folders) < _MANY_FOLDERS or not _sync_all_of(folders[0]):
        for folder in folders:
            sync_folder(folder)


def opened_by(path: Path) -> str:
    """The name and number of another process that has a file open; "" where there is none, or we are not told."""
    wanted = os.path.realpath(path)
    for process in sorted(Path("/proc").glob("[0-9]*")) if _LINUX else ():
        if int(process.name) == os.getpid():
            continue
        with suppress(OSError), os.scandir(process / "fd") as handles:
            for handle in handles:
                with suppress(OSError):
                    if os.readlink(handle.path) == wanted:  # noqa: PTH115  an entry gives strings
                        return f"{(process / 'comm').read_text(errors='replace').strip()} ({process.name})"
    return ""


def is_locked(path: Path) -> bool:
    """Whether another process holds a lock on a file; False where there is none, or the system cannot tell."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        return not _lock(handle)
    except OSError:
        return False
    finally:
        os.close(handle)


def try_lock(path: Path) -> int | None:
    """Lock a file (made when missing) until the handle is closed or the process ends; None when it is taken."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if _lock(handle) and os.fstat(handle).st_nlink:
            return handle
    except OSError as error:
        if error.errno in (*_UNSUPPORTED, errno.ENOLCK):  # a file system without locks: go without
            return handle
        os.close(handle)
        raise
    os.close(handle)
    return None


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
