"""Cards that fail, and what takes over from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.cards import SWITCHOVER_TIME, CardFault, Cards, recovered
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import Action
from staros_cli.chassis.rebuilding import PEER
from staros_cli.chassis.tasks import CPU_TASKS, DEMUX, MANAGEMENT_TASKS, RESTART_TIME, SESSMGR, Task
from staros_cli.messages import Refused

if TYPE_CHECKING:
    from staros_cli.chassis.chassis import Chassis


def failover_time(sessions: int) -> float:
    """Seconds that recovering a failed card takes (doc: under 5)."""
    return min(4.9, 2.5 + 0.00002 * sessions)


DEFAULT_FAULT = CardFault()


class CardFaults:
    """Lets the cards of a chassis fail."""

    def __init__(self, chassis: Chassis, cards: Cards) -> None:
        self._chassis = chassis
        self._cards = cards

    def cpu_failed(self, cpu: Cpu) -> None:
        """A critical task of a CPU died, and with it the card (SR-34)."""
        self.fail(cpu.slot, CardFault(rct.CRITICAL_TASK, f"CPU_{cpu.number}"))

    def fail_cpu(self, slot: int, number: int) -> None:
        """Let a critical task of a CPU fail. Raises Refused when the card has no such CPU."""
        card = self._cards.card(slot)
        if number not in card.kind.cpus:
            raise Refused(messages.NO_CPU, slot=slot, cpus=", ".join(map(str, card.kind.cpus)))
        task = self._chassis.tasks.get(CPU_TASKS[0], slot * 10 + number)
        if task is None:
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        self._chassis.task_faults.fail(task)

    def fail_host(self, slot: int) -> None:
        """Let the host of a virtual card die: session recovery does not cover that (SR-12).

        Raises Refused on systems that are not virtual.
        """
        if not self._chassis.platform.virtual:
            raise Refused(messages.NO_HOSTS)
        self.fail(slot, CardFault(rct.HOST_FAILURE, f"VM_{slot}", covered=False))

    def fail(self, slot: int, fault: CardFault = DEFAULT_FAULT) -> None:
        """Let a card fail. Raises Refused when the card is not running."""
        chassis, cards = self._chassis, self._cards
        card = cards.card(slot)
        if card.state not in (CardState.ACTIVE, CardState.STANDBY):
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        if not chassis.platform.card_recovery:
            chassis.restart_after(fault.reason)
            return
        was_active = card.state is CardState.ACTIVE
        heir = self._heir(card) if was_active else None
        self._cancel_course(card, heir)
        dead = chassis.tasks.on_card(slot)
        card.state = CardState.OFFLINE
        cards.tell("CardDown", card, reason=fault.reason)
        for task in dead:
            chassis.tasks.remove(task)
        for task in dead:
            chassis.rebuilding.task_died(task)
        if fault.usable:
            cards.start_rebooting(card)
        else:
            cards.unusable.add(slot)
        if was_active and card.is_packet:
            self._fail_over(card, heir, dead, fault)
        elif was_active and card.kind.role is Role.MANAGEMENT:
            self._switch_over(card, heir, dead, fault)
        cards.settle()

    def _heir(self, card: Card) -> Card | None:
        """The standby card that takes over from a card that fails.

        Rather one that nothing is being done with; if need be, what is being done has to give way.
        """
        course = self._cards.course
        busy = course.target if course else None
        fit = [
            other
            for other in self._chassis.hardware.cards.values()
            if other.kind is card.kind and other.state is CardState.STANDBY
        ]
        return min(fit, key=lambda other: other is busy, default=None)

    def _cancel_course(self, card: Card, heir: Card | None) -> None:
        """A card that fails ends what was being done with it, and with the one that takes over."""
        course = self._cards.course
        if course is None:
            return
        touched = {card.slot, heir.slot if heir else 0}
        if touched & {course.source.slot, course.target.slot}:
            self._cards.course = None
            pair = course.source, course.target
            status = rct.FAIL_CARD_LOST
            self._cards.record(course.action, *pair, course.began_at, status=status)

    def _switch_over(
        self, card: Card, heir: Card | None, dead: list[Task], fault: CardFault
    ) -> None:
        """Let the other management card go on with the tasks of the system as a whole."""
        chassis, cards = self._chassis, self._cards
        if heir is None:
            chassis.restart_after(f"management card {card.slot} failed")
            return
        began = chassis.now
        chassis.events.add(began, "SwitchoverStart", source=card.slot, target=heir.slot)
        heir.state = CardState.ACTIVE
        cards.tell("CardActive", heir)
        for task in dead:
            if task.facility in (*MANAGEMENT_TASKS, "vpnmgr"):
                cpu = Cpu(heir.slot, task.cpu.number)
                chassis.tasks.start(task.facility, task.instance, cpu, began + SWITCHOVER_TIME)

        def complete() -> None:
            cards.record(Action.SWITCHOVER, card, heir, began, fault=fault)
            cards.tell_complete("SwitchoverComplete", card, heir, rct.SUCCESS)

        chassis.timeline.after(SWITCHOVER_TIME, complete)

    def _fail_over(self, card: Card, heir: Card | None, dead: list[Task], fault: CardFault) -> None:
        """Bring the tasks of a packet card that failed to another, and recover their sessions."""
        chassis, cards = self._chassis, self._cards
        began = chassis.now
        active = [t for t in dead if not t.standby and t.facility not in CPU_TASKS]
        sessmgrs = {task.instance for task in active if task.facility == SESSMGR}
        if heir is None:
            chassis.lose_sessions(sessmgrs)
            cards.orphans[card.slot] = active
            status = rct.NO_STANDBY_CARD
            cards.record(Action.SHUTDOWN, card, None, began, fault=fault, status=status)
            return
        seconds = failover_time(sum(map(chassis.sessions.count_of_sessmgr, sessmgrs)))
        heir.state = CardState.ACTIVE
        cards.tell("CardActive", heir)
        chassis.events.add(began, "MigrateStart", source=card.slot, target=heir.slot)
        chassis.task_control.move_demux(card.slot, heir.slot)
        for task in active:
            self._take_over(task, heir, seconds, fault.covered)

        def complete() -> None:
            status = rct.SUCCESS if heir.state is CardState.ACTIVE else rct.FAIL_CARD_LOST
            alive = [t for t in active if t.facility in PEER and self._runs_on(t, heir.slot)]
            cards.record(
                Action.MIGRATION,
                card,
                heir,
                began,
                fault=fault,
                status=status,
                recovered=tuple(recovered(task) for task in alive),
            )
            cards.tell_complete("MigrateComplete", card, heir, status)

        chassis.timeline.after(seconds, complete)

    def _runs_on(self, task: Task, slot: int) -> bool:
        successor = self._chassis.tasks.get(task.facility, task.instance)
        return successor is not None and successor.cpu.slot == slot

    def _take_over(self, task: Task, heir: Card, seconds: float, covered: bool) -> None:
        """Start the successor of a task on the card that takes over."""
        chassis = self._chassis
        now = chassis.now
        cpu = Cpu(heir.slot, task.cpu.number)
        instance = heir.slot if task.facility == "npumgr" else task.instance
        peer = self._cards.peer(task, instance)
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
            chassis.rebuilding.start_empty(successor, now)
        elif fed and peer is not None and task.facility not in DEMUX:
            chassis.rebuilding.begin(successor, peer, RESTART_TIME + seconds)
