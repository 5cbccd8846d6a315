"""What is done with cards and what happens to them: migration, switchover, shutdown, failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import Action, RctRecord, RecoveredTask
from staros_cli.chassis.rebuilding import PEER
from staros_cli.chassis.task_faults import RESTART_TIME
from staros_cli.chassis.tasks import CPU_TASKS, DEMUX, MANAGEMENT_TASKS, SESSMGR, Task
from staros_cli.messages import Refused

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis

SWITCHOVER_TIME = 2.0
REBOOT_TIME = 60.0
"""Seconds (doc: a switchover takes about 2; how long a card takes to restart is chosen)."""


def migration_time(sessions: int) -> float:
    """Seconds that a planned migration of so many sessions takes: minutes for a loaded card."""
    return min(300.0, 3.0 + 0.05 * sessions)


def failover_time(sessions: int) -> float:
    """Seconds that recovering a failed card takes (doc: under 5)."""
    return min(4.9, 2.5 + 0.00002 * sessions)


class PlannedFailure(Struct, frozen=True):
    """How the next migration is to fail: its status, and the task that is to blame."""

    status: str
    facility: str
    instance: int


class Course(Struct, eq=False):
    """Something planned that is being done with two cards."""

    action: Action
    source: Card
    target: Card
    began_at: float
    after: CardState


class Cards:
    """Does things with the cards of a chassis, and lets them fail."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self.course: Course | None = None
        self.next_failure: PlannedFailure | None = None
        self._orphans: dict[int, list[Task]] = {}
        self._unusable: set[int] = set()
        self._single_points: set[int] = set()

    # A start of the system

    def restart(self) -> None:
        """The system starts: what was under way is forgotten, cards that can run come up.

        Cards that were halted or are beyond use stay offline. A role that nobody fills is taken by
        a standby card.
        """
        self.course = None
        hardware = self._chassis.hardware
        for card in hardware.cards.values():
            if card.state is CardState.BOOTING:
                card.state = CardState.STANDBY
        for role in (Role.PACKET, Role.MANAGEMENT):
            standby = hardware.in_state(role, CardState.STANDBY)
            vacant = role is Role.PACKET and self._orphans
            if standby and (vacant or not hardware.in_state(role, CardState.ACTIVE)):
                standby[0].state = CardState.ACTIVE
        self._orphans = {}

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
            self._tell("CardSPOFAlarm", hardware.cards[slot])
        for slot in sorted(self._single_points - now):
            self._tell("CardSPOFClear", hardware.cards[slot])
        self._single_points = now

    def _tell(self, name: str, card: Card, **values: object) -> None:
        chassis = self._chassis
        chassis.events.add(chassis.now, name, card=card.slot, title=card.kind.title, **values)

    # Planned

    def _card(self, slot: int) -> Card:
        card = self._chassis.hardware.cards.get(slot)
        if card is None:
            raise Refused(messages.NO_CARD, slot=slot)
        return card

    def check_pair(self, source: int, target: int, role: Role) -> tuple[Card, Card]:
        """The active and the standby card of a migration or switchover. Raises Refused."""
        first, second = self._card(source), self._card(target)
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
        card = self._card(slot)
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
        card = self._card(slot)
        if card.state is CardState.OFFLINE:
            self._check_free()
            self._unusable.discard(slot)
            self._start_rebooting(card)
        else:
            self._stop(slot, CardState.BOOTING)

    def check_reboot(self, slot: int) -> None:
        """Raises Refused when the card of a slot may not be rebooted."""
        if self._card(slot).state is CardState.OFFLINE:
            self._check_free()
        else:
            self.check_stop(slot)

    def is_usable(self, card: Card) -> bool:
        """Whether nothing is known to be broken on a card."""
        return card.slot not in self._unusable

    def _stop(self, slot: int, after: CardState) -> None:
        card = self.check_stop(slot)
        heir = self._chassis.hardware.standby_for(card)
        if card.state is CardState.ACTIVE and heir is not None:
            switch = card.kind.role is Role.MANAGEMENT
            halted = Action.SHUTDOWN if after is CardState.OFFLINE else Action.MIGRATION
            self._begin(Action.SWITCHOVER if switch else halted, card, heir, after)
            return
        self._take_down(card, after)
        self._record(Action.SHUTDOWN, card, None, self._chassis.now, 0.0)
        self._settle()

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
        began, seconds = course.began_at, self._chassis.now - course.began_at
        if failure is not None:
            self._record(course.action, source, target, began, seconds, failure=failure)
            self._told_complete("MigrateComplete", source, target, failure.status)
            return
        moved = self._move_tasks(source, target)
        target.state = CardState.ACTIVE
        self._tell("CardActive", target)
        self._record(course.action, source, target, began, seconds, recovered=moved)
        self._told_complete("MigrateComplete", source, target, rct.SUCCESS)
        self._take_down(source, course.after)
        self._settle()

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
                moved.append(_recovered(task))
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
        seconds = self._chassis.now - course.began_at
        self._record(Action.SWITCHOVER, course.source, course.target, course.began_at, seconds)
        self._told_complete("SwitchoverComplete", course.source, course.target, rct.SUCCESS)
        self._take_down(course.source, course.after)
        self._settle()

    def _hand_over_management(self, source: Card, target: Card) -> None:
        """The tasks of the system as a whole go on with the other management card."""
        tasks = self._chassis.tasks
        target.state = CardState.ACTIVE
        self._tell("CardActive", target)
        for task in tasks.on_card(source.slot):
            if task.facility in (*MANAGEMENT_TASKS, "vpnmgr"):
                task.cpu = Cpu(target.slot, task.cpu.number)
                task.pid = tasks.new_pid()

    def _told_complete(self, name: str, source: Card, target: Card, status: str) -> None:
        chassis = self._chassis
        chassis.events.add(chassis.now, name, source=source.slot, target=target.slot, status=status)

    def _record(
        self,
        action: Action,
        source: Card,
        target: Card | None,
        began_at: float,
        seconds: float,
        *,
        planned: bool = True,
        reason: str = "",
        device: str = "",
        usable: bool = True,
        status: str = rct.SUCCESS,
        failure: PlannedFailure | None = None,
        recovered: tuple[RecoveredTask, ...] = (),
    ) -> None:
        chassis = self._chassis
        chassis.rct.add(
            RctRecord(
                action,
                planned,
                source.slot,
                target.slot if target else 0,
                began_at,
                seconds,
                management=source.kind.role is Role.MANAGEMENT,
                reason=reason,
                device=device,
                usable=usable,
                status=failure.status if failure else status,
                failed_at=chassis.now if failure or status != rct.SUCCESS else None,
                facility=failure.facility if failure else "",
                instance=failure.instance if failure else None,
                graceful=planned,
                recovered=recovered,
            )
        )

    # Coming down and up

    def _take_down(self, card: Card, state: CardState) -> None:
        """Let a card that carries nothing any more go down, into a state."""
        tasks = self._chassis.tasks
        if state is CardState.STANDBY:
            card.state = state
            self._tell("CardStandby", card)
            return
        for task in tasks.on_card(card.slot):
            tasks.remove(task)
        card.state = CardState.OFFLINE
        if state is CardState.BOOTING:
            self._start_rebooting(card)

    def _start_rebooting(self, card: Card) -> None:
        card.state = CardState.BOOTING
        self._chassis.timeline.after(REBOOT_TIME, lambda: self._come_up(card))

    def _come_up(self, card: Card) -> None:
        """A card has restarted: it stays standby, unless tasks wait for a card."""
        if card.state is not CardState.BOOTING:
            return
        chassis = self._chassis
        self._tell("CardUp", card)
        chassis.task_control.start_card(card, chassis.now)
        if card.is_packet and self._orphans:
            card.state = CardState.ACTIVE
            self._tell("CardActive", card)
            self._adopt(card)
        else:
            card.state = CardState.STANDBY
            self._tell("CardStandby", card)
        self._settle()

    def _adopt(self, card: Card) -> None:
        """Start the tasks again that lost their card, on one that came up.

        A card takes the tasks of one other card only, so that no pair comes to stand on one card.
        """
        chassis = self._chassis
        slot = next(iter(self._orphans))
        orphans = self._orphans.pop(slot)
        ready = chassis.now + RESTART_TIME
        for task in orphans:
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

    def _settle(self) -> None:
        """After cards have changed: refill standby-mode tasks, watch single points of failure."""
        self._chassis.task_control.refill_standby()
        self.watch_single_points()

    # Unplanned

    def cpu_failed(self, cpu: Cpu) -> None:
        """A critical task of a CPU died, and with it the card (SR-34)."""
        self.fail(cpu.slot, rct.CRITICAL_TASK, f"CPU_{cpu.number}")

    def fail_cpu(self, slot: int, number: int) -> None:
        """Let a critical task of a CPU fail. Raises Refused when the card has no such CPU."""
        card = self._card(slot)
        if number not in card.kind.cpus:
            raise Refused(messages.NO_CPU, slot=slot, cpus=", ".join(map(str, card.kind.cpus)))
        task = self._chassis.tasks.get(CPU_TASKS[0], slot * 10 + number)
        if task is None:
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        self._chassis.task_faults.fail(task)

    def host_failed(self, slot: int) -> None:
        """The host of a virtual card died: session recovery does not cover that (SR-12)."""
        if not self._chassis.platform.virtual:
            raise Refused(messages.NO_HOSTS)
        self.fail(slot, rct.HOST_FAILURE, f"VM_{slot}", covered=False)

    def fail(
        self,
        slot: int,
        reason: str = rct.CARD_FAILURE,
        device: str = "",
        *,
        usable: bool = True,
        covered: bool = True,
        action: Action = Action.MIGRATION,
    ) -> None:
        """Let a card fail.

        `usable` cards restart by themselves. With `covered` false no session of the card is
        recovered. Raises Refused when the card is not running.
        """
        card = self._card(slot)
        chassis = self._chassis
        if card.state not in (CardState.ACTIVE, CardState.STANDBY):
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        if not chassis.platform.card_recovery:
            chassis.restart_after(reason)
            return
        was_active = card.state is CardState.ACTIVE
        heir = self._heir(card) if was_active else None
        self._cancel_course(card, heir)
        dead = chassis.tasks.on_card(slot)
        card.state = CardState.OFFLINE
        self._tell("CardDown", card, reason=reason)
        for task in dead:
            chassis.tasks.remove(task)
        for task in dead:
            chassis.rebuilding.task_died(task)
        if usable:
            self._start_rebooting(card)
        else:
            self._unusable.add(slot)
        if was_active and card.is_packet:
            self._fail_over(card, heir, dead, reason, device, usable, covered, action)
        elif was_active and card.kind.role is Role.MANAGEMENT:
            self._switch_over(card, heir, dead, reason, device, usable)
        self._settle()

    def _heir(self, card: Card) -> Card | None:
        """The standby card that takes over from a card that fails.

        Rather one that nothing is being done with; if need be, what is being done has to give way.
        """
        busy = self.course.target if self.course else None
        fit = [
            other
            for other in self._chassis.hardware.cards.values()
            if other.kind is card.kind and other.state is CardState.STANDBY
        ]
        return min(fit, key=lambda other: other is busy, default=None)

    def _cancel_course(self, card: Card, heir: Card | None) -> None:
        """A card that fails ends what was being done with it, and with the one that takes over."""
        course = self.course
        if course is None or not {card.slot, heir.slot if heir else 0} & {
            course.source.slot,
            course.target.slot,
        }:
            return
        self.course = None
        seconds = self._chassis.now - course.began_at
        self._record(
            course.action,
            course.source,
            course.target,
            course.began_at,
            seconds,
            status=rct.FAIL_CARD_LOST,
        )

    def _switch_over(
        self,
        card: Card,
        heir: Card | None,
        dead: list[Task],
        reason: str,
        device: str,
        usable: bool,
    ) -> None:
        chassis = self._chassis
        if heir is None:
            chassis.restart_after(f"management card {card.slot} failed")
            return
        pair = {"source": card.slot, "target": heir.slot}
        chassis.events.add(chassis.now, "SwitchoverStart", **pair)
        heir.state = CardState.ACTIVE
        self._tell("CardActive", heir)
        for task in dead:
            if task.facility in (*MANAGEMENT_TASKS, "vpnmgr"):
                ready = chassis.now + SWITCHOVER_TIME
                cpu = Cpu(heir.slot, task.cpu.number)
                chassis.tasks.start(task.facility, task.instance, cpu, ready)
        began = chassis.now

        def complete() -> None:
            self._record(
                Action.SWITCHOVER,
                card,
                heir,
                began,
                chassis.now - began,
                planned=False,
                reason=reason,
                device=device,
                usable=usable,
            )
            self._told_complete("SwitchoverComplete", card, heir, rct.SUCCESS)

        chassis.timeline.after(SWITCHOVER_TIME, complete)

    def _fail_over(
        self,
        card: Card,
        heir: Card | None,
        dead: list[Task],
        reason: str,
        device: str,
        usable: bool,
        covered: bool,
        action: Action,
    ) -> None:
        """Bring the tasks of a packet card that failed to another, and recover their sessions."""
        chassis = self._chassis
        active = [t for t in dead if not t.standby and t.facility not in CPU_TASKS]
        if heir is None:
            chassis.lose_sessions({t.instance for t in active if t.facility == SESSMGR})
            self._orphans[card.slot] = active
            self._record(
                Action.SHUTDOWN,
                card,
                None,
                chassis.now,
                0.0,
                planned=False,
                reason=reason,
                device=device,
                usable=usable,
                status="NO_STANDBY_CARD",
            )
            return
        began = chassis.now
        sessions = sum(
            chassis.sessions.count_of_sessmgr(t.instance) for t in active if t.facility == SESSMGR
        )
        seconds = failover_time(sessions)
        heir.state = CardState.ACTIVE
        self._tell("CardActive", heir)
        pair = {"source": card.slot, "target": heir.slot}
        chassis.events.add(chassis.now, "MigrateStart", **pair)
        chassis.task_control.move_demux(card.slot, heir.slot)
        for task in active:
            self._take_over(task, heir, seconds, covered)

        def complete() -> None:
            alive = [t for t in active if t.facility in PEER and self._runs_on(t, heir.slot)]
            self._record(
                action,
                card,
                heir,
                began,
                chassis.now - began,
                planned=False,
                reason=reason,
                device=device,
                usable=usable,
                status=rct.SUCCESS if heir.state is CardState.ACTIVE else "TARGET_CARD_LOST",
                recovered=tuple(_recovered(task) for task in alive),
            )
            self._told_complete("MigrateComplete", card, heir, rct.SUCCESS)

        chassis.timeline.after(seconds, complete)

    def _peer(self, task: Task, instance: int) -> Task | None:
        """The task that holds the state of this one, if it runs."""
        facility = PEER.get(task.facility)
        return self._chassis.tasks.get(facility, instance) if facility else None

    def _runs_on(self, task: Task, slot: int) -> bool:
        successor = self._chassis.tasks.get(task.facility, task.instance)
        return successor is not None and successor.cpu.slot == slot

    def _take_over(self, task: Task, heir: Card, seconds: float, covered: bool) -> None:
        """Start the successor of a task on the card that takes over."""
        chassis = self._chassis
        now = chassis.now
        cpu = Cpu(heir.slot, task.cpu.number)
        instance = heir.slot if task.facility == "npumgr" else task.instance
        peer = self._peer(task, instance)
        fed = covered and chassis.recovery.in_effect and peer is not None and peer.is_up(now)
        if fed and peer is not None:
            standby = [
                other
                for other in chassis.tasks.of(task.facility, standby=True)
                if other.cpu == cpu and other.is_up(now)
            ]
            if standby:
                chassis.task_faults.take_place(standby[0], task, peer, seconds)
                return
        successor = chassis.tasks.start(task.facility, instance, cpu, now + RESTART_TIME)
        if task.facility == SESSMGR:
            chassis.task_faults.start_empty(instance)
        elif fed and peer is not None and task.facility not in DEMUX:
            chassis.rebuilding.begin(successor, peer, RESTART_TIME + seconds)


def _recovered(task: Task) -> RecoveredTask:
    return RecoveredTask(task.facility, task.instance, task.cpu.slot, task.cpu.number, task.pid)
