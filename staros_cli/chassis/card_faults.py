"""Cards that fail, and what takes over from them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.card_actions import SWITCHOVER_TIME, CardActions
from staros_cli.chassis.card_records import CardActionEnded, shutdown
from staros_cli.chassis.cards import CardFault, Cards, ref
from staros_cli.chassis.changes import (
    CardsChanged,
    CardTookTasks,
    SystemFailed,
    TaskDied,
    TaskFailed,
)
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.notices import RecoveredCalls
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import SHUTDOWN_REASONS, Action, TaskRef
from staros_cli.chassis.state_transfer import Result, StateTransfers
from staros_cli.chassis.task_faults import TaskFaults
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    MANAGEMENT_TASKS,
    NPUMGR,
    PEER,
    RESTART_TIME,
    SESSMGR,
    VPNMGR,
    Task,
)
from staros_cli.messages import Refused

FIRST_TRANSFER = 1.5
"""Seconds until the first manager of a failed card is filled (chosen)."""


def failover_time(sessions: int) -> float:
    """Seconds that recovering a failed card takes (doc: under 5)."""
    return min(4.9, 2.5 + 0.00002 * sessions)


DEFAULT_FAULT = CardFault()


class CardRecovery(Struct, eq=False):
    """The recovery of a card that failed: from `began_at` until nothing is `pending`, and no
    earlier than `earliest`, in seconds since 1970 UTC.

    `cut_short` is the status of a recovery that was ended from outside.
    """

    action: Action
    source: Card
    target: Card
    fault: CardFault
    began_at: float
    earliest: float
    pending: int = 0
    recovered: list[TaskRef] = []
    lost: list[TaskRef] = []
    causes: list[tuple[TaskRef, str]] = []
    cut_short: str = ""

    def receive(self, task: TaskRef, result: Result) -> None:
        """Take down what became of a manager."""
        self.pending -= 1
        if result.lost:
            self.lost.append(structs.replace(task, calls=result.lost))
        if not result.cause:
            self.recovered.append(task)
        elif result.lost or result.cause != rct.NOT_IN_EFFECT:
            self.causes.append((task, result.cause))

    @property
    def status(self) -> tuple[str, TaskRef | None]:
        """How it ended, and the task to blame for that."""
        blamed, cause = self.causes[0] if self.causes else (None, rct.SUCCESS)
        return self.cut_short or cause, blamed


class CardFaults:
    """Lets the cards of a chassis fail."""

    def __init__(
        self,
        parts: Parts,
        cards: Cards,
        actions: CardActions,
        transfers: StateTransfers,
        task_faults: TaskFaults,
    ) -> None:
        self._parts = parts
        self._cards = cards
        self._actions = actions
        self._transfers = transfers
        self._task_faults = task_faults
        self.running: list[CardRecovery] = []

    def cpu_failed(self, cpu: Cpu) -> None:
        """A critical task of a CPU died, and with it the card (SR-34)."""
        self._fail(self._cards.card(cpu.slot), CardFault(rct.CRITICAL_TASK, f"CPU_{cpu.number}"))

    def fail_cpu(self, slot: int, number: int, graceful: bool = False) -> None:
        """Let a critical task of a CPU fail; a `graceful` failure leaves time to hand over.

        Raises Refused when the card has no such CPU or is not running.
        """
        card = self._cards.card(slot)
        if number not in card.kind.cpus:
            raise Refused(messages.NO_CPU, slot=slot, cpus=", ".join(map(str, card.kind.cpus)))
        task = self._parts.tasks.get(CPU_TASKS[0], slot * 10 + number)
        if task is None:
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        fault = CardFault(rct.CRITICAL_TASK, f"CPU_{number}")
        if not (graceful and self._actions.hand_over(card, fault)):
            self._task_faults.fail(task)

    def fail_host(self, slot: int, *, usable: bool = True) -> None:
        """Let the host of a virtual card die: session recovery does not cover that (SR-12).

        A host that is not `usable` stays offline. Raises Refused on systems that are not virtual.
        """
        if not self._parts.hardware.platform.virtual:
            raise Refused(messages.NO_HOSTS)
        self.fail(slot, CardFault(rct.HOST_FAILURE, f"VM_{slot}", usable=usable))

    def fail(self, slot: int, fault: CardFault = DEFAULT_FAULT) -> None:
        """Let a card fail. Raises Refused when the card is not running.

        On a virtual system that is a failure of its host, kernel or hypervisor (SR-12).
        """
        card = self._cards.card(slot)
        if card.state not in (CardState.ACTIVE, CardState.STANDBY):
            raise Refused(messages.CANNOT_STOP, slot=slot, state=card.state.value.lower())
        if self._parts.hardware.platform.virtual:
            plain = (fault.reason, fault.device) == (rct.CARD_FAILURE, "")
            reason = rct.HOST_FAILURE if plain else fault.reason
            device = f"VM_{slot}" if plain else fault.device
            fault = CardFault(reason, device, fault.usable, covered=False)
        if not (fault.graceful and self._actions.hand_over(card, fault)):
            self._fail(card, structs.replace(fault, graceful=False))

    def _fail(self, card: Card, fault: CardFault) -> None:
        parts, cards, publish = self._parts, self._cards, self._parts.timeline.publish
        if not parts.hardware.platform.card_recovery:
            publish(SystemFailed(fault.reason))
            return
        was_active = card.state is CardState.ACTIVE
        target = self._actions.card_fails(card, self._standby(card) if was_active else None)
        began = [recovery for recovery in self.running if recovery.target is card]
        for recovery in began:
            recovery.cut_short = rct.FAIL_CARD_LOST
        dead = parts.tasks.on_card(card.slot)
        cards.break_down(card, fault.reason)
        for task in dead:
            parts.tasks.remove(task)
        for task in dead:
            if not task.standby and task.facility not in CPU_TASKS and not task.is_critical:
                publish(TaskFailed(task, crashed=False))
            publish(TaskDied(task))
        for recovery in began:
            self._finish(recovery)
        if fault.usable:
            cards.start_rebooting(card)
        else:
            cards.mark_unusable(card)
        if was_active and card.kind.role is Role.MANAGEMENT:
            self._switch_over(card, target, dead, fault)
        else:
            self._recover(card, target, dead, fault)
        publish(CardsChanged())

    def _standby(self, card: Card) -> Card | None:
        """The standby card that takes over from a card that fails.

        The one that its tasks are being moved to, or else rather one that nothing is being done
        with; if need be, what is being done has to give way.
        """
        planned = self._actions.current
        if planned is not None and planned.source is card:
            return planned.target
        busy = planned.target if planned else None
        fit = [
            other
            for other in self._parts.hardware.cards.values()
            if other.kind is card.kind and other.state is CardState.STANDBY
        ]
        return min(fit, key=lambda other: other is busy, default=None)

    def _switch_over(
        self, card: Card, standby: Card | None, dead: list[Task], fault: CardFault
    ) -> None:
        """Let the other management card go on with the tasks of the system as a whole."""
        parts, cards = self._parts, self._cards
        if standby is None:
            parts.timeline.publish(SystemFailed(f"management card {card.slot} failed"))
            return
        began = parts.now
        cards.notify_pair("SwitchoverStart", card, standby)
        cards.activate(standby)
        ready = began + SWITCHOVER_TIME
        for task in dead:
            if task.facility in (*MANAGEMENT_TASKS, VPNMGR):
                cpu = Cpu(standby.slot, task.cpu.number)
                successor = parts.tasks.start(task.facility, task.instance, cpu, ready)
                if not task.is_critical:
                    parts.notices.restarts_at(successor, ready)
        recovery = CardRecovery(Action.SWITCHOVER, card, standby, fault, began, ready)
        self._begin(recovery)

    def _recover(self, card: Card, target: Card | None, dead: list[Task], fault: CardFault) -> None:
        """Bring the tasks of a card that failed to another, and recover their sessions."""
        parts, cards = self._parts, self._cards
        began = parts.now
        active = [t for t in dead if not t.standby and t.facility not in CPU_TASKS]
        if target is None:
            self._shut_down(card, active, fault)
            return
        if target.state is CardState.STANDBY:
            cards.activate(target)
        elif not active:
            self._record_shutdown(card, fault)
            return
        action = Action.SHUTDOWN if fault.reason in SHUTDOWN_REASONS else Action.MIGRATION
        cards.notify_pair("MigrateStart", card, target)
        parts.task_control.move_demux(card.slot, target.slot)
        earliest = began + RESTART_TIME
        recovery = CardRecovery(action, card, target, fault, began, earliest)
        recovery.pending = sum(self._reports(task, fault) for task in active)
        seconds = self._transfer_times(active)
        for task in sorted(active, key=lambda task: (task.facility, task.instance)):
            self._take_over(recovery, task, seconds.get(id(task), 0.0))
        self._begin(recovery)

    def _reports(self, task: Task, fault: CardFault) -> bool:
        """Whether the recovery of a task has a result to wait for."""
        fed = fault.covered and self._parts.recovery.in_effect
        return task.facility == SESSMGR or (task.facility == AAAMGR and fed)

    def _transfer_times(self, active: list[Task]) -> dict[int, float]:
        """After how many seconds each manager is filled: one after the other, by their calls."""
        count = self._parts.sessions.count_of_sessmgr
        managers = sorted(
            (task for task in active if task.facility in PEER),
            key=lambda task: (task.instance, task.facility),
        )
        sessions = sum(count(task.instance) for task in managers if task.facility == SESSMGR)
        spread = failover_time(sessions) - FIRST_TRANSFER
        weights = [1 + count(task.instance) for task in managers]
        times: dict[int, float] = {}
        done = 0
        for task, weight in zip(managers, weights, strict=True):
            done += weight
            times[id(task)] = FIRST_TRANSFER + spread * done / sum(weights)
        return times

    def _shut_down(self, card: Card, active: list[Task], fault: CardFault) -> None:
        """Nothing takes over from a card: its calls are lost, its tasks wait for a card."""
        parts, cards = self._parts, self._cards
        lost: list[TaskRef] = []
        for task in active:
            if task.facility != SESSMGR:
                continue
            calls = self._transfers.lose_calls(task.instance)
            if calls:
                lost.append(ref(task, calls))
            if parts.recovery.in_effect:
                parts.notices.recovery_complete(task, RecoveredCalls(0, 0, calls, parts.now))
        cards.wait_for_card(card, active)
        self._record_shutdown(card, fault, rct.NO_STANDBY_CARD if active else rct.SUCCESS, lost)

    def _record_shutdown(
        self,
        card: Card,
        fault: CardFault,
        status: str = rct.SUCCESS,
        lost: Sequence[TaskRef] = (),
    ) -> None:
        timeline = self._parts.timeline
        timeline.publish(shutdown(card, timeline.now, fault, status, lost))

    def _take_over(self, recovery: CardRecovery, task: Task, seconds: float) -> None:
        """Start the successor of a task on the card that takes over."""
        parts, target, fault = self._parts, recovery.target, recovery.fault
        now = parts.now
        cpu = Cpu(target.slot, task.cpu.number)
        before = ref(task)

        def done(result: Result) -> None:
            recovery.receive(before, result)
            self._check_finished(recovery)

        peer = parts.tasks.peer(task)
        fed = fault.covered and parts.recovery.in_effect
        has_peer = peer is not None and peer.is_up(now)
        standby = parts.task_control.standby_on(task.facility, cpu) if fed and has_peer else None
        if standby is not None and peer is not None:
            standby.take_place_of(task)
            self._transfers.begin(standby, peer, seconds, now, done)
            return
        instance = target.slot if task.facility == NPUMGR else task.instance
        successor = parts.tasks.start(task.facility, instance, cpu, now + RESTART_TIME)
        if task.facility == SESSMGR:
            self._transfers.start_empty(successor, now, self._cause(fed, has_peer, fault), done)
        elif task.facility == AAAMGR and fed and has_peer and peer is not None:
            self._transfers.begin(successor, peer, RESTART_TIME + seconds, now, done)
        elif task.facility == AAAMGR:
            self._transfers.start_unfilled(
                successor, done if fed else _ignore, rct.FAIL_NO_PEER if fed else ""
            )
        else:
            parts.notices.restarts_at(successor, successor.ready_at)

    def _cause(self, fed: bool, has_peer: bool, fault: CardFault) -> str:
        """Why a sessmgr starts empty."""
        if not self._parts.recovery.in_effect:
            return rct.NOT_IN_EFFECT
        if not fault.covered:
            return rct.NOT_COVERED
        return rct.FAIL_NO_STANDBY_TASK if has_peer else rct.FAIL_NO_PEER

    def start_again(self, change: CardTookTasks) -> None:
        """Start the tasks again that had lost their card, on one that came up."""
        parts, card = self._parts, change.card
        ready = parts.now + RESTART_TIME
        for task in change.tasks:
            if parts.tasks.get(task.facility, task.instance) is not None:
                continue  # it was started elsewhere meanwhile
            instance = card.slot if task.facility == NPUMGR else task.instance
            cpu = Cpu(card.slot, task.cpu.number)
            successor = parts.tasks.start(task.facility, instance, cpu, ready)
            peer = parts.tasks.peer(successor)
            if task.facility == AAAMGR and peer is not None and parts.recovery.in_effect:
                self._transfers.begin(successor, peer, RESTART_TIME, parts.now)
            elif task.facility == AAAMGR:
                self._transfers.start_unfilled(successor)
            else:
                parts.notices.restarts_at(successor, ready)
        parts.task_control.move_demux(change.slot, card.slot)

    # The end of a recovery

    def _begin(self, recovery: CardRecovery) -> None:
        self.running.append(recovery)
        self._parts.timeline.at(recovery.earliest, lambda: self._check_finished(recovery))

    def _check_finished(self, recovery: CardRecovery) -> None:
        if not recovery.pending and self._parts.now >= recovery.earliest:
            self._finish(recovery)

    def _finish(self, recovery: CardRecovery) -> None:
        """Record what became of the tasks and calls of a card that failed (SR-35)."""
        if not any(recovery is other for other in self.running):
            return
        self.running = [other for other in self.running if other is not recovery]
        status, blamed = recovery.status
        self._parts.timeline.publish(
            CardActionEnded(
                action=recovery.action,
                source=recovery.source,
                target=recovery.target,
                began_at=recovery.began_at,
                planned=False,
                fault=recovery.fault,
                status=status,
                blamed=blamed,
                recovered=tuple(recovery.recovered),
                lost=tuple(recovery.lost),
            )
        )
        switchover = recovery.action is Action.SWITCHOVER
        complete = "SwitchoverComplete" if switchover else "MigrateComplete"
        failed = "CardSwitchoverFailed" if switchover else "CardMigrateFailed"
        self._cards.notify_pair(
            failed if recovery.cut_short else complete, recovery.source, recovery.target
        )

    def system_restarts(self) -> None:
        """The system goes down: end the recoveries that are under way."""
        for recovery in list(self.running):
            recovery.cut_short = rct.FAIL_RELOAD
            self._finish(recovery)


def _ignore(result: Result) -> None:
    """The result interests nobody."""
