"""Access lists: shown with their rules, and what they let pass."""

from __future__ import annotations

import pytest

from tests.lab import Lab

ROUTE = "ip route 0.0.0.0 0.0.0.0 203.0.113.254 GN"


def node(*rules: str, side: str = "out", name: str = "L") -> Lab:
    """A node with an access list at the interface to 203.0.113.254."""
    lab = Lab()
    lab.configure(
        *("context GGSN", ROUTE, "ip access-list L", *rules, "exit"),
        *("interface GN", f"ip access-group {name} {side}"),
    )
    lab.typed("context GGSN")
    return lab


def answers(lab: Lab) -> bool:
    return " 1 packets received" in lab.typed("ping 203.0.113.254 count 1")


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        ("permit any", True),
        ("deny any", False),
        ("permit host 203.0.113.1", True),
        ("permit host 203.0.113.2", False),
        ("permit 203.0.113.0 0.0.0.255", True),
        ("permit ip any host 203.0.113.254", True),
        ("permit ip any 203.0.113.128 0.0.0.127", True),
        ("deny ip any host 203.0.113.254", False),
        ("permit ip any any protocol 1", True),
        ("permit ip any any protocol 6", False),
        ("permit icmp any any", True),
        ("permit icmp any any 8", True),
        ("permit icmp any any 0", False),
        ("deny icmp any any", False),
        ("permit tcp any any", False),
        ("permit log any", True),
        ("redirect context local any", True),
        ("redirect nexthop 203.0.113.9 interface GN any", True),
    ],
)
def test_one_rule_decides_what_passes(rule: str, passes: bool) -> None:
    lab = node(rule)
    assert f"  {rule}\n" in lab.typed("show ip access-list L")
    assert answers(lab) is passes


def test_the_first_rule_that_matches_decides() -> None:
    assert answers(node("deny tcp any any", "permit any", "deny any"))
    assert not answers(node("deny icmp any any", "permit any"))


def test_answers_have_to_come_in() -> None:
    assert answers(node("permit icmp host 203.0.113.254 any 0", side="in"))
    assert not answers(node("permit icmp any any 8", side="in"))


def test_a_list_that_is_not_there_lets_pass_what_is_configured() -> None:
    lab = node(name="missing")
    assert answers(lab)
    lab.configure("context GGSN", "access-list undefined deny-all")
    assert not answers(lab)
    lab.configure("context GGSN", "access-list undefined permit-all")
    assert answers(lab)
    lab.configure("context GGSN", "no access-list undefined")
    lab.configure("access-list undefined deny-all")
    assert not answers(lab)


def test_own_addresses_and_other_interfaces_are_not_filtered() -> None:
    lab = node("deny any")
    assert " 1 packets received" in lab.typed("ping 203.0.113.1 count 1")
    lab.configure("context GGSN", "interface GN", "no ip access-group L out")
    assert answers(lab)


def test_the_whole_context_can_be_filtered() -> None:
    lab = Lab()
    lab.configure("context GGSN", ROUTE, "ip access-list L", "deny any", "exit")
    lab.configure("context GGSN", "ip access-group L out")
    lab.typed("context GGSN")
    assert not answers(lab)


def test_lists_are_shown_and_counted() -> None:
    lab = node("permit any", "deny log ip any any")
    lab.configure("context GGSN", "ip access-list M", "exit", "ipv6 access-list S", "permit any")
    shown = lab.typed("show ip access-list")
    assert shown.startswith("ip access list L\n  permit any\n  deny ")
    assert shown.endswith("ip access list M\n2 ip access-lists are configured.\n")
    assert lab.typed("show ipv6 access-list").splitlines()[0] == "ipv6 access list S"
    assert "There is no access list X in context GGSN" in lab.typed("show ip access-list X")


def test_a_line_about_the_place_is_no_rule() -> None:
    lab = node("deny any", "before deny any", "permit any")
    assert lab.typed("show ip access-list L").splitlines()[:3] == [
        "ip access list L",
        "  permit any",
        "  deny any",
    ]
    assert answers(lab)
    assert not answers(node("permit any", "before permit any", "deny any"))
    assert answers(node("permit any", "after permit any", "deny any"))


@pytest.mark.parametrize(
    "rule", ["permit tcp any = 80 any", "permit udp any range 5 10 any", "permit tcp any any = 80"]
)
def test_rules_with_ports_are_shown_and_let_no_ping_pass(rule: str) -> None:
    lab = node(rule)
    assert f"  {rule}\n" in lab.typed("show ip access-list L")
    assert not answers(lab)


def test_packets_that_go_to_another_service_pass() -> None:
    assert answers(node("redirect css service X any"))
    assert answers(node("readdress server 192.0.2.9 port 80 any"))
