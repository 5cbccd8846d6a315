"""Any number of chassis in one process, each with ports of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

from staros_cli import paths
from staros_cli.chassis.clock import Clock, ManualClock
from staros_cli.chassis.definition import Definition, DefinitionError, load
from staros_cli.chassis.storage import Storage
from staros_cli.configuration.system import System
from staros_cli.device import Device
from staros_cli.emulator import StateError, directory_storage, memory_storage
from staros_cli.errors import UsageError
from staros_cli.network.chassis_endpoint import ChassisEndpoint, Login
from staros_cli.network.clock_driver import ClockDriver, ManualDriver, RealTimeDriver
from staros_cli.network.limits import Limits
from staros_cli.network.listeners import LOOPBACK, Address, Listeners, rules_of
from staros_cli.network.remote import RemoteFiles
from staros_cli.shell.realtime import RealTime

NO_STATE = "none"


class Served:
    """A chassis on the network: its addresses, and the system itself."""

    def __init__(self, endpoint: ChassisEndpoint, ssh: Address, telnet: Address) -> None:
        self._endpoint = endpoint
        self.ssh = ssh
        self.telnet = telnet

    @property
    def name(self) -> str:
        """The name of the chassis in this lab."""
        return self._endpoint.name

    @property
    def hostname(self) -> str:
        """The name in its prompt."""
        return self._endpoint.system.chassis.hostname

    @property
    def login(self) -> Login:
        """The login."""
        return self._endpoint.login

    @property
    def system(self) -> System:
        """The system, for whoever wants to look inside."""
        return self._endpoint.system

    @property
    def sessions(self) -> int:
        """How many sessions there are."""
        return len(self._endpoint.lines)


class ChassisServer:
    """Chassis that are served from `async with` on, until its end.

    Iterating gives the chassis in order; `lab["name"]` gives one by its name. With `clock_rate` 0
    the time of all chassis stands still but for `advance`.
    """

    def __init__(
        self,
        chassis: Sequence[str | Definition] = ("asr5500",),
        *,
        count: int = 1,
        host: str = LOOPBACK,
        ssh_port: int = 0,
        telnet_port: int = 0,
        state: str | Path | None = NO_STATE,
        clock_rate: float = 1.0,
        clock_start: float | None = None,
        require_auth: bool = False,
        allow_remote_copy: bool = False,
        authorized_keys: Path | None = None,
        host_key_file: Path | None = None,
        limits: Limits | None = None,
        scenario: str | None = None,
    ) -> None:
        self._scenario = scenario
        self._limits = limits or Limits()
        # Where the time stands still, everything is to come about at once.
        self._rules = rules_of(
            self._limits, authorized_keys, require_auth=require_auth, rations=clock_rate != 0
        )
        self._ports = (ssh_port, telnet_port)
        self._clock = _clock(clock_rate, clock_start)
        self._listeners = Listeners(host, self._limits, host_key_file)
        self._served: dict[str, Served] = {}
        self._endpoints: list[ChassisEndpoint] = []
        for name, definition, storage in self._plan(chassis, count, state):
            device = Device(definition, clock=self._clock, storage=storage, salt=os.urandom)
            system = device.system
            if allow_remote_copy:
                system.remote = RemoteFiles(self._limits.upload)
            if clock_rate:
                system.outside = self._rules.hashes
            self._endpoints.append(
                ChassisEndpoint(name, system, self._rules, self._driver(clock_rate))
            )

    def _plan(
        self, chassis: Sequence[str | Definition], count: int, state: str | Path | None
    ) -> Iterator[tuple[str, Definition, Storage]]:
        """Name, definition and file systems of every chassis; names are unique."""
        definitions = [_definition(one).with_scenario(self._scenario) for one in chassis]
        total = len(definitions) * count
        seen: dict[str, int] = {}
        for definition in (one for one in definitions for _ in range(count)):
            number = seen[definition.name] = seen.get(definition.name, 0) + 1
            same = sum(one.name == definition.name for one in definitions) * count
            name = f"{definition.name}-{number}" if same > 1 else definition.name
            yield name, definition, self._storage(name, definition, state, alone=total == 1)

    def _storage(
        self, name: str, definition: Definition, state: str | Path | None, alone: bool
    ) -> Storage:
        now = self._clock.now()
        if state is None:
            root = paths.chassis_state(name)
        elif str(state) == NO_STATE:
            return memory_storage(definition, now)
        else:
            root = Path(state) if alone else Path(state) / name
        try:
            return directory_storage(root, definition, now)
        except StateError as error:
            text = f"{error}; --state names another directory, --state none none"
            raise UsageError(text) from None

    # Serving

    async def __aenter__(self) -> ChassisServer:
        """Open all ports. Raises UsageError when one cannot be had."""
        try:
            await self._open()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything."""
        await self.stop()

    async def _open(self) -> None:
        for place, endpoint in enumerate(self._endpoints):
            ports = [port + place if port else 0 for port in self._ports]
            await self._open_endpoint(endpoint, *ports)

    async def _open_endpoint(self, endpoint: ChassisEndpoint, *ports: int) -> None:
        addresses = await self._listeners.open(endpoint.name, lambda: endpoint, *ports)
        self._served[endpoint.name] = Served(endpoint, *addresses)

    async def stop(self) -> None:
        """Close all ports and connections; what is being saved has been saved."""
        await self._listeners.close(self._endpoints)
        self._served.clear()

    # Time

    def _driver(self, rate: float) -> ClockDriver:
        clock = self._clock
        return ManualDriver(clock) if isinstance(clock, ManualClock) else RealTimeDriver(rate)

    async def advance(self, seconds: float) -> None:
        """Let time pass on all chassis of a lab whose clock stands still.

        Everything that comes about by it has come about on return, a restart included. Raises
        ValueError when the clock runs by itself or `seconds` is negative.
        """
        if not isinstance(self._clock, ManualClock):
            raise ValueError("the clock of this lab runs by itself, its clock_rate is not 0")
        self._clock.advance(seconds)
        for endpoint in self._endpoints:
            endpoint.look()
            await endpoint.settled()

    # Looking

    @property
    def key_note(self) -> str:
        """Why the host key lives in memory; empty when it is kept in a file."""
        return self._listeners.key_note

    def __iter__(self) -> Iterator[Served]:
        return iter(self._served.values())

    def __len__(self) -> int:
        return len(self._served)

    def __getitem__(self, name: str) -> Served:
        return self._served[name]


def _clock(rate: float, start: float | None) -> Clock:
    """A clock of that rate; one that stands still for 0."""
    if rate:
        return RealTime(rate, start).clock
    return ManualClock(time.time() if start is None else start)


def _definition(chassis: str | Definition) -> Definition:
    if isinstance(chassis, Definition):
        return chassis
    try:
        return load(chassis)
    except DefinitionError as error:
        raise UsageError(str(error)) from None
