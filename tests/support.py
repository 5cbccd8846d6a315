"""Helpers of several tests: systems and sessions on a clock that moves only when told to."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.privilege import Privilege
from staros_cli.configuration.system import System
from staros_cli.device import Device
from staros_cli.shell.replies import Reply
from staros_cli.shell.session import CliSession
from tests.lab import START, manual


def make_system(name: str = "asr5500", start: float = START) -> tuple[System, ManualClock]:
    """A running system with its files in memory, and its clock."""
    device = Device(name, start=start)
    return device.system, manual(device)


def make_session(
    name: str = "asr5500",
    start: float = START,
    *,
    privilege: Privilege = Privilege.SECURITY,
    length: int = 0,
    width: int = 80,
    console: bool = True,
) -> tuple[CliSession, ManualClock]:
    """A session on a new system, and the system's clock."""
    device = Device(name, start=start)
    session = device.session(
        privilege=privilege,
        length=length,
        width=width,
        terminal="/dev/console",
        console=console,
    )
    return session, manual(device)


def run(session: CliSession, *lines: str) -> Reply:
    """Type `lines`, none of which may fail; returns the last reply."""
    assert lines
    for line in lines:
        reply = session.handle(line)
        assert not reply.failed, (line, reply.lines)
    return reply


def output(session: CliSession, line: str) -> Sequence[str]:
    """The output of a command that is accepted."""
    return run(session, line).lines
