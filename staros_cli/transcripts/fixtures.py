"""The values of the fixtures of the pytest plugin."""

from __future__ import annotations

import subprocess
import sys

import msgspec
from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.device import Device
from staros_cli.shell.session import CliSession
from staros_cli.transcripts.directives import Settings
from staros_cli.transcripts.terminals import definition_of

_PROGRAM = [sys.executable, "-m", "staros_cli"]


class MemoryChassis:
    """A chassis in memory. Raises DirectiveError when the settings name none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.device = Device(definition_of(settings), start=settings.clock)
        self.clock = self.device.clock
        self.system = self.device.system

    def console(self) -> CliSession:
        """A session at the console, which lives through a restart."""
        login = self._settings.login
        return self._session(login.user, login.privilege, "/dev/console", console=True)

    def session(
        self, user: str = "admin", privilege: str | Privilege = Privilege.SECURITY
    ) -> CliSession:
        """A session over the network of a user of a level, such as `operator`.

        Raises ValueError for another level.
        """
        number = len(self.system.administrators)
        return self._session(user, privilege, f"/dev/pts/{number}", console=False)

    def _session(
        self, user: str, privilege: str | Privilege, terminal: str, *, console: bool
    ) -> CliSession:
        session = self.device.session(
            user,
            privilege,
            terminal=terminal,
            length=self._settings.length,
            width=self._settings.width,
            console=console,
        )
        session.state.timestamps |= self._settings.timestamps
        return session

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.device.advance(seconds)


class Address(Struct, frozen=True):
    """Where a service listens."""

    host: str
    port: int


class Credentials(Struct, frozen=True):
    """A login; None where the configuration alone knows it."""

    user: str | None = None
    password: str | None = None


class Emulator(Struct, frozen=True):
    """A chassis that runs, as `staros-cli serve --json` tells of it."""

    name: str
    hostname: str
    ssh: Address
    telnet: Address
    login: Credentials


class Emulators:
    """Processes that serve emulators."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []

    def start(self, chassis: str = "asr5500", *options: str) -> Emulator:
        """Start one; `options` are those of `staros-cli serve`.

        Raises RuntimeError with what the program said when it does not come up.
        """
        process = subprocess.Popen(
            [*_PROGRAM, "serve", chassis, "--json", "--state", "none", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _, said = process.communicate()
            raise RuntimeError(f"staros-cli serve {chassis} did not start: {said.strip()}")
        return msgspec.json.decode(line, type=list[Emulator])[0]

    def stop(self) -> None:
        """End them all."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.communicate()
