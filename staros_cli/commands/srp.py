"""Commands about the Service Redundancy Protocol."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.srp.operation import ManagerRow, Srp
from staros_cli.chassis.srp.settings import Kind, SrpSettings
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import srp as layouts

_KINDS = {
    "authentication-probe": Kind.PROBE,
    "bgp": Kind.BGP,
    "diameter": Kind.DIAMETER,
}


def _current(invocation: Invocation) -> tuple[Srp, SrpSettings | None]:
    """The protocol as it stands now, and what is configured of it."""
    found = invocation.chassis.srp
    found.look()
    found.judge()
    return found, found.settings


@handles("show_srp_info")
def show_srp_info(invocation: Invocation) -> Output:
    """Show the state of the two chassis."""
    srp, settings = _current(invocation)
    return layouts.info(srp, settings) if settings else [messages.SRP_NOT_CONFIGURED()]


@handles("show_srp_monitor")
def show_srp_monitor(invocation: Invocation) -> Output:
    """Show what is monitored, a line each, or a summary of it."""
    srp, settings = _current(invocation)
    if settings is None:
        return [messages.SRP_NOT_CONFIGURED()]
    command = invocation.command
    wanted = next((kind for word, kind in _KINDS.items() if command.has(word)), None)
    if wanted is None and not command.has("all"):
        return layouts.monitor_summary(srp)
    return layouts.monitors(srp.monitors.of(wanted))


@handles("show_srp_checkpoint")
def show_srp_checkpoint(invocation: Invocation) -> Output:
    """Show session managers and the checkpoints that they exchange with the other chassis."""
    srp, settings = _current(invocation)
    if settings is None:
        return [messages.SRP_NOT_CONFIGURED()]
    command, rows = invocation.command, srp.managers()
    if command.has("instance"):
        return layouts.checkpoint_lines(_instance(rows, int(command.number("instance"))))
    if command.has("verbose") or command.has("all"):
        return layouts.checkpoint_lines(rows)
    return layouts.checkpoints(rows)


def _instance(rows: list[ManagerRow], number: int) -> list[ManagerRow]:
    """The row of a session manager. Raises Refused when it does not run."""
    found = [row for row in rows if row.instance == number]
    if not found:
        raise Refused(messages.NO_SUCH_TASK, facility="sessmgr", instance=number)
    return found


@handles("show_srp_call_loss")
def show_srp_call_loss(invocation: Invocation) -> Output:
    """Show the switchovers, and the calls that were lost by them."""
    srp, settings = _current(invocation)
    if settings is None:
        return [messages.SRP_NOT_CONFIGURED()]
    if not srp.switchovers.kept:
        return [messages.SRP_NO_SWITCHOVERS()]
    return layouts.call_loss(srp.switchovers.kept)


@handles("show_srp_audit")
def show_srp_audit(invocation: Invocation) -> Output:
    """Show how the calls of both chassis were compared last."""
    srp, settings = _current(invocation)
    if settings is None:
        return [messages.SRP_NOT_CONFIGURED()]
    if srp.audit is None:
        return [messages.SRP_NO_AUDIT()]
    return layouts.audit(srp.audit, invocation.now)


@handles("show_srp_statistics")
def show_srp_statistics(invocation: Invocation) -> Output:
    """Show messages, comparisons and switchovers."""
    srp, settings = _current(invocation)
    return layouts.statistics(srp) if settings else [messages.SRP_NOT_CONFIGURED()]


@handles("clear_srp")
def clear_srp(invocation: Invocation) -> None:
    """Count from zero."""
    srp, command = invocation.chassis.srp, invocation.command
    srp.running_settings()
    if command.has("audit-statistics"):
        srp.clear_audit()
    elif command.has("call-loss"):
        srp.switchovers.clear()
    elif command.has("checkpoint"):
        srp.checkpoints.clear_counts()
    else:
        srp.clear_counts()


@handles("srp_initiate_switchover")
def srp_initiate_switchover(invocation: Invocation) -> Steps[Output]:
    """Let the other chassis take over."""
    srp, force = invocation.chassis.srp, invocation.command.has("force")
    srp.check_switchover(force=force)
    yield from invocation.confirm()
    srp.initiate_switchover(force=force)
    return None


@handles("srp_initiate_audit")
def srp_initiate_audit(invocation: Invocation) -> None:
    """Compare the calls of both chassis."""
    invocation.chassis.srp.initiate_audit()


@handles("srp_terminate_post_process")
def srp_terminate_post_process(invocation: Invocation) -> None:
    """End the work behind a switchover, of which there is none: it is over with the switchover."""
    invocation.chassis.srp.running_settings()
    raise Refused(messages.SRP_NO_POST_PROCESS)


@handles("srp_validate_configuration")
def srp_validate_configuration(invocation: Invocation) -> None:
    """Compare the configurations of both chassis."""
    invocation.chassis.srp.validate_configuration()


@handles("srp_validate_switchover")
def srp_validate_switchover(invocation: Invocation) -> None:
    """Check whether both chassis are ready for a switchover."""
    invocation.chassis.srp.validate_switchover()


@handles("srp_reset_auth_probe_fail")
def srp_reset_auth_probe_fail(invocation: Invocation) -> None:
    """Forget that servers which authenticate have failed."""
    invocation.chassis.srp.reset_failure(Kind.PROBE)


@handles("srp_reset_diameter_fail")
def srp_reset_diameter_fail(invocation: Invocation) -> None:
    """Forget that Diameter peers have failed."""
    invocation.chassis.srp.reset_failure(Kind.DIAMETER)


@handles("test_srp")
def test_srp(invocation: Invocation) -> None:
    """Let the operator of the other chassis do something."""
    srp, command = invocation.chassis.srp, invocation.command
    if command.has("switchover"):
        srp.let_partner_hand_over()
    else:
        srp.let_differ(command.has("differ"))
