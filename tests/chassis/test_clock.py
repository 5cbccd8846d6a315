"""The clock and what is due on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.clock import ManualClock, ScaledClock, Timeline


@given(st.lists(st.floats(0, 100), max_size=20), st.lists(st.floats(0, 30), max_size=8))
def test_everything_happens_once_in_order_and_at_its_time(
    due: list[float], steps: list[float]
) -> None:
    clock = ManualClock(0.0)
    timeline = Timeline(clock)
    happened: list[tuple[float, int]] = []
    for number, time in enumerate(due):
        timeline.at(time, lambda number=number: happened.append((timeline.now, number)))
    for step in [0.0, *steps]:
        clock.advance(step)
        timeline.catch_up()
        assert timeline.now == clock.now()
    expected = sorted((t, n) for n, t in enumerate(due) if t <= clock.now())
    assert happened == expected


def test_an_event_may_bring_about_others() -> None:
    clock = ManualClock(0.0)
    timeline = Timeline(clock)
    times: list[float] = []

    def tick() -> None:
        times.append(timeline.now)
        timeline.after(1.0, tick)

    timeline.after(1.0, tick)
    clock.advance(3.5)
    timeline.catch_up()
    assert times == [1.0, 2.0, 3.0]
    assert timeline.next_due == 4.0


def test_a_scaled_clock_runs_faster() -> None:
    seconds = iter([100.0, 100.0, 101.5])
    clock = ScaledClock(1000.0, lambda: next(seconds), rate=10)
    assert clock.now() == 1000.0
    assert clock.now() == 1015.0


def test_no_clock_runs_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        ManualClock(0.0).advance(-1.0)
