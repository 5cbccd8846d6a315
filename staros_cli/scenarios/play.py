"""Scenarios that are played on a chassis."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.changes import SystemStarted
from staros_cli.chassis.chassis import Chassis
from staros_cli.messages import Refused
from staros_cli.scenarios.schema import DAY, Scenario, Step

MOST = 16
"""How many scenarios are played at once, at most."""
_KEPT = 1000

Act = Callable[[Step], list[str]]
"""Lets a step happen; returns what was refused, and why."""


class Entry(Struct, frozen=True):
    """A step that happened: when, in seconds since 1970 UTC, and what of it was refused."""

    time: float
    step: Step
    refused: tuple[str, ...]


class Play:
    """A scenario that is played since a moment, in seconds since 1970 UTC.

    `done` counts its steps, `log` has the latest of them.
    """

    def __init__(self, scenario: Scenario, began_at: float) -> None:
        self.scenario = scenario
        self.began_at = began_at
        self.done = 0
        self.log: deque[Entry] = deque(maxlen=_KEPT)
        self.refused = 0
        self.token = 0
        self.round_began_at = began_at
        if scenario.daily:
            self.round_began_at = began_at // DAY * DAY
            self.position = max(0, sum(map(self._is_past, scenario.steps)) - 1)
        else:
            self.position = 0

    def _is_past(self, step: Step) -> bool:
        return self.round_began_at + step.at <= self.began_at

    @property
    def next_at(self) -> float:
        """When the next step is due, infinite when all are done."""
        if self.position < len(self.scenario.steps):
            return self.round_began_at + self.scenario.steps[self.position].at
        return inf

    def take(self) -> Step:
        """The next step, which happens now."""
        step = self.scenario.steps[self.position]
        self.position += 1
        self.done += 1
        if self.scenario.daily and self.position == len(self.scenario.steps):
            self.position = 0
            self.round_began_at += DAY
        return step

    def note(self, time: float, step: Step, refused: list[str]) -> None:
        """Keep that a step has happened."""
        self.log.append(Entry(time, step, tuple(refused)))
        self.refused += len(refused)


class Scenarios:
    """The scenarios that are played on a chassis.

    They go on over restarts: a step that falls into one happens when the system is up again.
    """

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self._plays: dict[str, tuple[Play, Act]] = {}
        chassis.timeline.subscribe(SystemStarted, lambda _: self._system_started())

    @property
    def plays(self) -> list[Play]:
        """Those that are played or were played to their end."""
        return [play for play, _ in self._plays.values()]

    def play(self, scenario: Scenario, act: Act) -> Play:
        """Begin to play a scenario; what of it is due happens at once.

        Raises Refused when it is being played, or too many are.
        """
        going = [play.scenario.name for play in self.plays if play.next_at < inf]
        if scenario.name in going:
            raise Refused(messages.SCENARIO_PLAYS, name=scenario.name)
        if len(going) >= MOST:
            raise Refused(messages.TOO_MANY_SCENARIOS, most=MOST)
        if scenario.name not in self._plays and len(self._plays) >= MOST:
            ended = next(name for name in self._plays if name not in going)
            del self._plays[ended]
        play = Play(scenario, self._chassis.now)
        self._plays[scenario.name] = (play, act)
        self._go_on(play, act)
        return play

    def stop(self, name: str) -> None:
        """Play a scenario no more; what it did stays. Raises Refused when it is not played."""
        if name not in self._plays:
            raise Refused(messages.NO_SUCH_SCENARIO_PLAYS, name=name)
        play, _ = self._plays.pop(name)
        play.token += 1

    def _system_started(self) -> None:
        for play, act in list(self._plays.values()):
            self._go_on(play, act)

    def _go_on(self, play: Play, act: Act) -> None:
        """Let what is due happen, and see to it that the rest does."""
        chassis = self._chassis
        play.token += 1
        token = play.token
        while chassis.is_up and play.next_at <= chassis.now:
            step = play.take()
            refused = act(step)
            play.note(chassis.now, step, refused)
            if play.token != token:  # a step has restarted the system, or stopped this
                return
        if chassis.is_up and play.next_at < inf:
            chassis.timeline.at(play.next_at, lambda: self._due(play, act, token))

    def _due(self, play: Play, act: Act, token: int) -> None:
        if play.token == token:
            self._go_on(play, act)
