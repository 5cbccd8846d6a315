"""`staros-cli serve --control SOCKET`: a chassis on the network whose time somebody else moves.

Whoever connects to the Unix socket gives lines: those of a transcript's header, then `begin`, which
starts a new chassis on the same ports, then what may stand between its commands. Each is answered
with `ok` and, for every line in the order of their logins, how many characters it was sent.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import Account
from staros_cli.configuration.system import System
from staros_cli.device import Device
from staros_cli.errors import UsageError
from staros_cli.network import serve
from staros_cli.network.chassis_endpoint import LAB_USER, ChassisEndpoint
from staros_cli.network.chassis_server import Served
from staros_cli.network.clock_driver import ManualDriver
from staros_cli.network.endpoint import Endpoint, Rules
from staros_cli.network.limits import limits_of
from staros_cli.network.listeners import Listeners, rules_of
from staros_cli.teaching.classroom import Classroom
from staros_cli.transcripts import directives, protocol
from staros_cli.transcripts.directives import Directive, Login, Settings
from staros_cli.transcripts.errors import DirectiveError
from staros_cli.transcripts.terminals import definition_of, lab_of, put

CONSOLE = "/dev/console"
"""The terminal of who logs in first, as if they sat there: transcripts begin at the console."""

BY_HAND = ("session", "type")
"""Directives that are no lines here: connections do the same."""

LONGEST_LINE = 64 << 10
SLICE = 3600.0
"""How many seconds are let pass before others have their turns."""


class ControlledServer:
    """A served chassis and the lines that control it. `settings` are those before any header."""

    def __init__(self, settings: Settings, rules: Rules) -> None:
        """Raises DirectiveError when the chassis cannot be built."""
        self._rules = rules
        self._defaults = settings
        self._settings = replace(settings)
        self.endpoint: Endpoint
        self._clock: ManualClock
        self._guests: dict[str, Account] = {}
        self._build()
        self._in_header = True

    def _build(self) -> None:
        settings = self._settings
        clock = ManualClock(settings.clock)
        driver = ManualDriver(clock)
        accounts = (_account(Login(LAB_USER)), _account(settings.login))
        guests = {account.name: account for account in accounts}
        endpoint: Endpoint
        if settings.lab:
            endpoint = Classroom(lab_of(settings), self._rules, driver, clock)
        else:
            definition = definition_of(settings)
            system = Device(definition, clock=clock).system
            endpoint = ChassisEndpoint(
                definition.name, system, self._rules, driver, guests, first_terminal=CONSOLE
            )
        self.endpoint, self._clock, self._guests = endpoint, clock, guests

    async def obey(self, text: str) -> str:
        """Carry out a line; returns the answer."""
        told: list[str] = []
        try:
            if text == protocol.HELP:
                told = protocol.vocabulary(BY_HAND)
            elif text == protocol.BEGIN:
                await self._begin()
            else:
                await self._carry_out(protocol.read(text, BY_HAND))
        except DirectiveError as error:
            return protocol.refused(DirectiveError(str(error).replace("# ", "")))
        self.endpoint.look()
        await self.endpoint.settled()
        return "\n".join([*told, protocol.ok([line.sent for line in self.endpoint.lines])])

    async def _begin(self) -> None:
        """Start a new chassis as the header says; the next header begins with nothing said."""
        before = self.endpoint
        try:
            self._build()
        finally:
            self._settings = replace(self._defaults)
        self._in_header = False
        await before.stop()

    async def _carry_out(self, directive: Directive) -> None:
        between = directive.name in directives.STEPS
        if not between or (self._in_header and directive.name == "user"):
            directives.apply_setting(self._settings, directive)
            self._in_header = True
            return
        directives.check_step(directive)
        self._in_header = False
        if directive.name in BY_HAND:
            raise DirectiveError(f"# {directive.name} is done by logging in and typing")
        if directive.name == "advance":
            await self._advance(directives.advance(directive))
        elif directive.name == "user":
            account = _account(directives.login(directive))
            self._guests[account.name] = account
        elif directive.name == "fault":
            directives.inject_fault(self._system, directive)
        elif directive.name == "scenario":
            directives.play_scenario(self._system, directive)
        elif directive.name == "put":
            put(self._system, *directives.put(directive))

    async def _advance(self, seconds: float) -> None:
        """Let time pass, and others have their turns meanwhile."""
        while seconds > 0:
            self._clock.advance(min(seconds, SLICE))
            seconds -= SLICE
            self.endpoint.look()
            await asyncio.sleep(0)

    @property
    def _system(self) -> System:
        """The system that faults and files are for. Raises DirectiveError when there is none."""
        if isinstance(self.endpoint, ChassisEndpoint):
            return self.endpoint.system
        for line in self.endpoint.lines:
            return line.session.system
        raise DirectiveError("nobody takes the lab")


def _account(login: Login) -> Account:
    return Account(login.user, Privilege(login.privilege), "")


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT. Raises UsageError for what cannot be served."""
    _check(options)
    settings = Settings(chassis=options.chassis[0])
    if options.clock_start is not None:
        settings.clock = options.clock_start
    try:
        limits = limits_of(options.limit)
        server = ControlledServer(
            settings, rules_of(limits, options.authorized_keys, rations=False)
        )
    except DirectiveError as error:
        raise UsageError(str(error).removeprefix("# ")) from None
    asyncio.run(_serve(server, options))
    return 0


