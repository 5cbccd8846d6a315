"""What is done with cards: migration, switchover, shutdown, restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import Action, RctRecord, RecoveredTask
from staros_cli.chassis.rebuilding import PEER
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    MANAGEMENT_TASKS,
    RESTART_TIME,
    SESSMGR,
    Task,
)
from staros_cli.messages import Refused

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis

SWITCHOVER_TIME = 2.0
REBOOT_TIME = 60.0
"""Seconds (doc: a switchover takes about 2; how long a card takes to restart is chosen)."""


def migration_time(sessions: int) -> float:
    """Seconds that a planned migration of so many sessions takes: minutes for a loaded card."""
    return min(300.0, 3.0 + 0.05 * sessions)


class PlannedFailure(Struct, frozen=True):
    """How the next migration is to fail: its status, and the task that is to blame."""

    status: str
    facility: str
    instance: int


class CardFault(Struct, frozen=True):
    """Why a card fails: reason and device as its record names them.

    `usable` cards restart by themselves; with `covered` false no session is recovered (SR-12).
    """

    reason: str = rct.CARD_FAILURE
    device: str = ""
    usable: bool = True
    covered: bool = True


class Course(Struct, eq=False):
    """Something planned that is being done with two cards."""

    action: Action
    source: Card
    target: Card
    began_at: float
    after: CardState


class Cards:
    """Does with the cards of a chassis what an operator wants, and brings them up again."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self.course: Course | None = None
        self.next_failure: PlannedFailure | None = None
        self.orphans: dict[int, list[Task]] = {}
        self.unusable: set[int] = set()
        self._single_points: set[int] = set()

    @property
    def sessions_wait(self) -> bool:
        """Whether tasks of sessions have lost their card and wait for one to come up."""
        waiting = (task for tasks in self.orphans.values() for task in tasks)
        return any(task.facility in (SESSMGR, AAAMGR) for task in waiting)

    # A start of the system

    def restart(self) -> None:
        """The system starts: what was under way is forgotten, cards that can run come up.

        Cards that were halted or are beyond use stay offline. A role that nobody fills is taken by
        a standby card. Without any management card the first is tried again, since nothing would
        start otherwise.
        """
        self.course = None
        hardware = self._chassis.hardware
        for card in hardware.cards.values():
            if card.state is CardState.BOOTING:
                card.state = CardState.STANDBY
        for role in (Role.PACKET, Role.MANAGEMENT):
            standby = hardware.in_state(role, CardState.STANDBY)
            vacant = role is Role.PACKET and self.orphans
            if standby and (vacant or not hardware.in_state(role, CardState.ACTIVE)):
                standby[0].state = CardState.ACTIVE
        self.orphans = {}
        if not hardware.in_state(Role.MANAGEMENT, CardState.ACTIVE):
            failed = hardware.in_state(Role.MANAGEMENT, CardState.OFFLINE)
            for card in failed[:1]:
                card.state = CardState.ACTIVE
                self.unusable.discard(card.slot)

    def watch_single_points(self) -> None:
        """Tell which cards have become a single point of failure, and which no longer are one."""
        chassis = self._chassis
        hardware = chassis.hardware
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

    # Planned

    def card(self, slot: int) -> Card:
        """The card in a slot. Raises Refused when there is none."""
        card = self._chassis.hardware.cards.get(slot)
        if card is None:
            raise Refused(messages.NO_CARD, slot=slot)
        return card

    def check_pair(self, source: int, target: int, role: Role) -> tuple[Card, Card]:
        """The active and the standby card of a migration or switchover. Raises Refused."""
        first, second = self.card(source), self.card(target)
        self._check_free()
        if first.kind.role is not role or second.kind is not first.kind:
            raise Refused(messages.WRONG_CARDS, source=source, target=target, role=role.value)
        if first.state is not CardState.ACTIVE:
            raise Refused(messages.NOT_IN_STATE, slot=source, state="active")
        if second.state is not CardState.STANDBY:
            raise Refused(messages.NOT_IN_STATE, slot=target, state="standby")
        return first, second

    def _check_free(self) -> None:
        if self.course is not None:
            raise Refused(
                messages.CARDS_BUSY,
                action=self.course.action.value.lower(),
                source=self.course.source.slot,
                target=self.course.target.slot,
            )

    def migrate(self, source: int, target: int) -> None:
        """Move everything from an active packet card to a standby one, in the background."""
        first, second = self.check_pair(source, target, Role.PACKET)
        self._begin(Action.MIGRATION, first, second, CardState.STANDBY)

    def switch(self, source: int, target: int) -> None:
        """Hand over from the active management card to the standby one, in the background."""
        first, second = self.check_pair(source, target, Role.MANAGEMENT)
        self._begin(Action.SWITCHOVER, first, second, CardState.BOOTING)

    def check_stop(self, slot: int) -> Card:
        """The card of a slot, if it may be halted or rebooted. Raises Refused."""
        card = self.card(slot)
        self._check_free()
        if card.kind.role is Role.SUPPORT or card.state not in (
            CardState.ACTIVE,
            CardState.STANDBY,
        ):
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        if card.state is CardState.ACTIVE and self._chassis.hardware.standby_for(card) is None:
            raise Refused(messages.NO_STANDBY_FOR, slot=slot)
        return card

    def halt(self, slot: int) -> None:
        """Take a card out of service for good; an active one hands over before."""
        self._stop(slot, CardState.OFFLINE)

    def reboot(self, slot: int) -> None:
        """Restart a card; an active one hands over before, and comes back as standby.

        A card that was halted or has failed is started again.
        """
        card = self.card(slot)
        if card.state is CardState.OFFLINE:
            self._check_free()
            self.unusable.discard(slot)
            self.start_rebooting(card)
        else:
            self._stop(slot, CardState.BOOTING)

    def check_reboot(self, slot: int) -> None:
        """Raises Refused when the card of a slot may not be rebooted."""
        if self.card(slot).state is CardState.OFFLINE:
            self._check_free()
        else:
            self.check_stop(slot)

    def is_usable(self, card: Card) -> bool:
        """Whether nothing is known to be broken on a card."""
        return card.slot not in self.unusable

    def _stop(self, slot: int, after: CardState) -> None:
        card = self.check_stop(slot)
        heir = self._chassis.hardware.standby_for(card)
        if card.state is CardState.ACTIVE and heir is not None:
            switch = card.kind.role is Role.MANAGEMENT
            halted = Action.SHUTDOWN if after is CardState.OFFLINE else Action.MIGRATION
            self._begin(Action.SWITCHOVER if switch else halted, card, heir, after)
            return
        self._take_down(card, after)
        self.record(Action.SHUTDOWN, card, None, self._chassis.now)
        self.settle()

    def _begin(self, action: Action, source: Card, target: Card, after: CardState) -> None:
        chassis = self._chassis
        course = Course(action, source, target, chassis.now, after)
        self.course = course
        pair = {"source": source.slot, "target": target.slot}
        if action is Action.SWITCHOVER:
            chassis.events.add(chassis.now, "SwitchoverStart", **pair)
            chassis.timeline.after(SWITCHOVER_TIME, lambda: self._switched(course))
            return
        chassis.events.add(chassis.now, "MigrateStart", **pair)
        seconds = migration_time(self._sessions_on(source.slot))
        failure, self.next_failure = self.next_failure, None
        if failure is not None:
            seconds *= 0.2 if failure.status == rct.FAIL_PREMIGRATE else 0.9
        chassis.timeline.after(seconds, lambda: self._migrated(course, failure))

    def _sessions_on(self, slot: int) -> int:
        tasks = self._chassis.tasks.on_card(slot)
        count = self._chassis.sessions.count_of_sessmgr
        return sum(count(t.instance) for t in tasks if t.facility == SESSMGR and not t.standby)

    def _migrated(self, course: Course, failure: PlannedFailure | None) -> None:
        if self.course is not course:
            return
        self.course = None
        source, target = course.source, course.target
        if failure is not None:
            self.record(course.action, source, target, course.began_at, failure=failure)
            self.tell_complete("MigrateComplete", source, target, failure.status)
            return
        moved = self._move_tasks(source, target)
        target.state = CardState.ACTIVE
        self.tell("CardActive", target)
        self.record(course.action, source, target, course.began_at, recovered=moved)
        self.tell_complete("MigrateComplete", source, target, rct.SUCCESS)
        self._take_down(source, course.after)
        self.settle()

    def _move_tasks(self, source: Card, target: Card) -> tuple[RecoveredTask, ...]:
        """Move the active tasks of a packet card to the CPUs of the same number of another."""
        tasks = self._chassis.tasks
        moved: list[RecoveredTask] = []
        for task in tasks.on_card(target.slot):
            if task.standby:
                tasks.remove(task)
        for task in tasks.on_card(source.slot):
            if task.facility in CPU_TASKS:
                continue
            if task.standby:
                tasks.remove(task)
                continue
            if task.facility in PEER:
                moved.append(recovered(task))
            if task.facility == "npumgr":
                task.instance = target.slot
            task.cpu = Cpu(target.slot, task.cpu.number)
            task.pid = tasks.new_pid()
        self._chassis.task_control.move_demux(source.slot, target.slot)
        return tuple(moved)

    def _switched(self, course: Course) -> None:
        if self.course is not course:
            return
        self.course = None
        self._hand_over_management(course.source, course.target)
        self.record(Action.SWITCHOVER, course.source, course.target, course.began_at)
        self.tell_complete("SwitchoverComplete", course.source, course.target, rct.SUCCESS)
        self._take_down(course.source, course.after)
        self.settle()

    def _hand_over_management(self, source: Card, target: Card) -> None:
        """The tasks of the system as a whole go on with the other management card."""
        tasks = self._chassis.tasks
        target.state = CardState.ACTIVE
        self.tell("CardActive", target)
        for task in tasks.on_card(source.slot):
            if task.facility in (*MANAGEMENT_TASKS, "vpnmgr"):
                task.cpu = Cpu(target.slot, task.cpu.number)
                task.pid = tasks.new_pid()

    def tell_complete(self, name: str, source: Card, target: Card, status: str) -> None:
        """Add the event that ends a migration or switchover."""
        chassis = self._chassis
        chassis.events.add(chassis.now, name, source=source.slot, target=target.slot, status=status)

    def record(
        self,
        action: Action,
        source: Card,
        target: Card | None,
        began_at: float,
        *,
        fault: CardFault | None = None,
        failure: PlannedFailure | None = None,
        status: str = rct.SUCCESS,
        recovered: tuple[RecoveredTask, ...] = (),
    ) -> None:
        """Add a record of something that began at `began_at` and has ended now (SR-31, SR-35).

        Unplanned things have a `fault`, planned ones that failed a `failure`.
        """
        chassis = self._chassis
        status = failure.status if failure else status
        chassis.rct.add(
            RctRecord(
                action,
                fault is None,
                source.slot,
                target.slot if target else 0,
                began_at,
                chassis.now - began_at,
                management=source.kind.role is Role.MANAGEMENT,
                reason=fault.reason if fault else "",
                device=fault.device if fault else "",
                usable=fault.usable if fault else True,
                status=status,
                failed_at=None if status == rct.SUCCESS else chassis.now,
                facility=failure.facility if failure else "",
                instance=failure.instance if failure else None,
                graceful=fault is None,
                recovered=recovered,
            )
        )

    # Coming down and up

    def _take_down(self, card: Card, state: CardState) -> None:
        """Let a card that carries nothing any more go down, into a state."""
        tasks = self._chassis.tasks
        if state is CardState.STANDBY:
            card.state = state
            self.tell("CardStandby", card)
            return
        for task in tasks.on_card(card.slot):
            tasks.remove(task)
        card.state = CardState.OFFLINE
        if state is CardState.BOOTING:
            self.start_rebooting(card)

    def start_rebooting(self, card: Card) -> None:
        """Let a card that is down start again."""
        card.state = CardState.BOOTING
        self._chassis.timeline.after(REBOOT_TIME, lambda: self._come_up(card))

    def _come_up(self, card: Card) -> None:
        """A card has restarted: it stays standby, unless tasks wait for a card."""
        if card.state is not CardState.BOOTING:
            return
        chassis = self._chassis
        self.tell("CardUp", card)
        chassis.task_control.start_card(card, chassis.now)
        if card.is_packet and self.orphans:
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
        slot = next(iter(self.orphans))
        orphans = self.orphans.pop(slot)
        ready = chassis.now + RESTART_TIME
        for task in orphans:
            if chassis.tasks.get(task.facility, task.instance) is not None:
                continue  # it was started elsewhere meanwhile
            instance = card.slot if task.facility == "npumgr" else task.instance
            number = min(task.cpu.number, card.kind.cpus[-1])
            successor = chassis.tasks.start(task.facility, instance, Cpu(card.slot, number), ready)
            peer = (
                chassis.tasks.get(PEER[task.facility], instance) if task.facility in PEER else None
            )
            if task.facility != SESSMGR and peer is not None and chassis.recovery.in_effect:
                chassis.rebuilding.begin(successor, peer, RESTART_TIME)
        chassis.task_control.move_demux(slot, card.slot)
        chassis.match_tasks()

    def peer(self, task: Task, instance: int) -> Task | None:
        """The task that holds the state of this one, if it runs."""
        facility = PEER.get(task.facility)
        return self._chassis.tasks.get(facility, instance) if facility else None

    def settle(self) -> None:
        """After cards have changed: refill standby-mode tasks, watch single points of failure."""
        self._chassis.task_control.refill_standby()
        self.watch_single_points()


def recovered(task: Task) -> RecoveredTask:
    """How a record names a task that was brought over."""
    return RecoveredTask(task.facility, task.instance, task.cpu.slot, task.cpu.number, task.pid)
