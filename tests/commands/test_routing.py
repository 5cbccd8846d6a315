"""Interfaces, routes and neighbours: every screen follows from what is configured and up."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.lab import Lab

ROUTES = """\
"*" indicates the Best or Used route.  S indicates Stale.

 Destination         Nexthop          Protocol   Prec Cost Interface
*0.0.0.0/0           198.51.100.254   static     1    0    S5                  
 10.0.0.0/8          192.0.2.1        static     1    0    S5                  
*198.51.100.0/24     0.0.0.0          connected  0    0    S5                  
*198.51.100.1/32     0.0.0.0          connected  0    0    S5                  

Total route count : 4
Unique route count: 4
Connected: 2 (Framed Route: 0) Static: 2
"""  # noqa: W291
INTERFACE = """\
Intf Name:        S5
Intf Type:        Broadcast
Description:      to the core
VRF:              None
IP State:         UP (Bound to 5/10 untagged, ifIndex 84541441)
IP Address:       198.51.100.1        Subnet Mask:    255.255.255.0
Bcast Address:    198.51.100.255      MTU:            1400
Resoln Type:      ARP                 ARP timeout:    60 secs
L3 monitor LC-port switchover:       Disabled
Number of Secondary Addresses: 1
  Secondary Address: 198.51.101.1  Subnet Mask: 255.255.255.0
IPv6 Address:     2001:db8::1/64

Total interface count: 1
"""
ARP = """\
Flags codes:
I - Incomplete, R - Reachable, M - Permanent, S - Stale, 
D - Delay,      P - Probe,     F - Failed
# Indicate vpn  and npu audit result is success 
^ Indicate vpn  and npu audit result is failure 

  Address         Link Type Link Address      Flags  Mask            Interface
   198.51.100.7    ether     02:00:5E:00:00:01 M                      S5
   198.51.100.254  ether     02:00:5E:0A:49:72 R                      S5
