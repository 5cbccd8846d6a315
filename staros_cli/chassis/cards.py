"""The cards of a chassis: what is told of them, how they go down and come up, their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import Action, RctRecord, TaskRef
from staros_cli.chassis.tasks import AAAMGR, PEER, RESTART_TIME, SESSMGR, Task
from staros_cli.messages import Refused

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis

REBOOT_TIME = 60.0
"""Seconds that a card takes to restart (chosen)."""

HALTED = "has been halted"
RESTARTING = "is restarting"


class CardFault(Struct, frozen=True):
    """Why a card fails: reason and device as its record names them.

    `usable` cards restart by themselves; with `covered` false no session is recovered (SR-12). A
    `graceful` failure leaves the card time to hand over.
    """

    reason: str = rct.CARD_FAILURE
    device: str = ""
    usable: bool = True
    covered: bool = True
    graceful: bool = False


class Cards:
    """The cards of a chassis."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self.waiting: dict[int, list[Task]] = {}
        self.unusable: set[int] = set()
        self._single_points: set[int] = set()

    @property
    def sessions_wait(self) -> bool:
        """Whether tasks of sessions have lost their card and wait for one to come up."""
        waiting = (task for tasks in self.waiting.values() for task in tasks)
        return any(task.facility in (SESSMGR, AAAMGR) for task in waiting)

    def card(self, slot: int) -> Card:
        """The card in a slot. Raises Refused when there is none."""
        card = self._chassis.hardware.cards.get(slot)
        if card is None:
            raise Refused(messages.NO_CARD, slot=slot)
        return card

    def is_usable(self, card: Card) -> bool:
        """Whether nothing is known to be broken on a card."""
        return card.slot not in self.unusable

    # A start of the system

    def restart(self) -> None:
        """The system starts: all cards that can run come up.

        Cards that are beyond use stay offline. A role that nobody fills is taken by a standby card.
        Without any management card the first is tried again, since nothing would start otherwise.
        """
        hardware = self._chassis.hardware
        for card in hardware.cards.values():
            if card.state is CardState.BOOTING or (
                card.state is CardState.OFFLINE and self.is_usable(card)
            ):
                card.state = CardState.STANDBY
        for role in (Role.PACKET, Role.MANAGEMENT):
            standby = hardware.in_state(role, CardState.STANDBY)
            vacant = role is Role.PACKET and self.waiting
            if standby and (vacant or not hardware.in_state(role, CardState.ACTIVE)):
                standby[0].state = CardState.ACTIVE
        self.waiting = {}
        if not hardware.in_state(Role.MANAGEMENT, CardState.ACTIVE):
            failed = hardware.in_state(Role.MANAGEMENT, CardState.OFFLINE)
            for card in failed[:1]:
                card.state = CardState.ACTIVE
                self.unusable.discard(card.slot)

    def announce(self) -> None:
        """Tell of every card that runs that it is up, and in which state."""
        for card in self._chassis.hardware.running:
            self.tell("CardUp", card)
            self.tell("CardActive" if card.state is CardState.ACTIVE else "CardStandby", card)

    # What is told

    def watch_single_points(self) -> None:
        """Tell which cards have become a single point of failure, and which no longer are one."""
        hardware = self._chassis.hardware
        now = {
            slot
            for slot, card in hardware.cards.items()
            if hardware.platform.card_recovery and hardware.single_point_of_failure(card)
        }
        for slot in sorted(now - self._single_points):
            self.tell("CardSPOFAlarm", hardware.cards[slot])
        for slot in sorted(self._single_points - now):
            self.tell("CardSPOFClear", hardware.cards[slot])
        self._single_points = now

    def tell(self, name: str, card: Card, **values: object) -> None:
        """Add an event about a card."""
        chassis = self._chassis
        chassis.events.add(chassis.now, name, card=card.slot, title=card.kind.title, **values)

    def tell_pair(self, name: str, source: Card, target: Card) -> None:
        """Add an event about what is done from one card to another."""
        chassis = self._chassis
        chassis.events.add(chassis.now, name, source=source.slot, target=target.slot)

    def record(
        self,
        action: Action,
        source: Card,
        target: Card | None,
        began_at: float,
        *,
        planned: bool,
        fault: CardFault | None = None,
        status: str = rct.SUCCESS,
        blamed: Task | TaskRef | None = None,
        recovered: tuple[TaskRef, ...] = (),
        lost: tuple[TaskRef, ...] = (),
    ) -> None:
        """Add a record of something that began at `began_at` and has ended now (SR-31, SR-35).

        `fault` is the failure that was the reason, `blamed` the task that a failed action failed
        with.
        """
        chassis = self._chassis
        failed = status != rct.SUCCESS
        chassis.rct.add(
            RctRecord(
                action,
                planned,
                source.slot,
                target.slot if target else 0,
                began_at,
                chassis.now - began_at,
                management=source.kind.role is Role.MANAGEMENT,
                reason=fault.reason if fault else "",
                device=fault.device if fault else "",
                usable=fault.usable if fault else self.is_usable(source),
                status=status,
                failed_at=chassis.now if failed else None,
                facility=blamed.facility if failed and blamed else "",
                instance=blamed.instance if failed and blamed else None,
                graceful=planned,
                recovered=recovered,
                lost=lost,
            )
        )

    # Coming down and up

    def take_down(self, card: Card, state: CardState) -> None:
        """Let a card that carries nothing any more go down, into a state."""
        if state is CardState.STANDBY:
            card.state = state
            self.tell("CardStandby", card)
            return
        tasks = self._chassis.tasks
        for task in tasks.on_card(card.slot):
            tasks.remove(task)
        card.state = CardState.OFFLINE
        self.tell("CardDown", card, state=RESTARTING if state is CardState.BOOTING else HALTED)
        if state is CardState.BOOTING:
            self.start_rebooting(card)

    def start_rebooting(self, card: Card) -> None:
        """Let a card that is down start again."""
        card.state = CardState.BOOTING
        self._chassis.timeline.after(REBOOT_TIME, lambda: self._come_up(card))

    def _come_up(self, card: Card) -> None:
        """A card has restarted: it stays standby, unless tasks wait for a card."""
        chassis = self._chassis
        self.tell("CardUp", card)
        chassis.task_control.start_card(card, chassis.now)
        if card.is_packet and self.waiting:
            card.state = CardState.ACTIVE
            self.tell("CardActive", card)
            self._adopt(card)
        else:
            card.state = CardState.STANDBY
            self.tell("CardStandby", card)
        self.settle()

    def _adopt(self, card: Card) -> None:
        """Start the tasks again that lost their card, on one that came up.

        A card takes the tasks of one other card only, so that no pair comes to stand on one card.
        """
        chassis = self._chassis
        slot = next(iter(self.waiting))
        ready = chassis.now + RESTART_TIME
        for task in self.waiting.pop(slot):
            if chassis.tasks.get(task.facility, task.instance) is not None:
                continue  # it was started elsewhere meanwhile
            instance = card.slot if task.facility == "npumgr" else task.instance
            cpu = Cpu(card.slot, task.cpu.number)
            successor = chassis.tasks.start(task.facility, instance, cpu, ready)
            peer = chassis.tasks.peer(successor)
            if task.facility == AAAMGR and peer is not None and chassis.recovery.in_effect:
                chassis.transfers.begin(successor, peer, RESTART_TIME, chassis.now)
            elif task.facility == AAAMGR:
                chassis.transfers.start_unfilled(successor)
            else:
                chassis.notices.restarts_at(successor, ready)
        chassis.task_control.move_demux(slot, card.slot)
        chassis.match_tasks()

    def settle(self) -> None:
        """After cards have changed: refill standby-mode tasks, look at what that means."""
        self._chassis.task_control.refill_standby()
        self.watch_single_points()
        self._chassis.hardware_changed()


def ref(task: Task, calls: int = 0) -> TaskRef:
    """How a record names a task as it runs now."""
    return TaskRef(task.facility, task.instance, task.cpu.slot, task.cpu.number, task.pid, calls)


def holds_state(task: Task) -> bool:
    """Whether the task is a manager whose state a peer holds."""
    return task.facility in PEER and not task.standby
