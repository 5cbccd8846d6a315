"""A chassis in memory with a session and a clock that the test moves."""

from __future__ import annotations

from staros_cli.chassis import calendar
from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.definition import Definition, load
from staros_cli.chassis.storage import Storage
from staros_cli.emulator import build
from staros_cli.shell.session import CliSession, Reply

START = calendar.moment("2026-03-27T17:12:25Z")


class Lab:
    """A session on a chassis. `typed` answers with the text of the last line typed."""

    def __init__(
        self, chassis: str | Definition = "asr5500", storage: Storage | None = None
    ) -> None:
        definition = chassis if isinstance(chassis, Definition) else load(chassis)
        self.clock = ManualClock(START)
        self.system = build(definition, self.clock, storage)
        self.chassis = self.system.chassis
        self.session = CliSession(self.system)

    def reply(self, *lines: str) -> Reply:
        """Type lines, and return the reply to the last."""
        for line in lines:
            reply = self.session.handle(line)
        return reply

    def typed(self, *lines: str) -> str:
        """Type lines, and return what the last one printed."""
        return self.reply(*lines).text

    def wait(self, seconds: float) -> str:
        """Let time pass, and return what the console showed."""
        self.clock.advance(seconds)
        return self.session.poll().text

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
