"""The cards of a chassis: how they go down and come up, and the events about them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import rct
from staros_cli.chassis.changes import CardsChanged, CardStarted, CardTookTasks
from staros_cli.chassis.hardware import Card, CardState
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import TaskRef
from staros_cli.chassis.tasks import AAAMGR, SESSMGR, Task
from staros_cli.messages import Refused

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


class CardsWanted(Struct, frozen=True):
    """The slots of cards that the configuration has out of use, active and standby."""

    down: frozenset[int] = frozenset()
    active: frozenset[int] = frozenset()
    standby: frozenset[int] = frozenset()


class Cards:
    """The cards of a chassis.

    `waiting` are the tasks that lost their card and found no other, by the slot of that card.
    `read` has what the configuration says about them.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.waiting: dict[int, list[Task]] = {}
        self._unusable: set[int] = set()
        self._single_points: set[int] = set()
        self.read: Callable[[], CardsWanted] = CardsWanted

    @property
    def sessions_wait(self) -> bool:
        """Whether tasks of sessions have lost their card and wait for one to come up."""
        waiting = (task for tasks in self.waiting.values() for task in tasks)
        return any(task.facility in (SESSMGR, AAAMGR) for task in waiting)

    def card(self, slot: int) -> Card:
        """The card in a slot. Raises Refused when there is none."""
        card = self._parts.hardware.cards.get(slot)
        if card is None:
            raise Refused(messages.NO_CARD, slot=slot)
        return card

    def is_usable(self, card: Card) -> bool:
        """Whether nothing is known to be broken on a card."""
        return card.slot not in self._unusable

    def mark_unusable(self, card: Card) -> None:
        """Something is broken on a card: it does not start by itself any more."""
        self._unusable.add(card.slot)

    # A start of the system

    def restart(self) -> None:
        """The system starts: all cards that can run come up.

        Cards that are beyond use stay offline. A role that nobody fills is taken by a standby card.
        Without any management card the first is tried again, since nothing would start otherwise.
        """
        hardware = self._parts.hardware
        for card in hardware.cards.values():
            if card.state is CardState.BOOTING or (
                card.state is CardState.OFFLINE and self.is_usable(card)
            ):
                card.enter(CardState.STANDBY)
        for role in (Role.PACKET, Role.MANAGEMENT):
            standby = hardware.in_state(role, CardState.STANDBY)
            vacant = role is Role.PACKET and self.waiting
            if standby and (vacant or not hardware.in_state(role, CardState.ACTIVE)):
                standby[0].enter(CardState.ACTIVE)
        self.waiting = {}
        if not hardware.in_state(Role.MANAGEMENT, CardState.ACTIVE):
            failed = hardware.in_state(Role.MANAGEMENT, CardState.OFFLINE)
            for card in failed[:1]:
                card.enter(CardState.ACTIVE)
                self._unusable.discard(card.slot)

    def take_roles(self) -> None:
        """The system has its configuration: cards are down, active or standby as that says.

        A standby card takes the role of one that is down. The only management card stays, since
        nothing would run without it. Where packet cards are to be active, the others are standby.
        """
        hardware, wanted = self._parts.hardware, self.read()
        for slot in sorted(wanted.down):
            card = hardware.cards.get(slot)
            if card is None or card not in hardware.running or card.kind.role is Role.SUPPORT:
                continue
            active, standby = card.state is CardState.ACTIVE, hardware.standby_for(card)
            if standby is None and card is hardware.active_management:
                continue
            card.enter(CardState.OFFLINE)
            if active and standby is not None:
                standby.enter(CardState.ACTIVE)
        self._take_modes(wanted)

    def _take_modes(self, wanted: CardsWanted) -> None:
        packet = [card for card in self._parts.hardware.running if card.is_packet]
        active = [card for card in packet if card.slot in wanted.active]
        rest = [card for card in packet if card not in active]
        if active:
            # As many stand in as there are cards that are to be active and are not there.
            missing = len(wanted.active & self._parts.hardware.cards.keys()) - len(active)
            stand_in = [card for card in rest if card.slot not in wanted.standby][: max(0, missing)]
            active += stand_in
        elif wanted.standby:
            kept = [card for card in rest if card.state is CardState.ACTIVE]
            active = [card for card in kept if card.slot not in wanted.standby] or kept[:1]
        else:
            return
        for card in packet:
            card.enter(CardState.ACTIVE if card in active else CardState.STANDBY)

    def announce(self) -> None:
        """Add the events of every card that runs, and of those that are to be out of use."""
        for slot in sorted(self.read().down):
            card = self._parts.hardware.cards.get(slot)
            if card is not None and card.state is CardState.OFFLINE:
                self.notify("CardDown", card, state=HALTED)
        for card in self._parts.hardware.running:
            self.notify("CardUp", card)
            self.notify("CardActive" if card.state is CardState.ACTIVE else "CardStandby", card)

    # Events

    def watch_single_points(self) -> None:
        """Raise and clear the alarms about cards that nothing could take over from."""
        hardware = self._parts.hardware
        now = {
            slot
            for slot, card in hardware.cards.items()
            if hardware.platform.card_recovery and hardware.single_point_of_failure(card)
        }
        for slot in sorted(now - self._single_points):
            self.notify("CardSPOFAlarm", hardware.cards[slot])
        for slot in sorted(self._single_points - now):
            self.notify("CardSPOFClear", hardware.cards[slot])
        self._single_points = now

    def notify(self, name: str, card: Card, **values: object) -> None:
        """Add an event about a card."""
        parts = self._parts
        parts.events.add(parts.now, name, card=card.slot, title=card.kind.title, **values)

    def notify_pair(self, name: str, source: Card, target: Card) -> None:
        """Add an event about what is done from one card to another."""
        parts = self._parts
        parts.events.add(parts.now, name, source=source.slot, target=target.slot)

    # Coming down and up

    def activate(self, card: Card) -> None:
        """Let a card carry tasks."""
        card.enter(CardState.ACTIVE)
        self.notify("CardActive", card)

    def _stand_by(self, card: Card) -> None:
        card.enter(CardState.STANDBY)
        self.notify("CardStandby", card)

    def break_down(self, card: Card, reason: str) -> None:
        """A card fails: it is down at once."""
        card.enter(CardState.OFFLINE)
        self.notify("CardDown", card, state=f"has failed: {reason}")

    def take_down(self, card: Card, state: CardState) -> None:
        """Let a card that carries nothing any more go down, into a state."""
        if state is CardState.STANDBY:
            self._stand_by(card)
            return
        tasks = self._parts.tasks
        for task in tasks.on_card(card.slot):
            tasks.remove(task)
        card.enter(CardState.OFFLINE)
        self.notify("CardDown", card, state=RESTARTING if state is CardState.BOOTING else HALTED)
        if state is CardState.BOOTING:
            self.start_rebooting(card)

    def try_again(self, card: Card) -> None:
        """Let a card start that was halted or is broken."""
        self._unusable.discard(card.slot)
        self.notify("CardRebootRequest", card)
        self.start_rebooting(card)

    def start_rebooting(self, card: Card) -> None:
        """Let a card that is down start again."""
        card.enter(CardState.BOOTING)
        self._parts.timeline.after(REBOOT_TIME, lambda: self._come_up(card))

    def _come_up(self, card: Card) -> None:
        """A card has restarted: it stays standby, unless tasks wait for a card.

        A card takes the tasks of one other card only, so that no pair comes to stand on one card.
        """
        timeline = self._parts.timeline
        self.notify("CardUp", card)
        timeline.publish(CardStarted(card))
        if card.is_packet and self.waiting:
            self.activate(card)
            slot = next(iter(self.waiting))
            timeline.publish(CardTookTasks(card, slot, self.waiting.pop(slot)))
        else:
            self._stand_by(card)
        timeline.publish(CardsChanged())

    def wait_for_card(self, card: Card, tasks: list[Task]) -> None:
        """The tasks of a card that failed wait until another comes up."""
        if tasks:
            self.waiting[card.slot] = tasks


def ref(task: Task, calls: int = 0) -> TaskRef:
    """How a record names a task as it runs now."""
    return TaskRef(task.facility, task.instance, task.cpu.slot, task.cpu.number, task.pid, calls)
