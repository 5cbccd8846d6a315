"""The lines that a person typed at the local terminal, without those that hold a password."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from staros_cli.shell.session import CliSession


class _Discreet(History):
    """Neither remembers nor stores what the session calls a secret."""

    _session: CliSession

    def append_string(self, string: str) -> None:
        """Add a line that was typed."""
        if not self._session.holds_secret(string):
            super().append_string(string)


class _InFile(_Discreet, FileHistory):
    def __init__(self, session: CliSession, file: Path) -> None:
        super().__init__(str(file))
        self._session = session
        self._file = file

    def store_string(self, string: str) -> None:
        """Add a line to the file at once: the library writes it in several pieces."""
        text = "\n" + "".join(f"+{line}\n" for line in string.split("\n"))
        with self._file.open("ab", buffering=0) as file:
            file.write(text.encode())


class _InMemory(_Discreet, InMemoryHistory):
    def __init__(self, session: CliSession) -> None:
        super().__init__()
        self._session = session


def lines_typed(session: CliSession, file: Path | None) -> History:
    """The lines typed at a session, with those of earlier ones; `file` is None to keep none."""
    return _InFile(session, file) if file else _InMemory(session)
