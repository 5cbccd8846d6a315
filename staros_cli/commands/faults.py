"""Commands that do things with cards, let things fail, and clear what that left behind."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import passwords, rct
from staros_cli.chassis.card_actions import PlannedFailure
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.platform import Role
from staros_cli.commands import outside
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.subscribers import matching_rows
from staros_cli.commands.suspension import Ask, Steps
from staros_cli.messages import Refused

_PASSWORD_LINE = "cli test-commands encrypted password "


@handles("card_migrate")
def card_migrate(invocation: Invocation) -> Steps[None]:
    """Move everything from an active packet card to a standby one."""
    slots = invocation.command.number("from_card"), invocation.command.number("to_card")
    invocation.chassis.card_actions.check_pair(*slots, Role.PACKET)
    yield from invocation.confirm()
    invocation.chassis.card_actions.migrate(*slots)


@handles("card_switch")
def card_switch(invocation: Invocation) -> Steps[None]:
    """Hand over between the management cards."""
    slots = invocation.command.number("from_card"), invocation.command.number("to_card")
    invocation.chassis.card_actions.check_pair(*slots, Role.MANAGEMENT)
    yield from invocation.confirm()
    invocation.chassis.card_actions.switch(*slots)


@handles("card_halt")
def card_halt(invocation: Invocation) -> Steps[None]:
    """Take a card out of service."""
    slot = invocation.command.number("card_number")
    invocation.chassis.card_actions.check_stop(slot)
    yield from invocation.confirm()
    invocation.chassis.card_actions.halt(slot)


@handles("card_reboot")
def card_reboot(invocation: Invocation) -> Steps[None]:
    """Restart a card."""
    slot = invocation.command.number("card_number")
    invocation.chassis.card_actions.check_reboot(slot)
    yield from invocation.confirm()
    invocation.chassis.card_actions.reboot(slot)


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


@handles("task_kill")
def task_kill(invocation: Invocation) -> None:
    """Let tasks abort."""
    command = invocation.command
    instance = command.number("instance_number") if command.has("instance") else None
    invocation.chassis.task_faults.kill(command.text("facility_name"), instance)


@handles("test_card")
def test_card(invocation: Invocation) -> None:
    """Let a card fail."""
    command = invocation.command
    fault = CardFault(
        command.text("reason", rct.CARD_FAILURE),
        command.text("device"),
        usable=not command.has("unusable"),
        graceful=command.has("graceful"),
    )
    invocation.chassis.card_faults.fail(command.number("card_number"), fault)


@handles("test_cpu")
def test_cpu(invocation: Invocation) -> None:
    """Let a critical task of a CPU fail, and the card with it."""
    command = invocation.command
    invocation.chassis.card_faults.fail_cpu(
        command.number("card_number"), command.number("cpu_number"), command.has("graceful")
    )


@handles("test_host")
def test_host(invocation: Invocation) -> None:
    """Let the host of a virtual card fail."""
    command = invocation.command
    invocation.chassis.card_faults.fail_host(
        command.number("card_number"), usable=not command.has("unusable")
    )


@handles("test_migration")
def test_migration(invocation: Invocation) -> None:
    """Let the next planned migration fail."""
    command = invocation.command
    status = rct.FAIL_PREMIGRATE if command.has("premigrate") else rct.FAIL_RENAME
    invocation.chassis.card_actions.plan_failure(
        PlannedFailure(status, command.text("facility_name"), command.number("instance_number"))
    )


@handles("clear_crash")
def clear_crash(invocation: Invocation) -> None:
    """Remove all crash records."""
    invocation.chassis.crashes.clear()


@handles("clear_rct_stats")
def clear_rct_stats(invocation: Invocation) -> None:
    """Remove the records of the Recovery Control Task."""
    invocation.chassis.rct.clear()


@handles("clear_snmp_trap")
def clear_snmp_trap(invocation: Invocation) -> None:
    """Remove the history of traps, or their counts."""
    if invocation.command.has("history"):
        invocation.chassis.events.clear_history()
    else:
        invocation.chassis.events.clear_counts()


@handles("clear_subscribers")
def clear_subscribers(invocation: Invocation) -> Steps[list[str]]:
    """End sessions."""
    rows = matching_rows(invocation)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    yield from invocation.confirm()
    for row in rows:
        invocation.chassis.callers.end(row)
    invocation.chassis.calls_changed()
    invocation.chassis.callers.wake()
    return [messages.SUBSCRIBERS_CLEARED(count=len(rows))]
