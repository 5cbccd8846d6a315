"""Addresses of interfaces, ports that carry them, and what services are bound to and use."""

from __future__ import annotations

import pytest

from tests.lab import Lab


def configured(lab: Lab, context: str = "A") -> list[str]:
    """The lines of a context, without their blanks and those that every context has."""
    lines = lab.typed(f"show configuration context {context}").split("\n")
    always = lines.index("    subscriber default")
    return [line.strip() for line in (*lines[:always], *lines[always + 8 :])]


def test_addresses_are_kept_with_their_mask_in_their_order() -> None:
    lab = Lab("asr5500-oos")
    lines = (
        "ip address 192.0.2.1/24",
        "ip address 192.0.2.2 255.255.255.0 secondary",
        "ip address 198.51.100.1/32 secondary srp-activate",
        "ipv6 address 2001:DB8::1/64",
        "ipv6 address 2001:db8::2/64 secondary",
    )
    assert lab.configure("context A", "interface I loopback", *lines) == ""
    assert configured(lab)[2:-4] == [
        "interface I loopback",
        "ip address 192.0.2.1 255.255.255.0",
        "ip address 192.0.2.2 255.255.255.0 secondary",
        "ip address 198.51.100.1 255.255.255.255 secondary srp-activate",
        "ipv6 address 2001:db8::1/64",
        "ipv6 address 2001:db8::2/64 secondary",
    ]


def test_addresses_are_taken_away_one_by_one_or_together() -> None:
    lab = Lab("asr5500-oos")
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.1/24")
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.2/24 secondary")
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.7/24")
    assert configured(lab)[3:5] == [
        "ip address 192.0.2.7 255.255.255.0",
        "ip address 192.0.2.2 255.255.255.0 secondary",
    ]
    into = ("context A", "interface I loopback")
    assert "has secondary addresses" in lab.configure(*into, "no ip address 192.0.2.7")
    assert "does not have the address" in lab.configure(*into, "no ip address 192.0.2.9")
    assert lab.configure(*into, "no ip address 192.0.2.2") == ""
    assert configured(lab)[3] == "ip address 192.0.2.7 255.255.255.0"
    lab.configure(*into, "ip address 192.0.2.2/24 secondary", "ipv6 address 2001:db8::1/64")
    assert lab.configure(*into, "no ip address") == ""
    assert configured(lab)[3] == "ipv6 address 2001:db8::1/64"
    assert lab.configure(*into, "no ipv6 address 2001:db8::1/64") == ""
    assert configured(lab)[3] == "#exit"


@pytest.mark.parametrize("vlan", [(), ("vlan 7", "no shutdown")])
def test_a_shut_port_stops_what_it_carries(vlan: tuple[str, ...]) -> None:
    lab = Lab("asr5500-oos")
    lab.configure("context A", "interface I", "ip address 192.0.2.1/24")
    lab.configure("context A", "ha-service H", "bind address 192.0.2.1")
    assert "Initialized" in lab.typed("show service all")
    lab.configure("port ethernet 5/10", "no shutdown", *vlan, "bind interface I A")
    assert "Started" in lab.typed("show service all")
    lab.configure("port ethernet 5/10", "shutdown")
    assert "Initialized" in lab.typed("show service all")
    assert "1024 (PortDown) card 5 port 10 port type 10G Ethernet" in lab.typed(
        "show snmp trap history"
    )
    assert "Port 10 of the card in slot 5 is down" in lab.typed("show alarm outstanding")
    lab.configure("port ethernet 5/10", "no shutdown")
    assert "Started" in lab.typed("show service all")
    assert "slot 5 is down" not in lab.typed("show alarm outstanding")
    removed = ("port ethernet 5/10", "no vlan 7") if vlan else ("no port ethernet 5/10",)
    lab.configure(*removed)
    assert "Initialized" in lab.typed("show service all")


def test_a_port_carries_an_interface_that_is_there_and_that_no_other_carries() -> None:
    lab = Lab("asr5500-oos")
    lab.configure("context A", "interface I", "exit", "interface L loopback")
    into = "port ethernet 5/10"
    assert "context B does not exist" in lab.configure(into, "bind interface I B")
    assert "interface J does not exist" in lab.configure(into, "bind interface J A")
    assert "needs no port" in lab.configure(into, "bind interface L A")
    assert lab.configure(into, "bind interface I A") == ""
    assert "is bound to port 5/10" in lab.configure("port ethernet 5/11", "bind interface I A")
    assert lab.configure(into, "no bind interface I A") == ""
    assert lab.configure("port ethernet 5/11", "vlan 9", "bind interface I A") == ""


@pytest.mark.parametrize(
    "removing", [("context A", "no interface I"), ("no context A -noconfirm",)], ids=str
)
@pytest.mark.parametrize("vlan", [(), ("vlan 7",)], ids=str)
def test_no_port_is_bound_to_an_interface_that_was_removed(
    removing: tuple[str, ...], vlan: tuple[str, ...]
) -> None:
    """The saved configuration would bind it to an interface that is not there."""
    lab = Lab("asr5500-oos")
    lab.configure("context A", "interface I")
    lab.configure("port ethernet 5/10", *vlan, "bind interface I A")
    assert lab.configure(*removing) == ""
    assert "bind interface I A" not in lab.typed("show configuration")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.system.problems == []


def test_the_prompt_of_a_vlan_names_port_and_vlan() -> None:
    lab = Lab("asr5500-oos")
    lab.typed("configure", "port ethernet 5/10", "vlan 9")
    assert lab.session.prompt == "[local]asr5500(config-port-5/10-vlan-9)# "


def test_services_are_bound_and_associated_as_they_are_on_the_device() -> None:
    lab = Lab("asr5500-oos")
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.1/32")
    lines = {
        "gtpu-service U": ["bind ipv4-address 192.0.2.1"],
        "egtp-service E": ["gtpc bind ipv4-address 192.0.2.1", "associate gtpu-service U"],
        "pgw-service P": ["associate egtp-service E"],
        "sgw-service S": ["associate ingress egtp-service E"],
        "saegw-service SA": ["associate sgw-service S", "associate pgw-service P"],
        "sgtp-service T": ["gtpc bind address 192.0.2.1", "gtpu bind address 192.0.2.1"],
        "sgsn-service SG": ["associate sgtp-service T context A"],
        "mme-service M": ["bind s1-mme ipv4-address 192.0.2.1"],
        "ggsn-service G": ["bind ipv4-address 192.0.2.1"],
    }
    for service, its_lines in lines.items():
        assert lab.configure("context A", service, *its_lines) == ""
    assert "Initialized" not in lab.typed("show service all")
    lab.configure("context A", "egtp-service E", "no associate gtpu-service")
    assert "Initialized" not in lab.typed("show service all")
    lab.configure("context A", "egtp-service E", "no gtpc bind")
    waiting = [
        line.split()[3] for line in lab.typed("show service all").split("\n") if "Initial" in line
    ]
    assert waiting == ["E", "P", "S", "SA"]
    errors = lab.typed("show configuration errors")
    assert "egtp service E of context A is not started\n- it is not bound to an address" in errors
    lab.configure("context A", "sgsn-service SG", "no associate sgtp-service")
    assert "no sgtp-service is associated" in lab.typed("show configuration errors")
