"""Groups of ports carry the VLANs of their master together."""

from __future__ import annotations

from staros_cli.chassis.invariants import violations
from tests.lab import Lab

GROUP = (
    "port ethernet 5/10",
    "link-aggregation master group 232",
    "exit",
    "port ethernet 5/12",
    "no shutdown",
    "link-aggregation member group 232",
    "exit",
)
TABLE = """\
Grp  Port   Type                      Admin    Oper Link State    Pair  Redundant
---- -----  ------------------------  -------- ---- ---- -------  ----- ---------
232   5/10  10G Ethernet              Enabled  -    Up   -         6/10 LA+  5/10
232   5/12  10G Ethernet              Enabled  Up   Up   Active    6/12 LA+  5/10
"""


def started(lab: Lab) -> bool:
    return "EGTP-SVC      Started" in lab.typed("show service all")


def with_group() -> Lab:
    lab = Lab()
    assert lab.configure(*GROUP) == ""
    return lab


def test_the_table_of_groups() -> None:
    lab = with_group()
    assert lab.typed("show link-aggregation table") == TABLE
    assert lab.typed("show link-aggregation table group 7").count("\n") == 2
    ports = lab.typed("show port table")
    assert (
        " 5/12 Srvc 10G Ethernet              Enabled  Up   Up   Active    6/12 LA+  5/10" in ports
    )
    assert "  Link Aggregation Group   : 232 (global, member)\n" in lab.typed("show port info 5/12")


def test_without_groups_a_sentence_says_so() -> None:
    none = "No link aggregation groups match the specified criteria\n"
    lab = with_group()
    for form in ("info", "lacp info"):
        assert lab.typed(f"show link-aggregation {form} group 7") == none
        assert lab.typed(f"show link-aggregation {form}") != none
        assert Lab().typed(f"show link-aggregation {form}") == none
    assert lab.typed("show ip pool verbose") == "No pools are configured in context local\n"


def test_the_pair_of_the_master_counts_as_the_group_as_well() -> None:
    lab = with_group()
    lab.configure("port ethernet 6/10", "no shutdown", "link-aggregation member group 232")
    lab.configure("port ethernet 6/12", "no shutdown", "link-aggregation member group 232")
    pairs = """\
232   6/10  10G Ethernet              Enabled  -    Up   -         5/10 LA+  5/10
232   6/12  10G Ethernet              Enabled  Up   Up   Active    5/12 LA+  5/10
"""
    assert lab.typed("show link-aggregation table") == TABLE + pairs
    lab.configure("port ethernet 6/10", "shutdown")
    row = lab.typed("show link-aggregation table").splitlines()[4]
    assert row.endswith("Disabled Down Down Standby   5/10 LA-  5/10")


def test_the_interfaces_of_a_group_are_up_while_one_of_its_ports_is() -> None:
    lab = with_group()
    lab.configure("port ethernet 5/10", "shutdown")
    assert started(lab)
    assert "LA-  5/10" in lab.typed("show link-aggregation table")
    lab.configure("port ethernet 5/12", "shutdown")
    assert not started(lab)
    assert lab.chassis.sessions.count_of_service("SAEGW", "PGW-SVC") == 0
    lab.configure("port ethernet 5/12", "no shutdown")
    assert started(lab)
    assert violations(lab.chassis) == []


def test_a_group_needs_as_many_ports_as_it_says() -> None:
    lab = with_group()
    lab.configure(
        "port ethernet 5/12", "link-aggregation member group 232 min-link 2 mode redundant"
    )
    assert started(lab)
    lab.configure("port ethernet 5/10", "shutdown")
    assert not started(lab)


def test_a_port_that_leaves_its_group_stands_alone_again() -> None:
    lab = with_group()
    lab.configure("port ethernet 5/10", "shutdown")
    lab.configure("port ethernet 5/12", "no link-aggregation")
    assert not started(lab)


def test_a_member_binds_nothing_itself() -> None:
    lab = with_group()
    assert lab.configure("port ethernet 5/12", "bind interface S5 SAEGW") == (
        "Failure: Port 5/12 is a member of a group: bind interfaces at its master 5/10\n"
    )


def test_groups_come_back_with_the_saved_configuration() -> None:
    lab = with_group()
    lab.configure("port ethernet 5/10", "shutdown")
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    assert started(lab)
    assert "Group 232 (global): Master 5/10\n" in lab.typed("show link-aggregation info")


