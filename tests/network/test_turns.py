"""Costly lines have turns one after the other, and seldom; nobody else waits for them."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

import pytest

from staros_cli.network.turns import (
    CHEAP,
    LONGEST_MEMORY,
    LONGEST_REST,
    MOST_REST,
    Turns,
    rest_after,
)

GREP = 0.03
"""Seconds of a turn that others notice."""


class Time:
    """Time that is moved, with what is to be done at which moment."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Do something after so many seconds."""
        self._count += 1
        heapq.heappush(self._due, (self.now + seconds, self._count, work))

    def run(self, until: float) -> None:
        """Do what is due until then."""
        while self._due and self._due[0][0] <= until:
            moment, _, work = heapq.heappop(self._due)
            self.now = max(self.now, moment)
            work()
        self.now = max(self.now, until)


class Line:
    """Asks for one turn `pause` seconds after the other, each of which takes `cost` seconds."""

    def __init__(self, name: str, cost: float, time: Time, turns: Turns, address: str = "") -> None:
        self.origins = (name, address or name)
        self.cost = cost
        self.pause = 0.0
        self.had: list[float] = []
        self._time = time
        self._turns = turns

    def begin(self) -> None:
        """Ask for the first turn."""
        self._turns.ask(self, self._turn)

    def _turn(self) -> None:
        self.had.append(self._time.now)
        self._time.now += self.cost
        self._turns.took(self, self.cost)
        self._time.later(self.pause, self.begin)


def lines(*named: tuple[str, float], rations: bool = True) -> tuple[Time, Turns, list[Line]]:
    """Lines by name and cost that have begun, and their time."""
    time = Time()
    turns = Turns(rations=rations, clock=lambda: time.now, later=time.later)
    found = [Line(name, cost, time, turns) for name, cost in named]
    for line in found:
        line.begin()
    return time, turns, found


def test_however_many_costly_lines_leave_most_of_the_time() -> None:
    time, _, found = lines(*((f"user{n}", 0.05) for n in range(10)))
    time.run(60)
    busy = sum(len(line.had) * line.cost for line in found)
    assert busy < 60 / MOST_REST + 10 * 0.05
    counts = [len(line.had) for line in found]
    assert max(counts) - min(counts) <= 1


def test_a_line_beside_costly_ones_waits_for_one_turn_at_most() -> None:
    time, _, found = lines(*((f"user{n}", GREP) for n in range(10)), ("ann", 0.001))
    time.run(1)
    before = len(found[-1].had)
    time.run(2)
    moments = found[-1].had[before:]
    waits = [after - moment for moment, after in itertools.pairwise(moments)]
    assert max(waits) < GREP + 0.002
    late = sum(wait > GREP for wait in waits)
    assert late <= 1 / (GREP * 9) + 1


def test_many_that_are_never_costly_are_in_nobodys_way() -> None:
    """Each turn of ten lines is cheap, but not all of them together."""
    time, _, found = lines(*((f"user{n}", CHEAP) for n in range(10)), ("ann", 0.0001))
    ann = found.pop()
    ann.pause = 0.02
    time.run(1)
    before = len(ann.had)
    time.run(2)
    moments = ann.had[before:]
    waits = [after - moment for moment, after in itertools.pairwise(moments)]
    assert max(waits) < ann.pause + CHEAP + 0.001
    assert sum(len(line.had) for line in found) > 150


def test_rests_grow_with_the_cost_and_have_an_end() -> None:
    assert rest_after(CHEAP) == 0
    assert rest_after(2 * CHEAP) == pytest.approx(8 * CHEAP)
    assert rest_after(5 * CHEAP) == pytest.approx(5 * CHEAP * MOST_REST)
    assert rest_after(60.0) == LONGEST_REST


def test_new_lines_of_somebody_costly_queue_as_well() -> None:
    """Else a line for each command would be the way around."""
    time, turns, _ = lines(("bob", 0.05))
    time.run(0.1)
    for same in (
        Line("bob", 0.05, time, turns, "elsewhere"),
        Line("eve", 0.05, time, turns, "bob"),
    ):
        assert turns.has_to_queue(same)
    ann = Line("ann", 0.05, time, turns)
    assert not turns.has_to_queue(ann)
    time.run(0.1 + LONGEST_REST + LONGEST_MEMORY)


def test_a_new_line_comes_before_those_known_to_be_costly() -> None:
    time, turns, found = lines(("bob", 0.05), ("eve", 0.05))
    time.run(0.5)
    new = Line("bob", 0.001, time, turns, "elsewhere")
    new.pause = 1.0
    new.begin()
    time.run(0.5 + 2 * LONGEST_REST)
    assert new.had[0] < min(moment for line in found for moment in line.had if moment > 0.5)
    assert not turns.has_to_queue(new)


def test_what_was_costly_long_ago_is_forgotten() -> None:
    time, turns, found = lines(("bob", 0.05))
    time.run(1)
    found[0].cost, found[0].pause = 0.001, 1.0
    time.run(2 * LONGEST_MEMORY + 1)
    assert not turns.has_to_queue(found[0])


def test_a_line_that_is_gone_has_no_turn() -> None:
    time, turns, (bob,) = lines(("bob", 0.05))
    time.run(0.1)
    had = len(bob.had)
    turns.forget(bob)
    time.run(60)
    assert len(bob.had) == had


def test_where_the_time_stands_still_nobody_rests() -> None:
    time, _, (bob,) = lines(("bob", 0.05), rations=False)
    time.run(1)
    assert len(bob.had) >= 19
