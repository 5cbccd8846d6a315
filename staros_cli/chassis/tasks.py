"""Tasks: which run, on which CPU, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from staros_cli.chassis.hardware import Cpu, Hardware

STANDBY_FIRST = 5001
"""Standby-mode instances are numbered from 5000 up; the first is 5001."""

SESSMGR = "sessmgr"
AAAMGR = "aaamgr"

DEMUX_BY_SERVICE: dict[str, tuple[str, ...]] = {
    "closedrp": ("a11mgr",),
    "epdg": ("egtpegmgr",),
    "ggsn": ("gtpcmgr", "gtpumgr"),
    "ha": ("hamgr",),
    "hnbgw": ("imsimgr",),
    "hsgw": ("a11mgr",),
    "ipcf": ("diamproxy",),
    "ipsg": ("imsimgr",),
    "lac": ("l2tpdemux",),
    "lns": ("l2tpdemux",),
    "mme": ("mmedemux", "imsimgr"),
    "pdif": ("imsimgr",),
    "pdsn": ("a11mgr",),
    "pgw": ("egtpinmgr", "gtpumgr"),
    "saegw": ("egtpinmgr", "gtpumgr"),
    "samog": ("imsimgr",),
    "sgsn": ("sgtpcmgr", "imsimgr"),
    "sgw": ("egtpinmgr", "gtpumgr"),
}
"""The demux facilities that a started service of a kind needs."""

DEMUX = frozenset(name for names in DEMUX_BY_SERVICE.values() for name in names)

CPU_TASKS = ("sitmain", "sitparent", "hatcpu", "rmmgr")
MANAGEMENT_TASKS = (
    "hatsystem",
    "sct",
    "rct",
    "rmctrl",
    "vpnctrl",
    "sessctrl",
    "evlogd",
    "snmp",
    "bulkstat",
)
CRITICAL_ON_CPU = ("sitmain", "sitparent", "hatcpu")
"""Tasks whose failure takes their CPU, and with it the card, down."""

CRITICAL = ("hatsystem", "sct", "sessctrl", "vpnctrl")
"""Tasks whose failure restarts StarOS as a whole (SR-12); which they are is chosen."""

FACILITIES = frozenset((SESSMGR, AAAMGR, "vpnmgr", "npumgr", *CPU_TASKS, *MANAGEMENT_TASKS, *DEMUX))


RESTART_TIME = 2.0
"""Seconds until a task that died runs again (doc: 0 to 3)."""


class Task(Struct, eq=False):
    """One task instance. It is up from `ready_at`, in seconds since 1970.

    `recovering` is a task that is being filled with the state of the one it takes the place of.
    """

    facility: str
    instance: int
    cpu: Cpu
    pid: int
    ready_at: float
    standby: bool = False
    recovering: bool = False

    def is_up(self, now: float) -> bool:
        """Whether the task has come up."""
        return self.ready_at <= now and not self.recovering


class CpuCount(Struct, frozen=True):
    """How many tasks of session recovery a CPU carries."""

    sessmgr_active: int = 0
    sessmgr_standby: int = 0
    aaamgr_active: int = 0
    aaamgr_standby: int = 0
    demux: int = 0


class Seat(Struct, frozen=True):
    """Where a definition puts tasks: so many sessmgrs, aaamgrs and demux tasks on a CPU."""

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


def place_at(seats: Iterable[Seat]) -> Placement:
    """The placement that a definition asks for, seat by seat, each pair on two cards."""
    sessmgr: dict[int, Cpu] = {}
    free: list[Cpu] = []
    demux: list[Cpu] = []
    for seat in seats:
        for _ in range(seat.sessmgr):
            sessmgr[len(sessmgr) + 1] = seat.cpu
        free += [seat.cpu] * seat.aaamgr
        demux += [seat.cpu] * seat.demux
    aaamgr: dict[int, Cpu] = {}
    for instance, home in sessmgr.items():
        if not free:
            break
        cpu = next((cpu for cpu in free if cpu.slot != home.slot), free[0])
        free.remove(cpu)
        aaamgr[instance] = cpu
    return Placement(sessmgr, aaamgr, tuple(demux))


class TaskTable:
    """All tasks of the chassis."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self._pid = 0
        self.clear()

    def clear(self) -> None:
        """No task runs: the system went down."""
        self.tasks = []
        self._pid = 2000

    def start(
        self, facility: str, instance: int, cpu: Cpu, ready_at: float, standby: bool = False
    ) -> Task:
        """Start a task; it is up from `ready_at`."""
        task = Task(facility, instance, cpu, self.new_pid(), ready_at, standby)
        self.tasks.append(task)
        return task

    def start_standby(self, facility: str, cpu: Cpu, ready_at: float) -> Task:
        """Start a standby-mode task under the lowest instance number that is free."""
        taken = {task.instance for task in self.of(facility, standby=True)}
        instance = STANDBY_FIRST
        while instance in taken:
            instance += 1
        return self.start(facility, instance, cpu, ready_at, standby=True)

    def new_pid(self) -> int:
        """A process number that no task has had since the start."""
        self._pid += 1 + (self._pid * 7919) % 13
        return self._pid

    def remove(self, task: Task) -> None:
        """Take a task out: it has ended."""
        self.tasks = [other for other in self.tasks if other is not task]

    def get(self, facility: str, instance: int) -> Task | None:
        """The task of that number, if it runs; never a standby-mode one."""
        for task in self.tasks:
            if task.instance == instance and task.facility == facility and not task.standby:
                return task
        return None

    def of(self, facility: str, standby: bool | None = None) -> Iterator[Task]:
        """The tasks of a facility; only those in standby-mode or only the others, if wanted."""
        for task in self.tasks:
            if task.facility == facility and (standby is None or task.standby is standby):
                yield task

    def on_card(self, slot: int) -> list[Task]:
        """The tasks on a card."""
        return [task for task in self.tasks if task.cpu.slot == slot]

    def in_order(self) -> list[Task]:
        """All tasks by CPU, facility and instance."""
        return sorted(self.tasks, key=lambda task: (task.cpu, task.facility, task.instance))

    def counts(self, now: float) -> dict[Cpu, CpuCount]:
        """How many tasks of session recovery are up on each CPU that has any."""
        found: dict[Cpu, list[int]] = {}
        for task in self.tasks:
            if task.facility == SESSMGR:
                place = 1 if task.standby else 0
            elif task.facility == AAAMGR:
                place = 3 if task.standby else 2
            elif task.facility in DEMUX:
                place = 4
            else:
                continue
            row = found.setdefault(task.cpu, [0, 0, 0, 0, 0])
            row[place] += task.is_up(now)
        return {cpu: CpuCount(*row) for cpu, row in sorted(found.items())}
