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
