"""Events that a session shows when they happen."""

from __future__ import annotations

import pytest

from staros_cli.chassis.call_traces import MOST_EVENTS, CallEvent, Trace
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


def recovering() -> Lab:
    """A chassis on which session recovery works."""
    lab = Lab()
    lab.configure("require session recovery")
    lab.device.save()
    lab.reload()
    lab.wait(7200)
    return lab


def _call(lab: Lab) -> tuple[str, int]:
    """The name of a subscriber of the instance 3, and the call."""
    sessions = lab.chassis.sessions
    session = next(
        found
        for found in (sessions.session(row, lab.chassis.now) for row in range(50))
        if found.sessmgr == 3
    )
    return session.username, session.callid


def test_what_happens_to_the_calls_of_a_subscriber_is_shown() -> None:
    lab = recovering()
    name, callid = _call(lab)
    shown = lab.typed(f"logging monitor username {name}")
    (found,) = shown.splitlines()
    assert "[sessmgr 10040 info] [" in found
    process = f"<sessmgr:3>] [callid {callid:08x}]"
    assert f"{process} [software internal user] Call found: {name}" in found
    assert "checkpoint to aaamgr instance 3: success" in lab.wait(120)
    shown = lab.typed(f"clear subscribers callid {callid:08x} -noconfirm") + lab.wait(0)
    assert "Call ended: " in shown


def test_a_failure_of_the_sessmgr_is_among_it_and_its_recovery() -> None:
    lab = recovering()
    name, _ = _call(lab)
    lab.typed(f"logging trace username {name}")
    lab.chassis.task_faults.kill("sessmgr", 3)
    assert "error] [" in lab.wait(0)
    shown = lab.wait(60)
    assert "recovered by sessmgr instance 3 from aaamgr instance 3" in shown


def test_a_jump_of_the_clock_is_not_gone_through_step_by_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads: list[int] = []
    real = Trace.read

    def read(trace: Trace) -> list[CallEvent]:
        found = real(trace)
        reads.append(len(found))
        return found

    monkeypatch.setattr(Trace, "read", read)
    lab = recovering()
    lab.typed("logging monitor username *")
    lab.wait(86400 * 30)
    assert 10 < len(reads) < 1_000
    assert max(reads) <= MOST_EVENTS


def test_watching_is_listed_bounded_and_ended() -> None:
    lab = Lab()
    for number in range(10):
        assert lab.typed(f"logging monitor msid {number}") == ""
    assert "No more than 10 subscribers" in lab.typed("logging monitor msid 99")
    assert "  calls of msid 7\n" in lab.typed("show logging active")
    assert "does not watch msid 99" in lab.typed("no logging monitor msid 99")
    assert lab.typed("no logging monitor msid 7") == ""
    assert "msid 7" not in lab.typed("show logging active")
    assert lab.typed("no logging monitor") == ""
    assert lab.typed("show logging active") == "No active logging filters\n"
    assert lab.chassis.call_traces.count == 0


def test_a_session_that_ends_watches_no_more() -> None:
    lab = Lab()
    name, _ = _call(lab)
    other = lab.device.session("other")
    other.handle(f"logging monitor username {name}")
    assert lab.chassis.call_traces.count == 1
    other.handle("exit")
    assert lab.chassis.call_traces.count == 0


def test_a_restart_ends_watching() -> None:
    lab = Lab()
    name, _ = _call(lab)
    lab.typed(f"logging monitor username {name}")
    lab.device.reload()
    assert lab.chassis.call_traces.count == 0
    assert lab.typed("show logging active") == "No active logging filters\n"
    assert lab.wait(600) == ""
