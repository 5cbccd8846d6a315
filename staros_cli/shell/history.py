"""The lines that a person typed at the local terminal, without those that hold a password."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from staros_cli.shell.console import Console
from staros_cli.whole_files import write_whole

LARGEST = 1 << 20
"""Bytes of the file above which a start removes the older half of it."""


class _Discreet(History):
    """Neither remembers nor stores what the session calls a secret."""

    _session: Console

    def append_string(self, string: str) -> None:
        """Add a line that was typed."""
        if not self._session.holds_secret(string):
            super().append_string(string)


class _InFile(_Discreet, FileHistory):
    def __init__(self, session: Console, file: Path) -> None:
        super().__init__(str(file))
        self._session = session
        self._file = file
        with contextlib.suppress(OSError):
            if file.stat().st_size > LARGEST:
                _keep_end(file)

    def store_string(self, string: str) -> None:
        """Add a line to the file at once: the library writes it in several pieces."""
        text = "\n" + "".join(f"+{line}\n" for line in string.split("\n"))
        with self._file.open("ab", buffering=0) as file:
            file.write(text.encode())


class _InMemory(_Discreet, InMemoryHistory):
    def __init__(self, session: Console) -> None:
        super().__init__()
        self._session = session


def _keep_end(file: Path) -> None:
    """Keep the later half of a history."""
    with file.open("rb") as stream:
        stream.seek(-(LARGEST // 2), os.SEEK_END)
        data = stream.read()
    # It begins with the first line that is there whole.
    write_whole(file, data[data.find(b"\n+") + 1 :])


def lines_typed(session: Console, file: Path | None) -> History:
    """The lines typed at a session, with those of earlier ones; `file` is None to keep none."""
    return _InFile(session, file) if file else _InMemory(session)
