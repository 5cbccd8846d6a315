"""A chassis of a pair: what it does when the other one, the link or what is monitored fails."""

from __future__ import annotations

import pytest

from staros_cli.chassis.credit.counts import Counted
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.licence import License
from staros_cli.chassis.srp.operation import next_audit
from staros_cli.chassis.srp.settings import SrpSettings
from staros_cli.chassis.srp.states import State
from tests.chassis.credit.labs import configured
from tests.chassis.credit.labs import counts as credit
from tests.chassis.srp.pairs import (
    BACKUP,
    EVERYBODY,
    IN_SRP,
    OWN,
    PARTNER,
    bring_back,
    pair,
    silence,
    srp,
    states,
    told,
    traps,
)
from tests.commands.test_outside_conditions import happen
from tests.configuration.test_peers import ENDPOINT, POLICY, SERVERS
from tests.configuration.test_peers import OWN as OWN_ADDRESS
from tests.lab import Lab

ACTIVE, STANDBY = (State.ACTIVE, State.STANDBY), (State.STANDBY, State.ACTIVE)
SWITCH = "srp initiate-switchover -noconfirm"


def count(lab: Lab) -> int:
    return len(lab.chassis.sessions)


def held(lab: Lab) -> int:
    return len(srp(lab).handover.held)


def test_the_primary_chassis_serves_and_the_backup_one_holds_records() -> None:
    for lines, expected in (((), None), (BACKUP, STANDBY)):
        lab = pair(lines) if lines else pair()
        assert states(lab) == (expected or ACTIVE)
        assert (count(lab), held(lab)) == ((0, EVERYBODY) if lines else (EVERYBODY, 0))
        assert traps(lab) == []
        assert violations(lab.chassis) == []


def test_a_manual_switchover_moves_all_calls_and_back() -> None:
    lab = pair()
    before = sorted(lab.chassis.sessions.callids())
    assert lab.typed(SWITCH) == ""
    assert states(lab)[0] is State.PENDING_STANDBY
    lab.wait(5)
    assert states(lab) == STANDBY
    assert (count(lab), held(lab)) == (0, EVERYBODY)
    assert lab.typed("show subscribers all") == "No subscribers match the specified criteria\n"
    assert traps(lab) == ["SRPSwitchoverInitiated", "SRPSwitchoverOccured", "SRPStandby"]
    assert lab.typed("show service all").count("Started") > 3
    lab.wait(600)
    happen(lab, "test srp switchover")
    lab.wait(5)
    assert states(lab) == ACTIVE
    assert sorted(lab.chassis.sessions.callids()) == before
    assert traps(lab)[3:] == ["SRPSwitchoverOccured", "SRPActive"]
    assert violations(lab.chassis) == []


def test_calls_go_on_with_their_age_and_as_recovered_ones() -> None:
    lab = pair()
    now, sessions = lab.chassis.now, lab.chassis.sessions
    row = next(sessions.rows())
    callid, age = sessions.session(row, now).callid, sessions.session(row, now).duration(now)
    seconds = lab.chassis.callers.history.seconds[0]
    served = seconds.at(now)
    lab.typed(SWITCH)
    lab.wait(100)
    happen(lab, "test srp switchover")
    lab.wait(100)
    now = lab.chassis.now
    session = sessions.session(sessions.with_callid(callid)[0], now)
    assert session.recovered
    assert session.duration(now) == pytest.approx(age + 200)
    assert session.counted_from > now - 100
    assert (seconds.at(now) - served) / 700 == pytest.approx(99, abs=1.5)
    for row in list(sessions.rows()):
        lab.chassis.callers.end(row)
    assert (seconds.at(now + 99) - served) / 700 == pytest.approx(99, abs=1.5)


