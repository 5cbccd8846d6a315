"""Files of the host that are old or new, and whole, whenever the program may be ended."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from pathlib import Path

HALF_WRITTEN = ".half-written-"
"""How the names of files begin that are being written."""


def read_regular(path: Path, most: int, *, follow: bool = True) -> bytes:
    """The bytes of a regular file. Raises OSError for what is none, and for more than `most`.

    With `follow` false a link is none.
    """
    # A pipe that nobody writes to would hold the opening up.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags if follow else flags | os.O_NOFOLLOW)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "expected a regular file", str(path))
        with open(handle, "rb", closefd=False) as stream:
            data = stream.read(most + 1)
    finally:
        os.close(handle)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most:,} bytes", str(path))
    return data


def write_whole(
    host: Path,
    data: bytes,
    modified: float | None = None,
    durable: bool = True,
    only_new: bool = False,
) -> None:
    """Write a file of the host so that at any moment the old or the new one is there, whole.

    Unless it is to be `durable`, that holds as long as the host itself does not crash. `modified`
    is the time of its change, in seconds since 1970 UTC. What an earlier program was ended at in
    that directory is removed. Raises OSError, and leaves the old file as it was; `only_new` does so
    when there is one (FileExistsError), whoever may write it at the same moment.
    """
    remove_half_written(host.parent)
    handle, temporary = _begin(host.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
            if modified is not None:
                os.utime(temporary, (modified, modified))
            if only_new:
                _appear(temporary, host)
            else:
                temporary.replace(host)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if not durable:
        return
    directory = os.open(host.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _appear(temporary: Path, host: Path) -> None:
    """Give a file its name, which none may have. Raises FileExistsError."""
    try:
        os.link(temporary, host)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links: there, who comes last wins.
        temporary.replace(host)
    else:
        temporary.unlink()


def remove_half_written(directory: Path) -> None:
    """Remove what programs left that were ended while they wrote in a directory.

    What another program is writing stays. What cannot be removed stays too.
    """
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        found = [entry.path for entry in entries if entry.name.startswith(HALF_WRITTEN)]
        for path in found:
            with contextlib.suppress(OSError):
                _remove_unless_held(path)


def _remove_unless_held(path: str) -> None:
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    finally:
        os.close(handle)


def _begin(directory: Path) -> tuple[int, Path]:
    """A new file to write into, held so that nobody takes it for one that was left."""
    import tempfile  # takes 5 ms, which only those who write need to wait

    while True:
        handle, name = tempfile.mkstemp(prefix=HALF_WRITTEN, dir=directory)
        # Where files cannot be held, nobody can hold it to remove it either.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)
