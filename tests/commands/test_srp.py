"""The screens and the dialogues of the Service Redundancy Protocol."""

from __future__ import annotations

import re

import pytest

from tests.chassis.srp.pairs import BACKUP, EVERYBODY, IN_SRP, pair, silence
from tests.commands.test_outside_conditions import happen
from tests.commands.test_support import run
from tests.lab import Lab

SHOWS = (
    "show srp info",
    "show srp monitor",
    "show srp monitor all",
    "show srp statistics",
    "show srp checkpoint statistics",
    "show srp checkpoint statistics verbose",
    "show checkpoint statistics verbose",
    "show srp call-loss statistics",
    "show srp audit-statistics",
)
INFO = """\
Service Redundancy Protocol:
-------------------------------------------------------------------------------
Context:                                SRP
Local Address:                          198.51.101.1
Chassis State:                          Active
Chassis Mode:                           Primary
Chassis Priority:                       10
Local Tiebreaker:                       02-00-00-D1-B6-E5
Route-Modifier:                         3
Peer Remote Address:                    198.51.101.2
Peer State:                             Standby
Peer Mode:                              Backup
Peer Priority:                          10
Peer Tiebreaker:                        02-00-00-A0-5B-B4
Peer Route-Modifier:                    4
Last Hello Message received:            Fri Mar 27 17:12:25 2026 (0 seconds ago)
Peer Configuration Validation:          Complete
Last Peer Configuration Error:          None
Last Peer Configuration Event:          Fri Mar 27 16:38:25 2026 (2040 seconds ago)
Last Validate Switchover Status:        None
Connection State:                       Connected
"""
STANDBY = """\
Number of Sessmgrs:                            40
Sessmgrs in Active-Connected state:             0
Sessmgrs in Standby-Connected state:           40
Sessmgrs in Pending-Connected state:            0

Call Recovery Record Statistics:
  Current call recovery records:             1024
  Current pre-allocated calls:               1024

Checkpoint Statistics:
  Full checkpoints sent:                        0
  Full checkpoints received:                 1024
  Micro checkpoints sent:                       0
  Micro checkpoints received:                 984
"""
LINES = """\
smgr state peer  recovery pre-alloc  chk-point rcvd   chk-point sent
inst       conn   records     calls    full    micro    full    micro
---- ----- ----- -------- --------- ------- -------- ------- --------
   1 Stby  Ready       26        26      26        0       0        0
"""
MONITORS = """\
Type:  (A) - Auth. probe   (B) - BGP   (D) - Diameter
State: (I) - Initializing  (U) - Up    (D) - Down

                                                                       GroupId
vv  IP Addr                                  Port  Context (VRF Name)       |  Last Update
--  ---------------------------------------- ----- ------------------------ -- -------------------
AU  203.0.113.20                              1812 GGSN                      0 2026-Mar-27+17:12:25
BU  203.0.113.9                                179 GGSN                      2 2026-Mar-27+17:12:30
BI  203.0.113.99                               179 GGSN                      0 2026-Mar-27+17:12:25
DI  pcrf                                         0 GGSN                      0 2026-Mar-27+17:12:25
"""
SUMMARY = """\
Auth. probe monitor state     : Up
Auth. probe switch-over count : 0
BGP monitor state             : Up
BGP switch-over count         : 0
Diameter monitor state        : Initializing
Diameter switch-over count    : 0
"""
LOSS = """\
Switchover-1 started at          : Fri Mar 27 17:12:25 2026
Switchover reason                : Manual Switchover
Switchover took                  : 1 seconds to complete
Total active calls at switchover : 1024
Total lost calls                 : 0 (0.00 %)
  Checkpoints never sent         : 0
  Checkpoints send failed        : 0
"""
STATISTICS = """\
SRP Statistics:
  Hello Messages:
    Sent:                 2003487     Received:             2003481
  Configuration Validation:
    Requests Sent:           1670     Requests Received:       1670
    Successes:               1670     Failures:                   0
  Connections:
    Established:                1     Lost:                       1
  Switchovers:
    Total:                      0     Manual:                     0
    Dead Interval Expiry:       0     BGP Failure:                0
    AAA Failure:                0     Diameter Failure:           0
"""
AUDIT = """\
Audit number                     : 1
  Chassis state                  : Active
  Audit reason                   : Manual
  Audit start time               : Fri Mar 27 17:12:25 2026
  Sync start time                : Fri Mar 27 17:12:27 2026
  Ready for switchover time      : Fri Mar 27 17:12:29 2026
  Audit duration                 : 4 seconds
  Active sessions                : 1024
  New sessions                   : 0
  Stale sessions                 : 0
  Inactive sessions              : 0
"""
SWITCH = "srp initiate-switchover"


