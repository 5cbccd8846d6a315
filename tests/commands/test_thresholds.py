"""Thresholds: what is configured is looked at, told by traps, and stands among the alarms."""

from __future__ import annotations

import pytest

from tests.lab import Lab

WATCHED = (
    "threshold model alarm",
    "threshold subscriber total 1000 clear 900",
    "threshold poll total-subscriber interval 130",
    "threshold monitoring subscriber",
)
SHOWN = """\
Threshold operation model: ALARM
Configured thresholds:
 Name:         subscriber total
 Config Scope: SYSTEM
 Threshold:    1000
 Clear:        900
Active thresholds:
 Name:         subscriber total
 Config Scope: SYSTEM
 Threshold:    1000
 Clear:        900
 Poll interval: 150 seconds
Enabled threshold groups:
 Name:         subscriber
 Config Scope: SYSTEM
"""
ALARM = "MN  Chassis         Subscribers: 1024, the threshold is 1000\n"
NONE = "No alarms are outstanding\n"
RAISED = "Internal trap notification 206 (ThreshSubscriberTotal) threshold 1000 measured value 1024"
CLEARED = (
    "Internal trap notification 207 (ThreshClearSubscriberTotal) threshold 1000 measured value"
)


def watching(*lines: str) -> Lab:
    lab = Lab()
    assert lab.configure(*(lines or WATCHED)) == ""
    return lab


def share(lab: Lab, part: float) -> None:
    """Let only a part of the subscribers want a call."""
    lab.chassis.callers.demand.share = part
    lab.chassis.callers.demand_changed()


def traps(lab: Lab, name: str) -> list[str]:
    found = lab.typed("show snmp trap history | grep Thresh").splitlines()
    return [line[25:] for line in found if name in line]


def test_what_is_configured_is_shown() -> None:
    assert watching().typed("show threshold") == SHOWN
    text = Lab().typed("show threshold")
    assert text.splitlines()[0] == "Threshold operation model: ALERT"
    assert "Threshold cpu-utilization: 85, groups: cpu-resource\n" in Lab().typed(
        "show threshold default"
    )


def test_nothing_is_due_unless_a_group_is_switched_on() -> None:
    lab = Lab()
    due = lab.chassis.timeline.next_due
    lab.configure(*WATCHED[:-1])
    assert lab.chassis.timeline.next_due == due
    assert lab.system.thresholds.active == []
    lab.configure(WATCHED[-1])
    assert lab.chassis.timeline.next_due is not None


def test_an_alarm_is_raised_once_and_ends_below_the_lower_value() -> None:
    lab = watching()
    lab.wait(149)
    assert traps(lab, "SubscriberTotal") == []
    lab.wait(1)
    assert traps(lab, "SubscriberTotal") == [RAISED]
    lab.wait(3000)
    assert traps(lab, "SubscriberTotal") == [RAISED]
    assert ALARM in lab.typed("show alarm outstanding")
    logged = lab.typed("show logs facility threshold")
    assert "[threshold 61010 warning]" in logged
    assert "Threshold crossed: subscriber total threshold 1000 measured value 1024\n" in logged
    lab.configure("threshold subscriber total 2000 clear 1025")
    assert lab.typed("show alarm outstanding") == NONE


def test_a_value_between_the_two_leaves_the_alarm() -> None:
    lab = watching()
    lab.wait(150)
    share(lab, 0.9)
    lab.wait(150)
    assert 900 <= len(lab.chassis.sessions) < 1000
    assert ALARM in lab.typed("show alarm outstanding")
    share(lab, 0.5)
    lab.wait(150)
    assert lab.typed("show alarm outstanding") == NONE
    assert traps(lab, "ClearSubscriberTotal") == [f"{CLEARED} {len(lab.chassis.sessions)}"]


def test_alerts_are_told_at_every_interval_and_are_no_alarms() -> None:
    lab = watching("threshold model alert", *WATCHED[1:])
    lab.wait(450)
    assert traps(lab, "SubscriberTotal") == [RAISED] * 3
    assert lab.typed("show alarm outstanding") == NONE


