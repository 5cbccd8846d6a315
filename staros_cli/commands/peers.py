"""Commands about peers of all kinds, and what those about one kind have in common."""

from __future__ import annotations

from ipaddress import ip_address

from staros_cli import messages
from staros_cli.chassis.contexts import LOCAL
from staros_cli.chassis.peers.registry import Peers
from staros_cli.chassis.peers.settings import KINDS
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.suspension import Steps, Until
from staros_cli.messages import Refused

_BROADCAST = 0xFFFFFFFF
_LONGEST_TEST = 60.0
"""Seconds that the test of a peer is waited for at most (chosen)."""


def current(invocation: Invocation) -> Peers:
    """The peers as they stand now, with the requests for all calls until now."""
    peers = invocation.chassis.peers
    peers.look()
    peers.count()
    return peers


def is_shown(invocation: Invocation, context: str) -> bool:
    """Whether the session sees the servers of a context: its own, those of all in `local`."""
    return invocation.state.context in (LOCAL, context)


def wait(invocation: Invocation, seconds: float) -> Steps[None]:
    """Wait for an answer that does not come."""
    ends_at = invocation.now + min(seconds, _LONGEST_TEST)
    while invocation.now < ends_at:
        yield Until(ends_at)


def check_host(address: str) -> None:
    """Refuse addresses that no single system has. Raises Refused."""
    found = ip_address(address)
    broadcast = found.version == 4 and int(found) == _BROADCAST
    if found.is_unspecified or found.is_multicast or found.is_loopback or broadcast:
        raise Refused(messages.NO_HOST, address=address)


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
