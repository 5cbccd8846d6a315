"""Commands about peers of all kinds."""

from __future__ import annotations

from staros_cli.chassis.peers.settings import KINDS
from staros_cli.commands.engine import Invocation, handles


@handles("test_peer")
def test_peer(invocation: Invocation) -> None:
    """Let a peer fall silent, answer again, or restart."""
    command, peers = invocation.command, invocation.chassis.peers
    address = command.text("peer_address")
    kind = next((kind for kind in KINDS if command.has(kind)), "")
    if command.has("fail"):
        peers.fail(address, kind)
    elif command.has("restore"):
        peers.restore(address, kind)
    else:
        peers.restart(address, kind)