def test_a_group_that_is_switched_off_takes_its_alarms_along() -> None:
    lab = watching()
    lab.wait(150)
    lab.configure("no threshold monitoring subscriber")
    assert lab.typed("show alarm outstanding") == NONE
    lab.wait(3000)
    assert len(traps(lab, "SubscriberTotal")) == 1


def test_a_restart_begins_anew() -> None:
    lab = watching()
    lab.wait(150)
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    assert ALARM not in lab.typed("show alarm outstanding")
    assert "Poll interval: 150 seconds" in lab.typed("show threshold")
    lab.wait(150)
    assert "Subscribers:" in lab.typed("show alarm outstanding")


@pytest.mark.parametrize(
    ("lines", "trap"),
    [
        (
            ("threshold cpu-memory-usage 1", "threshold monitoring cpu-resource"),
            "244 (ThreshCPUMemUsage) card 1 cpu 0 threshold 1% measured value",
        ),
        (
            ("threshold mgmt-cpu-memory-usage 1", "threshold monitoring cpu-resource"),
            "244 (ThreshCPUMemUsage) card 5 cpu 0 threshold 1% measured value",
        ),
        (
            ("threshold cpu-available-memory 4000000", "threshold monitoring cpu-memory"),
            "202 (ThreshCPUMemory) card 1 cpu 0 threshold 4000000MB measured value",
        ),
        (
            ("threshold license remaining-sessions 100", "threshold monitoring license"),
            "204 (ThreshLicense) threshold 100% measured value 99% service type pgw",
        ),
        (
            ("threshold total-pgw-sessions 5", "threshold monitoring pgw-service"),
            "410 (ThreshPGWSessions) threshold 5 measured value 800",
        ),
        (
            (
                "threshold card-temperature-near-power-off-limit 20",
                "threshold monitoring system",
            ),
            "503 (ThreshCardTemperatureNearPowerOffLimit) card 1 threshold 20 measured value 39",
        ),
    ],
)
def test_facts_of_the_model_cross_thresholds(lines: tuple[str, ...], trap: str) -> None:
    lab = watching(*lines)
    lab.wait(300)
    found = traps(lab, "Thresh")
    assert any(f"Internal trap notification {trap}" in line for line in found)


def test_a_port_has_its_own_limits_or_those_of_the_system() -> None:
    lab = watching(
        "threshold port-tx-utilization 70",
        "port ethernet 5/11",
        "threshold rx-utilization 60 clear 50",
        "threshold monitoring",
    )
    active = lab.system.thresholds.active
    assert [(one.scope, one.threshold.name, one.limit.value) for one in active] == [
        ("5/11", "port-rx-utilization", 60),
        ("5/11", "port-tx-utilization", 70),
        ("5/11", "port-high-activity", 50),
    ]
    lab.wait(300)
    assert traps(lab, "Port") == []


def test_what_is_counted_is_that_of_an_interval() -> None:
    lab = watching(
        "threshold model alarm",
        "threshold disconnect-reason Admin-disconnect 3",
        "threshold monitoring subscriber",
    )
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(300)
    assert traps(lab, "SNXDisconnectReason") == [
        "Internal trap notification 1320 (ThreshSNXDisconnectReason) disconnect reason "
        "Admin-disconnect threshold 3 measured value 1024"
    ]
    lab.wait(300)
    assert len(traps(lab, "ClearSNXDisconnectReason")) == 1
    assert lab.typed("show alarm outstanding") == NONE


def test_pools_of_a_context_have_their_thresholds_there() -> None:
    lab = watching(
        "threshold model alarm",
        "context SAEGW",
        "ip pool few 10.200.0.0 255.255.255.0 public 0 group-name g1",
        "threshold ip-pool-free 100",
        "threshold available-ip-pool-group 100",
        "threshold monitoring available-ip-pool-group",
    )
    lab.wait(300)
    found = [line.split("notification ")[1] for line in traps(lab, "IPPool")]
    assert any(line.startswith("268 (ThreshIPPoolFree) context SAEGW pool few ") for line in found)
    assert any(line.startswith("238 (ThreshIPPoolAvail) context SAEGW group g1") for line in found)
    lab.configure("context SAEGW", "no ip pool few")
    lab.wait(300)
    assert "SAEGW/few" not in lab.typed("show alarm outstanding")


