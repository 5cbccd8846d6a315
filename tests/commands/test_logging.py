"""Events that a session shows when they happen."""

from __future__ import annotations

from tests.lab import Lab


def test_events_of_the_level_error_are_shown_until_that_is_ended() -> None:
    lab = Lab()
    assert lab.typed("logging active") == ""
    assert lab.typed("show logging active").startswith("Session of admin on /dev/console:\n")
    lab.chassis.task_faults.kill("sessmgr", 3)
    lab.wait(30)
    assert lab.chassis.events.log
    shown = lab.typed("logging filter active facility all level info")
    lab.chassis.task_faults.kill("sessmgr", 4)
    shown = lab.wait(0)
    assert "Internal trap notification 150 (TaskFailed) facility sessmgr instance 4" in shown
    log = lab.typed("show logs").splitlines()
    assert set(shown.splitlines()) <= set(log)
    assert lab.typed("no logging active") == ""
    lab.chassis.task_faults.kill("sessmgr", 5)
    assert lab.wait(0) == ""
    assert lab.typed("show logging active") == "No active logging filters\n"


def test_the_level_of_a_facility_goes_before_that_of_all() -> None:
    lab = Lab()
    for line in ("all level info", "snmp level error"):
        lab.typed(f"logging filter active facility {line}")
    lab.typed("logging active")
    lab.chassis.task_faults.kill("sessmgr", 4)
    shown = lab.wait(0)
    assert shown
    assert " [snmp " not in shown


def test_a_session_that_ends_is_told_of_nothing_any_more() -> None:
    lab = Lab()
    other = lab.device.session("other")
    other.handle("logging active")
    other.handle("logging filter active facility all level info")
    other.handle("exit")
    lab.chassis.task_faults.kill("sessmgr", 4)
    assert other.user.inbox == []


def test_lines_for_a_session_that_shows_none_are_bounded() -> None:
    lab = Lab()
    other = lab.device.session("other")
    other.handle("logging active")
    other.handle("logging filter active facility all level info")
    for _ in range(200):
        lab.chassis.task_faults.kill("sessmgr", 4)
        lab.wait(60)
    assert len(other.user.inbox) == 500


def test_what_is_set_is_shown() -> None:
    lab = Lab()
    lab.configure(
        "logging filter runtime facility sessmgr level warning",
        "context local",
        "logging syslog 192.0.2.50 event-verbosity min",
    )
    assert lab.typed("show logging") == (
        "Logging filters:\n"
        "  sessmgr              : warning\n"
        "Active filters         : 0\n"
        "Syslog servers:\n"
        "  192.0.2.50 event-verbosity min\n"
    )
