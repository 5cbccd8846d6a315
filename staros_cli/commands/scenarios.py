"""Commands about scenarios, which no device has."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.injection import play
from staros_cli.messages import Refused
from staros_cli.rendering import scenarios as layouts
from staros_cli.scenarios import schema


@handles("show_scenarios")
def show_scenarios(invocation: Invocation) -> Output:
    """Show the scenarios that are played on this chassis."""
    return layouts.played(invocation.system.scenarios.plays)


@handles("test_scenario")
def test_scenario(invocation: Invocation) -> None:
    """Play a scenario, or stop to."""
    command, system = invocation.command, invocation.system
    name = command.text("scenario")
    if command.has("stop"):
        system.scenarios.stop(name)
        return
    known = schema.built_in_names()
    if name not in known:
        raise Refused(messages.NO_SUCH_SCENARIO, name=name, known=", ".join(known))
    play(system, schema.built_in(name))
