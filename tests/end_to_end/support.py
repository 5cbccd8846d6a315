"""The installed program at a pseudo-terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect

PROGRAM = str(Path(sys.executable).with_name("staros-cli"))


class Console:
    """The program on a pseudo-terminal."""

    def __init__(
        self,
        *options: str,
        term: str = "dumb",
        prompt: str = "[local]asr5500# ",
        command: str = "shell",
    ) -> None:
        environment = {**os.environ, "TERM": term, "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.child = pexpect.spawn(
            PROGRAM, [command, *options], env=environment, encoding="utf-8", dimensions=(50, 120)
        )
        self.child.timeout = 20
        self.child.delaybeforesend = None
        self.prompt = prompt
        if term == "dumb":
            self.child.expect_exact(prompt)

    def typed(self, line: str, prompt: str | None = None) -> str:
        """Type a line; returns what came between its echo and the next prompt."""
        self.child.send(line + "\r")
        self.child.expect_exact(line + "\r\n")
        self.child.expect_exact(prompt or self.prompt)
        assert isinstance(self.child.before, str)
        return self.child.before

    def until(self, line: str, text: str) -> str:
        """Type a line again and again until it prints `text`; returns what it printed then."""
        for _ in range(20_000):
            shown = self.typed(line)
            if text in shown:
                return shown
        raise AssertionError(f"{line} never printed {text}")
