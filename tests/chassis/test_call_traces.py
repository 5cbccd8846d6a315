"""Traces: what is told of a call agrees with what its lines count."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.chassis.call_traces import CallEvent, Happening, Trace
from tests.lab import Lab

CALLS = 3


def traced(lab: Lab, row: int) -> Trace:
    callid = lab.chassis.sessions.session(row, lab.chassis.now).callid
    trace = lab.chassis.call_traces.begin(lambda session: session.callid == callid, lambda: None)
    trace.begin_with(row)
    trace.read()
    return trace


def first_row(lab: Lab, instance: int = 3) -> int:
    return next(iter(lab.chassis.sessions.rows_of_sessmgr(instance)))


def kill(lab: Lab, facility: str, instance: int = 3) -> None:
    lab.chassis.task_faults.kill(facility, instance)


def counted(events: list[CallEvent], happening: Happening) -> tuple[int, int]:
    found = [event for event in events if event.happening is happening]
    return len(found), sum(event.success for event in found)


@settings(max_examples=25)
@given(st.lists(st.one_of(st.floats(0.5, 200.0), st.just("aaamgr")), min_size=1, max_size=8))
def test_checkpoints_are_told_as_they_are_counted(steps: list[float | str]) -> None:
    """However long it takes until a trace is read, and while the aaamgr is away as well."""
    lab = Lab("asr5000-chapter")
    row = first_row(lab)
    before, _ = lab.chassis.sessions.lines(row, lab.chassis.now)
    trace = traced(lab, row)
    events: list[CallEvent] = []
    for step in steps:
        if isinstance(step, str):
            kill(lab, step)
        else:
            lab.wait(step)
            events += trace.read()
    lab.wait(0.01)
    events += trace.read()
    after, _ = lab.chassis.sessions.lines(row, lab.chassis.now)
    for happening, first, last in (
        (Happening.FULL, before.full, after.full),
        (Happening.MICRO, before.micro, after.micro),
    ):
        attempts, success = counted(events, happening)
        assert (attempts, success) == (last.attempts - first.attempts, last.success - first.success)
    times = [event.time for event in events]
    assert times == sorted(times)


def test_the_next_time_is_that_of_the_next_event() -> None:
    lab = Lab("asr5000-chapter")
    trace = traced(lab, first_row(lab))
    at = trace.next_time
    lab.wait(at - lab.chassis.now - 0.001)
    assert trace.read() == []
    lab.wait(0.002)
    assert [event.time for event in trace.read()] == [at]


def test_a_recovery_is_told_and_the_checkpoints_go_on_after_it() -> None:
    lab = Lab("asr5000-chapter")
    trace = traced(lab, first_row(lab))
    kill(lab, "sessmgr")
    lab.wait(120)
    happenings = [event.happening for event in trace.read()]
    assert happenings[0] is Happening.MANAGER_LOST
    assert happenings[1] is Happening.RECOVERED
    assert set(happenings[2:]) == {Happening.MICRO, Happening.FULL}
    assert trace.calls == 1


def test_a_call_that_is_lost_has_ended() -> None:
    lab = Lab("asr5000-chapter")
    trace = traced(lab, first_row(lab))
    kill(lab, "aaamgr")
    kill(lab, "sessmgr")
    lab.wait(30)
    ended = [event for event in trace.read() if event.happening is Happening.ENDED]
    assert [event.reason for event in ended] == ["internal-error"]
    assert trace.calls == 0


def test_a_trace_ends_with_the_system() -> None:
    lab = Lab("asr5000-chapter")
    trace = traced(lab, first_row(lab))
    lab.reload()
    assert trace.read() == []
    lab.wait(600)
    assert trace.read() == []