def test_failed_requests_to_servers_cross_thresholds() -> None:
    lab = watching(
        "threshold model alarm",
        "threshold aaa-auth-failure 100",
        "threshold aaa-auth-failure-rate 50",
        "threshold aaa-retry-rate 90",
        "threshold monitoring aaa-auth-failure",
        "threshold monitoring aaa-retry-rate",
        "context SAEGW",
        "radius server 192.0.2.34 key s",
        "threshold aaa-auth-failure 100",
        "threshold monitoring aaa-auth-failure",
        "exit",
        "context local",
        "threshold aaa-auth-failure 1",
        "threshold monitoring aaa-auth-failure",
    )
    lab.wait(600)
    assert traps(lab, "AAA") == []
    lab.chassis.peers.fail("192.0.2.34")
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(600)
    numbers = [line.split()[3] for line in traps(lab, "AAA")]
    assert numbers.count("216") == 2  # of the system and of SAEGW, not of local
    assert {"216", "218"} <= set(numbers)
    alarms = lab.typed("show alarm outstanding")
    assert "MN  Chassis         Failed authentications: " in alarms
    assert "MN  SAEGW           Failed authentications: " in alarms
    lab.chassis.peers.restore("192.0.2.34")
    lab.wait(1200)
    assert "Failed authentications" not in lab.typed("show alarm outstanding")


def test_the_throughput_of_sessions_crosses_a_threshold() -> None:
    lab = watching(
        "threshold cpu-session-throughput 1", "threshold monitoring cpu-session-throughput"
    )
    lab.wait(300)
    assert "(ThreshSessCPUThroughput) card 1 cpu 0 threshold 1 measured" in traps(lab, "SessCPU")[0]


def test_a_pool_may_have_a_limit_of_its_own() -> None:
    lab = watching(
        "threshold model alarm",
        "context SAEGW",
        "ip pool few 10.200.0.0 255.255.255.0 public 0",
        "ip pool more 10.201.0.0 255.255.255.0 public 0 alert-threshold pool-free 100 clear 100",
        "ip pool few alert-threshold pool-free 10 clear 20",
        "threshold monitoring available-ip-pool-group",
    )
    assert " Name:         ip-pool-free few\n" in lab.typed("show threshold")
    lab.wait(300)
    assert ["pool more" in line for line in traps(lab, "IPPoolFree")] == [True]
    lab.configure("context SAEGW", "threshold ip-pool-free 100")
    lab.wait(300)
    assert "SAEGW/few" not in lab.typed("show alarm outstanding")
    lab.configure("context SAEGW", "no ip pool few alert-threshold pool-free")
    lab.wait(300)
    assert "SAEGW/few" in lab.typed("show alarm outstanding")


def test_a_long_jump_of_the_clock_looks_as_often_as_is_good() -> None:
    lab = watching("threshold model alert", *WATCHED[1:])
    lab.wait(10 * 365 * 86400)
    assert 1 <= len(traps(lab, "SubscriberTotal")) <= 300
    before = len(traps(lab, "SubscriberTotal"))
    lab.wait(150)
    assert len(traps(lab, "SubscriberTotal")) == before + 1


def test_an_alarm_stays_whose_limit_to_clear_lies_beyond_the_threshold() -> None:
    lab = watching(
        *WATCHED,
        "threshold subscriber total 1000 clear 5000",
        "threshold license remaining-sessions 99 clear 1",
        "threshold poll license interval 30",
        "threshold monitoring license",
    )
    for _ in range(10):
        lab.wait(150)
    assert len(traps(lab, "ThreshSubscriberTotal")) == 1
    assert len(traps(lab, "ThreshLicense")) == 2
    assert traps(lab, "ThreshClear") == []