def test_info_tells_of_both_chassis() -> None:
    lab = pair()
    text = lab.typed("show srp info")
    assert text == INFO
    assert re.search(r"Chassis State:\s*(\w+)", text)
    line = next(line for line in text.splitlines() if "Chassis State" in line)
    assert line.count(":") == 1
    lab.typed("context GGSN")
    assert lab.typed("show srp info | grep State").count("\n") == 3


def test_checkpoints_of_a_standby_chassis_are_those_of_its_partner() -> None:
    lab = pair(BACKUP)
    lab.wait(59)
    assert lab.typed("show srp checkpoint statistics") == STANDBY
    sessmgrs = lab.typed("show srp checkpoint statistics | grep Sessmgrs")
    assert sessmgrs.splitlines()[0].rpartition(":")[2].strip() == "40"
    text = lab.typed("show srp checkpoint statistics sessmgr instance 1")
    assert re.sub(r"(26 +)\d\d( +0)", r"\g<1> 0\2", text, count=1).startswith(LINES[:-20])
    assert len(lab.typed("show checkpoint statistics verbose").splitlines()) == 43
    refused = lab.typed("show srp checkpoint statistics sessmgr instance 99")
    assert refused == "Failure: No task of facility sessmgr runs as instance 99\n"
    assert lab.typed("clear srp checkpoint statistics") == ""
    text = lab.typed("show srp checkpoint statistics")
    assert "received:                    0\n" in text
    assert "pre-allocated calls:               1024" in text


def test_monitors_are_shown_with_their_states_and_groups() -> None:
    lab = pair()
    lab.configure(
        "context GGSN",
        "router bgp 64512",
        "neighbor 203.0.113.9 remote-as 64513",
        "exit",
        "exit",
        *IN_SRP,
        "monitor authentication-probe context GGSN 203.0.113.20",
        "monitor bgp context GGSN 203.0.113.9 group 2",
        "monitor bgp context GGSN 203.0.113.99",
        "monitor diameter context GGSN endpoint gx peer pcrf",
    )
    lab.wait(10)
    text = lab.typed("show srp monitor all")
    assert re.sub(r"(I .*) 20\S+", r"\1 2026-Mar-27+17:12:25", text) == re.sub(
        r"(AU .*) 20\S+", r"\1 " + text.splitlines()[6].split()[-1], MONITORS
    )
    assert lab.typed("show srp monitor") == SUMMARY
    assert lab.typed("show srp monitor bgp").count("\nB") == 2
    assert "pcrf" not in lab.typed("show srp monitor bgp")


def test_statistics_count_messages_comparisons_and_connections() -> None:
    lab = pair()
    silence(lab)
    lab.wait(20)
    assert lab.typed("show srp statistics") == STATISTICS
    lab.typed("clear srp statistics")
    lab.wait(30)
    assert "Sent:                      10     Received:                   0" in lab.typed(
        "show srp statistics"
    )


