"""Ports: their states, and what they carry, which follows from the calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.call_seconds import CallSeconds
from tests.lab import Lab

PORTS = """\
Port  Role Type                      Admin    Oper Link State    Pair  Redundant
----- ---- ------------------------  -------- ---- ---- -------  ----- ---------
 5/1  Mgmt 1000 Ethernet             Enabled  Up   Up   Active    6/1  L2 Link  
 5/2  Mgmt 1000 Ethernet             Disabled Down Down Active    6/2  L2 Link  
 5/10 Srvc 10G Ethernet              Enabled  Up   Up   Active    6/10 L2 Link  
"""  # noqa: W291
UTILIZATION = """\
                                ------ Average Port Utilization (in mbps) ------
Port   Type                       Current           5min             15min    
                                 Rx      Tx      Rx       Tx       Rx     Tx
----- ------------------------  ------- -------  ------- -------  ------- -------
 5/1  1000 Ethernet             0       0        0       0        0       0
 5/10 10G Ethernet              40      40       40      40       40      40
 5/11 10G Ethernet              11      11       11      11       11      11
 6/1  1000 Ethernet             0       0        0       0        0       0
 6/10 10G Ethernet              0       0        0       0        0       0
 6/11 10G Ethernet              0       0        0       0        0       0
"""  # noqa: W291


def figures(lab: Lab, port: str = "5/10") -> list[int]:
    """The figures of a port in the table of its utilization."""
    lines = lab.typed("show port utilization table").splitlines()
    line = next(line for line in lines if line.split()[:1] == [port])
    return [int(word) for word in line[32:].split()]


def octets(lab: Lab, port: str = "5/10") -> tuple[int, int]:
    data = lab.reply(f"show port datalink counters {port}").data
    return data["rx_bytes"], data["tx_bytes"]


def test_the_table_has_the_columns_of_the_device() -> None:
    assert Lab().typed("show port table").startswith(PORTS)


def test_a_shut_port_is_down_and_a_standby_card_has_standby_ports() -> None:
    lab = Lab()
    lab.configure("port ethernet 5/10", "shutdown")
    lab.configure("port ethernet 6/10", "no shutdown")
    shown = lab.typed("show port table")
    assert " 5/10 Srvc 10G Ethernet              Disabled Down Down Active    6/10" in shown
    assert " 6/10 Srvc 10G Ethernet              Enabled  Down Up   Standby   5/10" in shown


def test_one_port_and_one_that_is_not_there() -> None:
    lab = Lab()
    assert lab.typed("show port table 5/10").count("\n") == 3
    assert "Failure: Port 5/99 does not exist" in lab.typed("show port info 5/99")
    shown = lab.typed("show port info 5/10")
    assert shown.startswith("Port: 5/10\n  Port Type                : 10G Ethernet\n")
    assert "  Interface MAC Address    : 02-05-47-00-05-0A\n" in shown
    assert "  Physical ifIndex         : 84541440\n" in shown


def test_utilization_follows_from_the_calls() -> None:
    lab = Lab()
    assert lab.typed("show port utilization table") == UTILIZATION
    lab.configure("context SAEGW", "pgw-service PGW-SVC", "no associate egtp-service")
    lab.wait(60)
    now, _, five, _, fifteen, _ = figures(lab)
    assert now == 0
    assert 0 < five < fifteen < 40
    lab.wait(900)
    assert figures(lab) == [0] * 6


def test_counters_grow_with_the_traffic_and_are_counted_anew_when_cleared() -> None:
    lab = Lab()
    before = octets(lab)
    lab.wait(10)
    after = octets(lab)
    rate = lab.chassis.port_traffic.rates(0.0)[5, 10]
    assert after[0] - before[0] == pytest.approx(10 * rate.received, rel=1e-3)
    lab.typed("clear port 5/10 datalink counters")
    assert octets(lab) == (0, 0)
    assert octets(lab, "5/11") != (0, 0)
    npu = lab.reply("show port npu counters 5/10").data
    assert npu["rx_bytes"] >= after[0]  # these were not cleared
    lab.configure("port ethernet 5/10", "shutdown")
    lab.typed("clear port all npu counters")
    lab.wait(60)
    assert lab.reply("show port npu counters 5/10").data["rx_bytes"] == 0


def test_a_port_that_is_bound_elsewhere_keeps_what_it_has_carried() -> None:
    lab = Lab()
    before = octets(lab)
    lab.configure("port ethernet 5/10", "no bind interface")
    lab.configure("port ethernet 5/12", "no shutdown", "bind interface S5 SAEGW")
    lab.wait(60)
    assert octets(lab) >= before
    kept = octets(lab)
    lab.wait(60)
    assert octets(lab) == kept
    assert octets(lab, "5/12") > (0, 0)


@pytest.mark.parametrize(
    ("chassis", "beginning"),
    [
        ("asr5500", "          --------npu---------\n     npu     now   5min  15min\n"),
        ("vpc-si", "          -------iftask-------\n   lcore     now   5min  15min\n"),
    ],
)
def test_network_processors_by_platform(chassis: str, beginning: str) -> None:
    assert Lab(chassis).typed("show npu utilization table").startswith(beginning)


STEPS = st.lists(st.tuples(st.sampled_from("+-w"), st.integers(1, 400)), max_size=50)


@given(STEPS, st.integers(0, 900))
def test_seconds_of_calls_never_run_back(steps: list[tuple[str, int]], back: int) -> None:
    found, now, there = CallSeconds(), 10_000.0, list[float]()
    for step, number in steps:
        if step == "+":
            found.connected(now, now)
            there.append(now)
        elif step == "-" and there:
            found.ended(now, there.pop(number % len(there)))
        else:
            now += number
        assert found.calls == len(there)
        assert found.at(now) >= sum(now - began for began in there) - 1e-6
        assert -1e-6 <= found.before(now - back) <= found.at(now) + 1e-6


# Links


def states(lab: Lab, port: str) -> list[str]:
    """Whether a port is enabled, works and has its link, and its state."""
    line = next(x for x in lab.typed("show port table").splitlines() if x.split()[:1] == [port])
    return line[34:].split()[:4]


@pytest.fixture
def testing() -> Lab:
    """A session that may use test commands."""
    lab = Lab()
    lab.configure("cli hidden", "tech-support test-commands password x")
    lab.typed("cli test-commands password x")
    return lab


def test_the_other_port_of_a_pair_takes_over_from_one_without_a_link(testing: Lab) -> None:
    lab = testing
    sessions = len(lab.chassis.sessions)
    lab.typed("test port 5/10 fail")
    assert states(lab, "5/10") == ["Enabled", "Down", "Down", "Standby"]
    assert states(lab, "6/10") == ["Enabled", "Up", "Up", "Active"]
    assert len(lab.chassis.sessions) == sessions
    assert "(PortLinkDown) card 5 port 10 port type" in lab.typed("show snmp trap history")
    assert "(PortDown)" not in lab.typed("show snmp trap history")
    assert "MN  Port 5/10       Port link down" in lab.typed("show alarm outstanding")
    before = octets(lab, "6/10")
    lab.wait(60)
    assert octets(lab, "6/10") > before
    lab.typed("test port 5/10 restore")
    assert states(lab, "5/10") == ["Enabled", "Up", "Up", "Active"]
    assert "Port 5/10" not in lab.typed("show alarm outstanding")


def test_a_pair_without_links_takes_its_interfaces_and_their_calls_down(testing: Lab) -> None:
    lab = testing
    lab.typed("test port 5/10 fail", "test port 6/10 fail")
    assert states(lab, "5/10")[1:3] == ["Down", "Down"]
    assert "(PortDown) card 5 port 10" in lab.typed("show snmp trap history")
    assert len(lab.chassis.sessions) < lab.chassis.callers.total
    fewer = len(lab.chassis.sessions)
    lab.reload()
    assert states(lab, "5/10")[1:3] == ["Down", "Down"]
    lab.wait(120)
    assert len(lab.chassis.sessions) == fewer
    lab.device.restore_link(6, 10)
    lab.wait(120)
    assert len(lab.chassis.sessions) == lab.chassis.callers.total
    assert "(PortUp) card 5 port 10" in lab.typed("show snmp trap history")


def test_a_port_that_is_shut_is_not_stood_in_for(testing: Lab) -> None:
    lab = testing
    lab.configure("port ethernet 6/10", "shutdown")
    lab.typed("test port 5/10 fail")
    assert states(lab, "6/10")[:2] == ["Disabled", "Down"]
    assert "(PortDown) card 5 port 10" in lab.typed("show snmp trap history")


def test_ports_that_nobody_uses_do_not_change_places(testing: Lab) -> None:
    lab = testing
    lab.typed("test port 5/29 fail")
    assert states(lab, "5/29") == ["Disabled", "Down", "Down", "Active"]
    assert states(lab, "6/29") == ["Disabled", "Down", "Down", "Standby"]


def test_a_switchover_of_cards_moves_the_frames() -> None:
    lab = Lab()
    lab.typed("card switch from 5 to 6", "Yes")
    lab.wait(30)
    assert states(lab, "6/10") == ["Enabled", "Up", "Up", "Active"]
    before = octets(lab, "6/10")
    lab.wait(60)
    assert octets(lab, "6/10") > before


def test_only_a_link_that_is_lost_can_be_restored(testing: Lab) -> None:
    assert "Nothing is wrong with the link of port 5/10" in testing.typed("test port 5/10 restore")
    assert "Port 5/99 does not exist" in testing.typed("test port 5/99 fail")


def test_naming_a_port_leaves_it_in_its_pair(testing: Lab) -> None:
    lab = testing
    lab.configure("port ethernet 6/10", "description spare")
    assert states(lab, "6/10") == ["Enabled", "Down", "Up", "Standby"]
    lab.typed("test port 5/10 fail")
    assert states(lab, "6/10") == ["Enabled", "Up", "Up", "Active"]


def test_a_card_that_is_down_and_a_link_that_is_lost_leave_no_port() -> None:
    lab = Lab()
    lab.typed("card switch from 5 to 6 -noconfirm")
    lab.wait(120)
    lab.typed("card halt 5 -noconfirm")
    lab.wait(30)
    lab.device.fail_link(6, 10)
    assert states(lab, "5/10")[1] == states(lab, "6/10")[1] == "Down"
    assert "(PortDown) card 5 port 10" in lab.typed("show snmp trap history")
    lab.device.restore_link(6, 10)
    assert states(lab, "6/10")[1] == "Up"


def test_a_card_that_goes_down_is_told_of_with_its_ports() -> None:
    lab = Lab()
    lab.device.fail_link(5, 10)
    assert "(PortDown)" not in lab.typed("show snmp trap history")
    lab.typed("card halt 6 -noconfirm")
    lab.wait(30)
    assert "(PortDown) card 5 port 10" in lab.typed("show snmp trap history")


def test_a_port_that_is_shut_has_not_got_its_link_back(testing: Lab) -> None:
    lab = testing
    lab.typed("test port 5/10 fail", "test port 6/10 fail")
    lab.configure("port ethernet 5/10", "shutdown")
    assert "(PortLinkUp)" not in lab.typed("show snmp trap history")
    assert "Port link down" not in lab.typed("show alarm outstanding")


def test_the_other_ports_of_a_group_carry_what_one_does_not() -> None:
    lab = Lab()
    lab.configure(
        *("port ethernet 5/10", "link-aggregation master global group 1", "exit"),
        *("port ethernet 5/20", "link-aggregation member global group 1", "no shutdown"),
    )
    lab.wait(30)
    lab.device.fail_link(5, 10)
    before = octets(lab, "5/10"), octets(lab, "5/20")
    lab.wait(60)
    assert octets(lab, "5/10") == before[0]
    assert octets(lab, "5/20") > before[1]
    assert states(lab, "6/10") == ["Disabled", "Down", "Down", "Standby"]


def vlan_octets(lab: Lab, which: str) -> int:
    return int(lab.reply(f"show port npu counters 5/10 {which}").data["rx_bytes"])


def test_vlans_of_a_port_count_apart() -> None:
    lab = Lab()
    lab.wait(60)
    lab.typed("clear port all npu counters")
    lab.wait(60)
    assert vlan_octets(lab, "untagged") == lab.reply("show port npu counters 5/10").data["rx_bytes"]
    lab.configure(
        "port ethernet 5/10",
        "no bind interface",
        "vlan 33",
        "no shutdown",
        "bind interface S5 SAEGW",
    )
    kept = vlan_octets(lab, "untagged")
    lab.wait(60)
    assert vlan_octets(lab, "untagged") == kept
    assert vlan_octets(lab, "vlan 33") > 0
    whole = int(lab.reply("show port npu counters 5/10").data["rx_bytes"])
    assert abs(vlan_octets(lab, "vlan 33") + kept - whole) <= 1
    text = lab.typed("show port npu counters vlan 33")
    assert text.startswith("Counters for port 5/10 vlan 33\n")
    assert text.count("Counters for port") == 1
    assert lab.typed("show port npu counters vlan 9") == "Failure: No port has VLAN 9\n"
