"""One program at a time for a directory that holds the state of something."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from staros_cli.errors import StarosError

LOCK_FILE = ".lock"
_held: dict[str, int] = {}
"""The directories that this program holds, with the open lock files; they end with it."""


class StateInUse(StarosError):
    """Another program holds a directory; `holder` is its process number, empty if unknown."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def hold(root: Path) -> None:
    """Hold a directory until the program ends. Raises StateInUse and OSError."""
    key = str(root.resolve())
    if key in _held and (root / LOCK_FILE).exists():
        return
    handle = os.open(root / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(handle, 20).decode(errors="replace").strip()
        os.close(handle)
        raise StateInUse(holder) from None
    if not _is_still_there(root, handle):
        os.close(handle)
        raise FileNotFoundError(errno.ENOENT, "the directory is being removed")
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    _held[key] = handle


def _is_still_there(root: Path, handle: int) -> bool:
    """Whether a lock file that was opened is the one of the directory, which others can remove."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(root / LOCK_FILE))
    except FileNotFoundError:
        return False


def release(root: Path) -> None:
    """Let go of a directory that is held; others may hold it then."""
    handle = _held.pop(str(root.resolve()), None)
    if handle is not None:
        os.close(handle)
