"""Lines to a program whose time stands still, over a Unix socket beside its terminals.

They are those of a transcript without their `# `, and a few more. Each is answered with `ok` and
how many characters terminals show for it, or with `refused` and why. `help` is answered with all
lines that there are, and `ok` after them.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Directive, Form
from staros_cli.transcripts.errors import DirectiveError, TargetError

BEGIN = "begin"
"""The line that ends the header: the chassis starts."""


HELP = "help"
"""The line that asks for all lines."""


def vocabulary(without: Sequence[str] = ()) -> list[str]:
    """All lines with their effects, but for directives that are not taken."""
    header = [(name, form) for name, form in directives.HEADER_FORMS.items()]
    steps = [(name, form) for name, form in directives.STEP_FORMS.items() if name not in without]
    begin = Form("", "the chassis begins as the lines above say; those below may follow")
    rows = [(HELP, Form("", "shows these lines")), *header, (BEGIN, begin), *steps]
    texts = [f"{name} {form.arguments}".rstrip() for name, form in rows]
    width = max(map(len, texts))
    return [f"  {text:{width}}  {row[1].effect}" for text, row in zip(texts, rows, strict=True)]


def read(line: str, without: Sequence[str] = ()) -> Directive:
    """The directive in a line. Raises DirectiveError when it is none, and names those there are."""
    directive = directives.read(line)
    known = [HELP, BEGIN, *directives.HEADER_FORMS, *directives.STEP_FORMS]
    names = [name for name in dict.fromkeys(known) if name not in without]
    if directive.name not in known:
        raise DirectiveError(f"{directive.name} is not known; expected {', '.join(names)}")
    return directive


class Orders:
    """The side that gives the lines."""

    def __init__(self, channel: socket.socket, timeout: float) -> None:
        """Takes the socket over; an answer may take `timeout` seconds."""
        self._channel = channel
        self._replies = b""
        channel.settimeout(timeout)

    @classmethod
    def to(cls, path: Path, timeout: float) -> Orders:
        """Orders to the program that listens at `path`. Raises TargetError when none does."""
        channel = socket.socket(socket.AF_UNIX)
        try:
            channel.connect(str(path))
        except OSError as error:
            channel.close()
            raise TargetError(f"{path}: {error.strerror or error}") from None
        return cls(channel, timeout)

    def give(self, line: str) -> list[int]:
        """Give a line; returns how many characters each terminal shows for it.

        Raises DirectiveError when it is refused, TargetError when no answer comes.
        """
        try:
            self._channel.sendall(f"{line}\n".encode())
            while b"\n" not in self._replies:
                data = self._channel.recv(65536)
                if not data:
                    raise TargetError("the program ended")
                self._replies += data
        except OSError as error:
            raise TargetError(f"the program does not answer: {error}") from None
        reply, _, self._replies = self._replies.partition(b"\n")
        return counts(reply.decode())

    def close(self) -> None:
        """Give no more."""
        self._channel.close()


def counts(reply: str) -> list[int]:
    """The content of an answer. Raises DirectiveError when the line was refused."""
    word, _, rest = reply.partition(" ")
    if word != "ok":
        raise DirectiveError(rest)
    return [int(number) for number in rest.split()]


def ok(shown: Sequence[int]) -> str:
    """The answer to a line that was carried out."""
    return " ".join(["ok", *map(str, shown)])


def refused(fault: DirectiveError) -> str:
    """The answer to a line that was not."""
    return f"refused {' '.join(str(fault).split())}"
