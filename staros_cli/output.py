"""Standard output: what becomes of it when nobody reads it or it is full, and tables of rich."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING

from staros_cli.errors import StarosError

if TYPE_CHECKING:
    from rich.console import Console

_TAKES_NO_MORE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


class OutputError(StarosError):
    """Standard output that takes no more."""


def prepare() -> None:
    """Make the standard streams fit for text, before anything is printed.

    Characters that the encoding of the terminal lacks are shown as question marks. Bytes that are
    not text are no reason to stop: a session refuses the line they stand in. A stream that was
    closed before the program began leads nowhere.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")


def printed(run: Callable[[], int]) -> int:
    """The status that `run` returns once all that it printed is out, 0 when nobody reads on.

    Raises OutputError when standard output takes no more.
    """
    try:
        try:
            return run()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave()
        return 0
    except OSError as error:
        if error.filename is not None or error.errno not in _TAKES_NO_MORE:
            raise
        _leave()
        raise OutputError(f"standard output: {error.strerror}") from None


def _leave() -> None:
    """Point standard output elsewhere, so that closing it says nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tables(width: int | None = None) -> Console:
    """A console of rich on standard output; it leaves what fails there to `printed`.

    `width` is in columns, that of the terminal by default.
    """
    from rich.console import Console  # takes 14 ms

    class _Tables(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return _Tables(highlight=False, markup=False, emoji=False, width=width)