def test_calls_that_are_too_young_are_lost() -> None:
    lab = pair()
    happen(lab, "test calls share 50")
    lab.wait(120)
    happen(lab, "test calls restore")
    lab.wait(20)
    young = srp(lab).checkpoints.young()
    assert 0 < young <= EVERYBODY / 2
    assert young + srp(lab).checkpoints.known() == count(lab)
    lab.typed(SWITCH)
    lab.wait(5)
    record = srp(lab).switchovers.kept[-1]
    assert record.lost == record.never_sent > 0
    assert record.active - record.lost == held(lab)


def test_a_short_duration_saves_young_calls() -> None:
    lab = pair()
    lab.configure(*IN_SRP, "checkpoint session duration non-ims-session 0")
    happen(lab, "test calls share 50")
    lab.wait(120)
    happen(lab, "test calls restore")
    lab.wait(20)
    lab.typed(SWITCH)
    lab.wait(5)
    assert srp(lab).switchovers.kept[-1].lost <= 25


def test_addresses_of_pools_stay_with_their_calls() -> None:
    lab = pair(
        more=(
            "context SAEGW",
            "  ip pool p 10.7.0.0 255.255.0.0 public 0",
            "#exit",
        )
    )
    lab.wait(5)
    sessions = lab.chassis.sessions

    def addresses() -> dict[int, str]:
        now = lab.chassis.now
        found = (sessions.session(row, now) for row in sessions.rows())
        return {one.callid: one.allotted for one in found if one.allotted}

    before = addresses()
    assert len(before) == 700
    used = lab.typed("show ip pool").splitlines()[-3]
    lab.typed(SWITCH)
    lab.wait(20)
    assert lab.typed("show ip pool").splitlines()[-3] == used
    happen(lab, "test srp switchover")
    lab.wait(20)
    assert addresses() == before
    lab.typed("save configuration /flash/system.cfg -noconfirm")
    lab.reload(60)
    assert states(lab) == STANDBY
    happen(lab, "test srp switchover")
    lab.wait(20)
    assert addresses() == before
    assert lab.typed("show ip pool").splitlines()[-3] == used
    assert violations(lab.chassis) == []


def test_a_dead_partner_is_taken_over_from_after_the_dead_interval() -> None:
    lab = pair(BACKUP)
    silence(lab)
    lab.wait(11)
    assert states(lab)[0] is State.STANDBY
    lab.wait(4.5)
    assert states(lab)[0] is State.PENDING_ACTIVE
    assert traps(lab) == ["SRPConnDown", "SRPSwitchoverOccured"]
    lab.wait(5)
    assert states(lab)[0] is State.ACTIVE
    assert count(lab) == EVERYBODY
    assert "SRP Connection Down" in lab.typed("show alarm outstanding")
    bring_back(lab)
    lab.wait(5)
    assert states(lab) == ACTIVE
    assert traps(lab)[2:] == ["SRPActive", "SRPConnUp"]
    assert "SRP" not in lab.typed("show alarm outstanding")
    assert told(lab, "Peer Route-Modifier") == "5"
    assert srp(lab).checkpoints.known() == EVERYBODY


def test_a_partner_that_restarts_loses_its_role_and_its_managers_wait_for_hellos() -> None:
    lab = pair(BACKUP)
    happen(lab, f"test peer {PARTNER} restart srp")
    lab.wait(30)
    assert states(lab)[0] is State.ACTIVE
    lab.wait(100)
    assert states(lab) == ACTIVE
    refused = lab.typed(SWITCH)
    assert refused.startswith("Failure: 40 session manager(s) not connected to the peer chassis\n")
    lab.wait(22)
    assert lab.typed(SWITCH) == ""
    lab.configure(*IN_SRP, "standby database-recovery aggressive")
    lab.wait(5)
    assert states(lab) == STANDBY


def test_with_its_link_lost_a_standby_chassis_waits_for_traffic_that_does_not_come() -> None:
    lab = pair(BACKUP)
    lab.configure("port ethernet 5/12", "shutdown")
    lab.wait(600)
    assert states(lab) == (State.PENDING_ACTIVE, State.ACTIVE)
    assert count(lab) == 0
    lab.configure("port ethernet 5/12", "no shutdown")
    lab.wait(10)
    assert states(lab) == STANDBY
    assert held(lab) == EVERYBODY
    assert traps(lab)[-2:] == ["SRPConnUp", "SRPStandby"]


