"""Tasks: which run, on which CPU, and since when."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.events import Writer
from staros_cli.chassis.hardware import Cpu
from staros_cli.messages import Refused

STANDBY_FIRST = 5001
"""Standby-mode instances are numbered from 5000 up; the first is 5001."""

SESSMGR = "sessmgr"
AAAMGR = "aaamgr"
NPUMGR = "npumgr"
VPNMGR = "vpnmgr"
CLI = "cli"
SITMAIN = "sitmain"
SITPARENT = "sitparent"

DEMUX_BY_SERVICE: dict[str, tuple[str, ...]] = {
    "closedrp": ("a11mgr",),
    "epdg": ("egtpegmgr",),
    "ggsn": ("gtpcmgr", "gtpumgr"),
    "ha": ("hamgr",),
    "hnbgw": ("imsimgr",),
    "hsgw": ("a11mgr",),
    "ipcf": ("diamproxy",),
    "ipsg": ("ipsgmgr",),
    "lac": ("l2tpdemux",),
    "lns": ("l2tpdemux",),
    "mme": ("mmedemux", "imsimgr", "egtpegmgr"),
    "pdif": ("imsimgr",),
    "pdsn": ("a11mgr",),
    "pgw": ("egtpinmgr", "gtpumgr"),
    "saegw": ("egtpinmgr", "egtpegmgr", "gtpumgr"),
    "samog": ("imsimgr",),
    "sgsn": ("sgtpcmgr", "imsimgr"),
    "sgw": ("egtpinmgr", "egtpegmgr", "gtpumgr"),
    "user-plane": ("sxdemux", "gtpumgr"),
}
"""The demux facilities that a started service of a kind needs."""

DEMUX = frozenset(name for names in DEMUX_BY_SERVICE.values() for name in names)

MANAGERS_BY_SERVICE: dict[str, tuple[str, ...]] = {
    "epdg": ("ipsecmgr",),
    "hnbgw": ("ipsecmgr",),
    "lac": ("l2tpmgr",),
    "lns": ("l2tpmgr",),
    "mme": ("mmemgr",),
    "pdif": ("ipsecmgr",),
    "sgsn": ("linkmgr",),
}
"""The facilities beside those of sessions of which a started service of a kind needs one a card;
which service needs which is chosen."""

MANAGERS = frozenset(name for names in MANAGERS_BY_SERVICE.values() for name in names)

CPU_TASKS = (SITMAIN, SITPARENT, "hatcpu", "afmgr", "rmmgr", "hwmgr")
"""The tasks of every CPU, in the order in which the device lists them (capture)."""

MANAGEMENT_TASKS = (
    "hatsystem",
    "sct",
    "rct",
    "rmctrl",
    "drvctrl",
    "hdctrl",
    "npuctrl",
    "vpnctrl",
    "evlogd",
    "alarmctrl",
    "snmp",
    "bulkstat",
    "sessctrl",
)
CRITICAL_ON_CPU = (SITMAIN, SITPARENT, "hatcpu")
"""Tasks whose failure takes their CPU, and with it the card, down."""

CRITICAL = ("hatsystem", "sct", "sessctrl", "vpnctrl")
"""Tasks whose failure restarts StarOS as a whole (SR-12); which they are is chosen."""

PEER = {SESSMGR: AAAMGR, AAAMGR: SESSMGR}
"""The facility whose task of the same instance number holds the state of a manager of sessions."""

_ORDER = (
    *CPU_TASKS,
    *MANAGEMENT_TASKS,
    NPUMGR,
    VPNMGR,
    *sorted(DEMUX),
    *sorted(MANAGERS),
    SESSMGR,
    AAAMGR,
    CLI,
)
_PLACES = {facility: place for place, facility in enumerate(_ORDER)}
FACILITIES = frozenset(_ORDER)

RESTART_TIME = 2.0
"""Seconds until a task that died runs again (doc: 0 to 3)."""


def cli_instance(cpu: Cpu, pid: int) -> int:
    """The instance number of the process of a session at the command line (doc)."""
    return cpu.slot * 1_000_000 + pid


class Task(Struct, eq=False):
    """One task instance. It is up from `ready_at`, in seconds since 1970.

    `recovering` is a task that is being filled with the state of the one it takes the place of.
    """

    facility: str
    instance: int
    cpu: Cpu
    pid: int
    ready_at: float
    standby: bool
    recovering: bool = False

    @property
    def is_manager(self) -> bool:
        """Whether the task is a manager, whose failure has a trap of its own."""
        return self.facility.endswith("mgr")

    @property
    def holds_state(self) -> bool:
        """Whether the task is a manager whose state a peer holds."""
        return self.facility in PEER and not self.standby

    @property
    def is_critical(self) -> bool:
        """Whether its failure takes a card or the whole system down (SR-12)."""
        return self.facility in (*CRITICAL, *CRITICAL_ON_CPU)

    def take_place_of(self, other: Task) -> None:
        """Go on under the instance number of a task that died: a standby-mode task is renamed."""
        self.instance = other.instance
        self.standby = False

    def move(self, cpu: Cpu, pid: int) -> None:
        """Go on as another process on another CPU."""
        self.cpu = cpu
        self.pid = pid
        if self.facility == NPUMGR:
            self.instance = cpu.slot
        elif self.facility == CLI:
            self.instance = cli_instance(cpu, pid)

    def begin_filling(self) -> None:
        """The peer begins to fill the task with the state of the one it takes the place of."""
        self.recovering = True

    def end_filling(self, ready_at: float | None = None) -> None:
        """The task was filled, or begins with nothing and is up from `ready_at`."""
        self.recovering = False
        if ready_at is not None:
            self.ready_at = ready_at

    def is_up(self, now: float) -> bool:
        """Whether the task has come up."""
        return self.ready_at <= now and not self.recovering


class CpuCount(Struct, frozen=True):
    """How many tasks of session recovery a CPU carries."""

    sessmgr_active: int
    sessmgr_standby: int
    aaamgr_active: int
    aaamgr_standby: int
    demux: int


class TaskTable:
    """All tasks of the chassis."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """No task runs: the system went down."""
        self.tasks: list[Task] = []
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

    def start_cli(self, cpu: Cpu, at: float) -> Task:
        """Start the process of a session at the command line."""
        task = self.start(CLI, 0, cpu, at)
        task.move(cpu, task.pid)
        return task

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

    def writer(self, facility: str, instance: object = None) -> Writer | None:
        """The process of a facility that writes the log, of an instance if one is named."""
        for task in self.of(facility, standby=False):
            if instance in (None, task.instance):
                cpu = task.cpu
                return Writer(facility, task.instance, cpu.slot, cpu.number, task.pid)
        return None

    def find(self, facility: str, instance: int | None = None) -> list[Task]:
        """The tasks of a facility, standby-mode ones too, or the one of an instance.

        Raises Refused when there is no such facility or no such task.
        """
        if facility not in FACILITIES:
            raise Refused(messages.NO_SUCH_FACILITY, facility=facility)
        found = [task for task in self.of(facility) if instance in (None, task.instance)]
        if not found:
            raise Refused(messages.NO_SUCH_TASK, facility=facility, instance=instance)
        return found

    def of(self, facility: str, standby: bool | None = None) -> Iterator[Task]:
        """The tasks of a facility; only those in standby-mode or only the others, if wanted."""
        for task in self.tasks:
            if task.facility == facility and (standby is None or task.standby is standby):
                yield task

    def is_alive(self, task: Task) -> bool:
        """Whether this very task has not ended."""
        return any(task is other for other in self.tasks)

    def peer(self, task: Task) -> Task | None:
        """The task that holds the state of a manager of sessions, if it runs."""
        facility = PEER.get(task.facility)
        return self.get(facility, task.instance) if facility else None

    def parent(self, task: Task) -> Task | None:
        """The task that started a task: sitparent of its CPU, sitmain that one, nothing sitmain."""
        parents = {SITMAIN: "", SITPARENT: SITMAIN}
        return self.get(parents.get(task.facility, SITPARENT), task.cpu.slot * 10 + task.cpu.number)

    def on_card(self, slot: int) -> list[Task]:
        """The tasks on a card."""
        return [task for task in self.tasks if task.cpu.slot == slot]

    def in_order(self) -> list[Task]:
        """All tasks by CPU, facility and instance, those in standby-mode before the others.

        The tasks of the CPU come first, and sessmgrs before aaamgrs (capture); where the other
        facilities stand is chosen.
        """
        return sorted(
            self.tasks,
            key=lambda task: (
                task.cpu,
                _PLACES[task.facility],
                not task.standby,
                task.instance,
            ),
        )

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
