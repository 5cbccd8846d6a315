"""Commands that do things with cards, let things fail, and clear what that left behind."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import passwords, rct
from staros_cli.chassis.card_actions import PlannedFailure
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.platform import Role
from staros_cli.commands import outside
from staros_cli.commands.engine import Call, handles
from staros_cli.commands.subscribers import matching_rows
from staros_cli.messages import Refused

_PASSWORD_LINE = "cli test-commands encrypted password "


@handles("card_migrate")
def card_migrate(call: Call) -> None:
    """Move everything from an active packet card to a standby one."""
    slots = call.command.number("from_card"), call.command.number("to_card")
    call.chassis.card_actions.check_pair(*slots, Role.PACKET)
    call.confirm()
    call.chassis.card_actions.migrate(*slots)


@handles("card_switch")
def card_switch(call: Call) -> None:
    """Hand over between the management cards."""
    slots = call.command.number("from_card"), call.command.number("to_card")
    call.chassis.card_actions.check_pair(*slots, Role.MANAGEMENT)
    call.confirm()
    call.chassis.card_actions.switch(*slots)


@handles("card_halt")
def card_halt(call: Call) -> None:
    """Take a card out of service."""
    slot = call.command.number("card_number")
    call.chassis.card_actions.check_stop(slot)
    call.confirm()
    call.chassis.card_actions.halt(slot)


@handles("card_reboot")
def card_reboot(call: Call) -> None:
    """Restart a card."""
    slot = call.command.number("card_number")
    call.chassis.card_actions.check_reboot(slot)
    call.confirm()
    call.chassis.card_actions.reboot(slot)


@handles("cli_hidden", "no_cli_hidden", "no_cli_test_commands")
def kept_for_test_commands(call: Call) -> None:
    """Nothing but the line in the configuration: `cli test-commands` looks for it."""


@handles("cli_test_commands")
def cli_test_commands(call: Call) -> None:
    """Set the password of test commands, which is stored encrypted."""
    password = call.command.text("password")
    if call.command.has("encrypted"):
        passwords.check(password)
    else:
        password = outside.encrypted(call, password, call.chassis.rng.randbytes)
    call.kept_line = _PASSWORD_LINE + password


@handles("enter_test_commands")
def enter_test_commands(call: Call) -> list[str]:
    """Open test commands to this session."""
    running = call.system.running
    line = running.find("cli test-commands")
    if running.find("cli hidden") is None:
        raise Refused(messages.NEEDS_HIDDEN)
    kept = line.line.removeprefix(_PASSWORD_LINE) if line else ""
    if not kept or not outside.is_right(call, call.command.text("password"), kept):
        raise Refused(messages.TEST_PASSWORD)
    call.state.hidden_commands = True
    call.chassis.events.add(
        call.now,
        "TestModeEntered",
        context=call.state.context,
        user=call.state.user.name,
        terminal=call.state.user.terminal,
    )
    return messages.TEST_COMMANDS().split("\n")


@handles("task_kill")
def task_kill(call: Call) -> None:
    """Let tasks abort."""
    command = call.command
    instance = command.number("instance_number") if command.has("instance") else None
    call.chassis.task_faults.kill(command.text("facility_name"), instance)


@handles("test_card")
def test_card(call: Call) -> None:
    """Let a card fail."""
    command = call.command
    fault = CardFault(
        command.text("reason", rct.CARD_FAILURE),
        command.text("device"),
        usable=not command.has("unusable"),
        graceful=command.has("graceful"),
    )
    call.chassis.card_faults.fail(command.number("card_number"), fault)


@handles("test_cpu")
def test_cpu(call: Call) -> None:
    """Let a critical task of a CPU fail, and the card with it."""
    command = call.command
    call.chassis.card_faults.fail_cpu(
        command.number("card_number"), command.number("cpu_number"), command.has("graceful")
    )


@handles("test_host")
def test_host(call: Call) -> None:
    """Let the host of a virtual card fail."""
    command = call.command
    call.chassis.card_faults.fail_host(
        command.number("card_number"), usable=not command.has("unusable")
    )


@handles("test_migration")
def test_migration(call: Call) -> None:
    """Let the next planned migration fail."""
    command = call.command
    status = rct.FAIL_PREMIGRATE if command.has("premigrate") else rct.FAIL_RENAME
    call.chassis.card_actions.plan_failure(
        PlannedFailure(status, command.text("facility_name"), command.number("instance_number"))
    )


@handles("clear_crash")
def clear_crash(call: Call) -> None:
    """Remove all crash records."""
    call.chassis.crashes.clear()


@handles("clear_rct_stats")
def clear_rct_stats(call: Call) -> None:
    """Remove the records of the Recovery Control Task."""
    call.chassis.rct.clear()


@handles("clear_snmp_trap")
def clear_snmp_trap(call: Call) -> None:
    """Remove the history of traps, or their counts."""
    if call.command.has("history"):
        call.chassis.events.clear_history()
    else:
        call.chassis.events.clear_counts()


@handles("clear_subscribers")
def clear_subscribers(call: Call) -> list[str]:
    """End sessions."""
    rows = matching_rows(call)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    call.confirm()
    for row in rows:
        call.chassis.callers.end(row)
    call.chassis.calls_changed()
    call.chassis.callers.wake()
    return [messages.SUBSCRIBERS_CLEARED(count=len(rows))]
