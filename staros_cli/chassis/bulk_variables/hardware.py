"""The variables of cards and ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec import Struct

from staros_cli.chassis import usage
from staros_cli.chassis.bulk_variables.catalog import NOT_APPLICABLE, Kind, Variable
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.links import Place
from staros_cli.chassis.port_traffic import WINDOWS, Octets
from staros_cli.chassis.usage import CpuUse, TaskUse

_MEGABIT = 1e6
_CPUS = 4
"""How many CPUs of a card have variables of their own."""
_FACILITIES = (
    *("sessmgr", "a11mgr", "l2tpmgr", "famgr", "hamgr", "acsmgr", "vpnmgr", "mmemgr", "linkmgr"),
    *("gbmgr", "imsimgr", "mmgr", "aaamgr", "npumgr"),
)
"""The facilities whose tasks have variables; the last two are chosen."""


class CardFigures(Struct, frozen=True):
    """A card that runs, its CPUs, of which it has some, and its tasks, all and by facility."""

    slot: int
    cpus: tuple[CpuUse, ...]
    tasks: tuple[TaskUse, ...]
    by_facility: dict[str, list[TaskUse]]

    def busy(self, window: int = 0) -> float:
        """Percent that the CPUs are busy: now, or in one of the times that are averaged over."""
        return sum(cpu.percent[window] for cpu in self.cpus) / max(1, len(self.cpus))

    def memory(self, window: int = 0) -> int:
        """MB in use."""
        return round(sum(cpu.memory[window] for cpu in self.cpus))


def _cards(chassis: Chassis) -> Iterable[CardFigures]:
    cpus, tasks = usage.cpus(chassis), usage.tasks(chassis)
    return [
        _card(
            card.slot,
            tuple(use for use in cpus if use.cpu.slot == card.slot),
            tuple(use for use in tasks if use.task.cpu.slot == card.slot),
        )
        for card in chassis.hardware.running
        if card.kind.cpus
    ]


def _card(slot: int, cpus: tuple[CpuUse, ...], tasks: tuple[TaskUse, ...]) -> CardFigures:
    by_facility: dict[str, list[TaskUse]] = {}
    for use in tasks:
        by_facility.setdefault(use.task.facility, []).append(use)
    return CardFigures(slot, cpus, tasks, by_facility)


def _idle(percent: float) -> float:
    return max(0.0, 100.0 - percent)


def _of_cpu(number: int, figure: Callable[[CpuUse], object], card: CardFigures) -> object:
    """A figure of one of the CPUs of a card, which it may not have."""
    found = (use for use in card.cpus if use.cpu.number == number)
    return next((figure(use) for use in found), NOT_APPLICABLE)


def _processes(number: int, card: CardFigures) -> object:
    count = sum(use.task.cpu.number == number for use in card.tasks)
    return count if any(use.cpu.number == number for use in card.cpus) else NOT_APPLICABLE


def _cpu_variables() -> Iterator[tuple[str, Variable]]:
    figures: dict[str, tuple[str, Callable[[CpuUse], object]]] = {
        "cpubusy": ("Percent busy", lambda use: use.percent[0]),
        "cpuidle": ("Percent idle", lambda use: _idle(use.percent[0])),
        "memused": ("MB in use", lambda use: round(use.memory[0])),
        "memtotal": ("MB", lambda use: use.total),
        "5avg-cpubusy": ("Percent busy in 5 minutes", lambda use: use.percent[1]),
        "15avg-cpubusy": ("Percent busy in 15 minutes", lambda use: use.percent[2]),
        "5avg-memused": ("MB in use in 5 minutes", lambda use: round(use.memory[1])),
        "15avg-memused": ("MB in use in 15 minutes", lambda use: round(use.memory[2])),
    }
    for number in range(_CPUS):
        for name, (text, figure) in figures.items():
            value = partial(_of_cpu, number, figure)
            yield f"cpu{number}-{name}", Variable(f"{text}, CPU {number}", value)
        counted = partial(_processes, number)
        yield f"cpu{number}-numproc", Variable(f"Tasks, CPU {number}", counted)


def _of_tasks(
    facility: str, figure: Callable[[list[TaskUse]], object], card: CardFigures
) -> object:
    return figure(card.by_facility.get(facility, []))


def _mean(figures: Iterable[float]) -> float:
    found = list(figures)
    return sum(found) / len(found) if found else 0.0


def _most(figures: Iterable[float]) -> float:
    return max(figures, default=0.0)


def _task_variables() -> Iterator[tuple[str, Variable]]:
    figures: dict[str, tuple[str, Callable[[list[TaskUse]], object]]] = {
        "num": ("Tasks", len),
        "avgcpu": ("Mean percent of a CPU", lambda uses: _mean(use.cpu for use in uses)),
        "avgmem": ("Mean MB", lambda uses: round(_mean(use.memory for use in uses))),
        "maxcpu": (
            "Highest percent of a CPU",
            lambda uses: max((use.cpu for use in uses), default=0.0),
        ),
        "maxmem": ("Most MB", lambda uses: round(_most(use.memory for use in uses))),
    }
    for facility in _FACILITIES:
        for name, (text, figure) in figures.items():
            value = partial(_of_tasks, facility, figure)
            yield f"task-{facility}-{name}", Variable(f"{text}, {facility}", value)


CARD = Kind(
    _cards,
    {
        "card": Variable("Slot of the card", lambda card: card.slot),
        "cpubusy": Variable("Percent busy", lambda card: card.busy()),
        "cpuidle": Variable("Percent idle", lambda card: _idle(card.busy())),
        "numproc": Variable("Tasks", lambda card: len(card.tasks)),
        "memused": Variable("MB in use", lambda card: card.memory()),
        "memtotal": Variable("MB", lambda card: sum(use.total for use in card.cpus)),
        "numcpu": Variable("CPUs", lambda card: len(card.cpus)),
        "5avg-cpubusy": Variable("Percent busy in 5 minutes", lambda card: card.busy(1)),
        "15avg-cpubusy": Variable("Percent busy in 15 minutes", lambda card: card.busy(2)),
        "5avg-memused": Variable("MB in use in 5 minutes", lambda card: card.memory(1)),
        "15avg-memused": Variable("MB in use in 15 minutes", lambda card: card.memory(2)),
        **dict(_cpu_variables()),
        **dict(_task_variables()),
    },
)


class PortFigures(Struct, frozen=True):
    """A port: what it has carried, and its octets a second in each of the windows."""

    place: Place
    octets: Octets
    rates: tuple[Octets, ...]

    def received(self, window: int) -> int:
        """Megabits a second that it has received."""
        return round(8 * self.rates[window].received / _MEGABIT)

    def sent(self, window: int) -> int:
        """Megabits a second that it has sent."""
        return round(8 * self.rates[window].sent / _MEGABIT)


def _ports(chassis: Chassis) -> Iterable[PortFigures]:
    traffic, none = chassis.port_traffic, Octets()
    carried = traffic.of_all()
    rates = [traffic.rates(window) for window in WINDOWS]
    places = [(card.slot, n) for card in chassis.hardware.running for n in card.kind.ports]
    return [
        PortFigures(
            place,
            carried.get(place, none),
            tuple(rate.get(place, none) for rate in rates),
        )
        for place in places
    ]


def _nothing(_: PortFigures) -> int:
    return 0


_NEVER_SEEN = {
    "mcast_inpackets": "Multicast packets received",
    "mcast_outpackets": "Multicast packets sent",
    "bcast_inpackets": "Broadcast packets received",
    "bcast_outpackets": "Broadcast packets sent",
    "rxdiscbytes": "Octets received and discarded",
    "rxdiscpackets": "Packets received and discarded",
    "txdiscbytes": "Octets to send discarded",
    "txdiscpackets": "Packets to send discarded",
    "rxerrorbytes": "Octets received with errors",
    "rxerrorpackets": "Packets received with errors",
    "txerrorbytes": "Octets with errors in sending",
    "txerrorpackets": "Packets with errors in sending",
}
"""What no port here carries."""

PORT = Kind(
    _ports,
    {
        "card": Variable("Slot of the card", lambda port: port.place[0]),
        "port": Variable("Number of the port", lambda port: port.place[1]),
        "rxbytes": Variable("Octets received", lambda port: int(port.octets.received)),
        "txbytes": Variable("Octets sent", lambda port: int(port.octets.sent)),
        "ucast_inpackets": Variable("Unicast packets received", lambda p: p.octets.frames[0]),
        "ucast_outpackets": Variable("Unicast packets sent", lambda p: p.octets.frames[1]),
        "rxpackets": Variable("Packets received", lambda port: port.octets.frames[0]),
        "txpackets": Variable("Packets sent", lambda port: port.octets.frames[1]),
        "util-rx-curr": Variable("Megabits a second received", lambda port: port.received(0)),
        "util-tx-curr": Variable("Megabits a second sent", lambda port: port.sent(0)),
        "util-rx-5min": Variable("Mbps received in 5 minutes", lambda port: port.received(1)),
        "util-tx-5min": Variable("Mbps sent in 5 minutes", lambda port: port.sent(1)),
        "util-rx-15min": Variable("Mbps received in 15 minutes", lambda port: port.received(2)),
        "util-tx-15min": Variable("Mbps sent in 15 minutes", lambda port: port.sent(2)),
        **{name: Variable(text, _nothing) for name, text in _NEVER_SEEN.items()},
    },
)
