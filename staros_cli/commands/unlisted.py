"""Lines of modes whose commands are not listed: they are kept as they are."""

from __future__ import annotations

from staros_cli.commands.engine import Invocation, handles

UNLISTED_LINE = "<line>"
"""The form of a line whose words are not known."""


@handles("unlisted_line")
def unlisted_line(invocation: Invocation) -> None:
    """Keep a line."""
    line = invocation.command.line
    invocation.state.frames[-1].node.put(line, line, kept_as=UNLISTED_LINE)


@handles("no_unlisted_line")
def no_unlisted_line(invocation: Invocation) -> None:
    """Remove a line, or keep it with its `no` where it is not there."""
    node = invocation.state.frames[-1].node
    bare = " ".join(invocation.command.words[1:])
    if node.find(bare):
        node.drop(bare)
    else:
        unlisted_line(invocation)
