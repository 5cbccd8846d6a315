"""What the model reads from the configuration about peers, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.peers.settings import DEFAULT_GROUP
from staros_cli.configuration import peers
from staros_cli.configuration.tree import Node
from tests.lab import Lab

OWN = ["context SAEGW", "interface GX loopback", "ip address 192.0.2.1 255.255.255.255", "exit"]
ENDPOINT = [
    "diameter endpoint gx",
    "origin host pgw.lab.example address 192.0.2.1",
    "origin realm lab.example",
    "peer pcrf1 realm core.example address 192.0.2.9 port 3870",
    "peer pcrf2 address 192.0.2.10 sctp",
    "watchdog-timeout 10",
    "exit",
]
SERVERS = [
    "radius server 192.0.2.30 key secret port 1645 priority 2",
    "radius server 192.0.2.31 key secret admin-status disable",
    "radius accounting server 192.0.2.32 key secret oldports",
    "radius timeout 5",
    "radius deadtime 2",
    "aaa group corp",
    "radius server 192.0.2.33 key secret",
    "radius attribute nas-ip-address address 192.0.2.1",
    "exit",
    "gtpp charging-agent address 192.0.2.1",
    "gtpp server 192.0.2.40 priority 3",
    "gtpp group fast",
    "gtpp server 192.0.2.41",
    "gtpp echo-interval 90",
    "exit",
]


POLICY = [
    "context SAEGW",
    "ims-auth-service ims",
    "policy-control",
    "diameter origin endpoint gx",
    "exit",
    "exit",
    "apn lab.example",
    "ims-auth-service ims",
]


def with_peers() -> Lab:
    """The default chassis with peers of every kind, all of them up."""
    lab = Lab()
    lab.configure(*OWN, *ENDPOINT, *SERVERS)
    lab.wait(1)
    return lab


@pytest.fixture(name="lab")
def made() -> Lab:
    lab = Lab()
    assert lab.configure(*OWN, *ENDPOINT, *SERVERS).strip() == ""
    return lab


def test_peers_of_diameter_are_read(lab: Lab) -> None:
    first, second = peers.read(lab.system.running).diameter
    assert first.key == ("diameter", "SAEGW", "gx", "pcrf1", "core.example", "192.0.2.9")
    assert (first.address, first.port, first.local) == ("192.0.2.9", 3870, "192.0.2.1")
    assert (first.watchdog, first.origin, first.origin_realm) == (
        10.0,
        "pgw.lab.example",
        "lab.example",
    )
    assert (second.transport, second.port, second.realm) == ("SCTP", 3868, "")


def test_radius_servers_are_read_with_the_timers_of_their_group(lab: Lab) -> None:
    found = {s.address[-2:]: s for s in peers.read(lab.system.running).radius}
    assert (found["30"].port, found["30"].priority, found["30"].group) == (1645, 2, DEFAULT_GROUP)
    assert (found["30"].timeout, found["30"].deadtime) == (5.0, 120.0)
    assert (found["31"].port, found["31"].enabled) == (1812, False)
    assert (found["32"].use, found["32"].port, found["32"].timeout) == ("accounting", 1646, 3.0)
    assert (found["33"].group, found["33"].local, found["33"].timeout) == ("corp", "192.0.2.1", 3.0)
    assert [found[n].index for n in ("30", "31", "33", "32")] == [1, 2, 3, 1]


def test_keepalives_are_read(lab: Lab) -> None:
    lab.configure("context SAEGW", "radius detect-dead-server keepalive")
    found = {s.address[-2:]: s for s in peers.read(lab.system.running).radius}
    assert [found[n].keepalive for n in ("30", "32", "33")] == [30.0, 0.0, 0.0]
    lab.configure("context SAEGW", "radius keepalive interval 45")
    assert peers.read(lab.system.running).radius[0].keepalive == 45.0


def test_echoes_of_services_are_read(lab: Lab) -> None:
    lab.configure("context GGSN", "ggsn-service GGSN-SVC", "gtpu echo-interval 90")
    lab.configure("context SAEGW", "egtp-service EGTP-SVC", "gtpc echo-interval 70 dynamic")
    lab.configure("context SAEGW", "gtpu-service GTPU-SVC", "max-retransmissions 2")
    echoes = peers.read(lab.system.running).echoes
    assert echoes["gtpu", "GGSN", "GGSN-SVC"].interval == 90.0
    assert echoes["gtpc", "GGSN", "GGSN-SVC"].interval == 60.0
    egtp, gtpu = echoes["gtpc", "SAEGW", "EGTP-SVC"], echoes["gtpu", "SAEGW", "GTPU-SVC"]
    assert (egtp.interval, egtp.dynamic) == (70.0, True)
    assert (gtpu.interval, gtpu.retries, gtpu.request_retries) == (0.0, 2, 2)
    lab.device.peer_down("198.18.3.1", "gtpu")
    lab.wait(120)
    assert "GtpuPathFailure" in [event.kind.name for event in lab.chassis.events.history]


def test_charging_gateways_are_read(lab: Lab) -> None:
    one, two = peers.read(lab.system.running).gtpp
    assert (one.group, one.priority, one.local) == (DEFAULT_GROUP, 3, "192.0.2.1")
    assert (two.group, two.local, two.echo_interval) == ("fast", "192.0.2.1", 90.0)


def test_what_apns_use_is_read() -> None:
    lab = Lab()
    lab.configure(
        "context SAEGW",
        "ims-auth-service ims",
        "policy-control",
        "diameter origin endpoint gx",
        "failure-handling cc-request-type initial-request continue",
        "exit",
        "exit",
        "radius allow authentication-down",
        "aaa authentication subscriber none",
        "apn lab.example",
        "aaa group corp",
        "authentication pap 1",
        "accounting-mode radius-diameter",
        "gtpp group fast accounting-context GGSN",
        "ims-auth-service ims",
    )
    found = peers.read(lab.system.running)
    apn = found.apns["lab.example"]
    assert (apn.context, apn.group, apn.authenticated) == ("SAEGW", "corp", True)
    assert (apn.accounting, apn.gtpp, apn.ims) == ("radius-diameter", ("GGSN", "fast"), "ims")
    assert (found.ims["ims"].endpoint, found.ims["ims"].goes_on) == ("gx", True)
    assert ("SAEGW", DEFAULT_GROUP) in found.lenient
    assert "SAEGW" in found.subscribers_local


def keys(lab: Lab) -> set[str]:
    return {peer.settings.address for peer in lab.chassis.peers}


def test_peers_come_and_go_with_their_lines(lab: Lab) -> None:
    before = keys(lab)
    assert {"192.0.2.9", "192.0.2.30", "192.0.2.41"} <= before
    lab.configure(
        "context SAEGW",
        "no radius server 192.0.2.30 port 1645",
        "no gtpp group fast",
        "diameter endpoint gx",
        "no peer pcrf1 realm core.example",
    )
    assert before - keys(lab) == {"192.0.2.9", "192.0.2.30", "192.0.2.41"}
    lab.configure("no context SAEGW -noconfirm")
    assert not {address for address in keys(lab) if address.startswith("192.0.2.")}


def test_peers_are_there_again_after_a_restart(lab: Lab) -> None:
    before = keys(lab)
    lab.typed("save configuration -noconfirm")
    lab.reload(60.0)
    lab.chassis.peers.look()
    assert keys(lab) == before
    assert all(peer.up for peer in lab.chassis.peers if peer.answers)


def test_findings_about_peers(lab: Lab) -> None:
    text = lab.typed("show configuration errors")
    assert "No routes configured under endpoint : gx" in text
    assert "NAS-IP is not configured in Group <default> , Context <SAEGW>" in text
    assert "NOT ACTIVE" not in text
    lab.configure("context SAEGW", "no gtpp charging-agent")
    text = lab.typed("show configuration errors section aaa-config")
    assert (
        "Charging-agent IP <0.0.0.0> of default GTPP group is NOT ACTIVE, context <SAEGW>" in text
    )
    lab.configure("context SAEGW", "diameter endpoint gx", "route-entry peer pcrf1")
    assert "No routes configured" not in lab.typed("show configuration errors section diameter")


def test_many_lines_are_read_fast_enough_to_be_typed(lab: Lab) -> None:
    context = lab.system.running.find("context SAEGW")
    for n in range(20_000):
        context.put(f"radius server {n}", f"radius server 10.0.{n >> 8}.{n & 255} key s")
    assert len(peers.read(lab.system.running).radius) == peers.MOST_PEERS
    lab.chassis.configuration_changed()
    assert len(lab.chassis.peers.servers.radius) == peers.MOST_PEERS


BEGINNINGS = (
    "peer", "origin host", "radius server", "radius accounting server", "radius timeout",
    "gtpp server", "gtpp echo-interval", "gtpc echo-interval", "echo-interval", "gtpp group",
    "authentication", "watchdog-timeout", "diameter origin endpoint", "aaa group",
    "failure-handling cc-request-type any-request", "route-entry",
)  # fmt: skip
MODES = ("context", "diameter-endpoint", "aaa-group", "gtpp-group", "egtp-service", "gtpu-service",
         "apn", "ims-auth-service", "policy-control")  # fmt: skip
words = st.sampled_from(
    [
        "address",
        "port",
        "priority",
        "realm",
        "192.0.2.1",
        "7",
        "9" * 5000,
        "x",
        '"',
        "key",
        "²",
        "-1",
    ]
)
lines = st.builds(
    lambda first, rest: " ".join([first, *rest]), st.sampled_from(BEGINNINGS), st.lists(words)
)
nodes = st.recursive(
    st.builds(lambda line: Node(line, line), lines),
    lambda inner: st.builds(
        lambda mode, children: Node(
            f"{mode} name", f"{mode} name", mode, children={c.key: c for c in children}
        ),
        st.sampled_from(MODES),
        st.lists(inner, max_size=6),
    ),
    max_leaves=20,
)


@given(st.lists(nodes, max_size=6))
def test_lines_of_any_kind_are_read_without_failing(children: list[Node]) -> None:
    root = Node(mode="config", children={node.key: node for node in children})
    found = peers.read(root)
    assert all(peer.address for peer in found.diameter)
    assert all(server.address for server in found.radius)
    assert all(server.address for server in found.gtpp)


def test_hostile_lines_are_read_without_failing() -> None:
    lab = Lab()
    lab.configure(*OWN, *(f"gtpp server 192.0.2.{n} priority 1" for n in range(40, 60)))
    lab.configure("context SAEGW", "diameter endpoint gx", "peer p address 2001:db8::1")
    assert len(peers.read(lab.system.running).gtpp) == 20
