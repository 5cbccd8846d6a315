"""Planned actions with cards: migration, switchover, shutdown, restart."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.card_records import CardActionEnded, shutdown
from staros_cli.chassis.cards import CardFault, Cards, ref
from staros_cli.chassis.changes import CardsChanged
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import SHUTDOWN_REASONS, Action, TaskRef
from staros_cli.chassis.tasks import CLI, CPU_TASKS, MANAGEMENT_TASKS, SESSMGR, VPNMGR, Task
from staros_cli.messages import Refused

SWITCHOVER_TIME = 2.0
"""Seconds that a switchover takes (doc: about 2)."""

PREMIGRATION = 0.2
"""The part of a migration that prepares the tasks, before the first is moved (chosen)."""

_TASK_WEIGHT = 0.1
_CALL_WEIGHT = 0.05


def migration_time(sessions: int) -> float:
    """Seconds that a planned migration of so many sessions takes: minutes for a loaded card."""
    return min(300.0, 3.0 + _CALL_WEIGHT * sessions)


class PlannedFailure(Struct, frozen=True):
    """How a migration is to fail: its status, and the task that is to blame."""

    status: str
    facility: str
    instance: int

    def hits(self, task: Task) -> bool:
        """Whether this is the task."""
        return (task.facility, task.instance) == (self.facility, self.instance)


class PlannedAction(Struct, eq=False):
    """Something planned that is being done with two cards, from `began_at` until `ends_at`.

    `after` is the state that the source goes into in the end, `fault` the failure for which the
    system itself has planned it, `moving` the task that is being moved, `moved` those that were.
    """

    action: Action
    source: Card
    target: Card
    began_at: float
    ends_at: float
    after: CardState
    fault: CardFault | None = None
    failure: PlannedFailure | None = None
    moving: Task | None = None
    moved: list[tuple[Task, TaskRef]] = []

    @property
    def is_switchover(self) -> bool:
        """Whether it is done with management cards."""
        return self.action is Action.SWITCHOVER


class CardActions:
    """Does with the cards of a chassis what an operator wants. One thing at a time."""

    def __init__(self, parts: Parts, cards: Cards) -> None:
        self._parts = parts
        self._cards = cards
        self.current: PlannedAction | None = None
        self.next_failure: PlannedFailure | None = None

    # Conditions

    def check_pair(self, source: int, target: int, role: Role) -> tuple[Card, Card]:
        """The active and the standby card of a migration or switchover. Raises Refused."""
        first, second = self._cards.card(source), self._cards.card(target)
        self._check_free()
        if first.kind.role is not role or second.kind is not first.kind:
            raise Refused(messages.WRONG_CARDS, source=source, target=target, role=role.value)
        if first.state is not CardState.ACTIVE:
            raise Refused(messages.NOT_IN_STATE, slot=source, state="active")
        if second.state is not CardState.STANDBY:
            raise Refused(messages.NOT_IN_STATE, slot=target, state="standby")
        return first, second

    def _check_free(self) -> None:
        if self.current is not None:
            raise Refused(
                messages.CARDS_BUSY,
                action=self.current.action.value.lower(),
                source=self.current.source.slot,
                target=self.current.target.slot,
            )

    def check_stop(self, slot: int) -> Card:
        """The card of a slot, if it may be halted or rebooted. Raises Refused."""
        card = self._cards.card(slot)
        self._check_free()
        running = card.state in (CardState.ACTIVE, CardState.STANDBY)
        if card.kind.role is Role.SUPPORT or not running:
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        if card.state is CardState.ACTIVE and self._parts.hardware.standby_for(card) is None:
            raise Refused(messages.NO_STANDBY_FOR, slot=slot)
        return card

    def check_reboot(self, slot: int) -> None:
        """Raises Refused when the card of a slot may not be rebooted."""
        if self._cards.card(slot).state is CardState.OFFLINE:
            self._check_free()
        else:
            self.check_stop(slot)

    # Requests of an operator

    def migrate(self, source: int, target: int) -> None:
        """Move everything from an active packet card to a standby one, in the background."""
        first, second = self.check_pair(source, target, Role.PACKET)
        self._begin(Action.MIGRATION, first, second, CardState.STANDBY)

    def switch(self, source: int, target: int) -> None:
        """Hand over from the active management card to the standby one, in the background."""
        first, second = self.check_pair(source, target, Role.MANAGEMENT)
        self._begin(Action.SWITCHOVER, first, second, CardState.BOOTING)

    def halt(self, slot: int) -> None:
        """Take a card out of service until it is rebooted; an active one hands over before."""
        self._stop(self.check_stop(slot), CardState.OFFLINE)

    def shut_down(self, slots: Iterable[int]) -> None:
        """Take those cards out of service that run, as far as that can be done now."""
        for slot in sorted(slots):
            card = self._parts.hardware.cards.get(slot)
            if card is not None and card in self._parts.hardware.running:
                with suppress(Refused):
                    self.halt(slot)

    def reboot(self, slot: int) -> None:
        """Restart a card; an active one hands over before, and comes back as standby.

        A card that was halted or has failed is started again.
        """
        card = self._cards.card(slot)
        if card.state is CardState.OFFLINE:
            self._check_free()
            self._cards.try_again(card)
            return
        card = self.check_stop(slot)
        self._cards.notify("CardRebootRequest", card)
        self._stop(card, CardState.BOOTING)

    def plan_failure(self, failure: PlannedFailure) -> None:
        """Let the next migration of the card fail that the task runs on.

        Raises Refused when no such task runs.
        """
        self._parts.tasks.find(failure.facility, failure.instance)
        self.next_failure = failure

    def hand_over(self, card: Card, fault: CardFault) -> bool:
        """Let an active card that fails gracefully hand over; returns whether another can take.

        Raises Refused while something else is being done with cards.
        """
        self._check_free()
        standby = self._parts.hardware.standby_for(card)
        if card.state is not CardState.ACTIVE or standby is None:
            return False
        action = Action.SHUTDOWN if fault.reason in SHUTDOWN_REASONS else Action.MIGRATION
        if card.kind.role is Role.MANAGEMENT:
            action = Action.SWITCHOVER
        after = CardState.BOOTING if fault.usable else CardState.OFFLINE
        self._begin(action, card, standby, after, fault)
        return True

    def _stop(self, card: Card, after: CardState) -> None:
        standby = self._parts.hardware.standby_for(card)
        if card.state is CardState.ACTIVE and standby is not None:
            halted = Action.SHUTDOWN if after is CardState.OFFLINE else Action.MIGRATION
            management = card.kind.role is Role.MANAGEMENT
            self._begin(Action.SWITCHOVER if management else halted, card, standby, after)
            return
        self._cards.take_down(card, after)
        timeline = self._parts.timeline
        timeline.publish(shutdown(card, timeline.now))
        timeline.publish(CardsChanged())

    # How it is done

    def _begin(
        self,
        action: Action,
        source: Card,
        target: Card,
        after: CardState,
        fault: CardFault | None = None,
    ) -> None:
        parts = self._parts
        began, switchover = parts.now, action is Action.SWITCHOVER
        seconds = SWITCHOVER_TIME if switchover else migration_time(self._sessions_on(source.slot))
        planned = PlannedAction(action, source, target, began, began + seconds, after, fault)
        self.current = planned
        self._cards.notify_pair("SwitchoverStart" if switchover else "MigrateStart", source, target)
        if switchover:
            parts.timeline.after(seconds, lambda: self._switched(planned))
            return
        parts.task_control.begin_move(source, target)
        planned.failure = self._take_failure(source)
        parts.timeline.publish(CardsChanged())
        parts.timeline.after(seconds * PREMIGRATION, lambda: self._prepared(planned))

    def _take_failure(self, source: Card) -> PlannedFailure | None:
        """The failure that was planned, if its task runs on the card."""
        failure = self.next_failure
        if failure is None or not any(map(failure.hits, self._tasks_to_move(source))):
            return None
        self.next_failure = None
        return failure

    def _sessions_on(self, slot: int) -> int:
        tasks = self._parts.tasks.on_card(slot)
        count = self._parts.sessions.count_of_sessmgr
        return sum(count(t.instance) for t in tasks if t.facility == SESSMGR and not t.standby)

    def _tasks_to_move(self, card: Card) -> list[Task]:
        tasks = self._parts.tasks.on_card(card.slot)
        found = [t for t in tasks if not t.standby and t.facility not in CPU_TASKS]
        return sorted(found, key=lambda task: (task.cpu, task.facility, task.instance))

    def _prepared(self, planned: PlannedAction) -> None:
        """The tasks of a card were prepared: the first of them can be moved."""
        if self.current is not planned:
            return
        failure = planned.failure
        if failure is not None and failure.status == rct.FAIL_PREMIGRATE:
            blamed = next(filter(failure.hits, self._tasks_to_move(planned.source)), None)
            if blamed is not None:
                self._fail(planned, failure.status, blamed)
                return
        self._move_next(planned)

    def _move_next(self, planned: PlannedAction) -> None:
        parts = self._parts
        tasks = self._tasks_to_move(planned.source)
        if not tasks:
            self._migrated(planned)
            return
        weights = [self._weight(task) for task in tasks]
        left = max(0.0, planned.ends_at - parts.now)
        planned.moving = task = tasks[0]
        parts.timeline.after(left * weights[0] / sum(weights), lambda: self._moved(planned, task))

    def _weight(self, task: Task) -> float:
        """The share of a task in the time of a migration."""
        calls = 0
        if task.facility == SESSMGR:
            calls = self._parts.sessions.count_of_sessmgr(task.instance)
        return _TASK_WEIGHT + _CALL_WEIGHT * calls

    def _moved(self, planned: PlannedAction, task: Task) -> None:
        parts = self._parts
        if self.current is not planned:
            return
        if parts.tasks.is_alive(task) and task.cpu.slot == planned.source.slot:
            failure = planned.failure
            if failure is not None and failure.hits(task):
                self._fail(planned, failure.status, task)
                return
            planned.moved.append((task, ref(task)))
            parts.task_control.move(task, planned.target.slot)
            parts.task_control.refill_standby()
        self._move_next(planned)

    def _refs(self, planned: PlannedAction) -> tuple[TaskRef, ...]:
        """How the record names the managers that were moved."""
        return tuple(before for task, before in planned.moved if task.holds_state)

    def _migrated(self, planned: PlannedAction) -> None:
        parts, cards = self._parts, self._cards
        source, target = planned.source, planned.target
        self.current = None
        parts.task_control.end_move()
        parts.task_control.move_demux(source.slot, target.slot)
        cards.activate(target)
        self._record(planned, rct.SUCCESS)
        cards.notify_pair("MigrateComplete", source, target)
        self._release(planned)

    def _fail(self, planned: PlannedAction, status: str, blamed: Task) -> None:
        """A migration fails with a task: those that were moved go back."""
        planned.moving = blamed
        self._give_up(planned, status)
        self._move_back(planned)
        self._parts.timeline.publish(CardsChanged())

    def _move_back(self, planned: PlannedAction) -> None:
        """Everything that runs on the target goes back, whatever took its place there meanwhile."""
        for task in self._tasks_to_move(planned.target):
            self._parts.task_control.move(task, planned.source.slot)

    def _give_up(self, planned: PlannedAction, status: str) -> None:
        """End what is under way without success, and record it with the task that it was at."""
        self.current = None
        self._parts.task_control.end_move()
        self._record(planned, status)
        name = "CardSwitchoverFailed" if planned.is_switchover else "CardMigrateFailed"
        self._cards.notify_pair(name, planned.source, planned.target)

    def _record(self, planned: PlannedAction, status: str) -> None:
        self._parts.timeline.publish(
            CardActionEnded(
                action=planned.action,
                source=planned.source,
                target=planned.target,
                began_at=planned.began_at,
                planned=True,
                fault=planned.fault,
                status=status,
                blamed=planned.moving,
                recovered=self._refs(planned),
            )
        )

    def _switched(self, planned: PlannedAction) -> None:
        if self.current is not planned:
            return
        source, target = planned.source, planned.target
        self.current = None
        self._hand_over_management(source, target)
        self._record(planned, rct.SUCCESS)
        self._cards.notify_pair("SwitchoverComplete", source, target)
        self._release(planned)

    def _release(self, planned: PlannedAction) -> None:
        """The source has handed over everything: it goes down, or waits as standby."""
        fault = planned.fault
        if fault is not None and not fault.usable:
            self._cards.mark_unusable(planned.source)
        self._cards.take_down(planned.source, planned.after)
        self._parts.timeline.publish(CardsChanged())

    def _hand_over_management(self, source: Card, target: Card) -> None:
        """The tasks of the system as a whole go on with the other management card."""
        tasks = self._parts.tasks
        self._cards.activate(target)
        for task in tasks.on_card(source.slot):
            if task.facility in (*MANAGEMENT_TASKS, VPNMGR, CLI):
                task.move(Cpu(target.slot, task.cpu.number), tasks.new_pid())

    # Interruptions

    def card_fails(self, card: Card, standby: Card | None) -> Card | None:
        """A card fails, and `standby` is to take over: end what that makes impossible.

        Returns the card that the tasks on the failing one go to: `standby`, or the source of a
        migration whose target fails with the tasks that had been moved there.
        """
        planned = self.current
        if planned is None:
            return standby
        if card is planned.target:
            self._give_up(planned, rct.FAIL_CARD_LOST)
            return standby if planned.is_switchover else planned.source
        if card is planned.source:
            self._give_up(planned, rct.FAIL_CARD_LOST)
        elif standby is planned.target:
            self._give_up(planned, rct.FAIL_CARD_LOST)
            self._move_back(planned)
        return standby

    def system_restarts(self) -> None:
        """The system goes down: end what is under way, and forget what was to fail."""
        if self.current is not None:
            self._give_up(self.current, rct.FAIL_RELOAD)
        self.next_failure = None
