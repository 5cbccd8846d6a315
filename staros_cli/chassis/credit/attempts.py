"""Which server takes a request of credit control now, and what comes of that."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis.charging.credit import CreditGroup, PeerChoice
from staros_cli.chassis.peers.diameter import DiameterPeer

_ASKED = 2
"""How many servers are asked: the one chosen, and another in its place."""


class Attempt(Struct, frozen=True):
    """The servers that a request is sent to, one after the other, and whether the last answers."""

    asked: tuple[DiameterPeer, ...]
    answered: bool

    @property
    def server(self) -> str:
        """The name of the server that it ends with, empty where none is connected."""
        return self.asked[-1].settings.name if self.asked else ""

    @property
    def timeouts(self) -> int:
        """How many of them do not answer."""
        return len(self.asked) - self.answered

    def count(self, requests: int) -> None:
        """Let the servers count so many requests."""
        for place, peer in enumerate(self.asked, 1):
            peer.count(requests, self.answered and place == len(self.asked))


def attempt(servers: Sequence[DiameterPeer], group: CreditGroup, request: str) -> Attempt:
    """What comes of a request now: those that are connected are asked, the first of them first."""
    connected = [peer for peer in servers if peer.up]
    most = _ASKED if group.asks_another(request) else 1
    asked: list[DiameterPeer] = []
    for peer in connected[:most]:
        asked.append(peer)
        if peer.answers:
            return Attempt(tuple(asked), True)
    return Attempt(tuple(asked), False)


def chosen(
    peers: Sequence[DiameterPeer],
    choices: Sequence[PeerChoice],
    identities: Sequence[dict[str, str]],
) -> tuple[DiameterPeer, ...]:
    """The servers of an endpoint for some subscribers, the first choice first.

    `identities` are those of the first and the last of the subscribers; a line for some of them
    counts when it is for both. Without a line all servers are asked in their order.
    """
    for choice in choices:
        if choice.by and not all(choice.takes(known[choice.by]) for known in identities):
            continue
        wanted = ((choice.peer, choice.realm), (choice.secondary, choice.secondary_realm))
        return tuple(
            peer
            for name, realm in wanted
            for peer in peers
            if peer.settings.name == name and realm in ("", peer.settings.realm)
        )
    return tuple(peers) if not choices else ()
