"""Where the tasks of sessions run: the rules, and what a definition asks for instead."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from staros_cli.chassis.hardware import Cpu, Hardware


class TaskPlacement(Struct, frozen=True):
    """The tasks that a definition puts on a CPU: sessmgrs, aaamgrs and demux tasks."""

    cpu: Cpu
    sessmgr: int = 0
    aaamgr: int = 0
    demux: int = 0


class Placement(Struct, frozen=True):
    """Which CPU each active sessmgr and aaamgr instance runs on, and which are for demux tasks."""

    sessmgr: dict[int, Cpu]
    aaamgr: dict[int, Cpu]
    demux: tuple[Cpu, ...]


def place(hardware: Hardware, instances: int, reserve_demux: bool) -> Placement:
    """Spread `instances` sessmgrs and their aaamgrs over the active packet cards.

    Sessmgrs go round the CPUs in turn. The aaamgr of an instance, which holds the state of the
    sessmgr of the same number, goes to the least loaded CPU of another card where there is one.
    `reserve_demux` keeps the platform's demux CPUs of the last active card free of both, as long as
    the pairs can still stand on two cards.
    """
    cards = hardware.active_packet
    demux: tuple[Cpu, ...] = ()
    platform = hardware.platform
    if reserve_demux and len(cards) > (2 if platform.demux_card_only else 1):
        last = cards[-1]
        demux = tuple(Cpu(last.slot, number) for number in platform.demux_cpus)
    session_cpus = [
        Cpu(card.slot, number)
        for card in cards
        for number in card.kind.session_cpus
        if Cpu(card.slot, number) not in demux
        and not (demux and platform.demux_card_only and card.slot == demux[0].slot)
    ]
    if not session_cpus:
        return Placement({}, {}, demux)
    in_turn = sorted(session_cpus, key=lambda cpu: (cpu.number, cpu.slot))
    sessmgr = {n + 1: in_turn[n % len(in_turn)] for n in range(instances)}
    load = dict.fromkeys(session_cpus, 0)
    aaamgr: dict[int, Cpu] = {}
    for instance, home in sessmgr.items():
        elsewhere = [cpu for cpu in session_cpus if cpu.slot != home.slot] or session_cpus
        aaamgr[instance] = min(elsewhere, key=lambda cpu: (load[cpu], cpu))
        load[aaamgr[instance]] += 1
    return Placement(sessmgr, aaamgr, demux or tuple(session_cpus[:1]))


def place_at(placements: Iterable[TaskPlacement]) -> Placement:
    """The placement that a definition asks for, CPU by CPU, each pair on two cards if it can be.

    An instance for which only its own card is left exchanges places with one that came before.
    """
    sessmgr: dict[int, Cpu] = {}
    free: list[Cpu] = []
    demux: list[Cpu] = []
    for placed in placements:
        for _ in range(placed.sessmgr):
            sessmgr[len(sessmgr) + 1] = placed.cpu
        free += [placed.cpu] * placed.aaamgr
        demux += [placed.cpu] * placed.demux
    aaamgr: dict[int, Cpu] = {}
    for instance, home in sessmgr.items():
        if not free:
            break
        cpu = next((cpu for cpu in free if cpu.slot != home.slot), free[0])
        free.remove(cpu)
        for other, taken in aaamgr.items() if cpu.slot == home.slot else ():
            if home.slot not in (taken.slot, sessmgr[other].slot):
                aaamgr[other], cpu = cpu, taken
                break
        aaamgr[instance] = cpu
    return Placement(sessmgr, aaamgr, tuple(demux))
