"""Peers that fall silent: traps, alarms, calls that end and calls that do not come."""

from __future__ import annotations

import re

import pytest

from staros_cli.chassis.definition import parse
from staros_cli.chassis.peers import registry
from staros_cli.messages import Refused
from tests.chassis.test_any_sequence import small
from tests.configuration.test_peers import POLICY, with_peers
from tests.lab import Lab

SGW = "198.18.1.1"
"""A node that calls of the default chassis come through."""


@pytest.fixture(name="lab")
def made() -> Lab:
    return with_peers()


def traps(lab: Lab) -> list[str]:
    return [event.kind.name for event in lab.chassis.events.history]


def alarms(lab: Lab) -> list[str]:
    return [alarm.name for alarm in lab.chassis.events.outstanding]


def test_a_diameter_peer_goes_down_and_comes_up(lab: Lab) -> None:
    assert traps(lab).count("DiameterPeerUp") == 2
    lab.device.peer_down("192.0.2.9")
    lab.wait(40)
    assert (traps(lab)[-1], alarms(lab)) == ("DiameterPeerDown", ["DiameterPeerDown"])
    lab.device.peer_up("192.0.2.9")
    lab.wait(70)
    assert traps(lab)[-2:] == ["DiameterCapabilitiesExchangeSuccess", "DiameterPeerUp"]
    assert alarms(lab) == []


def test_the_own_address_takes_all_peers_of_an_endpoint_down_at_once(lab: Lab) -> None:
    lab.configure("context SAEGW", "interface GX loopback", "no ip address")
    assert traps(lab).count("DiameterPeerDown") == 2
    lab.configure("context SAEGW", "interface GX loopback", "ip address 192.0.2.1 255.255.255.255")
    lab.wait(100)
    assert alarms(lab) == []
    assert traps(lab).count("DiameterPeerUp") == 4


def test_a_peer_with_another_port_is_called_anew(lab: Lab) -> None:
    peer = "peer pcrf1 realm core.example address {} port {}"
    lab.configure("context SAEGW", "diameter endpoint gx", peer.format("192.0.2.9", 3871))
    assert traps(lab)[-1] == "DiameterPeerDown"
    lab.wait(1)
    assert (traps(lab)[-1], alarms(lab)) == ("DiameterPeerUp", [])
    lab.device.peer_down("192.0.2.9")
    lab.wait(60)
    lab.configure("context SAEGW", "diameter endpoint gx", peer.format("192.0.2.8", 3871))
    lab.wait(1)
    assert (traps(lab)[-1], alarms(lab)) == ("DiameterPeerUp", [])


def test_the_alarm_of_a_peer_goes_with_it(lab: Lab) -> None:
    lab.device.peer_down("192.0.2.9")
    lab.wait(60)
    lab.configure("context SAEGW", "diameter endpoint gx", "no peer pcrf1 realm core.example")
    assert alarms(lab) == []


def test_a_silent_node_loses_its_calls_which_come_back_through_another(lab: Lab) -> None:
    peers, sessions = lab.chassis.peers, lab.chassis.sessions
    total = len(sessions)
    lab.device.peer_down(SGW)
    lab.wait(76)
    assert "EGTPCPathFail" in traps(lab)
    assert sessions.by_group.totals(0)[1] == 350
    lab.wait(60)
    assert len(sessions) == total
    path = next(p for p in peers.paths if p.settings.address == SGW)
    assert peers.sessions_of(path) == (0, 350)
    lab.device.peer_up(SGW)
    lab.wait(60)
    assert (traps(lab)[-1], alarms(lab)) == ("EGTPCPathFailClear", [])


def test_calls_end_and_are_refused_with_the_reason_of_the_device(lab: Lab) -> None:
    lab.device.peer_down(SGW)
    lab.wait(76)
    assert re.search(r"path-failure-s5 +350 ", lab.typed("show session disconnect-reasons"))
    lab.device.peer_down("192.0.2.30")
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    lab.wait(5)
    assert lab.chassis.callers.refusal(0) == "Auth-failed"


def test_calls_wait_while_all_their_nodes_are_silent(lab: Lab) -> None:
    for node in (SGW, "198.18.1.2"):
        lab.device.peer_down(node)
    lab.wait(200)
    assert lab.chassis.sessions.by_group.of_node(0, 0) == 0
    assert lab.chassis.timeline.next_due is None
    lab.device.peer_up(SGW)
    lab.wait(100)
    assert lab.chassis.sessions.by_group.of_node(0, 0) == 700


@pytest.mark.parametrize("access", ["sgw-gtp-ipv4", "saegw-gtp-ipv4"])
def test_paths_of_other_services(access: str) -> None:
    groups = ((6, access, 'nodes = ["192.0.2.50", "192.0.2.51", "192.0.2.52"]\n'),)
    lab = Lab(parse("small", small("asr5500", False, groups), "small"))
    lab.chassis.peers.look()
    paths = lab.chassis.peers.paths
    assert [path.settings.address[-2:] for path in paths] == ["50", "51", "52"]
    assert {(p.settings.interface, p.settings.node) for p in paths} == {("sgw-ingress", "M")}
    lab.device.peer_down("192.0.2.51")
    lab.wait(76)
    assert "EGTPCPathFail" in traps(lab)
    lab.wait(60)
    counts = [lab.chassis.peers.sessions_of(path)[0] for path in paths]
    assert (counts[1], sum(counts)) == (0, len(lab.chassis.sessions))


