"""The commands that a session has run, for those who watch it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.language.parser import Command


class Ran(Struct, frozen=True):
    """A command that was understood and run: whether it was refused, and the lines it showed.

    `hidden` tells that its pipes left nothing of the lines that there were.
    """

    command: Command
    refused: bool
    shown: Sequence[str]
    hidden: bool
