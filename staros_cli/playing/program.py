"""`staros-cli scenario`: what its actions do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

import msgspec
from rich import box
from rich.table import Table

from staros_cli import output
from staros_cli.chassis import calendar
from staros_cli.chassis.definition import DefinitionError, load
from staros_cli.chassis.events import Event
from staros_cli.device import Device
from staros_cli.errors import UsageError
from staros_cli.printable import printable, printable_text
from staros_cli.scenarios import schema as scenarios
from staros_cli.scenarios.play import Entry, Play
from staros_cli.scenarios.schema import DAY, Scenario, ScenarioError


def show_list(given: argparse.Namespace) -> int:
    """Print the scenarios that ship with the program."""
    found = [scenarios.built_in(name) for name in scenarios.built_in_names()]
    if given.json:
        rows = [{"name": one.name, "title": one.title, "daily": one.daily} for one in found]
        print(msgspec.json.format(msgspec.json.encode(rows)).decode())
        return 0
    table = Table("name", "what happens", "lasts", box=box.SIMPLE_HEAD)
    for one in found:
        table.add_row(one.name, one.title, "every day" if one.daily else _span(one.lasts))
    output.tables().print(table)
    return 0


def show(given: argparse.Namespace) -> int:
    """Print the steps of a scenario. Raises UsageError when it cannot be used."""
    found = _load(given.scenario)
    console = output.tables()
    console.print(printable(found.title), style="bold")
    console.print(printable(" ".join(found.schema.summary.split())))
    table = Table("at", "what happens", "by", box=box.SIMPLE_HEAD)
    for step, schema in zip(found.steps, found.schema.steps, strict=True):
        lines = [*step.lines, *(command.line for command in step.commands)]
        table.add_row(schema.at, printable(step.note), "\n".join(map(printable, lines)))
    console.print(table)
    return 0


def check(given: argparse.Namespace) -> int:
    """Tell whether scenarios can be used; the status is 1 when one cannot."""
    status = 0
    for name in given.scenarios:
        try:
            found = scenarios.load(name)
            load(found.schema.chassis)
        except (ScenarioError, DefinitionError) as error:
            print(f"staros-cli: {printable_text(str(error))}", file=sys.stderr)
            status = 1
            continue
        steps = f"{len(found.steps)} step{'' if len(found.steps) == 1 else 's'}"
        print(f"{printable(name)}: {steps}, {_span(found.lasts)}")
    return status


def run(given: argparse.Namespace) -> int:
    """Play a scenario in memory at once, and print what happens.

    The status is 1 when the chassis refused a step or a command. Raises UsageError when the
    scenario or the chassis cannot be used.
    """
    found = _load(given.scenario)
    try:
        definition = load(given.chassis or found.schema.chassis)
    except DefinitionError as error:
        raise UsageError(str(error)) from None
    with Device(definition.with_scenario("")) as device:
        telling = _Telling(device, found)
        device.subscribe(telling.event)
        telling.follow(device.play(found))
        failed = telling.refused
        for line in given.command:
            prompt = device.console.prompt
            reply = device.run(line, check=False)
            print(f"\n{prompt}{printable(line)}\n{reply.text}", end="")
            failed = failed or reply.failed
    return int(failed)


_INSTANT = 0.001
"""Seconds that time moves on at least."""


class _Telling:
    """Tells on standard output what happens on a device in the course of a scenario."""

    def __init__(self, device: Device, scenario: Scenario) -> None:
        self._device = device
        self._scenario = scenario
        self._began_at = device.now
        self._untold: list[Event] = []
        self._told = 0
        self.refused = False

    def event(self, event: Event) -> None:
        """Something happened on the chassis: tell of it if it is a trap."""
        if event.kind.trap:
            self._untold.append(event)

    def follow(self, play: Play) -> None:
        """Let time pass until the scenario has run, and tell what happens."""
        chassis = self._device.chassis
        print(f"{calendar.long_date(self._began_at)}: {printable(self._scenario.title)}")
        ends_at = self._began_at + self._scenario.lasts
        self._tell(play)
        while self._device.now < ends_at:
            self._device.advance(self._until(play, ends_at) - self._device.now)
            self._tell(play)
        calls, all_calls = len(chassis.sessions), chassis.callers.total
        alarms = len(chassis.events.outstanding)
        print(
            f"{self._stamp(ends_at)}  The end: {calls:,} of {all_calls:,} subscribers have a call,"
            f" {alarms} alarm{'' if alarms == 1 else 's'} outstanding"
        )

    def _until(self, play: Play, ends_at: float) -> float:
        """When the next step happens; one that is due waits for the system to be up."""
        now, due = self._device.now, self._device.chassis.timeline.next_due
        if play.next_at > now:
            return min(play.next_at, ends_at)
        return min(max(now + _INSTANT, due if due is not None else ends_at), ends_at)

    def _tell(self, play: Play) -> None:
        """Print the steps and the traps since the last time, in the order of time."""
        latest = list(play.log)[len(play.log) - (play.done - self._told) :]
        self._told = play.done
        steps = [(entry.time, line) for entry in latest for line in self._lines(entry)]
        for time, line in sorted([*steps, *self._traps()], key=lambda told: told[0]):
            print(f"{self._stamp(time)}{line}")
        self._untold.clear()

    def _traps(self) -> Iterator[tuple[float, str]]:
        """The traps that were not told yet: of those of a kind at a time the first and a count."""
        kinds: dict[tuple[int, str], list[Event]] = {}
        for event in self._untold:
            kinds.setdefault((int(event.time), event.kind.name), []).append(event)
        for events in kinds.values():
            more = f" (and {len(events) - 1} more)" if len(events) > 1 else ""
            yield events[0].time, f"    {events[0].notification}{more}"

    def _lines(self, entry: Entry) -> list[str]:
        self.refused = self.refused or bool(entry.refused)
        lines = [f"  {printable(entry.step.note)}"]
        return lines + [f"  refused: {printable(one)}" for one in entry.refused]

    def _stamp(self, time: float) -> str:
        """The time since the beginning, of a daily scenario the time of day, with days its date."""
        if self._scenario.daily and self._scenario.lasts > DAY:
            return calendar.iso(time).replace("T", " ").removesuffix("Z")
        return calendar.elapsed(time % DAY if self._scenario.daily else time - self._began_at)


def _load(name: str) -> Scenario:
    try:
        return scenarios.load(name)
    except ScenarioError as error:
        raise UsageError(str(error)) from None


def _span(seconds: float) -> str:
    """A span in the largest unit that gives a whole number."""
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{int(seconds // length)} {unit}"
    return f"{seconds:g} s"