def _check(options: argparse.Namespace) -> None:
    """Refuse what makes no sense for one chassis whose time stands still."""
    if len(options.chassis) * options.count != 1:
        raise UsageError("--control is for one chassis; serve others by themselves")
    for name, given in (
        ("--state", options.state not in (None, "none")),
        ("--clock-rate", options.clock_rate != 1),
        ("--scenario", options.scenario is not None),
        ("--require-auth", options.require_auth),
        ("--allow-remote-copy", options.allow_remote_copy),
    ):
        if given:
            raise UsageError(f"{name} does not go with --control: the chassis is begun anew")


async def _serve(server: ControlledServer, options: argparse.Namespace) -> None:
    ended = serve.signalled()
    file = Path(options.host_key) if options.host_key else None
    listeners = Listeners(options.host, server.endpoint.rules.limits, file)
    path = Path(options.control)
    try:
        endpoint = server.endpoint
        assert isinstance(endpoint, ChassisEndpoint)
        ports = (options.ssh_port, options.telnet_port)
        served = Served(
            endpoint, *await listeners.open(endpoint.name, lambda: server.endpoint, *ports)
        )
        async with listening(path, server):
            serve.announce([served], options.json, f"The clock stands still: see {path}.")
            serve.warn(listeners.key_note)
            await ended.wait()
    finally:
        await listeners.close([server.endpoint])


@asynccontextmanager
async def listening(path: Path, server: ControlledServer) -> AsyncIterator[None]:
    """Take lines at a socket that is this user's only, and goes with us.

    Raises UsageError when there is something else in its place, or somebody listens there.
    """
    turn = asyncio.Lock()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for line in reader:
                async with turn:
                    answer = await server.obey(line.decode(errors="replace").strip())
                writer.write(f"{answer}\n".encode())
                await writer.drain()
        except (OSError, ValueError):
            pass  # The other side is gone, or its line has no end.
        finally:
            writer.close()

    await _make_way(path)
    before = os.umask(0o177)
    try:
        socket_server = await asyncio.start_unix_server(take, path, limit=LONGEST_LINE)
    except OSError as error:
        raise UsageError(f"--control {path}: {error.strerror or error}") from None
    finally:
        os.umask(before)
    ours = path.lstat().st_ino
    try:
        async with socket_server:
            yield
    finally:
        with contextlib.suppress(OSError):
            if path.lstat().st_ino == ours:
                path.unlink()


async def _make_way(path: Path) -> None:
    """Remove a socket that nobody listens at any more."""
    if not path.is_socket():
        if path.exists() or path.is_symlink():
            raise UsageError(f"--control {path}: is there already, and no socket")
        return
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        path.unlink(missing_ok=True)
        return
    writer.close()
    raise UsageError(f"--control {path}: somebody listens there already")