def test_with_its_link_lost_an_active_chassis_serves_on_and_cannot_hand_over() -> None:
    lab = pair()
    lab.configure("port ethernet 5/12", "shutdown")
    lab.wait(600)
    assert states(lab)[0] is State.ACTIVE
    assert count(lab) == EVERYBODY
    assert lab.typed(SWITCH) == "Failure: No standby chassis is connected\n"
    assert told(lab, "Connection State") == "Disconnected"
    assert told(lab, "Peer State") == "None"


def test_a_restart_of_the_active_chassis_leaves_its_calls_with_the_other_one() -> None:
    lab = pair()
    lab.typed("save configuration /flash/system.cfg -noconfirm")
    before = sorted(lab.chassis.sessions.callids())
    lab.reload(60)
    assert states(lab) == STANDBY
    assert (count(lab), held(lab)) == (0, EVERYBODY)
    silence(lab)
    lab.wait(30)
    assert sorted(lab.chassis.sessions.callids()) == before
    lab.reload(120)
    assert states(lab)[0] is State.ACTIVE
    assert count(lab) == EVERYBODY
    assert sorted(lab.chassis.sessions.callids()) != before
    assert violations(lab.chassis) == []


def test_without_a_partner_a_chassis_becomes_active_after_the_dead_interval() -> None:
    lab = pair()
    lab.typed("save configuration /flash/system.cfg -noconfirm")
    silence(lab)
    lab.reload(12)
    assert states(lab)[0] is State.INIT
    assert count(lab) == 0
    lab.wait(30)
    assert states(lab)[0] is State.ACTIVE
    assert count(lab) > 0


def test_bgp_neighbors_that_are_monitored_move_the_service() -> None:
    lab = pair()
    lab.configure(
        "context GGSN",
        "router bgp 64512",
        "neighbor 203.0.113.9 remote-as 64513",
        "neighbor 203.0.113.10 remote-as 64513",
        "exit",
        "exit",
        *IN_SRP,
        "monitor bgp context GGSN 203.0.113.9",
        "monitor bgp context GGSN 203.0.113.10",
    )
    lab.wait(60)
    happen(lab, "test peer 203.0.113.9 fail bgp")
    lab.wait(100)
    assert states(lab) == ACTIVE
    assert traps(lab)[-1] == "BGPPeerUnreachable"
    happen(lab, "test peer 203.0.113.10 fail bgp")
    lab.wait(100)
    assert states(lab) == STANDBY
    assert srp(lab).switchovers.kept[-1].reason.value[0] == 2
    assert "Switchover Reason: BGP Failure" in lab.typed("show snmp trap history")


def test_groups_of_monitored_peers_count_apart() -> None:
    lab = pair()
    lab.configure(
        "context GGSN",
        "router bgp 64512",
        "neighbor 203.0.113.9 remote-as 64513",
        "neighbor 203.0.113.10 remote-as 64513",
        "exit",
        "exit",
        *IN_SRP,
        "monitor bgp context GGSN 203.0.113.9 group 1",
        "monitor bgp context GGSN 203.0.113.10 group 2",
    )
    lab.wait(60)
    happen(lab, "test peer 203.0.113.9 fail bgp")
    lab.wait(100)
    assert states(lab) == STANDBY


