"""A chassis in memory with a session and a clock that the test moves."""

from __future__ import annotations

from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.service_needs import GTPC, GTPU, S1_MME, needs_of
from staros_cli.chassis.storage import Storage
from staros_cli.device import DEFAULT_START, Device
from staros_cli.shell.replies import Reply

START = DEFAULT_START


def service_lines(kind: str, name: str, address: str, context: str = "A") -> list[str]:
    """The lines that start a service in a context, with the services that it uses."""
    lines: list[str] = []
    for used in needs_of(kind).services:
        lines += service_lines(used, f"{name}-{used}", address, context)
    lines.append(f"{kind}-service {name}")
    lines += [
        f"{use} bind {'ipv4-' if kind == 'egtp' else ''}address {address}"
        for use in needs_of(kind).bindings
        if use in (GTPC, GTPU)
    ]
    if needs_of(kind).bindings == ("",):
        word = "ipv4-address" if kind in ("gtpu", "sx") else "address"
        lines.append(f"bind {word} {address}")
    if S1_MME in needs_of(kind).bindings:
        lines.append(f"bind s1-mme ipv4-address {address}")
    for used in needs_of(kind).services:
        side = "ingress " if kind == "sgw" else ""
        place = f" context {context}" if used == "sgtp" else ""
        place = " pgw-ingress" if (kind, used) == ("user-plane", "gtpu") else place
        lines.append(f"associate {side}{used}-service {name}-{used}{place}")
    if kind == "user-plane":
        lines.append("associate control-plane-group CP")
    return [*lines, "exit"]


def manual(device: Device) -> ManualClock:
    """The clock of a device, which the test moves."""
    assert isinstance(device.clock, ManualClock)
    return device.clock


class Lab:
    """A session on a chassis. `typed` answers with the text of the last line typed."""

    def __init__(
        self, chassis: str | Definition = "asr5500", storage: Storage | None = None
    ) -> None:
        self.device = Device(chassis, storage=storage)
        self.clock = manual(self.device)
        self.system = self.device.system
        self.chassis = self.device.chassis
        self.session = self.device.console

    def reply(self, *lines: str) -> Reply:
        """Type lines, and return the reply to the last."""
        for line in lines:
            reply = self.device.completed(self.session.handle(line))
        return reply

    def typed(self, *lines: str) -> str:
        """Type lines, and return what the last one printed."""
        return self.reply(*lines).text

    def wait(self, seconds: float) -> str:
        """Let time pass, and return what the console showed."""
        return self.device.advance(seconds)

    def reload(self, settle: float = 30.0) -> str:
        """Restart the system and wait until it has settled; returns what the console showed."""
        self.typed("end") if self.session.state.frames else None
        return self.typed("reload -noconfirm") + self.wait(settle)

    def status(self) -> str:
        """The overall status of session recovery, as it is shown."""
        lines = self.typed("show session recovery status").splitlines()
        return next(line.split(": ", 1)[1] for line in lines if "Overall Status" in line)

    def configure(self, *lines: str) -> str:
        """Type lines in configuration mode; returns all they printed."""
        printed = [self.typed("configure")]
        printed += [self.typed(line) for line in lines]
        printed.append(self.typed("end"))
        return "".join(printed)