def test_a_switchover_is_asked_for_and_recorded() -> None:
    lab = pair()
    assert lab.typed("show srp call-loss statistics") == "No switchover has occurred\n"
    assert lab.reply(SWITCH).prompt == "Are you sure? [Yes|No]: "
    assert lab.typed("no") == "Action aborted\n"
    assert lab.typed(f"{SWITCH} timeout 10 post-switchover-timeout 20", "yes") == ""
    lab.wait(5)
    assert lab.typed("show srp call-loss statistics") == LOSS
    assert lab.typed(SWITCH) == "Failure: Chassis is not in the active state\n"
    lab.typed("clear srp call-loss statistics")
    assert lab.typed("show srp call-loss statistics") == "No switchover has occurred\n"


def test_a_session_manager_without_partner_prevents_a_switchover_unless_forced() -> None:
    lab = pair()
    happen(lab, "task kill facility sessmgr instance 4")
    lab.wait(5)
    line = lab.typed("show srp checkpoint statistics sessmgr instance 4").splitlines()[3]
    assert line.split()[:3] == ["4", "Actv", "Conn"]
    assert lab.typed(f"{SWITCH} -noconfirm") == (
        "Failure: 1 session manager(s) not connected to the peer chassis\n"
        "- use the force keyword to switch over regardless\n"
    )
    assert lab.typed("srp validate-switchover") == ""
    status = lab.typed("show srp info | grep Validate")
    assert status.split(":")[1].strip() == (
        "Remote Chassis - Not Ready for Switchover (0 seconds ago)"
    )
    assert lab.typed(f"{SWITCH} force -noconfirm") == ""
    lab.wait(30)
    lab.typed("srp validate-switchover")
    lab.wait(15)
    assert "Remote Chassis - Ready for Switchover (15 seconds ago)" in lab.typed("show srp info")


def test_an_audit_is_shown_as_it_goes_on() -> None:
    lab = pair()
    assert lab.typed("show srp audit-statistics") == "No audit was done\n"
    assert lab.typed("srp initiate-audit manual-with-sync") == ""
    assert "Audit duration                 : In progress" in lab.typed("show srp audit-statistics")
    lab.wait(10)
    assert lab.typed("show srp audit-statistics") == AUDIT
    lab.typed("clear srp audit-statistics")
    assert lab.typed("show srp audit-statistics") == "No audit was done\n"


def test_nothing_is_left_to_do_behind_a_switchover() -> None:
    line = "srp terminate-post-process"
    assert pair().typed(line) == "Failure: No post-switchover process is running\n"


def test_support_sees_what_the_pair_is() -> None:
    assert run(pair(), "show support details").count("******** show srp ") == 5
    assert "show srp " not in run(Lab(), "show support details")


@pytest.mark.parametrize("line", SHOWS)
def test_without_the_protocol_that_is_told(line: str) -> None:
    assert Lab().typed(line) == "Service Redundancy Protocol is not configured\n"


@pytest.mark.parametrize(
    "line",
    [
        "srp initiate-switchover -noconfirm",
        "srp validate-configuration",
        "srp validate-switchover",
        "srp initiate-audit manual-with-sync",
        "srp reset-auth-probe-fail",
        "srp reset-diameter-fail",
        "srp terminate-post-process",
        "clear srp statistics",
    ],
)
def test_without_the_protocol_commands_are_refused(line: str) -> None:
    assert Lab().typed(line) == "Failure: Service Redundancy Protocol is not configured\n"


def test_the_protocol_that_does_not_run_is_shown_as_configured() -> None:
    lab = Lab()
    lab.configure(*IN_SRP, "priority 7", "bind address 192.0.2.1")
    text = lab.typed("show srp info")
    assert "Chassis State:                          Init\n" in text
    assert "Chassis Priority:                       7\n" in text
    assert "Connection State:                       None\n" in text
    assert lab.typed(f"{SWITCH} -noconfirm").startswith(
        "Failure: Service Redundancy Protocol does not run\n"
    )
    assert len(lab.chassis.sessions) == EVERYBODY
