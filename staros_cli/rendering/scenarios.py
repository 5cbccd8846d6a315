"""Layouts about scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from staros_cli.chassis import calendar
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Rows, Table
from staros_cli.scenarios.play import Play


def _next(play: Play) -> str:
    return calendar.trap_date(play.next_at) if play.next_at < inf else "-"


_PLAYED = Table[Play](
    Column("Scenario", 20, lambda play: play.scenario.name),
    Column("Since", 24, lambda play: calendar.trap_date(play.began_at)),
    Column("Steps", 5, lambda play: len(play.scenario.steps), right=True),
    Column("Done", 5, lambda play: play.done, right=True),
    Column("Next", 24, _next),
    Column("Refused", 7, lambda play: play.refused, right=True),
)


@layout("show emulator scenarios", "chosen", "No device has this command.")
def played(plays: Sequence[Play]) -> Rows:
    """Scenarios, how many of their steps happened, when the next one does, and what was refused."""
    return _PLAYED.of(plays)
