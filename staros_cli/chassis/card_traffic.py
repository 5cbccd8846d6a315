"""What cards of a virtual system carry: over their ports, and to each other for their calls.

Packets come in over the ports of some cards and belong to calls of sessmgrs on any: what a card has
no calls for crosses the network between the cards, as many octets each way.
"""

from __future__ import annotations

from staros_cli.chassis.hardware import Cpu, Hardware
from staros_cli.chassis.port_traffic import Octets, PortTraffic
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.tasks import SESSMGR, TaskTable


class CardTraffic:
    """Computes what cards carry from what their ports do and from where calls are held."""

    def __init__(
        self,
        hardware: Hardware,
        port_traffic: PortTraffic,
        sessions: SessionTable,
        tasks: TaskTable,
    ) -> None:
        self._hardware = hardware
        self._port_traffic = port_traffic
        self._sessions = sessions
        self._tasks = tasks

    def over_ports(self, window: float) -> dict[int, Octets]:
        """Octets a second over the ports of each running card, in the last so many seconds."""
        found = {card.slot: Octets() for card in self._hardware.running}
        for (slot, _), octets in self._port_traffic.rates(window).items():
            before = found.get(slot, Octets())
            found[slot] = Octets(before.received + octets.received, before.sent + octets.sent)
        return found

    def between_cards(self, window: float) -> dict[int, Octets]:
        """Octets a second that each running card has exchanged with others, on average."""
        over_ports = self.over_ports(window)
        shares = self._shares()
        received = sum(octets.received for octets in over_ports.values())
        sent = sum(octets.sent for octets in over_ports.values())
        found: dict[int, Octets] = {}
        for slot, own in over_ports.items():
            share = shares.get(slot, 0.0)
            # Packets of its calls that came in elsewhere, and those of calls that are elsewhere.
            comes = share * (received - own.received) + (1 - share) * own.sent
            goes = share * (sent - own.sent) + (1 - share) * own.received
            found[slot] = Octets(comes, goes)
        return found

    def of_cpus(self, window: float) -> dict[Cpu, float]:
        """Octets a second of the calls that sessmgrs of each CPU hold, on average."""
        counts: dict[Cpu, int] = {}
        for task in self._tasks.of(SESSMGR, standby=False):
            held = self._sessions.count_of_sessmgr(task.instance)
            counts[task.cpu] = counts.get(task.cpu, 0) + held
        total = sum(octets.received for octets in self._port_traffic.rates(window).values())
        calls = max(1, sum(counts.values()))
        return {cpu: total * count / calls for cpu, count in counts.items()}

    def _shares(self) -> dict[int, float]:
        """The part of all calls that sessmgrs of each card hold."""
        counts: dict[int, int] = {}
        for task in self._tasks.of(SESSMGR, standby=False):
            held = self._sessions.count_of_sessmgr(task.instance)
            counts[task.cpu.slot] = counts.get(task.cpu.slot, 0) + held
        total = sum(counts.values())
        return {slot: count / total for slot, count in counts.items()} if total else {}
