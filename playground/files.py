"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

_FORGOTTEN_AFTER = 3600.0
"""Seconds after which a partial file counts as left behind by a program that was ended."""
_REMEDIES = {
    errno.ENOSPC: "free some space on the disk, or choose another place",
    errno.EDQUOT: "free some of your disk quota, or choose another place",
    errno.EFBIG: "choose a disk that takes files of this size",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOENT: "its folder does not exist; choose another",
    errno.ENOTDIR: "its folder does not exist; choose another",
    errno.EISDIR: "there is a folder of that name; choose another name",
}


class FileNotWritten(Exception):
    """A file could not be written. The message names it, the reason and the remedy.

    What was there before is unchanged, and nothing half written is left behind.
    """


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only when all of it is on the disk.

    The bytes go into a hidden file beside it, which replaces ``path`` at the end of the ``with``
    block. An exception, or the end of the program at any moment, leaves what was there before; an
    exception also removes the hidden file. A library that wants a path instead of an open file
    may open the ``name`` of what this gives.

    Parameters
    ----------
    path
        Where the file belongs. The target of a symbolic link is replaced, not the link.

    Raises
    ------
    FileNotWritten
        If the folder or the file may not be written, or the disk is full.
    """
    try:
        target = path.resolve()
        _remove_forgotten(target)
        partial = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "it is write-protected")
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # "x": never into a file or a link that somebody else put there.
        file = partial.open("xb")
    except OSError as error:
        raise not_written(path, error) from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            os.chmod(partial, stat.S_IMODE(target.stat().st_mode))
        os.replace(partial, target)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise not_written(path, error) from error
        raise
    _sync_folder(target.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; see :func:`whole_file`.

    Raises
    ------
    FileNotWritten
        If it cannot be written.
    """
    with whole_file(path) as file:
        file.write(content)


def write_all_whole(files: Mapping[Path, bytes]) -> None:
    """Write files that belong together: none takes its place before all are on the disk.

    Raises
    ------
    FileNotWritten
        If one of them cannot be written; then none is.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(whole_file(path)) for path in files]
        for file, content in zip(opened, files.values(), strict=True):
            file.write(content)
            file.flush()


def not_written(path: Path, error: OSError) -> FileNotWritten:
    """Say in words why a file could not be written, and what to do."""
    remedy = _REMEDIES.get(error.errno or 0, "choose another folder, or change its permissions")
    reason = error.strerror or str(error)
    return FileNotWritten(
        f"{path} cannot be written ({reason}); {remedy}. What was there before is unchanged."
    )


def _remove_forgotten(target: Path) -> None:
    """Remove partial files that a program which was ended left beside a target, long ago."""
    pattern = f".{glob.escape(target.name[:40])}.*.part"
    for partial in target.parent.glob(pattern):
        try:
            if time.time() - partial.stat().st_mtime > _FORGOTTEN_AFTER:
                partial.unlink()
        except OSError:
            # Somebody else's, or gone already: nothing depends on it.
            continue


def _sync_folder(folder: Path) -> None:
    """Make sure that the new name of a file survives a power cut, where the system can do that."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        # A folder that may be written but not read: the file itself is safe on the disk.
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot do that for folders.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise not_written(folder, error) from error
    finally:
        os.close(descriptor)