Total number of arps: 2   
"""  # noqa: W291
PLACE = "context SAEGW"
DEFAULT = "ip route 0.0.0.0 0.0.0.0 198.51.100.254 S5"


def lab_with(*lines: str) -> Lab:
    """A session in the context, with lines configured there."""
    lab = Lab()
    assert lab.configure(PLACE, *lines) == ""
    lab.typed(PLACE)
    return lab


def pinged(lab: Lab, address: str, options: str = "") -> str:
    """What a ping printed to its end."""
    return to_its_end(lab, f"ping {address} {options}".strip())


def to_its_end(lab: Lab, line: str) -> str:
    """What a command printed to its end, however long that takes."""
    shown = lab.typed(line)
    while lab.session.prompt == "":
        shown += lab.wait(1)
    return shown


def test_an_interface_with_all_its_lines() -> None:
    lab = lab_with(
        "interface S5",
        "description to-the-core",
        "ip mtu 1400",
        "ip address 198.51.101.1/24 secondary",
        "ipv6 address 2001:db8::1/64",
    )
    assert lab.typed("show ip interface name S5") == INTERFACE.replace("to the core", "to-the-core")


def test_routes_are_used_while_their_next_hop_is_in_a_connected_network() -> None:
    lab = lab_with(DEFAULT, "ip route 10.0.0.0/8 next-hop 192.0.2.1 S5")
    assert lab.typed("show ip route") == ROUTES
    assert lab.typed("show ip route summary") == "".join(ROUTES.splitlines(keepends=True)[-3:])
    assert lab.typed("show ip route static").count("static") == 2
    assert "Total route count : 1" in lab.typed("show ip route 10.0.0.0/8")


def test_of_two_routes_to_a_network_that_of_the_lower_precedence_is_used() -> None:
    lab = lab_with(
        "ip route 10.0.0.0/8 198.51.100.2 S5 precedence 9",
        "ip route 10.0.0.0/8 198.51.100.3 S5 precedence 4 cost 7",
    )
    shown = lab.typed("show ip route 10.0.0.0/8")
    assert "*10.0.0.0/8          198.51.100.3     static     4    7    S5" in shown
    assert "\n 10.0.0.0/8          198.51.100.2     static     9    0    S5" in shown
    assert "Unique route count: 1" in shown


def test_a_shut_port_takes_its_routes_along() -> None:
    lab = lab_with(DEFAULT)
    lab.configure("port ethernet 5/10", "shutdown")
    shown = lab.typed("show ip route")
    assert "connected" not in shown.lower().partition("total")[0]
    assert "\n 0.0.0.0/0 " in shown
    assert "IP State:         DOWN (Bound to 5/10 untagged" in lab.typed("show ip interface")
    assert "ping: sendto: Network is unreachable" in pinged(lab, "198.51.100.254", "count 1")


def test_neighbours_are_the_next_hops_in_use_and_those_configured() -> None:
    lab = lab_with(DEFAULT, "ip arp 198.51.100.7 02:00:5e:00:00:01")
    assert lab.typed("show ip arp") == ARP
    assert "Total number of arps: 1" in lab.typed("show ip arp 198.51.100.7")
    assert lab.typed("clear ip arp 198.51.100.7") == ""
    assert "No ARP entry for 198.51.100.99" in lab.typed("clear ip arp 198.51.100.99")
    assert lab.typed("show ip arp") == ARP  # it answers at once
    lab.configure("port ethernet 5/10", "shutdown")
    assert "Total number of arps: 0" in lab.typed("show ip arp")


@pytest.mark.parametrize(
    ("address", "received"), [("198.51.100.1", 3), ("198.51.100.254", 3), ("198.51.100.99", 0)]
)
def test_a_ping_asks_once_a_second_and_prints_statistics(address: str, received: int) -> None:
    lab = lab_with(DEFAULT)
    began = lab.chassis.now
    shown = pinged(lab, address, "count 3")
    assert shown.startswith(f"PING {address} ({address}): 56 data bytes\n")
    assert shown.count("icmp_seq=") == received
    lost = 0 if received else 100
    assert f"3 packets transmitted, {received} packets received, {lost}% packet loss\n" in shown
    assert lab.chassis.now - began >= 2


def test_a_virtual_system_pings_as_linux_does() -> None:
    lab = Lab("vpc-si")
    lab.typed("context PGW")
    shown = pinged(lab, "198.51.100.30", "count 1")
    assert shown.startswith("PING 198.51.100.30 (198.51.100.30) 56(84) bytes of data.\n")
    assert "1 packets transmitted, 1 received, 0% packet loss\n" in shown


def test_a_vrf_has_its_own_routes() -> None:
    lab = lab_with(
        "ip vrf red",
        "exit",
        "interface LO loopback",
        "ip vrf forwarding red",
        "ip address 192.0.2.77/32",
        "exit",
        "ip route 10.0.0.0/8 point-to-point LO vrf red",
    )
    assert "192.0.2.77/32" not in lab.typed("show ip route")
    shown = lab.typed("show ip route vrf red")
    assert "*192.0.2.77/32       0.0.0.0          connected  0    0    LO" in shown
    assert "*10.0.0.0/8          0.0.0.0          static     1    0    LO" in shown
    assert "VRF Name:         red\nInterfaces:       LO\nRoute count:      2\n" in lab.typed(
        "show ip vrf"
    )
    assert lab.typed("show ip route vrf blue") == (
        "Failure: There is no VRF blue in context SAEGW\n"
    )


def test_no_session_leads_out() -> None:
    for word in ("ssh", "telnet"):
        assert Lab().typed(f"{word} 192.0.2.1") == (
            f"Failure: This emulator opens no {word} sessions to other machines\n"
        )


def test_a_trace_shows_the_way() -> None:
    lab = lab_with(DEFAULT)
    shown = to_its_end(lab, "traceroute 203.0.113.9 maxttl 2")
    assert shown.splitlines()[1:] == [
        " 1  198.51.100.254  0.446 ms  0.235 ms  0.178 ms",
        " 2  * * *",
    ]
    assert lab.typed("traceroute 198.51.100.1").count("\n") == 2


def test_a_trace_waits_for_what_does_not_answer() -> None:
    lab = lab_with(DEFAULT)
    began = lab.chassis.now
    shown = to_its_end(lab, "traceroute 203.0.113.9 count 2 minttl 2 maxttl 4 timeout 7")
    assert shown.splitlines()[1:] == [" 2  * *", " 3  * *", " 4  * *"]
    assert lab.chassis.now - began >= 3 * 2 * 7
    lab.typed("traceroute 203.0.113.9")
    lab.session.interrupt()
    assert "UTC" in lab.typed("show clock")


def test_an_address_leads_to_the_route_that_packets_take() -> None:
    lab = lab_with(
        DEFAULT, "ip route 10.0.0.0/8 198.51.100.2 S5", "ip route 10.1.0.0/16 192.0.2.1 S5"
    )
    assert "\n*10.0.0.0/8  " in lab.typed("show ip route 10.1.2.3")
    assert "\n*0.0.0.0/0  " in lab.typed("show ip route 172.16.0.1")
    assert "\n*198.51.100.1/32  " in lab.typed("show ip route 198.51.100.1")
    assert "Total route count : 1" in lab.typed("show ip route 10.1.2.3")
    assert lab.typed("show ip route 2001:db8::1") == (
        "Failure: Invalid address 2001:db8::1: expected one of IPv4\n"
    )


def test_an_address_of_a_vrf_is_none_of_the_context() -> None:
    lab = lab_with(
        DEFAULT,
        "ip vrf red",
        "exit",
        "interface LO loopback",
        "ip vrf forwarding red",
        "ip address 192.0.2.77/32",
    )
    assert "100% packet loss" in pinged(lab, "192.0.2.77", "count 1")
    assert " 0% packet loss" in pinged(lab, "192.0.2.77", "vrf red count 1")
    refused = "Failure: No interface of this context that is up has the address 192.0.2.77\n"
    assert lab.typed("ping 198.51.100.254 src 192.0.2.77") == refused
    assert lab.typed("traceroute 198.51.100.254 src 192.0.2.77") == refused


def test_ping_of_ipv6_asks_addresses_of_ipv6() -> None:
    lab = lab_with("interface S5", "ipv6 address 2001:db8::1/64")
    assert lab.typed("ping6 198.51.100.1") == (
        "Failure: Invalid address 198.51.100.1: expected one of IPv6\n"
    )
    shown = to_its_end(lab, "ping6 2001:db8::1 count 1")
    assert shown.startswith("PING 2001:db8::1 (2001:db8::1): 56 data bytes\n")
    assert " 0% packet loss" in shown


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "0.0.0.0/0"]),
            st.sampled_from(["198.51.100.2", "198.51.100.3", "192.0.2.1"]),
            st.integers(1, 3),
        ),
        max_size=8,
    ),
    st.sampled_from(["10.1.2.3", "10.1.9.9", "10.9.9.9", "172.16.0.1"]),
)
def test_what_is_looked_up_is_what_the_table_says(
    routes: list[tuple[str, str, int]], address: str
) -> None:
    lines = [f"ip route {net} {hop} S5 precedence {order}" for net, hop, order in routes]
    routing = lab_with(*lines).chassis.routing
    fitting = [
        route
        for route in routing.table("SAEGW", 4)
        if route.used and ip_address(address) in route.destination
    ]
    expected = max(fitting, key=lambda route: route.destination.prefixlen, default=None)
    assert routing.lookup("SAEGW", address) == expected


class Networks(RuleBasedStateMachine):
    """Ports, addresses and routes change in any order: all screens agree."""

    @initialize()
    def begin(self) -> None:
        self.lab = lab_with(DEFAULT)

    @rule(word=st.sampled_from(["shutdown", "no shutdown"]))
    def switch_port(self, word: str) -> None:
        self.lab.configure("port ethernet 5/10", word)

    @rule(last=st.sampled_from(["1", "2", "254"]))
    def change_address(self, last: str) -> None:
        self.lab.configure(PLACE, "interface S5", f"ip address 198.51.100.{last} 255.255.255.0")

    @rule(line=st.sampled_from([DEFAULT, f"no {DEFAULT}", "ip route 10.0.0.0/8 192.0.2.1 S5"]))
    def change_route(self, line: str) -> None:
        self.lab.configure(PLACE, line)

    @invariant()
    def views_agree(self) -> None:
        lab = self.lab
        up = "IP State:         UP" in lab.typed("show ip interface name S5")
        own = lab.chassis.contexts.get("SAEGW").interface("S5").addresses[0].ip
        routes = lab.typed("show ip route")
        assert (f"*{own}/32" in routes) is up
        used = "*0.0.0.0/0" in routes
        hop = "198.51.100.254"
        assert (hop in lab.typed("show ip arp")) is used
        assert (" 0% packet loss" in pinged(lab, hop, "count 1")) is (used or (up and own == hop))
        assert (" 0% packet loss" in pinged(lab, own, "count 1")) is up
        started = "EGTP-SVC      Started" in lab.typed("show service all")
        assert started is (up and own == "198.51.100.1")


TestNetworks = Networks.TestCase
TestNetworks.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