def test_calls_of_other_kinds_come_through_no_nodes() -> None:
    lab = Lab(parse("small", small("asr5500", False, ((3, "ha-mobile-ipv4", ""),)), "small"))
    lab.chassis.peers.look()
    assert (lab.chassis.peers.paths, lab.chassis.peers.nodes(0)) == ([], (0,))


def test_a_node_that_restarts_loses_its_calls(lab: Lab) -> None:
    lab.device.peer_restart(SGW)
    lab.wait(60)
    assert traps(lab)[-2:] == ["EGTPCPathFail", "EGTPCPathFailClear"]
    assert "restart-counter-change" in lab.typed("show snmp trap history")


def test_many_calls_end_a_slice_at_a_time(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "ENDED_AT_A_TIME", 100)
    lab.device.peer_down(SGW)
    peers, sessions = lab.chassis.peers, lab.chassis.sessions
    path = next(p for p in peers.paths if p.settings.address == SGW)
    lab.wait(path.turn_at - lab.chassis.now)
    assert (sessions.by_group.of_node(0, 0), peers.is_ending(path)) == (250, True)
    lab.device.peer_up(SGW)
    assert peers.nodes(0) == (1,)
    lab.wait(1)
    assert (sessions.by_group.of_node(0, 0), peers.is_ending(path)) == (0, False)


def test_without_echoes_a_silent_node_of_the_user_plane_is_not_noticed(lab: Lab) -> None:
    lab.device.peer_down(SGW, "gtpu")
    lab.wait(200)
    assert "EGTPUPathFail" not in traps(lab)
    lab.configure("context SAEGW", "gtpu-service GTPU-SVC", "echo-interval 60")
    lab.wait(100)
    assert "EGTPUPathFail" in traps(lab)


def test_calls_are_refused_while_all_radius_servers_are_silent(lab: Lab) -> None:
    peers = lab.chassis.peers
    assert peers.refusal(0) == ""
    lab.device.peer_down("192.0.2.30")  # the other one is disabled
    assert peers.refusal(0) == "Auth-failed"
    lab.configure("context SAEGW", "radius allow authentication-down")
    assert peers.refusal(0) == ""


def test_no_call_connects_while_servers_are_silent(lab: Lab) -> None:
    lab.device.peer_down("192.0.2.30")
    lab.typed("clear subscribers username user1@lab.example -noconfirm")
    total = len(lab.chassis.sessions)
    lab.wait(60)
    assert (len(lab.chassis.sessions), lab.chassis.timeline.next_due) == (total, None)
    lab.device.peer_up("192.0.2.30")
    lab.wait(5)
    assert len(lab.chassis.sessions) == total + 1


def test_calls_are_refused_while_no_policy_server_is_open(lab: Lab) -> None:
    lab.configure(*POLICY)
    assert lab.chassis.peers.refusal(0) == ""
    lab.device.peer_down("192.0.2.9")
    lab.device.peer_down("192.0.2.10")
    assert lab.chassis.peers.refusal(0) == "ims-authorization-failed"


def test_faults_outlive_a_restart(lab: Lab) -> None:
    lab.typed("save configuration -noconfirm")
    lab.device.peer_down("192.0.2.9")
    lab.reload(60)
    states = {p.settings.address: p.up for p in lab.chassis.peers.servers.diameter}
    assert states == {"192.0.2.9": False, "192.0.2.10": True}


def test_the_peers_of_a_definition_were_open_all_the_time() -> None:
    lab = Lab()
    lab.chassis.peers.look()
    assert traps(lab) == ["CLISessionStart"]
    assert all(peer.up for peer in lab.chassis.peers)


def test_refusals_say_which_peers_there_are(lab: Lab) -> None:
    with pytest.raises(Refused, match=r"No peer has the address 192\.0\.2\.99: the peers are "):
        lab.device.peer_down("192.0.2.99")
    with pytest.raises(Refused, match=r"The peer 192\.0\.2\.9 is not held down"):
        lab.device.peer_up("192.0.2.9")
    with pytest.raises(Refused, match=r"the peers are 192\.0\.2\.10, 192\.0\.2\.9"):
        lab.device.peer_restart("192.0.2.30", "diameter")


def test_the_test_command_needs_test_commands(lab: Lab) -> None:
    assert lab.reply("test peer 192.0.2.9 fail").failed
    lab.session.state.hidden_commands = True
    assert not lab.reply("test peer 192.0.2.9 fail diameter").failed
    lab.wait(60)
    assert alarms(lab) == ["DiameterPeerDown"]
    assert not lab.reply("test peer 192.0.2.9 restore").failed
