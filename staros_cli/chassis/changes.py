"""Changes of tasks and cards, by which the parts of the model notify each other.

They publish these changes on the timeline, and those that a change concerns have subscribed to it;
`chassis.py` shows who has, and in which order. Traps, log lines and alarms are in `events.py`.
"""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.hardware import Card, Cpu
from staros_cli.chassis.tasks import Task


class TaskFailed(Struct, frozen=True, eq=False):
    """A task fails; `crashed` tells whether its process aborts, rather than going with its card."""

    task: Task
    crashed: bool


class TaskDied(Struct, frozen=True, eq=False):
    """A task runs no more; nothing has taken its place yet."""

    task: Task


class TaskReplaced(Struct, frozen=True, eq=False):
    """Another task was put in the place of one that died."""

    task: Task


class TaskFilled(Struct, frozen=True, eq=False):
    """A manager has the state of the one whose place it took, and is up."""

    task: Task


class OutOfMemory(Struct, frozen=True, eq=False):
    """A task uses far more memory than it is allowed, and cannot go on."""

    task: Task


class CpuFailed(Struct, frozen=True):
    """A critical task of a CPU aborted."""

    cpu: Cpu


class SystemFailed(Struct, frozen=True):
    """Something failed that the system cannot do without (SR-12)."""

    reason: str


class SystemStarted(Struct, frozen=True):
    """The system is up."""


class SystemStops(Struct, frozen=True):
    """The system goes down to start again: what is under way ends."""


class CardStarted(Struct, frozen=True, eq=False):
    """A card has restarted; it is neither active nor standby yet."""

    card: Card


class CardTookTasks(Struct, frozen=True, eq=False):
    """A card came up and is active: the tasks that lost the card in `slot` start again on it."""

    card: Card
    slot: int
    tasks: list[Task]


class CardsChanged(Struct, frozen=True):
    """Cards have come up, gone down or changed their roles, and their tasks with them."""


class LinksChanged(Struct, frozen=True):
    """Ports have lost their links, or have them again."""


class ConfigurationChanged(Struct, frozen=True):
    """Lines that the model reads from the configuration were changed, while the system is up."""


class CongestionChanged(Struct, frozen=True):
    """Services have too much to do, or have no longer."""
