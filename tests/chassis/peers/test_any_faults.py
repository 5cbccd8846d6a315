"""After any sequence of faults, changes of addresses and ports: all views of peers agree."""

from __future__ import annotations

import re
from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from staros_cli.chassis.invariants import violations
from staros_cli.chassis.peers.diameter import OPEN
from staros_cli.chassis.peers.settings import GTPC, KINDS
from staros_cli.messages import Refused
from tests.configuration.test_peers import ENDPOINT, OWN, SERVERS
from tests.lab import Lab

NODES = ("198.18.1.1", "198.18.1.2", "198.18.3.1")
ADDRESSES = (*NODES, *(f"192.0.2.{n}" for n in (8, 9, 10, 30, 32, 33, 34, 40, 41)))
LINES = (
    ["context SAEGW", "interface GX loopback", "no ip address"],
    ["context SAEGW", "interface GX loopback", "ip address 192.0.2.1 255.255.255.255"],
    ["context SAEGW", "interface GX loopback", "ip address 192.0.2.2 255.255.255.255"],
    ["port ethernet 5/10", "shutdown"],
    ["port ethernet 5/10", "no shutdown"],
    ["context SAEGW", "diameter endpoint gx", "no peer pcrf1 realm core.example"],
    ["context SAEGW", "diameter endpoint gx", "peer pcrf1 realm core.example address 192.0.2.9"],
    ["context SAEGW", "diameter endpoint gx", "peer pcrf1 realm core.example address 192.0.2.8"],
    ["context SAEGW", "diameter endpoint gx", "origin host x.example address 192.0.2.2"],
    ["context SAEGW", "diameter endpoint gx", "watchdog-timeout 6"],
    ["context SAEGW", "radius server 192.0.2.34 key s"],
    ["context SAEGW", "no radius server 192.0.2.34"],
    ["context SAEGW", "radius deadtime 0"],
    ["context SAEGW", "no radius accounting server 192.0.2.32"],
    ["context SAEGW", "gtpp server 192.0.2.40 priority 1"],
    ["context SAEGW", "no gtpp group fast"],
    ["context SAEGW", "gtpu-service GTPU-SVC", "echo-interval 60"],
    ["context SAEGW", "gtpu-service GTPU-SVC", "no bind"],
    ["context SAEGW", "gtpu-service GTPU-SVC", "bind ipv4-address 198.51.100.1"],
    ["context SAEGW", "radius allow authentication-down"],
    ["no context GGSN -noconfirm"],
)


class Life(RuleBasedStateMachine):
    """The life of the peers of a chassis."""

    lab: Lab

    @initialize()
    def begin(self) -> None:
        self.lab = Lab()
        self.lab.configure(*OWN, *ENDPOINT, *SERVERS)
        self.lab.typed("save configuration -noconfirm")

    @rule(seconds=st.sampled_from([0.05, 0.15, 1.0, 7.0, 18.0, 61.0, 400.0]))
    def wait(self, seconds: float) -> None:
        self.lab.wait(seconds)

    @rule(
        act=st.sampled_from(["peer_down", "peer_up", "peer_restart"]),
        address=st.sampled_from(ADDRESSES),
        kind=st.sampled_from(["", "", *KINDS]),
    )
    def fault(self, act: str, address: str, kind: str) -> None:
        if self.lab.chassis.is_up:
            with suppress(Refused):
                getattr(self.lab.device, act)(address, kind)

    @rule(lines=st.sampled_from(LINES))
    def configure(self, lines: list[str]) -> None:
        if self.lab.chassis.is_up:
            self.lab.configure(*lines)

    @rule()
    def reload(self) -> None:
        if self.lab.chassis.is_up:
            self.lab.typed("reload -noconfirm")

    @rule()
    def forget(self) -> None:
        if self.lab.chassis.is_up:
            self.lab.typed("clear egtpc peers")

    @rule()
    def reset(self) -> None:
        if self.lab.chassis.is_up:
            self.lab.typed("diameter reset connection -noconfirm")

    @invariant()
    def all_views_agree(self) -> None:
        if not hasattr(self, "lab") or not self.lab.chassis.is_up:
            return
        self._diameter()
        self._servers()
        self._paths()
        assert violations(self.lab.chassis) == []

    def _diameter(self) -> None:
        lab, now = self.lab, self.lab.chassis.now
        text = lab.typed("show diameter peers full")
        peers = lab.chassis.peers.servers.diameter
        assert text.count(f"State: {OPEN} ") == sum(peer.up for peer in peers)
        assert text.count(" Peer Hostname: ") == len(peers)
        table = lab.typed("show diameter peers")
        for peer in peers:
            assert re.search(rf"{re.escape(peer.settings.address)}:\d+ +{peer.state(now)}", table)

    def _servers(self) -> None:
        lab, now = self.lab, self.lab.chassis.now
        servers = lab.chassis.peers.servers
        for use in ("authentication", "accounting"):
            text = lab.typed(f"show radius {use} servers")
            for server in servers.radius:
                if server.settings.use == use:
                    letter = server.state(now)[0] if not server.state(now).endswith("g") else "."
                    address = re.escape(server.settings.address)
                    assert re.search(rf"^[Aa][PS]{letter}[ED]\. {address} ", text, re.M | re.I)
                    assert not (server.state(now) == "Down" and server.serves)
        text = lab.typed("show gtpp accounting servers")
        assert text.count("state Active") == sum(server.up for server in servers.gtpp)

    def _paths(self) -> None:
        chassis = self.lab.chassis
        chassis.peers.look()
        paths = [p for p in chassis.peers.paths if p.settings.service_kind == "egtp"]
        through = sum(chassis.peers.sessions_of(p)[0] for p in paths if p.settings.kind == GTPC)
        assert through == chassis.sessions.count_of_service("SAEGW", "PGW-SVC")
        text = self.lab.typed("show egtpc peers")
        for path in paths:
            if path.settings.kind == GTPC:
                assert re.search(
                    rf"^[AI].SK. +\d+ +{re.escape(path.settings.address)} ", text, re.M
                )
        for group in range(len(chassis.sessions.groups)):
            assert chassis.peers.nodes(group) == (0,) or all(
                chassis.peers.sessions_of(path)[0] == 0 for path in paths if not path.up
            )


Life.TestCase.settings = settings(
    max_examples=settings.default.max_examples // 4,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = Life.TestCase
