"""Commands that open test commands to a session."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import passwords
from staros_cli.commands import outside
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.suspension import Ask, Steps
from staros_cli.messages import Refused

_SPELLINGS = ("tech-support test-commands", "cli test-commands")
"""The beginnings of lines that set the password, the one of newer releases first."""


@handles("cli_hidden", "no_cli_hidden", "no_cli_test_commands", "no_tech_support_test_commands")
def kept_for_test_commands(invocation: Invocation) -> None:
    """Nothing but the line in the configuration: `cli test-commands` looks for it."""


@handles("cli_test_commands", "tech_support_test_commands")
def set_password(invocation: Invocation) -> Steps[None]:
    """Set the password of test commands, which is stored encrypted."""
    command = invocation.command
    spelling = " ".join(command.words[:2])
    password = command.text("password")
    kept = _kept_password(invocation, spelling)
    if command.has("old-password") and kept:
        old = command.text("old_password")
        if not (yield from outside.is_right(invocation, old, kept)):
            raise Refused(messages.TEST_PASSWORD)
    if command.has("encrypted"):
        passwords.check(password)
    else:
        salt = invocation.chassis.rng.randbytes
        password = yield from outside.encrypted(invocation, password, salt)
    invocation.kept_line = f"{spelling} encrypted password {password}"


@handles("enter_test_commands")
def enter_test_commands(invocation: Invocation) -> Steps[list[str]]:
    """Open test commands to this session."""
    newer, older = (_kept_password(invocation, spelling) for spelling in _SPELLINGS)
    if not newer and invocation.system.running.find("cli hidden") is None:
        raise Refused(messages.NEEDS_HIDDEN)
    if invocation.command.has("password"):
        typed = invocation.command.text("password")
    else:
        typed = yield Ask(messages.TEST_PASSWORD_PROMPT(), echo=False)
    kept = newer or older
    if not kept or not (yield from outside.is_right(invocation, typed, kept)):
        raise Refused(messages.TEST_PASSWORD)
    invocation.state.hidden_commands = True
    invocation.chassis.events.add(
        invocation.now,
        "TestModeEntered",
        context=invocation.state.context,
        user=invocation.state.user.name,
        terminal=invocation.state.user.terminal,
        origin=_origin(invocation.state.user.remote),
    )
    return messages.TEST_COMMANDS().split("\n")


def _origin(remote: str) -> str:
    """The end of the trap, which a session at the console has not."""
    if not remote:
        return ""
    version = "IPV6" if ":" in remote else "IPV4"
    return f" address type {version} remote ip address {remote}"


def _kept_password(invocation: Invocation, spelling: str) -> str:
    """The stored password of the line that begins so, an empty text when there is none."""
    line = invocation.system.running.find(spelling)
    return line.line.rpartition(" ")[2] if line else ""
