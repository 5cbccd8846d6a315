"""BGP neighbors: their sessions come up and go down, with traps and alarms."""

from __future__ import annotations

from tests.commands.test_outside_conditions import happen
from tests.lab import Lab

LINES = (
    "context GGSN",
    "router bgp 64512",
    "neighbor 203.0.113.9 remote-as 64513",
    "neighbor 203.0.113.10 remote-as 64512",
    "neighbor 198.18.9.9 remote-as 64514",
)
HEAD = """\
BGP router identifier 203.0.113.1, local AS number 64512
BGP table version is 1
0 BGP AS-PATH entries
0 BGP community entries

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
"""


def node() -> Lab:
    lab = Lab()
    lab.configure(*LINES)
    lab.typed("context GGSN")
    return lab


def states(lab: Lab) -> dict[str, tuple[str, str]]:
    """How long each session is up or down, and its state."""
    lines = lab.typed("show ip bgp summary").splitlines()[6:-2]
    return {line.split()[0]: (line.split()[8], line.split()[9]) for line in lines}


def test_sessions_come_up_with_neighbors_that_are_next_to_an_interface() -> None:
    lab = node()
    assert states(lab)["203.0.113.9"] == ("never", "Active")
    lab.wait(310)
    assert lab.typed("show ip bgp summary").startswith(HEAD)
    assert states(lab) == {
        "203.0.113.9": ("00:05:05", "0"),
        "203.0.113.10": ("00:05:05", "0"),
        "198.18.9.9": ("never", "Idle"),
    }
    traps = lab.typed("show snmp trap history")
    assert "(BGPPeerSessionUp) vpn GGSN ipaddr 203.0.113.9" in traps


def test_a_silent_neighbor_is_lost_when_its_time_is_over() -> None:
    lab = node()
    lab.wait(60)
    happen(lab, "test peer 203.0.113.9 fail bgp")
    lab.wait(80)
    assert states(lab)["203.0.113.9"][1] == "0"
    lab.wait(20)
    assert states(lab)["203.0.113.9"] == ("00:00:10", "Active")
    assert "(BGPPeerSessionDown) vpn GGSN ipaddr 203.0.113.9" in lab.typed("show snmp trap history")
    assert "Peer 203.0.113.9 GGSN" in lab.typed("show alarm outstanding")
    happen(lab, "test peer 203.0.113.9 restore")
    lab.wait(10)
    assert states(lab)["203.0.113.9"][1] == "0"
    assert "Peer 203.0.113.9" not in lab.typed("show alarm outstanding")


def test_a_port_that_goes_down_takes_the_sessions_with_it() -> None:
    lab = node()
    lab.wait(60)
    lab.configure("port ethernet 5/11", "shutdown")
    assert {state for _, state in states(lab).values()} == {"Idle"}
    assert lab.typed("show snmp trap history").count("(BGPPeerSessionDown)") == 2


def test_a_session_is_cleared_and_opens_anew() -> None:
    lab = node()
    lab.wait(60)
    assert lab.typed("clear ip bgp peer 203.0.113.9") == ""
    assert states(lab)["203.0.113.9"][1] == "Active"
    lab.wait(6)
    assert states(lab)["203.0.113.9"] == ("00:00:01", "0")
    text = lab.typed("show ip bgp neighbors 203.0.113.9")
    assert text.startswith("BGP neighbor is 203.0.113.9, remote AS 64513, local AS 64512, external")
    assert "  Connections established : 2\n  Connections dropped     : 1\n" in text


def test_neighbors_can_be_shut_down_and_removed() -> None:
    lab = node()
    lab.wait(60)
    lab.configure("context GGSN", "router bgp 64512", "neighbor 203.0.113.9 shutdown")
    assert states(lab)["203.0.113.9"][1] == "Idle"
    lab.configure("context GGSN", "router bgp 64512", "no neighbor 203.0.113.9")
    assert "203.0.113.9" not in states(lab)


def test_timers_are_those_that_are_configured() -> None:
    lab = node()
    timers = "timers bgp keepalive-interval 5 holdtime-interval 15"
    lab.configure("context GGSN", "router bgp 64512", timers)
    lab.wait(60)
    happen(lab, "test peer 203.0.113.9 fail")
    lab.wait(16)
    assert states(lab)["203.0.113.9"][1] == "Active"


def test_what_is_not_there_is_told() -> None:
    lab = node()
    assert "no BGP neighbor 192.0.2.1 in context GGSN" in lab.typed(
        "show ip bgp neighbors 192.0.2.1"
    )
    lab.typed("context local")
    assert lab.typed("show ip bgp summary") == "Failure: BGP is not running in context local\n"


def test_systems_of_vrfs_are_shown_apart_and_cleared_together() -> None:
    lab = node()
    lab.configure(
        "context GGSN", "ip vrf V", "exit", "router bgp 7 vrf V", "neighbor 203.0.113.7 remote-as 8"
    )
    lab.typed("context GGSN")
    lab.wait(60)
    assert "203.0.113.7" not in states(lab)
    text = lab.typed("show ip bgp summary vrf V")
    assert text.startswith("BGP router identifier 203.0.113.1, local AS number 7\n")
    assert "BGP is not running in VRF X" in lab.typed("show ip bgp summary vrf X")
    lab.typed("clear ip bgp peer all")
    assert "Active" in lab.typed("show ip bgp summary vrf V")


def test_a_system_without_neighbors_runs() -> None:
    lab = Lab()
    lab.configure("context GGSN", "router bgp 7")
    lab.typed("context GGSN")
    assert "Total number of neighbors 0" in lab.typed("show ip bgp summary")


def test_own_addresses_and_those_of_networks_are_no_neighbors() -> None:
    lab = Lab()
    wrong = ("203.0.113.1", "203.0.113.0", "203.0.113.255")
    lab.configure("context GGSN", "router bgp 7", *(f"neighbor {ip} remote-as 8" for ip in wrong))
    lab.typed("context GGSN")
    lab.wait(60)
    assert {state for _, state in states(lab).values()} == {"Idle"}


def test_a_session_ends_with_its_configuration_and_with_another_system() -> None:
    lab = node()
    lab.wait(60)
    lab.configure("context GGSN", "router bgp 64512", "neighbor 203.0.113.9 remote-as 5")
    assert states(lab)["203.0.113.9"][1] == "Active"
    lab.wait(10)
    lab.configure("context GGSN", "no router bgp 64512")
    assert (
        lab.typed("show snmp trap history").count(
            "(BGPPeerSessionDown) vpn GGSN ipaddr 203.0.113.9"
        )
        == 2
    )
    assert "BGP session" not in lab.typed("show alarm outstanding")


def test_what_cannot_be_is_refused() -> None:
    lab = node()
    for line, told in (
        ("neighbor 0.0.0.0 remote-as 5", "0.0.0.0 is not the address of a system"),
        ("neighbor 224.0.0.1 remote-as 5", "224.0.0.1 is not the address of a system"),
    ):
        assert told in lab.configure("context GGSN", "router bgp 64512", line)


def test_no_route_is_learned() -> None:
    lab = Lab()
    assert lab.typed("show ip bgp").startswith("Failure: BGP is not running in")
    lab.configure("context SAEGW", "router bgp 64512", "router-id 192.0.2.33")
    lab.typed("context SAEGW")
    assert lab.typed("show ip bgp") == (
        "BGP table version is 1, local router ID is 192.0.2.33\nTotal number of prefixes 0\n"
    )