def test_servers_that_are_probed_move_the_service_once() -> None:
    lab = pair()
    lab.configure(*IN_SRP, "monitor authentication-probe context GGSN 203.0.113.20")
    lab.wait(60)
    assert "AU  203.0.113.20" in lab.typed("show srp monitor all")
    happen(lab, "test peer 203.0.113.20 fail radius")
    lab.wait(60)
    assert states(lab) == STANDBY
    assert "SRPAAAUnreachable" in traps(lab)
    assert "reports AAA Unreachable" in lab.typed("show alarm outstanding")
    happen(lab, "test srp switchover")
    lab.wait(300)
    assert states(lab) == ACTIVE
    assert lab.typed("srp reset-auth-probe-fail") == ""
    lab.wait(5)
    assert states(lab) == STANDBY
    happen(lab, "test peer 203.0.113.20 restore radius")
    lab.wait(60)
    assert traps(lab)[-1] == "SRPAAAReachable"


def test_a_guard_timer_delays_what_failed_soon_after_a_switchover() -> None:
    lab = pair()
    lab.configure(
        *IN_SRP,
        "monitor authentication-probe context GGSN 203.0.113.20",
        "guard-timer aaa-switchover-timers guard-period 600 damping-period 200",
    )
    lab.typed(SWITCH)
    lab.wait(20)
    happen(lab, "test srp switchover")
    lab.wait(20)
    happen(lab, "test peer 203.0.113.20 fail radius")
    lab.wait(100)
    assert states(lab) == ACTIVE
    lab.wait(200)
    assert states(lab) == STANDBY


def test_a_monitor_failure_moves_nothing_without_a_standby_chassis() -> None:
    lab = pair()
    lab.configure(*IN_SRP, "monitor authentication-probe context GGSN 203.0.113.20")
    silence(lab)
    happen(lab, "test peer 203.0.113.20 fail radius")
    lab.wait(100)
    assert states(lab)[0] is State.ACTIVE
    bring_back(lab)
    lab.wait(10)
    assert states(lab) == STANDBY


def test_configurations_that_differ_are_told_at_the_next_comparison() -> None:
    lab = pair()
    happen(lab, "test srp configuration differ")
    lab.wait(60)
    assert told(lab, "Last Peer Configuration Error") == "None"
    lab.wait(3600)
    assert told(lab, "Last Peer Configuration Error") == "Checksum mismatch"
    assert traps(lab) == ["SRPConfigOutOfSync"]
    happen(lab, "test srp configuration match")
    assert lab.typed("srp validate-configuration") == ""
    assert traps(lab) == ["SRPConfigOutOfSync", "SRPConfigInSync"]
    assert "SRP" not in lab.typed("show alarm outstanding")


def test_taken_out_of_the_configuration_a_chassis_serves_alone() -> None:
    lab = pair(BACKUP)
    assert count(lab) == 0
    lab.configure("context SRP", "no service-redundancy-protocol")
    lab.wait(30)
    assert count(lab) == EVERYBODY
    assert held(lab) == 0
    lab.configure(*IN_SRP, f"bind address {OWN}", f"peer-ip-address {PARTNER}", *BACKUP)
    lab.wait(30)
    assert states(lab) == STANDBY
    assert (count(lab), held(lab)) == (0, EVERYBODY)


def test_without_a_license_the_protocol_does_not_run() -> None:
    lab = pair(())
    lab.chassis.remove_license()
    lab.configure(*IN_SRP, f"bind address {OWN}", f"peer-ip-address {PARTNER}")
    lab.wait(30)
    assert not srp(lab).is_running
    assert "a license for ICSR" in lab.typed("show configuration errors")
    key = License("ANY", ("icsr",)).key()
    lab.chassis.install_license(key)
    assert lab.typed("srp validate-switchover") == ""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("no bind address",), "Configure bind address and peer-ip-address"),
        (("peer-ip-address 2001:db8::2",), "not of the same address family"),
        (("dead-interval 5",), "less than three times hello-interval"),
        (("monitor bgp context GGSN 203.0.113.9",), "monitor of BGP 203.0.113.9"),
    ],
)
def test_what_is_wrong_with_the_configuration_is_told(
    lines: tuple[str, ...], expected: str
) -> None:
    lab = pair()
    assert "service-redundancy" not in lab.typed("show configuration errors")
    lab.configure(*IN_SRP, *lines)
    assert expected in lab.typed("show configuration errors")


