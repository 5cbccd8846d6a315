"""The state of one session: where it is and how it wants its output."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from msgspec import Struct, field

from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.contexts import LOCAL
from staros_cli.configuration.tree import Node
from staros_cli.language import compiled
from staros_cli.language.rules import CLOSE

WORD = "word"
"""Stands in a prompt for the word that opened the mode; the name of a mode for its subject."""


class Frame(Struct, frozen=True):
    """A configuration mode that the session is in, and what it configures there.

    `subject` is the value of the command that opened it: a context, service, interface or port,
    `indentation` that of the line, in blanks, where that tells what belongs to the mode, else -1.
    """

    mode: str
    node: Node
    subject: str = ""
    indentation: int = -1


class RefusedLine(Struct):
    """A line of configuration that was refused, and whether lines of its mode came behind it."""

    line: str
    indentation: int
    has_block: bool = False


class FileLine(Struct):
    """A line of a configuration file that is being read.

    `indented` tells whether the file shows by blanks which lines belong together, `opens_block`
    whether others stand below the line. `unknown_run` are unknown lines straight before it,
    `before` how often the file had one so far, by the block that it stands in.
    """

    number: int = 0
    indented: bool = False
    opens_block: bool = False
    unknown_run: list[Node] = []
    before: dict[tuple[int, str], int] = {}

    def count(self, block: Node, line: str) -> int:
        """How often the file had an unknown line in a block, with this time."""
        place = (id(block), line)
        self.before[place] = self.before.get(place, 0) + 1
        return self.before[place]


class SessionState(Struct):
    """The state of a session between commands.

    `refused` is the last line, if it was refused in a configuration mode, `indentation` that of the
    line of a file that is being read, -1 of one that is typed, `file` is that line. `length` is the
    lines of a page, 0 for no paging; `rows` and `width` are those of the terminal. `history` has
    the lines that were typed, as far as they may be shown again.
    """

    user: Administrator
    context: str = LOCAL
    frames: list[Frame] = []
    refused: RefusedLine | None = None
    indentation: int = -1
    file: FileLine = field(default_factory=FileLine)
    length: int = 0
    width: int = 80
    rows: int = 24
    history: Sequence[str] = ()
    timestamps: bool = False
    autoconfirm: bool = False
    hidden_commands: bool = False
    closed: bool = False

    @property
    def mode(self) -> str:
        """The mode the session is in."""
        return self.frames[-1].mode if self.frames else "exec"

    def configured(self, mode: str) -> str:
        """The subject of the innermost frame of a mode, or an empty string."""
        found = [frame.subject for frame in self.frames if frame.mode == mode]
        return found[-1] if found else ""

    def prompt(self, hostname: str) -> str:
        """The prompt, as the device shows it."""
        context = self.configured("context") or (LOCAL if self.frames else self.context)
        mode = compiled.mode(self.mode).prompt if self.frames else ""
        if "<" in mode:
            mode = re.sub(r"<([^>]+)>", lambda found: self._filled(found[1]), mode)
        return f"[{context}]{hostname}{mode}{self.user.privilege.mark} "

    def _filled(self, name: str) -> str:
        """A place of a prompt: the first word of the line that opened the mode, or a subject."""
        return self.frames[-1].node.key.split()[0] if name == WORD else self.configured(name)

    @property
    def in_file(self) -> bool:
        """Whether the lines are those of a file that is being read."""
        return self.indentation >= 0

    def pass_remark(self, remark: str) -> None:
        """Pass over a remark.

        In a file `#exit` ends the mode that a line as far indented as itself opened: a line of the
        mode around may be one of this mode as well. Typed it ends a mode whose lines are not listed
        and no other.
        """
        if remark != CLOSE or not self.frames:
            return
        opened = self.frames[-1].indentation
        ends = self.mode == compiled.UNLISTED if opened < 0 else opened == self.indentation
        if ends:
            self.frames.pop()

    def leave_what_is_gone(self, contexts: Container[str]) -> None:
        """Leave the modes whose line another session has removed, and a context that is gone."""
        for depth in range(1, len(self.frames)):
            node = self.frames[depth].node
            if self.frames[depth - 1].node.children.get(node.key) is not node:
                del self.frames[depth:]
                break
        if self.context not in contexts:
            self.context = LOCAL

    def leave_to(self, mode: str) -> None:
        """Leave the modes inside of `mode`, one of those that the session is in."""
        while len(self.frames) > 1 and self.frames[-1].mode != mode:
            self.frames.pop()

    def leave_configuration(self) -> None:
        """Go straight back to Exec mode."""
        self.frames.clear()
