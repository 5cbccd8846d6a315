"""The parts of a chassis, made from its definition and put together."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from staros_cli.chassis.apn_statistics import ApnStatistics
from staros_cli.chassis.boot_stack import BootStack
from staros_cli.chassis.bulkstats.collector import Bulkstats
from staros_cli.chassis.call_exchanges import CallExchanges
from staros_cli.chassis.call_traces import CallTraces
from staros_cli.chassis.calls import Callers
from staros_cli.chassis.card_actions import CardActions
from staros_cli.chassis.card_faults import CardFaults
from staros_cli.chassis.card_traffic import CardTraffic
from staros_cli.chassis.cards import Cards
from staros_cli.chassis.charging.counters import ActiveCharging
from staros_cli.chassis.clock import Clock, Timeline
from staros_cli.chassis.congestion import Congestion
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.crashes import CrashList
from staros_cli.chassis.credit.control import CreditControl
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.environment import Environment
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.findings import Finder, Finding
from staros_cli.chassis.hardware import Hardware
from staros_cli.chassis.licence import LicenseSlot
from staros_cli.chassis.licence_expiry import LicenseExpiry
from staros_cli.chassis.links import Links
from staros_cli.chassis.loads import LoadWatch
from staros_cli.chassis.message_rates import MessageRates
from staros_cli.chassis.notices import TaskNotices
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.peers.registry import Peers
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.port_control import PortControl
from staros_cli.chassis.port_traffic import PortTraffic
from staros_cli.chassis.rct import RctStats
from staros_cli.chassis.recovery import (
    SessionRecovery,
)
from staros_cli.chassis.routing import Routing
from staros_cli.chassis.service_statistics import ServiceStatistics
from staros_cli.chassis.session_use import SessionPeaks
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.srp.operation import Srp
from staros_cli.chassis.state_transfer import StateTransfers
from staros_cli.chassis.storage import Storage
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.task_control import TaskControl
from staros_cli.chassis.task_faults import TaskFaults
from staros_cli.chassis.tasks import TaskTable
from staros_cli.chassis.time_limits import TimeLimits
from staros_cli.chassis.user_plane import UserPlanes
from staros_cli.chassis.users import Users


class Assembly:
    """The parts of a chassis. `salt` gives random bytes for what is encrypted; see `Chassis`."""

    def __init__(
        self,
        definition: Definition,
        clock: Clock,
        storage: Storage,
        salt: Callable[[int], bytes] | None = None,
    ) -> None:
        schema = definition.schema
        self.definition = definition
        self.platform = definition.platform
        self.timeline = Timeline(clock)
        self.rng = random.Random(schema.seed)
        self.storage = storage
        self.boot_stack = BootStack(storage)
        self.license = LicenseSlot(schema.serial)
        self.hardware = Hardware(self.platform, definition.cards())
        self.links = Links(self.hardware)
        self.contexts = Contexts(self.links)
        self.finders: list[Finder] = [self.contexts.findings]
        self.tasks = TaskTable()
        self._make_calls()
        self.recovery = SessionRecovery()
        self.users = Users(salt or random.Random(schema.seed).randbytes)
        self.task_control = TaskControl(
            definition, self.timeline, self.hardware, self.contexts, self.tasks, self.recovery
        )
        self.events = EventStream(self.tasks.writer)
        self._make_peers()
        self.user_planes = UserPlanes(self.contexts, self.sessions, self.pools, self.peers)
        self.finders.append(self.user_planes.findings)
        self.bulkstats = Bulkstats(self.timeline, self.events, self.peers.receives)
        self.routing = Routing(self.contexts, self.peers.reaches)
        self.congestion = Congestion(
            self.sessions,
            self.contexts,
            self.license,
            self.port_traffic,
            self.callers,
            self.events,
            self.timeline,
        )
        self.callers.ask(self.congestion.refusal)
        self.callers.ask(self.credit.refusal)
        self.callers.leave_unanswered(self.congestion.drops)
        self._license_expiry = LicenseExpiry(self.license, self.timeline, self.events)
        self.ports = PortControl(self.hardware, self.contexts, self.events, self.timeline)
        self.environment = Environment(self.hardware, self.events, self.timeline)
        self.crashes = CrashList()
        self.rct = RctStats(definition.rct_records())
        self.notices = TaskNotices(self.timeline, self.events, self.tasks)
        self.loads = LoadWatch(self.sessions, self.tasks, self.events, self.timeline)
        self._peaks = SessionPeaks(self.sessions, self.contexts, self.license)
        self._make_failures()

    def _make_calls(self) -> None:
        """Make what subscribers, their addresses and their calls are kept in."""
        schema = self.definition.schema
        groups = [Group(group) for group in schema.subscribers]
        self.pools = Pools(groups, self.timeline)
        self.finders.append(self.pools.findings)
        self.sessions = SessionTable(groups, self.pools)
        self.callers = Callers(
            schema.calls,
            self.rng,
            self.sessions,
            self.contexts,
            self.license,
            self.tasks,
            self.timeline,
            self.calls_changed,
        )
        self.service_statistics = ServiceStatistics(self.sessions, self.callers.history)
        self.call_traces = CallTraces(self.sessions, self.timeline)
        self.callers.tell(self.call_traces.arrived)
        self.callers.tell_of_ends(self.call_traces.ending)
        self.port_traffic = PortTraffic(
            groups, self.contexts, self.pools, self.callers.history, lambda: self.now
        )
        self.card_traffic = CardTraffic(self.hardware, self.port_traffic, self.sessions, self.tasks)
        self.apn_statistics = ApnStatistics(
            groups, self.pools, self.callers.history, lambda: self.now
        )
        self.charging = ActiveCharging(groups, self.pools, self.callers.history, self.timeline)
        self.finders.append(self.charging.findings)
        self.time_limits = TimeLimits(
            self.timeline, self.sessions, self.pools, self.callers, self.calls_changed
        )

    def _make_peers(self) -> None:
        """Make what other systems are asked for calls."""
        self.peers = Peers(self.timeline, self.contexts, self.events, self.sessions)
        self.callers.come_through(self.peers.nodes, self.peers.control_planes.knows)
        self.callers.ask(self.peers.refusal)
        self.callers.tell_of_ends(self.peers.policies.ended)
        self.callers.tell_of_returns(self.peers.policies.came_back)
        self.peers.policies.count_refusals(self.callers.history.rejected)
        self.finders.append(self.peers.findings)
        self.credit = CreditControl(
            self.timeline,
            self.sessions,
            self.callers,
            self.charging,
            self.pools,
            self.peers,
            self.calls_changed,
        )
        self.finders.append(self.credit.findings)
        self.peers.count_with(self.credit.count)
        self.callers.tell_of_ends(self.credit.ending)
        self.callers.tell_of_returns(self.credit.came_back)
        self.call_traces.tell_of(CallExchanges(self.sessions, self.peers, self.credit))
        self.message_rates = MessageRates(self.peers, self.credit, lambda: self.now)
        self.srp = Srp(
            self.timeline,
            self.events,
            self.peers,
            self.sessions,
            self.callers,
            self.tasks,
            self.license,
            self.calls_changed,
        )
        self.finders.append(self.srp.findings)

    def _make_failures(self) -> None:
        """Make what lets cards and tasks fail and recover."""
        parts = self.parts = self._parts()
        self.transfers = StateTransfers(parts)
        self.task_faults = TaskFaults(parts, self.transfers)
        self.cards = Cards(parts)
        self.card_actions = CardActions(parts, self.cards)
        self.card_faults = CardFaults(
            parts, self.cards, self.card_actions, self.transfers, self.task_faults
        )

    def clear_statistics(self) -> None:
        """Nothing was counted: the system went down."""
        self.apn_statistics.clear()
        self.service_statistics.clear()

    @property
    def now(self) -> float:
        """The time of the chassis, in seconds since 1970 UTC."""
        return self.timeline.now

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the configuration as it is now, as far as the model knows."""
        for finder in self.finders:
            yield from finder()

    def calls_changed(self) -> None:
        """To be called after calls have come or gone."""
        self._peaks.look(self.now)
        self.loads.look(self.now)
        self.congestion.look()
        self.time_limits.look()
        self.credit.wake()
        self.message_rates.look()

    def _parts(self) -> Parts:
        return Parts(
            version=self.definition.schema.software.version,
            timeline=self.timeline,
            hardware=self.hardware,
            tasks=self.tasks,
            sessions=self.sessions,
            callers=self.callers,
            recovery=self.recovery,
            task_control=self.task_control,
            events=self.events,
            crashes=self.crashes,
            rct=self.rct,
            notices=self.notices,
        )
