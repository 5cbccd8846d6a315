"""Commands that open test commands to a session."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import passwords
from staros_cli.commands import outside
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.suspension import Ask, Steps
from staros_cli.messages import Refused

_PASSWORD_LINE = "cli test-commands encrypted password "


@handles("cli_hidden", "no_cli_hidden", "no_cli_test_commands")
def kept_for_test_commands(invocation: Invocation) -> None:
    """Nothing but the line in the configuration: `cli test-commands` looks for it."""


@handles("cli_test_commands")
def cli_test_commands(invocation: Invocation) -> Steps[None]:
    """Set the password of test commands, which is stored encrypted."""
    password = invocation.command.text("password")
    if invocation.command.has("encrypted"):
        passwords.check(password)
    else:
        password = yield from outside.encrypted(
            invocation, password, invocation.chassis.rng.randbytes
        )
    invocation.kept_line = _PASSWORD_LINE + password


@handles("enter_test_commands")
def enter_test_commands(invocation: Invocation) -> Steps[list[str]]:
    """Open test commands to this session."""
    running = invocation.system.running
    line = running.find("cli test-commands")
    if running.find("cli hidden") is None:
        raise Refused(messages.NEEDS_HIDDEN)
    kept = line.line.removeprefix(_PASSWORD_LINE) if line else ""
    if invocation.command.has("password"):
        typed = invocation.command.text("password")
    else:
        typed = yield Ask(messages.TEST_PASSWORD_PROMPT(), echo=False)
    if not kept or not (yield from outside.is_right(invocation, typed, kept)):
        raise Refused(messages.TEST_PASSWORD)
    invocation.state.hidden_commands = True
    invocation.chassis.events.add(
        invocation.now,
        "TestModeEntered",
        context=invocation.state.context,
        user=invocation.state.user.name,
        terminal=invocation.state.user.terminal,
    )
    return messages.TEST_COMMANDS().split("\n")