def test_addresses_of_two_families_never_connect() -> None:
    lab = pair()
    lab.configure(*IN_SRP, "no peer-ip-address", "peer-ip-address 2001:db8::2")
    lab.wait(100)
    assert told(lab, "Connection State") == "Disconnected"


def test_servers_are_not_told_of_calls_that_move() -> None:
    lab = pair()
    lab.configure(*OWN_ADDRESS, *ENDPOINT, *SERVERS, *POLICY)
    lab.configure("context SAEGW", "aaa group default", "radius attribute nas-ip-address 192.0.2.1")
    lab.wait(5)
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(100)
    peers = lab.chassis.peers

    def told() -> tuple[object, ...]:
        now = lab.chassis.now
        peers.count()
        return (
            [one.counts(now).requests for one in peers.servers.diameter],
            [one.counts(now).starts for one in peers.servers.radius],
            [one.counts(now).stops for one in peers.servers.radius],
            [one.counts(now).records for one in peers.servers.gtpp],
            [peers.policies.counts("ims").current],
        )

    before = told()
    assert told()[-1] == [EVERYBODY]
    lab.typed(SWITCH)
    lab.wait(5)
    assert told()[:-1] == before[:-1]
    assert told()[-1] == [0]
    happen(lab, "test srp switchover")
    lab.wait(10)
    assert count(lab) == EVERYBODY
    assert told() == before
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(1)
    assert told() != before


def test_sessions_of_credit_control_go_on_without_new_requests() -> None:
    lab = pair()
    lab.configure(*configured())
    lab.wait(5)
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(100)
    names = (Counted.STARTS, Counted.CATEGORIES, Counted.LINK_BROKEN)
    before = credit(lab, *names)
    assert credit(lab, Counted.STARTS) == (EVERYBODY,)
    for line in (SWITCH, "test srp switchover"):
        happen(lab, line) if line.startswith("test") else lab.typed(line)
        lab.wait(10)
        assert credit(lab, *names) == before
    assert count(lab) == EVERYBODY
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(100)
    assert credit(lab, Counted.STARTS) == (2 * EVERYBODY,)


def test_however_often_one_looks_only_one_thing_is_due() -> None:
    lab = pair()
    lab.typed("save configuration /flash/system.cfg -noconfirm")
    lab.configure(*IN_SRP, "delay-interval 4294967295")
    silence(lab)
    lab.typed("save configuration /flash/system.cfg -noconfirm")
    lab.reload(60)
    assert states(lab)[0] is State.INIT
    due = len(lab.chassis.timeline._events)
    for _ in range(50):
        lab.typed("show srp info")
    assert len(lab.chassis.timeline._events) == due


def test_audits_are_made_as_often_as_configured() -> None:
    lab = pair()
    lab.configure(*IN_SRP, "audit periodicity 60")
    lab.wait(10)
    assert lab.typed("show srp audit-statistics") == "No audit was done\n"
    lab.wait(3 * 3600)
    text = lab.typed("show srp audit-statistics")
    assert text.startswith("Audit number                     : 3\n")
    assert "  Audit reason                   : Periodic\n" in text
    lab.typed(SWITCH)
    lab.wait(3 * 3600)
    assert lab.typed("show srp audit-statistics") == text


def test_audits_are_made_once_a_day_at_a_time() -> None:
    settings = SrpSettings("x", audit_at=3600.0)
    assert next_audit(settings, 0.0) == 3600.0
    assert next_audit(settings, 3600.0) == 86400.0 + 3600.0
    assert next_audit(SrpSettings("x"), 5.0) == float("inf")
    lab = pair()
    lab.configure(*IN_SRP, "audit daily-start-time 18 00")
    lab.wait(3600)
    assert "Audit start time               : Fri Mar 27 18:00:00 2026" in lab.typed(
        "show srp audit-statistics"
    )
