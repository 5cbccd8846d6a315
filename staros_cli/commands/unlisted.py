"""Lines of modes whose commands are not listed: they are kept as they are."""

from __future__ import annotations

from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.opaque import drop_as_it_is, put_as_it_is


@handles("unlisted_line")
def unlisted_line(invocation: Invocation) -> None:
    """Keep a line."""
    state = invocation.state
    put_as_it_is(state, state.frames[-1].node, invocation.command.line)


@handles("no_unlisted_line")
def no_unlisted_line(invocation: Invocation) -> None:
    """Remove a line, or keep it with its `no` where it is not there."""
    node = invocation.state.frames[-1].node
    bare = " ".join(invocation.command.words[1:])
    if not drop_as_it_is(node, bare):
        unlisted_line(invocation)