def test_a_group_has_one_master_and_members_that_carry_nothing() -> None:
    lab = Lab()
    lab.configure("port ethernet 5/12", "link-aggregation master group 1", "no shutdown")
    text = lab.configure("port ethernet 5/15", "link-aggregation master group 1")
    assert "Failure: Group 1 has the master 5/12" in text
    text = lab.configure("port ethernet 5/11", "link-aggregation member group 1")
    assert "Failure: Port 5/11 carries interface GN" in text
    assert lab.configure("port ethernet 5/12", "link-aggregation master group 1") == ""


def with_switched_group() -> Lab:
    lab = with_group()
    lab.configure(
        "card 5",
        "link-aggregation system-priority 0x64",
        "exit",
        "port ethernet 6/10",
        "no shutdown",
        "link-aggregation member group 232",
        "exit",
        "port ethernet 5/10",
        "link-aggregation lacp active rate fast timeout long",
        "link-aggregation redundancy switched hold-time 300 preferred slot 6",
    )
    return lab


SWITCHED = """\
Group 232 (global): Master 5/10
  LACP                    : Active, Fast, Long
  Redundancy              : Switched, hold-time 300, preferred slot 6
  Minimum Links           : 1
  System ID               : 0064 02-05-47-00-05-0A
  Key                     : 232
  Peer System ID          : 8000 02-AA-00-00-00-01
  Ports                   : 5/10 Distributing
                          : 5/12 Distributing
                          : 6/10 Standby
"""


def test_a_group_switches_to_the_card_with_the_most_ports_in_use() -> None:
    lab = with_switched_group()
    assert lab.typed("show link-aggregation info") == SWITCHED
    lab.chassis.ports.fail_link(5, 12)
    shown = lab.typed("show link-aggregation info group 232")
    states = ("5/10 Standby", "5/12 Down", "6/10 Distributing")
    assert [line[28:] for line in shown.splitlines()[-3:]] == list(states)
    assert started(lab)
    lab.typed("show link-aggregation utilization table")
    busy = [port for port, octets in lab.chassis.port_traffic.rates(0).items() if octets.sent]
    assert (6, 10) in busy
    assert (5, 10) not in busy
    assert "LA-  5/10" in lab.typed("show link-aggregation table | grep 5/12")


def test_ports_wait_while_their_group_has_too_few() -> None:
    lab = with_group()
    lab.configure(
        "port ethernet 5/12", "link-aggregation member group 232 min-link 2 mode redundant"
    )
    lab.configure("port ethernet 5/12", "shutdown")
    shown = lab.typed("show link-aggregation lacp info")
    assert " 5/10  Waiting        232  8000 02-AA-00-00-00-01      232" in shown
    assert " 5/12  Down           232  -                             -" in shown


def test_lacpdus_follow_the_rate_of_each_side() -> None:
    lab = with_switched_group()
    lacp = lab.chassis.ports.lacp
    before = {place: lacp.exchanged(place) for place in ((5, 10), (5, 12))}
    lab.chassis.ports.fail_link(5, 12)
    lab.wait(90)
    sent = lacp.exchanged((5, 10)).sent - before[5, 10].sent
    received = lacp.exchanged((5, 10)).received - before[5, 10].received
    assert (sent, received) == (90, 3)
    assert lacp.exchanged((5, 12)) == before[5, 12]
    lab.chassis.ports.restore_link(5, 12)
    lab.wait(60)
    assert lacp.exchanged((5, 12)).sent == before[5, 12].sent + 61
    assert lacp.exchanged((5, 12)).received == before[5, 12].received + 3


def test_a_restart_counts_lacpdus_anew() -> None:
    lab = with_switched_group()
    lab.wait(3600)
    lab.typed("save configuration -noconfirm")
    lab.reload(32)
    rows = lab.typed("show link-aggregation statistics").splitlines()[2:]
    assert rows[0] == "232     5/10          2        31          0          0           0"


def test_the_use_of_groups_is_that_of_their_ports() -> None:
    lab = with_switched_group()
    lab.wait(600)
    rows = lab.typed("show link-aggregation utilization table").splitlines()[4:]
    figures = [[int(cell) for cell in row.split()[-6:]] for row in rows]
    assert [row.split()[0] for row in rows] == ["232", "5/10", "5/12", "6/10"]
    assert figures[0] == [sum(column) for column in zip(*figures[1:], strict=True)]
    assert figures[0][0] > 0
    assert figures[3] == [0] * 6
